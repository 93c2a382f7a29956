package ports

// Owner tells which process listens on port, on whatever address, or else which holds
// it by a connection. Of several that share it (a server and its workers) it is the one
// with the lowest pid. command is the kernel's short name for it (proc_pid_comm(5)),
// with ? for what cannot be printed. It is not ok when nobody has the port, and when we
// may not know: another user's process unless we are root, another container's, and any
// on a system other than Linux.
func Owner(port int) (pid int, command string, ok bool) {
	holder, held := holderOf(socketsOn(port))
	if !held {
		return 0, "", false
	}
	pid, command = processWith(holder.Inode)
	return pid, command, pid != 0
}
