package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// folder is a place with every kind of file that can or cannot be run.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"bin/web":      {"#!/bin/sh\nexit 7\n", 0o755},
		"bin/plain":    {"#!/bin/sh\nexit 7\n", 0o644},
		"bin/headless": {"echo hello\n", 0o755},
		"bin/ruby":     {"#! /usr/bin/rubyy -w\n", 0o755},
		"bin/dos":      {"#!/bin/sh\r\nexit 0\r\n", 0o755},
		"bin/broken":   {"\x7fELF\x00garbage", 0o755},
		"bin/empty":    {"", 0o755},
		"other/plain":  {"#!/bin/sh\nexit 8\n", 0o755},
		"here":         {"#!/bin/sh\nexit 9\n", 0o755},
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(file.text), file.mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("loop", filepath.Join(dir, "bin/loop")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAProgramIsFoundAsExecvpFindsIt(t *testing.T) {
	dir := folder(t)
	for _, tt := range []struct {
		file, path string
		want       string
	}{
		{"bin/web", "", "bin/web"},
		{"./here", "PATH=/nowhere", "./here"},
		{dir + "/here", "", dir + "/here"},
		{"web", "PATH=/nowhere:bin:other", "bin/web"},
		{"web", "PATH=" + dir + "/bin", dir + "/bin/web"},
		{"here", "PATH=:/bin", "./here"},
		{"here", "PATH=/bin:", "./here"},
		{"here", "PATH=", "./here"},
		{"plain", "PATH=bin:other", "other/plain"}, // the first is not executable
		{"bin", "PATH=.:/", ""},                    // a folder is none
		{"sh", "", "/bin/sh"},                      // no PATH at all
	} {
		got, err := LookPath(tt.file, []string{"A=b", tt.path, "PATH=/second"}[:2], dir)
		if got != tt.want || err == nil != (tt.want != "") {
			t.Errorf("LookPath(%q) with %q = %q, %v, want %q", tt.file, tt.path, got, err, tt.want)
		}
	}
	if got, _ := LookPath("here", []string{"PATH=", "PATH=/second"}, dir); got != "./here" {
		t.Errorf("LookPath with two PATHs = %q, want the first to count", got)
	}
}

func TestWhatCannotBeRunSaysWhy(t *testing.T) {
	dir := folder(t)
	s := newStage(t)
	for i, tt := range []struct {
		argv       []string
		text, hint string
		code       int
		errno      syscall.Errno
	}{
		{[]string{"bin/no"}, `cannot run "bin/no": no such file or directory`, "", 127, syscall.ENOENT},
		{[]string{"here/no"}, `cannot run "here/no": not a directory`, "", 127, syscall.ENOTDIR},
		{[]string{"no"}, `cannot run "no": it is not in PATH "bin"`, "", 127, syscall.ENOENT},
		{[]string{""}, `cannot run "": it is not in PATH "bin"`, "", 127, syscall.ENOENT},
		{[]string{"bin/plain"}, `cannot run "bin/plain": permission denied`, "make it executable with   chmod +x bin/plain", 126, syscall.EACCES},
		{[]string{"plain"}, `cannot run "bin/plain": permission denied`, "make it executable with   chmod +x bin/plain", 126, syscall.EACCES},
		{[]string{"./bin"}, `cannot run "./bin": it is a folder`, "", 126, syscall.EACCES},
		{[]string{"bin/loop"}, `cannot run "bin/loop": too many levels of symbolic links`, "", 126, syscall.ELOOP},
		{[]string{"bin/ruby"}, `cannot run "bin/ruby": its interpreter "/usr/bin/rubyy" does not exist`, "", 126, syscall.ENOENT},
		{[]string{"bin/dos"}, `cannot run "bin/dos": its interpreter "/bin/sh\r" does not exist`, "its lines end in CR LF: save it with LF alone", 126, syscall.ENOENT},
		{[]string{"bin/broken"}, `cannot run "bin/broken": it is no program for this machine`, "", 126, syscall.ENOEXEC},
		{[]string{"bin/web", strings.Repeat("x", 131072)}, `cannot run "bin/web": its argument 1 has 131072 bytes, the kernel's limit is 131071`, "", 126, syscall.E2BIG},
	} {
		spec := s.spec(tt.argv...)
		spec.Dir, spec.Env = dir, []string{"PATH=bin"}
		k := Key{"web.1", i}
		s.table.Launch(k, spec)
		got := s.want(k, Failed).Err
		var e *Error
		if !errors.As(got, &e) {
			t.Errorf("%.20q: %v is no *Error", tt.argv, got)
			continue
		}
		if got.Error() != tt.text || e.Hint != tt.hint || ExitCode(got) != tt.code || !errors.Is(got, tt.errno) {
			t.Errorf("%.20q:\n got %q\nhint %q, exit code %d, errno %q\nwant %q\nhint %q, exit code %d, errno %q",
				tt.argv, got, e.Hint, ExitCode(got), e.Err, tt.text, tt.hint, tt.code, tt.errno)
		}
	}
}

func TestAScriptThatNamesNoInterpreterIsTheShells(t *testing.T) {
	dir := folder(t)
	s := newStage(t)
	for i, argv := range [][]string{{"bin/headless"}, {"headless"}, {"bin/empty"}} {
		spec := s.spec(argv...)
		spec.Dir, spec.Env = dir, []string{"PATH=bin"}
		k := Key{"web.1", i}
		s.table.Launch(k, spec)
		s.want(k, Launched)
		s.want(k, Exited)
		s.want(k, Gone)
	}
}

func TestCheckSeesWhatLookPathCannot(t *testing.T) {
	dir := folder(t)
	for file, want := range map[string]string{
		"bin/web":      "",
		"bin/headless": "",
		"bin/ruby":     `cannot run "bin/ruby": its interpreter "/usr/bin/rubyy" does not exist`,
		"bin/dos":      `cannot run "bin/dos": its interpreter "/bin/sh\r" does not exist`,
		"bin/no":       `cannot run "bin/no": no such file or directory`,
	} {
		got := ""
		if err := Check(Spec{Argv: []string{file}, Dir: dir}); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("Check(%q) = %q, want %q", file, got, want)
		}
	}
}

