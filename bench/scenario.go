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
	more       bool    // is better, and goal is a share of what the least reader does
	family     string  // what scenarios that differ in one thing have in common; "": it stands alone
	variant    string  // that thing
	together   string  // what the family asks
	times      int     // as many samples as others have; 0 is 1
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
		floods(b), []scenario{slowReader(b)}, latencies(b),
		restarts(b), thousands(b), []scenario{drainScenario(b)}, fronts(b),
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
// the machine does meets all of them alike. Each round begins with the next contender: one
// leaves the machine's memory to the other. The first round warms caches and is not
// counted. A contender that fails once is out, with its reason.
func (s scenario) run(ctx context.Context, rounds int) result {
	samples, out := make([][]float64, len(s.contenders)), make([]string, len(s.contenders))
	for i, c := range s.contenders {
		if _, err := exec.LookPath(c.command[0]); err != nil {
			out[i] = notInstalled
		}
	}
	for round := range rounds*max(1, s.times) + 1 {
		for n := range s.contenders {
			i := (n + round) % len(s.contenders)
			c := s.contenders[i]
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

	r := result{Scenario: s.name, Asks: s.asks, Unit: s.unit, Goal: s.goal, More: s.more, Family: s.family, Variant: s.variant, Together: s.together}
	for i, c := range s.contenders {
		r.Rows = append(r.Rows, summarize(c.name, samples[i], out[i]))
	}
	return r
}

// together lets several scenarios ask different things about the same samples.
func together[T any](take func(context.Context, contender) (T, error)) func(func(T) float64) func(context.Context, contender) (float64, error) {
	taken := map[string][]T{} // by contender
	return func(ask func(T) float64) func(context.Context, contender) (float64, error) {
		asked := map[string]int{}
		return func(ctx context.Context, c contender) (float64, error) {
			n := asked[c.name]
			if n == len(taken[c.name]) {
				one, err := take(ctx, c)
				if err != nil {
					return 0, err
				}
				taken[c.name] = append(taken[c.name], one)
			}
			asked[c.name]++
			return ask(taken[c.name][n]), nil
		}
	}
}
