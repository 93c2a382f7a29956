package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
)

// floorRole as the first argument makes this program the least that a runner in Go can
// be: it starts the commands of ./Procfile with its own streams, starts what ends anew,
// and passes SIGTERM on. It reads no output, so nothing that does can be faster.
const floorRole = "floor"

func (b bed) floor() contender { return contender{"no runner", []string{b.self, floorRole}} }

// layFloor runs until SIGTERM has ended all.
func layFloor() {
	procfile, err := os.Open("Procfile")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	f := &family{alive: map[int]bool{}}
	for lines := bufio.NewScanner(procfile); lines.Scan(); {
		_, command, _ := strings.Cut(lines.Text(), ":")
		f.raise(command)
	}
	<-term
	f.end()
}

// family is all that the floor has started.
type family struct {
	mu     sync.Mutex
	alive  map[int]bool // by pid
	ending bool
	left   sync.WaitGroup
}

// raise starts a command, and again when it ends.
func (f *family) raise(command string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ending {
		return
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	f.alive[cmd.Process.Pid] = true
	f.left.Go(func() {
		cmd.Wait()
		f.mu.Lock()
		delete(f.alive, cmd.Process.Pid)
		f.mu.Unlock()
		f.raise(command)
	})
}

func (f *family) end() {
	f.mu.Lock()
	f.ending = true
	for pid := range f.alive {
		syscall.Kill(pid, syscall.SIGTERM)
	}
	f.mu.Unlock()
	f.left.Wait()
}
