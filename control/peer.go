package control

import (
	"fmt"
	"net"
	"os"
)

// peer is who is at the other end of a connection, as the kernel tells.
type peer struct {
	pid int // 0: not visible from here
	uid int
}

// peerOf asks the kernel. The answer is of the time when the other end called connect or
// listen.
func peerOf(c *net.UnixConn) (p peer, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return p, err
	}
	var asked error
	if err := raw.Control(func(fd uintptr) { p, asked = credentials(int(fd)) }); err != nil {
		return p, err
	}
	return p, asked
}

// mayAsk says that a client may ask our server: it is the same user, or root.
func (p peer) mayAsk() bool { return p.uid == os.Geteuid() || p.uid == 0 }

// mayAnswer says that our client may believe a server: it is the same user, or we are
// root. Root's own server would not answer anybody else.
func (p peer) mayAnswer() bool { return p.uid == os.Geteuid() || os.Geteuid() == 0 }

// ForeignError says that a socket where we looked is that of another user.
type ForeignError struct {
	Socket string
	UID    int
}

func (e *ForeignError) Error() string {
	return fmt.Sprintf("cannot trust %s: uid %d is listening there, and we are uid %d", e.Socket, e.UID, os.Geteuid())
}
