package output

import (
	"slices"
	"testing"
	"testing/synctest"
)

func TestTheTurnIsPassedOnInTheOrderOfAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := newTurn()
		turn.take(nil)
		var order []int
		for i := range 100 {
			go func() {
				turn.take(nil)
				order = append(order, i)
				turn.pass()
			}()
			synctest.Wait()
		}
		turn.pass()
		turn.take(nil) // behind them all, although it could be had at once
		if !slices.IsSorted(order) || len(order) != 100 {
			t.Errorf("the order was %v, want 0 to 99", order)
		}
	})
}

func TestOneCanStopWaitingForTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn, given, answer := newTurn(), make(chan struct{}), make(chan bool)
		turn.take(nil)
		go func() { answer <- turn.take(given) }()
		synctest.Wait()
		close(given)
		if <-answer {
			t.Error("take = true, want false: somebody else has the turn")
		}
		turn.pass()
		for range 100 { // both could be chosen
			if turn.take(given) {
				t.Fatal("take of a free turn = true, want false: it was given up before")
			}
		}
	})
}
