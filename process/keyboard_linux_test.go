package process

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// keyboard launches a shell command on a terminal, and returns a keyboard for it whose signals
// go to the group, as the kernel's would to the foreground.
func (s *stage) keyboard(script string) (k *Keyboard, out lines) {
	s.Helper()
	key, ours := s.terminal(script, s.spec("sh", "-c", script))
	k = &Keyboard{Terminal: ours, Signal: func(sig syscall.Signal) { s.table.Signal(key, Group, sig) }}
	s.Cleanup(k.Close)
	return k, newLines(ours)
}

func (s *stage) types(k *Keyboard, text string) {
	s.Helper()
	if n, err := k.Write([]byte(text)); n != len(text) || err != nil {
		s.Fatalf("Write = %d, %v, want %d", n, err, len(text))
	}
}

func TestTypedSignalsAreSent(t *testing.T) {
	s := newStage(t)
	k, out := s.keyboard(`for s in INT QUIT TSTP; do trap "echo SIG$s" $s; done; echo ready $$; while :; do sleep 0.01; done`)
	out.ready(t)
	s.types(k, "read this\n")
	for keys, want := range map[string]string{"\x03": "SIGINT", "\x1c": "SIGQUIT", "\x1a": "SIGTSTP", "half a line\x03": "SIGINT"} {
		s.types(k, keys)
		for got := out.next(t); !strings.Contains(got, want); got = out.next(t) { // and its echo
		}
	}
}

func TestATypedCtrlCDropsWhatWasTypedBefore(t *testing.T) {
	s := newStage(t)
	k, out := s.keyboard(`trap 'seen=1' INT; stty -echo; echo ready $$; while [ -z "$seen" ]; do sleep 0.01; done; read line; echo "got $line"`)
	out.ready(t)
	s.types(k, "a line\nhalf a line\x03")
	s.types(k, "another\n")
	if got := out.next(t); got != "got another" {
		t.Errorf("%q, want what was typed after the Ctrl-C", got)
	}
}

func TestWhatATerminalDoesNotTakeForASignalIsTyped(t *testing.T) {
	s := newStage(t)
	for script, c := range map[string]struct{ keys, want string }{
		"stty -isig -icanon -echo; echo ready $$; head -c 3 | od -An -c": {"\x03\x1c\x1a", " 003 034 032"},
		"stty intr undef -echo; echo ready $$; head -c 2 | od -An -c":    {"\x03\n", " 003  \\n"},
		"stty intr x -echo; echo ready $$; head -c 2 | od -An -c":        {"\x03\n", " 003  \\n"},
		"stty -echo; echo ready $$; head -c 3 | od -An -c":               {"\x16\x03\x00\n", " 003  \\0  \\n"},
	} {
		k, out := s.keyboard(script)
		k.Signal = func(sig syscall.Signal) { t.Errorf("%s: %q is taken for %s", script, c.keys, sig) }
		out.ready(t)
		s.types(k, c.keys)
		k.Close()
		if got := strings.TrimRight(out.next(t), " "); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q is read as %q, want %q", script, c.keys, got, c.want)
		}
	}
}

func TestAKeyboardThatNobodyReadsIsClosedAllTheSame(t *testing.T) {
	s := newStage(t)
	k, out := s.keyboard("stty -icanon -echo; echo ready $$; exec sleep 1000")
	out.ready(t)
	written := make(chan error, 1)
	go func() {
		_, err := k.Write(bytes.Repeat([]byte("x"), 1<<20))
		written <- err
	}()
	k.Close()
	if err := <-written; !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, os.ErrClosed) {
		t.Errorf("Write = %v, want it cut short", err)
	}
	if _, err := k.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Close, Write = %v", err)
	}
}

func TestANewKeyboardTypesWhereAnotherWasClosed(t *testing.T) {
	s := newStage(t)
	k, out := s.keyboard("stty -echo; echo ready $$; read line; echo got $line")
	out.ready(t)
	k.Close()
	again := &Keyboard{Terminal: k.Terminal}
	s.types(again, "this\n")
	if got := out.next(t); got != "got this" {
		t.Errorf("%q, want it typed", got)
	}
}

// A Ctrl-S that nobody can take back any more would stop an app for ever.
func TestOutputThatACtrlSHasStoppedGoesOnWhenTheKeyboardIsClosed(t *testing.T) {
	s := newStage(t)
	k, out := s.keyboard("trap 'echo heard' INT; stty -echo; echo ready $$; while :; do sleep 0.01; done")
	out.ready(t)
	s.types(k, "\x13")
	for { // the control: some time output stops
		k.Signal(syscall.SIGINT)
		k.Terminal.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		if _, err := k.Terminal.Read(make([]byte, 100)); errors.Is(err, os.ErrDeadlineExceeded) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	k.Close()
	if got := newLines(k.Terminal).next(t); got != "heard" {
		t.Errorf("%q, want what was stopped", got)
	}
}
