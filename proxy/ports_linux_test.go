package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
)

// waiting counts the connections to a port that are in TIME_WAIT (06 in proc_net_tcp(5)).
func waiting(t *testing.T, port uint16) int {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Skip(err)
	}
	return strings.Count(string(table), fmt.Sprintf(":%04X 06 ", port))
}

// TestConnectionsUseNoPortsAfterTheirEnd: at 28,000 in TIME_WAIT there is no port left.
func TestConnectionsUseNoPortsAfterTheirEnd(t *testing.T) {
	keeps := newApp(t, 0, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }).addr
	closes := rawApp(t, func(c net.Conn, in *bufio.Reader) {
		http.ReadRequest(in)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
		in.Peek(1) // it is slow in closing
	})
	c := client(t)
	for _, app := range []netip.AddrPort{keeps, closes} {
		f, addr := newFront(t, Options{})
		f.Open(Backend{"web.1", 1}, app)
		before := waiting(t, app.Port()) // of others, who had this port
		for range 20 {
			if code, _, err := try(c, "POST", "http://"+addr, strings.NewReader("x")); code != 200 {
				t.Fatal(code, err)
			}
		}
		if n := waiting(t, app.Port()) - before; n > 0 {
			t.Errorf("%d connections are in TIME_WAIT", n)
		}
	}
}
