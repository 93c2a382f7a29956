package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync"
)

// AttachOptions say what a client has itself.
type AttachOptions struct {
	TTY           string // the name of its terminal, for others who ask; "": none
	Columns, Rows int    // of its window; 0: none, and the instance's terminal keeps its size
}

// Shown is something that an attached client is to show: one of these.
type Shown struct {
	Output []byte // of the instance, raw
	Notice string // a line of supervise about it
	End    *End   // nothing follows
}

// Attachment is a client's end of an instance's terminal, over all its launches. Next belongs to
// one goroutine, the other methods to any.
type Attachment struct {
	Instance string // its name

	conn   io.ReadWriteCloser
	in     *bufio.Reader
	window chan struct{} // a token for each frameTyped on its way
	closed chan struct{}
	once   sync.Once
	mu     sync.Mutex // a frame at a time
}

// Attach takes the terminal of an instance, or of a process type that has one instance, until
// ctx or either end ends. It fails with an [*Error] when there is none, and with the Status 423
// when somebody has it; the Reason tells who.
func (c *Client) Attach(ctx context.Context, name string, o AttachOptions) (*Attachment, error) {
	query := url.Values{"tty": {o.TTY}, "columns": {strconv.Itoa(o.Columns)}, "rows": {strconv.Itoa(o.Rows)}}
	path := "/v1/instances/" + url.PathEscape(name) + "/terminal?" + query.Encode()
	resp, err := c.upgrade(ctx, path)
	if err != nil {
		return nil, err
	}
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if resp.StatusCode != http.StatusSwitchingProtocols || !ok {
		resp.Body.Close()
		return nil, fmt.Errorf("supervise answers %s and gives no terminal", resp.Status)
	}
	a := &Attachment{
		Instance: resp.Header.Get(instanceHeader),
		conn:     conn,
		in:       bufio.NewReader(conn),
		window:   make(chan struct{}, typedWindow),
		closed:   make(chan struct{}),
	}
	context.AfterFunc(ctx, func() { a.Close() })
	return a, nil
}

// upgrade asks for a connection that speaks our protocol from then on.
func (c *Client) upgrade(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://supervise"+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", protocol)
	return c.send(req)
}

// Type types p. It waits while the instance does not read.
func (a *Attachment) Type(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), maxTyped)
		if err := a.reserve(); err != nil {
			return err
		}
		if err := a.send(frame{frameTyped, p[:n]}); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// Flush waits until all is typed.
func (a *Attachment) Flush() error {
	for range typedWindow {
		if err := a.reserve(); err != nil {
			return err
		}
	}
	for range typedWindow {
		<-a.window
	}
	return nil
}

func (a *Attachment) reserve() error {
	select {
	case a.window <- struct{}{}:
		return nil
	case <-a.closed:
		return io.ErrClosedPipe
	}
}

// Resize tells of another size of the client's window.
func (a *Attachment) Resize(columns, rows int) error {
	return a.send(jsonFrame(frameWindow, windowSize{columns, rows}))
}

func (a *Attachment) send(f frame) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return f.writeTo(a.conn)
}

// Next waits for what is to be shown. After an End it returns [io.EOF].
func (a *Attachment) Next() (Shown, error) {
	for {
		f, err := readFrame(a.in, maxFrame)
		if err != nil {
			return Shown{}, err
		}
		switch f.kind {
		case frameTaken:
			select {
			case <-a.window:
			default:
				return Shown{}, errors.New("supervise says that it has typed more than it was given")
			}
		case frameOutput:
			return Shown{Output: f.data}, nil
		case frameNotice:
			return Shown{Notice: string(f.data)}, nil
		case frameEnd:
			end := &End{}
			err := json.Unmarshal(f.data, end)
			return Shown{End: end}, err
		}
	}
}

// Close gives the terminal back. It may be called more than once.
func (a *Attachment) Close() error {
	a.once.Do(func() { close(a.closed) })
	return a.conn.Close()
}
