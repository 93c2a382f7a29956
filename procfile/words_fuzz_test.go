package procfile

import (
	"math/rand/v2"
	"strings"
	"testing"

	shellwords "github.com/mattn/go-shellwords"
)

// commandPieces are what random commands are made of, the ordinary ones more often.
var commandPieces = []string{
	" ", " ", " ", " ", " ", "\t", "a", "b/c", "-x", "--bind", "0.0.0.0:", "app", "a=b", "1",
	"'", "'", "\"", "\"", "'a b'", "\"a b\"", "''", `""`, `\`, `\ `, `\$`, `\"`, `\\`, `\'`, `\t`, `\n`, `\a`,
	"$A", "${A}", "$PORT", "${PORT}", "$EMPTY", "$UNSET", "\"$BLANKS\"", "\"$STAR\"", "\"$NEWLINE\"", "$SIGNS",
	"$BLANKS", "$STAR", "$TILDE", "$BACKSLASH", "$NEWLINE", "$ACCENT", "$BYTES", "$CONTROL", "$HASH", "$DASH", "$BANG",
	"$ASSIGN", "$CMD", "$BUILTIN", "$DOT", "$lower", "$PWD", "$IFS", "$$", "$1", "$?", "$'a'", "$\"a\"", "${A:-x}", "$(a)", "$",
	" A=2 ", " B=$A ", " B=", " C='x y' ", " D=~ ", " F=*?[x] ", " PATH=x ", " E+=1 ", " $CMD=1 ", "=", ":", "~", "#", " #", "!", "^", "%", "@", "+",
	",", ".", "/", "-", "_", "]", "[", "*", "?", "{", "}", "{a,b}", "{1..3}", "é", "\u00a0", "\u3000", "\x01", "\xff", "`", "&", "|", ";",
	"<", ">", "2>", "(", ")", " cd ", " exec ", " if ", " time ", " [[ ", "\r", "\n",
}

// commandOf makes one command from bytes: each is the number of a piece.
func commandOf(data []byte) string {
	var b strings.Builder
	for _, n := range data {
		b.WriteString(commandPieces[int(n)%len(commandPieces)])
	}
	return b.String()
}

// randomCommands is mostly commands that Words may execute directly.
func randomCommands(n int) []string {
	commands := make([]string, n)
	for i := range commands {
		data := make([]byte, 1+rand.IntN(8))
		for j := range data {
			data[j] = byte(rand.IntN(256))
		}
		commands[i] = commandOf(data)
		if rand.IntN(4) > 0 {
			commands[i] = "app " + commands[i]
		}
	}
	return commands
}

func TestWordsAreThoseOfEveryShell(t *testing.T) {
	b := newShellBench(t)
	commands := append(randomCommands(250), realCommands(t)...)
	for name, shell := range shells(t) {
		found, direct := b.differences(t, shell, Words, commands...)
		for _, difference := range found {
			t.Errorf("%s: %s", name, difference)
		}
		if direct < len(commands)/20 {
			t.Errorf("%s: %d of %d commands were executed directly: the test tests nothing", name, direct, len(commands))
		}
	}
}

// A Words that believes in go-shellwords is caught, so the comparison compares.
func TestTheComparisonWithShellsFindsWrongWords(t *testing.T) {
	b := newShellBench(t)
	careless := func(command string, lookup func(string) (string, bool)) Command {
		p := shellwords.NewParser()
		p.ParseEnv = true
		p.Getenv = func(name string) string { value, _ := lookup(name); return value }
		env, argv, err := p.ParseWithEnvs(command)
		return Command{Argv: argv, Env: env, Shell: err != nil || len(argv) == 0}
	}
	for _, command := range []string{
		`app \t`, `app "a\tb"`, `app "a\bc"`, `app *`, `app ~`, `app # comment`, `app "$Aé"`, `app $STAR`,
		`app $BYTES`, `app $PWD`, "app `app`", `"A=1" app`, `A=1 B=$A app`, `B=$BLANKS app`, `D=~ app`, `app; app`,
		`app $$`, `app ${A:-x}`, `app a\` + "\u00a0\n b",
	} {
		if found, _ := b.differences(t, []string{"/bin/sh"}, careless, command); len(found) == 0 {
			t.Errorf("no difference was found for %q", command)
		}
		if c := Words(command, b.lookup); !c.Shell {
			t.Errorf("Words(%q) = %q, want it to go to the shell", command, c.Argv)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, command := range realCommands(f) {
		f.Add([]byte(command))
	}
	f.Add([]byte{10, 11, 31, 36, 11, 42})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newShellBench(t)
		text, pieces := string(data), commandOf(data)
		for name, shell := range shells(t) {
			found, _ := b.differences(t, shell, Words, text, "app "+text, pieces, "app "+pieces)
			for _, difference := range found {
				t.Errorf("%s: %s", name, difference)
			}
		}
	})
}
