package control

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// maxPath is how many bytes a socket's path may have: sun_path less its final NUL, 107 on
// Linux and 103 on macOS (unix(7), unix(4)).
const maxPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// Where says which supervise is meant.
type Where struct {
	// Root is the folder the app runs in. Symbolic links are resolved: every way to
	// the folder leads to the same socket.
	Root string
	// Name tells several runs in one root apart. Empty is a name like any other.
	Name string
	// Socket is a path of the user's own, in a folder of any kind. Empty: the socket
	// is named from Root and Name, in a folder of ours.
	Socket string
}

// resolve makes Root the one path that it has, and Socket one that holds everywhere.
func (w Where) resolve() (Where, error) {
	root, err := filepath.Abs(w.Root)
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err == nil && w.Socket != "" && !isAbstract(w.Socket) {
		w.Socket, err = filepath.Abs(w.Socket)
	}
	if err != nil {
		return w, fmt.Errorf("cannot find the control socket: %w", err)
	}
	w.Root = root
	return w, nil
}

// hash is what makes a socket's name unique.
func (w Where) hash() string {
	sum := sha256.Sum256([]byte(w.Root + "\x00" + w.Name))
	return fmt.Sprintf("%x", sum[:6])
}

// in is the socket's path in a folder: the root's own name is for people who look, and
// is left out where there is no room for it. Without room for the rest it is empty.
func (w Where) in(folder string) string {
	base := strings.Map(plain, filepath.Base(w.Root))
	for _, name := range []string{base + "-" + w.hash(), w.hash()} {
		if path := filepath.Join(folder, name+".sock"); len(path) <= maxPath {
			return path
		}
	}
	return ""
}

func plain(r rune) rune {
	if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_') {
		return r
	}
	return '-'
}

// abstract is the name in Linux's abstract namespace, which needs no folder.
func (w Where) abstract(uid int) string {
	return fmt.Sprintf("@supervise-%d-%s", uid, w.hash())
}

// dirs are the folders in which a folder of ours may be.
type dirs struct{ xdg, run, temp string }

// systemDirs reads them from the environment. XDG_RUNTIME_DIR is the user's by its
// specification; one that su or sudo have left over is another's and does not count.
func systemDirs() dirs {
	d := dirs{run: "/run", temp: os.TempDir()}
	xdg := os.Getenv("XDG_RUNTIME_DIR")
	if info, err := os.Stat(xdg); err == nil && filepath.IsAbs(xdg) && owner(info) == os.Geteuid() {
		d.xdg = xdg
	}
	return d
}

// ours are the folders for a socket of our own, the best first.
func (d dirs) ours() []string {
	var all []string
	if d.xdg != "" {
		all = append(all, filepath.Join(d.xdg, "supervise"))
	}
	name := "supervise-" + strconv.Itoa(os.Geteuid())
	return append(all, filepath.Join(d.run, name), filepath.Join(d.temp, name))
}

// of are the folders in which a user's socket may be found. Of another user's
// XDG_RUNTIME_DIR, or of ours where it is not set, we know where systemd puts it.
func (d dirs) of(uid int) []string {
	id := strconv.Itoa(uid)
	var all []string
	if d.xdg != "" && uid == os.Geteuid() {
		all = append(all, filepath.Join(d.xdg, "supervise"))
	}
	return append(all,
		filepath.Join(d.run, "user", id, "supervise"),
		filepath.Join(d.run, "supervise-"+id),
		filepath.Join(d.temp, "supervise-"+id))
}

// owner is the user that a file belongs to.
func owner(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }
