package procfile

import "strings"

// Names that mean something else to a shell than to execve(2) and the environment:
// what POSIX, dash 0.5.12, bash 5.2 and busybox 1.36 have between them.
const (
	// Reserved words (POSIX, XCU 2.4, and bash's) and builtins. Some are programs
	// too, but print or parse differently: echo, printf, test, kill, time.
	shellWords = ` ! { } [[ ]] case coproc do done elif else esac fi for function if in select then time until while` +
		` . : [ alias bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs disown` +
		` echo enable eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile` +
		` popd printf pushd pwd read readarray readonly return set shift shopt source suspend test times trap true` +
		` type typeset ulimit umask unalias unset wait `

	// Variables that a shell sets or resets when it starts, computes, or acts on.
	setByShell = ` _ COLUMNS DIRSTACK EGID EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GID GROUPS HISTCMD IFS LINENO LINES MAPFILE` +
		` OLDPWD OPTARG OPTERR OPTIND PATH PIPESTATUS PPID PS1 PS2 PS3 PS4 PWD RANDOM REPLY SECONDS SHELLOPTS SHLVL` +
		` SRANDOM UID `

	// Variables that some shell sets if the environment has not.
	defaultsOfShell = ` ENV FCEDIT HOME HOSTNAME HOSTTYPE LOGNAME MACHTYPE MAIL MAILCHECK MAILPATH OSTYPE POSIXLY_CORRECT SHELL TERM USER `
)

// isShellWord is also true for quoted reserved words, which are none.
func isShellWord(name string) bool { return isListed(shellWords, name) }

func isSetByShell(name string) bool {
	return isListed(setByShell, name) || strings.HasPrefix(name, "BASH") || strings.HasPrefix(name, "COMP_")
}

func isDefaultOfShell(name string) bool {
	return isListed(defaultsOfShell, name) || strings.HasPrefix(name, "HIST")
}

func isListed(list, name string) bool { return strings.Contains(list, " "+name+" ") }
