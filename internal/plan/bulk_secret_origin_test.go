package plan_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// madeUpTokens have the forms of tokens that persons type.
func madeUpTokens() map[string]string {
	letters := func(n int) string { return strings.Repeat("madeUpToken0Of1Nobody2In3Particular4", 3)[:n] }
	return map[string]string{
		"GitHub":            "ghp_" + letters(36),
		"GitHub, new":       "github_pat_" + letters(22) + "_" + letters(59),
		"GitLab":            "glpat-" + letters(20),
		"Azure":             strings.ToLower(letters(52)),
		"Azure, long":       letters(84),
		"AWS":               letters(38) + "/+",
		"AWS, of a service": base64.StdEncoding.EncodeToString([]byte("made-up-secret-of-codecommit-321")),
		"Jira":              base64.StdEncoding.EncodeToString([]byte("123456789012:made-up-twenty-octe")),
		"Bitbucket":         "ATBB" + letters(32),
		"hexadecimal":       hex.EncodeToString([]byte("made-up-16-bytes")),
		"hexadecimal, long": hex.EncodeToString([]byte("made-up-twenty-bytes")),
		"UUID":              "0badcafe-1234-4abc-8def-0123456789ab",
		"a password":        "correct horse battery staple",
	}
}

// TestTypedTokensAreSent looks that no common token is held back where the export is in clear, whatever else it shows.
func TestTypedTokensAreSent(t *testing.T) {
	t.Parallel()
	lines := []string{"id|origin|pat", "1|https://host-1.example|made-up older token"}
	for _, old := range madeUpTokens() {
		lines = append(lines, fmt.Sprintf("%d|https://host-%d.example|%s", len(lines), len(lines), old))
	}
	for name, typed := range madeUpTokens() {
		for what, have := range map[string]string{
			"all":   tsv(lines...),
			"one":   tsv("id|origin|pat", "1|https://host-1.example|"+hex.EncodeToString([]byte("MADE-UP-16-BYTES"))),
			"blank": tsv("id|origin|pat", "1|https://host-1.example|"),
		} {
			p := diff(t, have, tsv("id|pat", "1|"+typed), plan.DiffOptions{})
			if len(p.Changes) != 1 || len(p.Held) > 0 {
				t.Errorf("%s, into an export in clear with %s: %v", name, what, shown(p))
			}
		}
	}
}

// TestExportedSecretsAreKnownAgain looks that a value from an export is held back though a spreadsheet or a hand changed what is around it,
// and also in a new row.
func TestExportedSecretsAreKnownAgain(t *testing.T) {
	t.Parallel()
	padded := base64.StdEncoding.EncodeToString([]byte("made-up-cipher-text-number-00001")) // it ends with =
	state := openState(t, t.TempDir(), "sandbox")
	note(t, state, padded, "made-up older token")
	for name, value := range map[string]string{
		"as it is": padded, "spaces": " " + padded + " ", "quotes": `"""` + padded + `"""`, "an apostrophe": "'" + padded, "without =": strings.TrimRight(padded, "="),
	} {
		for by, o := range map[string]plan.DiffOptions{
			"by its fingerprint": {Memory: state},
			"by its form":        {},
			"by two exports":     {Changing: func() (map[string]bool, error) { return map[string]bool{"pat": true}, nil }},
		} {
			have := tsv("id|origin|pat", "1|https://a.example|"+blob(2), "2|https://b.example|")
			for _, file := range []string{
				tsv("id|pat", "1|"+value), tsv("id|pat", "2|"+value), tsv("id|origin|pat", "|https://new.example|"+value),
				tsv("id|origin|pat", "|https://b.example|"+value),
			} {
				p := diff(t, have, file, o)
				for _, c := range p.Changes {
					for _, cell := range c.Cells {
						if cell.Secret {
							t.Errorf("%s, %s: sent in\n%s", name, by, file)
						}
					}
				}
				if len(p.Held) != 1 {
					t.Errorf("%s, %s: not named\n%s", name, by, file)
				}
			}
		}
	}
	if p := diff(t, tsv("id|origin|pat", "1|https://a.example|"+oldToken), tsv("id|pat", "1| made-up older token "), plan.DiffOptions{Memory: state}); len(p.Held) != 1 {
		t.Errorf("in clear: %v", shown(p))
	}
}

// TestAnotherServersBlobsInNewRows holds back what has a strange form, known by two exports of this server only.
func TestAnotherServersBlobsInNewRows(t *testing.T) {
	t.Parallel()
	o := plan.DiffOptions{Changing: func() (map[string]bool, error) { return map[string]bool{"pat": true}, nil }}
	p := diff(t, tsv("id|origin|pat", "1|https://a.example|x1.y2.z3"), tsv("id|origin|pat", "|https://new.example|x1.y9.z8"), o)
	if d := cmp.Diff([]string{"create origin=>https://new.example", "held pat"}, shown(p)); d != "" {
		t.Error(d)
	}
}

