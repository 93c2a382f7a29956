package cli

import (
	"errors"
	"testing"

	"supervise/process"
)

func TestTheArithmeticOfLimits(t *testing.T) {
	files := func(most, used int) process.Limit { return process.Limit{Name: "ulimit -n", Max: most, Used: used} }
	pids := process.Limit{Name: "pids.max in /sys/fs/cgroup/app", Max: 512}
	for _, c := range []struct {
		demand     demand
		n          int
		want, hint string
	}{
		{demand{"open files", 4, 32, 0, files(1024, 9)}, 248, "", ""},
		{demand{"open files", 4, 32, 0, files(1024, 9)}, 249,
			"cannot run 249 instances: they need 1,028 open files, and the limit is 1,024 (ulimit -n); 248 fit",
			"4 for each and 32 for all else; raise the limit with ulimit -n, in systemd LimitNOFILE=, in docker --ulimit nofile="},
		{demand{"open files", 4, 32, 0, files(1024, 9)}, 1000,
			"cannot run 1000 instances: they need 4,032 open files, and the limit is 1,024 (ulimit -n); 248 fit",
			"4 for each and 32 for all else; raise the limit with ulimit -n, in systemd LimitNOFILE=, in docker --ulimit nofile="},
		{demand{"open files", 4, 32, 0, files(20, 9)}, 1,
			"cannot run 1 instance: it needs 36 open files, and the limit is 20 (ulimit -n); 0 fit",
			"4 for each and 32 for all else; raise the limit with ulimit -n, in systemd LimitNOFILE=, in docker --ulimit nofile="},
		{demand{"processes and threads", 1, 20, 0, pids}, 493,
			"cannot run 493 instances: they need 513 processes and threads, and the limit is 512 (pids.max in /sys/fs/cgroup/app); 492 fit",
			"1 for each and 20 for all else; raise the limit in systemd with TasksMax=, in docker with --pids-limit"},
		// 100 run and have 300 with all else, so that there is room for 212 more.
		{demand{"processes and threads", 1, 300, 100, pids}, 312, "", ""},
		{demand{"processes and threads", 1, 300, 100, pids}, 313,
			"cannot run 313 instances: they need 513 processes and threads, and the limit is 512 (pids.max in /sys/fs/cgroup/app); 312 fit",
			"1 for each and 300 for all else; raise the limit in systemd with TasksMax=, in docker with --pids-limit"},
		// There are too many already.
		{demand{"processes and threads", 1, 600, 100, pids}, 101,
			"cannot run 101 instances: they need 601 processes and threads, and the limit is 512 (pids.max in /sys/fs/cgroup/app); 100 fit",
			"1 for each and 600 for all else; raise the limit in systemd with TasksMax=, in docker with --pids-limit"},
		{demand{"processes and threads", 1, 1990, 0, process.Limit{Name: "ulimit -u", Max: 2000}}, 1000,
			"cannot run 1000 instances: they need 2,990 processes and threads, and the limit is 2,000 (ulimit -u); 10 fit",
			"1 for each and 1,990 for all else; raise the limit with ulimit -u, in systemd LimitNPROC=, in docker --ulimit nproc="},
		{demand{"processes and threads", 1, 32760, 0, process.Limit{Name: "kernel.pid_max", Max: 32768}}, 1000,
			"cannot run 1000 instances: they need 33,760 processes and threads, and the limit is 32,768 (kernel.pid_max); 8 fit",
			"1 for each and 32,760 for all else; raise the limit with sysctl -w kernel.pid_max="},
		{demand{"open files", 4, 32, 0, process.Limit{}}, 1000, "", ""}, // nobody knows the limit
	} {
		err, got, hint := c.demand.admits(c.n), "", ""
		var p *problem
		if errors.As(err, &p) {
			got, hint = p.Error(), p.hint
			if p.code != exitFailure {
				t.Errorf("%q has the exit code %d, want %d", got, p.code, exitFailure)
			}
		}
		if got != c.want || hint != c.hint {
			t.Errorf("%d of %+v:\n got %q\nhint %q\nwant %q\nhint %q", c.n, c.demand, got, hint, c.want, c.hint)
		}
	}
}

func TestNumbersAreGroupedByThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 5031: "5,031", 1048576: "1,048,576"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}
