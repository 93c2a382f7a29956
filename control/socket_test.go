package control

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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

func TestTheFirstFolderThatCanBeWrittenIsTaken(t *testing.T) {
	d, w := places(t), Where{Root: t.TempDir()}
	uid := fmt.Sprintf("/supervise-%d", os.Geteuid())
	for _, want := range []string{d.xdg + "/supervise", d.run + uid, d.temp + uid} {
		l := listen(t, d, w)
		if got := filepath.Dir(l.Path()); got != want {
			t.Errorf("the socket is in %s, want %s", got, want)
		}
		for path, mode := range map[string]os.FileMode{want: 0o700, l.Path(): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v, want mode %o", path, info.Mode(), err, mode)
			}
		}
		c, err := d.dial(t.Context(), w, "")
		if err != nil || c.Socket() != l.Path() {
			t.Errorf("dial = %v, %v, want %s", c, err, l.Path())
		}
		l.Close()
		if left, _ := os.ReadDir(want); len(left) > 0 {
			t.Errorf("%s is left", left)
		}
		os.Remove(want)
		block(t, filepath.Dir(want))
	}
	l, err := d.listen(w)
	if runtime.GOOS != "linux" {
		if err == nil {
			t.Errorf("listening on %s without a folder", l.Path())
		}
		return
	}
	if err != nil || !strings.HasPrefix(l.Path(), "@supervise-") {
		t.Fatalf("without a folder: %v, want an abstract socket", err)
	}
	defer l.Close()
	wantRunning(t, d, w)
	if c, err := d.dial(t.Context(), w, ""); err != nil || c.Socket() != l.Path() {
		t.Errorf("dial = %v, %v, want %s", c, err, l.Path())
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
	wantRunning(t, dirs{run: d.run, temp: d.xdg + "/.."}.with(d), Where{Root: root})
	listen(t, d, Where{Root: root, Name: "blue"})
	listen(t, d, Where{Root: t.TempDir()})
	wantRunning(t, d, Where{Root: root, Name: "blue"})
	_, err := d.listen(Where{Root: root, Name: "blue"})
	want := fmt.Sprintf("supervise is already running in %s as %q with pid %d", root, "blue", os.Getpid())
	if err.Error() != want {
		t.Errorf("the error is %q, want %q", err, want)
	}
}

// with is where another environment's XDG_RUNTIME_DIR still counts.
func (d dirs) with(other dirs) dirs {
	d.xdg = other.xdg
	return d
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

func TestAFolderThatIsNotOursIsRefusedByName(t *testing.T) {
	for name, test := range map[string]struct {
		make func(path string) error
		want string
	}{
		"link": {func(path string) error { return os.Symlink(t.TempDir(), path) }, "is a symbolic link"},
		"file": {func(path string) error { return os.WriteFile(path, nil, 0o600) }, "is a file"},
		"mode": {func(path string) error {
			return errors.Join(os.Mkdir(path, 0o700), os.Chmod(path, 0o755))
		}, "has mode 0755"},
		"uid": {func(path string) error {
			return errors.Join(os.Mkdir(path, 0o700), os.Chown(path, nobody, -1))
		}, "belongs to uid 65534"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "uid" && os.Geteuid() != 0 {
				t.Skip("needs root, to give a folder away")
			}
			d, w := places(t), Where{Root: t.TempDir()}
			folder := filepath.Join(d.xdg, "supervise")
			if err := test.make(folder); err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("cannot trust %s with the control socket: it %s, and should be a folder of uid %d with mode 0700",
				folder, test.want, os.Geteuid())
			if _, err := d.listen(w); err == nil || err.Error() != want {
				t.Errorf("listen: %v\nwant    %s", err, want)
			}
			if _, err := d.dial(t.Context(), w, ""); err == nil || err.Error() != want {
				t.Errorf("dial: %v\nwant  %s", err, want)
			}
		})
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

func TestNamesFitIntoASocketsAddress(t *testing.T) {
	w := Where{Root: "/srv/my app"}
	short, full := w.hash()+".sock", "my-app-"+w.hash()+".sock"
	for folder, want := range map[int]string{
		20:                       full,
		maxPath - len("/"+full):  full,
		maxPath - len(full):      short,
		maxPath - len("/"+short): short,
		maxPath - len(short):     "",
	} {
		path := w.in("/" + strings.Repeat("f", folder-1))
		if got := strings.TrimPrefix(filepath.Base(path), "."); got != want {
			t.Errorf("in a folder of %d bytes: %q, want %q", folder, got, want)
		}
	}
	long := filepath.Join(t.TempDir(), strings.Repeat("s", 120))
	_, err := Listen(Where{Root: t.TempDir(), Socket: long})
	want := fmt.Sprintf("cannot listen on %s: its path is longer than the %d bytes that a socket's may have", long, maxPath)
	if err == nil || err.Error() != want {
		t.Errorf("the error is %v, want %s", err, want)
	}
}

func TestWhereClientsLook(t *testing.T) {
	d, w := places(t), Where{Root: t.TempDir()}
	byPlace := listen(t, d, w)
	hinted := listen(t, d, Where{Root: w.Root, Name: "hinted"})
	asked := Where{Root: w.Root, Socket: filepath.Join(t.TempDir(), "s")}
	byFlag := listen(t, d, asked)
	for name, test := range map[string]struct {
		where Where
		hint  string
		want  *Listener
	}{
		"in the places":             {w, "", byPlace},
		"first at SUPERVISE_SOCKET": {w, hinted.Path(), hinted},
		"first at --socket":         {asked, hinted.Path(), byFlag},
		"behind a stale hint":       {w, filepath.Join(t.TempDir(), "none"), byPlace},
	} {
		if c, err := d.dial(t.Context(), test.where, test.hint); err != nil || c.Socket() != test.want.Path() {
			t.Errorf("%s: %v, %v, want %s", name, c, err, test.want.Path())
		}
	}
}

func TestNobodyIsThere(t *testing.T) {
	d, root := places(t), t.TempDir()
	for want, w := range map[string]Where{
		"no supervise is running in " + root:                {Root: root},
		"no supervise is running in " + root + ` as "blue"`: {Root: root, Name: "blue"},
		"no supervise listens on " + root + "/s":            {Root: root, Socket: root + "/s"},
	} {
		_, err := d.dial(t.Context(), w, "")
		if !errors.As(err, new(*NotRunningError)) || err.Error() != want {
			t.Errorf("the error is %v, want %s", err, want)
		}
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
