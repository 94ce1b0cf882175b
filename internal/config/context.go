package config

import (
	"fmt"
	"slices"
	"strings"
)

// Context is a name for a Jira, and how to reach it. It holds no secret.
type Context struct {
	Name       string
	URL        string
	User       string // only for Basic authentication
	Store      Store  // where its credential is kept, "" for nowhere
	CAFile     string // as the flags are: paths, relative ones to the folder of the configuration file
	ClientCert string
	ClientKey  string
	HeaderFile string
}

// Find returns the context of that name. The error has the code not_found, and for the embedded sandbox, which is in no
// file, usage.
func (f *File) Find(name string) (Context, error) {
	if n := f.index(name); n >= 0 {
		return f.Contexts[n], nil
	}
	if name == SandboxContext {
		return Context{}, usageError("the other contexts are listed by: gijctl context list",
			"the context %q is embedded: it is always there, and always the same", name)
	}
	return Context{}, f.unknown(codeNotFound, name, "", "")
}

// Put adds a context at the end, or replaces the one of its name.
func (f *File) Put(c Context) {
	if n := f.index(c.Name); n >= 0 {
		f.Contexts[n] = c
		return
	}
	f.Contexts = append(f.Contexts, c)
	f.setOrigin(c.Name, "")
}

// Remove removes a context. If it was the current one, none is afterwards.
func (f *File) Remove(name string) error {
	if _, err := f.Find(name); err != nil {
		return err
	}
	n := f.index(name)
	f.Contexts = slices.Delete(f.Contexts, n, n+1)
	if f.Current == name {
		f.Current = ""
	}
	return nil
}

// Rename gives a context another name, in its place. It stays the current one if it is. The error has the code conflict
// where the new name is taken.
func (f *File) Rename(old, name string) error {
	if _, err := f.Find(old); err != nil {
		return err
	}
	if err := CheckName(name); err != nil || old == name {
		return err
	}
	if f.index(name) >= 0 {
		return &Error{
			kind: codeConflict, message: fmt.Sprintf("there is a context %q already", name),
			hint: "choose another name, or forget that one: gijctl context remove " + name,
		}
	}
	f.Contexts[f.index(old)].Name = name
	if f.Current == old {
		f.Current = name
	}
	f.setOrigin(name, f.written(old))
	delete(f.origin, old)
	return nil
}

// Use makes a context the current one; the sandbox can be it too.
func (f *File) Use(name string) error {
	if name != SandboxContext {
		if _, err := f.Find(name); err != nil {
			return err
		}
	}
	f.Current = name
	return nil
}

// CheckName refuses what a context cannot be called. A name stands in commands, files and the keyring, so it is plain: up
// to 64 ASCII letters, digits, and . _ - @, the first no hyphen.
func CheckName(name string) error {
	const hint = "choose a short name, like: prod"
	if strings.EqualFold(name, SandboxContext) {
		return usageError(hint, "%q is the embedded server, and cannot be the name of another", name)
	}
	if isPlain(name) && len(name) <= 64 && name[0] != '-' {
		return nil
	}
	return usageError(hint,
		"%q cannot be the name of a context: it takes letters, digits, and . _ - @, at most 64, and begins with no hyphen", cut(name))
}

func isPlain(name string) bool {
	return name != "" && strings.IndexFunc(name, func(r rune) bool {
		letter, digit := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z', r >= '0' && r <= '9'
		return !letter && !digit && !strings.ContainsRune("._-@", r)
	}) < 0
}

func cut(name string) string {
	if runes := []rune(name); len(runes) > 64 {
		return string(runes[:64]) + "…"
	}
	return name
}

func (f *File) index(name string) int {
	return slices.IndexFunc(f.Contexts, func(c Context) bool { return c.Name == name })
}

// written is the name under which a context is in the file that was read, "" if it is not.
func (f *File) written(name string) string {
	if old, found := f.origin[name]; found {
		return old
	}
	return name
}

func (f *File) setOrigin(name, old string) {
	if f.origin == nil {
		f.origin = map[string]string{}
	}
	f.origin[name] = old
}

// names are all names, with the one that is always there.
func (f *File) names() []string {
	var names []string
	for _, c := range f.Contexts {
		names = append(names, c.Name)
	}
	return append(names, SandboxContext)
}

// unknown is the error for a name that no context has. prefix is what stands before a name where it is typed.
func (f *File) unknown(code, name, from, prefix string) *Error {
	e := &Error{kind: code, message: fmt.Sprintf("there is no context %q", cut(name))}
	e.hint = "the contexts are: " + strings.Join(f.names(), ", ")
	if from != "" {
		e.message += " (from " + from + ")"
	}
	if meant := nearest(cut(name), f.names()); meant != "" {
		e.hint = "did you mean: " + prefix + meant + "; " + e.hint
	}
	return e
}
