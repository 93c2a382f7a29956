package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"path/filepath"
	"strings"
	"supervise/output"
	"supervise/supervisor"
	"sync"
	"testing"
)

// cut passes connections on to a server and breaks each after some bytes of its answer.
func cut(t *testing.T, to string, after int64) (socket string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "cut")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() { l.Close(); open.Wait() })
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("unix", to)
			if err != nil {
				c.Close()
				continue
			}
			open.Go(func() { io.Copy(s, c); s.Close() })
			open.Go(func() { io.CopyN(c, s, after); c.Close(); s.Close() })
		}
	})
	return socket
}

func TestAClientGoesOnWhereAStreamBroke(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	broken := newClient(cut(t, a.socket, 2000), 0)
	defer broken.Close()
	for n := range 100 {
		a.write("web", "web.1", fmt.Sprintf("line %d", n))
	}
	n := 0
	for l, err := range broken.Logs(a.ctx(t), LogsOptions{Lines: -1, Names: []string{"web"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("line %d\n", n); string(l.Data) != want {
			t.Fatalf("got %q, want %q", l.Data, want)
		}
		n++
	}
	if n != 100 {
		t.Errorf("%d lines, want 100", n)
	}
}

func TestALineComesBackAsItWas(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	a.write("web", "web.1", "not \xff UTF-8")
	a.write("", "", "about nobody")
	for name, want := range map[string]output.Batch{
		"web":    {Source: output.Source{Type: "web", Instance: "web.1"}, Data: []byte("not \xff UTF-8\n")},
		"system": {Data: []byte("about nobody\n")},
	} {
		for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: 1, Names: []string{name}}) {
			if err != nil {
				t.Fatal(err)
			}
			if l.Source != want.Source || !bytes.Equal(l.Data, want.Data) || l.Stream != output.System || l.Time.IsZero() {
				t.Errorf("%s: %+v, want %+v", name, l.Batch, want)
			}
		}
	}
}

// TestNoLineComesTwiceOrIsMissingAtTheSeam opens streams while lines are being written,
// at cursors of all kinds.
func TestNoLineComesTwiceOrIsMissingAtTheSeam(t *testing.T) {
	a := start(t, nil, typ("web", 2), typ("worker", 1))
	const lines = 1200 // fewer than a follower may be behind with
	var writing, reading sync.WaitGroup
	begun := make(chan struct{})
	for w, name := range []string{"web.1", "web.2", "worker.1"} {
		writing.Go(func() {
			for n := range lines {
				a.write(name[:len(name)-2], name, fmt.Sprintf("%d", n))
				if w == 0 && n == 100 {
					close(begun)
				}
			}
		})
	}
	<-begun
	for range 8 {
		reading.Go(func() {
			next := map[string]int{}
			for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: -1, Follow: true}) {
				if err != nil || l.Lost > 0 {
					t.Errorf("lost %d, %v", l.Lost, err)
					return
				}
				if want := fmt.Sprintf("%d\n", next[l.Instance]); string(l.Data) != want {
					t.Errorf("%s: got %q, want %q", l.Instance, l.Data, want)
					return
				}
				next[l.Instance]++
				if next["web.1"] == lines && next["web.2"] == lines && next["worker.1"] == lines {
					return
				}
			}
		})
	}
	writing.Wait()
	reading.Wait()
}

// TestWhatIsKeptHasNoHoles: the kept lines of one instance are read before those of
// another, and yet nothing is missing before the newest.
func TestWhatIsKeptHasNoHoles(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	written := make(chan struct{})
	go func() {
		defer close(written)
		for n := range 3500 { // fewer than a follower may be behind with
			if n%2 == 0 {
				a.write("web", "web.1", fmt.Sprint(n))
			} else {
				a.write("worker", "worker.1", fmt.Sprint(n))
			}
		}
	}()
	defer func() { <-written }()
	for done := false; !done; {
		select {
		case <-written:
			done = true
		default:
		}
		f := a.server.options.Lines.follow(nil)
		kept, _ := a.server.history(logQuery{lines: math.MaxInt}, f)
		a.server.options.Lines.leave(f)
		for n, b := range kept {
			if want := fmt.Sprintf("%d\n", n); string(b.Data) != want {
				t.Fatalf("line %d of %d is %q", n, len(kept), b.Data)
			}
		}
	}
}

