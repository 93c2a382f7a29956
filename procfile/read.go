package procfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Read parses the Procfile of that name, relative to the current folder, or all of
// stdin if the name is "-"; FIFOs are fine. A file that cannot be read is a File
// without entries and one mistake. See Parse for the rest.
func Read(name string, stdin io.Reader) (*File, Mistakes) {
	var src []byte
	var err error
	if name == "-" {
		name = "stdin"
		src, err = io.ReadAll(stdin)
	} else {
		src, err = os.ReadFile(name)
	}
	if err != nil {
		return &File{Name: name}, Mistakes{unreadable(name, err)}
	}
	return Parse(name, src)
}

// unreadable puts the reason into words: where we looked, and what to do instead.
func unreadable(name string, err error) *Mistake {
	m := &Mistake{File: name}
	info, statErr := os.Stat(name)
	switch {
	case statErr == nil && info.IsDir():
		m.Problem, m.Hint = "is a folder, not a Procfile", "name the folder with -d "+name
	case errors.Is(err, fs.ErrNotExist):
		m.Problem, m.Hint = missingFile(name)
	case errors.Is(err, fs.ErrPermission):
		m.Problem = fmt.Sprintf("cannot be read by user id %d: permission denied", os.Geteuid())
		m.Hint = "check the permissions of the file and of its folders with   ls -ld"
	default:
		m.Problem = "cannot be read: " + readError(err)
	}
	return m
}

func missingFile(name string) (problem, hint string) {
	if target, err := os.Readlink(name); err == nil {
		return fmt.Sprintf("is a symbolic link to %q, which does not exist", target), "mend the link, or name another file with -f FILE"
	}
	folder, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		folder = filepath.Dir(name)
	}
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return "no such file: there is no folder " + folder, "name the file with -f FILE, or its folder with -d DIR"
	}
	if other := similarFile(folder); other != "" {
		return "no such file in " + folder, "there is one named " + other + ":   -f " + filepath.Join(filepath.Dir(name), other)
	}
	return "no such file in " + folder, "create one with lines like   " + exampleEntry + "   or name another with -f FILE"
}

// similarFile finds the first of "Procfile.dev", "procfile" and the like in a folder.
func similarFile(folder string) string {
	entries, _ := os.ReadDir(folder) // sorted; a folder that cannot be listed has no hint to give
	for _, e := range entries {
		if !e.IsDir() && strings.HasPrefix(strings.ToLower(e.Name()), "procfile") {
			return e.Name()
		}
	}
	return ""
}
