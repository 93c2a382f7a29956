package ports

import "fmt"

// Foreman's ports, which Procfile users know by heart.
const (
	DefaultBase = 5000 // where no PORT says otherwise
	DefaultStep = 100  // from one process type to the next
)

// highest is the last port there is (RFC 9293, section 3.1: 16 bits).
const highest = 65535

// release is the process type that never listens: it runs and ends before the others.
const release = "release"

// Scheme places the process types of a Procfile on ports.
type Scheme struct {
	Base int    // the port of the type that leads; there is no default here
	Step int    // from one type to the next, and so the most instances of one; 0 means DefaultStep
	Lead string // the type that gets Base; "" means web, or the first type where there is no web
}

// First gives the port of each type's instance 1; instance n has that port + n - 1.
// types are all those of the Procfile in the file's order, whether they run or not.
// web gets Base wherever it stands, the others follow at Base+Step, Base+2*Step and so
// on; release has no port and no entry. A Lead other than web changes places with it, so
// that all other types keep their ports; one that is not among types is ignored.
//
// Ports may lie outside 1 to 65535, since not every type runs: Fit tells.
func (s Scheme) First(types []string) map[string]int {
	lead := ""
	for _, name := range types {
		if name == "web" || lead == "" && name != release {
			lead = name
		}
	}
	first := make(map[string]int, len(types))
	next := s.Base
	for _, name := range types {
		if name != release && name != lead {
			next += s.step()
			first[name] = next
		}
	}
	if lead == "" {
		return first
	}
	first[lead] = s.Base
	if place, found := first[s.Lead]; found {
		first[lead], first[s.Lead] = place, s.Base
	}
	return first
}

// Fit tells whether so many instances of the type called name have a port of their own
// each if its instance 1 has first. The error names the type and either the step that
// they would need or the port that does not exist.
func (s Scheme) Fit(name string, first, instances int) error {
	if instances > s.step() {
		return fmt.Errorf("cannot give %d instances of %s a port each: that needs a port step of at least %d, not %d",
			instances, name, instances, s.step())
	}
	for _, port := range []int{first, first + instances - 1} {
		if instances > 0 && !valid(port) {
			return fmt.Errorf("cannot give %s port %d (base %d, step %d): ports go from 1 to %d",
				name, port, s.Base, s.step(), highest)
		}
	}
	return nil
}

func (s Scheme) step() int {
	if s.Step == 0 {
		return DefaultStep
	}
	return s.Step
}

func valid(port int) bool { return 1 <= port && port <= highest }