// TestSystemIsAllThatSuperviseSays: also what it says about an instance, of which it is
// kept twice.
func TestSystemIsAllThatSuperviseSays(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	a.write("", "", "metrics are off")
	a.write("web", "web.1", "web.1 started")
	a.write("worker", "worker.1", "worker.1 started")
	for names, want := range map[string]string{
		"":             "metrics are off, web.1 started, worker.1 started",
		"system":       "metrics are off, web.1 started, worker.1 started",
		"web":          "web.1 started",
		"web.1 system": "metrics are off, web.1 started, worker.1 started",
		"web worker.1": "web.1 started, worker.1 started",
	} {
		for _, n := range []int{-1, 3} {
			var got []string
			for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Names: strings.Fields(names), Lines: n}) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.TrimSpace(string(l.Data)))
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("logs -n %d %s: %q, want %q", n, names, got, want)
			}
		}
	}
}

func TestWhoFollowsSystemHearsNoInstance(t *testing.T) {
	web := output.Source{Type: "web", Instance: "web.1"}
	for _, c := range []struct {
		names string
		b     output.Batch
		want  bool
	}{
		{"system", output.Batch{Stream: output.System}, true},
		{"system", output.Batch{Source: web, Stream: output.System}, true},
		{"system", output.Batch{Source: web}, false},
		{"web", output.Batch{Stream: output.System}, false},
		{"web", output.Batch{Source: web, Stream: output.System}, true},
		{"web", output.Batch{Source: web}, true},
		{"worker", output.Batch{Source: web, Stream: output.System}, false},
		{"", output.Batch{Stream: output.System}, true},
		{"", output.Batch{Source: web}, true},
	} {
		if got := wants(strings.Fields(c.names), &c.b); got != c.want {
			t.Errorf("who follows %q gets a %s record of %q: %t, want %t", c.names, c.b.Stream, c.b.Instance, got, c.want)
		}
	}
}

func TestFollowersHearTheLastWords(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	heard := make(chan string)
	go func() {
		last := ""
		for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: -1, Follow: true}) {
			if err != nil {
				t.Error(err)
			}
			last = string(l.Data)
			heard <- last
		}
		close(heard)
	}()
	a.write("web", "web.1", "first")
	<-heard
	a.write("web", "web.1", "last")
	a.sup.Do(context.Background(), supervisor.Shutdown{Cause: "test"})
	last := ""
	for l := range heard {
		last = l
	}
	if last != "last\n" {
		t.Errorf("the last that was heard is %q", last)
	}
}

func TestTheLastNLinesAreOfAll(t *testing.T) {
	a := start(t, nil, typ("web", 1), typ("worker", 1))
	a.write("web", "web.1", "1\n2\n3")
	a.write("worker", "worker.1", "4")
	a.write("web", "web.1", "5")
	for n, want := range map[int]string{0: "", 1: "5", 2: "45", 4: "2345", 99: "12345"} {
		got := ""
		for l, err := range a.client.Logs(a.ctx(t), LogsOptions{Lines: n}) {
			if err != nil {
				t.Fatal(err)
			}
			got += strings.TrimSpace(string(l.Data))
		}
		if got != want {
			t.Errorf("the last %d are %q, want %q", n, got, want)
		}
	}
	var unknown *Error
	for _, err := range a.client.Logs(a.ctx(t), LogsOptions{Names: []string{"wed"}}) {
		if !errors.As(err, &unknown) || unknown.Reason != "wed: no such instance nor process type" {
			t.Errorf("an unknown name: %v", err)
		}
	}
}
