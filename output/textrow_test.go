package output

import (
	"strings"
	"testing"
)

// onFake is text on a terminal of so many columns.
func onFake(columns int) (*textWithRow, *fakeTerminal) {
	f := newFakeTerminal(columns)
	o := TextOptions{Terminal: true, Prefix: true, Color: true, Columns: f.width}
	return NewText(f, o).(*textWithRow), f
}

func (f *fakeTerminal) want(t *testing.T, rows ...string) {
	t.Helper()
	if got, want := f.seen(), strings.Join(rows, "\n"); got != want {
		t.Fatalf("the terminal shows\n%q, want\n%q", got, want)
	}
}

func TestTheLastRowStaysBelowLinesThatPass(t *testing.T) {
	sink, f := onFake(40)
	sink.Write(testBatch("web.1", "one\n"))
	sink.showRow(testBatch("web.2", "Sure? "))
	f.want(t, "web.1  | one", "web.2  | Sure? ")
	sink.Write(testBatch("web.1", "two\nthree\n"))
	f.want(t, "web.1  | one", "web.1  | two", "web.1  | three", "web.2  | Sure? ")
	sink.showRow(testBatch("web.2", "Sure? y"))
	f.want(t, "web.1  | one", "web.1  | two", "web.1  | three", "web.2  | Sure? y")
	sink.showRow(nil)
	f.want(t, "web.1  | one", "web.1  | two", "web.1  | three", "")
	if f.writes != 5 {
		t.Errorf("%d writes, want one for each change", f.writes)
	}
}

func TestTheLineTakesThePlaceOfItsStart(t *testing.T) {
	sink, f := onFake(40)
	sink.showRow(testBatch("web.1", "..."))
	sink.Write(testNotice("web.1", "web.2 exited 1"))
	other := testBatch("web.1", "complaint\n")
	other.Stream = Stderr
	sink.Write(other)
	sink.Write(testBatch("web.1", ".... done\nnext\n"))
	f.want(t, "system | web.2 exited 1", "web.1  | complaint", "web.1  | .... done", "web.1  | next", "")
}

func TestTheLastRowIsCutToTheTerminalAndNeverWraps(t *testing.T) {
	for _, c := range []struct {
		name, line, want string
		columns          int
	}{
		{"it fits", "0123456789", "web.1  | 0123456789", 19},
		{"it is too long", "0123456789", "web.1  | 01234567…", 18},
		{"wide characters", "日本語のテスト", "web.1  | 日本語…", 16},
		{"wide characters, a column left over", "日本語のテスト", "web.1  | 日本語…", 17},
		{"a joined emoji", "👩‍👩‍👧 x", "web.1  | 👩‍👩‍👧…", 12},
		{"accents of their own", "e\u0301e\u0301e\u0301", "web.1  | e\u0301e\u0301e\u0301", 12},
		{"colours take no room", "\x1b[31m0\x1b[32m1\x1b[m2", "web.1  | 012", 12},
		{"tabs", "a\tb\tc", "web.1  | a      b       c", 25},
		{"a tab at the end", "a\tb\tc", "web.1  | a      b  …", 20},
		{"no room but for the name", "x", "web.1…", 6},
		{"a column", "x", "…", 1},
		{"what a carriage return has overwritten", "10%\r20%\r", "web.1  | 20%", 40},
		{"sequences that are not colours", "a\x1b[2J\x1b]0;title\ab", "web.1  | ab", 40},
		{"a sequence that has not come to its end", "a\x1b[3", "web.1  | a", 40},
		{"nothing that can be seen", "\x1b[?25l\x1b[31m\r", "", 40},
	} {
		sink, f := onFake(c.columns)
		sink.showRow(testBatch("web.1", c.line))
		if got := f.seen(); got != c.want {
			t.Errorf("%s: the terminal shows %q, want %q", c.name, got, c.want)
		}
	}
}

// The control of the test above, and of the model: what is not cut wraps.
func TestALineThatIsNotCutWraps(t *testing.T) {
	sink, f := onFake(12)
	sink.Write(testBatch("web.1", "日本語\n"))
	f.want(t, "web.1  | 日", "本語", "")
}

func TestTheLastRowFollowsTheTerminalsSize(t *testing.T) {
	sink, f := onFake(40)
	sink.showRow(testBatch("web.1", "0123456789"))
	f.columns = 15
	sink.showRow(testBatch("web.1", "0123456789"))
	f.want(t, "web.1  | 01234…")
	f.columns = 40
	sink.Write(testBatch("web.2", "x\n"))
	f.want(t, "web.2  | x", "web.1  | 0123456789")
}

func TestNothingIsWrittenForARowThatHasNotChanged(t *testing.T) {
	sink, f := onFake(40)
	sink.showRow(nil)
	for range 3 {
		sink.showRow(testBatch("web.1", "..."))
	}
	if f.writes != 1 {
		t.Errorf("%d writes, want 1", f.writes)
	}
}

// While a shell has the terminal its line is the last row.
func TestInTheBackgroundThereIsNoLastRow(t *testing.T) {
	sink, f := onFake(40)
	sink.showRow(testBatch("web.1", "..."))
	f.columns = 0
	f.put("\n", 0)
	sink.Write(testBatch("web.2", "")) // nothing is wiped
	sink.showRow(testBatch("web.1", "...."))
	f.want(t, "web.1  | ...", "")
	f.columns = 40
	sink.Write(testBatch("web.2", "x\n"))
	f.want(t, "web.1  | ...", "web.2  | x", "web.1  | ....")
}

// A failed write may end anywhere.
func TestAfterALastRowNoLineIsTakenForTorn(t *testing.T) {
	sink, f := onFake(40)
	sink.showRow(testBatch("web.1", "..."))
	sink.Write(testBatch("web.2", "x\n"))
	sink.Write(testBatch("web.2", "y\n"))
	f.want(t, "web.2  | x", "web.2  | y", "web.1  | ...")
}
