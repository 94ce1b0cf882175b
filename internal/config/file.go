package config

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

// File is the configuration file: the contexts, and which of them is the current one. It holds no secret.
type File struct {
	Path     string
	Current  string    // "" where no context is the current one
	Contexts []Context // sorted as in the file
	Notes    []string  // for a person: that others could read the file

	raw    []byte            // as it was read
	origin map[string]string // the name in raw of a context that has another now; "" for one that is new
}

// Problem is a mistake at one place of the configuration file. It never shows the value of a key.
type Problem struct {
	Line, Col             int // from 1, in characters, as an editor counts
	Code, Message, Remedy string
}

// FileError is a configuration file that cannot be used, with everything that is wrong with it.
type FileError struct {
	Path     string
	Problems []Problem // at least one, in the order of the file
	Note     string    // for a person: that others could read the secret in it
}

// Error returns the first problem with its place, and how many more there are, in one line.
func (e *FileError) Error() string {
	p := e.Problems[0]
	text := fmt.Sprintf("%s:%d:%d: %s", e.Path, p.Line, p.Col, p.Message)
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	if more := len(e.Problems) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// Code returns invalid_input.
func (e *FileError) Code() string { return codeInvalidInput }

// Hint returns how to go on without the file.
func (e *FileError) Hint() string {
	hint := "mend the file in an editor; --sandbox, --url and GIJCTL_URL work without it"
	if e.Note != "" {
		hint += "; " + e.Note
	}
	return hint
}

// Load reads the configuration file. One that does not exist is empty. One that others can read is closed to them, with a
// note. A file with mistakes is a [*FileError]; it is closed only if there is a secret in it, for it may be no configuration.
func Load(env Env) (*File, error) {
	path, err := ConfigFile(env)
	if err != nil {
		return nil, err
	}
	return load(path)
}

func load(path string) (*File, error) {
	data, note, err := readPrivate(path, isConfiguration)
	if err != nil {
		return nil, err
	}
	f, err := parse(path, data)
	if bad := (*FileError)(nil); errors.As(err, &bad) {
		bad.Note = note
	}
	if err != nil {
		return nil, err
	}
	if note != "" {
		f.Notes = append(f.Notes, note)
	}
	return f, nil
}

// isConfiguration reports whether a file is one that others must not read: a configuration, or one with a secret in it.
func isConfiguration(data []byte) bool {
	problems := check(newDocument(data))
	return len(problems) == 0 || slices.ContainsFunc(problems, func(p Problem) bool { return p.Code == problemSecret })
}

// Edit reads the configuration file, changes it and saves it. It holds a lock meanwhile, so that of two commands at once
// neither undoes what the other did. Nothing is saved where change fails, or changes nothing. A file that is a symbolic
// link is refused before change is called.
func Edit(env Env, change func(*File) error) (*File, error) {
	path, err := ConfigFile(env)
	if err != nil {
		return nil, err
	}
	if err := refuseIrregular(path, "name the file itself: export GIJCTL_CONFIG="); err != nil {
		return nil, err
	}
	var f *File
	err = locked(path, func() (err error) {
		if f, err = load(path); err != nil {
			return err
		}
		if err = change(f); err != nil {
			return err
		}
		return f.save()
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (f *File) save() error {
	if before, err := parse(f.Path, f.raw); err == nil && before.same(f) {
		return nil
	}
	data, err := f.encode()
	if err != nil {
		return err
	}
	if err := atomicfile.Write(f.Path, data); err != nil {
		return fmt.Errorf("save the configuration: %w", err)
	}
	f.raw, f.origin = data, nil
	return nil
}

// same reports whether two files say the same.
func (f *File) same(other *File) bool {
	return f.Current == other.Current && slices.Equal(f.Contexts, other.Contexts)
}
