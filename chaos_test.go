package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"
)

var (
	chaosRounds = flag.Int("chaos.rounds", 30, "rounds of chaos; at most 5 with -short")
	chaosSeed   = flag.Uint64("chaos.seed", 0, "the seed of the first round (default: another one each time)")
)

const (
	chaosInstances = 50
	chaosGrace     = 300 * time.Millisecond
	chaosBudget    = 3 * time.Second
)

// TestNothingSurvivesChaos runs random formations of the zoo, lets random signals rain on
// them, and ends supervise in one of the endings at a random moment. What is left 2 s later
// fails the round. One round again: -run Chaos -chaos.rounds 1 -chaos.seed SEED
func TestNothingSurvivesChaos(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux lets a double-forked daemon be followed")
	}
	first, rounds := *chaosSeed, *chaosRounds
	if first == 0 {
		first = rand.Uint64N(1e9)
	}
	if testing.Short() {
		rounds = min(rounds, 5)
	}
	for seed := first; seed < first+uint64(rounds); seed++ {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			end := endings[random.IntN(len(endings))]
			t.Log(end.name)
			r := startRound(t, random, end.without...)
			r.rain()
			end.strike(r)
			r.survey(end.ends)
		})
	}
}

// The zoo without supervise survives: else the rounds above would show nothing.
func TestTheZooSurvivesAnyoneElse(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /proc")
	}
	s := prepare(t, "")
	populate(t, s.Dir, rand.New(rand.NewPCG(1, 1)))
	s.Path, s.Args = "/bin/sh", []string{"sh", "-c", "for script in drains ignores forks regroups daemon departs; do ./$script & done; echo up; wait"}
	s.start()
	s.waitForLines("up", 1)
	s.send(syscall.SIGKILL)
	s.end("SIGKILL")
	if within(noOrphanAfter, func() bool { return len(tagged(s.tag())) == 0 }) {
		t.Errorf("all are dead though nobody has killed them:\n%s", s.said())
	}
	for left := tagged(s.tag()); len(left) > 0; left = tagged(s.tag()) {
		for _, pid := range left {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// endings are the ways in which a round can end, how supervise ends then, and whom of the
// zoo nobody would find.
var endings = []struct {
	name    string
	ends    []string
	without []string
	strike  func(*round)
}{
	{"SIGTERM", []string{"0"}, nil, func(r *round) { r.send(syscall.SIGTERM) }},
	{"Ctrl-C", []string{"130"}, nil, func(r *round) { r.send(syscall.SIGINT) }},
	{"Ctrl-C twice", []string{"130"}, nil, func(r *round) {
		r.send(syscall.SIGINT)
		r.pause(2 * chaosGrace)
		r.send(syscall.SIGINT)
	}},
	{"SIGQUIT", []string{"131"}, nil, func(r *round) { r.send(syscall.SIGQUIT) }},
	{"SIGTERM after SIGKILL to its guardian", []string{"0"}, nil, func(r *round) {
		r.killGuardian()
		r.send(syscall.SIGTERM)
	}},
	{"a crash of the Go runtime", []string{"2"}, []string{hides}, func(r *round) {
		r.send(syscall.SIGABRT)
	}},
	{"SIGKILL", []string{"SIGKILL"}, []string{hides}, func(r *round) {
		r.send(syscall.SIGKILL)
	}},
	{"SIGKILL to its group", []string{"SIGKILL"}, []string{hides}, func(r *round) {
		syscall.Kill(-r.Process.Pid, syscall.SIGKILL)
	}},
	{"SIGKILL while it is stopped", []string{"SIGKILL"}, []string{hides}, func(r *round) {
		r.send(syscall.SIGSTOP)
		r.pause(chaosGrace)
		r.send(syscall.SIGKILL)
	}},
	{"SIGKILL while it drains", []string{"0", "SIGKILL"}, []string{hides}, func(r *round) {
		r.send(syscall.SIGTERM)
		r.pause(2 * chaosGrace)
		r.send(syscall.SIGKILL)
	}},
	{"SIGKILL after SIGKILL to its guardian", []string{"SIGKILL"}, []string{hides}, func(r *round) {
		r.killGuardian()
		r.send(syscall.SIGKILL)
	}},
}
