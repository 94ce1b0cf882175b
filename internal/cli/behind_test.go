package cli

import (
	"bytes"
	"errors"
	"testing"
)

// TestBehind: what is written is what was given, in any sizes.
func TestBehind(t *testing.T) {
	t.Parallel()
	var want, got bytes.Buffer
	b := newBehind(&got)
	for size := range 250 {
		part := bytes.Repeat([]byte{byte(size)}, size*size)
		want.Write(part)
		if n, err := b.Write(part); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := b.Close(); err != nil || !bytes.Equal(want.Bytes(), got.Bytes()) {
		t.Errorf("%v: %d bytes, want %d", err, got.Len(), want.Len())
	}
	if err := newBehind(&got).Close(); err != nil {
		t.Error(err)
	}
}

type fullDisk struct{ err error }

func (f fullDisk) Write([]byte) (int, error) { return 0, f.err }

func TestBehindFails(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	b := newBehind(fullDisk{full})
	var err error
	for range 100 { // it is told by one of them: the writing is behind
		_, err = b.Write(make([]byte, behindChunk))
	}
	if !errors.Is(err, full) || !errors.Is(b.Close(), full) {
		t.Errorf("got %v", err)
	}
	b = newBehind(fullDisk{full})
	if _, err := b.Write([]byte("small")); err != nil {
		t.Error(err)
	}
	if err := b.Close(); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}
