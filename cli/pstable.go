package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"supervise/control"
	"supervise/signals"
	"supervise/supervisor"
)

// The columns of ps that show requests; they are there if there is a front door.
var requestColumns = []string{"REQ/S", "IN FLIGHT", "QUEUE", "ANSWERS"}

// spareColumns are left out on a narrow terminal, the first one first.
var spareColumns = []string{
	"QUEUE", "IN FLIGHT", "ANSWERS", "LAST EXIT", "PORT", "READY", "RESTARTS", "REQ/S", "MEMORY", "CPU", "PID", "UPTIME", "CAUSE",
}

func (c *command) instanceTable(all []control.Instance) *table {
	front := slices.ContainsFunc(all, behindFront)
	head := []string{"INSTANCE", "STATE", "READY", "PID", "PORT", "UPTIME", "RESTARTS", "CPU", "MEMORY"}
	if front {
		head = append(head, requestColumns...)
	}
	t, colors := newTable(append(head, "LAST EXIT", "CAUSE")...), []int{plain}
	for _, i := range all {
		cells := []string{i.Name, i.State, yes(i.Ready), orDash(i.PID), orDash(i.Port), uptime(i), strconv.Itoa(i.Restarts), cpu(i.Usage), memory(i.Usage)}
		if front {
			cells = append(cells, requests(i.Requests)...)
		}
		t.row(append(cells, lastExit(i.LastExit), printable(i.Cause))...)
		colors = append(colors, colorOf(i))
	}
	t.fit(c.rowWidth(), spareColumns...)
	if colored("auto", c.onTerminal()) {
		t.paint("STATE", colors)
	}
	return t
}

func (c *command) frontTable(f control.FrontDoor) *table {
	t := newTable(append([]string{"FRONT DOOR", "CLIENTS", "WAITING"}, requestColumns...)...)
	t.row(append([]string{f.Address, strconv.Itoa(f.Connections), strconv.Itoa(f.Waiting)}, requests(&f.Requests)...)...)
	t.fit(c.rowWidth(), "CLIENTS", "QUEUE", "IN FLIGHT", "WAITING")
	return t
}

// rowWidth is how many characters of a table fit into a row of our terminal; 0: it is none, or
// nobody has said how wide it is.
func (c *command) rowWidth() int {
	if !c.onTerminal() {
		return 0
	}
	columns, _, _ := term.GetSize(int(c.std.Out.Fd()))
	return columns
}

// Colours of a state: the terminal's own, and what is well, on its way, and not well.
const (
	plain    = 39
	well     = 32
	onItsWay = 33
	notWell  = 31
)

func colorOf(i control.Instance) int {
	switch {
	case i.Ready, i.State == supervisor.Ended.String():
		return well
	case i.State == supervisor.Down.String():
		return plain
	case slices.Contains([]string{supervisor.BackingOff.String(), supervisor.Failed.String(), supervisor.Killing.String()}, i.State):
		return notWell
	default:
		return onItsWay
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// orDash leaves a 0 out.
func orDash(n int) string {
	if n == 0 {
		return "-"
	}
	return strconv.Itoa(n)
}

func uptime(i control.Instance) string {
	if i.PID == 0 {
		return "-"
	}
	return shortDuration(time.Duration(i.Uptime * float64(time.Second)))
}

func cpu(u *control.Usage) string {
	if u == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f%%", u.CPU)
}

func memory(u *control.Usage) string {
	switch {
	case u == nil:
		return "-"
	case u.Memory < 1<<30:
		return fmt.Sprintf("%.1fM", float64(u.Memory)/(1<<20))
	default:
		return fmt.Sprintf("%.1fG", float64(u.Memory)/(1<<30))
	}
}

// requests are the cells of requestColumns.
func requests(r *control.Requests) []string {
	if r == nil {
		return slices.Repeat([]string{"-"}, len(requestColumns))
	}
	var answers []string
	for _, code := range slices.Sorted(maps.Keys(r.Answers)) {
		answers = append(answers, fmt.Sprintf("%d:%d", code, r.Answers[code]))
	}
	if answers == nil {
		answers = []string{"-"}
	}
	return []string{
		fmt.Sprintf("%.1f", r.PerSecond), strconv.Itoa(r.InFlight),
		shortDuration(time.Duration(r.Queue * float64(time.Second))), strings.Join(answers, " "),
	}
}

func lastExit(e *control.Exit) string {
	if e == nil {
		return "-"
	}
	if e.Signal == 0 {
		return strconv.Itoa(e.Code)
	}
	text := strings.TrimPrefix(signals.Name(syscall.Signal(e.Signal)), "SIG")
	if e.Core {
		text += " (core)"
	}
	return text
}
