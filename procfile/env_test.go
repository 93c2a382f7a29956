package procfile

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// inFolder makes a folder with those files the current one.
func inFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// loadEnvText loads one .env file.
func loadEnvText(t *testing.T, text string, environ ...string) (*Config, Mistakes) {
	t.Helper()
	inFolder(t, map[string]string{".env": text})
	return LoadEnv(environ, EnvFile{Name: ".env"})
}

// Most are from public .env files.
var readableEnv = []struct{ text, name, want string }{
	{"A=b c", "A", "b c"},
	{"A=b # comment", "A", "b"},
	{"A=#fff", "A", "#fff"},
	{"DATABASE_URL=postgres://u@h/db?a=1&b=2", "DATABASE_URL", "postgres://u@h/db?a=1&b=2"},
	{"A=x#y", "A", "x#y"},
	{"A=", "A", ""},
	{"A=\nB=2", "A", ""},
	{"A=''", "A", ""},
	{"A='x\\ny'", "A", `x\ny`},
	{`A="x\ny"`, "A", "x\ny"},
	{`A=x\ny`, "A", `x\ny`},
	{"A=\"line 1\nline 2\" # both", "A", "line 1\nline 2"},
	{"A='\"some-key-here\"'", "A", `"some-key-here"`},
	{`A={"foo": "bar"}`, "A", `{"foo": "bar"}`},
	{`A="a \"quoted\" word"`, "A", `a "quoted" word`},
	{`A='it\'s'`, "A", `it\'s`},
	{`A="foo"#bar`, "A", "foo"},
	{"export A=1", "A", "1"},
	{"  A = 1  ", "A", "1"},
	{"A: 1", "A", "1"},
	{"A.B=1", "A.B", "1"},
	{"2FA=1", "2FA", "1"},
	{"export=1", "export", "1"},
	{"A=1\nA=2", "A", "2"},
	{"\ufeffA=1\r\nB=\"x\r\ny\"\r\n", "B", "x\ny"},
	{"\ufeffA=1\r\n", "A", "1"},
	{"# first\n\n  # second\nA=1", "A", "1"},
	{"A=[\"user1\",\"user2\"]", "A", `["user1","user2"]`},
	{"A=café", "A", "café"},
	{`A=p@$$`, "A", `p@$$`},
	{`A="5 $, 6$"`, "A", "5 $, 6$"},
	{`A=\$HOST`, "A", "$HOST"},
	{`A="\$HOST \${x:-y}"`, "A", "$HOST ${x:-y}"},
	{`A='$2a$10$x ${y:-z} $(t) $u'`, "A", "$2a$10$x ${y:-z} $(t) $u"},
	{"A=1 # costs $5", "A", "1"},
	{"H=db\nP=1\nA=\"tcp://${H}:$P/x\"", "A", "tcp://db:1/x"},
	{"A=1\nA=$A$A", "A", "11"},
	{"E=\nA=a${E}b", "A", "ab"},
}

func TestValuesAreReadInGodotenvsGrammar(t *testing.T) {
	for _, test := range readableEnv {
		c, mistakes := loadEnvText(t, test.text)
		if mistakes != nil {
			t.Errorf("%q: %v", test.text, mistakes)
		}
		if got, ok := c.Lookup(test.name); got != test.want || !ok {
			t.Errorf("%q: %s = %q, %t, want %q", test.text, test.name, got, ok, test.want)
		}
	}
}

const (
	wantBlankInName  = "a blank in the name\n  hint: a name is made of letters, digits, _ and .; only a small \"export\" may stand before it"
	wantNoEquals     = "no \"=\" in the line\n  hint: write NAME=value; a value of several lines needs quotes around all of it"
	wantNoName       = "no name before the value\n  hint: write NAME=value"
	wantSingleQuotes = "\n  hint: write ${NAME} for a variable that is set; to keep the $ as it is, put the value in single quotes:   A='...'"
)

