package output

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"strconv"
	"unicode/utf8"
)

// NewJSON returns a sink that writes one object a line:
//
//	{"time":"2025-01-02T15:04:05.000000000Z","type":"web","instance":"web.1","pid":7,"launch":1,"stream":"stdout","message":"hello"}
//
// What else an object may have: "raw", the line in base64, if it is not UTF-8, where
// message has U+FFFD for each wrong byte; "cut":true in a piece of a line that goes on in
// the next object of this stream; "json", the line itself without the white space around it,
// if it is an object; "event" and "cause" of system records. A system record that concerns no instance has the type and
// instance "system" and neither pid nor launch.
func NewJSON(w io.Writer) Sink {
	return &jsonSink{w: newWriter(w)}
}

type jsonSink struct {
	w    writer
	out  []byte
	head []byte // of every object of a batch, up to the message
	tail []byte // and what follows it
}

func (j *jsonSink) Write(b *Batch) error {
	j.head, j.tail = appendHead(j.head[:0], b), appendTail(j.tail[:0], b)
	out := j.out[:0]
	for line := range b.Lines() {
		out = append(out, j.head...)
		out = appendMessage(out, line, b.Cut)
		out = append(out, j.tail...)
		if len(out) >= flushAt {
			if err := j.w.write(out); err != nil {
				return err
			}
			out = out[:0]
		}
	}
	j.out = out
	return j.w.write(out)
}

func appendHead(p []byte, b *Batch) []byte {
	src := b.Source
	if src == (Source{}) {
		src = Source{systemName, systemName}
	}
	p = append(p, `{"time":"`...)
	p = b.Time.UTC().AppendFormat(p, "2006-01-02T15:04:05.000000000Z")
	p, _ = appendString(append(p, `","type":`...), []byte(src.Type))
	p, _ = appendString(append(p, `,"instance":`...), []byte(src.Instance))
	if b.Launch > 0 {
		p = strconv.AppendInt(append(p, `,"pid":`...), int64(b.PID), 10)
		p = strconv.AppendInt(append(p, `,"launch":`...), int64(b.Launch), 10)
	}
	p = append(append(p, `,"stream":"`...), b.Stream.String()...)
	return append(p, `","message":`...)
}

func appendTail(p []byte, b *Batch) []byte {
	if b.Cut {
		p = append(p, `,"cut":true`...)
	}
	if b.Stream == System {
		p, _ = appendString(append(p, `,"event":`...), []byte(b.Event))
		p, _ = appendString(append(p, `,"cause":`...), []byte(b.Cause))
	}
	return append(p, "}\n"...)
}

// appendMessage appends the line as a string, and what else it is.
func appendMessage(p, line []byte, cut bool) []byte {
	p, valid := appendString(p, line)
	value := bytes.Trim(line, " \t\r") // what is white space in JSON (RFC 8259 section 2)
	switch {
	case !valid:
		p = append(p, `,"raw":"`...)
		p = base64.StdEncoding.AppendEncode(p, line)
		p = append(p, '"')
	case !cut && isObject(value):
		p = append(append(p, `,"json":`...), value...)
	}
	return p
}

// isObject says whether value is a JSON object that can be put into another. Parsers bound
// the depth, encoding/json at 10000: what might come near that stays a message.
func isObject(value []byte) bool {
	return len(value) > 0 && value[0] == '{' &&
		bytes.Count(value, []byte("{"))+bytes.Count(value, []byte("[")) < 10000 && json.Valid(value)
}

// appendString appends s as a JSON string (RFC 8259 section 7) and reports whether s is
// UTF-8.
func appendString(p, s []byte) (quoted []byte, valid bool) {
	const hex = "0123456789abcdef"
	p, valid = append(p, '"'), true
	done := 0 // s[:done] is appended
	for i := 0; i < len(s); {
		c, n := s[i], 1
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			var r rune
			if r, n = utf8.DecodeRune(s[i:]); r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
		}
		p = append(p, s[done:i]...)
		switch {
		case c >= utf8.RuneSelf:
			p, valid = utf8.AppendRune(p, utf8.RuneError), false
		case c == '"' || c == '\\':
			p = append(p, '\\', c)
		case c == '\t':
			p = append(p, '\\', 't')
		default:
			p = append(p, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i += n
		done = i
	}
	return append(append(p, s[done:]...), '"'), valid
}
