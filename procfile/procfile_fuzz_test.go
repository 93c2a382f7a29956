package procfile

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"web: bundle exec puma -p $PORT\nworker: sidekiq\n", "\ufeffweb: a\r\n\r\n# c\r\nx : b",
		"web: a \\\n  b \\\n# c \\\n d", "web: \\\\\\\n\\", "<<<<<<< a\nweb:\n=======\nweb: a \\ \n>>>>>>> b",
		"a\rb: c\x00\xff", "web: # x\nX=1\n//y: z\n\\\nw: x\\", "\xff\xfew\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		file, mistakes := Parse("Procfile", src)
		again, mistakesAgain := Parse("Procfile", src)
		if !reflect.DeepEqual(file, again) || !reflect.DeepEqual(mistakes, mistakesAgain) || !bytes.Equal(src, before) {
			t.Fatal("two readings differ, or the source was written to")
		}
		if len(file.Entries) == 0 && len(mistakes) == 0 {
			t.Fatal("nothing to run, and nothing says why")
		}
		wantSoundMistakes(t, mistakes)
		wantSoundEntries(t, file, bytes.Count(src, []byte("\n"))+1)
	})
}

// wantSoundEntries checks every entry, and that the entries written out are a
// Procfile of the same entries without a mistake.
func wantSoundEntries(t *testing.T, file *File, lastLine int) {
	t.Helper()
	seen, written := map[string]bool{}, ""
	line := 0
	for _, e := range file.Entries {
		if !ValidType(e.Type) || seen[e.Type] || e.Command == "" || e.Line <= line || e.Line > lastLine {
			t.Errorf("%+v after line %d of %d: bad or again", e, line, lastLine)
		}
		seen[e.Type], line = true, e.Line
		written += fmt.Sprintf("%s: %s\n", e.Type, e.Command)
	}
	again, mistakes := Parse("again", []byte(written))
	if written != "" && mistakes != nil {
		t.Errorf("%q, written from the entries, has mistakes:\n%v", written, mistakes)
	}
	for i, e := range again.Entries {
		if want := file.Entries[i]; e.Type != want.Type || e.Command != want.Command {
			t.Errorf("%+v read again is %+v", want, e)
		}
	}
}

func wantSoundMistakes(t *testing.T, mistakes Mistakes) {
	t.Helper()
	if len(mistakes) > mostFindings+1 {
		t.Errorf("%d mistakes, want at most %d", len(mistakes), mostFindings+1)
	}
	line := 0
	for i, m := range mistakes {
		if m.Line < line && i < mostFindings {
			t.Errorf("line %d after line %d", m.Line, line)
		}
		line = m.Line
		if text := m.Error() + m.Hint; strings.ContainsFunc(text, unprintable) || !utf8.ValidString(text) {
			t.Errorf("%q is not printable", text)
		}
	}
}

func FuzzParseCounts(f *testing.F) {
	for _, seed := range []string{"", "web=2,worker", " web = 2 ,", "all=3\nrelease", "web=-1\nWEB", "=,=\x1b", "web=99999999999999999999"} {
		f.Add(seed)
	}
	types := []string{"web", "worker", "release"}
	f.Fuzz(func(t *testing.T, joined string) {
		args := strings.Split(joined, "\n")
		counts, err := ParseCounts(args, types)
		if (counts == nil) == (err == nil) {
			t.Fatalf("ParseCounts(%q) = %v, %v, want one of them", args, counts, err)
		}
		if err != nil {
			wantSoundMistakes(t, err.(Mistakes))
			return
		}
		total, written := 0, []string{}
		for _, name := range types {
			count, ok := counts[name]
			if !ok || count < 0 || count > MostInstances {
				t.Errorf("ParseCounts(%q)[%q] = %d, %v", args, name, count, ok)
			}
			total += count
			written = append(written, fmt.Sprintf("%s=%d", name, count))
		}
		again, err := ParseCounts(written, types)
		if total == 0 || len(counts) != len(types) || err != nil || !reflect.DeepEqual(counts, again) {
			t.Errorf("ParseCounts(%q) = %v, but %q = %v, %v", args, counts, written, again, err)
		}
	})
}
