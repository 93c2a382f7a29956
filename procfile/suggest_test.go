package procfile

import (
	"strings"
	"testing"
)

func TestSuggestGivesTheNearestName(t *testing.T) {
	types := []string{"web", "worker", "web-api", "clock", "release", "1", "2"}
	commands := []string{"start", "run", "check", "env", "ps", "logs", "restart", "stop", "scale", "signal"}
	tests := []struct {
		name  string
		known []string
		want  string
	}{
		{"wbe", types, "web"},
		{"WEB", types, "web"},
		{"worekr", types, "worker"},
		{"wrker", types, "worker"},
		{"webb", types, "web"},
		{"rel", types, "release"},
		{"web_api", types, "web-api"},
		{"strat", commands, "start"},
		{"stat", commands, "start"},
		{"log", commands, "logs"},
		{"restat", commands, "restart"},
		{"--prot", []string{"--port", "--pty"}, "--port"},
		{"web.3", []string{"web.1", "web.2"}, "web.1"},
		{"3", types, ""},
		{"x", types, ""},
		{"", types, ""},
		{"sidekiq", types, ""},
		{"web", nil, ""},
		{strings.Repeat("web", 1<<20), types, ""},
	}
	for _, tt := range tests {
		if got := Suggest(tt.name, tt.known); got != tt.want {
			t.Errorf("Suggest(%.20q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestEditsCountsSwapsOnce(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"web", "web", 0}, {"ab", "ba", 1},
		{"kitten", "sitting", 3}, {"worker", "wroekr", 2}, {"ca", "abc", 3},
	}
	for _, tt := range tests {
		if got := edits(tt.a, tt.b); got != tt.want {
			t.Errorf("edits(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
