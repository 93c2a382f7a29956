package main

import "os"

// roles are what this program plays when it is not the bench: what contenders run, and
// the contender that the others are compared with. Each takes its arguments.
var roles = map[string]func(args []string){
	stampRole: func(args []string) { stamp(args[0]) },
	floodRole: flood,
	tickRole:  func([]string) { tick() },
	slowRole:  func([]string) { leaveSlowly() },
	floorRole: func([]string) { layFloor(nil) },
	leastRole: func([]string) { layFloor(&prefixer{}) },

	backendRole: func([]string) { serveBackend() },
	plainRole:   func([]string) { servePlain() },
}

// play plays the role that the arguments name, if they do.
func play() bool {
	if len(os.Args) < 2 || roles[os.Args[1]] == nil {
		return false
	}
	roles[os.Args[1]](os.Args[2:])
	return true
}
