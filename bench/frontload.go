package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// clients is how many connections send requests, each one after the other.
const clients = 64

// crossing is what came of the requests of some time.
type crossing struct {
	took         []time.Duration // sorted
	seconds, cpu float64         // cpu is the proxy's
}

func (c crossing) p99() float64 { return milliseconds(c.took[len(c.took)*99/100]) }

// send loads address, when somebody listens there, and counts what is answered in the
// window, and what processor time pid uses for that.
func send(ctx context.Context, address string, pid int) (c crossing, err error) {
	all, err := connect(ctx, address)
	if err != nil {
		return c, err
	}
	var sending sync.WaitGroup
	began := time.Now()
	from := began.Add(frontWarmUp)
	took, errs := make([][]time.Duration, len(all)), make([]error, len(all))
	for i, conn := range all {
		sending.Go(func() { took[i], errs[i] = exchange(conn, from, from.Add(frontWindow)) })
	}
	time.Sleep(frontWarmUp)
	before, err := processorTime(pid)
	if err == nil {
		time.Sleep(time.Until(from.Add(frontWindow)))
		c.cpu, err = processorTime(pid)
	}
	sending.Wait()
	c.took, c.cpu, c.seconds = slices.Sorted(slices.Values(slices.Concat(took...))), c.cpu-before, frontWindow.Seconds()
	if len(c.took) == 0 {
		errs = append(errs, errors.New("nothing was answered"))
	}
	return c, errors.Join(append(errs, err)...)
}

// connect waits for somebody who answers.
func connect(ctx context.Context, address string) (all []net.Conn, err error) {
	for len(all) < clients {
		var conn net.Conn
		if conn, err = net.DialTimeout("tcp", address, patience); err == nil {
			all = append(all, conn)
			continue
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(10 * time.Millisecond):
		}
	}
	return all, nil
}

// exchange sends one request after the other until end, and times those after from.
func exchange(conn net.Conn, from, end time.Time) (took []time.Duration, err error) {
	defer conn.Close()
	conn.SetDeadline(end.Add(patience))
	in := bufio.NewReader(conn)
	for now := time.Now(); now.Before(end); {
		if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: bench\r\n\r\n"); err != nil {
			return nil, err
		}
		if err := readAnswer(in); err != nil {
			return nil, err
		}
		asked := now
		if now = time.Now(); asked.After(from) {
			took = append(took, now.Sub(asked))
		}
	}
	return took, nil
}

// readAnswer reads a 200 with a length.
func readAnswer(in *bufio.Reader) error {
	status, err := in.ReadSlice('\n')
	if err == nil && !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("answered %q", status)
	}
	length := 0
	for err == nil {
		var line []byte
		if line, err = in.ReadSlice('\n'); len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(": ")); bytes.EqualFold(name, []byte("Content-Length")) {
			length, err = strconv.Atoi(string(bytes.TrimSpace(value)))
		}
	}
	if err == nil {
		_, err = in.Discard(length)
	}
	return err
}
