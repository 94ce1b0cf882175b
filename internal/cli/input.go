package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/gijctl/gijctl/pkg/secret"
)

// inputName is what messages call a file.
func inputName(file string) string {
	if file == "-" {
		return "(stdin)"
	}
	return file
}

// maxRequestFile is the size in bytes beyond which a file is no request.
const maxRequestFile = 1 << 20

// readInput reads a file, or stdin for "-".
func (a *app) readInput(name string, limit int64, flagName string) ([]byte, error) {
	in := a.streams.In
	if name != "-" {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, inputError("give the path of a file, or - for standard input", "%s: there is no file %s", flagName, name)
		}
		if err != nil {
			return nil, inputError("", "%s: %v", flagName, err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, inputError("give the path of a file, or - for standard input", "%s: %v", flagName, err)
	}
	if int64(len(data)) > limit {
		return nil, inputError("", "%s: %s is larger than %d bytes", flagName, inputName(name), limit)
	}
	return data, nil
}

// maxSecret is the size in bytes beyond which a file holds something else than a token.
const maxSecret = 64 << 10

func (a *app) readSecret(s secretSource) (secret.Value, error) {
	flagName := "--" + s.key + "-file"
	if s.file != "" && s.env != "" {
		return secret.Value{}, usageError("give one of them", "%s and --%s-env name two secrets", flagName, s.key)
	}
	if s.env == "" && s.file == "" && s.byEnv {
		return secret.Value{}, usageError("give the name of a variable", "--%s-env is empty", s.key)
	}
	if s.env != "" {
		value, found := a.env(s.env)
		if !found || value == "" {
			return secret.Value{}, inputError("export it, or give "+flagName, "the environment variable %s is not set or empty", s.env)
		}
		return oneLineSecret(value, s.env)
	}
	if s.file == "" {
		return secret.Value{}, usageError("give a file, or - for standard input", "%s is empty", flagName)
	}
	data, err := a.readInput(s.file, maxSecret, flagName)
	if err != nil {
		return secret.Value{}, err
	}
	v, err := oneLineSecret(string(data), inputName(s.file))
	if err == nil {
		a.warnIfReadable(s.file)
	}
	return v, err
}

// askSecret asks for a secret on the terminal.
func (a *app) askSecret(ctx context.Context, prompt string) (secret.Value, error) {
	typed, err := a.streams.Secret(ctx, prompt)
	if errors.Is(err, context.Canceled) {
		return typed, interrupted()
	}
	return typed, err
}

// oneLineSecret takes the line break away that an editor or echo leaves at the end, and refuses what else is no token.
func oneLineSecret(text, from string) (secret.Value, error) {
	text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	if text == "" {
		return secret.Value{}, inputError("put the secret there, alone and on the first line", "%s is empty", from)
	}
	if strings.ContainsAny(text, "\r\n") {
		return secret.Value{}, inputError("keep the secret alone, on the first line", "%s holds more than one line", from)
	}
	return secret.New(text), nil
}

// warnIfReadable tells that a file with a secret can be read by others.
func (a *app) warnIfReadable(name string) {
	if name == "-" || runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o077 == 0 {
		return
	}
	a.warn("%s holds a secret and others on this machine can read it; close it with: chmod 600 %s", name, name)
}
