package ready

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// sockets gives one of each kind that there is.
func sockets(t *testing.T) map[string]*Socket {
	all := map[string]*Socket{"in a folder": socket(t, folder(t))}
	if runtime.GOOS == "linux" {
		all["abstract"] = socket(t, "")
	}
	return all
}

func socket(t *testing.T, dir string) *Socket {
	t.Helper()
	s, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// folder has a shorter name than t.TempDir's, since sockets' are limited.
func folder(t *testing.T) string {
	dir, err := os.MkdirTemp("", "ready")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// notified tells the result of a launch that has s.
func notified(s *Socket) (p *Prober, k Key, ready chan Result) {
	p, k, ready = New(), Key{"web.1", 1}, make(chan Result, 9)
	p.Probe(k, Target{Kind: Notify, Socket: s}, func(r Result) { ready <- r })
	return p, k, ready
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(patience):
		t.Fatal("nothing comes")
		panic("")
	}
}

func dial(t *testing.T, s *Socket) *net.UnixConn {
	t.Helper()
	conn, err := net.DialUnix("unixgram", nil, address(s.Name()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

func send(t *testing.T, conn *net.UnixConn, messages ...string) {
	t.Helper()
	for _, message := range messages {
		if _, err := conn.Write([]byte(message)); err != nil {
			t.Fatalf("cannot send %.40q: %v", message, err)
		}
	}
}

func TestAnyProcessOfALaunchCanSayThatItIsReady(t *testing.T) {
	for _, role := range []string{"say", "parent say", "daemon say"} {
		for kind, s := range sockets(t) {
			_, _, ready := notified(s)
			play(t, []string{"NOTIFY_SOCKET=" + s.Name()}, append(strings.Fields(role), "STATUS=up", "READY=1")...)
			if got, want := receive(t, ready), (Result{How: "said READY=1"}); got != want {
				t.Errorf("%s, %s: %+v, want %+v", role, kind, got, want)
			}
		}
	}
}

func TestItCanBeSaidBeforeAnybodyAsks(t *testing.T) {
	s := socket(t, folder(t))
	_, _, first := notified(s)
	send(t, dial(t, s), "READY=1")
	receive(t, first)
	_, _, second := notified(s)
	receive(t, second)
}

func TestWhoSaysItListensIsReachedThere(t *testing.T) {
	server := listen(t, "tcp4", "127.0.0.1:0")
	s, ready := socket(t, folder(t)), make(chan Result)
	target := Target{Kind: Notify, Socket: s, Port: portOf(server), Leader: os.Getpid()}
	New().Probe(Key{"web.1", 1}, target, func(r Result) { ready <- r })
	send(t, dial(t, s), "READY=1")
	if got := receive(t, ready); runtime.GOOS == "linux" && got.Addr.String() != server.Addr().String() {
		t.Errorf("reached at %s, want %s", got.Addr, server.Addr())
	}
}

func TestWhatIsSaidInsteadIsSeen(t *testing.T) {
	s := socket(t, folder(t))
	p, k, ready := notified(s)
	if got, want := p.Seen(k), "said nothing on $NOTIFY_SOCKET"; got != want {
		t.Errorf("Seen = %q, want %q", got, want)
	}
	conn := dial(t, s)
	for _, c := range []struct{ message, want string }{
		{"", "said nothing on $NOTIFY_SOCKET"},
		{"a\x00b", "said nothing on $NOTIFY_SOCKET"},
		{"WATCHDOG=1", "said WATCHDOG=1, not READY=1"},
		{"WATCHDOG=1\nSTATUS=loading", "said STATUS=loading, not READY=1"},
		{"STATUS=\x1b[2J", "said STATUS=?[2J, not READY=1"},
		{"STOPPING=1", "said STATUS=?[2J, not READY=1"},
	} {
		send(t, conn, c.message)
		barrier(t, conn)
		if got := p.Seen(k); got != c.want {
			t.Errorf("after %q Seen = %q, want %q", c.message, got, c.want)
		}
	}
	if send(t, conn, "READY=1"); receive(t, ready).How != "said READY=1" || p.Seen(k) != "" {
		t.Errorf("ready, but Seen = %q", p.Seen(k))
	}
	send(t, conn, "READY=1")
	if barrier(t, conn); len(ready) > 0 {
		t.Error("it is ready twice")
	}
}

func TestAFloodIsReadAndForgotten(t *testing.T) {
	s := socket(t, folder(t))
	p, k, ready := notified(s)
	conn, goroutines := dial(t, s), runtime.NumGoroutine()
	for i := range 10000 {
		send(t, conn, fmt.Sprintf("STATUS=%0400d", i))
	}
	barrier(t, conn)
	if got, want := p.Seen(k), "said STATUS="+strings.Repeat("0", 73)+"…, not READY=1"; got != want {
		t.Errorf("Seen = %q, want %q", got, want)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines, %d before the flood", n, goroutines)
	}
	send(t, conn, "READY=1")
	receive(t, ready)
	for range 1000 { // what a server says after it is ready is read as well, or it would block
		send(t, conn, "WATCHDOG=1")
	}
}

func TestAMessageThatIsTooLongIsIgnored(t *testing.T) {
	s := socket(t, folder(t))
	_, _, ready := notified(s)
	conn := dial(t, s)
	send(t, conn, "READY=1\n"+strings.Repeat("x", 64<<10))
	if barrier(t, conn); len(ready) > 0 {
		t.Error("a message of 64 KiB made it ready")
	}
	send(t, conn, "READY=1\n"+strings.Repeat("x", 4096-len("READY=1\n"))) // the negative control
	receive(t, ready)
}

func TestALaunchMayRemoveItsSocket(t *testing.T) {
	s := socket(t, folder(t))
	if err := os.Remove(s.Name()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

func TestAClosedSocketIsGone(t *testing.T) {
	for kind, s := range sockets(t) {
		goroutines := runtime.NumGoroutine()
		if err := s.Close(); err != nil {
			t.Errorf("%s: Close: %v", kind, err)
		}
		if conn, err := net.DialUnix("unixgram", nil, address(s.Name())); err == nil {
			conn.Close()
			t.Errorf("%s: one can still connect", kind)
		}
		if files, _ := filepath.Glob(s.Name()); len(files) > 0 {
			t.Errorf("%s: %s is left", kind, files)
		}
		for end := time.Now().Add(patience); runtime.NumGoroutine() >= goroutines; runtime.Gosched() {
			if time.Now().After(end) {
				t.Fatalf("%s: its goroutine is left", kind)
			}
		}
	}
}

func TestWhyThereIsNoSocket(t *testing.T) {
	dir := folder(t)
	missing, long := filepath.Join(dir, "missing"), filepath.Join(dir, strings.Repeat("x", 100))
	if _, err := Listen(missing); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "cannot make a notify socket: listen unixgram "+missing+"/notify-") {
		t.Errorf("Listen in a missing folder: %v", err)
	}
	want := fmt.Sprintf("has %d bytes, which is too long (unix(7))", len(long)+len("/notify-XXXXXXXXXXXX"))
	if _, err := Listen(long); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("Listen in a folder with a long name: %v, want that it %s", err, want)
	}
}

func TestSweepRemovesOnlyWhatNobodyHas(t *testing.T) {
	dir := folder(t)
	live, dead, file := socket(t, dir), socket(t, dir), filepath.Join(dir, "notify-x")
	dead.conn.Close() // as if its supervise had been killed
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	Sweep(dir)
	if _, err := os.Lstat(dead.Name()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the dead one: %v, want that it is gone", err)
	}
	_, _, ready := notified(live)
	send(t, dial(t, live), "READY=1")
	receive(t, ready)
}

// A launch may say it as another user, if it can enter the folder.
func TestTheSocketIsForAllWhoCanEnterItsFolder(t *testing.T) {
	s := socket(t, folder(t))
	info, err := os.Stat(s.Name())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := info.Mode(), fs.ModeSocket|0o666; got != want {
		t.Errorf("its mode is %v, want %v", got, want)
	}
}

// TestSystemdsOwnClientIsUnderstood also waits for its barrier, as that does by default.
func TestSystemdsOwnClientIsUnderstood(t *testing.T) {
	client, err := exec.LookPath("systemd-notify")
	if err != nil {
		t.Skip("systemd-notify is missing: apt-get install systemd")
	}
	for kind, s := range sockets(t) {
		_, _, ready := notified(s)
		cmd := exec.CommandContext(t.Context(), client, "--ready", "--status=up", "--pid=parent")
		cmd.Env = []string{"NOTIFY_SOCKET=" + s.Name()}
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", kind, err, output)
		}
		receive(t, ready)
	}
}
