package ready

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestAMessageIsLinesOfAssignments(t *testing.T) {
	long := strings.Repeat("ä", 100)
	for datagram, want := range map[string]message{
		"":                                     {},
		"READY=1":                              {true, "READY=1"},
		"READY=1\n":                            {true, "READY=1"},
		"READY=1\r\n":                          {true, "READY=1"},
		"READY=1\x00":                          {true, "READY=1"}, // C programmers
		"MAINPID=12\nREADY=1":                  {true, "MAINPID=12"},
		"READY=1\nSTATUS=serving":              {true, "STATUS=serving"},
		"STATUS=loading\nX=y":                  {false, "STATUS=loading"},
		"STATUS=a\nSTATUS=b":                   {false, "STATUS=b"},
		"WATCHDOG=1":                           {false, "WATCHDOG=1"},
		"STOPPING=1":                           {false, "STOPPING=1"},
		"EXTEND_TIMEOUT_USEC=5000000":          {false, "EXTEND_TIMEOUT_USEC=5000000"},
		"BARRIER=1":                            {},
		"READY=0":                              {false, "READY=0"},
		"READY=10":                             {false, "READY=10"},
		" READY=1":                             {false, " READY=1"},
		"ready=1":                              {false, "ready=1"},
		"XREADY=1":                             {false, "XREADY=1"},
		"STATUS=READY=1":                       {false, "STATUS=READY=1"},
		"READY=1\x00\x00":                      {},
		"STATUS=a\x00\nREADY=1":                {},
		"STATUS=a\x1b]0;b\a":                   {false, "STATUS=a?]0;b?"},
		"\n\r\n":                               {},
		"\xff\xfe\x01":                         {false, "��?"},
		"STATUS=" + long:                       {false, "STATUS=" + long[:2*73] + "…"},
		strings.Repeat("x\n", 3000):            {},
		strings.Repeat("\n", 4089) + "READY=1": {true, "READY=1"},
		strings.Repeat("\n", 4090) + "READY=1": {},
	} {
		if got := parse([]byte(datagram)); got != want {
			t.Errorf("parse(%.40q) = %+v, want %+v", datagram, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"READY=1", "STATUS=x\nREADY=1\n", "A=\x00", "\r\r\nREADY=1\x00", "STATUS=\xff\u2028"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, datagram []byte) {
		m := parse(datagram)
		if m.ready && !strings.Contains("\n"+strings.NewReplacer("\r", "\n", "\x00", "\n").Replace(string(datagram))+"\n", "\nREADY=1\n") {
			t.Errorf("%q is READY=1", datagram)
		}
		if n := utf8.RuneCountInString(m.quote); n > longestQuote+1 {
			t.Errorf("a quote of %d characters, want at most %d", n, longestQuote+1)
		}
		if i := strings.IndexFunc(m.quote, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q is not printable", m.quote)
		}
	})
}
