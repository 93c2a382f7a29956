package process

import "syscall"

// deliver signals p, as a census has seen it, and nobody who has its number by now. The
// error is that of sig; that p is no more is none. A negative pid is a group.
func (l *lister) deliver(p process, sigs []syscall.Signal) (sig syscall.Signal, err error) {
	h := hold(p.pid)
	defer h.release()
	if now, ok := l.read(p.pid); p.pid > 0 && (!ok || now.start != p.start) {
		return 0, nil
	}
	for _, sig := range sigs {
		if err := h.signal(sig); err != nil {
			return sig, err
		}
	}
	return 0, nil
}
