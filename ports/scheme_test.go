package ports

import (
	"maps"
	"testing"
)

func TestTypesGetPortsInTheOrderOfTheFile(t *testing.T) {
	for _, c := range []struct {
		name   string
		scheme Scheme
		types  []string
		want   map[string]int
	}{
		{"the first type leads without a web", Scheme{Base: 5000}, []string{"api", "worker"}, map[string]int{"api": 5000, "worker": 5100}},
		{"web leads wherever it stands", Scheme{Base: 8080}, []string{"worker", "web", "clock"}, map[string]int{"web": 8080, "worker": 8180, "clock": 8280}},
		{"release has none and takes no place", Scheme{Base: 5000}, []string{"release", "api", "worker"}, map[string]int{"api": 5000, "worker": 5100}},
		{"release in between", Scheme{Base: 5000}, []string{"web", "release", "worker"}, map[string]int{"web": 5000, "worker": 5100}},
		{"nothing but release", Scheme{Base: 5000, Lead: "release"}, []string{"release"}, map[string]int{}},
		{"no types", Scheme{Base: 5000}, nil, map[string]int{}},
		{"a step of one's own", Scheme{Base: 5000, Step: 1000}, []string{"web", "a", "b"}, map[string]int{"web": 5000, "a": 6000, "b": 7000}},
		{"a type asked for alone changes places with web", Scheme{Base: 7000, Lead: "clock"}, []string{"web", "worker", "clock", "cron"}, map[string]int{"clock": 7000, "worker": 7100, "web": 7200, "cron": 7300}},
		{"and with the first one", Scheme{Base: 7000, Lead: "b"}, []string{"a", "b"}, map[string]int{"b": 7000, "a": 7100}},
		{"web leads web", Scheme{Base: 7000, Lead: "web"}, []string{"a", "web"}, map[string]int{"web": 7000, "a": 7100}},
		{"release cannot lead", Scheme{Base: 7000, Lead: "release"}, []string{"release", "web"}, map[string]int{"web": 7000}},
		{"nor a stranger", Scheme{Base: 7000, Lead: "x"}, []string{"web", "a"}, map[string]int{"web": 7000, "a": 7100}},
		{"names are case-sensitive", Scheme{Base: 5000}, []string{"a", "Web"}, map[string]int{"a": 5000, "Web": 5100}},
	} {
		if got := c.scheme.First(c.types); !maps.Equal(got, c.want) {
			t.Errorf("%s: First(%q) = %v, want %v", c.name, c.types, got, c.want)
		}
	}
}

func TestInstancesThatHaveNoPortAreNamed(t *testing.T) {
	for _, c := range []struct {
		scheme           Scheme
		first, instances int
		want             string
	}{
		{Scheme{Base: 5000}, 5100, 100, ""},
		{Scheme{Base: 5000}, 5100, 101, "cannot give 101 instances of worker a port each: that needs a port step of at least 101, not 100"},
		{Scheme{Base: 5000, Step: 250}, 5100, 250, ""},
		{Scheme{Base: 5000, Step: 2}, 5100, 3, "cannot give 3 instances of worker a port each: that needs a port step of at least 3, not 2"},
		{Scheme{Base: 5000, Step: -1}, 4999, 1, "cannot give 1 instances of worker a port each: that needs a port step of at least 1, not -1"},
		{Scheme{Base: 65436}, 65536, 1, "cannot give worker port 65536 (base 65436, step 100): ports go from 1 to 65535"},
		{Scheme{Base: 65435}, 65535, 1, ""},
		{Scheme{Base: 65435}, 65535, 2, "cannot give worker port 65536 (base 65435, step 100): ports go from 1 to 65535"},
		{Scheme{Base: 0}, 0, 1, "cannot give worker port 0 (base 0, step 100): ports go from 1 to 65535"},
		{Scheme{Base: -5000}, -4900, 3, "cannot give worker port -4900 (base -5000, step 100): ports go from 1 to 65535"},
		{Scheme{Base: 65500}, 65600, 0, ""}, // it does not run
	} {
		got := ""
		if err := c.scheme.Fit("worker", c.first, c.instances); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v.Fit(worker, %d, %d) = %q\nwant %q", c.scheme, c.first, c.instances, got, c.want)
		}
	}
}