// "hunter2" is what must not be shown.
var brokenEnv = []struct{ text, want string }{
	{"A=1\nhunter2", ".env:2: " + wantNoEquals},
	{"A=-----BEGIN\nhunter2\n-----END\nB=1", ".env:2: " + wantNoEquals + "\n.env:3: " + wantNoEquals},
	{"EXPORT A=1", ".env:1: " + wantBlankInName},
	{"export export A=1", ".env:1: " + wantBlankInName},
	{"hunter+2=", ".env:1: a '+' in the name\n  hint: a name is made of letters, digits, _ and ."},
	{"MY-KEY='a\nb\nc'", ".env:1: a '-' in the name\n  hint: a name is made of letters, digits, _ and ."},
	{"é=1", ".env:1: a 'é' in the name\n  hint: a name is made of letters, digits, _ and ."},
	{"=hunter2", ".env:1: " + wantNoName},
	{"export =hunter2", ".env:1: " + wantNoName},
	{"\n\nA=\"hunter2\nB=3", ".env:3: the quote that begins the value of A is never closed\n  hint: close it with \"; a quote after a backslash does not count"},
	{`A="C:\\"`, ".env:1: the quote that begins the value of A is never closed\n  hint: close it with \"; a quote after a backslash does not count"},
	{"A=\"hunter2\nB=\"3\"", ".env:1: text behind the closing quote of A\n  hint: only a comment may follow; a \" inside the value is written \\\", or the other quotes are put around it"},
	{"V = '12';", ".env:1: text behind the closing quote of V\n  hint: only a comment may follow; a ' inside the value is written \\', or the other quotes are put around it"},
	{`A="say \"hunter2\""`, ".env:1: the value of A ends in an escaped quote, which would be lost\n  hint: put ' around the value"},
	{`A='hunter\''`, ".env:1: the value of A ends in an escaped quote, which would be lost\n  hint: put \" around the value"},
	{"A= # hunter2", ".env:1: a comment right behind the = of A would become its value\n  hint: put quotes between them:   A=\"\" # ..."},
	{"A=1 # hunter2 #3", ".env:1: several \" #\" behind A: only the last one would begin the comment\n  hint: put the value in quotes"},
	{"A=hunter2\xff", ".env:1: the value of A is not UTF-8 text\n  hint: save the file as UTF-8"},
	{"A='hunter2\ufdd0'", ".env:1: the value of A is not UTF-8 text\n  hint: save the file as UTF-8"},
	{"A=hunter2\x00", ".env:1: a NUL byte in the value of A\n  hint: no environment can hold one"},
	{"A=$HOST", ".env:1: cannot expand $HOST in A: it is not set above this line or in the environment" + wantSingleQuotes},
	{"A=$B\nB=1", ".env:1: cannot expand $B in A: it is not set above this line or in the environment" + wantSingleQuotes},
	{`A="${HOST}"`, ".env:1: cannot expand ${HOST} in A: it is not set above this line or in the environment" + wantSingleQuotes},
	{"A=${HOST:-hunter2}", ".env:1: cannot expand ${HOST… in A: only a plain name can stand in the braces" + wantSingleQuotes},
	{"A=${", ".env:1: cannot expand a $ in A: only a plain name can stand in the braces" + wantSingleQuotes},
	{"A=${}", ".env:1: cannot expand a $ in A: only a plain name can stand in the braces" + wantSingleQuotes},
	{"A=hunter$SWORD", ".env:1: cannot expand a $ in A: it is not set above this line or in the environment" + wantSingleQuotes},
	{"A=$hunter2", ".env:1: cannot expand a $ in A: only names all in capitals are expanded" + wantSingleQuotes},
	{"A=$Hunter2", ".env:1: cannot expand a $ in A: only names all in capitals are expanded" + wantSingleQuotes},
	{"A=$2a$10$hunter2", ".env:1: cannot expand a $ in A: only names all in capitals are expanded" + wantSingleQuotes},
	{"A=$1", ".env:1: cannot expand a $ in A: it is not set above this line or in the environment" + wantSingleQuotes},
	{"A=$(hunter2)", ".env:1: cannot expand a $ in A: commands are not run" + wantSingleQuotes},
	{`A={"p": $PORT}`, ".env:1: cannot expand $PORT in A: the } behind it would be lost" + wantSingleQuotes},
}

func TestMistakesInEnvFilesAreNamedWithoutTheirText(t *testing.T) {
	for _, test := range brokenEnv {
		_, mistakes := loadEnvText(t, test.text, "PORT=1")
		if got := mistakes.Error(); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.text, got, test.want)
		}
		if strings.Contains(mistakes.Error(), "unter") {
			t.Errorf("%q: a value shows in\n%s", test.text, mistakes)
		}
	}
}