// TestASecretThatSomebodyCleared is sent again.
func TestASecretThatSomebodyCleared(t *testing.T) {
	t.Parallel()
	sent := map[plan.SecretKey]plan.Sent{{ID: 1, Column: "pat"}: {Value: "print of " + typedToken, Shown: "print of " + blob(1)}}
	have := tsv("id|origin|pat", "1|https://a.example|", "2|https://b.example|"+blob(2))
	p := diff(t, have, tsv("id|pat", "1|"+typedToken), plan.DiffOptions{Memory: &fakeMemory{sent: sent}})
	if d := cmp.Diff([]string{"update 1 pat=secret(hidden)"}, shown(p)); d != "" {
		t.Error(d)
	}
}

// TestKeysOfAColumnWhoseNameDoesNotTell are neither shown nor compared as text: the first key in it tells.
func TestKeysOfAColumnWhoseNameDoesNotTell(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	have := tsv("id|origin|x-app", `1|https://a.example|"`+keys[0]+`"`, "2|https://b.example|"+blob(1))
	for _, file := range []string{
		tsv("id|x-app", `1|"`+keys[1]+`"`), tsv("id|x-app", `2|"`+keys[1]+`"`),
		tsv("id|x-app", `1|`+blob(3)),
	} {
		p := diff(t, have, file, plan.DiffOptions{Memory: &fakeMemory{exported: []string{blob(3)}}})
		if text := fmt.Sprintf("%+v %v", p, shown(p)); strings.Contains(text, "BEGIN") || strings.Contains(text, blob(3)) {
			t.Errorf("the plan shows a key: %s", text)
		}
		if len(p.Changes)+len(p.Held) != 1 {
			t.Errorf("%v", shown(p))
		}
	}
}

// TestKeysInAColumnOfAnyName are never shown, also where the export has none.
func TestKeysInAColumnOfAnyName(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	file := tsv("id|x-app|displayName", `1|"`+keys[1]+`"|renamed`)
	for name, have := range map[string]string{
		"blank": tsv("id|origin|displayName|x-app", "1|https://a.example|app|"), "no such column": tsv("id|origin|displayName", "1|https://a.example|app"),
	} {
		p := diff(t, have, file, plan.DiffOptions{})
		if d := cmp.Diff([]string{"update 1 x-app=secret(hidden) displayName=app>renamed"}, shown(p)); d != "" || strings.Contains(fmt.Sprintf("%+v", p), "BEGIN") {
			t.Error(name, d)
		}
	}
}

// TestColumnsThatNoPageNames are taken for secret if they are encoded as a whole.
func TestColumnsThatNoPageNames(t *testing.T) {
	t.Parallel()
	have := tsv("id|origin|x-sealed|x-group", "1|https://a.example|"+blob(1)+"|one", "2|https://b.example|"+blob(2)+"|two")
	p := diff(t, have, tsv("id|x-sealed|x-group", "1|"+blob(7)+"|three"), plan.DiffOptions{})
	if d := cmp.Diff([]string{"update 1 x-group=one>three", "held x-sealed"}, shown(p)); d != "" {
		t.Error(d)
	}
}

