package cli

import "github.com/spf13/cobra"

// How many arguments a command takes. The hint is its usage.

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return mistake("supervise "+cmd.Use, "%s takes no arguments, not %q", cmd.Name(), args[0])
	}
	return nil
}

func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return mistake("supervise "+cmd.Use, "%s takes at most one argument, not %d", cmd.Name(), len(args))
	}
	return nil
}

func atLeastOne(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return mistake("supervise "+cmd.Use, "%s wants to know whom", cmd.Name())
	}
	return nil
}
