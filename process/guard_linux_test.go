package process

import (
	"os"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

func TestALedgerSaysWhoIsAliveAndWhomToSpare(t *testing.T) {
	l, err := newLedger()
	if err != nil {
		t.Fatal(err)
	}
	defer l.file.Close()
	check := func(sessions map[int]bool, spared ...string) {
		t.Helper()
		ids := map[uint64]bool{}
		for _, id := range spared {
			ids[fingerprint(id)] = true
		}
		if gotSessions, gotSpared := readLedger(l.file); !reflect.DeepEqual(gotSessions, sessions) || !reflect.DeepEqual(gotSpared, ids) {
			t.Errorf("it says %v, %v, want %v, %v", gotSessions, gotSpared, sessions, ids)
		}
	}
	check(map[int]bool{})
	web, db := l.open(Spec{ID: "run.web.1.1"}), l.open(Spec{ID: "run.db.1.1", LeaveDaemons: true})
	check(map[int]bool{}, "run.db.1.1") // before the fork
	web.launched(10)
	db.launched(11)
	check(map[int]bool{10: false, 11: false}, "run.db.1.1")
	web.reaped(10)
	db.reaped(11)
	check(map[int]bool{10: true, 11: true}, "run.db.1.1")
	web.close(false)
	db.close(true) // a daemon lives on
	check(map[int]bool{}, "run.db.1.1")
	db = l.open(Spec{ID: "run.db.1.2", LeaveDaemons: true})
	db.launched(12)
	db.close(false)
	check(map[int]bool{}, "run.db.1.1")
	if l.size != 2*accountSize {
		t.Errorf("it has %d bytes, want %d: accounts that were closed are used again", l.size, 2*accountSize)
	}
}

func TestALaunchWithoutALedgerHasNoAccount(t *testing.T) {
	var g *guardian
	a := g.account(Spec{LeaveDaemons: true})
	a.launched(10)
	a.reaped(10)
	a.close(false)
	if a != (account{}) {
		t.Errorf("%+v, want none", a)
	}
}

func TestASessionWhoseNumberIsAnothersByNowIsSpared(t *testing.T) {
	for _, tt := range []struct {
		name string
		say  func(account, int)
		dies bool
	}{
		{"its leader was reaped, so who has the number is another", account.reaped, false},
		{"the negative control: its leader was not", account.launched, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			leader := fork([]string{"/bin/sleep", "1000"}, &syscall.SysProcAttr{Setsid: true}, []string{newTag(t)})
			e := swept(t, func(l *ledger) { tt.say(l.open(Spec{}), leader) })
			if _, got := e.struck[leader]; got != tt.dies {
				t.Errorf("it was killed: %t, want %t", got, tt.dies)
			}
			end(leader)
		})
	}
}

func TestOnlyTheRunsOwnIDsAreKilled(t *testing.T) {
	for id, dies := range map[string]bool{
		runOfTest + ".web.1.1":   true,
		runOfTest + ".web.2.1":   false, // which may stay
		runOfTest:                false,
		runOfTest + "5.web.1.1":  false,
		"x" + runOfTest + ".w.1": false,
		"":                       false,
	} {
		pid := fork([]string{"/bin/sleep", "1000"}, elsewhere, []string{newTag(t), "SUPERVISE_ID=" + id})
		e := swept(t, func(l *ledger) { l.open(Spec{ID: runOfTest + ".web.2.1", LeaveDaemons: true}) })
		if _, got := e.struck[pid]; got != dies {
			t.Errorf("who has the ID %q was killed: %t, want %t", id, got, dies)
		}
		end(pid)
	}
}

func TestWithoutProcAGuardianKillsGroups(t *testing.T) {
	leader := fork([]string{"/bin/sleep", "1000"}, &syscall.SysProcAttr{Setsid: true}, []string{newTag(t)})
	e := estate{procs: &lister{}, sessions: map[int]bool{leader: false}}
	e.sweep()
	var status syscall.WaitStatus
	syscall.Wait4(leader, &status, 0, nil)
	if got, want := statusOf(status), (Status{Signal: syscall.SIGKILL}); got != want {
		t.Errorf("its leader %v, want %v", got, want)
	}
}

// Between two programs a process has no environment yet.
func TestWhoIsExecutingAProgramIsLookedAtAgain(t *testing.T) {
	pid := fork([]string{"/bin/sleep", "1000"}, elsewhere, []string{newTag(t), "SUPERVISE_ID=" + runOfTest + ".web.1.1"})
	e := inherit(runOfTest, strings.NewReader(""))
	defer e.procs.close()
	asked := 0
	e.id = func(n int) (string, naming) {
		if n == pid {
			if asked++; asked < 5 {
				return "", unborn
			}
		}
		return e.procs.id(n)
	}
	e.sweep()
	if _, got := e.struck[pid]; !got {
		t.Errorf("it was asked %d times and not killed, want it to be killed at the fifth", asked)
	}
	end(pid)
}

// On a busy machine somebody always executes a program.
func TestWhoIsNotOfTheRunMayExecuteWhatTheyLike(t *testing.T) {
	pid := fork([]string{"/bin/sleep", "1000"}, elsewhere, []string{newTag(t)})
	defer end(pid)
	e := inherit(runOfTest, strings.NewReader(""))
	defer e.procs.close()
	asked := 0
	e.id = func(n int) (string, naming) {
		if n == pid {
			if asked++; asked > 1 {
				return "", unborn
			}
		}
		return "PATH=/bin", named
	}
	e.sweep()
	if asked != 1 || e.unsure {
		t.Errorf("it was asked %d times, and doubted: %t; want once, and no doubt", asked, e.unsure)
	}
}

// elsewhere is a session that is in no ledger. Ours would not do: where we were put into a
// pid namespace from outside it is session 0, as the kernel's threads'.
var elsewhere = &syscall.SysProcAttr{Setsid: true}

// runOfTest is nobody's who runs these tests at the same time.
var runOfTest = "run" + strconv.Itoa(os.Getpid())

// swept is the estate of a run with a ledger as write leaves it, after the sweep.
func swept(t *testing.T, write func(*ledger)) *estate {
	t.Helper()
	l, err := newLedger()
	if err != nil {
		t.Fatal(err)
	}
	defer l.file.Close()
	write(l)
	e := inherit(runOfTest, l.file)
	defer e.procs.close()
	e.sweep()
	return e
}

func end(pid int) {
	syscall.Kill(pid, syscall.SIGKILL)
	syscall.Wait4(pid, nil, 0, nil)
}
