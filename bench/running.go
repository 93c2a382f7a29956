package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// running is a contender at work on a Procfile of its own.
type running struct {
	cmd   *exec.Cmd
	began int64 // of the monotonic clock
	said  *os.File
	fifo  *os.File // what its children tell
	lines *bufio.Reader
	ended chan struct{}
	undo  []func() // in the order of doing
}

// start runs a contender in a new folder with this Procfile. Its standard output goes to
// out, or to a file if that is nil.
func (b bed) start(ctx context.Context, c contender, procfile string, out *os.File) (*running, error) {
	r := &running{ended: make(chan struct{})}
	if err := r.prepare(ctx, b, c, procfile); err != nil {
		r.stop()
		return nil, err
	}
	if out != nil {
		r.cmd.Stdout = out
	}
	r.began = monotonic()
	if err := r.cmd.Start(); err != nil {
		r.stop()
		return nil, err
	}
	go func() {
		r.cmd.Wait()
		r.fifo.SetReadDeadline(time.Now()) // nothing will be told any more
		close(r.ended)
	}()
	r.do(func() { stop(r.cmd, r.ended) })
	return r, nil
}

func (r *running) prepare(ctx context.Context, b bed, c contender, procfile string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	r.do(cancel)
	dir, err := os.MkdirTemp(b.dir, "app")
	if err != nil {
		return err
	}
	r.do(func() { os.RemoveAll(dir) })
	if err := os.WriteFile(filepath.Join(dir, "Procfile"), []byte(procfile), 0o600); err != nil {
		return err
	}
	// For reading and writing: then it neither waits for a writer nor ends after the last.
	if r.fifo, err = os.OpenFile(b.fifo, os.O_RDWR, 0); err != nil {
		return err
	}
	r.do(func() { r.fifo.Close() })
	r.lines = bufio.NewReader(r.fifo)
	if r.cmd, r.said, err = b.command(ctx, c.command); err != nil {
		return err
	}
	r.do(func() { discard(r.said) })
	r.cmd.Dir, r.cmd.SysProcAttr = dir, &syscall.SysProcAttr{Setpgid: true}
	return nil
}

func (r *running) do(undo func()) { r.undo = append(r.undo, undo) }

// stop ends the contender and what it has left, and tidies up. It may be called again.
func (r *running) stop() {
	for i := len(r.undo) - 1; i >= 0; i-- {
		r.undo[i]()
	}
	r.undo = nil
}

// hear waits for a stamp: when a child began, and its pid.
func (r *running) hear() (stamp int64, pid int, err error) {
	line, err := r.lines.ReadString('\n')
	if err != nil {
		return 0, 0, r.failed("it ended before its children had begun")
	}
	_, err = fmt.Sscan(line, &stamp, &pid)
	return stamp, pid, err
}

// failed is an error with the contender's last words.
func (r *running) failed(problem string) error {
	return fmt.Errorf("%s%s", problem, lastWords(r.said))
}

// perType writes a Procfile of n process types with one command.
func perType(n int, command string) string {
	var procfile strings.Builder
	for i := range n {
		fmt.Fprintf(&procfile, "w%d: %s\n", i+1, command)
	}
	return procfile.String()
}

// starters are the runners of a Procfile, supervise first, then the floors. Arguments are
// supervise's.
func (b bed) starters(args ...string) []contender {
	return []contender{
		{"supervise start", append([]string{b.supervise, "start"}, args...)},
		b.floor(),
		b.least(),
		{"forego start", []string{"forego", "start"}},
		{"goreman start", []string{"goreman", "-rpc-server=false", "start"}},
		{"hivemind", []string{"hivemind"}},
		{"honcho start", []string{"honcho", "start"}},
		{"foreman start", []string{"foreman", "start"}},
	}
}
