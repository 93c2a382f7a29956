package process

import (
	"os"
	"syscall"
)

// Become executes s in the place of this process (execve(2)): Argv, Env and Dir count,
// the rest of s does not. Streams, terminal, process group, limits and ignored signals
// stay as they are. It returns only if that failed; we may then stand in s.Dir.
func Become(s Spec) error {
	path, err := LookPath(s.Argv[0], s.Env, s.Dir)
	if err != nil {
		return err
	}
	if err := os.Chdir(from(s.Dir, ".")); err != nil {
		return err
	}
	err = syscall.Exec(path, s.Argv, s.Env)
	if err == syscall.ENOEXEC && isText(path) {
		err = syscall.Exec(shell, append([]string{shell, path}, s.Argv[1:]...), s.Env)
	}
	return explain(err, path, Spec{Argv: s.Argv, Env: s.Env})
}
