package procfile

import "strings"

// Names that mean something else to a shell than to execve(2) and the environment:
// what POSIX, dash 0.5.12, bash 5.2, busybox 1.36 and mksh R59 have between them.
const (
	// Reserved words (POSIX, XCU 2.4, and bash's), builtins and mksh's aliases. Some are programs
	// too, but print or parse differently: echo, printf, test, kill, time.
	shellWords = ` ! { } [[ ]] case coproc do done elif else esac fi for function if in select then time until while` +
		` . : [ alias autoload bg bind break builtin caller cd chdir command compgen complete compopt continue declare dirs disown` +
		` echo enable eval exec exit export false fc fg functions getopts hash help history integer jobs kill let local login logout` +
		` mapfile nameref popd print printf pushd pwd r read readarray readonly realpath rename return set shift shopt source suspend test` +
		` times trap true type typeset ulimit umask unalias unset wait whence `

	// Variables that a shell sets or resets when it starts, computes, or acts on.
	setByShell = ` _ COLUMNS DIRSTACK EGID EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GID GROUPS HISTCMD IFS KSHEGID KSHGID KSHUID` +
		` KSH_VERSION LINENO LINES MAPFILE OLDPWD OPTARG OPTERR OPTIND PATH PATHSEP PGRP PIPESTATUS PPID PS1 PS2 PS3 PS4` +
		` PWD RANDOM REPLY SECONDS SHELLOPTS SHLVL SRANDOM UID USER_ID `

	// Variables that some shell sets if the environment has not.
	defaultsOfShell = ` ENV FCEDIT HOME HOSTNAME HOSTTYPE LOGNAME MACHTYPE MAIL MAILCHECK MAILPATH OSTYPE POSIXLY_CORRECT SHELL TERM TMOUT USER `
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
