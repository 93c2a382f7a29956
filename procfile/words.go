package procfile

import (
	"regexp"
	"slices"
	"strings"

	shellwords "github.com/mattn/go-shellwords"
)

// Command is how a command of a Procfile is to be executed.
type Command struct {
	Argv  []string // the words themselves, or "/bin/sh", "-c" and the whole command
	Env   []string // leading NAME=value, to be set over the environment in this order; nil for Shell
	Shell bool     // the command goes, untouched, to a shell
	Why   string   // for Shell: the reason, as in `uses "&&"` or `$OPTS would be split`
}

// Words splits a command into the words that /bin/sh would have made of it (POSIX,
// XCU 2.2 to 2.9.1), so that no shell has to stand between supervise and the app.
// That is possible for words, quotes, backslashes, $NAME, ${NAME} and leading
// NAME=value. Where the shell may differ, because it has more to do, or because
// dash, bash and busybox disagree, the command is left to it.
//
// lookup finds a variable of the environment that the command will get. In
// "A=1 app $A" the shell expands A before it assigns it, and so does Words.
//
// A command may still turn out not to exist, or to be a script without a #! line,
// which a shell would run and execve(2) refuses with ENOEXEC.
func Words(command string, lookup func(name string) (string, bool)) Command {
	s := wordScanner{text: command, lookup: lookup}
	why := s.scan()
	if why == "" {
		why = assignmentFlaw(s.assignments())
	}
	if why == "" {
		var c Command
		if c, why = s.split(); why == "" {
			return c
		}
	}
	return Command{Argv: []string{"/bin/sh", "-c", command}, Shell: true, Why: why}
}

var assignment = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=`)

// assignments are the words before the command's name.
func (s *wordScanner) assignments() []plainWord {
	for i, w := range s.words {
		if !assignment.MatchString(w.text) {
			return s.words[:i]
		}
	}
	return s.words
}

// assignmentFlaw is why leading assignments are more than additions to the
// environment, or "".
func assignmentFlaw(words []plainWord) string {
	var assigned []string
	for _, w := range words {
		for _, name := range w.references {
			if slices.Contains(assigned, name) {
				// dash assigns one after the other, as bash does; POSIX does not say.
				return "$" + name + " is assigned before it"
			}
		}
		name := assignment.FindStringSubmatch(w.text)[1]
		if isSetByShell(name) {
			return "assigns " + name
		}
		assigned = append(assigned, name)
	}
	return ""
}

// split makes a command of the scanned text, or says why it cannot.
func (s *wordScanner) split() (Command, string) {
	n := len(s.assignments())
	if n == len(s.words) {
		return Command{}, "has no command"
	}
	raw := s.words[n].text
	name, err := s.parse(raw)
	switch {
	case err != nil || len(name) != 1 || name[0] == "":
		return Command{}, "its command is empty"
	case strings.Contains(raw, "="):
		return Command{}, "may be an assignment"
	case strings.ContainsAny(name[0][:1], "-+%"):
		// Options to "sh -c" itself, and a job to bash.
		return Command{}, `begins with "` + name[0][:1] + `"`
	case isShellWord(name[0]):
		return Command{}, `"` + name[0] + `" is a shell builtin`
	}
	words, err := s.parse(s.text)
	if err != nil || len(words) <= n {
		return Command{}, "cannot be split"
	}
	return Command{Argv: words[n:], Env: slices.Clip(words[:n])}, ""
}

func (s *wordScanner) parse(text string) ([]string, error) {
	p := shellwords.NewParser()
	p.ParseEnv, p.ParseBacktick, p.ParseComment = true, false, false
	p.Getenv = func(name string) string {
		value, _ := s.lookup(name)
		return value
	}
	return p.Parse(text)
}
