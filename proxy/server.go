package proxy

import (
	"context"
	"log"
	"net"
	"net/http"
	"time"
)

// What a client may take its time for. Silence of a client that owes us something is
// cut after patience, as nginx does (client_body_timeout, send_timeout).
const (
	headTimeout = 10 * time.Second  // from the first byte of a request to its empty line
	patience    = 60 * time.Second  // between two reads of a body, or two writes of an answer
	idleTimeout = 620 * time.Second // longer than that of the load balancers before us (60 s to 600 s)
	newGrace    = 500 * time.Millisecond
	maxHead     = 64 << 10
)

func (f *Front) newServer(ctx context.Context, errs *log.Logger) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler:           http.HandlerFunc(f.serve),
		Protocols:         &protocols,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		ReadHeaderTimeout: headTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHead,
		ConnState:         f.clients.changed,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, clientKey{}, c)
		},
		ErrorLog: errs,
	}
}
