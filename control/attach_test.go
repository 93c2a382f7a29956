package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"supervise/output"
	"supervise/supervisor"
)

// desk is an Attacher whose terminals are pipes: what is typed comes out of typed.
type desk struct {
	mux    *output.Mux
	typed  chan string // unbuffered: who types waits for a reader
	sizes  chan string
	closed chan supervisor.ID
}

type place struct {
	*desk
	id   supervisor.ID
	gone chan struct{}
	once sync.Once
}

func (d *desk) Attach(id supervisor.ID) (Terminal, error) {
	if id.Type == "pipes" {
		return nil, errors.New("pipes.1 has a pipe and no terminal")
	}
	return &place{desk: d, id: id, gone: make(chan struct{})}, nil
}

func (p *place) Show(ctx context.Context, s output.Screen, lines int) (func(), error) {
	return p.mux.Show(ctx, p.id.String(), s, lines)
}

func (p *place) Write(b []byte) (int, error) {
	select {
	case p.typed <- string(b):
		return len(b), nil
	case <-p.gone:
		return 0, os.ErrClosed
	}
}

func (p *place) Resize(columns, rows int) { p.sizes <- fmt.Sprint(columns, "x", rows) }

func (p *place) Close() {
	p.once.Do(func() { close(p.gone); p.closed <- p.id })
}

func startWithDesk(t *testing.T, types ...supervisor.ProcessType) (*app, *desk) {
	d := &desk{typed: make(chan string), sizes: make(chan string, 99), closed: make(chan supervisor.ID, 99)}
	a := start(t, func(o *Options, _ *limits) { o.Attacher = d }, types...)
	d.mux = a.mux
	return a, d
}

func (a *app) attach(t *testing.T, name string) *Attachment {
	t.Helper()
	at, err := a.client.Attach(a.ctx(t), name, AttachOptions{TTY: "/dev/pts/9\x1b[2J", Columns: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.Close() })
	return at
}

func next(t *testing.T, at *Attachment) Shown {
	t.Helper()
	shown, err := at.Next()
	if err != nil {
		t.Fatal(err)
	}
	return shown
}

func TestWhatIsTypedAndTheSizeReachTheTerminal(t *testing.T) {
	a, d := startWithDesk(t, typ("web", 1))
	at := a.attach(t, "web")
	if at.Instance != "web.1" {
		t.Errorf("attached to %q, want web.1", at.Instance)
	}
	if got := <-d.sizes; got != "80x24" {
		t.Errorf("the size is %s, want 80x24", got)
	}
	if err := errors.Join(at.Type([]byte("hello")), at.Resize(100, 40)); err != nil {
		t.Fatal(err)
	}
	if got := <-d.typed; got != "hello" {
		t.Errorf("%q was typed, want hello", got)
	}
	if got := <-d.sizes; got != "100x40" {
		t.Errorf("the size is %s, want 100x40", got)
	}
	a.write("web", "web.1", "about\x1b[2J it")
	if got := next(t, at).Notice; got != "about it" {
		t.Errorf("the notice is %q", got)
	}
	at.Close()
	if got := <-d.closed; got.String() != "web.1" {
		t.Errorf("%s was given back", got)
	}
}

func TestWhoComesSecondIsToldWhoIsThere(t *testing.T) {
	a, d := startWithDesk(t, typ("web", 2))
	first := a.attach(t, "web.1")
	a.attach(t, "web.2") // the control: another one is free
	_, err := a.client.Attach(a.ctx(t), "web.1", AttachOptions{})
	var refused *Error
	if !errors.As(err, &refused) || refused.Status != http.StatusLocked {
		t.Fatalf("the second got %v, want status 423", err)
	}
	want := fmt.Sprintf("web.1 has somebody attached already: pid %d of ", os.Getpid())
	if !strings.HasPrefix(refused.Reason, want) || !strings.Contains(refused.Reason, " on /dev/pts/9[2J, since ") {
		t.Errorf("it was told %q, want %q", refused.Reason, want)
	}
	first.Close()
	<-d.closed
	for err != nil { // the seat is given back just after the terminal
		var third *Attachment
		if third, err = a.client.Attach(a.ctx(t), "web.1", AttachOptions{}); err == nil {
			third.Close()
		} else if !errors.As(err, &refused) || refused.Status != http.StatusLocked {
			t.Fatal(err)
		}
	}
}

