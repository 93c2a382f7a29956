package procfile

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

var formationTypes = []string{"web", "worker", "clock", "release"}

func TestAFormationCountsEveryType(t *testing.T) {
	tests := []struct {
		args string // separated by blanks
		want Counts
	}{
		{"", Counts{"web": 1, "worker": 1, "clock": 1, "release": 0}},
		{"all", Counts{"web": 1, "worker": 1, "clock": 1, "release": 0}},
		{"all=2", Counts{"web": 2, "worker": 2, "clock": 2, "release": 0}},
		{"all=2,worker=0", Counts{"web": 2, "worker": 0, "clock": 2, "release": 0}},
		{"worker=0,all=2", Counts{"web": 2, "worker": 0, "clock": 2, "release": 0}},
		{"all,release", Counts{"web": 1, "worker": 1, "clock": 1, "release": 1}},
		{"all=0,web=1", Counts{"web": 1, "worker": 0, "clock": 0, "release": 0}},
		{"web", Counts{"web": 1, "worker": 0, "clock": 0, "release": 0}},
		{"web=2,worker=4", Counts{"web": 2, "worker": 4, "clock": 0, "release": 0}},
		{"web=2 worker=4", Counts{"web": 2, "worker": 4, "clock": 0, "release": 0}},
		{"web=2,worker", Counts{"web": 2, "worker": 1, "clock": 0, "release": 0}},
		{"web worker,clock", Counts{"web": 1, "worker": 1, "clock": 1, "release": 0}},
		{"web=010", Counts{"web": 10, "worker": 0, "clock": 0, "release": 0}},
		{"web=10000", Counts{"web": 10000, "worker": 0, "clock": 0, "release": 0}},
	}
	for _, tt := range tests {
		wantCounts(t, strings.Fields(tt.args), tt.want)
	}
	wantCounts(t, []string{" web = 2 , worker "}, Counts{"web": 2, "worker": 1, "clock": 0, "release": 0})
}

func wantCounts(t *testing.T, args []string, want Counts) {
	t.Helper()
	got, err := ParseCounts(args, formationTypes)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("ParseCounts(%q) = %v, %v, want %v", args, got, err, want)
	}
}

