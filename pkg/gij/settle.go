package gij

import (
	"context"
	"errors"
	"time"

	"github.com/gijctl/gijctl/internal/transport"
)

// sighting is what a look at the server says of a write whose answer was lost.
type sighting int

const (
	sightUnsure sighting = iota // what the server shows cannot tell
	sightDone
	sightNotDone
)

// pauses are the waits before each look: a server may need a moment until a write is visible.
func pauses() []time.Duration { return []time.Duration{0, 2 * time.Second, 5 * time.Second} }

// settle sends a write and, if its answer is lost, finds out what became of it. It never lets a write happen twice:
// after a cut connection the write is sent once more, only if every look found it absent; after a timeout, when the
// server may still be at it, it is looked up and never sent again.
func (c *Client) settle(ctx context.Context, op string, send func(context.Context) error, look func(context.Context) (sighting, error)) error {
	if err := ctx.Err(); err != nil {
		return c.networkError(op, err)
	}
	lost := send(ctx)
	if lost == nil {
		return nil
	}
	outcome := fate(lost)
	if outcome == transport.FateNotSent {
		return lost
	}
	// An interrupt ends the sending, not the finding out what was done.
	looking := context.WithoutCancel(ctx)
	seen, err := c.lookRepeatedly(looking, look)
	if err == nil && seen == sightNotDone && outcome == transport.FateCut && ctx.Err() == nil {
		lost = send(ctx)
		if lost == nil || fate(lost) == transport.FateNotSent {
			return lost
		}
		seen, err = c.lookRepeatedly(looking, look)
	}
	if err == nil && seen == sightDone {
		return nil
	}
	return unknown(op, lost)
}

// lookRepeatedly looks until the write is seen, or until it was absent each time.
func (c *Client) lookRepeatedly(ctx context.Context, look func(context.Context) (sighting, error)) (sighting, error) {
	seen, err := sightUnsure, error(nil)
	for _, pause := range pauses() {
		if err := c.wait(ctx, pause); err != nil {
			return sightUnsure, err
		}
		if seen, err = look(ctx); err == nil && seen != sightNotDone {
			return seen, nil
		}
	}
	return seen, err
}

func unknown(op string, lost error) *Error {
	why := lost.Error()
	var e *Error
	if errors.As(lost, &e) {
		why = e.Message
	}
	return &Error{
		Kind: KindUnknown, Op: op, Message: "unknown whether it was done: " + why,
		Advice: "look with: gijctl integration list; if it was not done, run the command again", Err: lost,
	}
}
