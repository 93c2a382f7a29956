package metrics

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"supervise/output"
	"supervise/supervisor"
)

// BenchmarkScrape is the answer to one scrape of a hundred instances, without the look at
// their processes.
func BenchmarkScrape(b *testing.B) {
	usage := map[supervisor.ID]Usage{}
	m := New(Options{
		Usage: func() map[supervisor.ID]Usage { return usage },
	})
	for i := range 100 {
		id := supervisor.ID{Type: []string{"web", "worker", "clock", "mail"}[i%4], N: i/4 + 1}
		usage[id] = Usage{CPU: time.Second, Resident: 1 << 20, Files: 10, Processes: 1}
		m.count(supervisor.Event{Seq: 1, Kind: supervisor.KindReady, ID: id, Launch: 1, PID: 7, From: supervisor.Up, To: supervisor.Up, Ready: true, Since: epoch, Time: epoch})
	}
	r := httptest.NewRequest("GET", "/metrics", nil)
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		m.http.Handler.ServeHTTP(w, r)
		b.SetBytes(int64(w.Body.Len()))
	}
}

// BenchmarkOutput is what counting costs a full batch, in lines of 80 bytes.
func BenchmarkOutput(b *testing.B) {
	m := New(Options{})
	batch := output.Batch{
		Source: output.Source{Type: "web", Instance: "web.1"},
		Data:   bytes.Repeat([]byte(strings.Repeat("x", 79)+"\n"), output.MaxLine/80),
	}
	b.SetBytes(int64(len(batch.Data)))
	for b.Loop() {
		m.Output().Write(&batch)
	}
}
