package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"regexp"
	"strings"
	"testing"
)

// rewritten is what an application gets of a request by peer.
func rewritten(t *testing.T, trust Trust, peer string, h http.Header) *http.Request {
	t.Helper()
	in, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET /a HTTP/1.1\r\nHost: shop.example\r\n\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	in.RemoteAddr, in.Header = peer, h
	out := in.Clone(t.Context())
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
		out.Header.Del(name) // httputil does
	}
	rewriter(trust)(&httputil.ProxyRequest{In: in, Out: out})
	return out
}

func TestWhereARequestCameFromIsSaidByThoseWhoAreTrusted(t *testing.T) {
	said := http.Header{
		"X-Forwarded-For": {"203.0.113.9, 203.0.113.8", "203.0.113.7"}, "X-Forwarded-Proto": {"https"},
		"X-Forwarded-Host": {"public.example"}, "X-Forwarded-Port": {"443"}, "Forwarded": {"for=203.0.113.9"},
		"X-Real-Ip": {"203.0.113.9"}, "X-Request-Start": {"t=1"}, "X-Request-Id": {"abc"},
		"X_forwarded_for": {"203.0.113.1"}, "X_request-Id": {"lie"}, "Cookie": {"a=b"},
	}
	for _, c := range []struct {
		trust  Trust
		peer   string
		listen bool
	}{
		{TrustPrivate, "127.0.0.1:1000", true},
		{TrustPrivate, "[::1]:1000", true},
		{TrustPrivate, "[::ffff:10.0.0.1]:1000", true},
		{TrustPrivate, "192.168.3.4:1000", true},
		{TrustPrivate, "[fd00::1]:1000", true},
		{TrustPrivate, "198.51.100.1:1000", false},
		{TrustPrivate, "[2001:db8::1]:1000", false},
		{TrustNone, "127.0.0.1:1000", false},
		{TrustAll, "198.51.100.1:1000", true},
	} {
		got := rewritten(t, c.trust, c.peer, said).Header
		peer := netip.MustParseAddrPort(c.peer).Addr().Unmap().String()
		want := map[string]string{"X-Forwarded-For": peer, "X-Forwarded-Proto": "http", "X-Forwarded-Host": "shop.example", "Cookie": "a=b", "X-Request-Id": "abc"}
		if c.listen {
			want = map[string]string{
				"X-Forwarded-For":   "203.0.113.9, 203.0.113.8, 203.0.113.7, " + peer,
				"X-Forwarded-Proto": "https", "X-Forwarded-Host": "public.example", "X-Forwarded-Port": "443",
				"Forwarded": "for=203.0.113.9", "X-Real-Ip": "203.0.113.9", "X-Request-Start": "t=1", "X-Request-Id": "abc", "Cookie": "a=b",
			}
		} else if start := got.Get("X-Request-Start"); start == "t=1" || !regexp.MustCompile(`^t=\d{13}$`).MatchString(start) {
			t.Errorf("X-Request-Start %q", start)
		} else {
			got.Del("X-Request-Start")
		}
		for name, v := range want {
			if got.Get(name) != v {
				t.Errorf("trust %d, peer %s: %s = %q, want %q", c.trust, c.peer, name, got.Get(name), v)
			}
		}
		if len(got) != len(want) {
			t.Errorf("trust %d, peer %s: headers %v, want %v", c.trust, c.peer, got, want)
		}
	}
}

func TestEveryRequestHasAnID(t *testing.T) {
	for id, kept := range map[string]bool{
		"abc-1": true, strings.Repeat("x", 200): true, "": false, strings.Repeat("x", 201): false, "a b": false, "ä": false,
	} {
		h := http.Header{}
		if id != "" {
			h.Set("X-Request-Id", id)
		}
		got := rewritten(t, TrustNone, "127.0.0.1:1", h).Header.Get("X-Request-Id")
		if (got == id) != kept || len(got) < 1 {
			t.Errorf("X-Request-ID %q became %q", id, got)
		}
	}
}

func TestARequestArrivesAsItWasSent(t *testing.T) {
	heads := make(chan string, 1)
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, func(c net.Conn, in *bufio.Reader) {
		var head strings.Builder
		for !strings.HasSuffix(head.String(), "\r\n\r\n") {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			head.WriteString(line)
		}
		heads <- head.String()
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	}))
	for sent, want := range map[string]string{
		"GET /a%2fb/../c|d?x=1;y&z=%zz HTTP/1.1\r\nHost: a.example:80\r\n":                                  "GET /a%2fb/../c|d?x=1;y&z=%zz HTTP/1.1\r\nHost: a.example:80\r\n",
		"GET //b.example/x HTTP/1.1\r\nHost: a.example\r\n":                                                 "GET //b.example/x HTTP/1.1\r\nHost: a.example\r\n",
		"GET http://b.example/x?y HTTP/1.1\r\nHost: a.example\r\n":                                          "GET /x?y HTTP/1.1\r\nHost: b.example\r\n",
		"PURGE / HTTP/1.1\r\nHost: a\r\n":                                                                   "PURGE / HTTP/1.1\r\nHost: a\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n":                                               "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nConnection: X-Secret\r\nX-Secret: 1\r\nKeep-Alive: 5\r\nB: 1\r\nB: 2": "GET / HTTP/1.1\r\nHost: a\r\nB: 1\r\nB: 2\r\n",
	} {
		c, in := dialRaw(t, addr)
		fmt.Fprintf(c, "%s\r\n\r\n", strings.TrimSuffix(sent, "\r\n"))
		res, err := http.ReadResponse(in, nil)
		if err != nil || res.StatusCode != 204 {
			t.Fatalf("%q: %v %v", sent, res, err)
		}
		got := soon(t, "the application has a request", heads)
		if got, _, _ = strings.Cut(got, "X-Forwarded-For: 127.0.0.1\r\n"); got != want {
			t.Errorf("%q became\n%q, want\n%q", sent, got, want)
		}
	}
}

func TestAnAnswerArrivesAsItWasSent(t *testing.T) {
	f, addr := newFront(t, Options{})
	f.Open(Backend{"web.1", 1}, rawApp(t, func(c net.Conn, in *bufio.Reader) {
		http.ReadRequest(in)
		io.WriteString(c, "HTTP/1.1 418 Teapot\r\nA: 1\r\nA: 2\r\nContent-Length: 6\r\nDate: x\r\nKeep-Alive: 5\r\nConnection: close\r\n\r\n<html>")
	}))
	res, err := client(t).Get("http://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if got := fmt.Sprintf("%d %v %v %s", res.StatusCode, res.Header, res.Close, body); got != "418 map[A:[1 2] Content-Length:[6] Date:[x]] false <html>" {
		t.Errorf("got %s", got)
	}
}
