package procfile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestEntriesAreReadAsWritten(t *testing.T) {
	tests := []struct {
		name, src string
		want      []Entry
	}{
		{"one line", "web: bundle exec puma", []Entry{{"web", "bundle exec puma", 1}}},
		{"order of the text", "worker: a\nweb: b\n", []Entry{{"worker", "a", 1}, {"web", "b", 2}}},
		{"no blank after the colon", "web:node index.js", []Entry{{"web", "node index.js", 1}}},
		{"blank before the colon", "web : python manage.py\n", []Entry{{"web", "python manage.py", 1}}},
		{"tab after the colon", "web:\tbundle exec thin start -p $PORT\n", []Entry{{"web", "bundle exec thin start -p $PORT", 1}}},
		{"white space around", " \tweb:   rails s  \n", []Entry{{"web", "rails s", 1}}},
		{"no-break spaces from a web page", "\u00a0web:\u00a0puma\u00a0\n", []Entry{{"web", "puma", 1}}},
		{"digits, dashes, underscores", "1: a\nlight-js: b\nworker_2: c\n-: d\n", []Entry{{"1", "a", 1}, {"light-js", "b", 2}, {"worker_2", "c", 3}, {"-", "d", 4}}},
		{"case matters", "web: a\nWEB: b\n", []Entry{{"web", "a", 1}, {"WEB", "b", 2}}},
		{"colons in the command", "web: rails s -b tcp://0.0.0.0:3000\n", []Entry{{"web", "rails s -b tcp://0.0.0.0:3000", 1}}},
		{"comments and blank lines", "# web: a\n\n  \t\n  # indented\nweb: b\n", []Entry{{"web", "b", 5}}},
		{"a # inside is the command's", "web: python3 web.py # inline\n", []Entry{{"web", "python3 web.py # inline", 1}}},
		{"CRLF", "web: a\r\n\r\n# c\r\nworker: b\r\n", []Entry{{"web", "a", 1}, {"worker", "b", 4}}},
		{"CR CR LF", "web: a\r\r\nworker: b\r\r\n", []Entry{{"web", "a", 1}, {"worker", "b", 2}}},
		{"CR at the end of the file", "web: a\r", []Entry{{"web", "a", 1}}},
		{"byte order mark", "\ufeffweb: a\n", []Entry{{"web", "a", 1}}},
		{"invalid UTF-8 in a command", "web: echo \xff\xfe\n", []Entry{{"web", "echo \xff\xfe", 1}}},
		{"a command of shell syntax", "a: [ \"$X\" = 'true' ] && b || c | d\n", []Entry{{"a", "[ \"$X\" = 'true' ] && b || c | d", 1}}},
		{"63 characters", strings.Repeat("x", 63) + ": a", []Entry{{strings.Repeat("x", 63), "a", 1}}},
		{"a line over 64 KiB", "web: " + strings.Repeat("x", 1<<17), []Entry{{"web", strings.Repeat("x", 1<<17), 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantEntries(t, tt.src, tt.want) })
	}
}

func wantEntries(t *testing.T, src string, want []Entry) {
	t.Helper()
	file, mistakes := Parse("Procfile", []byte(src))
	if mistakes != nil {
		t.Errorf("Parse(%.80q) has mistakes:\n%v", src, mistakes)
	}
	if !reflect.DeepEqual(file.Entries, want) {
		t.Errorf("Parse(%.80q) = %.200s, want %.200s", src, fmt.Sprint(file.Entries), fmt.Sprint(want))
	}
}

func TestEveryMistakeIsReportedWithLineTextAndHint(t *testing.T) {
	const delete1 = "\n  hint: delete one, give it another name, or join the commands with &&"
	const typeHint = "\n  hint: a type is 1 to 63 letters, digits, - and _ (ASCII)"
	tests := []struct{ name, src, want string }{
		{"no colon", "# c\n\nweb bundle exec puma\n",
			`Procfile:3: no colon after the process type in "web bundle exec puma"` + "\n  hint: write it as   web: bundle exec puma"},
		{"no colon, a tab and blanks", "web\t  puma",
			`Procfile:1: no colon after the process type in "web\t  puma"` + "\n  hint: write it as   web: puma"},
		{"braces in the command of a bad type", "my web: docker ps --format '{{ .ID }}'",
			`Procfile:1: bad process type "my web"` + typeHint + ": write it as   my-web: docker ps --format '{{ .ID }}'"},
		{"no colon but one in the command", "web rails s -b tcp://[::]\n",
			`Procfile:1: no colon after the process type in "web rails s -b tcp://[::]"` + "\n  hint: write it as   web: rails s -b tcp://[::]"},
		{"no type", "mailcatcher -f --http-ip=0.0.0.0\n",
			`Procfile:1: no colon after the process type in "mailcatcher -f --http-ip=0.0.0.0"` + "\n  hint: put a process type before it, as in   web: mailcatcher -f --http-ip=0.0.0.0"},
		{"a program and a colon", "heroku config:set HOST=0.0.0.0\n",
			`Procfile:1: no colon after the process type in "heroku config:set HOST=0.0.0.0"` + "\n  hint: put a process type before it, as in   web: heroku config:set HOST=0.0.0.0"},
		{"an option on a line of its own", "web: puma\n  -p $PORT\n",
			`Procfile:2: no colon after the process type in "-p $PORT"` + "\n  hint: if it belongs to the line above, end that with a backslash"},
		{"no command either", "python-3.6.10\n",
			`Procfile:1: no colon after the process type in "python-3.6.10"` + "\n  hint: an entry is   TYPE: COMMAND   as in   web: bundle exec puma -p $PORT"},
		{"a comment of another language", "// web: gunicorn app:server\n",
			`Procfile:1: bad process type "// web"` + "\n  hint: a comment begins with #"},
		{"and another", "% prepara el repositorio\n",
			`Procfile:1: no colon after the process type in "% prepara el repositorio"` + "\n  hint: a comment begins with #"},
		{"a template", "worker_{{ name }}: bench worker\n{% endfor %}\n",
			`Procfile:1: bad process type "worker_{{ name }}"` + "\n  hint: this is a template: fill it in first\n" +
				`Procfile:2: no colon after the process type in "{% endfor %}"` + "\n  hint: this is a template: fill it in first"},
		{"a Dockerfile", "CMD URLS=http://*:$PORT dotnet x.dll\n",
			`Procfile:1: no colon after the process type in "CMD URLS=http://*:$PORT dotnet x.dll"` + "\n  hint: this is a line of a Dockerfile"},
		{"a full-width colon", "web：puma\n",
			`Procfile:1: no colon after the process type in "web：puma"` + "\n  hint: the colon is a full-width one (U+FF1A): write an ASCII one"},
		{"a variable, whose value is not shown", "DATABASE_URL=postgres://u:secret@h/db\nexport KEY=secret\n",
			"Procfile:1: variable DATABASE_URL instead of an entry\n  hint: variables belong in .env\n" +
				"Procfile:2: variable KEY instead of an entry\n  hint: variables belong in .env"},
		{"a space in the type", "my web: puma\n",
			`Procfile:1: bad process type "my web"` + typeHint + ": write it as   my-web: puma"},
		{"an instance for a type", "web.1: puma\n",
			`Procfile:1: bad process type "web.1"` + typeHint + ": write it as   web-1: puma"},
		{"nothing to mend in the type", "веб: puma\n", `Procfile:1: bad process type "веб"` + typeHint},
		{"a byte order mark in the middle", "web: a\n\ufeffworker: b\n",
			`Procfile:2: bad process type "\ufeffworker"` + typeHint + ": write it as   worker: b"},
		{"64 characters", strings.Repeat("x", 64) + ": a",
			`Procfile:1: process type of 64 characters: "` + strings.Repeat("x", 60) + `…"` + typeHint},
		{"no type before the colon", ": puma\n",
			`Procfile:1: no process type before the colon in ": puma"` + typeHint + ": write it as   web: puma"},
		{"no command", "web:\nworker: \t\n",
			`Procfile:1: no command after "web:"` + "\n  hint: write one, or put a # before the type to switch the entry off\n" +
				`Procfile:2: no command after "worker:"` + "\n  hint: write one, or put a # before the type to switch the entry off"},
		{"a command that is a comment", "web: # off\n",
			`Procfile:1: only a comment after the colon in "web: # off"` + "\n  hint: write a command, or put the # before the type to switch the entry off"},
		{"duplicates", "release: a\nweb: b\nrelease: c\nweb : d\nrelease: e\n",
			`Procfile:3: process type "release" is already in line 1` + delete1 +
				"\n" + `Procfile:4: process type "web" is already in line 2` + delete1 +
				"\n" + `Procfile:5: process type "release" is already in line 1` + delete1},
		{"a NUL byte", "web: a\x00b\n", `Procfile:1: NUL byte in "web: a\x00b"` + "\n  hint: a Procfile is plain text: delete it"},
		{"a NUL byte in a comment", "web: a\n# \x00\n", `Procfile:2: NUL byte in "# \x00"` + "\n  hint: a Procfile is plain text: delete it"},
		{"line ends of old Macs", "# c\rweb: a\rworker: b\r",
			`Procfile:1: carriage return inside "# c\rweb: a\rworker: b"` + "\n  hint: end lines with LF or CRLF"},
		{"UTF-16", "\xff\xfew\x00e\x00b\x00:\x00", "Procfile: the text is UTF-16\n  hint: save it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)"},
		{"a merge conflict", "<<<<<<< HEAD\nweb: a\n||||||| base\nweb: b\n=======\r\nweb: c\n>>>>>>> topic: x\n",
			`Procfile:1: merge conflict marker "<<<<<<< HEAD"` + "\n  hint: choose one side, then delete the markers\n" +
				`Procfile:3: merge conflict marker "||||||| base"` + "\n  hint: choose one side, then delete the markers\n" +
				`Procfile:4: process type "web" is already in line 2` + delete1 + "\n" +
				`Procfile:5: merge conflict marker "======="` + "\n  hint: choose one side, then delete the markers\n" +
				`Procfile:6: process type "web" is already in line 2` + delete1 + "\n" +
				`Procfile:7: merge conflict marker ">>>>>>> topic: x"` + "\n  hint: choose one side, then delete the markers"},
		{"an empty file", "", "Procfile: no entry at all\n  hint: write lines like   web: bundle exec puma -p $PORT"},
		{"only comments", "\ufeff\n# web: a\n", "Procfile: no entry at all\n  hint: write lines like   web: bundle exec puma -p $PORT"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantMistakes(t, tt.src, tt.want) })
	}
}

