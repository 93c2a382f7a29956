package procfile

import (
	"maps"
	"strings"
	"testing"

	"github.com/joho/godotenv"
)

// envMarker is a secret that can be no name, and so must be in no message.
const envMarker = "s3cret+value/"

func FuzzLoadEnv(f *testing.F) {
	for _, text := range []string{
		"A=1\nexport B='x'\nC: \"y\\n$A\" # c\n", "A=\"1\n2\"\r\nB=$A}\n", "A=$\nB=${A}\nC=${A:-x}$(B)$a$1", "A='\\''\nB=\"\\\"\"",
		"=x\nA\n B = # c # d\n", "A=1\rB=2", "A=\"\r\r\n\"\r\n", "A= #x", "A=\"\\\\$A\\A\"", "export\u00a0A=1", "A=\"$A\\B\"\nAB=1", "\ufeffA=\u00a0\"x\"\u2003# y",
	} {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		compareWithGodotenv(t, text)
		if at >= 0 && at <= len(text) && !strings.Contains(text, envMarker[:6]) {
			_, mistakes := loadEnvString(text[:at] + envMarker + text[at:])
			if strings.Contains(mistakes.Error(), envMarker[:6]) {
				t.Errorf("a secret shows in\n%s", mistakes)
			}
		}
	})
}

// compareWithGodotenv wants what we accept to be what godotenv makes of it.
func compareWithGodotenv(t *testing.T, text string) {
	t.Helper()
	c, mistakes := loadEnvString(text)
	if mistakes != nil {
		return
	}
	want, err := godotenv.Unmarshal(strings.TrimPrefix(text, "\ufeff"))
	if err != nil {
		t.Fatalf("%q is refused by godotenv: %v", text, err)
	}
	got := make(map[string]string)
	for _, v := range c.Variables() {
		got[v.Name] = v.Value
	}
	if !maps.Equal(got, want) {
		t.Errorf("%q = %q, want %q", text, got, want)
	}
}

func loadEnvString(text string) (*Config, Mistakes) {
	c, _ := LoadEnv(nil)
	var found findings
	c.loadText(".env", text, &found)
	return c, found.mistakes()
}

// The negative control of what FuzzLoadEnv looks for: godotenv's own words show secrets.
func TestGodotenvsErrorsWouldShowSecrets(t *testing.T) {
	text := "A-B=1\nKEY=" + envMarker
	if _, err := godotenv.Unmarshal(text); err == nil || !strings.Contains(err.Error(), envMarker) {
		t.Errorf("godotenv says %v: is envStatement.value still right not to show it?", err)
	}
	if _, mistakes := loadEnvString(text); mistakes == nil || strings.Contains(mistakes.Error(), envMarker) {
		t.Errorf("got %v, want a mistake without the secret", mistakes)
	}
}
