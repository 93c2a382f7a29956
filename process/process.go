package process

// process is what a census says of one.
type process struct {
	pid, parent    int
	group, session int
	state          byte // R, S, D, Z …, as proc_pid_stat(5) has them
	threads        int
	start          uint64 // with pid this names a process for good
	command        string
}

// alive is false for a zombie; whose first thread alone has ended looks like one.
func (p *process) alive() bool {
	return p.state != 'Z' && p.state != 'X' || p.threads > 1
}

func (p *process) member() Member {
	return Member{PID: p.pid, Command: p.command, Stuck: p.state == 'D'}
}

// naming is what a process's environment says of its launch.
type naming uint8

const (
	named    naming = iota // all there is to say
	nameless               // nothing: it was started without one, or has overwritten it
	unborn                 // nothing yet: it is executing its program
)
