package process

import "golang.org/x/sys/unix"

// slurper reads files of /proc, with a buffer and a descriptor of its own: that we have too
// many files open must not make those look dead who are alive.
type slurper struct {
	buf   []byte
	spare int   // is closed when there is no other; -1: there is none
	short error // the shortage that has kept a file from being read
}

func newSlurper() slurper {
	s := slurper{buf: make([]byte, 4096)}
	s.save()
	return s
}

func (s *slurper) close() { unix.Close(s.spare) }

// slurp reads a file without a word to Go's poller. What it returns is good until the next
// call.
func (s *slurper) slurp(dir int, path string) ([]byte, error) {
	fd, err := s.open(dir, path)
	if err != nil {
		return nil, err
	}
	defer s.shut(fd)
	for n := 0; ; s.buf = append(s.buf, make([]byte, len(s.buf))...) {
		m, err := unix.Read(fd, s.buf[n:])
		if err != nil {
			return nil, err
		}
		if n += m; n < len(s.buf) { // these files never give less than there is
			return s.buf[:n], nil
		}
	}
}

func (s *slurper) open(dir int, path string) (fd int, err error) {
	const flags = unix.O_RDONLY | unix.O_CLOEXEC
	if fd, err = unix.Openat(dir, path, flags, 0); err != unix.EMFILE {
		return fd, s.note(err)
	}
	unix.Close(s.spare)
	s.spare = -1
	if fd, err = unix.Openat(dir, path, flags, 0); err != nil {
		s.save()
	}
	return fd, s.note(err)
}

// shut closes a file, or saves its descriptor.
func (s *slurper) shut(fd int) {
	if s.spare < 0 {
		s.spare = fd
		return
	}
	unix.Close(fd)
}

func (s *slurper) save() { s.spare, _ = unix.Open("/", unix.O_PATH|unix.O_CLOEXEC, 0) }

func (s *slurper) note(err error) error {
	if Transient(err) {
		s.short = err
	}
	return err
}
