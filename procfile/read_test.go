package procfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadTakesAFileOrStdin(t *testing.T) {
	name := filepath.Join(t.TempDir(), "Procfile.dev")
	writeFile(t, name, "web: a\n")
	file, mistakes := Read(name, nil)
	if mistakes != nil || file.Name != name || len(file.Entries) != 1 {
		t.Errorf("Read(file) = %+v, %v, want its entry under its name", file, mistakes)
	}
	file, mistakes = Read("-", strings.NewReader("web: a\nworker\n"))
	if file.Name != "stdin" || len(file.Entries) != 1 {
		t.Errorf(`Read("-") = %+v, want one entry of "stdin"`, file)
	}
	if got, want := mistakes.Err().Error(), `stdin:2: no colon`; !strings.HasPrefix(got, want) {
		t.Errorf(`Read("-") says %q, want %q…`, got, want)
	}
}

func TestAProcfileThatCannotBeReadSaysWhyAndWhatHelps(t *testing.T) {
	empty, dev, mixed := t.TempDir(), t.TempDir(), t.TempDir()
	writeFile(t, filepath.Join(dev, "Procfile.dev"), "web: a")
	writeFile(t, filepath.Join(dev, "procfile.txt"), "web: a")
	if err := os.Mkdir(filepath.Join(mixed, "Procfile"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../secrets/Procfile", filepath.Join(mixed, "link")); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, file, want string }{
		{"missing", empty + "/Procfile",
			": no such file in " + empty + "\n  hint: create one with lines like   web: bundle exec puma -p $PORT   or name another with -f FILE"},
		{"missing, but another is there", dev + "/Procfile",
			": no such file in " + dev + "\n  hint: there is one named Procfile.dev:   -f " + dev + "/Procfile.dev"},
		{"missing, but a folder of that name is there", mixed + "/Procfile.dev",
			": no such file in " + mixed + "\n  hint: create one with lines like   web: bundle exec puma -p $PORT   or name another with -f FILE"},
		{"in a missing folder", empty + "/app/Procfile",
			": no such file: there is no folder " + empty + "/app\n  hint: name the file with -f FILE, or its folder with -d DIR"},
		{"a folder", mixed, ": is a folder, not a Procfile\n  hint: name the folder with -d " + mixed},
		{"a link to nothing", mixed + "/link",
			`: is a symbolic link to "../secrets/Procfile", which does not exist` + "\n  hint: mend the link, or name another file with -f FILE"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file, mistakes := Read(tt.file, nil)
			if got := mistakes.Error(); got != tt.file+tt.want {
				t.Errorf("Read says\n%s\nwant\n%s", got, tt.file+tt.want)
			}
			if file == nil || len(file.Entries) != 0 {
				t.Errorf("Read = %+v, want a file without entries", file)
			}
		})
	}
}

func TestAMissingProcfileIsLookedForInTheCurrentFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	_, mistakes := Read("Procfile", nil)
	if got, want := mistakes[0].Error(), "Procfile: no such file in "+folder; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	writeFile(t, "Procfile.dev", "web: a")
	_, mistakes = Read("Procfile", nil)
	if got, want := mistakes[0].Hint, "there is one named Procfile.dev:   -f Procfile.dev"; got != want {
		t.Errorf("hint %q, want %q", got, want)
	}
}

// Root may read everything, so the system's answer is made up here.
func TestOtherErrorsGiveTheSystemsReason(t *testing.T) {
	denied := unreadable("Procfile", &fs.PathError{Op: "open", Path: "Procfile", Err: fs.ErrPermission})
	want := fmt.Sprintf("Procfile: cannot be read by user id %d: permission denied\n", os.Geteuid()) +
		"  hint: check the permissions of the file and of its folders with   ls -ld"
	if got := (Mistakes{denied}).Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	broken := unreadable("Procfile", &fs.PathError{Op: "read", Path: "Procfile", Err: errors.New("input/output error")})
	if got, want := broken.Error(), "Procfile: cannot be read: input/output error"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, mistakes := Read("-", iotest.ErrReader(errors.New("closed")))
	if got, want := mistakes.Error(), "stdin: cannot be read: closed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
