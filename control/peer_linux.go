package control

import "golang.org/x/sys/unix"

// abstractSockets: a name in the abstract namespace needs no folder (unix(7)).
const abstractSockets = true

// credentials are SO_PEERCRED's (unix(7)).
func credentials(fd int) (peer, error) {
	c, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return peer{}, err
	}
	return peer{pid: int(c.Pid), uid: int(c.Uid)}, nil
}
