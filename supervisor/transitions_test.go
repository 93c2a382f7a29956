package supervisor

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

// TestEveryCellOfTheTableIsFilled: a state that has no answer to an input is a panic
// in production.
func TestEveryCellOfTheTableIsFilled(t *testing.T) {
	for s := range State(nStates) {
		for k := range inputKind(nInputs) {
			if transitions[s][k] == nil {
				t.Errorf("transitions[%s][%s] is empty", s, k)
			}
		}
	}
}

// TestEveryCellTakesItsInput: a handler in the wrong column would panic on its input.
func TestEveryCellTakesItsInput(t *testing.T) {
	inputs := []input{
		start{}, stop{}, restart{}, kill{}, signal{}, cleared{}, Launched{}, LaunchFailed{},
		Exited{}, Gone{}, Ready{}, Drained{}, deadline{},
	}
	for s := range State(nStates) {
		for k, in := range inputs {
			if in.kind() != inputKind(k) {
				t.Fatalf("input %d is %s", k, in.kind())
			}
			l := &life{id: ID{"web", 1}, typ: &ProcessType{Name: "web"}, state: s}
			l.step(&turn{jitter: func() float64 { return 0 }}, in)
		}
	}
}

// TestArchitectureShowsTheTable: a drawing that is not generated dies.
func TestArchitectureShowsTheTable(t *testing.T) {
	const name, begin, end = "../ARCHITECTURE.md", "<!-- table: begin -->\n", "<!-- table: end -->"
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(src), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no marks for the table", name)
	}
	want := head + begin + renderTable() + end + tail
	if want == string(src) {
		return
	}
	if !*update {
		t.Fatalf("%s shows another table; run go test ./supervisor -update", name)
	}
	if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// renderTable writes the table with inputs as rows, which fits a page better.
func renderTable() string {
	var b strings.Builder
	b.WriteString("| |")
	for s := range State(nStates) {
		fmt.Fprintf(&b, " %s |", s)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", nStates) + "\n")
	for k := range inputKind(nInputs) {
		fmt.Fprintf(&b, "| **%s** |", k)
		for s := range State(nStates) {
			fmt.Fprintf(&b, " %s |", cellName(s, k))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cellName is the name of the function in a cell, found by what it leads to: on wraps
// it in a closure, so the names are kept beside the table.
func cellName(s State, k inputKind) string {
	return cells[s][k]
}

// cells reads the names out of transitions.go, where a reader sees them.
var cells = func() (names [nStates][nInputs]string) {
	_, file, _, _ := runtime.Caller(0)
	src, err := os.ReadFile(strings.Replace(file, "_test.go", ".go", 1))
	if err != nil {
		panic(err)
	}
	columns := map[string]inputKind{
		"onStart": onStart, "onStop": onStop, "onRestart": onRestart, "onKill": onKill, "onSignal": onSignal,
		"onCleared": onCleared, "onLaunched": onLaunched, "onLaunchFailed": onLaunchFailed, "onExited": onExited,
		"onGone": onGone, "onReady": onReady, "onDrained": onDrained, "onDeadline": onDeadline,
	}
	state := -1
	for line := range strings.Lines(string(src)) {
		if strings.HasPrefix(line, "\t") && strings.HasSuffix(line, ": {\n") {
			state++
		}
		for cell := range strings.SplitSeq(strings.TrimSpace(line), ", ") {
			column, name, ok := strings.Cut(strings.TrimSuffix(cell, ","), ": ")
			if k, known := columns[column]; ok && known {
				name = strings.TrimSuffix(strings.TrimPrefix(name, "on("), ")")
				names[state][k] = strings.NewReplacer("nothing", "–", "never", "·").Replace(name)
			}
		}
	}
	return names
}()

// TestTheNamesOfTheTableAreRead is the control of the test above.
func TestTheNamesOfTheTableAreRead(t *testing.T) {
	if got := cells[Up][onStop]; got != "retire" {
		t.Errorf("cells[up][stop] = %q, want %q", got, "retire")
	}
	if got := reflect.ValueOf(cells).Len(); got != nStates {
		t.Errorf("%d states, want %d", got, nStates)
	}
}
