package cli

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"supervise/procfile"
)

func (c *command) completion() *cobra.Command {
	shells := []string{"bash", "zsh", "fish"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Write a completion script for your shell",
		Long: `Completion writes a script that completes commands, flags, process types and
instances. Add it to your shell's start-up file.`,
		Example: `  source <(supervise completion bash)
  supervise completion zsh > "${fpath[1]}/_supervise"
  supervise completion fish > ~/.config/fish/completions/supervise.fish`,
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return mistake("supervise completion "+strings.Join(shells, "|"), "completion wants the name of one shell")
			}
			return writeCompletion(cmd.Root(), args[0], shells, c.std.Out)
		},
	}
}

func writeCompletion(root *cobra.Command, shell string, shells []string, w io.Writer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	}
	return mistake("it knows "+strings.Join(shells, ", "), "no completion for %q", shell)
}

// completeTypes completes the process types of the Procfile that the flags name, each
// followed by suffix if a count is to follow. Mistakes in it are for other commands to
// tell.
func completeTypes(s *settings, suffix string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		a := &app{settings: s}
		name, ms := a.locate(s.sources)
		if ms != nil || name == "-" {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		file, _ := procfile.Read(name, nil)
		var words []string
		for _, entry := range file.Entries {
			words = append(words, entry.Type+suffix+"\t"+procfile.MaskText(entry.Command, nil))
		}
		if suffix != "" {
			return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		return words, cobra.ShellCompDirectiveDefault
	}
}

// completeInstances completes the instances and types of the running supervise.
func completeInstances(t *target) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		client, err := t.dial(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer client.Close()
		all, _ := client.Instances(ctx)
		var words []string
		for _, i := range all {
			if !slices.Contains(words, i.Type) {
				words = append(words, i.Type)
			}
			words = append(words, i.Name+"\t"+i.State)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeOneInstance completes the instances that the running supervise has, once.
func completeOneInstance(t *target) cobra.CompletionFunc {
	complete := completeInstances(t)
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		words, directive := complete(cmd, args, word)
		return slices.DeleteFunc(words, func(w string) bool { return !strings.Contains(w, ".") }), directive
	}
}
