package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that takes milliseconds.
const patience = 20 * time.Second

// stage is a table with everything that a test needs around it. When the test ends the
// table is closed, and a census finds nobody with the test's tag.
type stage struct {
	*testing.T
	table  *Table
	events chan Event
	tag    string
	closed bool
	told   map[Key][]Kind
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, events: make(chan Event, 1<<15), tag: newTag(t), told: map[Key][]Kind{}}
	var err error
	if s.table, err = New(func(e Event) { s.events <- e }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	return s
}

// close ends the table; a test may do it before its own end.
func (s *stage) close() {
	s.Helper()
	if s.closed {
		return
	}
	s.closed = true
	if left := s.table.Close(time.Now().Add(patience)); len(left) > 0 {
		s.Errorf("Close left %v, want nobody", left)
	}
}

// newTag is an environment variable that only this test's processes have. What has it
// when the test is over fails it.
func newTag(t *testing.T) string {
	tag := fmt.Sprintf("CENSUS=%s/%d", t.Name(), time.Now().UnixNano())
	t.Cleanup(func() {
		for _, pid := range eventually(tagged, tag) {
			t.Errorf("pid %d (%s) survived the test", pid, commandOf(pid))
			syscall.Kill(pid, syscall.SIGKILL)
		}
	})
	return tag
}

// eventually calls list until it is empty or patience is at its end.
func eventually(list func(string) []int, arg string) (pids []int) {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		if pids = list(arg); len(pids) == 0 {
			return nil
		}
	}
	return pids
}

// tagged lists who has tag in its environment and is alive.
func tagged(tag string) (pids []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environ, _ := os.ReadFile(file) // empty for a zombie
		for entry := range bytes.SplitSeq(environ, []byte{0}) {
			if string(entry) == tag {
				pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// spec runs argv with the test's tag and an ID.
func (s *stage) spec(argv ...string) Spec {
	id := "id-" + s.tag
	return Spec{
		Argv: argv,
		Env:  []string{"PATH=" + os.Getenv("PATH"), "GORACE=atexit_sleep_ms=0", s.tag, "SUPERVISE_ID=" + id},
		ID:   id,
	}
}

// launch starts spec and returns its key and, after Launched, what it says.
func (s *stage) launch(name string, spec Spec) (Key, lines) {
	s.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { r.Close() })
	spec.Stdout, spec.Stderr = w, os.Stderr
	k := Key{name, 1}
	s.table.Launch(k, spec)
	s.want(k, Launched)
	w.Close()
	return k, newLines(r)
}

// next is the next event of k.
func (s *stage) next(k Key) Event {
	s.Helper()
	for {
		select {
		case e := <-s.events:
			s.told[e.Key] = append(s.told[e.Key], e.Kind)
			if e.Key == k {
				return e
			}
		case <-time.After(patience):
			s.Fatalf("%v: no event, want one", k)
		}
	}
}

// want is the next event of k, which must be of this kind.
func (s *stage) want(k Key, kind Kind) Event {
	s.Helper()
	e := s.next(k)
	if e.Kind != kind {
		s.Fatalf("%v: %v %v, want %v", k, e.Kind, e, kind)
	}
	return e
}

// end launches spec and returns how it exited, when it is gone.
func (s *stage) end(name string, spec Spec) Status {
	s.Helper()
	k := Key{name, 1}
	s.table.Launch(k, spec)
	s.want(k, Launched)
	e := s.want(k, Exited)
	s.want(k, Gone)
	return e.Status
}

func alive(pid int) bool {
	p, ok := read(pid)
	return ok && p.alive()
}

func read(pid int) (process, bool) {
	l := newLister()
	defer l.close()
	return l.read(pid)
}

// left checks who was left, by pid.
func (s *stage) left(e Event, pids ...int) {
	s.Helper()
	var got []int
	for _, m := range e.Left {
		got = append(got, m.PID)
	}
	if fmt.Sprint(got) != fmt.Sprint(pids) {
		s.Errorf("%v left %v, want %v", e.Key, e.Left, pids)
	}
}