func TestAReferenceInASecretIsNotShown(t *testing.T) {
	_, mistakes := loadEnvText(t, "PASSWORD=$HUNTER")
	if got, want := mistakes[0].Problem, "cannot expand a $ in PASSWORD: it is not set above this line or in the environment"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnEnvFileInUTF16IsOneMistake(t *testing.T) {
	_, mistakes := loadEnvText(t, "\xff\xfeA\x00=\x001\x00\n\x00B\x00=\x002\x00")
	if got, want := len(mistakes), 1; got != want {
		t.Errorf("%d mistakes, want %d:\n%s", got, want, mistakes)
	}
}

func TestWhatCanBeReadIsKeptBesideMistakes(t *testing.T) {
	c, mistakes := loadEnvText(t, "A=1\nbad\nB=$NO\nC=3")
	if got, want := c.Environ(), []string{"A=1", "C=3"}; !slices.Equal(got, want) || len(mistakes) != 2 {
		t.Errorf("Environ() = %q with %d mistakes, want %q with 2", got, len(mistakes), want)
	}
}

func TestTheEnvironmentBeatsFilesAndLaterFilesBeatEarlierOnes(t *testing.T) {
	inFolder(t, map[string]string{
		"a.env": "PORT=3000\nONE=a\nTWO=a\nURL=http://$HOST:$PORT",
		"b.env": "\nTWO=b\nPORT=4000\nTWO=bb",
	})
	c, mistakes := LoadEnv([]string{"PORT=5000", "HOST=here", "junk", "=x"}, EnvFile{Name: "a.env"}, EnvFile{Name: "b.env"})
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	want := []Variable{
		{"HOST", "here", Environment, 0, nil},
		{"ONE", "a", "a.env", 2, nil},
		{"PORT", "5000", Environment, 0, []Origin{{"b.env", 3}, {"a.env", 1}}},
		{"TWO", "bb", "b.env", 4, []Origin{{"b.env", 2}, {"a.env", 3}}},
		{"URL", "http://here:5000", "a.env", 4, nil},
	}
	got := c.Variables()
	if !slices.EqualFunc(got, want, func(a, b Variable) bool {
		return a.Name == b.Name && a.Value == b.Value && a.Source == b.Source && a.Line == b.Line && slices.Equal(a.Overrides, b.Overrides)
	}) {
		t.Errorf("Variables() = %v, want %v", got, want)
	}
	if got, want := strings.Join(c.Environ(), " "), "HOST=here ONE=a PORT=5000 TWO=bb URL=http://here:5000"; got != want {
		t.Errorf("Environ() = %q, want %q", got, want)
	}
}

func TestLinesOfVariablesAreKnownBehindSeveralLines(t *testing.T) {
	c, mistakes := loadEnvText(t, "# x\r\nA='1\r\n2'\r\n\r\nB=2\r\nexport C=\"\n\n\"\nD: 4")
	lines := map[string]int{"A": 2, "B": 5, "C": 6, "D": 9}
	for _, v := range c.Variables() {
		if v.Line != lines[v.Name] {
			t.Errorf("%s is in line %d, want %d", v.Name, v.Line, lines[v.Name])
		}
	}
	if mistakes != nil || len(c.Variables()) != len(lines) {
		t.Errorf("%d variables and %v, want %d", len(c.Variables()), mistakes, len(lines))
	}
}

func TestOnlyAnEnvFileThatWasAskedForMustExist(t *testing.T) {
	inFolder(t, nil)
	if _, mistakes := LoadEnv(nil, EnvFile{Name: ".env"}); mistakes != nil {
		t.Errorf("missing .env: %v", mistakes)
	}
	_, mistakes := LoadEnv(nil, EnvFile{Name: "dev.env", Required: true})
	want := "dev.env: cannot read it: no such file or directory\n  hint: name a file that can be read with -e FILE, or none with --no-env"
	if got := mistakes.Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFoldersAreNoEnvFiles(t *testing.T) {
	inFolder(t, nil)
	_, mistakes := LoadEnv(nil, EnvFile{Name: "."})
	want := ".: cannot read it: is a directory\n  hint: name a file that can be read with -e FILE, or none with --no-env"
	if got := mistakes.Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPipesAndTheNullDeviceAreFineEnvFiles(t *testing.T) {
	inFolder(t, nil)
	if err := syscall.Mkfifo("fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- os.WriteFile("fifo", []byte("A=1"), 0o600) }()
	c, mistakes := LoadEnv(nil, EnvFile{"fifo", true}, EnvFile{"/dev/null", true})
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if got, want := c.Environ(), []string{"A=1"}; !slices.Equal(got, want) || mistakes != nil {
		t.Errorf("Environ() = %q, %v, want %q", got, mistakes, want)
	}
}
