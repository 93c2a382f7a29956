package ready

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestDescriptorsThatArePassedAreClosed(t *testing.T) {
	for kind, s := range sockets(t) {
		conn := dial(t, s)
		before := descriptors(t)
		for _, message := range []string{"FDSTORE=1\nFDNAME=x", "BARRIER=1", "", "READY=1", strings.Repeat("x", 60000)} {
			reader, writer := pipe(t)
			pass(t, conn, message, writer, writer, writer)
			writer.Close()
			if n, err := reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
				t.Errorf("%s: after %.20q the descriptor: %d bytes, %v, want EOF", kind, message, n, err)
			}
			reader.Close()
		}
		if after := descriptors(t); after != before {
			t.Errorf("%s: %d descriptors are open, want %d as before", kind, after, before)
		}
	}
}

// The negative control: a message that nobody reads keeps its descriptors open.
func TestDescriptorsStayOpenUntilAMessageIsRead(t *testing.T) {
	unread, err := net.ListenUnixgram("unixgram", address(filepath.Join(folder(t), "s")))
	if err != nil {
		t.Fatal(err)
	}
	defer unread.Close()
	conn, err := net.DialUnix("unixgram", nil, unread.LocalAddr().(*net.UnixAddr))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	reader, writer := pipe(t)
	pass(t, conn, "BARRIER=1", writer)
	writer.Close()
	reader.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	if _, err := reader.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("reading: %v, want that nothing comes", err)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	names, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// barrier waits until all that has been sent is read (sd_notify_barrier(3)).
func barrier(t *testing.T, conn *net.UnixConn) {
	t.Helper()
	reader, writer := pipe(t)
	pass(t, conn, "BARRIER=1", writer)
	writer.Close()
	if n, err := reader.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Fatalf("the barrier: %d bytes, %v, want EOF", n, err)
	}
}

func pipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close(); writer.Close() })
	reader.SetReadDeadline(time.Now().Add(patience))
	return reader, writer
}

// pass sends a message with descriptors.
func pass(t *testing.T, conn *net.UnixConn, message string, files ...*os.File) {
	t.Helper()
	var fds []int
	for _, file := range files {
		fds = append(fds, int(file.Fd()))
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Write(func(fd uintptr) bool {
		err = syscall.Sendmsg(int(fd), []byte(message), syscall.UnixRights(fds...), nil, 0)
		return err != syscall.EAGAIN
	})
	if err != nil {
		t.Fatalf("cannot pass %d descriptors: %v", len(fds), err)
	}
}
