package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A dialogue is what is typed into a prompt, and what appears then.
type dialogue []struct{ typed, appears string }

var debuggers = map[string]struct {
	needs    string
	file     string
	program  string
	command  string
	ready    string // on the terminal of supervise
	dialogue dialogue
}{
	"pdb": {
		needs: "python3", command: "python3 app.py", ready: "-> done = print", file: "app.py",
		program: "answer = 41\nbreakpoint()\ndone = print('left')\nwhile True: print('got', input())\n",
		dialogue: dialogue{
			{"", "(Pdb) "},
			{"p answer + 1\r", "p answer + 1\n42\n(Pdb) "},
			{"answr\x7fer\r", "41\n(Pdb) "}, // with a slip, taken back
			{"\x03", "--KeyboardInterrupt--\n(Pdb) "},
			{"\x1b[A\x1b[A\r", "42\n(Pdb) "}, // history
			{"c\r", "left\n"},
			{"hello\r", "hello\ngot hello\n"},
		},
	},
	"node inspect": {
		needs: "node", command: "node inspect app.js", ready: "Break on start in", file: "app.js",
		program: "let answer = 41\ndebugger\nanswer += 1\nsetInterval(() => {}, 1000)\n",
		dialogue: dialogue{
			{"", "debug> "},
			{"c\r", "break in app.js:2"},
			{"exec('answer + 1')\r", "42"},
			{"\x03", "(To exit, press Ctrl+C again or Ctrl+D or type .exit)"},
			{"exec('1000 + answer')\r", "1041"},
		},
	},
	"node": {
		// Whether it colours by itself depends on CI, too.
		needs: "node", command: "FORCE_COLOR=1 node -i", ready: "Welcome to Node.js", file: "none",
		dialogue: dialogue{
			{"", "> "},
			{"40 + 2\r", "42\x1b[39m\n"},
			{"console.log('bu' + 'sy'); while (true) {}\r", "busy\n"}, // from here on Ctrl-C is no key
			{"\x03", "interrupted by `SIGINT`"},
			{"40 + 3\r", "43\x1b[39m\n"},
		},
	},
	"irb": {
		needs: "irb", command: "ruby app.rb", ready: "binding.irb", file: "app.rb",
		program: "require 'irb'\nanswer = 41\nbinding.irb\nputs 'left'\nputs gets\nsleep\n",
		dialogue: dialogue{
			{"", "▽\x1b[6n"}, // it asks where the cursor is, and has waited for somebody to tell
			{"\x1b[1;2R", "\x1b[6n"},
			{"\x1b[1;1R", "001"},
			{"answer + 1\r", "42\x1b[0m\n\x1b[6n"},
			{"\x1b[1;1R", "002"},
			{"exit\r", "left\n"},
			{"hello\r", "hello\nhello\n"},
		},
	},
}

func TestADebuggersPromptIsUsable(t *testing.T) {
	for name, d := range debuggers {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(d.needs); err != nil {
				t.Skipf("needs %s", d.needs)
			}
			cmd := superviseIn(t, "web: "+d.command+"\n", "start", "--no-timestamp", "--color=never")
			if err := os.WriteFile(filepath.Join(cmd.Dir, d.file), []byte(d.program), 0o600); err != nil {
				t.Fatal(err)
			}
			s := onTerminal(t, cmd, nil)
			s.waitFor(d.ready)
			a := s.attach("web.1")
			for _, turn := range d.dialogue {
				a.write(turn.typed)
				a.next(turn.appears)
			}
			a.write("\x1dd")
			if got := a.end(); got != "0" {
				t.Errorf("attach ended with %s, want 0", got)
			}
			s.cmd.Process.Signal(os.Kill)
			s.end()
		})
	}
}
