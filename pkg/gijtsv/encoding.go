package gijtsv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// What [Reader.Notes] tells of a file's encoding.
const (
	NoteByteOrderMark = "byte order mark removed"
	NoteUTF16         = "converted from UTF-16 to UTF-8"
)

const (
	byteOrderMark = "\uFEFF"
	utf16Chunk    = 32 << 10 // bytes
)

// decode returns the UTF-8 of a source, without a byte order mark, and what it had to do for that.
func decode(r io.Reader) (io.Reader, []string, error) {
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, fmt.Errorf("read TSV: %w", err)
	}
	head = head[:n]
	if order, mark := utf16Order(head); order != nil {
		return newUTF16Reader(io.MultiReader(bytes.NewReader(head[mark:]), r), order), []string{NoteUTF16}, nil
	}
	if rest, found := bytes.CutPrefix(head, []byte(byteOrderMark)); found {
		return io.MultiReader(bytes.NewReader(rest), r), []string{NoteByteOrderMark}, nil
	}
	return io.MultiReader(bytes.NewReader(head), r), nil, nil
}

// utf16Order returns the byte order of a file in UTF-16, nil for another encoding, and the size of its byte order mark. A file
// without a mark shows itself by two ASCII characters, as every header begins with.
func utf16Order(head []byte) (order binary.ByteOrder, mark int) {
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return binary.LittleEndian, 2
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return binary.BigEndian, 2
	case len(head) < 4:
		return nil, 0
	case head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return binary.LittleEndian, 0
	case head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		return binary.BigEndian, 0
	}
	return nil, 0
}

// utf16Error is half a character in a file of UTF-16. [Reader] adds the place.
type utf16Error struct{}

func (*utf16Error) Error() string { return "the file is not valid UTF-16: half a character" }

// utf16Reader converts UTF-16 to UTF-8. The decoder of golang.org/x/text would replace what is invalid, and so lose it.
type utf16Reader struct {
	src     io.Reader
	order   binary.ByteOrder
	in      []byte // read, and not yet converted: at most a few bytes between two calls
	out     []byte
	pending []byte // the part of out that nobody has read yet
	err     error
}

func newUTF16Reader(src io.Reader, order binary.ByteOrder) *utf16Reader {
	return &utf16Reader{src: src, order: order, in: make([]byte, 0, utf16Chunk)}
}

// Read implements [io.Reader].
func (u *utf16Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(u.pending) == 0 {
		if u.err != nil {
			return 0, u.err
		}
		u.convert()
	}
	n := copy(p, u.pending)
	u.pending = u.pending[n:]
	return n, nil
}

// convert reads a chunk and converts it, up to an error if there is one.
func (u *utf16Reader) convert() {
	n, err := u.src.Read(u.in[len(u.in):cap(u.in)])
	u.in, u.err = u.in[:len(u.in)+n], err
	out, used := u.out[:0], 0
	for {
		char, size := u.next(u.in[used:])
		if size == 0 {
			break
		}
		if size < 0 {
			u.err = &utf16Error{}
			break
		}
		out, used = utf8.AppendRune(out, char), used+size
	}
	u.out, u.pending = out, out
	u.in = u.in[:copy(u.in, u.in[used:])]
	if errors.Is(u.err, io.EOF) && len(u.in) > 0 {
		u.err = &utf16Error{}
	}
}

// next returns the first character and its size in bytes: 0 if more bytes are needed, -1 if it is half a character.
func (u *utf16Reader) next(b []byte) (char rune, size int) {
	if len(b) < 2 {
		return 0, 0
	}
	first := rune(u.order.Uint16(b))
	if !utf16.IsSurrogate(first) {
		return first, 2
	}
	if len(b) < 4 {
		return 0, 0
	}
	char = utf16.DecodeRune(first, rune(u.order.Uint16(b[2:])))
	if char == utf8.RuneError {
		return 0, -1
	}
	return char, 4
}