func wantMistakes(t *testing.T, src, want string) {
	t.Helper()
	_, mistakes := Parse("Procfile", []byte(src))
	if got := mistakes.Error(); got != want {
		t.Errorf("Parse(%.80q) says\n%s\nwant\n%s", src, got, want)
	}
}

func TestWhatIsLeftOfABrokenFileCanRun(t *testing.T) {
	file, mistakes := Parse("Procfile", []byte("web: first\nworker\nweb: second\nclock:\nrelease: migrate\nclock: tick\n"))
	want := []Entry{{"web", "first", 1}, {"release", "migrate", 5}, {"clock", "tick", 6}}
	if !reflect.DeepEqual(file.Entries, want) {
		t.Errorf("Entries = %+v, want %+v", file.Entries, want)
	}
	if got := mistakeLines(mistakes); !slices.Equal(got, []int{2, 3, 4}) {
		t.Errorf("mistakes in lines %v, want 2, 3, 4", got)
	}
}

func TestAFileOfMistakesAloneHasNoEntries(t *testing.T) {
	file, mistakes := Parse("Procfile", []byte("web bundle exec puma\n"))
	if len(file.Entries) != 0 || len(mistakes) != 1 {
		t.Errorf("%d entries, %d mistakes, want 0 and the one that explains it", len(file.Entries), len(mistakes))
	}
}

