package process

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// What Check lets through the kernel executes, and what it does not the kernel does not.
func TestTheLimitOfArgumentsAndEnvironmentIsTheKernels(t *testing.T) {
	const slack = 16 // the kernel's own word at the stack's end
	limit := totalLimit()
	for _, tt := range []struct {
		size int
		fits bool
	}{
		{limit - slack, true},
		{limit + 1, false},
	} {
		s := filled("/bin/true", tt.size)
		pid, err := syscall.ForkExec(s.Argv[0], s.Argv, &syscall.ProcAttr{Env: s.Env})
		if err == nil {
			syscall.Wait4(pid, nil, 0, nil)
		}
		if (err == nil) != tt.fits || err != nil && err != syscall.E2BIG {
			t.Errorf("the kernel executes %d bytes with %v, want that it can: %t", tt.size, err, tt.fits)
		}
		err = Check(s)
		if (err == nil) != tt.fits {
			t.Errorf("Check of %d bytes is %.200q, want that they fit: %t", tt.size, err, tt.fits)
		}
		want := fmt.Sprintf(`cannot run "/bin/true": its arguments and environment take %d bytes, the kernel's limit is %d (a quarter of ulimit -s, at most 6 MiB)`, tt.size, limit)
		if !tt.fits && (err.Error() != want || ExitCode(err) != 126 || !errors.Is(err, syscall.E2BIG)) {
			t.Errorf("%q with exit code %d, want %q with 126", err, ExitCode(err), want)
		}
	}
}

// filled is a Spec whose image has this size.
func filled(path string, size int) Spec {
	s := Spec{Argv: []string{path}}
	for left := size - imageSize(path, s); left > 0; left = size - imageSize(path, s) {
		n := min(left, 1000)
		if left-n < 100 {
			n = left
		}
		s.Env = append(s.Env, "X="+strings.Repeat("x", n-len("X=")-1-8))
	}
	return s
}
