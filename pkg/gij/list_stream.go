package gij

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// listStream reads a list answer one object at a time. It accepts the list under any of its keys, bare, and the error
// envelope before or after it.
type listStream struct {
	reply *reply
	keys  []string // that the list may have
	noun  string   // of its objects: "integrations"
	// item decodes one object, which is good until it returns, and says whether to go on.
	item    func(raw []byte) (bool, error)
	stopped bool // by the reader
	found   bool
	count   int
	buffer  []byte // of the value that is being read
}

// errStopped ends the stream when its reader has enough.
var errStopped = errors.New("stopped")

// run reads the whole answer. What it says of success is in the reply's envelope afterwards.
func (s *listStream) run() error {
	err := s.answer()
	if errors.Is(err, errStopped) {
		s.stopped = true
		return nil
	}
	if err != nil {
		return err
	}
	if !s.found && !s.reply.env.refused() {
		return fmt.Errorf("it holds no list of %s", s.noun)
	}
	return nil
}

func (s *listStream) answer() error {
	start, err := s.next()
	if err != nil {
		return err
	}
	if start == '[' {
		err = s.items()
	} else {
		err = s.each('{', '}', s.member)
	}
	if err != nil {
		return err
	}
	// The connection can be used again only if the end was read.
	switch _, err := s.next(); {
	case err == nil:
		return errors.New("it goes on after its end")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

func (s *listStream) member() error {
	raw, err := s.value()
	if err != nil {
		return err
	}
	var key string
	if err := json.Unmarshal(raw, &key); err != nil {
		return err
	}
	if err := s.expect(':'); err != nil {
		return err
	}
	if slices.Contains(s.keys, key) {
		return s.list()
	}
	raw, err = s.value()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, s.reply.env.field(key)); err != nil && !isTypeError(err) {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// field returns where the value of a key goes.
func (e *envelope) field(key string) any {
	switch key {
	case "success":
		return &e.Success
	case "error":
		return &e.Failure
	case "message":
		return &e.Message
	case "advice":
		return &e.Advice
	}
	return new(json.RawMessage)
}

// list reads the value of a list key: an array, or null.
func (s *listStream) list() error {
	start, err := s.next()
	if err != nil {
		return err
	}
	if start == '[' {
		return s.items()
	}
	raw, err := s.value()
	if err != nil {
		return err
	}
	if string(raw) != "null" {
		return fmt.Errorf("what should be the list of %s begins with %q", s.noun, start)
	}
	s.found = true
	return nil
}

func (s *listStream) items() error {
	s.found = true
	return s.each('[', ']', s.object)
}

func (s *listStream) object() error {
	raw, err := s.value()
	if err != nil {
		return err
	}
	s.count++
	goOn, err := s.item(raw)
	if err != nil {
		return fmt.Errorf("item %d: %w", s.count, err)
	}
	if !goOn {
		return errStopped
	}
	return nil
}

// each calls read for each element between the two brackets.
func (s *listStream) each(start, last byte, read func() error) error {
	if err := s.expect(start); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := s.next()
		if err != nil {
			return err
		}
		if c == last {
			return s.expect(last)
		}
		if !first {
			if err := s.expect(','); err != nil {
				return err
			}
		}
		if err := read(); err != nil {
			return err
		}
	}
}

// next skips white space and returns what follows, without taking it.
func (s *listStream) next() (byte, error) {
	for {
		chunk, err := s.chunk()
		if err != nil {
			return 0, err
		}
		for n, c := range chunk {
			if !isSpace(c) {
				return c, s.take(n)
			}
		}
		if err := s.take(len(chunk)); err != nil {
			return 0, err
		}
	}
}

// chunk returns what has arrived and was not taken, at least one byte.
func (s *listStream) chunk() ([]byte, error) {
	if _, err := s.reply.body.Peek(1); err != nil {
		return nil, err
	}
	return s.reply.body.Peek(s.reply.body.Buffered())
}

// take passes bytes of the chunk.
func (s *listStream) take(n int) error {
	_, err := s.reply.body.Discard(n)
	return err
}

func (s *listStream) expect(want byte) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != want {
		return fmt.Errorf("it has %q where %q should be", c, want)
	}
	return s.take(1)
}

// value reads one value. It is good until the next call.
func (s *listStream) value() ([]byte, error) {
	if _, err := s.next(); err != nil {
		return nil, err
	}
	s.buffer = s.buffer[:0]
	var f framer
	for ended := false; !ended; {
		chunk, err := s.chunk()
		if err != nil {
			return nil, err
		}
		var n int
		n, ended = f.feed(chunk)
		s.buffer = append(s.buffer, chunk[:n]...)
		if err := s.take(n); err != nil {
			return nil, err
		}
		if len(s.buffer) > maxAnswer {
			return nil, fmt.Errorf("one value in it is larger than %d MiB", maxAnswer>>20)
		}
	}
	return s.buffer, nil
}

// streamError tells an answer that broke off from one that makes no sense.
func (c *Client) streamError(op string, a *reply, err error) *Error {
	var network interface{ Timeout() bool }
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return c.networkError(op, io.ErrUnexpectedEOF)
	case errors.Is(err, context.Canceled), errors.As(err, &network):
		return c.networkError(op, err)
	}
	return c.undecodable(op, a, err)
}
