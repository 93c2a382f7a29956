package control

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// folderMode lets nobody else in: whoever reaches the socket is its owner, or root.
const folderMode = 0o700

// FolderError says that a folder is where ours should be and cannot be trusted with a
// control socket: somebody else could put his own there.
type FolderError struct {
	Folder string
	UID    int    // whose it should be
	Found  string // what it is instead
}

func (e *FolderError) Error() string {
	return fmt.Sprintf("cannot trust %s with the control socket: it %s, and should be a folder of uid %d with mode %#o",
		e.Folder, e.Found, e.UID, folderMode)
}

// makeFolder makes a folder of ours, or sees that the one that is there is ours.
func makeFolder(path string) error {
	if err := os.Mkdir(path, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return checkFolder(path, os.Geteuid())
}

func checkFolder(path string, uid int) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	found := ""
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		found = "is a symbolic link"
	case !info.IsDir():
		found = "is a file"
	case owner(info) != uid:
		found = fmt.Sprintf("belongs to uid %d", owner(info))
	case info.Mode().Perm() != folderMode:
		found = fmt.Sprintf("has mode %#o", info.Mode().Perm())
	default:
		return nil
	}
	return &FolderError{Folder: path, UID: uid, Found: found}
}

// unusable says that a place cannot be written to at all: the next one may do.
func unusable(err error) bool {
	for _, reason := range []error{
		fs.ErrPermission, fs.ErrNotExist, syscall.EROFS, syscall.ENOSPC, syscall.EDQUOT, syscall.ENOTDIR, errTooLong,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

var errTooLong = fmt.Errorf("its path is longer than the %d bytes that a socket's may have", maxPath)
