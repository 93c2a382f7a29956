package procfile

import (
	"reflect"
	"strings"
	"testing"
)

func TestABackslashGoesOnInTheNextLine(t *testing.T) {
	tests := []struct {
		name, src string
		want      []Entry
	}{
		{"indentation stays, as in sh", "web: \"gunicorn \\\n    -b 0.0.0.0:$PORT \\\n    app:app\"\nx: y\n",
			[]Entry{{"web", `"gunicorn     -b 0.0.0.0:$PORT     app:app"`, 1}, {"x", "y", 4}}},
		{"inside a word", "web: pu\\\nma\n", []Entry{{"web", "puma", 1}}},
		{"CRLF", "web: a \\\r\n  b\r\n", []Entry{{"web", "a   b", 1}}},
		{"a last line without newline", "web: a \\\n  b", []Entry{{"web", "a   b", 1}}},
		{"a blank line ends it", "web: a \\\n\nx: y\n", []Entry{{"web", "a", 1}, {"x", "y", 3}}},
		{"two are one for the shell", "web: a \\\\\nx: y\n", []Entry{{"web", `a \\`, 1}, {"x", "y", 2}}},
		{"three are one and a continuation", "web: a \\\\\\\n b\n", []Entry{{"web", `a \\ b`, 1}}},
		{"a comment does not go on", "# a \\\nweb: b\n", []Entry{{"web", "b", 2}}},
		{"a comment may be the end", "web: a \\\n  # --b\nx: y\n", []Entry{{"web", "a   # --b", 1}, {"x", "y", 3}}},
		{"the command may be below", "web: \\\n  puma\n", []Entry{{"web", "puma", 1}}},
		{"indented words with colons", "web: curl -H \\\n  Accept: \\\n  x: http://y\n", []Entry{{"web", "curl -H   Accept:   x: http://y", 1}}},
		{"a URL at the margin", "web: curl \\\nhttp://localhost\n", []Entry{{"web", "curl http://localhost", 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantEntries(t, tt.src, tt.want) })
	}
}

func TestABackslashThatCannotBeMeantIsAMistake(t *testing.T) {
	tests := []struct {
		name, src, want string
		left            []Entry
	}{
		{"before an entry", "web: a \\\nworker: b\n",
			`Procfile:1: an entry follows the backslash of "web: a \\"` +
				"\n  hint: delete the backslash, or indent the next line if it belongs to this command",
			[]Entry{{"worker", "b", 2}}},
		{"at the end of the file", "x: y\nweb: a \\\n",
			`Procfile:2: the file ends after the backslash of "web: a \\"` + "\n  hint: delete the backslash, or add what is missing",
			[]Entry{{"x", "y", 1}}},
		{"at the end of a long line", "x: y\nweb: " + strings.Repeat("a", 100) + " --flag \\",
			`Procfile:2: the file ends after the backslash of "…` + strings.Repeat("a", 51) + ` --flag \\"` + "\n  hint: delete the backslash, or add what is missing",
			[]Entry{{"x", "y", 1}}},
		{"before a conflict", "web: a \\\n<<<<<<< HEAD\n  --b\n",
			`Procfile:1: a merge conflict follows the backslash of "web: a \\"` + "\n  hint: choose one side, then delete the markers\n" +
				`Procfile:2: merge conflict marker "<<<<<<< HEAD"` + "\n  hint: choose one side, then delete the markers\n" +
				`Procfile:3: no colon after the process type in "--b"` + "\n  hint: if it belongs to the line above, end that with a backslash",
			nil},
		{"followed by blanks, one mistake for all its lines", "web: a \\ \t\n  --b\nx: y\n",
			`Procfile:1: white space after the last backslash of "web: a \\ \t"` +
				"\n  hint: delete it: a line goes on only if the backslash is its last character",
			[]Entry{{"x", "y", 3}}},
		{"with a blank line, after a backslash and a blank", "web: a \\ \\\n  \nx: y\n",
			`Procfile:1: white space after the last backslash of "web: a \\   "` +
				"\n  hint: delete it: a line goes on only if the backslash is its last character",
			[]Entry{{"x", "y", 3}}},
		{"with a comment that would swallow the rest", "web: a \\\n  # --b \\\n  --c\nx: y\n",
			`Procfile:2: comment inside a command that goes on: "  # --b \\"` +
				"\n  hint: move it above the command: a shell would take all that follows for comment",
			[]Entry{{"x", "y", 4}}},
		{"with a NUL byte in a later line", "web: a \\\n  b\x00 \\\n  c\nx: y\n",
			`Procfile:2: NUL byte in "  b\x00 \\"` + "\n  hint: a Procfile is plain text: delete it",
			[]Entry{{"x", "y", 4}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantMistakes(t, tt.src, tt.want)
			if file, _ := Parse("Procfile", []byte(tt.src)); !reflect.DeepEqual(file.Entries, tt.left) {
				t.Errorf("left are %+v, want %+v", file.Entries, tt.left)
			}
		})
	}
}

func TestOnlySevenOfOneKindAreAConflictMarker(t *testing.T) {
	for text, want := range map[string]bool{
		"<<<<<<< HEAD": true, "|||||||": true, "=======": true, ">>>>>>> x": true, "=======\r": true,
		"======": false, "========": false, "<<<<<<<HEAD": false, "<<<<<=< x": false, " <<<<<<< HEAD": false, "#######": false, "": false,
	} {
		if got := isConflictMarker(text); got != want {
			t.Errorf("isConflictMarker(%q) = %v, want %v", text, got, want)
		}
	}
}

// A megabyte of joined lines takes hours if each join copies what was joined before.
func TestLongContinuationsAreJoinedInLinearTime(t *testing.T) {
	const n = 1 << 18
	file, mistakes := Parse("Procfile", []byte("web: "+strings.Repeat("x \\\n", n)+"y"))
	if mistakes != nil || len(file.Entries[0].Command) != 2*n+1 {
		t.Errorf("%v, %d bytes, want %d", mistakes, len(file.Entries[0].Command), 2*n+1)
	}
}

func BenchmarkParse(b *testing.B) {
	const size = 10 << 20
	for name, line := range map[string]string{
		"Garbage":    "x\n",
		"Duplicates": "web: bundle exec puma -p $PORT\n",
		"Comments":   "# a comment of some length, as they are\n",
		"Joined":     "  --flag=value \\\n",
		"OneLine":    "web: bundle exec puma -p $PORT ",
	} {
		src := []byte(strings.Repeat(line, size/len(line)))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				Parse("Procfile", src)
			}
		})
	}
}
