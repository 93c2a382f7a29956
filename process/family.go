package process

import (
	"os"
	"syscall"
)

// family knows whose each process is. A process is a launch's when it is in the session
// of its leader; else when SUPERVISE_ID in its environment says so; else when its parent
// is. Who was recognised once stays so, for programs overwrite their environment
// (nginx, postgres) and fathers die.
type family struct {
	self     int
	guardian int // who is neither a launch's nor a stranger; 0: there is none
	procs    *lister
	id       func(pid int) (string, naming) // what its environment says
	leaders  map[int]*launch                // by pid, which is their group's and session's number too
	ids      map[string]*launch
	known    map[int]relative // our descendants, as they were recognised

	all     []process   // the last census
	blind   error       // why there is none
	suspect *launch     // whose a nameless orphan is
	unsure  bool        // somebody will be recognised only when it runs
	index   map[int]int // pid to place in all
	kin     []kinship   // by place in all
}

type relative struct {
	start uint64
	of    *launch // nil: of nobody
}

// kinship of one process at a census.
type kinship struct {
	looked, ours bool
	of           *launch
}

func newFamily() *family {
	procs := newLister()
	return &family{
		self:    os.Getpid(),
		procs:   procs,
		id:      procs.id,
		leaders: map[int]*launch{},
		ids:     map[string]*launch{},
		known:   map[int]relative{},
		index:   map[int]int{},
	}
}

func (f *family) close() { f.procs.close() }

// adopted tells whether orphans of our tree may be our children. False is certain.
func (f *family) adopted() bool { return f.procs.adopted(f.self) }

func (f *family) add(l *launch) {
	f.leaders[l.pid] = l
	if l.spec.ID != "" {
		f.ids[l.spec.ID] = l
	}
}

func (f *family) drop(l *launch) {
	if f.leaders[l.pid] == l { // the number may be another's by now
		delete(f.leaders, l.pid)
	}
	if !l.spares { // spared daemons are recognised to the end
		delete(f.ids, l.spec.ID)
	}
}

// told tells whether we get a SIGCHLD when the last of these dies.
func (f *family) told(left []process) bool {
	for _, p := range left {
		if p.parent == f.self {
			return true
		}
	}
	return len(left) == 0
}

// list takes the census: everybody, as the kernel has them.
func (f *family) list() {
	f.all, f.blind = f.procs.list(f.all[:0])
	clear(f.index)
	for i, p := range f.all {
		f.index[p.pid] = i
	}
	f.kin = append(f.kin[:0], make([]kinship, len(f.all))...)
}

// nobody is the census of a family that has no orphans.
func (f *family) nobody() {
	f.all, f.kin, f.unsure = f.all[:0], f.kin[:0], false
}

// sort fills in left of every launch. When it is calm, that is no fork is in flight, a
// nameless orphan that has turned up since the last census is taken for the child of the
// leader that is dead and not reaped, if there is one alone.
func (f *family) sort(launches map[Key]*launch, calm bool) {
	for _, l := range launches {
		l.left, l.spares = l.left[:0], false
	}
	if f.blind != nil {
		f.unsure = Transient(f.blind)
		f.countGroups(launches)
		return
	}
	f.suspect, f.unsure = nil, false
	if calm {
		f.suspect = f.onlyZombie()
	}
	known := make(map[int]relative, len(f.known))
	for i := range f.all {
		p, k := &f.all[i], f.look(i)
		if k.ours {
			known[p.pid] = relative{p.start, k.of}
		}
		switch {
		case k.of == nil || !p.alive() || p.pid == k.of.pid:
		case f.spared(p, k.of):
			k.of.spares = true
		default:
			k.of.left = append(k.of.left, *p)
		}
	}
	f.known = known
}

// onlyZombie is the launch whose leader is dead and not reaped, nil if there are more.
func (f *family) onlyZombie() (only *launch) {
	for pid, l := range f.leaders {
		if i, ok := f.index[pid]; !ok || l.death != nil || f.all[i].alive() {
			continue
		}
		if only != nil {
			return nil
		}
		only = l
	}
	return only
}

// strangers is everybody alive whom a sweep must end, after sort.
func (f *family) strangers() []process {
	if f.blind != nil && f.self == 1 && syscall.Kill(-1, 0) == nil {
		return []process{{pid: -1}}
	}
	var all []process
	for i := range f.all {
		p, k := &f.all[i], f.kin[i]
		if p.alive() && p.pid != f.self && (f.self == 1 || k.ours && !f.spared(p, k.of)) {
			all = append(all, *p)
		}
	}
	return all
}

// home is the launch in whose session or group p is, if it is in one's.
func (f *family) home(p *process) *launch {
	if l := f.leaders[p.session]; l != nil {
		return l
	}
	return f.leaders[p.group]
}

func (f *family) spared(p *process, l *launch) bool {
	return l != nil && l.spec.LeaveDaemons && f.home(p) != l
}

// look finds the kinship of the i-th process.
func (f *family) look(i int) kinship {
	if f.kin[i].looked {
		return f.kin[i]
	}
	p := &f.all[i]
	f.kin[i].looked = true // numbers that were reused meanwhile could make a circle
	if p.pid == f.guardian {
		return f.kin[i]
	}
	var k kinship
	if p.parent == f.self {
		k.ours = true
	} else if j, ok := f.parent(p); ok {
		k = f.look(j)
	}
	k.looked = true
	if l := f.home(p); l != nil && (k.ours || !adopts) {
		k.ours, k.of = true, l
	} else if k.ours {
		k.of = f.claim(p, k.of)
	}
	f.kin[i] = k
	return k
}

// parent is the place of p's parent, or of who has adopted p since it was read.
func (f *family) parent(p *process) (int, bool) {
	if j, ok := f.index[p.parent]; ok || p.parent == 0 {
		return j, ok
	}
	if again, ok := f.procs.read(p.pid); ok && again.start == p.start {
		p.parent = again.parent
	}
	j, ok := f.index[p.parent]
	return j, ok
}

// claim decides whose p is, a descendant who has left its session; inherited is whose
// its parent is.
func (f *family) claim(p *process, inherited *launch) *launch {
	before, seen := f.known[p.pid]
	seen = seen && before.start == p.start
	if seen && before.of != nil {
		return before.of
	}
	id, naming := f.id(p.pid)
	if l := f.ids[id]; l != nil {
		return l
	}
	if inherited != nil {
		return inherited
	}
	if naming == unborn {
		f.unsure = true
	}
	if naming == named || seen || p.parent != f.self {
		return nil
	}
	return f.suspect
}

// countGroups is the census without a list of processes: somebody is in the group or not.
func (f *family) countGroups(launches map[Key]*launch) {
	for _, l := range launches {
		if l.death != nil && groupExists(l.pid) {
			l.left = append(l.left, process{pid: -l.pid, group: l.pid, session: l.pid})
		}
	}
}
