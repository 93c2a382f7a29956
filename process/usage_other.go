//go:build !linux

package process

// usage is not known: the kernel's table of processes has no such figures.
func (*family) usage() map[Key]Usage { return nil }
