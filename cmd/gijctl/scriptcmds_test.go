package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
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

// statuses are the exit statuses of the error codes, written down once more on purpose: programs branch on both.
func statuses() map[string]int {
	return map[string]int{
		"failed": 1, "usage": 2, "invalid_input": 2, "changes_pending": 3, "auth": 4, "not_found": 5, "partial": 6,
		"conflict": 7, "guard": 7, "still_running": 8, "interrupted": 130,
	}
}

// checkContract holds any run of gijctl against what every command promises of stdout, stderr and the exit status.
func checkContract(args []string, status int, stdout, stderr string) error {
	if status == 2 && stdout != "" {
		return errors.New("a usage error has written data to stdout")
	}
	text := strings.TrimSuffix(stderr, "\n")
	lines := strings.Split(text, "\n")
	last := lines[len(lines)-1]
	if status == 0 {
		if strings.Contains(text, "\ngijctl: ") || strings.HasPrefix(text, "gijctl: ") {
			return errors.New("a success has written an error to stderr")
		}
		return nil
	}
	if wantsJSON(args) {
		if slices.Contains(args, "--no-browser") && strings.HasPrefix(text, "http") {
			lines = lines[1:] // the address that a person opens while the command waits: it cannot come with its end
		}
		if !slices.Contains(args, "--trace") && len(lines) != 1 {
			return fmt.Errorf("with JSON errors stderr has %d lines, not the one object", len(lines))
		}
		return checkErrorObject(last, status)
	}
	lines, page := lines[:len(lines)-1], last
	if !strings.HasPrefix(page, "see: ") || len(lines) == 0 {
		return fmt.Errorf("stderr does not end with the page that says more, but with %q", page)
	}
	if strings.HasPrefix(lines[len(lines)-1], "hint: ") && len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	message := lines[len(lines)-1]
	if !strings.HasPrefix(message, "gijctl: ") || len(message) < len("gijctl: ")+5 {
		return fmt.Errorf("stderr does not end with \"gijctl: what failed: why\" and a hint, but with %q", message)
	}
	return nil
}

func wantsJSON(args []string) bool {
	line := " " + strings.Join(args, " ") + " "
	return strings.Contains(line, " -o json ") || strings.Contains(line, " --output=json ")
}

func checkErrorObject(line string, status int) error {
	var object struct {
		Error struct{ Code, Message, Hint string }
	}
	if err := json.Unmarshal([]byte(line), &object); err != nil {
		return fmt.Errorf("stderr does not end with a JSON object: %w", err)
	}
	want, known := statuses()[object.Error.Code]
	if !known || want != status || object.Error.Message == "" {
		return fmt.Errorf("the error object %s does not belong to exit status %d", line, status)
	}
	return nil
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

// arrived returns the requests since "forget" with one of the methods, all without any.
func (s *script) arrived(methods ...string) []sandbox.Request {
	var found []sandbox.Request
	for _, r := range s.server.Requests()[s.forgotten:] {
		if len(methods) == 0 || slices.Contains(methods, r.Method) {
			found = append(found, r)
		}
	}
	return found
}

func (s *script) writes() []sandbox.Request { return s.arrived("POST", "PUT", "DELETE", "PATCH") }

func describe(all []sandbox.Request) string {
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintf(&b, "\n  %s %s (%d)", r.Method, r.Path, r.Status)
	}
	return b.String()
}

// cmdRequests asserts how many requests arrived: requests N [METHOD [PATTERN OF THE PATH]]
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 3 {
		ts.Fatalf("usage: requests N [METHOD [PATTERN]]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	found := scriptOf(ts).arrived(args[1:min(2, len(args))]...)
	if len(args) == 3 {
		pattern := regexp.MustCompile(args[2])
		found = slices.DeleteFunc(found, func(r sandbox.Request) bool { return !pattern.MatchString(r.Path) })
	}
	if len(found) != want {
		ts.Fatalf("%d requests arrived, want %d; all:%s", len(found), want, describe(scriptOf(ts).arrived()))
	}
}

// cmdWrites asserts how many requests arrived that are no reads: writes N
func cmdWrites(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: writes N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if found := scriptOf(ts).writes(); len(found) != want {
		ts.Fatalf("%d writes arrived, want %d; all:%s", len(found), want, describe(scriptOf(ts).arrived()))
	}
}

// cmdLastWrite asks a JMESPath expression of the last write, which has method, path, header and body:
// last-write EXPRESSION VALUE
func cmdLastWrite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: last-write EXPRESSION VALUE")
	}
	writes := scriptOf(ts).writes()
	if len(writes) == 0 {
		ts.Fatalf("no write arrived")
	}
	r := writes[len(writes)-1]
	body := json.RawMessage("null")
	if len(r.Body) > 0 {
		body = r.Body
	}
	data, err := json.Marshal(map[string]any{"method": r.Method, "path": r.Path, "header": r.Header, "body": body})
	ts.Check(err)
	ts.Check(ask(data, args[0], args[1]))
}

