package main

import (
	"regexp"
	"strings"
)

// A block is what stands between ``` and ``` on a page.
type block struct {
	line     int // of its first line, from 1
	language string
	lines    []string
}

func (b block) text() string { return strings.Join(b.lines, "\n") + "\n" }

func blocksOf(page string) (blocks []block) {
	open := false
	for i, line := range strings.Split(page, "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open:
			open = false
		case fence:
			open = true
			blocks = append(blocks, block{line: i + 2, language: language})
		case open:
			last := &blocks[len(blocks)-1]
			last.lines = append(last.lines, line)
		}
	}
	return blocks
}

// A step is a command, behind a $, and what a page shows of its output, without empty
// lines. If a ^C is shown, what follows is output after Ctrl-C.
type step struct {
	line         int
	command      string
	shows        []string
	interrupted  bool
	showsThen    []string
	failureShown bool // the next command is echo $?
}

func (b block) steps() (steps []step) {
	for i, line := range b.lines {
		command, typed := strings.CutPrefix(line, "$ ")
		if typed {
			if len(steps) > 0 {
				steps[len(steps)-1].failureShown = strings.HasPrefix(command, "echo $?")
			}
			steps = append(steps, step{line: b.line + i, command: command})
			continue
		}
		if len(steps) == 0 || line == "" {
			continue
		}
		switch last := &steps[len(steps)-1]; {
		case line == "^C":
			last.interrupted = true
		case last.interrupted:
			last.showsThen = append(last.showsThen, line)
		default:
			last.shows = append(last.shows, line)
		}
	}
	return steps
}

// looksLike says whether output is as a page shows it: … stands for anything in its
// line, or for any lines if it is alone. Times, pids and the width of columns differ,
// and empty lines do not count.
func looksLike(shown []string, output string) bool {
	var pattern strings.Builder
	for _, line := range shown {
		if line == "…" {
			pattern.WriteString(`(.*\n)*`)
			continue
		}
		pattern.WriteString(linePattern(line) + `\n`)
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(alike(output + "\n"))
}

// missing lists the shown lines that output does not have. Their order is not looked at:
// many programs wrote them.
func missing(shown []string, output string) (lines []string) {
	output = alike(output)
	for _, line := range shown {
		if line != "…" && line != "" && !regexp.MustCompile(`(?m)^`+linePattern(line)+`$`).MatchString(output) {
			lines = append(lines, line)
		}
	}
	return lines
}

func linePattern(line string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSuffix(alike(line+"\n"), "\n")), "…", ".*")
}

// alike masks what differs from run to run.
func alike(text string) string {
	for _, m := range alikes {
		text = m.old.ReplaceAllString(text, m.new)
	}
	return text
}

var alikes = []struct {
	old *regexp.Regexp
	new string
}{
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "15:04:05"},
	{regexp.MustCompile(`\b(pid|was) \d+`), "$1 PID"},
	{regexp.MustCompile(`\b(after|in) [\d.]+(ms|s|m[\d.]+s)`), "$1 TIME"},
	{regexp.MustCompile(`[ \t]+`), " "},
	{regexp.MustCompile(` ?\n+`), "\n"},
}
