package procfile

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

func TestVariablesThatAShellSetsItselfAreKnown(t *testing.T) {
	assigned := regexp.MustCompile(`(?m)^([A-Za-z_][A-Za-z0-9_]*)=`)
	for shell, argv := range shells(t) {
		cmd := exec.CommandContext(t.Context(), argv[0], append(argv[1:], "-c", "set")...)
		cmd.Env = []string{"OURS=1"}
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range assigned.FindAllStringSubmatch(string(out), -1) {
			if name := m[1]; name != "OURS" && !isSetByShell(name) && !isDefaultOfShell(name) {
				t.Errorf("%s sets %s, which is not in words_names.go", shell, name)
			}
		}
	}
}

func TestBuiltinsAndReservedWordsOfBashAreKnown(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is missing: apt-get install bash")
	}
	out, err := exec.CommandContext(t.Context(), bash, "--posix", "-c", "compgen -b -k").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(out)) {
		if !isShellWord(name) {
			t.Errorf("%q is not in words_names.go", name)
		}
	}
}
