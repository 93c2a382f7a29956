package proxy

import "sync"

// buffers are what bodies are copied through; without them httputil makes one of
// 32 KiB for every answer.
var buffers = &bufferPool{sync.Pool{New: func() any { return new([bufferSize]byte) }}}

const bufferSize = 16 << 10

type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte  { return p.pool.Get().(*[bufferSize]byte)[:] }
func (p *bufferPool) Put(b []byte) { p.pool.Put((*[bufferSize]byte)(b)) }
