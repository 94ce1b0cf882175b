package githubapp

import (
	"errors"
	"time"
)

// Kind is a class of errors.
type Kind string

// The kinds. Their texts are the codes that programs branch on.
const (
	KindFailed   Kind = "failed"    // an error of the host or the network
	KindAuth     Kind = "auth"      // the key, the clock or the app is not accepted
	KindNotFound Kind = "not_found" // no such app, installation, organization or code
	KindUsage    Kind = "usage"
	KindUnknown  Kind = "partial" // a write whose answer was lost: it may have happened
)

// Error is why something was not done on GitHub. Its text is a sentence, and holds no key, token or code.
type Error struct {
	Kind    Kind
	Message string
	Advice  string
	Status  int           // HTTP status, 0 without an answer
	Until   time.Time     // when a host that limits requests takes them again; zero where it does not say, or does not limit
	Skew    time.Duration // how far this machine's clock is ahead, where it was refused for that; else 0
	Cause   error         // may be nil
}

// Error returns what failed and why.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Code returns the kind as a word.
func (e *Error) Code() string { return string(e.Kind) }

// Hint says what to do.
func (e *Error) Hint() string { return e.Advice }

// HTTPStatus returns the status of the answer, 0 for none.
func (e *Error) HTTPStatus() int { return e.Status }

// IsKind reports whether an error is an [Error] of this kind.
func IsKind(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}