// cmdSentAsPlanned asserts that the writes are those that a plan in JSON shows, but for the secrets that it masks:
// sent-as-planned PLAN
func cmdSentAsPlanned(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: sent-as-planned PLAN")
	}
	type request struct {
		Method, Path string
		Body         any
	}
	var changes []struct{ Requests []request }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &changes))
	var planned, sent []request
	for _, change := range changes {
		planned = append(planned, change.Requests...)
	}
	for _, r := range scriptOf(ts).writes() {
		one := request{Method: r.Method, Path: strings.TrimPrefix(r.Path, "/jira")}
		if len(r.Body) > 0 {
			var body map[string]any
			ts.Check(json.Unmarshal(r.Body, &body))
			for _, key := range []string{"pat", "password"} {
				if text, isText := body[key].(string); isText && findSecrets(text, nil) != nil {
					body[key] = "[redacted]"
				}
			}
			one.Body = body
		}
		sent = append(sent, one)
	}
	if diff := cmp.Diff(planned, sent); diff != "" || len(sent) == 0 {
		ts.Fatalf("what was sent (+) is not what was planned (-):\n%s", diff)
	}
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

// cmdStart starts a program and goes on: start NAME PROGRAM ARG…
func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME PROGRAM ARG…")
	}
	s := scriptOf(ts)
	p, err := startProcess(ts.MkAbs("."), s.environ(ts), args[1:], nil)
	ts.Check(err)
	s.processes[args[0]] = p
}

func (s *script) process(ts *testscript.TestScript, name string) *process {
	p := s.processes[name]
	if p == nil {
		ts.Fatalf("no process %q was started, only %q", name, slices.Sorted(maps.Keys(s.processes)))
	}
	return p
}

// cmdAwaitRequests waits until requests have arrived: await-requests N [METHOD]
func cmdAwaitRequests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: await-requests N [METHOD]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := scriptOf(ts)
	if !eventually(func() bool { return len(s.arrived(args[1:]...)) >= want }, nil) {
		ts.Fatalf("not arrived; all:%s", describe(s.arrived()))
	}
}

// cmdAwaitOutput waits until a process has written something: await-output NAME PATTERN
func cmdAwaitOutput(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await-output NAME PATTERN")
	}
	p := scriptOf(ts).process(ts, args[0])
	pattern := regexp.MustCompile("(?m)" + args[1])
	output := func() string { return p.stdout.String() + p.stderr.String() }
	if !eventually(func() bool { return pattern.MatchString(output()) }, p.ended) {
		ts.Fatalf("not written: %s", output())
	}
}

// cmdInterrupt presses Ctrl-C: interrupt NAME
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: interrupt NAME")
	}
	ts.Check(scriptOf(ts).process(ts, args[0]).interrupt())
}

// cmdFinish waits for the end of a process, and leaves what it wrote in NAME.stdout and NAME.stderr: finish NAME STATUS
func cmdFinish(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: finish NAME STATUS")
	}
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	s := scriptOf(ts)
	p := s.process(ts, args[0])
	status, err := p.wait()
	stdout, stderr := p.stdout.String(), p.stderr.String()
	ts.Logf("[stdout]\n%s\n[stderr]\n%s", stdout, stderr)
	ts.Check(err)
	s.checkOutput(ts, p.cmd.Args, stdout+stderr)
	for name, text := range map[string]string{"stdout": stdout, "stderr": stderr} {
		path := filepath.Join(s.work, args[0]+"."+name)
		s.shows[path] = showsTokens(p.cmd.Args)
		ts.Check(os.WriteFile(path, []byte(text), 0o600))
	}
	if status != want {
		ts.Fatalf("exit status %d, want %d", status, want)
	}
	endedAtOnce := p.interrupts > 1 // and so without last words
	if p.cmd.Args[0] == "gijctl" && !endedAtOnce {
		ts.Check(checkContract(p.cmd.Args, status, stdout, stderr))
	}
}