// full is the whole file as --full sends it.
func full(t *testing.T, p *plan.BulkPlan, file string) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.WriteFullTSV(&b, strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestWholeFilesHaveNoExportedSecret in whatever column it is.
func TestWholeFilesHaveNoExportedSecret(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	quoted := func(key string) string { return `"` + key + `"` }
	have := tsv("id|origin|displayName|x-app|x-key", "1|https://a.example|a|"+blob(1)+"|"+quoted(keys[0]), "2|https://b.example|b|"+blob(2)+"|"+quoted(keys[0]))
	file := tsv("id|displayName|x-app|x-key", "1|renamed|"+blob(7)+"|"+blob(8), "2|b|"+typedToken+"|"+quoted(keys[1]))
	p := diff(t, have, file, plan.DiffOptions{PEMColumn: "x-app", Memory: &fakeMemory{exported: []string{blob(8)}}})
	same(t, "whole file", tsv("id|displayName|x-app|x-key", "1|renamed||", "2|b|"+typedToken+"|"+quoted(keys[1])), full(t, p, file))
}

// TestWholeFileFromASpreadsheet has neither mark nor guards.
func TestWholeFileFromASpreadsheet(t *testing.T) {
	t.Parallel()
	plainFile := tsv("id|origin|displayName|refSpecCustom|pat|delete", "1|https://api.github.com|=github|+refs/a/*:refs/a/*|"+blob(7)+"|", "|git@git.acme.example:docs.git|papers||+made-up|", "5|||||delete")
	var safe bytes.Buffer
	if _, err := gijtsv.Copy(strings.NewReader(plainFile), &safe, gijtsv.CopyOptions{SpreadsheetSafe: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(safe.String(), gijtsv.SpreadsheetSafeColumn) || !strings.Contains(safe.String(), "'=github") {
		t.Fatal(safe.String())
	}
	p := diff(t, fleet(), safe.String(), plan.DiffOptions{Memory: &fakeMemory{exported: []string{blob(7)}}})
	same(t, "whole file", tsv("id|origin|displayName|refSpecCustom|pat|delete",
		"1|https://api.github.com|=github|+refs/a/*:refs/a/*||", "3|git@git.acme.example:docs.git|papers||+made-up|"), full(t, p, safe.String()))
}

// TestWholeFilesLeaveOutWhatIsGone keeps a server from adding what went with an integration, or cannot come back.
func TestWholeFilesLeaveOutWhatIsGone(t *testing.T) {
	t.Parallel()
	file := tsv("id|origin|displayName|trackedFolderId|delete", "3||papers||", "91|git@x:gone.git|gone|90|", "90||||delete", "2||web shop|1|", "1||||delete")
	same(t, "whole file", tsv("id|origin|displayName|trackedFolderId|delete", "3||papers||"), full(t, diff(t, fleet(), file, plan.DiffOptions{}), file))

	backup := export("3|git@git.acme.example:docs.git|docs|FALSE|10000,10100|||||main||", "8|git@git.acme.example:gone.git|gone|||||||||", "9|https://github.com/acme/x.git|x|||||||||1")
	restored := full(t, diff(t, fleet(), backup, plan.DiffOptions{Restore: true}), backup)
	same(t, "restored", export("3|git@git.acme.example:docs.git|docs|FALSE|10000,10100|||||main||", "|git@git.acme.example:gone.git|gone|||||||||"), restored)
}

// TestATokenOfManyRows is typed once for all of them: that the server then exports it in clear does not make it one of an export.
func TestATokenOfManyRows(t *testing.T) {
	t.Parallel()
	for _, hide := range []string{"", "blob", "fresh", "clear"} {
		t.Run("secrets "+hide, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t, newFakeBulk(t, fleet()))
			m.server.hide, m.o.BatchSize = hide, 1
			m.server.complain = func(row map[string]string) string {
				if row["id"] == "4" {
					return "no answer"
				}
				return ""
			}
			file := tsv("id|origin|displayName|pat|awsRegion", "3|||"+madeUpToken+"|", "4|||"+madeUpToken+"|us-west-2", "|git@git.acme.example:new.git|new|"+madeUpToken+"|us-east-1")
			if _, err := m.run(t.Context(), file); err != nil {
				t.Fatal(err)
			}
			m.server.complain = nil
			got, err := m.run(t.Context(), file)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "the second time", []string{"update verified 4", "create verified 101"}, ended(got))
			for _, id := range []string{"3", "4", "101"} {
				same(t, "pat of "+id, madeUpToken, m.server.secrets[id+"/pat"])
			}
			if got, err := m.run(t.Context(), file); err != nil || len(got.Rows) != 0 {
				t.Errorf("the third time: %v, %v", ended(got), err)
			}
		})
	}
}

// TestHiddenColumnsOfNewRows are sent once, though no export shows them.
func TestHiddenColumnsOfNewRows(t *testing.T) {
	t.Parallel()
	m := newMachine(t, newFakeBulk(t, fleet()))
	m.server.after = func(string) error {
		for _, row := range m.server.rows {
			delete(row, "awsRegion")
		}
		return nil
	}
	file := tsv("id|origin|displayName|awsRegion", "|git@git.acme.example:new.git|new|us-east-1")
	got, err := m.run(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "rows", []string{"create verified 101"}, ended(got))
	same(t, "not shown", []string{"awsRegion"}, got.Rows[0].NotShown)
	if got, err := m.run(t.Context(), file); err != nil || len(got.Rows) != 0 {
		t.Errorf("the second time: %v, %v", ended(got), err)
	}
}

// TestAnOriginWithAPassword is neither shown nor sent back.
func TestAnOriginWithAPassword(t *testing.T) {
	t.Parallel()
	have := tsv("id|origin|displayName|tagsFilter", "1|https://ada:made-up-word@git.example/x.git||v.*", "2|https://git.example/y.git|y|")
	file := tsv("id|origin|tagsFilter", "1||w.*", "|https://git.example/x.git|w.*")
	for _, file := range []string{tsv("id|tagsFilter", "1|w.*"), tsv("id|origin|tagsFilter", "1|https://git.example/x.git|w.*"), strings.Replace(file, "1\t\tw.*\n", "", 1)} {
		p := diff(t, have, file, plan.DiffOptions{})
		same(t, "plan", []string{"update 1 tagsFilter=v.*>w.*"}, shown(p))
		var sent bytes.Buffer
		if err := plan.WriteTSV(&sent, p.Changes); err != nil {
			t.Fatal(err)
		}
		same(t, "sent", tsv("id|origin|tagsFilter", "1||w.*"), sent.String())
		if text := fmt.Sprintf("%+v", p); strings.Contains(text, "made-up-word") || p.Changes[0].Name != "https://git.example/x.git" {
			t.Error(text)
		}
		if moved := p.Moved(p.Changes, snapshot(t, have)); moved != nil {
			t.Error(moved)
		}
	}
	_, err := plan.DiffBulk(strings.NewReader(tsv("id|origin", "1|https://elsewhere.example/x.git")), snapshot(t, have), plan.DiffOptions{})
	if bad, ok := errors.AsType[*plan.BulkFileError](err); !ok || strings.Contains(fmt.Sprint(bad.Problems), "made-up-word") {
		t.Errorf("%v %+v", err, bad)
	}
}
