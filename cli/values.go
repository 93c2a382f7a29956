package cli

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"supervise/procfile"
	"supervise/signals"
	"supervise/supervisor"
)

// What settings are made of: each function reads one value, and its error says what
// would be one.

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil {
		if n, nerr := strconv.Atoi(s); nerr == nil && n >= 0 {
			return 0, fmt.Errorf("%q has no unit: write %ss or %sms", s, s, s)
		}
		return 0, fmt.Errorf("%q is not a duration like 8s, 500ms or 1m30s", s)
	}
	if d < 0 {
		return 0, fmt.Errorf("%q is negative", s)
	}
	return d, nil
}

func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is not a number of 0 or more", s)
	}
	return n, nil
}

func parseAtLeastOne(s string) (int, error) {
	n, err := parseCount(s)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is not a number of 1 or more", s)
	}
	return n, nil
}

func parseSignal(s string) (syscall.Signal, error) { return signals.Parse(s) }

// oneOf reads a value that is one of few words.
func oneOf[T any](words []string, values ...T) func(string) (T, error) {
	return func(s string) (T, error) {
		if i := slices.Index(words, s); i >= 0 {
			return values[i], nil
		}
		var zero T
		if near := procfile.Suggest(s, words); near != "" {
			return zero, fmt.Errorf("%q is none of %s: did you mean %s", s, strings.Join(words, ", "), near)
		}
		return zero, fmt.Errorf("%q is none of %s", s, strings.Join(words, ", "))
	}
}

var (
	parseStopMode = oneOf([]string{"mixed", "leader", "group"}, supervisor.StopMixed, supervisor.StopLeader, supervisor.StopGroup)
	parseRestart  = oneOf([]string{"always", "on-failure", "never"}, supervisor.RestartAlways, supervisor.RestartOnFailure, supervisor.RestartNever)
	parseLeave    = oneOf([]string{"stop", "leave"}, false, true)
)

// choice is a flag that is one of few words; the first is the default.
type choice struct {
	words []string
	value string
}

func newChoice(words ...string) *choice { return &choice{words, words[0]} }

// Set reads the flag.
func (c *choice) Set(s string) (err error) {
	c.value, err = oneOf(c.words, c.words...)(s)
	return err
}

func (c *choice) String() string { return c.value }

// Type is the placeholder in --help.
func (c *choice) Type() string { return strings.Join(c.words, "|") }

// files is a list of files: FILE[,FILE].
type files []string

// Set reads the flag.
func (l *files) Set(s string) error {
	names := strings.Split(s, ",")
	if slices.Contains(names, "") {
		return errors.New("no file is named: --no-env reads none")
	}
	*l = append(*l, names...)
	return nil
}

func (l *files) String() string { return strings.Join(*l, ",") }

// Type is the placeholder in --help.
func (l *files) Type() string { return "FILE[,FILE]" }

// number is a count that must be at least 1.
type number int

// Set reads the flag.
func (n *number) Set(s string) error {
	v, err := parseAtLeastOne(s)
	*n = number(v)
	return err
}

func (n *number) String() string { return strconv.Itoa(int(*n)) }

// Type is the placeholder in --help.
func (n *number) Type() string { return "N" }

// count is a number of 0 or more; negative is a default that has to be told in words.
type count int

// Set reads the flag.
func (n *count) Set(s string) (err error) {
	*(*int)(n), err = parseCount(s)
	return err
}

func (n *count) String() string {
	if *n < 0 {
		return ""
	}
	return strconv.Itoa(int(*n))
}

// Type is the placeholder in --help.
func (n *count) Type() string { return "N" }

// size is a number of bytes: 65536, 64K, 1M, 1MB.
type size int

// Set reads the flag. A K is 1024.
func (b *size) Set(s string) error {
	digits := strings.TrimRight(strings.ToUpper(s), "KMGB")
	factor, ok := map[string]int{"": 1, "B": 1, "K": 1 << 10, "KB": 1 << 10, "M": 1 << 20, "MB": 1 << 20, "G": 1 << 30, "GB": 1 << 30}[strings.ToUpper(s)[len(digits):]]
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || n > math.MaxInt/factor {
		return fmt.Errorf("%q is not a size like 64K or 1M", s)
	}
	*b = size(n * factor)
	return nil
}

func (b *size) String() string {
	switch n := int(*b); {
	case n >= 1<<20 && n%(1<<20) == 0:
		return strconv.Itoa(n>>20) + "M"
	case n >= 1<<10 && n%(1<<10) == 0:
		return strconv.Itoa(n>>10) + "K"
	default:
		return strconv.Itoa(n)
	}
}

// Type is the placeholder in --help.
func (b *size) Type() string { return "SIZE" }

// duration is a single duration that must carry a unit; negative is a default that has to
// be told in words.
type duration time.Duration

// Set reads the flag.
func (d *duration) Set(s string) error {
	v, err := parseDuration(s)
	*d = duration(v)
	return err
}

func (d duration) String() string {
	if d < 0 {
		return ""
	}
	return time.Duration(d).String()
}

// Type is the placeholder in --help.
func (d *duration) Type() string { return "DURATION" }

// basePort is --port: a number, or auto.
type basePort struct {
	port int
	auto bool
}

// Set reads the flag.
func (p *basePort) Set(s string) error {
	if s == "auto" {
		*p = basePort{auto: true}
		return nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > 65535 {
		return fmt.Errorf("%q is not a port from 1 to 65535, or auto", s)
	}
	*p = basePort{port: n}
	return nil
}

func (p *basePort) String() string {
	switch {
	case p.auto:
		return "auto"
	case p.port > 0:
		return strconv.Itoa(p.port)
	default:
		return ""
	}
}

// Type is the placeholder in --help.
func (p *basePort) Type() string { return "PORT|auto" }
