package proxy

import (
	"crypto/rand"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// rewriter returns what is done to the headers of each request. The target, Host and
// all other headers stay as they are; httputil has removed those of the connection.
func rewriter(trust Trust) func(*httputil.ProxyRequest) {
	return func(r *httputil.ProxyRequest) {
		in, out := r.In, r.Out
		out.URL.RawQuery = in.URL.RawQuery // httputil drops what it cannot parse
		out.Trailer = in.Trailer           // filled in at the end of the body
		if out.Body != nil {
			out.Body = in.Body // the one that httputil puts around it hides it
		}
		peer := peerOf(in)
		forget(out.Header, !trust.in(peer))
		forward(in, out.Header, peer, trust.in(peer))
		if !mayUpgrade(in) {
			out.Header.Del("Connection")
			out.Header.Del("Upgrade")
			out.Header.Del("Http2-Settings")
		}
	}
}

// mayUpgrade keeps HTTP/2 from escaping all of this in a tunnel, and knows that
// HTTP/1.0 has none (RFC 9110, section 7.8) and that a body has no place in one.
func mayUpgrade(r *http.Request) bool {
	return r.ContentLength == 0 && r.ProtoAtLeast(1, 1) && !strings.Contains(strings.ToLower(upgrade(r.Header)), "h2c")
}

func peerOf(r *http.Request) netip.Addr {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	return peer.Addr().Unmap().WithZone("")
}

func (t Trust) in(peer netip.Addr) bool {
	switch t {
	case TrustAll:
		return true
	case TrustPrivate:
		return peer.IsLoopback() || peer.IsPrivate()
	}
	return false
}

// forget removes headers by which a client could lie about where it is: all of them
// if it is not trusted, and always those that CGI, WSGI and Rack take for them (to
// these X_Forwarded_For and X-Forwarded-For are both HTTP_X_FORWARDED_FOR).
func forget(h http.Header, all bool) {
	for name := range h {
		plain := strings.ReplaceAll(name, "_", "-")
		if !all && plain == name {
			continue
		}
		switch plain = http.CanonicalHeaderKey(plain); {
		case strings.HasPrefix(plain, "X-Forwarded-"), plain == "Forwarded", plain == "X-Real-Ip",
			plain == "X-Request-Start", plain == "X-Request-Id" && plain != name:
			delete(h, name)
		}
	}
}

// forward says where in came from.
func forward(in *http.Request, h http.Header, peer netip.Addr, trusted bool) {
	chain := "unknown" // RFC 7239, section 6.2
	if peer.IsValid() {
		chain = peer.String()
	}
	proto, host := "http", in.Host
	if trusted {
		if prior := in.Header["X-Forwarded-For"]; len(prior) > 0 {
			chain = strings.Join(prior, ", ") + ", " + chain
		}
		proto = keep(in.Header, "X-Forwarded-Proto", proto)
		host = keep(in.Header, "X-Forwarded-Host", host)
		if prior := in.Header["Forwarded"]; len(prior) > 0 {
			h["Forwarded"] = prior
		}
	}
	h["X-Forwarded-For"] = []string{chain}
	h["X-Forwarded-Proto"] = []string{proto}
	h["X-Forwarded-Host"] = []string{host}
	if !isRequestID(h.Get("X-Request-Id")) {
		h["X-Request-Id"] = []string{rand.Text()}
	}
	if h.Get("X-Request-Start") == "" {
		h["X-Request-Start"] = []string{"t=" + strconv.FormatInt(time.Now().UnixMilli(), 10)}
	}
}

func keep(h http.Header, name, otherwise string) string {
	if v := h.Get(name); v != "" {
		return v
	}
	return otherwise
}

// isRequestID lets through what is safe in a line of a log; 200 characters is what
// Heroku's router accepts, and more than anyone makes.
func isRequestID(id string) bool {
	return 0 < len(id) && len(id) <= 200 && !strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c >= 0x7f })
}

// upgrade is the protocol that a head proposes to switch to; "" is none.
func upgrade(h http.Header) string {
	for _, v := range h["Connection"] {
		for token := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "upgrade") {
				return h.Get("Upgrade")
			}
		}
	}
	return ""
}
