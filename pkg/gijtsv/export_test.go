package gijtsv

import "io"

// NewReaderWindow is NewReader with a window of another size at first, so that a test meets its ends.
func NewReaderWindow(r io.Reader, o ReaderOptions, window int) (*Reader, error) {
	return newReader(r, o, window)
}

// Window returns the size of the reader's buffer in bytes.
func (r *Reader) Window() int { return len(r.buf) }

// What a test of the limits has to exceed.
const (
	MaxCells    = maxCells
	MinOfMaxRow = smallestMaxRow
	FirstWindow = firstWindow
)
