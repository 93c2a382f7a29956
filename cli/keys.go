package cli

import "supervise/control"

const (
	escapeKey  = 0x1d // Ctrl-]
	detachKey  = 'd'
	suspendKey = 0x1a // Ctrl-Z
)

// keys tells what is meant for attach from what is to be typed.
type keys struct{ escaped bool }

// next takes what the keyboard sent: what is to be typed of it until a command, the command's
// key, or 0, and the rest.
func (k *keys) next(p []byte) (typed []byte, command byte, rest []byte) {
	for i, c := range p {
		switch {
		case !k.escaped:
			k.escaped = c == escapeKey
			if !k.escaped {
				typed = append(typed, c)
			}
			continue
		case c == detachKey, c == suspendKey:
			k.escaped = false
			return typed, c, p[i+1:]
		case c != escapeKey: // not ours: both are the instance's
			typed = append(typed, escapeKey)
		}
		k.escaped = false
		typed = append(typed, c)
	}
	return typed, 0, nil
}

// typeTo types until stdin or a ends.
func (s *screen) typeTo(a *control.Attachment) {
	buffer, keys := make([]byte, 4<<10), keys{}
	for {
		n, err := s.std.In.Read(buffer)
		if n > 0 && !s.typed(a, &keys, buffer[:n]) {
			return
		}
		if err != nil {
			a.Flush()
			s.detach(a)
			return
		}
	}
}

// typed passes keys on, and says whether more can be.
func (s *screen) typed(a *control.Attachment, k *keys, p []byte) bool {
	if !s.raw {
		return a.Type(p) == nil
	}
	for len(p) > 0 {
		typed, command, rest := k.next(p)
		if command == detachKey {
			s.detach(a)
			return false
		}
		if a.Type(typed) != nil {
			return false
		}
		if command == suspendKey {
			s.suspend()
		}
		p = rest
	}
	return true
}

// detach ends it, though the instance may have more to say.
func (s *screen) detach(a *control.Attachment) {
	s.detached.Store(true)
	a.Close()
}
