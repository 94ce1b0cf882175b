package cli

import (
	"io"
	"sync/atomic"
)

const (
	behindChunk  = 128 << 10
	behindChunks = 4
)

// behind writes in a goroutine of its own, so that reading goes on meanwhile. Close it to learn of the last error.
type behind struct {
	full, free chan []byte
	chunk      []byte // not yet full
	failed     atomic.Pointer[error]
	done       chan struct{}
}

func newBehind(w io.Writer) *behind {
	b := &behind{full: make(chan []byte, behindChunks), free: make(chan []byte, behindChunks), done: make(chan struct{})}
	for range behindChunks {
		b.free <- nil // made when it is needed: most files are small
	}
	go b.run(w)
	return b
}

func (b *behind) run(w io.Writer) {
	defer close(b.done)
	for chunk := range b.full {
		if b.err() == nil {
			if _, err := w.Write(chunk); err != nil {
				b.failed.Store(&err)
			}
		}
		b.free <- chunk
	}
}

func (b *behind) err() error {
	if err := b.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// Write implements [io.Writer]. Its error may be that of an earlier call.
func (b *behind) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if b.chunk == nil {
			b.chunk = (<-b.free)[:0]
		}
		if cap(b.chunk) == 0 {
			b.chunk = make([]byte, 0, behindChunk)
		}
		n := copy(b.chunk[len(b.chunk):cap(b.chunk)], rest)
		b.chunk, rest = b.chunk[:len(b.chunk)+n], rest[n:]
		if len(b.chunk) == cap(b.chunk) {
			b.send()
		}
	}
	if err := b.err(); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (b *behind) send() {
	b.full <- b.chunk
	b.chunk = nil
}

// Close waits until all is written.
func (b *behind) Close() error {
	if len(b.chunk) > 0 {
		b.send()
	}
	close(b.full)
	<-b.done
	return b.err()
}
