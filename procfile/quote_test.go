package procfile

import (
	"strings"
	"testing"
)

func TestNoMessageHoldsASecretOfTheLine(t *testing.T) {
	const secret = "hunter2"
	for _, line := range []string{
		"web API_KEY=hunter2 puma", "web API_KEY='x hunter2' puma", `web sh -c "API_KEY=hunter2 puma"`, "web puma --api-key=hunter2",
		"web puma postgres://u:hunter2@h/db", "web puma postgres://u:hunter2" + strings.Repeat("x", 60) + "@h/db",
		"DATABASE_URL=postgres://u:hunter2@h/db", "API_KEY=hunter2", "export A=1 B=hunter2", "API_KEY=hunter2:x y: z",
		"web: API_KEY=hunter2 puma \\", "web: API_KEY=hunter2 puma \\ ", "my web: API_KEY=hunter2 puma", ": API_KEY=hunter2", "web: # API_KEY=hunter2",
		"web: API_KEY=hunter2\x00", "web: a \\\n # API_KEY=hunter2 \\\n b",
	} {
		_, mistakes := Parse("Procfile", []byte(line))
		if text := mistakes.Error(); text == "" || strings.Contains(text, secret) {
			t.Errorf("%q: want a message without %q, got\n%s", line, secret, text)
		}
	}
}

func TestMaskLineMasksOnlySecrets(t *testing.T) {
	for text, want := range map[string]string{
		"web: puma -p 1":                  "web: puma -p 1",
		"RAILS_ENV=test API_KEY=a puma":   "RAILS_ENV=test API_KEY=**** puma",
		`A="b c" TOKEN="d e" f`:           `A="b c" TOKEN=**** f`,
		"TOKEN=TOKEN=a b":                 "TOKEN=**** b",
		"TOKEN= a":                        "TOKEN= a",
		"curl http://u:p@h/ http://h:80/": "curl http://u:****@h/ http://h:80/",
	} {
		if got := maskLine(text); got != want {
			t.Errorf("maskLine(%q) = %q, want %q", text, got, want)
		}
	}
}
