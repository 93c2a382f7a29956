package main

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// scenario is one question, put to supervise and to what could stand in its place.
type scenario struct {
	name       string
	asks       string // what is measured, from when to when
	unit       string
	goal       float64 // supervise's; 0 is none
	more       bool    // is better
	contenders []contender
	// sample measures one contender once, in unit. It leaves nothing running.
	sample func(context.Context, contender) (float64, error)
}

// contender is one who takes part. The first of a scenario is supervise.
type contender struct {
	name    string
	command []string // looked up on PATH
}

// notInstalled is why a contender that is not on PATH has no samples.
const notInstalled = "not installed"

// scenarios returns all of them, in the order of the report.
func scenarios(b bed) []scenario {
	return slices.Concat(
		[]scenario{size(b), coldStart(b), firstChild(b), oneOff(b)},
		throughputs(b), []scenario{slowReader(b)}, latencies(b),
		restarts(b), thousands(b), []scenario{drainScenario(b)},
	)
}

func choose(all []scenario, name string) ([]scenario, error) {
	if name == "" {
		return all, nil
	}
	i := slices.IndexFunc(all, func(s scenario) bool { return s.name == name })
	if i < 0 {
		var names []string
		for _, s := range all {
			names = append(names, s.name)
		}
		return nil, fmt.Errorf("-run is %q, expected one of: %s", name, strings.Join(names, ", "))
	}
	return all[i : i+1], nil
}

// run takes samples in rounds, one of each contender a round, so that whatever else
// the machine does meets all of them alike. The first round warms caches and is not
// counted. A contender that fails once is out, with its reason.
func (s scenario) run(ctx context.Context, rounds int) result {
	samples, out := make([][]float64, len(s.contenders)), make([]string, len(s.contenders))
	for i, c := range s.contenders {
		if _, err := exec.LookPath(c.command[0]); err != nil {
			out[i] = notInstalled
		}
	}
	for round := range rounds + 1 {
		for i, c := range s.contenders {
			if out[i] != "" || ctx.Err() != nil {
				continue
			}
			value, err := s.sample(ctx, c)
			if err != nil {
				out[i] = err.Error()
			} else if round > 0 {
				samples[i] = append(samples[i], value)
			}
		}
	}

	r := result{Scenario: s.name, Asks: s.asks, Unit: s.unit, Goal: s.goal, More: s.more}
	for i, c := range s.contenders {
		r.Rows = append(r.Rows, summarize(c.name, samples[i], out[i]))
	}
	return r
}
