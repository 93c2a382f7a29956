package control

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
)

// errLocked says that a lock is held.
var errLocked = errors.New("is locked")

// lock is a file that the kernel unlocks when its holder is gone, however that ended
// (flock(2)). Its text is the holder's pid.
type lock struct{ file *os.File }

func acquire(path string) (*lock, error) {
	l, err := hold(path)
	if err != nil {
		return nil, err
	}
	return l, l.sign()
}

// hold locks the file without a sign.
func hold(path string) (*lock, error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, fmt.Errorf("cannot make the lock of the control socket: %w", err)
		}
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			f.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, errLocked
			}
			return nil, fmt.Errorf("cannot lock %s: %w", path, err)
		}
		// The one before may have removed the file while we were waiting for it to be
		// unlocked: then the next one makes and locks another.
		if mine, err := f.Stat(); err == nil && isAt(path, mine) {
			return &lock{f}, nil
		}
		f.Close()
	}
}

// sign leaves our pid for those who come while we do not listen yet.
func (l *lock) sign() error {
	err := l.file.Truncate(0)
	if err == nil {
		_, err = l.file.WriteString(strconv.Itoa(os.Getpid()))
	}
	if err != nil {
		l.release()
	}
	return err
}

// release removes the file while it is still locked.
func (l *lock) release() {
	if info, err := l.file.Stat(); err == nil {
		removeIfSame(l.file.Name(), info)
	}
	l.file.Close()
}

// isAt says that path is that very file.
func isAt(path string, file os.FileInfo) bool {
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(file, there)
}

func removeIfSame(path string, file os.FileInfo) {
	if isAt(path, file) {
		os.Remove(path)
	}
}

// holder is the pid of the one that has locked path and listens there, or is about to. 0
// is unknown.
func holder(path string) (pid int) {
	for end := time.Now().Add(patience); pid == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		if conn, err := net.DialTimeout("unix", path, patience); err == nil {
			defer conn.Close()
			p, _ := peerOf(conn.(*net.UnixConn)) // in the numbers of our pid namespace
			return p.pid
		}
		text, err := os.ReadFile(path + ".lock")
		if errors.Is(err, fs.ErrNotExist) {
			return 0 // it has just been given back
		}
		pid, _ = strconv.Atoi(string(text))
	}
	return pid
}
