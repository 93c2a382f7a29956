package control

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

func TestWhatTheKilledHaveLeftIsRemovedByTheNext(t *testing.T) {
	d, root := places(t), t.TempDir()
	stale := abandon(t, d, Where{Root: root, Name: "killed"})
	if err := os.WriteFile(stale+".lock", []byte(strconv.Itoa(deadPID)), 0o600); err != nil {
		t.Fatal(err)
	}
	live := listen(t, d, Where{Root: root})
	next := listen(t, d, Where{Root: root, Name: "next"})
	want := []string{live.Path(), live.Path() + ".lock", next.Path(), next.Path() + ".lock"}
	slices.Sort(want)
	var got []string
	for end := time.Now().Add(20 * patience); !slices.Equal(got, want); {
		if got, _ = filepath.Glob(filepath.Dir(stale) + "/*"); time.Now().After(end) {
			t.Fatalf("there are %q, want %q", got, want)
		}
	}
}

// TestALockThatTheDeadHoldIsWaitedFor: a child of theirs that has not executed its program.
func TestALockThatTheDeadHoldIsWaitedFor(t *testing.T) {
	for _, tt := range []struct {
		name string
		pid  int
		want bool // that it is given to us in the end
	}{
		{"a dead one's", deadPID, true},
		{"the negative control: a living one's", os.Getppid(), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := Where{Root: t.TempDir(), Socket: filepath.Join(t.TempDir(), "s")}
			held, err := hold(w.Socket + ".lock")
			if err != nil {
				t.Fatal(err)
			}
			held.file.WriteString(strconv.Itoa(tt.pid))
			time.AfterFunc(patience/5, held.release)
			l, err := Listen(w)
			if err == nil {
				l.Close()
			}
			var running *RunningError
			if errors.As(err, &running) == tt.want || err != nil && running == nil {
				t.Errorf("Listen = %v, want it to succeed: %t", err, tt.want)
			}
		})
	}
}

// deadPID is a pid above any that there can be (PID_MAX_LIMIT).
const deadPID = 1<<22 + 1
