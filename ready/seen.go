package ready

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"supervise/ports"
)

// Seen says what was seen of k instead of readiness: "listens on 3000, not on $PORT 5000",
// "listens on nothing", "GET /healthz gave 503", "said STATUS=loading, not READY=1". It is
// "" when nobody waits for k. For a port it looks for itself, which takes milliseconds.
func (p *Prober) Seen(k Key) string {
	p.mu.Lock()
	w := p.waiting[k]
	if w == nil {
		p.mu.Unlock()
		return ""
	}
	answer, asking := w.answer, w.asking
	p.mu.Unlock()
	switch {
	case w.Kind == Alive:
		return "has not lived for " + aliveFor.String()
	case w.Kind == Notify:
		return w.Socket.said()
	case answer != "":
		return answer
	case asking:
		return "GET " + w.Path + " has no answer yet"
	default:
		return (&view{listening: p.listening}).listens(w.Target)
	}
}

// listens says where t listens, and who has its port if that is somebody else.
func (v *view) listens(t Target) string {
	found, blind := v.portsOf(t)
	own := "listens on " + list(found)
	switch {
	case slices.Contains(found, t.Port):
		return own
	case len(v.on(t.Port)) > 0 && len(found) > 0:
		return own + ", and " + holder(t.Port)
	case len(v.on(t.Port)) > 0:
		return holder(t.Port)
	case len(found) > 0:
		return fmt.Sprintf("%s, not on $PORT %d", own, t.Port)
	case blind:
		return fmt.Sprintf("nobody listens on $PORT %d", t.Port)
	default:
		return "listens on nothing"
	}
}

func holder(port int) string {
	if pid, command, ok := ports.Owner(port); ok {
		return fmt.Sprintf("$PORT %d is pid %d's (%s)", port, pid, command)
	}
	return fmt.Sprintf("$PORT %d is somebody else's", port)
}

// portsOf lists the ports on which t listens, in ascending order. It is blind if there
// may be others.
func (v *view) portsOf(t Target) (found []int, blind bool) {
	v.on(t.Port)
	for pid := range v.census().members(t) {
		inodes, err := ports.Sockets(pid)
		blind = blind || hidden(pid, err)
		for port, on := range v.byPort {
			if _, ok := among(on, inodes); ok {
				found = append(found, port)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), blind
}

// list says at most three of them.
func list(found []int) string {
	var words []string
	for _, port := range found {
		words = append(words, strconv.Itoa(port))
	}
	if n := len(words); n > 3 {
		words = append(words[:3], fmt.Sprintf("%d more", n-3))
	}
	if n := len(words); n > 1 {
		words = append(words[:n-2], words[n-2]+" and "+words[n-1])
	}
	return strings.Join(words, ", ")
}
