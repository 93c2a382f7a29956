package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"supervise/output"
)

// Client asks a running supervise. Its methods may be called from any goroutine. When
// their context ends they return its error; what supervise has accepted it does all the
// same.
type Client struct {
	path string
	pid  int
	http *http.Client
}

// Error is supervise's refusal.
type Error struct {
	Status int // of HTTP
	Reason string
	Known  []string // the instances and process types there are, if one was named that is none
}

func (e *Error) Error() string { return e.Reason }

func newClient(path string, pid int) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, _, err := connect(ctx, path)
		return conn, err
	}
	return &Client{path: path, pid: pid, http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// Socket is where supervise listens.
func (c *Client) Socket() string { return c.path }

// PID is who listened there when we came; 0: it is not visible from here.
func (c *Client) PID() int { return c.pid }

// Ping returns nil at any sign of life, a refusal too.
func (c *Client) Ping(ctx context.Context) error {
	err := c.call(ctx, http.MethodGet, "/v1/ping", nil, nil)
	if refused := new(Error); errors.As(err, &refused) {
		return nil
	}
	return err
}

// Close gives unused connections back.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Instances returns all instances, in the order of the Procfile.
func (c *Client) Instances(ctx context.Context) (all []Instance, err error) {
	err = c.call(ctx, http.MethodGet, "/v1/instances", nil, &all)
	return all, err
}

// Instance returns one, like web.1, with its last 20 changes.
func (c *Client) Instance(ctx context.Context, name string) (i Instance, err error) {
	err = c.call(ctx, http.MethodGet, "/v1/instances/"+url.PathEscape(name), nil, &i)
	return i, err
}

// FrontDoor returns the front door. If there is none, the [*Error]'s Status is 404.
func (c *Client) FrontDoor(ctx context.Context) (f FrontDoor, err error) {
	err = c.call(ctx, http.MethodGet, "/v1/front", nil, &f)
	return f, err
}

// Wait returns when all that are named are ready or stopped. No names means everything.
// The timeout 0 asks how it is now, a negative one waits for ever. When it is over, the
// [*Error]'s Status is 504 and its Reason tells who is missing.
func (c *Client) Wait(ctx context.Context, what For, timeout time.Duration, names ...string) error {
	query := url.Values{"for": {string(what)}, "name": names}
	if timeout >= 0 {
		query.Set("timeout", timeout.String())
	}
	return c.call(ctx, http.MethodGet, "/v1/wait?"+query.Encode(), nil, nil)
}

// Events yields what happens from now on, until supervise ends. An event whose Lost is
// not 0 is nothing but that. The error is the last that is yielded.
func (c *Client) Events(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		f := &feed{client: c, path: "/v1/events"}
		defer f.close()
		for {
			e, err := nextEvent(ctx, f)
			if err == io.EOF || !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// LogsOptions say which lines.
type LogsOptions struct {
	Names  []string // instances, process types or "system", supervise itself; none: all
	Lines  int      // at most so many of those that are kept; negative: all
	Follow bool     // go on with what comes
}

// Line is a record: one line, or how many were Lost before the next one because they came
// faster than they were read. Where a broken stream was taken up too late, it is at least
// so many.
type Line struct {
	output.Batch
	Lost uint64
}

// Logs yields what was written, and with Follow what will be until supervise ends. The
// error is the last that is yielded.
func (c *Client) Logs(ctx context.Context, o LogsOptions) iter.Seq2[Line, error] {
	query := url.Values{"name": o.Names, "follow": {strconv.FormatBool(o.Follow)}}
	if o.Lines >= 0 {
		query.Set("lines", strconv.Itoa(o.Lines))
	}
	return func(yield func(Line, error) bool) {
		f := &feed{client: c, path: "/v1/logs?" + query.Encode()}
		defer f.close()
		for {
			var l line
			err := f.next(ctx, &l)
			if err == io.EOF || !yield(Line{l.batch(), l.Lost}, err) || err != nil {
				return
			}
		}
	}
}

// call makes one request. In is its body, out what the answer is decoded into; both may
// be nil.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	resp, err := c.do(ctx, method, path, body, "")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("cannot read the answer of supervise: %w", err)
	}
	return nil
}

// do makes a request, and goes on after a cursor if there is one.
func (c *Client) do(ctx context.Context, method, path string, body io.Reader, cursor string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://supervise"+path, body)
	if err != nil {
		return nil, err
	}
	if cursor != "" {
		req.Header.Set("Last-Event-ID", cursor)
	}
	return c.send(req)
}

// send sends a request and turns a refusal into an [*Error].
func (c *Client) send(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.explain(req.Context(), err)
	}
	if resp.StatusCode < http.StatusBadRequest {
		return resp, nil
	}
	defer resp.Body.Close()
	var r refusal
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		r.Error = "supervise answers " + resp.Status
	}
	return nil, &Error{Status: resp.StatusCode, Reason: r.Error, Known: r.Known}
}

// explain takes off what net/http puts before an error: a URL that is nobody's.
func (c *Client) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if vacant(err) {
		return errGone
	}
	return fmt.Errorf("cannot ask supervise on %s: %w", c.path, err)
}

// errGone says that supervise does not answer any more.
var errGone = errors.New("supervise has ended")
