package signals

import (
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestASignalIsReadAsPeopleWriteIt(t *testing.T) {
	for text, want := range map[string]syscall.Signal{
		"TERM": syscall.SIGTERM, "SIGTERM": syscall.SIGTERM, "term": syscall.SIGTERM,
		"SigTerm": syscall.SIGTERM, "15": syscall.SIGTERM, "9": syscall.SIGKILL,
		"1": syscall.SIGHUP, "usr1": syscall.SIGUSR1, "WINCH": syscall.SIGWINCH, "31": syscall.SIGSYS,
	} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("Parse(%q) = %s, %v, want %s", text, Name(got), err, Name(want))
		}
	}
}

func TestWhatIsNoSignalIsRefusedWithWhatIsAccepted(t *testing.T) {
	for text, meant := range map[string]string{
		"TREM": "TERM", "SIGTREM": "TERM", "terminate": "TERM", "TER": "TERM", "HPU": "HUP",
		"USER1": "USR1", "KILLL": "KILL", "INTERRUPT": "INT", "SIGSIGTERM": "", "": "", "SIG": "",
		"0": "", "32": "", "33": "", "65": "", "256": "", "99999999999999999999": "", "-15": "", "+15": "",
		"SIG15": "", "15 ": "", "FOO": "", "RTMIN-1": "", "RTMIN+31": "", "RTMIN+": "", "RTMIN3": "",
		"RTMIN+-1": "", "RTMAX+1": "", "RTMAX-31": "", "RTMIN+18446744073709551615": "",
	} {
		want := `unknown signal "` + text + `": want ` + accepted
		if meant != "" {
			want = `unknown signal "` + text + `" (did you mean ` + meant + `?): want ` + accepted
		}
		if got, err := Parse(text); got != 0 || err == nil || err.Error() != want {
			t.Errorf("Parse(%q) = %v, %v\nwant %s", text, got, err, want)
		}
	}
}

func TestEverySignalIsReadBackFromItsName(t *testing.T) {
	for n := range 256 {
		sig := syscall.Signal(n)
		name := Name(sig)
		if !strings.HasPrefix(name, "SIG") {
			t.Errorf("Name(%d) = %q", n, name)
		}
		for _, text := range []string{name, name[len("SIG"):], strings.ToLower(name)} {
			if got, err := Parse(text); exists(sig) && (got != sig || err != nil) {
				t.Errorf("Parse(%q) = %d, %v, want %d", text, got, err, n)
			} else if !exists(sig) && err == nil {
				t.Errorf("Parse(%q) = %d, want an error", text, got)
			}
		}
	}
}

func TestAOneOffIsNotSentWhatIsAboutUs(t *testing.T) {
	var kept []string
	forwarded := Forwardable()
	for sig := syscall.Signal(1); sig <= lastStandard; sig++ {
		if !slices.Contains(forwarded, sig) {
			kept = append(kept, Name(sig))
		}
	}
	slices.Sort(kept)
	got, want := strings.Join(kept, " "), "SIGBUS SIGCHLD SIGFPE SIGILL SIGKILL SIGPIPE SIGPROF SIGSEGV SIGSTKFLT SIGSTOP SIGSYS SIGTRAP SIGTTIN SIGTTOU SIGURG"
	if strings.ReplaceAll(got, "EMT", "STKFLT") != want {
		t.Errorf("kept: %s\nwant: %s", got, want)
	}
}
