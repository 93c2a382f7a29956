package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

func TestAScenarioTakesSamplesInRounds(t *testing.T) {
	var order []string
	s := scenario{
		contenders: []contender{{"a", []string{"true"}}, {"absent", []string{"no-such-program"}}, {"b", []string{"true"}}, {"c", []string{"true"}}},
		sample: func(_ context.Context, c contender) (float64, error) {
			order = append(order, c.name)
			if c.name == "c" && len(order) > 5 {
				return 0, errors.New("broke")
			}
			return float64(len(order)), nil
		},
	}
	got := s.run(t.Context(), 2)
	if want := []string{"a", "b", "c", "b", "c", "a", "b", "c", "a"}; !slices.Equal(order, want) {
		t.Errorf("samples were taken of %q, want %q", order, want)
	}
	want := []row{ // the first round, samples 1 to 3, does not count
		{Name: "a", Samples: 2, Median: 7.5, Min: 6, Max: 9},
		{Name: "absent", Out: "not installed"},
		{Name: "b", Samples: 2, Median: 5.5, Min: 4, Max: 7},
		{Name: "c", Out: "broke"},
	}
	if !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("rows are\n%+v, want\n%+v", got.Rows, want)
	}
}

func TestEveryScenarioPutsSuperviseFirst(t *testing.T) {
	b := bed{supervise: "/the/binary"}
	for _, s := range scenarios(b) {
		if got := s.contenders[0].command[0]; got != b.supervise {
			t.Errorf("the first contender of %s is %s, want %s", s.name, got, b.supervise)
		}
	}
}

func TestToTheEndSaysHowACommandFailed(t *testing.T) {
	b := testBed(t)
	for _, c := range []struct{ script, want string }{
		{"echo starting; echo no such flag >&2; exit 3", "exit status 3: no such flag"},
		{"exit 3", "exit status 3"},
	} {
		_, err := b.toTheEnd(t.Context(), contender{"sh", []string{"sh", "-c", c.script}})
		if err == nil || err.Error() != c.want {
			t.Errorf("sh -c %q: %v, want %s", c.script, err, c.want)
		}
	}
	if ms, err := b.toTheEnd(t.Context(), contender{"true", []string{"true"}}); err != nil || ms <= 0 {
		t.Errorf("true took %v ms, %v, want more than 0", ms, err)
	}
}

func TestMegabytesAreMillions(t *testing.T) {
	b := testBed(t)
	script := fmt.Sprintf("head -c 1500000 /dev/zero >%s/big; chmod +x %s/big", b.dir, b.dir)
	if _, err := b.toTheEnd(t.Context(), contender{"sh", []string{"sh", "-c", script}}); err != nil {
		t.Fatal(err)
	}
	if got, err := megabytes(t.Context(), contender{"big", []string{b.dir + "/big"}}); got != 1.5 || err != nil {
		t.Errorf("1,500,000 bytes are %v MB, %v, want 1.5", got, err)
	}
}
