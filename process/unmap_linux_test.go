package process

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestOnlyWhatIsAsInItsFileIsUnmapped(t *testing.T) {
	const smaps = `00400000-00ba1000 r-xp 00000000 fd:00 1837     /bin/supervise
Rss:                2000 kB
Anonymous:             0 kB
00ba1000-00cc0000 r--p 007a1000 fd:00 1837     /bin/supervise
Anonymous:             4 kB
00cc0000-00cd0000 rw-p 008c0000 fd:00 1837     /bin/supervise
Anonymous:             0 kB
00cd0000-00ce0000 r--p 00000000 fd:00 1838     /lib/a b
Anonymous:             0 kB
c000000000-c004000000 ---p 00000000 00:00 0
Anonymous:             0 kB
7ffd0000-7ffd1000 r-xp 00000000 00:00 0        [vdso]
Anonymous:             0 kB
7ffd2000-7ffd3000 r--p 00000000 fd:00 1839     /lib/c
Anonymous:             0 kB
`
	want := []mapping{{0x400000, 0xba1000}, {0x7ffd2000, 0x7ffd3000}}
	if got := unchangedMappings([]byte(smaps)); !slices.Equal(got, want) {
		t.Errorf("found %x, want %x", got, want)
	}
}

func TestAProgramThatIsUnmappedGoesOn(t *testing.T) {
	before := mappedKB(t)
	Unmap()
	if after := mappedKB(t); after >= before {
		t.Errorf("%d kB of files are mapped after %d before, want less", after, before)
	}
}

var rssFile = regexp.MustCompile(`(?m)^RssFile:\s+(\d+) kB`)

func mappedKB(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(rssFile.FindSubmatch(status)[1])))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
