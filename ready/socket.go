package ready

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// socketPrefix begins the names of our sockets.
const socketPrefix = "notify-"

// Socket is where one launch says what it has to say by sd_notify(3). Whoever can send to
// it is believed: its folder is what keeps others away. The descriptors that come with a
// message (FDSTORE, BARRIER) are closed as soon as it is read. It is read until Close, ready
// or not, since a sender blocks when nobody reads.
type Socket struct {
	name string
	conn *net.UnixConn

	mu    sync.Mutex
	ready bool
	quote string // the last STATUS, or else what was said last
	tell  func()
}

// Listen makes a socket in dir, which should be a folder that only the launch's user may
// enter. If dir is "", the socket has an abstract name and no file (Linux, unix(7)). Anybody
// on the machine can send to that; but so can a launch that has given up root, which could
// not enter a 0700 folder of root's.
func Listen(dir string) (*Socket, error) {
	name := socketPrefix + rand.Text()[:12]
	if dir != "" {
		name = filepath.Join(dir, name)
	} else if runtime.GOOS == "linux" {
		name = "@supervise-" + name
	} else {
		return nil, errors.New("cannot make a notify socket: it needs a folder, only Linux has abstract names")
	}
	conn, err := net.ListenUnixgram("unixgram", address(name))
	if errors.Is(err, syscall.EINVAL) {
		return nil, fmt.Errorf("cannot make a notify socket: its name %s has %d bytes, which is too long (unix(7))", name, len(name))
	}
	if err != nil {
		return nil, fmt.Errorf("cannot make a notify socket: %w", err)
	}
	s := &Socket{name: name, conn: conn}
	if dir != "" { // in there, another user is one whom the launch has become
		if err := os.Chmod(name, 0o666); err != nil {
			conn.Close()
			os.Remove(name)
			return nil, fmt.Errorf("cannot make a notify socket: %w", err)
		}
	}
	go s.read()
	return s, nil
}

// Name is the value of NOTIFY_SOCKET.
func (s *Socket) Name() string { return s.name }

// Close removes the socket. What has not been read is lost.
func (s *Socket) Close() error {
	if s.name[0] != '@' {
		os.Remove(s.name) // the launch may have done so
	}
	return s.conn.Close()
}

// Sweep removes the sockets in dir that a killed supervise has left behind. Those that
// somebody reads are not touched.
func Sweep(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, socketPrefix+"*"))
	for _, name := range names {
		conn, err := net.DialUnix("unixgram", nil, address(name))
		if errors.Is(err, syscall.ECONNREFUSED) {
			os.Remove(name) // names are never used twice, so it is still the dead one
		} else if err == nil {
			conn.Close()
		}
	}
}

// read hears what is said until Close. It asks for no ancillary data: the kernel then
// discards what there is, descriptors too, so that none is ever ours (unix(7)).
func (s *Socket) read() {
	buffer := make([]byte, longestMessage+1)
	for {
		n, err := s.conn.Read(buffer)
		if err != nil {
			return
		}
		s.hear(parse(buffer[:n]))
	}
}

func (s *Socket) hear(m message) {
	s.mu.Lock()
	const status = "STATUS="
	if strings.HasPrefix(m.quote, status) || m.quote != "" && !strings.HasPrefix(s.quote, status) {
		s.quote = m.quote
	}
	tell := s.tell
	if m.ready {
		s.ready, s.tell = true, nil
	}
	s.mu.Unlock()
	if m.ready && tell != nil {
		tell()
	}
}

// whenReady calls tell, from another goroutine, when READY=1 has been said.
func (s *Socket) whenReady(tell func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready {
		go tell()
		return
	}
	s.tell = tell
}

// said is what there was to hear instead of READY=1.
func (s *Socket) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.quote == "" {
		return "said nothing on $NOTIFY_SOCKET"
	}
	return "said " + s.quote + ", not READY=1"
}

func address(name string) *net.UnixAddr { return &net.UnixAddr{Name: name, Net: "unixgram"} }
