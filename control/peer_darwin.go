package control

import "golang.org/x/sys/unix"

// abstractSockets: macOS has none.
const abstractSockets = false

// credentials are LOCAL_PEERCRED's and LOCAL_PEERPID's (unix(4)).
func credentials(fd int) (peer, error) {
	c, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return peer{}, err
	}
	pid, err := unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	return peer{pid: pid, uid: int(c.Uid)}, err
}
