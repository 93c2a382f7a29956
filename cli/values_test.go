package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"supervise/procfile"
	"supervise/supervisor"
)

func TestAPerTypeSettingTakesAValueForAllAndForSome(t *testing.T) {
	for _, c := range []struct {
		set         []string
		web, worker time.Duration
	}{
		{nil, time.Minute, time.Minute},
		{[]string{"8s"}, 8 * time.Second, 8 * time.Second},
		{[]string{"worker=30s"}, time.Minute, 30 * time.Second},
		{[]string{"8s,worker=30s"}, 8 * time.Second, 30 * time.Second},
		{[]string{"worker=30s,8s"}, 8 * time.Second, 30 * time.Second},
		{[]string{"8s", "worker=30s", "web=1s", "worker=2s"}, time.Second, 2 * time.Second},
	} {
		p := newPerType("DURATION", parseDuration)
		for _, s := range c.set {
			if err := p.Set(s); err != nil {
				t.Fatalf("Set(%q): %v", s, err)
			}
		}
		if web, worker := p.of("web", time.Minute), p.of("worker", time.Minute); web != c.web || worker != c.worker {
			t.Errorf("%q: web %s, worker %s; want %s, %s", c.set, web, worker, c.web, c.worker)
		}
		if got, want := p.String(), strings.Join(c.set, ","); got != want {
			t.Errorf("%q: String() = %q, want %q", c.set, got, want)
		}
	}
}

func TestOnlyATypeBeforeTheEqualsSignNamesOne(t *testing.T) {
	p := newPerType("HOW", parseReady)
	if err := p.Set("http:/ready?for=lb,worker=done"); err != nil {
		t.Fatal(err)
	}
	want := readiness{supervisor.ReadyHTTP, "/ready?for=lb"}
	if got := p.of("web", readiness{}); got != want {
		t.Errorf("web: %v, want %v", got, want)
	}
	if got := p.of("worker", readiness{}); got != (readiness{kind: supervisor.ReadyDone}) {
		t.Errorf("worker: %v, want done", got)
	}
}

func TestWrongValuesSayWhatWouldBeRight(t *testing.T) {
	of := func(_ any, err error) error { return err }
	var list list
	var size size
	var port basePort
	var number number
	for _, c := range []struct {
		err  error
		want string
	}{
		{of(parseDuration("8")), `"8" has no unit: write 8s or 8ms`},
		{of(parseDuration("soon")), `"soon" is not a duration like 8s, 500ms or 1m30s`},
		{of(parseDuration("-1s")), `"-1s" is negative`},
		{of(parseCount("-1")), `"-1" is not a number of 0 or more`},
		{of(parseCount("x")), `"x" is not a number of 0 or more`},
		{of(parseAtLeastOne("0")), `"0" is not a number of 1 or more`},
		{of(parseRestart("alway")), `"alway" is none of always, on-failure, never: did you mean always`},
		{of(parseStopMode("x")), `"x" is none of mixed, leader, group`},
		{of(parseReady("http:x")), `"http:x" has no path: write http:/healthz`},
		{of(parseReady("prot")), `"prot" is none of port, notify, alive, done, http:/PATH: did you mean port`},
		{of(parseAfter("web+")), `"" is not a process type: write --after worker=web+db`},
		{list.Set("web worker"), `"web worker" is not a process type`},
		{size.Set("1T"), `"1T" is not a size like 64K or 1M`},
		{size.Set("-1"), `"-1" is not a size like 64K or 1M`},
		{size.Set("9999999999999G"), `"9999999999999G" is not a size like 64K or 1M`},
		{port.Set("0"), `"0" is not a port from 1 to 65535, or auto`},
		{port.Set("http"), `"http" is not a port from 1 to 65535, or auto`},
		{number.Set("0"), `"0" is not a number of 1 or more`},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
}

func TestSizesAreReadAndWritten(t *testing.T) {
	for text, want := range map[string]int{"0": 0, "512": 512, "64K": 65536, "64kb": 65536, "1M": 1 << 20, "1MB": 1 << 20, "2G": 2 << 30} {
		var s size
		if err := s.Set(text); err != nil || int(s) != want {
			t.Errorf("Set(%q) = %d, %v; want %d", text, s, err, want)
		}
		var again size
		if err := again.Set(s.String()); err != nil || again != s {
			t.Errorf("%q is written as %q and read as %d", text, s.String(), again)
		}
	}
}

func TestDurationsAreWrittenAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                    "0ms",
		40 * time.Millisecond:                "40ms",
		100 * time.Millisecond:               "0.1s",
		3200 * time.Millisecond:              "3.2s",
		8 * time.Second:                      "8s",
		59 * time.Second:                     "59s",
		time.Minute:                          "1m",
		182 * time.Second:                    "3m2s",
		125*time.Minute + 3*time.Second:      "2h5m",
		76*time.Hour + 30*time.Minute:        "3d4h",
		48 * time.Hour:                       "2d",
		9*time.Second + 990*time.Millisecond: "10s",
	} {
		if got := shortDuration(d); got != want {
			t.Errorf("shortDuration(%d) = %q, want %q", d, got, want)
		}
	}
}

func TestOrdinals(t *testing.T) {
	var got []string
	for _, n := range []int{1, 2, 3, 4, 10, 11, 12, 13, 21, 22, 101, 111} {
		got = append(got, ordinal(n))
	}
	want := []string{"1st", "2nd", "3rd", "4th", "10th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOfAVariableThatIsSetTwiceTheLastValueCounts(t *testing.T) {
	a := &app{common: []string{"A=1", "PORT=1", "B=2"}}
	i := instance{own: []string{"PS=web.1", "PORT=5000"}, command: procfile.Command{Env: []string{"B=3", "PORT=7"}}}
	got := a.environment(i, "SUPERVISE_ID=x")
	if want := []string{"A=1", "PS=web.1", "SUPERVISE_ID=x", "B=3", "PORT=7"}; !slices.Equal(got, want) {
		t.Errorf("environment = %q, want %q", got, want)
	}
}

func TestWhatIsMeantForUsIsWithheld(t *testing.T) {
	for name, want := range map[string]bool{
		"SUPERVISE_PORT": true, "NOTIFY_SOCKET": true, "WATCHDOG_USEC": true, "LISTEN_FDS": true, "SYSTEMD_EXEC_PID": true,
		"PORT": false, "PATH": false, "LISTENER": false, "MY_SUPERVISE_X": false,
	} {
		if got := withheld(name); got != want {
			t.Errorf("withheld(%q) = %t, want %t", name, got, want)
		}
	}
}

func TestAnotherBaseIsAPortThatExists(t *testing.T) {
	for port, want := range map[int]int{5000: 6000, 5101: 6100, 80: 1000, 64500: 5000} {
		if got := otherBase(port); got != want {
			t.Errorf("otherBase(%d) = %d, want %d", port, got, want)
		}
	}
}
