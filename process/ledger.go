package process

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"os"
	"sync"
)

// ledger is what the guardian reads when we are dead: which sessions are alive, and which
// daemons are to be spared. It is a file without a name that both have open, so nothing has
// to be sent: no launch wakes the guardian, none waits for it, and a new guardian knows at
// once all that the old one knew.
type ledger struct {
	file *os.File

	mu   sync.Mutex // the forker opens accounts, the reaper closes them
	size int64
	free []int64 // where accounts were closed
}

// account is one launch's place in a ledger. The zero value is none; it takes everything
// and writes nothing. A write that fails leaves the launch to its SUPERVISE_ID.
type account struct {
	ledger *ledger
	at     int64
	spared uint64 // the fingerprint of the ID of its daemons; 0: they are not spared
}

const accountSize = 16

func newLedger() (*ledger, error) {
	file, err := unnamedFile()
	return &ledger{file: file}, err
}

// open comes before the fork, so that no daemon is older than the word that spares it.
func (l *ledger) open(s Spec) account {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := account{ledger: l, at: l.size}
	if last := len(l.free) - 1; last >= 0 {
		a.at, l.free = l.free[last], l.free[:last]
	} else {
		l.size += accountSize
	}
	if s.LeaveDaemons {
		a.spared = fingerprint(s.ID)
		a.write(0)
	}
	return a
}

// launched says that the session is the launch's.
func (a account) launched(session int) { a.write(session) }

// reaped says that so it is, but for as long only as no process has its number: the leader,
// whose number it is, has been reaped.
func (a account) reaped(session int) { a.write(-session) }

// close says that nobody of the launch is alive, or only daemons that are spared, to the
// end.
func (a account) close(spares bool) {
	if a.ledger == nil {
		return
	}
	if !spares {
		a.spared = 0
	}
	a.write(0)
	if !spares {
		a.ledger.mu.Lock()
		defer a.ledger.mu.Unlock()
		a.ledger.free = append(a.ledger.free, a.at)
	}
}

// write is one pwrite of 16 bytes that never cross a page: no SIGKILL cuts it in two.
func (a account) write(session int) {
	if a.ledger == nil {
		return
	}
	entry := binary.NativeEndian.AppendUint64(make([]byte, 0, accountSize), uint64(session))
	a.ledger.file.WriteAt(binary.NativeEndian.AppendUint64(entry, a.spared), a.at)
}

// readLedger returns the sessions that are alive, true for those whose leader has been
// reaped, and the fingerprints of the IDs whose daemons are spared.
func readLedger(file io.ReaderAt) (sessions map[int]bool, spared map[uint64]bool) {
	sessions, spared = map[int]bool{}, map[uint64]bool{}
	entry := make([]byte, accountSize)
	for at := int64(0); ; at += accountSize {
		if _, err := file.ReadAt(entry, at); err != nil {
			return sessions, spared
		}
		session := int(binary.NativeEndian.Uint64(entry))
		if session != 0 {
			sessions[max(session, -session)] = session < 0
		}
		if daemons := binary.NativeEndian.Uint64(entry[8:]); daemons != 0 {
			spared[daemons] = true
		}
	}
}

// fingerprint makes an ID fit into an account.
func fingerprint(id string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, id)
	return h.Sum64()
}
