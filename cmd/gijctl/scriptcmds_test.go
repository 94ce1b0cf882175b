package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jmespath/go-jmespath"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gijctl/gijctl/internal/sandbox"
)

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are what scripts can say beside testscript's own commands. testdata/script/README.md explains them.
func scriptCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"gijctl":          cmdGijctl,
		"exit":            cmdExit,
		"sandbox":         cmdSandbox,
		"sandboxes":       cmdSandboxes,
		"stop-sandbox":    cmdStopSandbox,
		"watch":           cmdWatch,
		"fault":           cmdFault,
		"front":           cmdFront,
		"forget":          cmdForget,
		"requests":        cmdRequests,
		"writes":          cmdWrites,
		"last-write":      cmdLastWrite,
		"sent-as-planned": cmdSentAsPlanned,
		"uploaded":        cmdUploaded,
		"json":            cmdJSON,
		"visible":         cmdVisible,
		"mode":            cmdMode,
		"terminal":        cmdTerminal,
		"start":           cmdStart,
		"await-requests":  cmdAwaitRequests,
		"await-output":    cmdAwaitOutput,
		"interrupt":       cmdInterrupt,
		"finish":          cmdFinish,
		"browse":          cmdBrowse,
		"app-key":         cmdAppKey,
		"new-key":         cmdNewKey,
		"delete-key":      cmdDeleteKey,
		"github":          cmdGitHub,
		"github-com":      cmdGitHubCom,
		"github-requests": cmdGitHubRequests,
	}
}

// cmdGijctl runs gijctl, which must succeed.
func cmdGijctl(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("say which exit status is expected: exit STATUS gijctl ARG…")
	}
	run(ts, 0, append([]string{"gijctl"}, args...))
}

// cmdExit runs a program that must end with an exit status: exit STATUS PROGRAM ARG…
func cmdExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit STATUS PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	run(ts, want, args[1:])
}

func run(ts *testscript.TestScript, want int, args []string) {
	status, err := exitStatusOf(ts.Exec(args[0], args[1:]...))
	ts.Check(err)
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	s := scriptOf(ts)
	s.checkOutput(ts, args, stdout+stderr)
	if status != want {
		ts.Fatalf("exit status %d, want %d", status, want)
	}
	if args[0] == "gijctl" {
		ts.Check(checkContract(args, status, stdout, stderr))
	}
}

// checkOutput fails the script if an output holds a secret.
func (s *script) checkOutput(ts *testscript.TestScript, args []string, output string) {
	s.learnTokens()
	tokens := s.tokens
	if showsTokens(args) {
		tokens = nil
	}
	for _, leak := range slices.Concat(findSecrets(output, tokens), findKeys(output, s.keys)) {
		ts.Fatalf("the output holds %s", leak)
	}
}

// showsTokens reports whether a command line is of "sandbox serve", whose data are the sandbox's credentials.
func showsTokens(args []string) bool {
	return slices.Contains(args, "sandbox") && slices.Contains(args, "serve")
}

// learnTokens adds the credentials of the script's sandboxes to what must not be seen.
func (s *script) learnTokens() {
	s.learnKeys()
	if s.server != nil {
		s.learn(s.server)
	}
	for _, server := range s.others {
		s.learn(server)
	}
	var state struct {
		Accounts []struct{ Token, Password string }
	}
	data, err := os.ReadFile(s.stateFile())
	if err == nil && json.Unmarshal(data, &state) == nil { // a script may spoil the file
		for _, account := range state.Accounts {
			s.tokens = append(s.tokens, account.Token, account.Password)
		}
	}
	slices.Sort(s.tokens)
	s.tokens = slices.DeleteFunc(slices.Compact(s.tokens), func(token string) bool { return len(token) < 2*shown })
}

func (s *script) learn(server *sandbox.Server) {
	s.tokens = append(s.tokens, server.Token, server.UserToken, server.ManagerToken, server.Password, server.WebhookSecret)
}

// cmdSandbox starts a sandbox that records what arrives, and puts its URL and tokens into the environment:
// sandbox [-seed NAME] [FAULT…]
func cmdSandbox(ts *testscript.TestScript, neg bool, args []string) {
	o := sandbox.Options{Record: true}
	if len(args) > 1 && args[0] == "-seed" {
		o.Seed, args = args[1], args[2:]
	}
	o.Faults = args
	s := scriptOf(ts)
	if neg || s.server != nil {
		ts.Fatalf("usage: sandbox [-seed NAME] [FAULT…], once in a script")
	}
	server, err := sandbox.Start(context.Background(), o)
	ts.Check(err)
	s.server = server
	for name, value := range map[string]string{
		"GIJCTL_URL": server.URL, "GIJCTL_TOKEN": server.Token, "ADMIN_TOKEN": server.Token, "USER_TOKEN": server.UserToken,
		"MANAGER_TOKEN": server.ManagerToken, "ADMIN_USER": server.User, "ADMIN_PASSWORD": server.Password,
		"WEBHOOK_SECRET": server.WebhookSecret, "GITHUB_URL": server.GitHubURL,
		"APP_ID": strconv.FormatInt(server.App.ID, 10), "APP_INSTALLATION": strconv.FormatInt(server.App.InstallationID, 10),
		"APP_CLIENT_ID": server.App.ClientID, "APP_ORG": server.App.Org, "APP_SLUG": server.App.Slug,
	} {
		ts.Setenv(name, value)
	}
}

// cmdFault replaces the faults of the sandbox; without arguments it has none any more.
func cmdFault(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(scriptOf(ts).server.SetFaults(args))
}

// cmdForget begins to count requests anew.
func cmdForget(ts *testscript.TestScript, _ bool, _ []string) {
	s := scriptOf(ts)
	s.forgotten, s.gitHubForgotten = len(s.server.Requests()), len(s.server.GitHubRequests())
}

// cmdJSON asks a JMESPath expression of a file, stdout or stderr, of which the last line counts: json FILE EXPRESSION VALUE.
// The value is JSON, or a string as it is.
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: json FILE EXPRESSION VALUE")
	}
	data := ts.ReadFile(args[0])
	if args[0] == "stderr" {
		lines := strings.Split(strings.TrimSuffix(data, "\n"), "\n")
		data = lines[len(lines)-1]
	}
	ts.Check(ask([]byte(data), args[1], args[2]))
}

func ask(data []byte, expression, want string) error {
	var document any
	if err := json.Unmarshal(data, &document); err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	found, err := jmespath.Search(expression, document)
	if err != nil {
		return err
	}
	if text, isText := found.(string); isText && text == want {
		return nil
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(found); err != nil {
		return err
	}
	if got := strings.TrimSpace(b.String()); got != want {
		return fmt.Errorf("%s is %s, want %s", expression, got, want)
	}
	return nil
}

// cmdVisible asserts that a terminal would obey nothing in a file: visible FILE
func cmdVisible(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: visible FILE")
	}
	text := ts.ReadFile(args[0])
	for at, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError) {
			ts.Fatalf("%s holds %q: %q", args[0], r, text[max(0, at-20):min(len(text), at+20)])
		}
	}
}

// cmdMode asserts the permissions of a file: mode 600 FILE
func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode OCTAL FILE")
	}
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
