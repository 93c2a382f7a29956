package control

import (
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

// enough is how long a test waits for what must happen before it gives up.
const enough = 20 * time.Second

// The test binary plays other users: as `control.test @role argument…` it is one.
var roles = map[string]func(args []string){
	"ask":    askAs,
	"trust":  trustAs,
	"listen": listenAs,
}

func TestMain(m *testing.M) {
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "@") {
		roles[os.Args[1][1:]](os.Args[2:])
		os.Exit(0)
	}
	os.Unsetenv("SUPERVISE_SOCKET")
	code := m.Run()
	if code == 0 && !quiet() {
		code = 1
	}
	os.Exit(code)
}

// quiet says that no goroutine is left, but for the runtime's and the one that asks.
func quiet() bool {
	for end := time.Now().Add(enough); runtime.NumGoroutine() > 1; runtime.Gosched() {
		if time.Now().After(end) {
			pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			return false
		}
	}
	return true
}
