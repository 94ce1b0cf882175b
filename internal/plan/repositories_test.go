package plan_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

func repositorySpec(t *testing.T, f fields) gij.RepositorySpec {
	t.Helper()
	var s gij.RepositorySpec
	for key, value := range f {
		if n, ok := value.(int); ok {
			value = int64(n)
		}
		if err := s.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func repository(t *testing.T, id int, name, origin string, more fields) gij.Repository {
	t.Helper()
	wire := map[string]any{"id": id, "displayName": name, "origin": origin, "disabled": false, "mainBranch": "main"}
	for key, value := range more {
		wire[key] = value
	}
	data, err := json.Marshal(wire)
	if err != nil {
		t.Fatal(err)
	}
	var r gij.Repository
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// sentKeys are the fields that a change sends.
func sentKeys(c plan.Change) string {
	var keys []string
	for _, v := range c.Sent() {
		keys = append(keys, v.Key)
	}
	return strings.Join(keys, ",")
}

func TestAddRepository(t *testing.T) {
	t.Parallel()
	const book, tools = "https://git.example.com/book.git", "https://git.example.com/tools.git"
	existing := []gij.Repository{
		repository(t, 1, "book", book, nil),
		repository(t, 2, "nested", tools, fields{"trackedFolderId": 7}),
		repository(t, 3, "twice", "git@x:twice.git", nil), repository(t, 4, "twice again", "git@x:twice.git", nil),
	}
	for _, tt := range []struct {
		name   string
		want   fields
		upsert bool
		action plan.Action
		sent   string
		fails  string
	}{
		{name: "new", want: fields{"origin": "git@x:new.git", "displayName": "", "pat": "", "username": ""}, action: plan.ActionCreate, sent: "origin"},
		{name: "the same", want: fields{"origin": "HTTPS://git.example.com/book.git/", "mainBranch": "main"}, action: plan.ActionNone},
		{name: "the same, and a secret", want: fields{"origin": book, "pat": hidden}, action: plan.ActionNone},
		{name: "another value", want: fields{"origin": book, "mainBranch": "trunk"}, fails: `repository "book" exists with other values (id 1): mainBranch is "main", not "trunk"`},
		{name: "another value, upsert", want: fields{"origin": book, "mainBranch": "trunk", "pat": hidden}, upsert: true, action: plan.ActionUpdate, sent: "mainBranch"},
		{name: "nested ones do not count", want: fields{"origin": tools}, action: plan.ActionCreate, sent: "origin"},
		{name: "two have it", want: fields{"origin": "git@x:twice.git"}, fails: `2 repositories have the origin "git@x:twice.git": 3, 4`},
		{name: "two have it, the name decides", want: fields{"origin": "git@x:twice.git", "displayName": "twice"}, action: plan.ActionNone},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := plan.AddRepository(existing, repositorySpec(t, tt.want), tt.upsert)
			if tt.fails != "" {
				var conflict *plan.ConflictError
				if !errors.As(err, &conflict) || conflict.Message != tt.fails || conflict.Advice == "" {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || c.Action != tt.action || sentKeys(c) != tt.sent || c.Object != plan.ObjectRepository {
				t.Errorf("got %s %s %s, %v", c.Action, c.Object, sentKeys(c), err)
			}
			if c.Action == plan.ActionCreate && len(c.Existing) != len(existing) {
				t.Errorf("existing: %v", c.Existing)
			}
			if warned := len(c.Warnings) == 1; warned != (tt.want["origin"] == tools) {
				t.Errorf("warnings: %q", c.Warnings)
			}
		})
	}
}

func TestUpdateRepositories(t *testing.T) {
	t.Parallel()
	plain := repository(t, 1, "book", "git@x:book.git", fields{"realRoot": "1_book", "absoluteRoot": false})
	nested := repository(t, 2, "tools", "git@x:tools.git", fields{"trackedFolderId": 7, "disableSslVerification": false})
	other := repository(t, 3, "other", "git@x:other.git", fields{"trackedFolderId": 8})
	for _, tt := range []struct {
		name string
		rows []gij.Repository
		want fields
		sent []string
		warn int
		fail string
	}{
		{name: "what differs", rows: []gij.Repository{plain}, want: fields{"mainBranch": "trunk", "displayName": "book"}, sent: []string{"mainBranch"}},
		{name: "nothing", rows: []gij.Repository{plain, nested}, want: fields{"mainBranch": "main"}, sent: []string{"", ""}},
		{name: "the pair goes together", rows: []gij.Repository{plain}, want: fields{"realRoot": "book", "absoluteRoot": false}, sent: []string{"realRoot,absoluteRoot"}},
		{name: "a secret", rows: []gij.Repository{plain}, want: fields{"pat": hidden}, sent: []string{"pat"}},
		{name: "what a nested one may", rows: []gij.Repository{nested}, want: fields{"displayName": "x", "disabled": true}, sent: []string{"displayName,disabled"}},
		{name: "unclear", rows: []gij.Repository{nested}, want: fields{"origin": "git@x:new.git"}, sent: []string{"origin"}, warn: 1},
		{
			name: "read-only", rows: []gij.Repository{plain, nested}, want: fields{"mainBranch": "trunk", "disableSslVerification": true},
			fail: `nothing was sent: in the nested repository 2 "tools" (of integration 7) mainBranch, disableSslVerification is read-only; the server would ignore it, and answer success`,
		},
		{
			name: "read-only secret of several", rows: []gij.Repository{nested, other}, want: fields{"pat": hidden},
			fail: `nothing was sent: in nested repositories pat is read-only, and the server would ignore it: 2 "tools" (of integration 7), 3 "other" (of integration 8)`,
		},
		{name: "no path", rows: []gij.Repository{other}, want: fields{"absoluteRoot": true}, fail: "nothing was sent: absoluteRoot needs realRoot, and the server shows none for repository 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changes, err := plan.UpdateRepositories(tt.rows, repositorySpec(t, tt.want))
			if tt.fail != "" {
				var refused *plan.RefusedError
				if !errors.As(err, &refused) || refused.Message != tt.fail || refused.Code() != "invalid_input" || refused.Hint() == "" {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var sent []string
			for _, c := range changes {
				sent = append(sent, sentKeys(c))
				if len(c.Warnings) != tt.warn {
					t.Errorf("warnings: %q", c.Warnings)
				}
			}
			if diff := cmp.Diff(tt.sent, sent); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRemoveRepositories(t *testing.T) {
	t.Parallel()
	rows := []gij.Repository{
		repository(t, 1, "clone", "git@x:book.git", nil), repository(t, 2, "original", "/srv/git/tools.git", nil),
		repository(t, 3, "nested", "git@x:other.git", fields{"trackedFolderId": 8}),
	}
	for erase, want := range map[bool][]string{
		false: {"", "", "it belongs to integration 8"},
		true:  {"its clone will be erased", "its files are the original repository", "its clone will be erased"},
	} {
		for n, c := range plan.RemoveRepositories(rows, gij.DeleteOptions{DeleteFiles: erase}) {
			if got := strings.Join(c.Warnings, "; "); !strings.HasPrefix(got, want[n]) || want[n] == "" && got != "" || c.Delete.DeleteFiles != erase {
				t.Errorf("%s: %q", c.Name, got)
			}
		}
	}
}

// TestRepositoriesAreCarriedOut adds, changes and removes repositories of a sandbox, and asks for each what the server has.
func TestRepositoriesAreCarriedOut(t *testing.T) {
	t.Parallel()
	server, err := sandbox.Start(t.Context(), sandbox.Options{Faults: []string{"disabled-put=ignored"}, Record: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	client, err := gij.New(gij.Config{BaseURL: server.URL, Token: secret.New(server.Token)})
	if err != nil {
		t.Fatal(err)
	}
	s := client.Repositories
	apply := func(changes ...plan.Change) []plan.Result {
		return plan.ApplyRepositories(t.Context(), s, changes, &progress{})
	}
	list := func() []gij.Repository {
		all, err := s.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := repositorySpec(t, fields{"origin": "git@x:new.git", "pat": hidden, "disabled": true, "maxMinsToCommitEmail": 5})
	add, err := plan.AddRepository(list(), want, false)
	if err != nil {
		t.Fatal(err)
	}
	added := apply(add)[0]
	if added.Outcome != plan.OutcomeVerified || added.AfterRepository == nil || !*added.AfterRepository.Disabled || strings.Join(added.NotShown, ",") != "pat" {
		t.Errorf("added: %+v", added)
	}
	again, err := plan.AddRepository(list(), want, false)
	if err != nil || again.Action != plan.ActionNone || apply(again)[0].AfterRepository == nil {
		t.Errorf("again: %+v, %v", again, err)
	}
	changes, err := plan.UpdateRepositories([]gij.Repository{*added.AfterRepository}, repositorySpec(t, fields{"disabled": false, "displayName": "renamed"}))
	if err != nil {
		t.Fatal(err)
	}
	var requests []string
	for _, r := range changes[0].RepositoryRequests(s) {
		requests = append(requests, r.Method+" "+r.Path+" "+string(r.Body))
	}
	expect(t, "requests", []string{
		`PUT /rest/gitplugin/1.0/repository {"id":13,"displayName":"renamed"}`, `PUT /rest/gitplugin/1.0/repository/13/disable?disable=false `,
	}, requests)
	expect(t, "update", []string{"verified"}, outcomes(apply(changes...)))
	expect(t, "remove", []string{"verified"}, outcomes(apply(plan.RemoveRepositories(list()[4:], gij.DeleteOptions{})...)))
	if err := server.SetFaults([]string{"write-ignored"}); err != nil {
		t.Fatal(err)
	}
	changes, err = plan.UpdateRepositories(list()[3:], repositorySpec(t, fields{"mainBranch": "trunk"}))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "ignored", []string{`failed: update repository 9: the server answered success, but mainBranch is "main", not "trunk"`}, outcomes(apply(changes...)))
}
