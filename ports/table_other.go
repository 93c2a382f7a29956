//go:build !linux

package ports

import (
	"errors"
	"fmt"
	"iter"
)

// tables has one entry, so that reading it fails.
var tables = [...]string{"socket table"}

func askedListeners() ([]Listener, error) { return nil, errors.ErrUnsupported }

func rows(table string) iter.Seq2[socket, error] {
	return func(yield func(socket, error) bool) {
		yield(socket{}, fmt.Errorf("cannot read the %s: %w", table, errors.ErrUnsupported))
	}
}
