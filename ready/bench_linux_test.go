package ready

import (
	"net"
	"testing"
	"time"

	"supervise/ports"
)

// One look at 1,000 launches that wait: nobody listens on their ports, or each listens on
// its own, or strangers have all of them.
func BenchmarkLook(b *testing.B) {
	const n = 1000
	var listeners []int
	for range n {
		listener := check(net.Listen("tcp4", "127.0.0.1:0"))
		defer listener.Close()
		listeners = append(listeners, portOf(listener))
	}
	for name, target := range map[string]func(i int) Target{
		"nobody":    func(int) Target { return Target{Kind: Port, Port: 1, Leader: 1} },
		"strangers": func(i int) Target { return Target{Kind: Port, Port: listeners[i], Leader: 1 << 30} },
	} {
		b.Run(name, func(b *testing.B) {
			p := &Prober{listening: ports.Listening, waiting: map[Key]*wait{}, timer: time.NewTimer(time.Hour)}
			for i := range n {
				p.waiting[Key{"web", i}] = &wait{Target: target(i), key: Key{"web", i}}
			}
			for b.Loop() {
				for _, w := range p.waiting {
					w.looked = time.Time{}
				}
				p.look()
			}
		})
	}
}
