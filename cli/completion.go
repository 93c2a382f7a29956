package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
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
		if _, err := io.WriteString(w, bashWords); err != nil {
			return err
		}
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	}
	return mistake("it knows "+strings.Join(shells, ", "), "no completion for %q", shell)
}

// bashWords stands in for a function of the package bash-completion, where it is missing:
// cobra's script asks it for the words before the cursor, which are not to be split at = as
// bash does.
const bashWords = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        local line=${COMP_LINE:0:COMP_POINT}
        read -ra words <<<"$line"
        if [[ $line == *[[:space:]] ]]; then words+=(""); fi
        cword=$((${#words[@]} - 1))
        cur=${words[cword]} prev=${words[cword-1]}
    }
fi

`
