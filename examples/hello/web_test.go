package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// slowRequest returns the address of a running web and the body of a request of
// which so far only the first line has come.
func slowRequest(t *testing.T, ms string) (web *app, address string, body *bufio.Reader) {
	t.Helper()
	web = start(t, "web", "PORT=0")
	address = strings.TrimPrefix(web.until("listening on "), "listening on http://")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + address + "/slow?ms=" + ms)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	body = bufio.NewReader(answer.Body)
	if line, _ := body.ReadString('\n'); line != "working\n" {
		t.Fatalf("/slow begins with %q, want %q", line, "working\n")
	}
	return web, address, body
}

func TestWebFinishesASlowRequestBeforeItExits(t *testing.T) {
	t.Parallel()
	web, address, body := slowRequest(t, "1500")
	web.cmd.Process.Signal(syscall.SIGTERM)
	web.until("stopping, requests in flight: 1")
	for connects(address) { // it stops listening soon after it has said so
	}
	if rest, err := io.ReadAll(body); string(rest) != "done after 1500 ms\n" || err != nil {
		t.Errorf("the answer ends with %q, %v, want %q, nil", rest, err, "done after 1500 ms\n")
	}
	web.until("GET /slow?ms=1500 200 in ")
	if rest, code := web.end(); !slices.Equal(rest, []string{"every request is finished, bye"}) || code != 0 {
		t.Errorf("web ended with %q and exit code %d", rest, code)
	}
}

func connects(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// The counterpart: without the drain the answer is cut.
func TestAKilledWebCutsASlowRequest(t *testing.T) {
	t.Parallel()
	web, _, body := slowRequest(t, "60000")
	web.cmd.Process.Kill()
	if rest, err := io.ReadAll(body); err == nil {
		t.Errorf("the answer of a killed web ends well with %q", rest)
	}
}

func TestWebSaysWhoAnswers(t *testing.T) {
	t.Setenv("GREETING", "Ahoy")
	t.Setenv("PS", "web.2")
	t.Setenv("PORT", "5001")
	for path, want := range map[string]string{
		"/":              "Ahoy, from web.2 on port 5001\n",
		"/healthz":       "ok\n",
		"/slow?ms=0":     "working\ndone after 0 ms\n",
		"/slow?ms=soon":  "ms is \"soon\", expected 0 to 60000\n",
		"/slow?ms=60001": "ms is \"60001\", expected 0 to 60000\n",
	} {
		if got := get(t, path); got != want {
			t.Errorf("GET %s = %q, want %q", path, got, want)
		}
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	answer := httptest.NewRecorder()
	pages().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Body.String()
}
