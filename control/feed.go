package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxEvent is the longest line of a stream: a record of 64 KiB, every byte of it escaped,
// and once more in base64.
const maxEvent = 1 << 20

// feed reads a stream of server-sent events. When the connection breaks it goes on behind
// the last event that it has read.
type feed struct {
	client *Client
	path   string

	cursor string
	body   io.ReadCloser // nil: not connected
	lines  *bufio.Scanner
	tried  bool // we have been connected before
	broken int  // connections in a row on which nothing came
}

// connect asks for the stream. It is next's to do, but for those who want to be sure that
// they will hear of all that happens from now on.
func (f *feed) connect(ctx context.Context) error {
	resp, err := f.client.do(ctx, http.MethodGet, f.path, nil, f.cursor)
	if err != nil {
		return err
	}
	f.body, f.lines = resp.Body, bufio.NewScanner(resp.Body)
	f.lines.Buffer(nil, maxEvent)
	f.tried = true
	return nil
}

// next decodes the next event into v. At the stream's end, and when supervise itself has
// ended, it returns io.EOF.
func (f *feed) next(ctx context.Context, v any) error {
	for {
		if f.body == nil {
			err := f.connect(ctx)
			if f.tried && errors.Is(err, errGone) {
				return io.EOF
			}
			if err != nil {
				return err
			}
		}
		data, err := f.event()
		if err == nil {
			return json.Unmarshal(data, v)
		}
		f.close()
		f.broken++
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == io.EOF:
			return io.EOF
		case f.broken > 1:
			return fmt.Errorf("cannot read from supervise on %s: %w", f.client.path, err)
		}
	}
}

// event reads one event's data, and takes its id for the cursor.
func (f *feed) event() (data []byte, err error) {
	cursor := f.cursor
	for f.lines.Scan() {
		name, value, _ := bytes.Cut(f.lines.Bytes(), []byte(": "))
		switch string(name) {
		case "id":
			cursor = string(value)
		case "data":
			data = bytes.Clone(value)
		case "":
			f.cursor, f.broken = cursor, 0
			return data, nil
		}
	}
	if err := f.lines.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

func (f *feed) close() {
	if f.body != nil {
		f.body.Close()
		f.body = nil
	}
}

// nextEvent reads an event of the run. What is not in it but in its instance is put
// there.
func nextEvent(ctx context.Context, f *feed) (e Event, err error) {
	err = f.next(ctx, &e)
	if e.Instance != nil {
		e.Instance.Cause = e.Cause
	}
	return e, err
}