func mistakeLines(mistakes Mistakes) []int {
	var numbers []int
	for _, m := range mistakes {
		numbers = append(numbers, m.Line)
	}
	return numbers
}

func TestTwentyMistakesAreShownAndTheRestCounted(t *testing.T) {
	_, mistakes := Parse("Procfile", []byte(strings.Repeat("x\n", 20)))
	if got := len(mistakes); got != 20 {
		t.Errorf("%d mistakes for 20 bad lines, want 20", got)
	}
	_, mistakes = Parse("Procfile", []byte(strings.Repeat("x\n", 5020)))
	if got, want := len(mistakes), 21; got != want {
		t.Fatalf("%d mistakes for 5020 bad lines, want %d", got, want)
	}
	if got, want := mistakes[20].Error(), "Procfile: 5000 more mistakes"; got != want {
		t.Errorf("the last one is %q, want %q", got, want)
	}
}

func TestNothingUnprintableReachesTheTerminal(t *testing.T) {
	for _, before := range []string{"", "web ", "web:", "my web: ", ": ", "web: a\x00", "web: \\ ", "X="} {
		_, mistakes := Parse("Procfile", []byte(before+"\x1b[2J\u202e\x07\x9b31m\t\xff x"))
		for _, line := range strings.Split(mistakes.Error(), "\n") {
			if i := strings.IndexFunc(line, unprintable); i >= 0 || !utf8.ValidString(line) {
				t.Errorf("after %q: %q is not printable", before, line)
			}
		}
	}
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

func TestAMessageStaysShort(t *testing.T) {
	long := strings.Repeat("é", 1<<16)
	for _, src := range []string{long, "web " + long, "my web: " + long, long + ": a", "web: " + long + `\`, "web: # " + long} {
		_, mistakes := Parse("Procfile", []byte(src))
		if got := len(mistakes.Error()); got == 0 || got > 300 {
			t.Errorf("%.20q: a message of %d bytes, want 1 to 300", src, got)
		}
	}
}

func TestTypesAndLookup(t *testing.T) {
	file, _ := Parse("Procfile", []byte("worker: a\nweb: b\n"))
	if got, want := file.Types(), []string{"worker", "web"}; !slices.Equal(got, want) {
		t.Errorf("Types() = %q, want %q", got, want)
	}
	if got, ok := file.Lookup("web"); !ok || got.Command != "b" {
		t.Errorf(`Lookup("web") = %v, %v, want its entry`, got, ok)
	}
	if got, ok := file.Lookup("Web"); ok {
		t.Errorf(`Lookup("Web") = %v, want none`, got)
	}
}

func ExampleParse() {
	file, mistakes := Parse("Procfile", []byte("web: puma\nworker sidekiq\n"))
	fmt.Println(file.Types())
	fmt.Println(mistakes)
	// Output:
	// [web]
	// Procfile:2: no colon after the process type in "worker sidekiq"
	//   hint: write it as   worker: sidekiq
}