func TestAVariableThatIsTooLongIsNamedAndNotShown(t *testing.T) {
	err := explain(syscall.E2BIG, "/bin/sh", Spec{Argv: []string{"sh"}, Env: []string{"SECRET=" + strings.Repeat("x", 1<<17)}})
	if want := `cannot run "/bin/sh": the variable SECRET has 131079 bytes, the kernel's limit is 131071 with its name`; err.Error() != want {
		t.Errorf("%.200q, want %q", err, want)
	}
}

func TestAMissingFolderIsNotTakenForAMissingProgram(t *testing.T) {
	dir := t.TempDir() + "/gone"
	s := newStage(t)
	spec := s.spec("sh")
	spec.Dir = dir
	k := Key{"web.1", 1}
	s.table.Launch(k, spec)
	err := s.want(k, Failed).Err
	if want := fmt.Sprintf("cannot enter the folder %q to run %q: no such file or directory", dir, "sh"); err.Error() != want || ExitCode(err) != 1 {
		t.Errorf("%q with exit code %d, want %q with 1", err, ExitCode(err), want)
	}
}

func TestAShortageIsTransientAndAMistakeIsNot(t *testing.T) {
	for errno, want := range map[syscall.Errno]bool{
		syscall.EAGAIN: true, syscall.ENOMEM: true, syscall.EMFILE: true, syscall.ENFILE: true, syscall.ENOSPC: true, syscall.ETXTBSY: true,
		syscall.ENOENT: false, syscall.EACCES: false, syscall.ENOEXEC: false, syscall.E2BIG: false,
	} {
		err := explain(errno, "/bin/sh", Spec{Argv: []string{"sh"}})
		if got := Transient(err); got != want {
			t.Errorf("Transient(%v) = %t, want %t", err, got, want)
		}
		if want && ExitCode(err) != 1 {
			t.Errorf("ExitCode(%v) = %d, want 1", err, ExitCode(err))
		}
	}
	if Transient(nil) || Transient(ErrAborted) {
		t.Error("nothing at all is transient, want not")
	}
}
