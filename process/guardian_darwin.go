package process

import "os"

func ourProgram() (string, error) { return os.Executable() }

// unnamedFile makes a file that goes with who have it open.
func unnamedFile() (*os.File, error) {
	file, err := os.CreateTemp("", "ledger")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

func nameOurselves() {}
