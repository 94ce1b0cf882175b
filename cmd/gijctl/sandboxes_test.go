package main

import (
	"context"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// cmdSandboxes starts several sandboxes beside each other, each on a port of its own, and sets NAME_URL, NAME_TOKEN,
// NAME_USER_TOKEN, NAME_MANAGER_TOKEN, NAME_ADMIN and NAME_PASSWORD: sandboxes NAME…
func cmdSandboxes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sandboxes NAME…")
	}
	s := scriptOf(ts)
	for _, name := range args {
		server, err := sandbox.Start(context.Background(), sandbox.Options{Record: true})
		ts.Check(err)
		s.others[name] = server
		for suffix, value := range map[string]string{
			"URL": server.URL, "TOKEN": server.Token, "USER_TOKEN": server.UserToken, "MANAGER_TOKEN": server.ManagerToken,
			"ADMIN": server.User, "PASSWORD": server.Password,
		} {
			ts.Setenv(name+"_"+suffix, value)
		}
	}
}

// cmdStopSandbox ends one of several sandboxes, as if that Jira were down: stop-sandbox NAME
func cmdStopSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: stop-sandbox NAME")
	}
	ts.Check(scriptOf(ts).other(ts, args[0]).Close())
}

// cmdWatch makes one of several sandboxes the one that fault, requests, writes and forget are about: watch NAME
func cmdWatch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: watch NAME")
	}
	s := scriptOf(ts)
	s.server = s.other(ts, args[0])
	s.forgotten = len(s.server.Requests())
}

func (s *script) other(ts *testscript.TestScript, name string) *sandbox.Server {
	server := s.others[name]
	if server == nil {
		ts.Fatalf("there is no sandbox %s: start it with: sandboxes %s", name, strings.ToUpper(name))
	}
	return server
}
