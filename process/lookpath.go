package process

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// defaultPath is where programs are looked for when PATH is not set, as execvp(3) has it.
const defaultPath = "/bin:/usr/bin"

// shell runs scripts that do not say what runs them.
const shell = "/bin/sh"

// Check tells what would keep Argv, Env and Dir of s from being executed, as far as that can
// be seen without doing it. The error is an [*Error].
func Check(s Spec) error {
	path, err := LookPath(s.Argv[0], s.Env, s.Dir)
	if err != nil {
		return err
	}
	line, script := firstLine(from(s.Dir, path))
	switch {
	case script && executable(interpreter(line), s.Dir) == syscall.ENOENT:
		return explain(syscall.ENOENT, path, s)
	case tooBig(path, s) != "":
		return explain(syscall.E2BIG, path, s)
	}
	return nil
}

// LookPath finds what execvp(3) would run for file in a process that has env and stands
// in dir ("" is our own): file itself when it has a slash, else the first match in PATH,
// whose empty and relative entries count from dir. So may the result, which is what a child
// that has entered dir can execute. The error is an [*Error].
func LookPath(file string, env []string, dir string) (string, error) {
	if strings.Contains(file, "/") {
		if errno := executable(file, dir); errno != 0 {
			return "", explain(errno, file, Spec{Argv: []string{file}, Dir: dir})
		}
		return file, nil
	}
	path := pathOf(env)
	found := ""
	for entry := range strings.SplitSeq(path, ":") {
		if file == "" {
			break
		}
		if entry == "" {
			entry = "."
		}
		switch candidate := entry + "/" + file; executable(candidate, dir) {
		case 0:
			return candidate, nil
		case syscall.EACCES:
			if found == "" {
				found = candidate
			}
		}
	}
	if found != "" {
		return "", explain(syscall.EACCES, found, Spec{Argv: []string{file}, Dir: dir})
	}
	return "", &Error{File: file, Reason: "it is not in PATH " + shortPath(path), Err: syscall.ENOENT}
}

// pathsShown is how many folders of PATH a message shows: a shell's may fill a screen.
const pathsShown = 3

func shortPath(path string) string {
	folders := strings.Split(path, ":")
	if len(folders) <= pathsShown {
		return strconv.Quote(path)
	}
	return fmt.Sprintf("%q (%d folders)", strings.Join(folders[:pathsShown], ":")+":…", len(folders))
}

// pathOf is PATH as getenv(3) would find it: the first one counts.
func pathOf(env []string) string {
	for _, entry := range env {
		if path, ok := strings.CutPrefix(entry, "PATH="); ok {
			return path
		}
	}
	return defaultPath
}

// executable asks the kernel, as far as it tells without executing.
func executable(file, dir string) syscall.Errno {
	file = from(dir, file)
	var stat unix.Stat_t
	err := unix.Stat(file, &stat)
	if err == nil && stat.Mode&unix.S_IFMT == unix.S_IFDIR {
		err = syscall.EACCES
	}
	if err == nil {
		err = unix.Faccessat(unix.AT_FDCWD, file, unix.X_OK, unix.AT_EACCESS)
	}
	errno, _ := err.(syscall.Errno)
	return errno
}

// from is where file is for somebody who stands in dir. Nothing is cleaned: a/../b is not
// b when a is a symbolic link.
func from(dir, file string) string {
	if dir == "" || strings.HasPrefix(file, "/") {
		return file
	}
	return dir + "/" + file
}
