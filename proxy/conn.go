package proxy

import (
	"bufio"
	"errors"
	"net"
	"syscall"
	"time"
)

// maxAnswerHead bounds the status line and headers of an answer, 1xx ones included.
const maxAnswerHead = 1 << 20

var errHead = errors.New("the head of the answer is longer than 1 MiB")

// conn is one HTTP/1.1 connection to a backend. One request has it at a time.
type conn struct {
	tcp    *net.TCPConn
	raw    syscall.RawConn
	in     *bufio.Reader
	out    *bufio.Writer
	budget int64 // bytes that may still be read

	idleSince time.Time
}

func newConn(tcp *net.TCPConn) (*conn, error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, dialError{err}
	}
	c := &conn{tcp: tcp, raw: raw, out: bufio.NewWriter(tcp)}
	c.in = bufio.NewReader(c)
	return c, nil
}

// Read is for c.in.
func (c *conn) Read(p []byte) (int, error) {
	if c.budget <= 0 {
		return 0, errHead
	}
	n, err := c.tcp.Read(p)
	c.budget -= int64(n)
	return n, err
}

// alive says that an idle connection can be used: its peer has neither closed it nor
// said anything that nobody asked for.
func (c *conn) alive() bool {
	var n int
	var err error
	failed := c.raw.Read(func(fd uintptr) bool {
		var b [1]byte
		n, err = syscall.Read(int(fd), b[:])
		return true // do not wait
	})
	return failed == nil && n <= 0 && (err == syscall.EAGAIN || err == syscall.EINTR)
}

// abort ends what c is waiting for, now and in future.
func (c *conn) abort() { c.tcp.SetDeadline(time.Unix(1, 0)) }

func (c *conn) close() { c.tcp.Close() }

// reset closes a connection on which nothing is under way, without the minute of
// TIME_WAIT that would use up the ports of loopback after 28,000 requests.
func (c *conn) reset() {
	c.tcp.SetLinger(0)
	c.close()
}