func TestEveryMistakeOfAFormationIsReported(t *testing.T) {
	const rule = "\n  hint: write a number from 0 to 10000, as in   web=2"
	const relative = rule + " (+N and -N are for   supervise scale)"
	const known = ": the Procfile has web, worker, clock, release"
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"several", []string{"web=two,wroker", "clock=1", "clock"},
			`bad count "two" for "web"` + rule + "\n" +
				`unknown process type "wroker"` + known + "\n  hint: did you mean worker?\n" +
				`"clock" is named twice in the formation` + "\n  hint: name it once, with the count that you want"},
		{"unknown", []string{"sidekiq"}, `unknown process type "sidekiq"` + known},
		{"a count apart", []string{"web", "2"}, `unknown process type "2"` + known + "\n  hint: a count stands behind its type, as in   web=2"},
		{"upper case", []string{"WEB=2"}, `unknown process type "WEB"` + known + "\n  hint: did you mean web?"},
		{"all mistyped", []string{"al=2"}, `unknown process type "al"` + known + "\n  hint: did you mean all?"},
		{"an instance", []string{"web.1"}, `unknown process type "web.1"` + known + "\n  hint: write it as   web=N"},
		{"a colon", []string{"web:2"}, `unknown process type "web:2"` + known + "\n  hint: write it as   web=N"},
		{"no count", []string{"web="}, `no count after "web="` + rule},
		{"two counts", []string{"web=1=2"}, `bad count "1=2" for "web"` + rule},
		{"a fraction", []string{"web=1.5"}, `bad count "1.5" for "web"` + rule},
		{"other digits", []string{"web=٣"}, `bad count "٣" for "web"` + rule},
		{"negative", []string{"web=-1"}, `bad count "-1" for "web"` + relative},
		{"relative", []string{"web=+1"}, `bad count "+1" for "web"` + relative},
		{"too many", []string{"web=10001"}, `too many instances: "web=10001"` + "\n  hint: at most 10000 of a type can run"},
		{"far too many", []string{"web=99999999999999999999"},
			`too many instances: "web=99999999999999999999"` + "\n  hint: at most 10000 of a type can run"},
		{"a comma at the end", []string{"web=2,"}, `no process type beside a comma in "web=2,"` + "\n  hint: delete the comma, or name a type"},
		{"an empty variable", []string{""}, `an empty formation ""` + "\n  hint: name a process type, as in   web=2"},
		{"no name", []string{"=2"}, `no process type before "=2"` + "\n  hint: write TYPE=N in one word, as in   web=2"},
		{"blanks around the sign", []string{"web", "=", "2"},
			`no process type before "="` + "\n  hint: write TYPE=N in one word, as in   web=2\n" + `unknown process type "2"` + known + "\n  hint: a count stands behind its type, as in   web=2"},
		{"all twice", []string{"all=1", "all=1"}, `"all" is named twice in the formation` + "\n  hint: name it once, with the count that you want"},
		{"nothing to run", []string{"web=0"}, "nothing to run: every count is 0\n  hint: give one type at least 1, as in   web=1"},
		{"control bytes", []string{"\x1b[2J"}, `unknown process type "\x1b[2J"` + known},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			counts, err := ParseCounts(tt.args, formationTypes)
			if counts != nil || err == nil || err.Error() != tt.want {
				t.Errorf("ParseCounts(%q) = %v and says\n%v\nwant\n%s", tt.args, counts, err, tt.want)
			}
		})
	}
}

func TestReleaseAloneHasToBeNamed(t *testing.T) {
	_, err := ParseCounts(nil, []string{"release"})
	want := "nothing to run: release runs only if it is named\n  hint: name it:   supervise start release"
	if err == nil || err.Error() != want {
		t.Errorf("ParseCounts(nil) says\n%v\nwant\n%s", err, want)
	}
	if got, err := ParseCounts([]string{"release"}, []string{"release"}); err != nil || got["release"] != 1 {
		t.Errorf("ParseCounts(release) = %v, %v, want 1", got, err)
	}
}

func TestALongProcfileIsNotListedWhole(t *testing.T) {
	types := strings.Split("a1 b1 c1 d1 e1 f1 g1 h1 i1 j1 k1 l1 m1 n1", " ")
	_, err := ParseCounts([]string{"nothing"}, types)
	want := `unknown process type "nothing": the Procfile has a1, b1, c1, d1, e1, f1, g1, h1, i1, j1, k1, l1 and 2 more`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAProcfileWithoutTypesHasNothingToRun(t *testing.T) {
	for args, want := range map[string]string{
		"":    "nothing to run: every count is 0\n  hint: give one type at least 1",
		"web": `unknown process type "web": the Procfile has none`,
	} {
		if _, err := ParseCounts(strings.Fields(args), nil); err == nil || err.Error() != want {
			t.Errorf("ParseCounts(%q) says\n%v\nwant\n%s", args, err, want)
		}
	}
}

func TestTheErrorOfAFormationIsMistakes(t *testing.T) {
	_, err := ParseCounts([]string{"x,y"}, formationTypes)
	var mistakes Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 2 {
		t.Errorf("%T with %d mistakes, want Mistakes with 2", err, len(mistakes))
	}
}

func TestParsingAFormationLeavesTheTypesAlone(t *testing.T) {
	backing := []string{"web", "worker", "untouched"}
	if _, err := ParseCounts([]string{"wbe"}, backing[:2]); err == nil {
		t.Fatal("want a mistake")
	}
	if backing[2] != "untouched" {
		t.Errorf("the caller's slice now has %q", backing[2])
	}
}
