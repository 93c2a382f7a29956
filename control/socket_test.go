package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

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

// TestAnotherEnvironmentFindsTheSameOne: sudo, cron and docker exec know nothing of
// XDG_RUNTIME_DIR.
func TestAnotherEnvironmentFindsTheSameOne(t *testing.T) {
	d, w := places(t), Where{Root: t.TempDir()}
	d.xdg = filepath.Join(d.run, "user", fmt.Sprint(os.Geteuid()))
	if err := os.MkdirAll(d.xdg, 0o700); err != nil {
		t.Fatal(err)
	}
	l := listen(t, d, w)
	d.xdg = ""
	wantRunning(t, d, w)
	if c, err := d.dial(t.Context(), w, ""); err != nil || c.Socket() != l.Path() {
		t.Errorf("dial = %v, %v, want %s", c, err, l.Path())
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
