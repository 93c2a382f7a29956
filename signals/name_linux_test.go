package signals

import (
	"slices"
	"syscall"
	"testing"
)

func TestRealTimeSignalsAreCountedAsKillCountsThem(t *testing.T) {
	for text, want := range map[string]syscall.Signal{
		"RTMIN": 34, "SIGRTMIN": 34, "RTMIN+0": 34, "RTMIN+3": 37, "sigrtmin+30": 64,
		"RTMAX": 64, "RTMAX-0": 64, "SIGRTMAX-27": 37, "37": 37, "64": 64,
	} {
		if got, err := Parse(text); got != want || err != nil {
			t.Errorf("Parse(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for sig, want := range map[syscall.Signal]string{
		15: "SIGTERM", 29: "SIGIO", 33: "SIG33", 34: "SIGRTMIN", 37: "SIGRTMIN+3", 64: "SIGRTMIN+30", 65: "SIG65", 0: "SIG0",
	} {
		if got := Name(sig); got != want {
			t.Errorf("Name(%d) = %q, want %q", sig, got, want)
		}
	}
}

func TestRealTimeSignalsAreForwardedFromTheFirstThatGoCanHear(t *testing.T) {
	forwarded := Forwardable()
	if slices.Contains(forwarded, 34) || !slices.Contains(forwarded, 35) || forwarded[len(forwarded)-1] != 64 {
		t.Errorf("Forwardable() = %v", forwarded)
	}
}
