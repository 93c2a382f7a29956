package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"supervise/control"
)

// formation is a web that serves, and a worker that does not.
var formation = []control.Instance{{
	Name: "web.1", Type: "web", State: "up", Ready: true, PID: 4312, Port: 5000, Launch: 1, Uptime: 7320, Cause: "listens on [::]:5000",
	Usage:    &control.Usage{CPU: 12.34, Memory: 3 << 30},
	Requests: &control.Requests{PerSecond: 7, InFlight: 2, Queue: 0.25, Answers: map[int]uint64{500: 1, 200: 1234}},
}, {
	Name: "worker.1", Type: "worker", State: "backing off", Port: 5100, Launch: 4, Restarts: 3, LastExit: &control.Exit{Signal: 11, Code: 139, Core: true}, Cause: "SIGSEGV",
}}

func written(t *testing.T, tab *table) string {
	t.Helper()
	var b bytes.Buffer
	if err := tab.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// offTerminal is a command with a file as its stdout.
func offTerminal(t *testing.T) *command {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "out")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return &command{std: Streams{Out: file}}
}

func TestPsShowsInstancesAndWhatComesThroughTheFrontDoor(t *testing.T) {
	c := offTerminal(t)
	const want = `INSTANCE  STATE        READY  PID   PORT  UPTIME  RESTARTS  CPU    MEMORY  REQ/S  IN FLIGHT  QUEUE  ANSWERS         LAST EXIT    CAUSE
web.1     up           yes    4312  5000  2h2m    0         12.3%  3.0G    7.0    2          0.3s   200:1234 500:1  -            listens on [::]:5000
worker.1  backing off  no     -     5100  -       3         -      -       -      -          -      -               SEGV (core)  SIGSEGV
`
	if got := written(t, c.instanceTable(formation)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := written(t, c.instanceTable(formation[1:])); strings.Contains(got, "REQ/S") {
		t.Errorf("nobody is behind a front door, and it shows\n%s", got)
	}
	const door = `FRONT DOOR  CLIENTS  WAITING  REQ/S  IN FLIGHT  QUEUE  ANSWERS
[::]:8080   9        4        7.0    2          0.3s   200:1234 500:1
`
	if got := written(t, c.frontTable(control.FrontDoor{Address: "[::]:8080", Waiting: 4, Connections: 9, Requests: *formation[0].Requests})); got != door {
		t.Errorf("got\n%s\nwant\n%s", got, door)
	}
}

func TestPsFitsANarrowTerminal(t *testing.T) {
	for _, width := range []int{200, 120, 100, 80, 60, 40, 25, 21} {
		tab := offTerminal(t).instanceTable(formation)
		tab.fit(width, spareColumns...)
		for line := range strings.Lines(written(t, tab)) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, " \n")); n > width {
				t.Errorf("%d characters are too many for %d: %s", n, width, line)
			}
		}
	}
	tab := offTerminal(t).instanceTable(formation)
	tab.fit(80, spareColumns...)
	const want = `INSTANCE  STATE        PID   UPTIME  CPU    MEMORY  REQ/S  CAUSE
web.1     up           4312  2h2m    12.3%  3.0G    7.0    listens on [::]:5000
worker.1  backing off  -     -       -      -       -      SIGSEGV
`
	if got := written(t, tab); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestColoursLeaveColumnsAligned(t *testing.T) {
	tab := newTable("A", "B", "C")
	tab.row("web.1", "up", "x")
	tab.row("worker.1", "backing off", "y")
	plainText := written(t, tab)
	tab.paint("B", []int{plain, well, notWell})
	painted := written(t, tab)
	if want := "web.1     \x1b[32mup\x1b[0m           x\n"; !strings.Contains(painted, want) {
		t.Errorf("want %q in %q", want, painted)
	}
	for _, c := range []string{"\x1b[39m", "\x1b[32m", "\x1b[31m", "\x1b[0m"} {
		painted = strings.ReplaceAll(painted, c, "")
	}
	if painted != plainText {
		t.Errorf("without colours\n%s\nwith them\n%s", plainText, painted)
	}
}
