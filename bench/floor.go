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

// layFloor runs until SIGTERM has ended all. What children write is read, if there is a reader.
func layFloor(reader *prefixer) {
	procfile, err := os.Open("Procfile")
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM)
	f := &brood{alive: map[int]bool{}, reader: reader}
	for lines := bufio.NewScanner(procfile); lines.Scan(); {
		name, command, _ := strings.Cut(lines.Text(), ":")
		f.raise(name, command)
	}
	<-term
	f.end()
}

// brood is all that the floor has started.
type brood struct {
	mu     sync.Mutex
	alive  map[int]bool // by pid
	ending bool
	left   sync.WaitGroup
	reader *prefixer
}

// raise starts a command, and again when it ends.
func (f *brood) raise(name, command string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ending {
		return
	}
	cmd := exec.Command("sh", "-c", command)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if f.reader != nil {
		f.read(name, cmd)
	}
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
		f.raise(name, command)
	})
}

func (f *brood) read(name string, cmd *exec.Cmd) {
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	go f.reader.copy(name, out)
}

func (f *brood) end() {
	f.mu.Lock()
	f.ending = true
	for pid := range f.alive {
		syscall.Kill(pid, syscall.SIGTERM)
	}
	f.mu.Unlock()
	f.left.Wait()
}
