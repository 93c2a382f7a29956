package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Masters that fork their workers want the stop signal for themselves, and tell their
// workers in their own way: that is what --stop-mode mixed is for.
const workers = 4

func TestGunicornLosesNoRequestInADrain(t *testing.T) {
	t.Parallel()
	needsPrograms(t, "gunicorn", "gunicorn")
	if lost := stopGunicorn(t); lost > 0 {
		t.Errorf("%d of %d requests are lost", lost, workers)
	}
	// The control: its master takes SIGQUIT for an order not to drain.
	if lost := stopGunicorn(t, "--stop-signal", "QUIT"); lost == 0 {
		t.Errorf("no request is lost though nothing drains")
	}
}

// stopGunicorn stops it while every worker has a request, and counts those without answer.
func stopGunicorn(t *testing.T, args ...string) (lost int) {
	t.Helper()
	address := freeAddress(t)
	s := prepare(t, "web: /usr/bin/gunicorn --workers "+fmt.Sprint(workers)+" --bind "+address+" app:app\n", append([]string{"start"}, args...)...)
	write(t, filepath.Join(s.Dir, "app.py"), `
import os, time
def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        open("begun" + environ["QUERY_STRING"], "w").close()
        time.sleep(0.7)
    start_response("200 OK", [])
    return [b"done"]
`)
	s.start()
	if !within(patience, func() bool { return get("http://" + address) }) {
		t.Fatalf("gunicorn does not answer:\n%s", s.said())
	}
	answers := make(chan bool)
	for n := range workers {
		go func() { answers <- get(fmt.Sprintf("http://%s/slow?%d", address, n)) }()
	}
	s.waitForFiles("begun", workers)
	s.send(syscall.SIGTERM)
	for range workers {
		if !<-answers {
			lost++
		}
	}
	s.end("0")
	return lost
}

func TestCeleryLosesNoTaskInADrain(t *testing.T) {
	t.Parallel()
	needsPrograms(t, "celery", "celery")
	const tasks = 3 * workers
	s := stopCelery(t, tasks)
	for _, begun := range s.files("begun") {
		if done := strings.Replace(begun, "begun", "done", 1); !exists(done) {
			t.Errorf("%s has not become %s:\n%s", begun, done, s.said())
		}
	}
	// Those that were not begun wait for the next run.
	next := prepare(t, "", "start")
	next.Dir = s.Dir
	next.Env = s.Env
	next.start()
	next.waitForFiles("done", tasks)
	next.send(syscall.SIGTERM)
	next.end("0")

	// The control: its workers die of a SIGTERM of their own, and their tasks with them.
	s = stopCelery(t, tasks, "--stop-mode", "group", "--timeout", "2s")
	if begun, done := s.files("begun"), s.files("done"); len(done) >= len(begun) {
		t.Errorf("all %d tasks are done though the workers were stopped:\n%s", len(done), s.said())
	}
}

// stopCelery stops it while every worker has a task and others wait.
func stopCelery(t *testing.T, tasks int, args ...string) *trial {
	t.Helper()
	s := prepare(t, fmt.Sprintf("worker: /usr/bin/python3 -m celery -A tasks worker --concurrency %d --without-gossip --without-mingle\n", workers),
		append([]string{"start"}, args...)...)
	write(t, filepath.Join(s.Dir, "tasks.py"), `
import celery, os, time
app = celery.Celery(broker="filesystem://")
app.conf.broker_transport_options = {"data_folder_in": "queue", "data_folder_out": "queue"}
@app.task
def slow(n):
    open("begun%d" % n, "w").close()
    time.sleep(0.7)
    open("done%d" % n, "w").close()
`)
	must(t, os.Mkdir(filepath.Join(s.Dir, "queue"), 0o700))
	enqueue := exec.Command("/usr/bin/python3", "-c", fmt.Sprintf("import tasks\nfor n in range(%d): tasks.slow.delay(n)", tasks))
	enqueue.Dir = s.Dir
	if out, err := enqueue.CombinedOutput(); err != nil {
		t.Fatalf("cannot enqueue: %v\n%s", err, out)
	}
	s.start()
	s.waitForFiles("begun", workers)
	s.send(syscall.SIGTERM)
	s.end("0")
	return s
}

// needsPrograms skips a test where a package is missing.
func needsPrograms(t *testing.T, program, pkg string) {
	t.Helper()
	if !exists("/usr/bin/" + program) {
		t.Skipf("SKIPPED: a drain of %s; apt-get install %s", program, pkg)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// files lists those whose name begins so.
func (s *trial) files(prefix string) []string {
	files, _ := filepath.Glob(filepath.Join(s.Dir, prefix+"*"))
	return files
}

func (s *trial) waitForFiles(prefix string, n int) {
	s.t.Helper()
	if !within(patience, func() bool { return len(s.files(prefix)) >= n }) {
		s.t.Fatalf("there are %d files %s*, want %d:\n%s", len(s.files(prefix)), prefix, n, s.said())
	}
}

// get tells whether a request is answered.
func get(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return err == nil && string(body) == "done"
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}
