package control

import (
	"math"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// Instance is an instance as ps -o json shows it.
type Instance struct {
	Name     string  `json:"instance"`
	Type     string  `json:"type"`
	State    string  `json:"state"`          // in the words of [supervisor.State]
	Ready    bool    `json:"ready"`          // or up, where nobody probes the type
	Probe    string  `json:"probe"`          // what shows that: port, http, notify, alive or done
	PID      int     `json:"pid"`            // of the leader; 0: none alive
	Port     int     `json:"port"`           // 0: it has none
	Launch   int     `json:"launch"`         // 0: never launched
	Restarts int     `json:"restarts"`       // launches after the first
	Uptime   float64 `json:"uptime_seconds"` // of the launch; 0: none alive
	LastExit *Exit   `json:"last_exit"`      // nil: none of its launches has ended
	Cause    string  `json:"cause"`          // of its last change
	*Usage           // nil: not known

	Requests *Requests `json:"requests,omitempty"` // nil: it is not behind a front door

	Changes []Event `json:"changes,omitempty"` // the last 20, only of one that was asked for
}

// Exit is how a launch ended.
type Exit struct {
	Code   int  `json:"code"`             // as a shell tells it: 128+n for a signal
	Signal int  `json:"signal,omitempty"` // that killed it; 0: none
	Core   bool `json:"core,omitempty"`   // the kernel wrote a core file
}

// Usage is what the processes of an instance use.
type Usage struct {
	CPU    float64 `json:"cpu_percent"`  // 100 is one processor
	Memory int64   `json:"memory_bytes"` // resident
}

// Requests is what goes through the front door: to an instance, all its launches together,
// or in all.
type Requests struct {
	PerSecond float64        `json:"per_second"` // over the last 10 s
	InFlight  int            `json:"in_flight"`
	Queue     float64        `json:"queue_seconds"` // that those had to wait for an instance, on average
	Answers   map[int]uint64 `json:"answers"`       // by status code, since the start
}

// FrontDoor is the front door itself. Its Answers are all, its own refusals too.
type FrontDoor struct {
	Address string `json:"address"`
	Requests
	Waiting     int `json:"waiting"`     // requests, for an instance that is ready
	Connections int `json:"connections"` // of clients
}

// Event is what happened: the instance as it is after it, and what is new. An event of
// the run has no Instance.
type Event struct {
	Seq  uint64    `json:"seq,omitempty"`
	Time time.Time `json:"time,omitzero"`
	Kind string    `json:"kind,omitempty"` // in the words of [supervisor.Kind]
	*Instance

	From  string   `json:"from,omitempty"`          // the state before, if it was another
	Cause string   `json:"cause,omitempty"`         // why, for people
	Text  string   `json:"text,omitempty"`          // the line that supervise says about it
	Error string   `json:"error,omitempty"`         // what went wrong
	Delay float64  `json:"delay_seconds,omitempty"` // until the next launch
	Grace float64  `json:"grace_seconds,omitempty"` // until what is asked for is enforced
	Left  []string `json:"left,omitempty"`          // processes that its leader left behind
	Live  int      `json:"live,omitempty"`          // instances that are not gone
	Code  int      `json:"code,omitempty"`          // of the run

	// Lost counts the events before the next one that came faster than they were
	// read. There is nothing else in an Event that says so.
	Lost uint64 `json:"lost,omitempty"`
}

// ReloadResult says what a reload found.
type ReloadResult struct {
	Difference []string `json:"difference,omitempty"` // lines for people, values masked
	Changed    []string `json:"changed,omitempty"`    // process types that are restarted, by a roll
	Removed    []string `json:"removed,omitempty"`    // process types that are stopped
	Added      []string `json:"added,omitempty"`      // instances, like web.1, that are started
}

// order is the body of a POST. Which fields count is the command's.
type order struct {
	Instances []string `json:"instances,omitempty"` // or process types
	AllAtOnce bool     `json:"all_at_once,omitempty"`
	Signal    int      `json:"signal,omitempty"`
	Counts    []string `json:"counts,omitempty"` // TYPE=N, TYPE=+N, TYPE=-N
}

// accepted is the answer to it: what it is about, as it was before.
type accepted struct {
	Seq    uint64         `json:"seq"` // of the last event before
	Before []Instance     `json:"before"`
	Counts map[string]int `json:"counts,omitempty"`
	Reload *ReloadResult  `json:"reload,omitempty"`
}

// refusal is the answer to what is wrong.
type refusal struct {
	Error string   `json:"error"`
	Known []string `json:"known,omitempty"` // the names there are, when one is not among them
}

// lost takes the place of what a stream has dropped.
type lost struct {
	Lost uint64 `json:"lost"`
}

// windowSize is that of a client's window; 0: it has none.
type windowSize struct {
	Columns int `json:"columns"`
	Rows    int `json:"rows"`
}

// End is why an attachment has ended by itself.
type End struct {
	Reason string `json:"reason"`
	Code   int    `json:"code"` // the exit code of the instance's last launch; 0 if it had none
}

// line is a record as --log-format json writes it: output is who writes it.
type line struct {
	Time                   time.Time
	Type, Instance, Stream string
	Launch, PID            int
	Message                string
	Raw                    []byte // instead of Message, if that is not all
	Cut                    bool
	Event, Cause           string
	Lost                   uint64
}

func (l line) batch() output.Batch {
	b := output.Batch{
		Source: output.Source{Type: l.Type, Instance: l.Instance},
		Launch: l.Launch, PID: l.PID, Time: l.Time, Cut: l.Cut, Event: l.Event, Cause: l.Cause,
		Data: append([]byte(l.Message), '\n'),
	}
	if b.Instance == system {
		b.Source = output.Source{}
	}
	if l.Raw != nil {
		b.Data = append(l.Raw, '\n')
	}
	for _, s := range []output.Stream{output.Stdout, output.Stderr, output.TTY, output.System} {
		if s.String() == l.Stream {
			b.Stream = s
		}
	}
	return b
}

// instance is what the API shows of an instance whose last event is e.
func (o *Options) instance(e supervisor.Event, now time.Time) Instance {
	i := Instance{
		Name: e.ID.String(), Type: e.ID.Type, State: e.To.String(), Ready: o.ready(e), Probe: o.readiness(e.ID.Type).String(),
		PID: e.PID, Launch: e.Launch, Restarts: e.Restarts, Cause: e.Cause,
	}
	if o.Ports != nil {
		i.Port = o.Ports(e.ID)
	}
	if e.HasLast {
		i.LastExit = &Exit{Code: e.Last.ExitCode(), Signal: e.Last.Signal, Core: e.Last.Core}
	}
	if e.PID != 0 {
		i.Uptime = seconds(now.Sub(e.Since))
	}
	return i
}

// ready says that an instance does what it is there for.
func (o *Options) ready(e supervisor.Event) bool {
	return e.Ready || e.To == supervisor.Up && o.readiness(e.ID.Type) == supervisor.ReadyUnprobed
}

func (o *Options) types() []string {
	if o.Types == nil {
		return nil
	}
	return o.Types()
}

func (o *Options) readiness(processType string) supervisor.ReadyKind {
	if o.Readiness == nil {
		return supervisor.ReadyUnprobed
	}
	return o.Readiness(processType)
}

func (o *Options) event(e supervisor.Event) Event {
	w := Event{
		Seq: e.Seq, Time: e.Time, Kind: e.Kind.String(), Cause: e.Cause,
		Delay: seconds(e.Delay), Grace: seconds(e.Grace), Live: e.Live, Code: e.Code,
	}
	if e.ID != (supervisor.ID{}) {
		i := o.instance(e, e.Time)
		if e.Kind == supervisor.KindExited {
			i.Uptime = seconds(e.Uptime) // that it had
		}
		w.Instance = &i
	}
	if e.From != e.To {
		w.From = e.From.String()
	}
	if e.Err != nil {
		w.Error = e.Err.Error()
	}
	if o.Narrate != nil {
		w.Text = o.Narrate(e)
	}
	for _, m := range e.Left {
		w.Left = append(w.Left, m.String())
	}
	return w
}

// seconds is a duration to the millisecond.
func seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }
