package plan_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
)

func losses(p *plan.BulkPlan) []string {
	var lines []string
	for _, l := range p.Losses {
		reason, _, _ := strings.Cut(l.Reason, ";")
		reason, _, _ = strings.Cut(reason, ",")
		lines = append(lines, strings.ReplaceAll(strings.Join([]string{string(rune('0' + l.ID)), l.Column, reason}, " "), "  ", " "))
	}
	return lines
}

func TestRestore(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string // what changed since the backup
		memory   plan.Memory
		want     []string
		lost     []string
	}{
		{"nothing", "", "", nil, nil, nil},
		{"a value", "|web|", "|web shop|", nil, []string{"update 2 displayName=web shop>web"}, nil},
		{
			"origin and name", "git@git.acme.example:docs.git|docs", "git@elsewhere:x.git|x", nil,
			[]string{"update 3 origin=git@elsewhere:x.git>git@git.acme.example:docs.git displayName=x>docs"},
			nil,
		},
		{"a value that was empty", "docs|FALSE|10000,10100||", "docs|FALSE|10000,10100|v.*|", nil, nil, []string{"3 tagsFilter it was empty"}},
		{"what indexing writes", "|main|", "||", nil, []string{"update 1 mainBranch=>main"}, nil},
		{
			"a repository was deleted", "3|git@git.acme.example:docs.git|docs|FALSE|10000,10100|||||main||\n", "", nil,
			[]string{"create origin=>git@git.acme.example:docs.git displayName=>docs disabled=>FALSE projectMapping=>10000,10100 mainBranch=>main"},
			[]string{"3 it was deleted since"},
		},
		{
			"a child was deleted", "2|https://github.com/acme/web.git|web|false|ALL|||||main|GITHUB|1\n", "", nil,
			nil,
			[]string{"2 it was deleted since"},
		},
		{"a row was added", "6|git", "7|git@new:x.git|x|false|ALL|||||main||\n6|git", nil, nil, []string{"7 it was added since"}},
		{"a child was found", "6|git", "7|git@new:x.git|x|false|ALL|||||main|GITHUB|1\n6|git", nil, nil, nil},
		{
			"a secret was sent", "", "", &fakeMemory{sent: map[plan.SecretKey]plan.Sent{{ID: 1, Column: "pat"}: {At: 200}, {ID: 3, Column: "pat"}: {At: 50}}},
			nil,
			[]string{"1 pat it was changed since"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			old, after := strings.ReplaceAll(test.old, "|", "\t"), strings.ReplaceAll(test.new, "|", "\t")
			p := diff(t, strings.Replace(fleet(), old, after, 1), fleet(), plan.DiffOptions{Restore: true, Since: 100, Memory: test.memory})
			if d := cmp.Diff(test.want, shown(p)); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(test.lost, losses(p)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRestoreOfSecrets(t *testing.T) {
	t.Parallel()
	backup := tsv("id|origin|pat", "1|https://x|"+blob(1))
	now := tsv("id|origin|pat", "1|https://x|"+blob(2))
	constant := diff(t, now, backup, plan.DiffOptions{Restore: true})
	if d := cmp.Diff([]string{"1 pat it looks like the encrypted values of the server's export"}, losses(constant)); d != "" {
		t.Error(d)
	}
	anew := diff(t, now, backup, plan.DiffOptions{Restore: true, Changing: func() (map[string]bool, error) { return map[string]bool{"pat": true}, nil }})
	if len(anew.Losses) > 0 || len(anew.Held) != 1 {
		t.Errorf("a secret that may be the same: lost %v, held %v", anew.Losses, anew.Held)
	}
}

func TestRestoreOfAnotherServer(t *testing.T) {
	t.Parallel()
	backup := export("1|https://gitlab.example|lab|false|ALL|||||main|GITLAB|", "3|git@elsewhere:x.git|x|false|ALL|||||main||")
	_, err := plan.DiffBulk(strings.NewReader(backup), snapshot(t, fleet()), plan.DiffOptions{Name: "old.tsv", Restore: true})
	if bad, ok := errors.AsType[*plan.BulkFileError](err); !ok || !bad.Foreign {
		t.Errorf("got %v", err)
	}
}

// TestRestoreOfAKeyInClear: a key that was sent since is compared where the server shows it, so nothing is lost.
func TestRestoreOfAKeyInClear(t *testing.T) {
	t.Parallel()
	now := tsv("id|origin|githubAppPem", "1|https://x|\""+testKeys()[0]+"\"")
	memory := &fakeMemory{sent: map[plan.SecretKey]plan.Sent{{ID: 1, Column: "githubAppPem"}: {At: 200}}}
	p := diff(t, now, now, plan.DiffOptions{Restore: true, Since: 100, Memory: memory})
	if !p.Empty() || len(p.Losses) > 0 {
		t.Errorf("it would do %v, and lose %v", shown(p), p.Losses)
	}
}

// TestRestoreTwice: a repository that was deleted and added again has another clone, which stays where it is.
func TestRestoreTwice(t *testing.T) {
	t.Parallel()
	const header = "id|realRoot|absoluteRoot|origin|displayName"
	backup := tsv(header, "1|1_a|true|git@git.acme.example:a.git|a", "9|9_docs|true|git@git.acme.example:docs.git|docs")
	now := tsv(header, "1|1_a|true|git@git.acme.example:a.git|a", "14|14_docs|true|git@git.acme.example:docs.git|docs")
	p := diff(t, now, backup, plan.DiffOptions{Restore: true})
	if !p.Empty() || len(p.Losses) != 1 {
		t.Errorf("it would do %v, and lose %v", shown(p), p.Losses)
	}
	var full strings.Builder
	if err := p.WriteFullTSV(&full, strings.NewReader(backup)); err != nil {
		t.Fatal(err)
	}
	want := tsv(header, "1|1_a|true|git@git.acme.example:a.git|a", "14|||git@git.acme.example:docs.git|docs")
	if d := cmp.Diff(want, full.String()); d != "" {
		t.Error(d)
	}
}
