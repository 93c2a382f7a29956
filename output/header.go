package output

import (
	"bytes"
	"encoding/binary"
	"time"
)

// headerSize is the length of an encoded header.
const headerSize = 8 + 8 + 4*5 + 1 + 1 + 2

// A header is what a [ring] keeps of a batch before its event, cause, name and data. A name
// is that of an instance which is not the ring's.
type header struct {
	offset, nano             int64
	launch, pid              uint32
	data, event, cause, name int // lengths
	stream                   Stream
	cut                      bool
}

func headerOf(b *Batch, offset int64, name string, data int) header {
	return header{
		offset: offset, nano: b.Time.UnixNano(),
		launch: uint32(b.Launch), pid: uint32(b.PID),
		data: data, event: len(b.Event), cause: len(b.Cause), name: len(name),
		stream: b.Stream, cut: b.Cut,
	}
}

// size returns the length of the whole record.
func (h header) size() int { return headerSize + h.event + h.cause + h.name + h.data }

// batch undoes headerOf. Text is event, cause, name and data.
func (h header) batch(src Source, text []byte) Batch {
	event, text := text[:h.event], text[h.event:]
	cause, text := text[:h.cause], text[h.cause:]
	name, data := text[:h.name], text[h.name:]
	if len(name) > 0 {
		src = Source{Type: string(name[:bytes.LastIndexByte(name, '.')]), Instance: string(name)}
	}
	return Batch{
		Source: src, Launch: int(h.launch), PID: int(h.pid), Stream: h.stream,
		Time: time.Unix(0, h.nano), Offset: h.offset, Data: data, Cut: h.cut,
		Event: string(event), Cause: string(cause),
	}
}

func (h header) encode() (p [headerSize]byte) {
	le := binary.LittleEndian
	le.PutUint64(p[0:], uint64(h.offset))
	le.PutUint64(p[8:], uint64(h.nano))
	le.PutUint32(p[16:], h.launch)
	le.PutUint32(p[20:], h.pid)
	le.PutUint32(p[24:], uint32(h.data))
	le.PutUint32(p[28:], uint32(h.event))
	le.PutUint32(p[32:], uint32(h.cause))
	p[36] = byte(h.stream)
	if h.cut {
		p[37] = 1
	}
	le.PutUint16(p[38:], uint16(h.name))
	return p
}

func decode(p []byte) header {
	le := binary.LittleEndian
	return header{
		offset: int64(le.Uint64(p[0:])), nano: int64(le.Uint64(p[8:])),
		launch: le.Uint32(p[16:]), pid: le.Uint32(p[20:]),
		data:  int(le.Uint32(p[24:])),
		event: int(le.Uint32(p[28:])), cause: int(le.Uint32(p[32:])),
		stream: Stream(p[36]), cut: p[37] == 1,
		name: int(le.Uint16(p[38:])),
	}
}
