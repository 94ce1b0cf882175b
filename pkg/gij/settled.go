package gij

import (
	"context"
	"fmt"
	"net/http"
)

// settledChange sends a change. Where its answer is lost, compare holds what there is now against it.
func (c *Client) settledChange(ctx context.Context, change call, compare func(context.Context) (Comparison, error)) error {
	send := func(ctx context.Context) error {
		_, _, err := c.do(ctx, change)
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		compared, err := compare(ctx)
		switch {
		case err != nil:
			return sightUnsure, err
		case len(compared.Different) > 0:
			return sightNotDone, nil
		case len(compared.NotShown) > 0:
			return sightUnsure, nil
		}
		return sightDone, nil
	}
	return c.settle(ctx, change.op, send, look)
}

// settledDeletion sends a deletion and looks that the object is gone. noun says what it is.
func (c *Client) settledDeletion(ctx context.Context, deletion call, noun string, exists func(context.Context) (bool, error)) error {
	send := func(ctx context.Context) error {
		_, _, err := c.do(ctx, deletion)
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		there, err := exists(ctx)
		if err != nil {
			return sightUnsure, err
		}
		if there {
			return sightNotDone, nil
		}
		return sightDone, nil
	}
	if err := c.settle(ctx, deletion.op, send, look); err != nil {
		return err
	}
	seen, err := look(context.WithoutCancel(ctx)) // it was done, whether or not somebody pressed Ctrl-C since
	if err != nil {
		return unverified(deletion.op, err)
	}
	if seen != sightDone {
		return &Error{
			Kind: KindNotApplied, Op: deletion.op, Message: "the server answered success, and the " + noun + " is still there",
			Advice: "look at it in Jira (Git > Manage integrations); " + indexingNow(noun),
		}
	}
	return nil
}

func indexingNow(noun string) string {
	if noun == nounRepository {
		return "it may still be indexing"
	}
	return "its repositories may still be indexing"
}

// The words for what shares an id space.
const (
	nounIntegration = "integration"
	nounRepository  = "repository"
)

// settledSwitch disables or enables an integration or a repository: one resource serves both. isDisabled reads how it is, nil where
// the server does not say. Its last answer is what the caller has of it.
func (c *Client) settledSwitch(ctx context.Context, id int64, disabled bool, noun string, isDisabled func(context.Context) (*bool, error)) error {
	op := fmt.Sprintf("%s %s %d", disableVerb(disabled), noun, id)
	send := func(ctx context.Context) error {
		_, _, err := c.do(ctx, call{op: op, method: http.MethodPut, path: disablePath(id), query: disableQuery(disabled)})
		return err
	}
	look := func(ctx context.Context) (sighting, error) {
		now, err := isDisabled(ctx)
		if err != nil || now == nil {
			return sightUnsure, err
		}
		if *now != disabled {
			return sightNotDone, nil
		}
		return sightDone, nil
	}
	if err := c.settle(ctx, op, send, look); err != nil {
		return err
	}
	seen, err := look(context.WithoutCancel(ctx))
	if err != nil {
		return unverified(op, err)
	}
	if seen != sightDone {
		return &Error{
			Kind: KindNotApplied, Op: op, Message: "the server answered success, and the " + noun + " is as it was",
			Advice: "this is a known defect of some GIJ versions; change it in Jira (Git > Manage integrations)",
		}
	}
	return nil
}

func disableVerb(disabled bool) string {
	if disabled {
		return "disable"
	}
	return "enable"
}

// unverified says that a write was accepted and could not be looked at afterwards.
func unverified(op string, err error) *Error {
	return &Error{
		Kind: KindUnknown, Op: op, Message: "the server answered success, but it could not be verified: " + err.Error(),
		Advice: "look with: gijctl integration list", Err: err,
	}
}

// newcomer finds what a lost POST may have made among those that fit the request: the one that was not there before.
func newcomer[T any](fitting []T, id func(*T) int64, existing []int64) (T, sighting) {
	known := make(map[int64]bool, len(existing))
	for _, id := range existing {
		known[id] = true
	}
	var found T
	count := 0
	for n := range fitting {
		if !known[id(&fitting[n])] {
			found = fitting[n]
			count++
		}
	}
	switch count {
	case 0:
		return found, sightNotDone
	case 1:
		return found, sightDone
	}
	return found, sightUnsure // somebody else adds the same at this moment
}
