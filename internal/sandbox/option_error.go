package sandbox

import "fmt"

// OptionError is an option that nobody could start a sandbox with, as opposed to a state that cannot be read.
type OptionError struct {
	Option  string // fault, seed or addr
	Message string
}

// Error returns what is wrong with the option, and what it may be.
func (e *OptionError) Error() string { return e.Message }

func badOption(option, format string, args ...any) error {
	return &OptionError{Option: option, Message: fmt.Sprintf(format, args...)}
}
