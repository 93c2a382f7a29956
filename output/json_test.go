package output

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestJSONIsOneObjectALine(t *testing.T) {
	const head = `{"time":"2025-01-02T15:04:05.000000006Z","type":"web","instance":"web.1","pid":7,"launch":3,`
	piece := testBatch("web.1", "{}\n")
	piece.Cut = true
	stderr := testBatch("web.1", "a\nb\n")
	stderr.Stream, stderr.Time = Stderr, afternoon.In(time.FixedZone("", 3600))
	nobody := &Batch{Stream: System, Time: afternoon, Data: []byte("stopping\n"), Event: "stopping", Cause: "SIGTERM"}
	for _, c := range []struct {
		name  string
		batch *Batch
		want  string
	}{
		{"text", testBatch("web.1", "hello\n"), head + `"stream":"stdout","message":"hello"}` + "\n"},
		{"two lines of stderr, in UTC", stderr, head + `"stream":"stderr","message":"a"}` + "\n" + head + `"stream":"stderr","message":"b"}` + "\n"},
		{"escapes", testBatch("web.1", "a\"b\\c\td\x00\x1b[m\x7f é€<&>\r\n"),
			head + `"stream":"stdout","message":"a\"b\\c\td\u0000\u001b[m` + "\x7f" + ` é€<&>"}` + "\n"},
		{"wrong UTF-8", testBatch("web.1", "a\xff\xc3b\ufffd\n"),
			head + `"stream":"stdout","message":"a` + "\ufffd\ufffdb\ufffd" + `","raw":"Yf/DYu+/vQ=="}` + "\n"},
		{"a right U+FFFD needs no raw", testBatch("web.1", "\ufffd\n"), head + `"stream":"stdout","message":"` + "\ufffd" + `"}` + "\n"},
		{"the app's own object", testBatch("web.1", `{"level":"info","n":[1]}`+"\r\n"),
			head + `"stream":"stdout","message":"{\"level\":\"info\",\"n\":[1]}","json":{"level":"info","n":[1]}}` + "\n"},
		{"the app's own object with white space around it", testBatch("web.1", "\t {\"a\": 1} \n"),
			head + `"stream":"stdout","message":"\t {\"a\": 1} ","json":{"a": 1}}` + "\n"},
		{"not quite an object", testBatch("web.1", "{\"a\":1,}\n[1]\n\"a\"\n{\"a\":\"\xff\"}\n"),
			head + `"stream":"stdout","message":"{\"a\":1,}"}` + "\n" + head + `"stream":"stdout","message":"[1]"}` + "\n" +
				head + `"stream":"stdout","message":"\"a\""}` + "\n" +
				head + `"stream":"stdout","message":"{\"a\":\"` + "\ufffd" + `\"}","raw":"eyJhIjoi/yJ9"}` + "\n"},
		{"a piece, which is no object", piece, head + `"stream":"stdout","message":"{}","cut":true}` + "\n"},
		{"a system record about an instance", testNotice("web.1", "web.1 exited 1"),
			head + `"stream":"system","message":"web.1 exited 1","event":"exited","cause":"exit status 1"}` + "\n"},
		{"a system record about none", nobody,
			`{"time":"2025-01-02T15:04:05.000000006Z","type":"system","instance":"system","stream":"system","message":"stopping","event":"stopping","cause":"SIGTERM"}` + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := NewJSON(&out).Write(c.batch); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != c.want {
				t.Errorf("got\n%s, want\n%s", got, c.want)
			}
		})
	}
}

func TestADeepObjectStaysAMessage(t *testing.T) {
	var out bytes.Buffer
	NewJSON(&out).Write(testBatch("web.1", strings.Repeat(`{"a":`, 9999)+"{}"+strings.Repeat("}", 9999)+"\n"))
	var o struct{ JSON json.RawMessage }
	if err := json.Unmarshal(out.Bytes(), &o); err != nil || o.JSON != nil {
		t.Errorf("Unmarshal = %v with json %.20q, want no error and none", err, o.JSON)
	}
}

// FuzzJSON compares with encoding/json, which reads what we write.
func FuzzJSON(f *testing.F) {
	for _, line := range []string{"", "a", `{"a":1}`, `{"a":"` + "\xff" + `"}`, "\u2028\u009b\x7f\xed\xa0\x80", "\r", "{}\r"} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, '\n') >= 0 {
			t.Skip("not a line")
		}
		var out bytes.Buffer
		if err := NewJSON(&out).Write(testBatch("web.1", string(line)+"\n")); err != nil {
			t.Fatal(err)
		}
		var o struct {
			Message string
			Raw     []byte
			JSON    json.RawMessage
		}
		if err := json.Unmarshal(out.Bytes(), &o); err != nil || !utf8.Valid(out.Bytes()) {
			t.Fatalf("%v in %q", err, out.Bytes())
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if want := string([]rune(string(line))); o.Message != want {
			t.Errorf("message %q, want %q", o.Message, want)
		}
		if want := !utf8.Valid(line); (o.Raw != nil) != want || want && !bytes.Equal(o.Raw, line) {
			t.Errorf("raw %q of %q", o.Raw, line)
		}
		value := bytes.Trim(line, " \t\r")
		if want := utf8.Valid(line) && json.Valid(line) && value[0] == '{'; (o.JSON != nil) != want || want && !bytes.Equal(o.JSON, value) {
			t.Errorf("json %q of %q", o.JSON, line)
		}
	})
}
