package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"supervise/control"
	"supervise/procfile"
	"supervise/signals"
)

// completeWithin is how long a running supervise has to answer somebody who pressed Tab.
const completeWithin = time.Second

// completeTypes completes the process types of the Procfile that the flags name, each
// followed by suffix if a count is to follow.
func completeTypes(s *settings, suffix string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		directive := cobra.ShellCompDirectiveDefault
		if suffix != "" {
			directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		return unused(typesOf(s.sources, suffix), args), directive
	}
}

// typesOf are the types of a Procfile, with their commands. Mistakes in it are for other
// commands to tell.
func typesOf(s sources, suffix string) (words []string) {
	name, ms := (&app{}).locate(s)
	if ms != nil || name == "-" {
		return nil
	}
	file, _ := procfile.Read(name, nil)
	for _, entry := range file.Entries {
		words = append(words, entry.Type+suffix+"\t"+procfile.MaskText(entry.Command, nil))
	}
	return words
}

// completeInstances completes the types of the Procfile and of the running supervise, its
// instances, and more.
func completeInstances(t *target, more ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		words := append(typesOf(t.sources, ""), more...)
		for _, i := range t.running() {
			words = append(words, i.Type, i.Name+"\t"+i.State)
		}
		return unused(words, args), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeOneInstance completes the instances of the running supervise, once.
func completeOneInstance(t *target) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) (words []string, _ cobra.ShellCompDirective) {
		if len(args) == 0 {
			for _, i := range t.running() {
				words = append(words, i.Name+"\t"+i.State)
			}
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeScales completes the types that can be scaled.
func completeScales(t *target) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		words := typesOf(t.sources, "=")
		for _, i := range t.running() {
			words = append(words, i.Type+"=")
		}
		return unused(words, args), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// completeSignals completes a signal, and then who gets it.
func completeSignals(t *target) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return completeInstances(t)(cmd, args, word)
		}
		var names []string
		for _, name := range signals.Names() {
			names = append(names, strings.TrimPrefix(name, "SIG"))
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeChange completes what a command that changes a running formation is about.
func completeChange(command string, t *target) cobra.CompletionFunc {
	switch command {
	case "scale":
		return completeScales(t)
	case "signal":
		return completeSignals(t)
	case "reload", "down":
		return cobra.NoFileCompletions
	default:
		return completeInstances(t)
	}
}

// running are the instances of the running supervise, none if there is none.
func (t *target) running() []control.Instance {
	ctx, cancel := context.WithTimeout(context.Background(), completeWithin)
	defer cancel()
	client, err := t.dial(ctx)
	if err != nil {
		return nil
	}
	defer client.Close()
	all, _ := client.Instances(ctx)
	return all
}

// unused are the words that are not among the arguments yet, each once. What stands behind
// a tab is shown, and a count is not part of the name.
func unused(words, args []string) (left []string) {
	used := map[string]bool{}
	for _, arg := range args {
		used[subject(arg)] = true
	}
	for _, word := range words {
		if name := subject(word); !used[name] {
			used[name] = true
			left = append(left, word)
		}
	}
	return left
}

func subject(word string) string {
	end := strings.IndexAny(word, "=\t")
	if end < 0 {
		return word
	}
	return word[:end]
}

// completeFlags completes the values of a command's flags that are one of few words, as their
// placeholders say, and folders. It is for who has pressed Tab alone: others need not pay.
func completeFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		words := strings.Split(f.Value.Type(), "|")
		switch {
		case len(words) > 1:
			cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		case f.Name == "root":
			cmd.MarkFlagDirname(f.Name)
		}
	})
}
