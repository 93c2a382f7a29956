package control

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// protocol is what a connection is upgraded to when a client attaches to a terminal.
const protocol = "supervise-terminal/1"

// instanceHeader names the instance in the answer to that.
const instanceHeader = "Supervise-Instance"

// What the two ends tell each other then.
const (
	frameTyped  byte = 't' // by the client: what was typed
	frameWindow byte = 'w' // by the client: a windowSize
	frameTaken  byte = 'k' // by the server: one more frameTyped is typed
	frameOutput byte = 'o' // by the server: what has appeared, raw
	frameNotice byte = 'n' // by the server: what supervise says about the instance
	frameEnd    byte = 'e' // by the server: an End, and nothing after it
)

const (
	maxTyped    = 4 << 10   // bytes of a frameTyped
	typedWindow = 16        // of them may be on their way
	maxFrame    = 256 << 10 // bytes of any frame
)

// frame is one such word: its kind, the length of its data in four bytes (big-endian), its data.
type frame struct {
	kind byte
	data []byte
}

func jsonFrame(kind byte, v any) frame {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // a type of ours that JSON does not know
	}
	return frame{kind, data}
}

func (f frame) writeTo(w io.Writer) error {
	head := binary.BigEndian.AppendUint32([]byte{f.kind}, uint32(len(f.data)))
	_, err := w.Write(append(head, f.data...))
	return err
}

// readFrame reads one of at most so many bytes. A stream that ends between two is [io.EOF].
func readFrame(r io.Reader, most uint32) (f frame, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return f, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > most {
		return f, fmt.Errorf("a frame of %d bytes, at most %d are allowed", size, most)
	}
	f = frame{head[0], make([]byte, size)}
	if _, err = io.ReadFull(r, f.data); err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return f, err
}
