//go:build !linux

package process

// Unmap does nothing here.
func Unmap() {}
