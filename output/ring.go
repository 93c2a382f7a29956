package output

import "bytes"

// minRing is how many bytes a ring starts with.
const minRing = 128

// A ring is the last records of one instance: header, event, cause, name and data of each, one
// after the other around a buffer that grows fourfold until it has reached its limit: doubled,
// the garbage would be as much again. It has no pointers for the garbage collector to follow.
type ring struct {
	limit   int
	source  Source
	buf     []byte
	start   int   // of the oldest record, in buf
	used    int   // bytes from there on
	dropped int64 // the offset behind the newest record that is not here any more
}

// add keeps b, or as many of its last lines as there is room for.
func (r *ring) add(b *Batch) {
	name := ""
	if b.Source != r.source {
		name = b.Instance
	}
	room := r.limit - headerSize - len(b.Event) - len(b.Cause) - len(name)
	data := lastLines(b.Data, room)
	offset := b.Offset + int64(len(b.Data)-len(data))
	if len(data) < len(b.Data) {
		r.start, r.used, r.dropped = 0, 0, offset
	}
	if len(data) == 0 {
		return
	}
	h := headerOf(b, offset, name, len(data))
	r.reserve(h.size())
	encoded := h.encode()
	r.push(encoded[:])
	r.push([]byte(b.Event))
	r.push([]byte(b.Cause))
	r.push([]byte(name))
	r.push(data)
}

// since returns copies of the lines from cursor on.
func (r *ring) since(cursor int64) []Batch {
	var found []Batch
	for pos := 0; pos < r.used; {
		h := r.header(pos)
		if skip := int(max(cursor-h.offset, 0)); skip < h.data {
			b := h.batch(r.source, r.copy(pos+headerSize, h.size()-headerSize))
			b.Offset, b.Data = b.Offset+int64(skip), b.Data[skip:]
			found = append(found, b)
		}
		pos += h.size()
	}
	return found
}

// reserve makes room for n bytes: by growing, then by dropping the oldest records.
func (r *ring) reserve(n int) {
	for r.used+n > r.limit {
		h := r.header(0)
		r.dropped = h.offset + int64(h.data)
		r.start = (r.start + h.size()) % len(r.buf)
		r.used -= h.size()
	}
	if r.used+n > len(r.buf) {
		bigger := make([]byte, min(r.limit, max(minRing, 4*len(r.buf), r.used+n)))
		copy(bigger, r.copy(0, r.used))
		r.buf, r.start = bigger, 0
	}
}

// push appends p, for which there is room.
func (r *ring) push(p []byte) {
	end := (r.start + r.used) % len(r.buf)
	n := copy(r.buf[end:], p)
	copy(r.buf, p[n:])
	r.used += len(p)
}

// copy returns the n bytes at pos, counted from the start of the oldest record.
func (r *ring) copy(pos, n int) []byte {
	if n == 0 {
		return nil
	}
	p, from := make([]byte, n), (r.start+pos)%len(r.buf)
	copy(p[copy(p, r.buf[from:]):], r.buf)
	return p
}

func (r *ring) header(pos int) header { return decode(r.copy(pos, headerSize)) }

// lastLines returns the last lines of data that fit into room.
func lastLines(data []byte, room int) []byte {
	if len(data) <= room {
		return data
	}
	if room <= 0 {
		return nil
	}
	// A line starts behind the newline before it, which may be the last byte left out.
	end := bytes.IndexByte(data[len(data)-room-1:], '\n')
	return data[len(data)-room-1+end+1:]
}
