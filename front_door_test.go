package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// through asks once, on a connection of its own, and returns the answer with its body read.
func through(t *testing.T, address, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest("GET", "http://"+address+path, nil)
	must(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
	if err != nil {
		return &http.Response{Status: err.Error()}, ""
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return answer, string(body)
}

// ask is through in the background.
func ask(t *testing.T, address, path string) <-chan string {
	status := make(chan string, 1)
	go func() {
		answer, _ := through(t, address, path)
		status <- answer.Status
	}()
	return status
}

func TestASingletonIsNeverTwoAndItsClientsWait(t *testing.T) {
	d := underLoad(t, plain, 1, "--surge", "web=0")
	for range 3 {
		d.mustDo("restart", "web")
	}
	d.finish()
	for _, r := range d.failed() {
		t.Error(r)
	}
	if d.lines("web.2") > 0 {
		t.Errorf("there was a second instance:\n%s", d.said())
	}
}

func TestALameDuckIsSeenAndServes(t *testing.T) {
	address, observed := freeAddress(t), freeAddress(t)
	s := openDoor(t, 2, "--front", address, "--metrics", observed, "--stop-budget", "20s", "--lame-duck", "4s")
	if answer, _ := through(t, observed, "/readyz"); answer.StatusCode != 200 {
		t.Errorf("/readyz is %s before", answer.Status)
	}
	s.send(syscall.SIGTERM)
	if !within(patience, func() bool { answer, _ := through(t, observed, "/readyz"); return answer.StatusCode == 503 }) {
		t.Error("/readyz does not turn 503")
	}
	answer, body := through(t, address, "/fast?id=x")
	if answer.StatusCode != 200 || body != "x 0" || !answer.Close {
		t.Errorf("a lame duck answers %s %q, closes: %t", answer.Status, body, answer.Close)
	}
	if s.lines("told to stop") > 0 {
		t.Errorf("an instance was told to stop while it served:\n%s", s.said())
	}
	s.end("0")
}

func TestAStopWaitsForRequestsAndThenTellsTheInstances(t *testing.T) {
	address := freeAddress(t)
	s := openDoor(t, 1, "--front", address)
	long := ask(t, address, "/long")
	s.waitForLines("begun", 1)
	s.send(syscall.SIGTERM)
	if got := <-long; got != "200 OK" {
		t.Errorf("the request in flight got %s", got)
	}
	s.end("0")
	if s.lines("told to stop") != 1 {
		t.Errorf("the instance was not told:\n%s", s.said())
	}
}

func TestRequestsThatDoNotEndDoNotHoldUpTheStop(t *testing.T) {
	address := freeAddress(t)
	s := openDoor(t, 1, "--front", address, "--stop-budget", "3s", "--timeout", "8s")
	hung := ask(t, address, "/hang")
	s.waitForLines("begun", 1)
	began := time.Now()
	s.send(syscall.SIGTERM)
	s.end("0")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the end took %v, and the stop budget was 3s", took)
	}
	if got := <-hung; strings.HasPrefix(got, "200") {
		t.Errorf("the request that hangs got %s", got)
	}
	if s.lines("told to stop") != 1 {
		t.Errorf("the instance had no time to drain by itself:\n%s", s.said())
	}
}

func TestTheFrontDoorSpeaksIPv6AndTellsWhereARequestCameFrom(t *testing.T) {
	address := strings.Replace(freeAddress(t), "127.0.0.1", "[::1]", 1)
	for trust, want := range map[string]string{"private": "192.0.2.1, ::1", "none": "::1"} {
		s := openDoor(t, 1, "--front", address, "--trust-forwarded", trust)
		answer, headers := through(t, address, "/headers", "X-Forwarded-For", "192.0.2.1", "X-Request-ID", "abc")
		if answer.StatusCode != 200 {
			t.Fatalf("%s\n%s", answer.Status, s.said())
		}
		for _, line := range []string{"X-Forwarded-For: " + want, "X-Forwarded-Proto: http", "X-Forwarded-Host: " + address, "X-Request-Id: abc", "X-Request-Start: t="} {
			if !strings.Contains(headers, line) {
				t.Errorf("trust %s: no %q in\n%s", trust, line, headers)
			}
		}
		s.send(syscall.SIGTERM)
		s.end("0")
	}
}

func TestATakenFrontDoorIsAnErrorBeforeAnythingStarts(t *testing.T) {
	address := freeAddress(t)
	openDoor(t, 1, "--front", address).afterwards()
	s := prepare(t, "web: server\n", "start", "--no-port=false", "--port", "auto", "--front", address)
	s.start()
	s.end("1")
	want := fmt.Sprintf("supervise: cannot open the front door at %s: port %s is taken by pid ", address, address[strings.LastIndex(address, ":")+1:])
	if got := string(s.said()); !strings.HasPrefix(got, want) || s.lines("started") > 0 {
		t.Errorf("it says\n%swant\n%s…", got, want)
	}
}

// afterwards stops it when the test has ended.
func (s *trial) afterwards() {
	s.t.Cleanup(func() {
		s.send(syscall.SIGTERM)
		s.end("0")
	})
}

func TestHTTP2WithoutTLSComesThrough(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("SKIPPED: no curl")
	}
	address := freeAddress(t)
	openDoor(t, 1, "--front", address).afterwards()
	for _, how := range []string{"--http2-prior-knowledge", "--http1.1", "--http1.0"} {
		out, err := exec.Command("curl", "-sS", how, "-d", "hello", "-w", " %{http_version} %{http_code}", "http://"+address+"/fast?id=x").CombinedOutput()
		want := map[string]string{"--http2-prior-knowledge": "x 5 2 200", "--http1.1": "x 5 1.1 200", "--http1.0": "x 5 1 200"}[how]
		if got := string(out); err != nil || got != want {
			t.Errorf("curl %s: %q, %v, want %q", how, got, err, want)
		}
	}
}

func TestAThousandIdleClientsHoldUpNobody(t *testing.T) {
	address := freeAddress(t)
	s := openDoor(t, 2, "--front", address)
	for n := range 1000 {
		conn, err := net.Dial("tcp", address)
		if err != nil { // more than may wait
			break
		}
		defer conn.Close()
		io.WriteString(conn, []string{"", "GET /fast?id=x HTTP/1.1\r\nHost: x\r\n\r\n", "GET /fast HTTP/1.1\r\nHo"}[n%3])
	}
	s.mustDo("restart", "web")
	if answer, _ := through(t, address, "/fast?id=x"); answer.StatusCode != 200 {
		t.Errorf("it is answered %s", answer.Status)
	}
	s.send(syscall.SIGTERM)
	s.end("0")
}