func TestNobodyIsAttachedToWhatIsNoTerminal(t *testing.T) {
	a, _ := startWithDesk(t, typ("web", 2), typ("pipes", 1))
	for name, want := range map[string]string{
		"pipes": "409 pipes.1 has a pipe and no terminal",
		"web":   "400 web has 2 instances: name one of web.1, web.2",
		"wob.1": "404 wob.1: no such instance nor process type",
	} {
		_, err := a.client.Attach(a.ctx(t), name, AttachOptions{})
		var refused *Error
		if !errors.As(err, &refused) || fmt.Sprint(refused.Status, " ", refused) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	resp, err := a.client.http.Get("http://supervise/v1/instances/pipes.1/terminal")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusUpgradeRequired || resp.Header.Get("Upgrade") != protocol {
		t.Errorf("without an upgrade: %s, %v", resp.Status, resp.Header)
	}
}

func TestAnAttachmentEndsWithItsInstance(t *testing.T) {
	a, _ := startWithDesk(t, typ("web", 1))
	at := a.attach(t, "web.1")
	if err := a.client.Stop(a.ctx(t), []string{"web.1"}, nil); err != nil {
		t.Fatal(err)
	}
	if got := next(t, at).End; got == nil || got.Reason != "web.1 is down" || got.Code != 143 {
		t.Errorf("the end is %+v", got)
	}
	if _, err := at.Next(); err != io.EOF {
		t.Errorf("after the end: %v, want io.EOF", err)
	}
	_, err := a.client.Attach(a.ctx(t), "web.1", AttachOptions{})
	if err == nil || err.Error() != "web.1 is down: there is nothing to attach to" {
		t.Errorf("again: %v", err)
	}
}

// A program that does not read keeps who types waiting, and nobody else.
func TestAClientThatGoesAwayWhileItTypesFreesItsSeat(t *testing.T) {
	a, d := startWithDesk(t, typ("web", 1))
	at := a.attach(t, "web.1")
	typed := make(chan error, 1)
	go func() { typed <- at.Type(make([]byte, 10*typedWindow*maxTyped)) }()
	<-d.typed // the first; nobody reads the others
	at.Close()
	<-d.closed
	if err := <-typed; err == nil {
		t.Error("all was typed, want an error")
	}
}

func TestHostileFramesEndTheConnectionAndNothingElse(t *testing.T) {
	a, d := startWithDesk(t, typ("web", 1))
	flood := strings.Repeat("t\x00\x00\x00\x01x", 3*typedWindow)
	for name, sent := range map[string]string{
		"too long":     "t\xff\xff\xff\xffx",
		"a flood":      flood,
		"no size":      "w\x00\x00\x00\x01{",
		"half a frame": "t\x00\x00",
	} {
		conn := a.upgraded(t)
		io.WriteString(conn, sent)
		if name == "half a frame" {
			conn.CloseWrite()
		}
		io.Copy(io.Discard, conn) // until the server hangs up
		conn.Close()
		<-d.closed
	}
	a.upgraded(t).Close() // it is free, and well
}

// upgraded is a connection to the terminal of web.1, as soon as that is free.
func (a *app) upgraded(t *testing.T) *net.UnixConn {
	t.Helper()
	for {
		conn, err := net.Dial("unix", a.socket)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET /v1/instances/web.1/terminal HTTP/1.1\r\nHost: s\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", protocol)
		status := make([]byte, len("HTTP/1.1 101"))
		if _, err := io.ReadFull(conn, status); err != nil {
			t.Fatal(err)
		}
		if string(status) == "HTTP/1.1 101" {
			return conn.(*net.UnixConn)
		}
		conn.Close()
	}
}

func TestASlowScreenLosesItsBacklogAndIsTold(t *testing.T) {
	o := newOutbox()
	for range maxQueued/1000 + 1 {
		o.Show(make([]byte, 1000))
	}
	o.Show([]byte("new"))
	frames := o.take()
	want := fmt.Sprintf("%d bytes came faster than they were read and are not shown", maxQueued/1000*1000)
	if len(frames) != 2 || string(frames[0].data) != want || !strings.HasSuffix(string(frames[1].data), "new") {
		t.Errorf("%d frames, the first %.100q, want %q", len(frames), frames[0].data, want)
	}
	o.Show([]byte("a")) // the control
	o.Show([]byte("b"))
	if frames := o.take(); len(frames) != 1 || string(frames[0].data) != "ab" {
		t.Errorf("%q, want all of it", frames)
	}
}
