package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"supervise/control"
)

// silence is how long a running supervise may leave a client without a sign of life. One
// that was stopped, by Ctrl-Z or SIGSTOP, takes connections, because the kernel does, and
// never answers.
type silence struct {
	every  time.Duration // between two questions whether it is there
	told   time.Duration // without an answer, and people are told
	giveUp time.Duration // likewise, and the client ends; 0: never
}

var usualSilence = silence{every: 2 * time.Second, told: 3 * time.Second, giveUp: 15 * time.Second}

// forever never gives up.
func (s silence) forever() silence {
	s.giveUp = 0
	return s
}

// watch asks again and again whether supervise is there. It returns a problem when that
// has been silent for too long, and nil when ctx ends.
func (s silence) watch(ctx context.Context, client *control.Client, warn func(string, ...any)) error {
	heard, told := time.Now(), false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(s.every):
		}
		err := s.ask(ctx, client)
		switch silent := time.Since(heard); {
		case !errors.Is(err, context.DeadlineExceeded): // all else the command itself will find
			heard, told = time.Now(), false
		case s.giveUp > 0 && silent >= s.giveUp:
			return unanswered(client, silent)
		case !told:
			told = true
			warn("%v: still waiting", unanswered(client, silent))
		}
	}
}

func (s silence) ask(ctx context.Context, client *control.Client) error {
	ctx, cancel := context.WithTimeout(ctx, s.told)
	defer cancel()
	return client.Ping(ctx)
}

// unanswered says who is silent, and what that may be.
func unanswered(client *control.Client, silent time.Duration) *problem {
	who, hint := "supervise", "it may have been stopped: fg or kill -CONT lets it go on"
	if pid := client.PID(); pid != 0 {
		who = fmt.Sprintf("supervise (pid %d)", pid)
		hint = fmt.Sprintf("it may have been stopped: fg or   kill -CONT %d   lets it go on", pid)
	}
	return &problem{exitFailure, fmt.Errorf("%s has not answered for %s", who, shortDuration(silent.Round(time.Second))), hint}
}
