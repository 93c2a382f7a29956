// Package procfile turns text into values: a Procfile into entries, "web=2" into
// counts, .env files into config, and a command into the words that are executed.
//
// It promises that nothing is skipped in silence: every parser returns all the
// mistakes it found at once, each a [Mistake] with file, line, the text seen and
// what to write instead, together with whatever could be read, so that the caller
// decides whether to stop (the default) or to go on with the rest (--lax).
// No message ever holds the value of a variable: a .env file is full of secrets.
//
// It reads files only where it is given their names (Read, LoadEnv); it
// starts nothing, looks up nothing on PATH, and keeps no state: every function may
// be called from any goroutine.
//
//	file, mistakes := procfile.Parse("Procfile", src)
//	counts, err := procfile.ParseCounts([]string{"web=2,worker=4"}, file.Types())
//	config, mistakes := procfile.LoadEnv(os.Environ(), procfile.EnvFile{Name: ".env"})
//	command := procfile.Words(file.Entries[0].Command, config.Lookup)
package procfile
