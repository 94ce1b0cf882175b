package cli

import (
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/sandbox"
)

func newSandboxCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("sandbox", "The embedded server to try gijctl on",
		`The sandbox is a small Jira with GIJ inside gijctl. It listens on loopback only, and keeps its state in a file, so that
any command can use it with --sandbox, one after the other or several at once.

It answers as the vendor documents it, which is not proof that a real server does. It never stores the secrets that it
is sent.`,
		`  gijctl --sandbox integration list
  gijctl sandbox status
  gijctl sandbox serve --fault disabled-put=ignored`)
	cmd.GroupID = groupTool
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newSandboxServeCmd(a), serveList),
			hasColumns(a, newSandboxStatusCmd(a), statusList),
			hasColumns(a, newSandboxResetCmd(a), statusList),
		}
	})
}

// sandboxError tells a mistake in the command line from a state that cannot be used.
func sandboxError(err error) error {
	var bad *sandbox.OptionError
	if errors.As(err, &bad) {
		return usageError(optionHint(bad.Option), "%v", err)
	}
	hint := "if its file is spoiled, start anew: gijctl sandbox reset"
	if errors.Is(err, fs.ErrPermission) {
		hint = "set XDG_STATE_HOME to a folder that you may write to"
	}
	return &cliError{code: codeFailed, message: err.Error(), cause: err, hint: hint}
}

func optionHint(option string) string {
	switch option {
	case "fault":
		return "the faults are listed by: gijctl sandbox serve --help"
	case "addr":
		return "the address is one of this machine alone, like: --addr 127.0.0.1:8080"
	}
	return "the seeds are explained by: gijctl sandbox reset --help"
}
