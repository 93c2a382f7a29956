package ready

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"supervise/ports"
)

func TestALaunchIsReadyWhenItListens(t *testing.T) {
	for _, c := range []struct{ role, listens, reached string }{
		{"listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"listen tcp4 0.0.0.0:0", "0.0.0.0", "127.0.0.1"},
		{"listen tcp6 [::1]:0", "[::1]", "[::1]"},
		{"listen tcp6 [::]:0", "[::]", "[::1]"}, // IPv6 only
		{"listen tcp :0", "[::]", "[::1]"},      // 0.0.0.0 as well
		{"parent listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"parent parent listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"sudo listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"sudo parent listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"daemon listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"daemon sudo listen tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
		{"heir tcp4 127.0.0.1:0", "127.0.0.1", "127.0.0.1"},
	} {
		t.Run(c.role, func(t *testing.T) {
			launch := play(t, []string{"SUPERVISE_ID=a.web.1.1"}, strings.Fields(c.role)...)
			port := launch.port(t)
			got := probed(t, Target{Kind: Port, Port: port, Leader: launch.pid, ID: "a.web.1.1"})
			if want := fmt.Sprintf("listens on %s:%d", c.listens, port); got.How != want {
				t.Errorf("How = %q, want %q", got.How, want)
			}
			if want := fmt.Sprintf("%s:%d", c.reached, port); got.Addr.String() != want {
				t.Errorf("Addr = %s, want %s", got.Addr, want)
			}
			conn, err := net.Dial("tcp", got.Addr.String())
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		})
	}
}

// A launch listens elsewhere, while a stranger has its port.
func TestAStrangerOnThePortMakesNobodyReady(t *testing.T) {
	launch := play(t, []string{"SUPERVISE_ID=a.web.1.1"}, "listen", "tcp4", "127.0.0.1:0")
	other := launch.port(t)
	stranger := play(t, []string{"SUPERVISE_ID=a.web.2.1"}, "listen", "tcp4", "127.0.0.1:0")
	target := Target{Kind: Port, Port: stranger.port(t), Leader: launch.pid, ID: "a.web.1.1"}

	p, k, looks := New(), Key{"web.1", 1}, make(chan bool)
	p.listening = func() ([]ports.Listener, error) {
		looks <- true
		return ports.Listening()
	}
	p.Probe(k, target, func(r Result) { t.Errorf("the launch is ready: %+v", r) })
	for range 5 {
		<-looks
	}
	p.Forget(k)
	go func() { // one that is under way
		for range looks {
		}
	}()
	want := fmt.Sprintf("listens on %d, and $PORT %d is pid %d's (ready.test)", other, target.Port, stranger.pid)
	if got := (&view{listening: ports.Listening}).listens(target); got != want {
		t.Errorf("seen: %q\nwant:  %q", got, want)
	}

	target.Leader = stranger.pid // the negative control
	if got := probed(t, target); got.Addr.Port() != uint16(target.Port) {
		t.Errorf("the stranger is ready at %s, want port %d", got.Addr, target.Port)
	}
}

func TestADaemonIsKnownByItsID(t *testing.T) {
	launch := play(t, []string{"SUPERVISE_ID=a.web.1.1"}, "daemon", "listen", "tcp4", "127.0.0.1:0")
	port := launch.port(t)
	for id, want := range map[string]whose{"a.web.1.1": its, "a.web.1.2": strangers, "": strangers} {
		if _, got := find(Target{Port: port, Leader: launch.pid, ID: id}); got != want {
			t.Errorf("the launch with ID %q: %d, want %d", id, got, want)
		}
	}
}

func TestAnOrphanIsKnownByItsSession(t *testing.T) {
	launch := play(t, nil, "parent", "leave", "listen", "tcp4", "127.0.0.1:0")
	port := launch.port(t)
	other := play(t, nil, "listen", "tcp4", "127.0.0.1:0")
	for pid, want := range map[int]whose{launch.pid: its, other.pid: strangers} {
		if _, got := find(Target{Port: port, Leader: pid}); got != want {
			t.Errorf("for pid %d: %d, want %d", pid, got, want)
		}
	}
}

func TestAStrangerIsLookedIntoLessAndLess(t *testing.T) {
	port := portOf(listen(t, "tcp4", "127.0.0.1:0"))
	launch := play(t, nil, "listen", "tcp4", "127.0.0.1:0")
	launch.port(t)
	var d doubt
	target := Target{Port: port, Leader: launch.pid}
	for range 2 {
		v := &view{listening: ports.Listening}
		if _, whose := v.find(target, &d); whose != strangers || v.people == nil {
			t.Fatalf("the first findings: %d with a census %t, want %d with one", whose, v.people != nil, strangers)
		}
	}
	d.until = d.until.Add(longest)
	v := &view{listening: ports.Listening}
	if _, whose := v.find(target, &d); whose != strangers || v.people != nil {
		t.Errorf("later: %d with a census %t, want %d without", whose, v.people != nil, strangers)
	}
	target.Leader = os.Getpid()
	if _, whose := v.find(target, &d); whose != its {
		t.Errorf("when it is the leader's: %d, want %d", whose, its)
	}
}

func TestWhatAFormerListenerSharedDoesNotCount(t *testing.T) {
	listener := listen(t, "tcp4", "127.0.0.1:0")
	target := Target{Port: portOf(listener), Leader: os.Getpid()}
	if _, got := find(target); got != its { // the negative control
		t.Fatalf("while it listens: %d, want %d", got, its)
	}
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	accepted, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	listener.Close()
	if _, got := find(target); got != nobodys {
		t.Errorf("with a connection left: %d, want %d", got, nobodys)
	}
}

// find looks once.
func find(target Target) (string, whose) {
	at, whose := (&view{listening: ports.Listening}).find(target, new(doubt))
	return at.String(), whose
}
