// Package cli is the command line: one file for each command, which reads flags,
// builds the parts, joins them, and returns an exit code.
//
// # From text to a run
//
//	flags, SUPERVISE_*, .supervise.env ─▶ settings ┐
//	Procfile, arguments ─▶ procfile.File, Counts   ├─▶ app ─▶ instances ─▶ supervisor.Formation
//	.env, the OS ─▶ procfile.Config                ┘         (port, environment, command)
//
// An app is all that was read; load.go makes it, and collects every mistake before
// anybody sees one. An instance is one line of what will run: check prints it, env
// shows its environment, start launches it, all three from the same value.
//
// # The joints of start
//
// The supervisor knows no processes, process knows no instances, output knows
// neither. launcher.go stands between them: it turns the supervisor's effects into
// process's calls and process's events into the supervisor's reports, and gives each
// launch its pipes. narrate.go is a watcher: it writes events as lines of "system".
// relay.go turns signals into commands.
//
// Only this package prints, knows flags, or advises with one.
package cli
