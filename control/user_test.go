package control

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// nobody and stranger are two users who are not us.
const (
	nobody   = 65534
	stranger = 65533
)

// as runs a role of the test binary, which becomes the user by itself: that user may not
// be able to execute a file of ours.
func as(t *testing.T, role string, uid int, args ...string) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root, to become another user")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, append([]string{"@" + role, strconv.Itoa(uid)}, args...)...)
	cmd.Stderr = os.Stderr
	return cmd
}

func become(uid string) {
	n, err := strconv.Atoi(uid)
	if err == nil {
		err = errors.Join(syscall.Setgroups(nil), syscall.Setgid(n), syscall.Setuid(n))
	}
	if err != nil {
		panic(err)
	}
}

// askAs: uid socket. It prints what comes of listing the instances.
func askAs(args []string) {
	become(args[0])
	tellError(newClient(args[1], 0))
}

// trustAs does the same with a client that believes everybody.
func trustAs(args []string) {
	become(args[0])
	c := newClient(args[1], 0)
	c.http.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", args[1])
	}}
	tellError(c)
}

func tellError(c *Client) {
	_, err := c.Instances(context.Background())
	var refused *Error
	var foreign *ForeignError
	switch {
	case errors.As(err, &refused):
		fmt.Println(refused.Status, err)
	case errors.As(err, &foreign):
		fmt.Println("foreign", foreign.UID)
	case errors.Is(err, os.ErrPermission):
		fmt.Println("permission denied")
	default:
		fmt.Println(err)
	}
}

// listenAs: uid socket. It says so, and listens until its stdin ends.
func listenAs(args []string) {
	become(args[0])
	l, err := net.Listen("unix", args[1])
	if err != nil {
		panic(err)
	}
	defer l.Close()
	os.Chmod(args[1], 0o666)
	fmt.Println("listening")
	os.Stdin.Read(make([]byte, 1))
}

func ask(t *testing.T, role string, uid int, socket string) string {
	t.Helper()
	out, err := as(t, role, uid, socket).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// openTo lets everybody reach a socket, so that only the kernel's word keeps them out.
func openTo(t *testing.T, socket string) {
	t.Helper()
	for path := filepath.Dir(socket); path != "/" && path != os.TempDir(); path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(socket, 0o666); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

func TestAnotherUserIsKeptOut(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	for _, test := range []struct {
		role string
		uid  int
		open bool
		want string
	}{
		{"trust", nobody, false, "permission denied"},
		{"trust", nobody, true, "403 uid 65534 may not ask here"},
		{"ask", nobody, true, "foreign 0"},
		{"trust", 0, true, "<nil>"}, // the control
	} {
		if test.open {
			openTo(t, a.socket)
		}
		if got := ask(t, test.role, test.uid, a.socket); got != test.want {
			t.Errorf("%s as uid %d: %s, want %s", test.role, test.uid, got, test.want)
		}
	}
}

// strangersSocket is one that a stranger listens on, until the test ends.
func strangersSocket(t *testing.T, dir string) string {
	t.Helper()
	socket := filepath.Join(dir, "stranger")
	openTo(t, socket)
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd := as(t, "listen", stranger, socket)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Wait() })
	stdout.Read(make([]byte, len("listening")))
	return socket
}

func TestAClientDoesNotBelieveAStranger(t *testing.T) {
	socket := strangersSocket(t, t.TempDir())
	if got, want := ask(t, "ask", nobody, socket), "foreign 65533"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAStrangersSocketIsNotRemoved(t *testing.T) {
	socket := strangersSocket(t, t.TempDir())
	_, err := Listen(Where{Root: t.TempDir(), Socket: socket})
	var foreign *ForeignError
	if !errors.As(err, &foreign) || foreign.UID != stranger {
		t.Errorf("Listen = %v, want that uid %d listens there", err, stranger)
	}
	if _, err := os.Lstat(socket); err != nil {
		t.Errorf("the socket is gone: %v", err)
	}
}

func TestRootFindsTheSocketOfTheOneWhoOwnsTheRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	base, root := t.TempDir(), t.TempDir()
	d, w := dirs{run: filepath.Join(base, "run"), temp: base}, Where{Root: root}
	folder := filepath.Join(base, "supervise-65534")
	for _, err := range []error{os.Mkdir(folder, 0o700), os.Chown(folder, nobody, 0), os.Chown(root, nobody, 0)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	l, err := claim(w, w.in(folder))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := d.dial(t.Context(), w, "")
	if err != nil || c.Socket() != l.Path() {
		t.Errorf("dial = %v, %v, want %s", c, err, l.Path())
	}
}
