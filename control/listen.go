package control

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long the kernel may take to connect us to a socket. It does so at once,
// without the help of the one that listens.
const patience = time.Second

// RunningError says that a supervise is running already for this root and name.
type RunningError struct {
	PID    int // 0: not visible from here
	Where  Where
	Socket string
}

func (e *RunningError) Error() string {
	text := "already running in " + e.Where.Root
	if e.Where.Name != "" {
		text += fmt.Sprintf(" as %q", e.Where.Name)
	}
	if e.PID != 0 {
		text += fmt.Sprintf(" with pid %d", e.PID)
	}
	return text
}

// Listener is a socket that is ours until Close.
type Listener struct {
	*net.UnixListener
	lock   *lock       // nil for an abstract socket: its name is its lock
	file   os.FileInfo // of the socket; nil likewise
	closed sync.Once
	tidied sync.WaitGroup
}

// Listen claims the socket. It fails with a [*RunningError] when a supervise is running
// there, and with a [*FolderError] when the folder for it cannot be trusted. Socket and
// lock have mode 0600. A socket that nobody listens on is replaced in silence, and those of
// other roots beside it are removed.
func Listen(w Where) (*Listener, error) { return systemDirs().listen(w) }

func (d dirs) listen(w Where) (*Listener, error) {
	w, err := w.resolve()
	if err != nil {
		return nil, err
	}
	// What was killed while it forked has left socket and lock to the child, until that
	// executes its program.
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		l, err := d.claim(w)
		var running *RunningError
		if !errors.As(err, &running) || running.PID > 0 && !dead(running.PID) || time.Now().After(end) {
			return l, err
		}
	}
}

func (d dirs) claim(w Where) (*Listener, error) {
	if w.Socket != "" {
		return claim(w, w.Socket)
	}
	if err := d.alone(w); err != nil {
		return nil, err
	}
	for _, folder := range d.ours() {
		l, err := claimIn(w, folder)
		if err == nil || !unusable(err) {
			return l, err
		}
	}
	if !abstractSockets {
		return nil, fmt.Errorf("cannot make a control socket: no folder of %s can be written to", strings.Join(d.ours(), ", "))
	}
	return claim(w, w.abstract(os.Geteuid()))
}

// alone looks in all the places: another environment may have led the other one to
// another place.
func (d dirs) alone(w Where) error {
	for _, folder := range d.of(os.Geteuid()) {
		if checkFolder(folder, os.Geteuid()) != nil || w.in(folder) == "" {
			continue
		}
		if err := free(w, w.in(folder)); err != nil {
			return err
		}
	}
	return nil
}

func claimIn(w Where, folder string) (*Listener, error) {
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	path := w.in(folder)
	if path == "" {
		return nil, errTooLong
	}
	l, err := claim(w, path)
	if err == nil {
		l.tidied.Go(func() { tidy(folder) })
	}
	return l, err
}

// claim listens on path, if nobody else does.
func claim(w Where, path string) (*Listener, error) {
	if isAbstract(path) {
		return claimAbstract(w, path)
	}
	if len(path) > maxPath {
		return nil, fmt.Errorf("cannot listen on %s: %w", path, errTooLong)
	}
	lock, err := acquire(path + ".lock")
	if errors.Is(err, errLocked) {
		return nil, &RunningError{PID: holder(path), Where: w, Socket: path}
	}
	if err != nil {
		return nil, err
	}
	l, err := replace(w, path)
	if err != nil {
		lock.release()
		return nil, err
	}
	l.lock = lock
	return l, nil
}

// replace listens on path in place of a stale socket. Its lock is ours.
func replace(w Where, path string) (*Listener, error) {
	if err := free(w, path); err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	u, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, err
	}
	u.SetUnlinkOnClose(false) // it would remove whatever has this name by then
	err = os.Chmod(path, 0o600)
	file, statErr := os.Lstat(path)
	if err := errors.Join(err, statErr); err != nil {
		u.Close()
		return nil, err
	}
	return &Listener{UnixListener: u, file: file}, nil
}

func claimAbstract(w Where, name string) (*Listener, error) {
	u, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if errors.Is(err, syscall.EADDRINUSE) {
		err = free(w, name)
	}
	if err != nil {
		return nil, err
	}
	return &Listener{UnixListener: u}, nil
}

// free says whether anybody listens on path. What is there and is not a socket is an
// error: it is not ours to remove.
func free(w Where, path string) error {
	if !isAbstract(path) {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && info.Mode().Type() != fs.ModeSocket {
			err = fmt.Errorf("cannot listen on %s: it exists and is not a socket", path)
		}
		if err != nil {
			return err
		}
	}
	conn, err := net.DialTimeout("unix", path, patience)
	switch {
	case err == nil:
		defer conn.Close()
		p, err := peerOf(conn.(*net.UnixConn))
		if err == nil && !p.mayAsk() {
			return &ForeignError{Socket: path, UID: p.uid}
		}
		return &RunningError{PID: p.pid, Where: w, Socket: path}
	case vacant(err):
		return nil
	case errors.Is(err, syscall.EAGAIN): // its queue is full: alive, and busy
		return &RunningError{Where: w, Socket: path}
	default:
		return err
	}
}

// vacant says that a connection failed because nobody listens.
func vacant(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist)
}

func isAbstract(path string) bool { return abstractSockets && strings.HasPrefix(path, "@") }

// Path is what clients connect to: for SUPERVISE_SOCKET.
func (l *Listener) Path() string { return l.Addr().String() }

// Close gives the socket back. It may be called more than once.
func (l *Listener) Close() error {
	var err error
	l.closed.Do(func() {
		l.tidied.Wait()
		if l.file != nil {
			removeIfSame(l.Path(), l.file)
		}
		err = l.UnixListener.Close()
		if l.lock != nil {
			l.lock.release()
		}
	})
	return err
}
