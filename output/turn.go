package output

// A turn is the right to use the sinks. It is passed on in the order of asking, so that
// one flooding instance delays another's line by a batch and not by its flood, and unlike
// a mutex one can stop waiting for it.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the turn and reports whether it came before given was closed.
func (t turn) take(given <-chan struct{}) bool {
	if isClosed(given) {
		return false
	}
	select {
	case t <- struct{}{}:
		return true
	case <-given:
		return false
	}
}

// pass ends the turn.
func (t turn) pass() { <-t }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
