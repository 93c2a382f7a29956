package control

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// places are folders of a test's own in place of the system's.
func places(t *testing.T) dirs {
	t.Helper()
	base := t.TempDir()
	d := dirs{xdg: base + "/xdg", run: base + "/run", temp: base + "/tmp"}
	for _, dir := range []string{d.xdg, d.run, d.temp} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func listen(t *testing.T, d dirs, w Where) *Listener {
	t.Helper()
	l, err := d.listen(w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// block puts a file where a folder would be made, so that nobody can make it: root too.
func block(t *testing.T, dir string) {
	t.Helper()
	if err := errors.Join(os.Remove(dir), os.WriteFile(dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// wantRunning wants a second supervise to be told who is there: us.
func wantRunning(t *testing.T, d dirs, w Where) {
	t.Helper()
	l, err := d.listen(w)
	var running *RunningError
	if !errors.As(err, &running) {
		t.Fatalf("a second one gets %v, %v, want a RunningError", l, err)
	}
	if running.PID != os.Getpid() {
		t.Errorf("the one that runs has pid %d, want %d", running.PID, os.Getpid())
	}
}

func TestThereIsOneForEachRootAndName(t *testing.T) {
	d, root := places(t), t.TempDir()
	listen(t, d, Where{Root: root})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(root, link); err != nil {
		t.Fatal(err)
	}
	wantRunning(t, d, Where{Root: root})
	wantRunning(t, d, Where{Root: link})
	listen(t, d, Where{Root: root, Name: "blue"})
	listen(t, d, Where{Root: t.TempDir()})
	wantRunning(t, d, Where{Root: root, Name: "blue"})
	_, err := d.listen(Where{Root: root, Name: "blue"})
	want := fmt.Sprintf("already running in %s as %q with pid %d", root, "blue", os.Getpid())
	if err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
}

func TestOfTwoThatRaceOneWins(t *testing.T) {
	d, w := places(t), Where{Root: t.TempDir()}
	for range 20 {
		var group sync.WaitGroup
		listeners, errs := make([]*Listener, 8), make([]error, 8)
		for i := range listeners {
			group.Go(func() { listeners[i], errs[i] = d.listen(w) })
		}
		group.Wait()
		won := 0
		for i, err := range errs {
			var running *RunningError
			switch {
			case err == nil:
				won++
				defer listeners[i].Close()
			case !errors.As(err, &running) || running.PID != os.Getpid():
				t.Errorf("one that lost gets %v, want that pid %d is running", err, os.Getpid())
			}
		}
		if won != 1 {
			t.Fatalf("%d won, want 1", won)
		}
		for _, l := range listeners {
			if l != nil {
				l.Close()
			}
		}
	}
}

func TestAStaleSocketIsReplaced(t *testing.T) {
	d, w := places(t), Where{Root: t.TempDir()}
	path := abandon(t, d, w)
	if _, err := d.dial(t.Context(), w, ""); !errors.As(err, new(*NotRunningError)) {
		t.Errorf("dial = %v, want a NotRunningError", err)
	}
	if got := listen(t, d, w).Path(); got != path {
		t.Errorf("listening on %s, want %s", got, path)
	}
}

// abandon leaves a socket behind as SIGKILL does.
func abandon(t *testing.T, d dirs, w Where) string {
	t.Helper()
	l := listen(t, d, w)
	l.file = nil
	path := l.Path()
	l.Close()
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestALiveSocketIsNotRemovedWithoutItsLock: somebody has tidied up the lock.
func TestALiveSocketIsNotRemovedWithoutItsLock(t *testing.T) {
	w := Where{Root: t.TempDir(), Socket: filepath.Join(t.TempDir(), "s")}
	l := listen(t, dirs{}, w)
	if err := os.Remove(w.Socket + ".lock"); err != nil {
		t.Fatal(err)
	}
	wantRunning(t, dirs{}, w)
	if !isAt(l.Path(), l.file) {
		t.Error("the live socket was removed")
	}
}

// TestOnlyOurOwnSocketIsRemoved: by then the name may be another's.
func TestOnlyOurOwnSocketIsRemoved(t *testing.T) {
	w := Where{Root: t.TempDir(), Socket: filepath.Join(t.TempDir(), "s")}
	l := listen(t, dirs{}, w)
	for _, path := range []string{w.Socket, w.Socket + ".lock"} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	other := listen(t, dirs{}, w)
	l.Close()
	if !isAt(w.Socket, other.file) {
		t.Error("the other's socket was removed")
	}
}

func TestWhatIsNotASocketIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Listen(Where{Root: dir, Socket: path})
	if want := "cannot listen on " + path + ": it exists and is not a socket"; err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
	if text, _ := os.ReadFile(path); string(text) != "precious" {
		t.Errorf("the file has %q", text)
	}
}

// TestASocketWhoseQueueIsFullIsAlive: nobody accepts, and yet it is not stale.
func TestASocketWhoseQueueIsFullIsAlive(t *testing.T) {
	w := Where{Root: t.TempDir(), Socket: filepath.Join(t.TempDir(), "s")}
	l := listen(t, dirs{}, w)
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for {
		c, err := net.DialTimeout("unix", l.Path(), patience)
		if err != nil {
			break // EAGAIN
		}
		if conns = append(conns, c); len(conns) > 10_000 {
			t.Skip("the queue is too long to fill")
		}
	}
	wantRunning(t, dirs{}, w)
}
