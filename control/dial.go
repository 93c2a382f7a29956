package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"syscall"
)

// NotRunningError says that no supervise was found.
type NotRunningError struct {
	Where  Where
	Looked []string // the sockets that nobody listens on
}

func (e *NotRunningError) Error() string {
	switch {
	case e.Where.Socket != "":
		return "no supervise listens on " + e.Where.Socket
	case e.Where.Name != "":
		return fmt.Sprintf("no supervise is running in %s as %q", e.Where.Root, e.Where.Name)
	default:
		return "no supervise is running in " + e.Where.Root
	}
}

// Dial finds the running supervise: at w.Socket and nowhere else if that is set, else at
// SUPERVISE_SOCKET, else where [Listen] would put the socket of our user; if we are root,
// also of the user that the root belongs to. It fails with a [*NotRunningError] when
// nobody is there, and with a [*FolderError] or a [*ForeignError] when somebody is whom
// we cannot trust.
func Dial(ctx context.Context, w Where) (*Client, error) {
	return systemDirs().dial(ctx, w, os.Getenv("SUPERVISE_SOCKET"))
}

func (d dirs) dial(ctx context.Context, w Where, hint string) (*Client, error) {
	w, err := w.resolve()
	if err != nil {
		return nil, err
	}
	places, distrusted := d.places(w, hint)
	for _, path := range places {
		conn, pid, err := connect(ctx, path)
		if err == nil {
			conn.Close()
			return newClient(path, pid), nil
		}
		if !vacant(err) {
			return nil, err
		}
	}
	if distrusted != nil {
		return nil, distrusted
	}
	return nil, &NotRunningError{Where: w, Looked: places}
}

// places are the sockets to try, in this order. A folder that cannot be trusted is left
// out: it may be a stranger's trap, and the socket elsewhere.
func (d dirs) places(w Where, hint string) (all []string, distrusted *FolderError) {
	if w.Socket != "" {
		return []string{w.Socket}, nil
	}
	if hint != "" {
		all = append(all, hint)
	}
	for _, uid := range users(w.Root) {
		for _, folder := range slices.Compact(d.of(uid)) {
			err := checkFolder(folder, uid)
			if bad := new(FolderError); errors.As(err, &bad) {
				distrusted = cmp.Or(distrusted, bad)
				continue
			}
			if path := w.in(folder); err == nil && path != "" {
				all = append(all, path)
			}
		}
		if abstractSockets {
			all = append(all, w.abstract(uid))
		}
	}
	return all, distrusted
}

// users are those whose sockets we look for.
func users(root string) []int {
	all := []int{os.Geteuid()}
	if info, err := os.Stat(root); err == nil && all[0] == 0 && owner(info) != 0 {
		all = append(all, owner(info))
	}
	return all
}

// connect connects to path, if who listens there can be trusted. The pid is that one's.
func connect(ctx context.Context, path string) (conn net.Conn, pid int, err error) {
	var d net.Dialer
	conn, err = d.DialContext(ctx, "unix", path)
	if errors.Is(err, syscall.EAGAIN) {
		return nil, 0, fmt.Errorf("supervise on %s has no room for one more client: it is stopped, or they are too many", path)
	}
	if err != nil {
		return nil, 0, err
	}
	p, err := peerOf(conn.(*net.UnixConn))
	if err == nil && !p.mayAnswer() {
		err = &ForeignError{Socket: path, UID: p.uid}
	}
	if err != nil {
		conn.Close()
		return nil, 0, err
	}
	return conn, p.pid, nil
}
