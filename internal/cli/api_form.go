package cli

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// formBody makes a form of parts. Files are read while they are sent: only what is between them is in memory.
func (a *app) formBody(words []string) (*apiBody, error) {
	var parts []formPart
	streams := 0
	for _, word := range words {
		part, err := a.parseForm(word)
		if err != nil {
			return nil, err
		}
		if part.file == "-" {
			streams++
		}
		parts = append(parts, part)
	}
	if streams > 1 {
		return nil, usageError("put one of them into a file", "--form reads standard input twice")
	}
	return joinForm(parts)
}

// joinForm puts the heads of the parts between their bodies.
func joinForm(parts []formPart) (*apiBody, error) {
	var text bytes.Buffer
	w := multipart.NewWriter(&text)
	var pieces []apiBody
	take := func() {
		pieces = append(pieces, bytesBody(bytes.Clone(text.Bytes())))
		text.Reset()
	}
	for _, part := range parts {
		if _, err := w.CreatePart(part.header()); err != nil {
			return nil, err
		}
		take()
		pieces = append(pieces, part.body)
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	take()
	return joined(w.FormDataContentType(), pieces), nil
}

func (p formPart) header() textproto.MIMEHeader {
	h := textproto.MIMEHeader{}
	if p.file == "" {
		h.Set("Content-Disposition", strings.TrimSuffix(multipart.FileContentDisposition(p.name, ""), `; filename=""`))
		return h
	}
	base := filepath.Base(p.file)
	if p.file == "-" {
		base = "stdin"
	}
	h.Set("Content-Disposition", multipart.FileContentDisposition(p.name, base))
	h.Set("Content-Type", "application/octet-stream")
	return h
}

func joined(kind string, pieces []apiBody) *apiBody {
	all := &apiBody{kind: kind, open: func() (io.ReadCloser, error) { return &sequence{pieces: pieces}, nil }}
	for _, piece := range pieces {
		all.once = all.once || piece.once
		if all.size >= 0 {
			all.size += piece.size
		}
		if piece.size < 0 {
			all.size = -1
		}
	}
	return all
}

// sequence reads one body after the other, and has one open at a time. It may be closed during a read, as HTTP/2 does where
// the answer comes early.
type sequence struct {
	mu     sync.Mutex
	pieces []apiBody
	now    io.ReadCloser
	closed bool
}

func (s *sequence) Read(p []byte) (int, error) {
	for {
		now, err := s.current()
		if err != nil {
			return 0, err
		}
		n, err := now.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := s.release(); err != nil || n > 0 {
			return n, err
		}
	}
}

// current is the body to read from, opened if need be.
func (s *sequence) current() (io.Reader, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, os.ErrClosed
	case s.now != nil:
		return s.now, nil
	case len(s.pieces) == 0:
		return nil, io.EOF
	}
	next, err := s.pieces[0].open()
	if err != nil {
		return nil, err
	}
	s.now, s.pieces = next, s.pieces[1:]
	return next, nil
}

// release closes what is open.
func (s *sequence) release() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil
	}
	err := s.now.Close()
	s.now = nil
	return err
}

// Close ends all reading.
func (s *sequence) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	return s.release()
}
