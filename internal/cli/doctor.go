package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/doctor"
	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/secret"
)

func newDoctorCmd(a *app) *cobra.Command {
	return hasColumns(a, &cobra.Command{
		Use:     "doctor",
		Short:   "Find out why it does not work",
		GroupID: groupTool,
		Long: `Finds out why a connection to Jira does not work. It makes fifteen checks: the URL, the host, three of the certificate, the
proxy, the context path, single sign-on, the credential and what it may do, the app, the clock, the rate limit, and
what is kept on this machine. Each is ok, warn or fail, with what was found and what to do about it.

It fails (1) where one check fails; a warning alone is none. A check that needs another one first is a warning.

It changes nothing on the server. To look at a certificate that is not trusted, it asks without the credential;
the credential is sent only where every other command would send it. A step takes ten seconds at most, or --timeout.`,
		Example: `  gijctl --sandbox doctor
  gijctl --sandbox doctor -o json --query "[?status!='ok']"
  gijctl doctor --url https://jira.example.com --ca-file company-ca.pem`,
		Args: exactArgs(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return runDoctor(cmd.Context(), a) },
	}, findingList)
}

func runDoctor(ctx context.Context, a *app) error {
	printer, err := printerFor(a, findingList())
	if err != nil {
		return err
	}
	vault := a.vault()
	o, end, err := a.doctorOptions(ctx, vault)
	if err != nil {
		return err
	}
	defer end()
	found := doctor.Run(ctx, o)
	a.warnAll(vault.Notes())
	if ctx.Err() != nil {
		return &cliError{code: codeInterrupted, message: "interrupted; the checks are not finished", hint: "run it again: gijctl doctor"}
	}
	if err := writeFindings(printer, found); err != nil {
		return err
	}
	return doctorError(found)
}

// doctorError is nil if no check failed.
func doctorError(found []doctor.Finding) error {
	var failed []string
	hint := ""
	for _, f := range found {
		if f.Status != doctor.StatusFail {
			continue
		}
		if failed == nil {
			hint = f.Remedy
		}
		failed = append(failed, f.Check)
	}
	if failed == nil {
		return nil
	}
	return &cliError{
		code: codeFailed, hint: hint,
		message: fmt.Sprintf("%d of %d checks failed: %s", len(failed), len(found), strings.Join(failed, ", ")),
	}
}

// doctorOptions gathers what the checks need. Where connect would end because of the target, this goes on: to say why is
// what a doctor is for. end releases the embedded server.
func (a *app) doctorOptions(ctx context.Context, vault *config.Vault) (o doctor.Options, end func(), err error) {
	end = func() {}
	target, targetError := a.resolve()
	if isUsage(targetError) {
		return o, end, targetError
	}
	o.Client, err = a.clientConfig(target, true)
	if err != nil {
		return o, end, err
	}
	o.Client.BaseURL, o.From, o.TargetError = target.URL, target.From, onOneLine(targetError)
	o.CAFile = a.flags.connection.Or(target.Connection).CAFile
	o.Timeout, o.Now = a.flags.timeout, a.now
	o.Keyring, o.InKeyring = vault.CheckKeyring, target.Store == config.StoreKeyring
	o.StateDir, o.StateDirError = config.StateDir(a.env)
	o.ProxyVariable = a.proxyVariable
	o.ProxyWithoutExceptions = config.Proxy(a.withoutNoProxy)
	o.Credential = func(ctx context.Context) (doctor.Credential, error) { return a.doctorCredential(ctx, target, vault) }
	if target.Sandbox {
		return a.doctorOfSandbox(ctx, o)
	}
	return o, end, nil
}

func (a *app) doctorCredential(ctx context.Context, target config.Target, vault *config.Vault) (doctor.Credential, error) {
	c, err := target.Credential(ctx, a.env, vault)
	again := ""
	if c.Kept {
		again = target.Login()
	}
	return doctor.Credential{Token: c.Token, User: c.User, Password: c.Password, From: c.From, Again: again}, err
}

// doctorOfSandbox examines the embedded server.
func (a *app) doctorOfSandbox(ctx context.Context, o doctor.Options) (doctor.Options, func(), error) {
	end := func() {}
	file, err := a.sandboxFile()
	if err != nil {
		return o, end, err
	}
	server, err := sandbox.Start(ctx, sandbox.Options{StateFile: file, Now: a.now})
	if err != nil {
		return o, end, sandboxError(err)
	}
	o.Client.BaseURL, o.From, o.Client.Proxy, o.ProxyWithoutExceptions = server.URL, "the sandbox itself", nil, nil
	o.Credential = func(context.Context) (doctor.Credential, error) {
		return doctor.Credential{Token: secret.New(server.Token), From: "the sandbox itself"}, nil
	}
	return o, func() { _ = server.Close() }, nil // nothing was changed that could be lost
}

// isUsage reports whether an error is one of the command line, which no check can find out more about.
func isUsage(err error) bool {
	var coder interface{ Code() string }
	return errors.As(err, &coder) && coder.Code() == codeUsage
}

// onOneLine gives a configuration file that cannot be used the form FILE:LINE:COL, with all its problems.
func onOneLine(err error) error {
	var file *config.FileError
	if !errors.As(err, &file) || len(file.Problems) == 0 {
		return err
	}
	var all []string
	for _, p := range file.Problems {
		all = append(all, fmt.Sprintf("%s:%d:%d: %s", file.Path, p.Line, p.Col, p.Message))
	}
	return &cliError{code: file.Code(), message: strings.Join(all, "; "), hint: file.Problems[0].Remedy, cause: err}
}

// proxyVariable is the name of the variable that [config.Proxy] takes the proxy of a scheme from, "" if none is set.
func (a *app) proxyVariable(scheme string) string {
	for _, name := range []string{strings.ToUpper(scheme) + "_PROXY", scheme + "_proxy"} {
		if a.env.Get(name) != "" {
			return name
		}
	}
	return ""
}

// withoutNoProxy is the environment as if NO_PROXY were not set.
func (a *app) withoutNoProxy(name string) (string, bool) {
	if strings.EqualFold(name, "NO_PROXY") {
		return "", false
	}
	return a.env(name)
}
