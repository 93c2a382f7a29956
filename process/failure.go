package process

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Error says which file could not be executed, and why.
type Error struct {
	File   string // as it was asked for, or as it was found in PATH
	Reason string // what is wrong with it
	Hint   string // what to do about it; may be empty
	Err    error  // the kernel's word, a [syscall.Errno]

	found bool // the file is there, whatever Err says
}

func (e *Error) Error() string { return "cannot run " + strconv.Quote(e.File) + ": " + e.Reason }

// Unwrap is the kernel's word.
func (e *Error) Unwrap() error { return e.Err }

// ExitCode is what a shell would exit with: 127 when the file was not found, 126 when it
// was but cannot be executed, 1 for anything else (POSIX, Shell Command Language 2.8.2).
func ExitCode(err error) int {
	var e *Error
	switch {
	case !errors.As(err, &e) || Transient(err):
		return 1
	case !e.found && (errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.ENOTDIR)):
		return 127
	default:
		return 126
	}
}

// Transient tells whether the same launch may well succeed a moment later: the machine is
// short of something (EAGAIN, ENOMEM, EMFILE, ENFILE, of pseudo-terminals ENOSPC), or
// somebody is writing the file (ETXTBSY). [WithLimit] says of what.
func Transient(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE, syscall.ENOSPC, syscall.ETXTBSY} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// explain finds out what the kernel meant when it refused to execute path for s.
func explain(err error, path string, s Spec) error {
	errno, ok := err.(syscall.Errno)
	if !ok { // a NUL byte in an argument
		return fmt.Errorf("cannot run %s: %w", strconv.Quote(path), err)
	}
	if _, err := os.Stat(from(s.Dir, ".")); err != nil {
		return fmt.Errorf("cannot enter the folder %s to run %s: %w", strconv.Quote(s.Dir), strconv.Quote(s.Argv[0]), errors.Unwrap(err))
	}
	e := &Error{File: path, Reason: errno.Error(), Err: errno}
	info, err := os.Stat(from(s.Dir, path))
	e.found = err == nil
	switch {
	case !e.found:
	case info.IsDir():
		e.Reason = "it is a folder"
	case errno == syscall.ENOENT:
		e.missingInterpreter(from(s.Dir, path))
	case errno == syscall.EACCES && info.Mode()&0o111 == 0:
		e.Hint = "make it executable with   chmod +x " + path
	case errno == syscall.ENOEXEC:
		e.noFormat(from(s.Dir, path))
	case errno == syscall.E2BIG:
		e.Reason = cmp.Or(tooBig(path, s), e.Reason)
	case errno == syscall.ETXTBSY:
		e.Reason = "somebody is writing it (" + errno.Error() + ")"
	}
	return e
}

// missingInterpreter explains why the kernel does not find a file that is there.
func (e *Error) missingInterpreter(file string) {
	line, script := firstLine(file)
	if !script {
		e.Reason = "it is there, but its dynamic loader is not"
		e.Hint = "it was built for another system or C library"
		return
	}
	e.Reason = "its interpreter " + strconv.Quote(interpreter(line)) + " does not exist"
	if strings.HasSuffix(line, "\r") {
		e.Hint = "its lines end in CR LF: save it with LF alone"
	}
}

// interpreter is the program that the rest of a #! line names (execve(2)).
func interpreter(line string) string {
	name, _, _ := strings.Cut(strings.Trim(line, " \t"), " ")
	name, _, _ = strings.Cut(name, "\t")
	return name
}

func (e *Error) noFormat(file string) {
	e.Reason = "it is no program for this machine"
	if isText(file) { // there is no shell to run it
		e.Reason = "its first line names no interpreter"
		e.Hint = "begin it with   #!/path/to/interpreter"
	}
}

// isText tells a script without #! from a program for another machine, as shells do: by
// the absence of NUL bytes in its first line.
func isText(file string) bool {
	line, script := firstLine(file)
	return !script && !strings.Contains(line, "\x00")
}

// firstLine is what stands behind #!, if script, else a sample of the file.
func firstLine(file string) (line string, script bool) {
	f, err := os.Open(file)
	if err != nil {
		return "", false
	}
	defer f.Close()
	sample, _ := bufio.NewReaderSize(f, 4096).Peek(256) // as much as the kernel looks at
	line, _, _ = strings.Cut(string(sample), "\n")
	return strings.CutPrefix(line, "#!")
}
