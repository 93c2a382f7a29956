package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"supervise/supervisor"
)

// curl asks as curl would, and returns the body.
func (a *app) curl(t *testing.T, method, path, body string) (status int, text string) {
	t.Helper()
	resp, err := a.client.http.Do(a.request(t, method, path, body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(all)
}

func (a *app) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(a.ctx(t), method, "http://supervise"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestTheListIsWhatPsShows(t *testing.T) {
	a := start(t, func(o *Options, _ *limits) {
		o.Ports = func(id supervisor.ID) int { return 5000 + id.N - 1 }
		o.Usage = func(pids []int) map[int]Usage { return map[int]Usage{pids[0]: {CPU: 1.5, Memory: 4096}} }
		o.Front = func() (FrontDoor, map[supervisor.ID]Requests) {
			r := Requests{PerSecond: 2, InFlight: 1, Queue: 0.5, Answers: map[int]uint64{200: 9}}
			return FrontDoor{Address: ":8080", Requests: r, Waiting: 3, Connections: 4}, map[supervisor.ID]Requests{{Type: "web", N: 1}: r}
		}
	}, typ("web", 1), typ("clock", 1))
	a.become("web", crash)
	a.client.Restart(a.ctx(t), []string{"web"}, false, nil)
	a.client.Stop(a.ctx(t), []string{"web"}, nil)
	_, text := a.curl(t, "GET", "/v1/instances", "")
	var got []map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	delete(got[1], "uptime_seconds")
	want := []map[string]any{{
		"instance": "web.1", "type": "web", "state": "down", "ready": false, "probe": "port", "pid": 0.0, "port": 5000.0, "launch": 2.0,
		"restarts": 1.0, "uptime_seconds": 0.0, "last_exit": map[string]any{"code": 1.0}, "cause": "asked",
		"requests": map[string]any{"per_second": 2.0, "in_flight": 1.0, "queue_seconds": 0.5, "answers": map[string]any{"200": 9.0}},
	}, {
		"instance": "clock.1", "type": "clock", "state": "up", "ready": true, "probe": "port", "pid": 2.0, "port": 5000.0, "launch": 1.0,
		"restarts": 0.0, "last_exit": nil, "cause": "listens", "cpu_percent": 1.5, "memory_bytes": 4096.0,
	}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	const door = `{"address":":8080","per_second":2,"in_flight":1,"queue_seconds":0.5,"answers":{"200":9},"waiting":3,"connections":4}`
	if _, text := a.curl(t, "GET", "/v1/front", ""); text != door+"\n" {
		t.Errorf("the front door is %s, want %s", text, door)
	}
}

// Its end tells how long it had been up, and that is all that does.
func TestWhoIsDownHasNoUptime(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	if err := a.client.Stop(a.ctx(t), []string{"web"}, nil); err != nil {
		t.Fatal(err)
	}
	i, err := a.client.Instance(a.ctx(t), "web.1")
	if err != nil || i.State != "down" || i.Uptime != 0 {
		t.Errorf("it is %s with an uptime of %gs, %v", i.State, i.Uptime, err)
	}
}

func TestWithoutAFrontDoorNobodyTellsOfOne(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	var none *Error
	if _, err := a.client.FrontDoor(a.ctx(t)); !errors.As(err, &none) || none.Status != http.StatusNotFound || none.Reason != "there is no front door" {
		t.Errorf("got %v, want 404", err)
	}
	if _, text := a.curl(t, "GET", "/v1/instances", ""); strings.Contains(text, "requests") {
		t.Errorf("there are requests in %s", text)
	}
}

func TestAnInstanceTellsItsLast20Changes(t *testing.T) {
	a := start(t, func(o *Options, _ *limits) {
		o.Narrate = func(e supervisor.Event) string { return e.ID.String() + " " + e.Kind.String() }
	}, typ("web", 1))
	for range 5 {
		if err := a.client.Restart(a.ctx(t), nil, false, nil); err != nil {
			t.Fatal(err)
		}
	}
	i, err := a.client.Instance(a.ctx(t), "web.1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range i.Changes[15:] {
		got = append(got, fmt.Sprintf("%s: %s, launch %d, %s", e.Text, e.Cause, e.Launch, e.State))
	}
	want := []string{
		"web.1 changed: asked, launch 5, stopping",
		"web.1 exited: asked, launch 5, stopping",
		"web.1 changed: asked, launch 6, starting",
		"web.1 launched: asked, launch 6, up",
		"web.1 ready: listens, launch 6, up",
	}
	if len(i.Changes) != 20 || !slices.Equal(got, want) {
		t.Errorf("%d changes, the last ones\n%s\nwant 20 and\n%s", len(i.Changes), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWait(t *testing.T) {
	a := start(t, nil, typ("web", 2), typ("worker", 1))
	ctx := a.ctx(t)
	for _, err := range []error{
		a.client.Stop(ctx, []string{"web.2"}, nil),
		a.client.Scale(ctx, []string{"worker=0"}, nil),
		a.client.Wait(ctx, ForReady, 0), // what was stopped by command does not count
		a.client.Wait(ctx, ForReady, -1, "web.1"),
		a.client.Wait(ctx, ForStopped, 0, "web.2", "worker", "worker.1"),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	for want, err := range map[string]error{
		"not ready: web.2 is down":                   a.client.Wait(ctx, ForReady, 0, "web"),
		"not ready: worker has no instance":          a.client.Wait(ctx, ForReady, time.Millisecond, "worker"),
		"not stopped: web.1 is up":                   a.client.Wait(ctx, ForStopped, 0),
		`"soon" is not a timeout: want one like 10s`: a.client.call(ctx, "GET", "/v1/wait?timeout=soon", nil, nil),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	stopped := make(chan error)
	go func() { stopped <- a.client.Wait(ctx, ForStopped, enough) }()
	a.client.Stop(ctx, []string{"web"}, nil)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestNothingIsReadyBeforeTheFirstLaunch(t *testing.T) {
	s := newServer(Options{Supervisor: supervisor.New(supervisor.Formation{}, supervisor.Options{})}, defaultLimits())
	defer s.Close(t.Context())
	s.forget()
	if got := s.await(t.Context(), ForReady, nil); len(got) != 1 || got[0] != "nothing has been launched yet" {
		t.Errorf("missing are %q", got)
	}
}

// events reads n events of a stream as curl shows them: id and data.
func (a *app) events(t *testing.T, path string, n int) (ids []string, events []Event) {
	t.Helper()
	f := &feed{client: a.client, path: path}
	defer f.close()
	for range n {
		e, err := nextEvent(a.ctx(t), f)
		if err != nil {
			t.Fatal(err)
		}
		ids, events = append(ids, f.cursor), append(events, e)
	}
	return ids, events
}

func TestACursorTakesUpTheEventsWhereTheyWereLeft(t *testing.T) {
	a := start(t, nil, typ("web", 3))
	ids, all := a.events(t, "/v1/events?after=0", 9)
	for i, e := range all {
		if e.Seq != uint64(i+1) {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
	}
	if _, again := a.events(t, "/v1/events?after="+ids[3], 5); again[0].Seq != 5 {
		t.Errorf("after number 4 comes %d", again[0].Seq)
	}
	if _, again := a.events(t, "/v1/events?after=another.99999", 1); again[0].Seq != 1 {
		t.Errorf("after the cursor of another run comes %d, want 1", again[0].Seq)
	}
	if status, text := a.curl(t, "GET", "/v1/events?after=x", ""); status != 400 || text != "{\"error\":\"\\\"x\\\" is not a cursor: take the id of an event\"}\n" {
		t.Errorf("a bad cursor: %d %s", status, text)
	}
}

func TestCurlIsEnough(t *testing.T) {
	a := start(t, nil, typ("web", 1))
	for _, test := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/v1/restart", `{"instances":["web"]}`, 202},
		{"POST", "/v1/restart", ``, 202},
		{"POST", "/v1/restart", `{"instance":"web"}`, 400},
		{"POST", "/v1/restart", `nonsense`, 400},
		{"GET", "/v1/restart", ``, 405},
		{"GET", "/v1/nonsense", ``, 404},
		{"GET", "/v1/wait?timeout=20s", ``, 200},
		{"GET", "/v1/logs?lines=-1", ``, 400},
		{"GET", "/v1/logs?follow=perhaps", ``, 400},
		{"GET", "/v1/logs?name=web&lines=3", ``, 200},
	} {
		if status, text := a.curl(t, test.method, test.path, test.body); status != test.status {
			t.Errorf("%s %s %s: %d %s, want %d", test.method, test.path, test.body, status, text, test.status)
		}
	}
}
