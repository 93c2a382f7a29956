// Package proxy is the front door: it makes the instances of one process type one
// HTTP service, and lets them come, go and crash without losing a request that could
// be saved.
//
//	front := proxy.New(proxy.Options{Report: log.Println})
//	go front.Serve(listener)
//	front.Open(proxy.Backend{Name: "web.1", Launch: 1}, addr) // it is ready
//	front.Close(proxy.Backend{Name: "web.1", Launch: 1}, func() {
//		// no request is in flight at it: it can be stopped
//	})
//	front.LameDuck()            // "Connection: close" from now on
//	err := front.Shutdown(ctx)  // wait for what is in flight, cut it when ctx ends
//
// # How a request travels
//
// net/http accepts and parses it (server.go, clients.go), refused turns away what no
// origin server is asked for, httputil.ReverseProxy does what RFC 9110 asks of a proxy
// between two heads, and router is the Transport that it is given: it claims a backend
// from the table, takes a connection from the backend's pool, and exchanges the
// messages on it. That last part is our own because it is where http.Transport spends
// most of the time of a plain ReverseProxy: two goroutines and four switches between
// them for each request. Here the handler's goroutine writes the request and reads the
// answer, with http.ReadResponse; only a body that is long, or of unknown length, has
// a goroutine beside it, so that both directions can stream. There is one path for
// everything but gRPC, and no second parser.
//
// gRPC alone is passed on in HTTP/2 (http.Transport, one for each backend): it has no
// other form, while every application speaks HTTP/1.1.
//
// # What is promised
//
// A claim is a pick and a count under one lock, which Close takes too: after it no
// request can be sent, and drained comes when the last has ended. A claim lasts until
// the answer has been passed on; that of a stream or a WebSocket until one end closes.
//
// The keep-alive race, in which an application closes an idle connection while a
// request is on its way, cannot hit what must not be repeated. Only GET, HEAD, OPTIONS
// and TRACE with no or a short body use pooled connections, and are sent again, three
// times in all, when the connection ends before an answer; a short answer (4 KiB) is
// read whole before it is passed on, so it counts as none if it is cut. All others get
// a connection that nobody has used. So a POST is sent once, unless nobody took the
// connection: then, with nothing sent, it goes elsewhere like all. That costs little on
// loopback, because a connection that has served is reset, not left in TIME_WAIT.
//
// A backend that refuses a connection gets no requests for 50 ms. When there is nobody
// to ask, requests wait in the order of their arrival; who leaves is forgotten, and
// who waits too long gets a 503 with Retry-After. To be able to see that a client
// leaves, bodies of up to 16 KiB are read before a backend is claimed; so a slow
// client does not keep an instance busy either.
//
// Target, Host and headers arrive as they were sent, but for the headers of the
// connection; X-Forwarded-For, -Proto and -Host say what Trust allows, X-Request-ID is
// kept or made, X-Request-Start (t=Unix milliseconds) says when waiting began.
//
// An answer may begin, and end, before its request has: then the client is told that it is
// the last on its connection, what it goes on sending is read for half a second, and
// nothing of that is taken for a request.
//
// Clients are bounded: their number, the time for their head (10 s) and between two
// pieces of a body or an answer (60 s, streams excepted), the size of a head (64 KiB:
// 431), requests that wait and that are in flight, and those of one connection of HTTP/2.
//
// # What is left out
//
// TLS, caching, compression, health checks, sticky sessions, limits on how long an
// application may think. A body of chunks ends its connection, as RFC 9112 asks
// where there may have been a length beside it. A client that closes its writing half
// after its request is taken for gone, as by net/http. A killed instance loses the POST
// it was working on (502), and an answer whose beginning has been passed on is cut.
package proxy
