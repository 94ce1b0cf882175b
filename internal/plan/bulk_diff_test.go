package plan_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
)

// tsv makes a file of lines whose cells are separated by |, which is easier to read than tabs.
func tsv(lines ...string) string {
	return strings.ReplaceAll(strings.Join(lines, "\n")+"\n", "|", "\t")
}

const exportHeader = "id|origin|displayName|disabled|projectMapping|tagsFilter|pat|password|awsRegion|mainBranch|integrationType|trackedFolderId"

func export(rows ...string) string { return tsv(append([]string{exportHeader}, rows...)...) }

func snapshot(t *testing.T, text string) *plan.Snapshot {
	t.Helper()
	s, err := plan.ReadSnapshot(strings.NewReader(text), "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fleet is an export with one row of each kind.
func fleet() string {
	return export(
		"1|https://api.github.com|github|false|ALL|v.*||||main|GITHUB|",
		"2|https://github.com/acme/web.git|web|false|ALL|||||main|GITHUB|1",
		"3|git@git.acme.example:docs.git|docs|FALSE|10000,10100|||||main||",
		"4|https://codecommit.us-east-1|aws|true|10200||||||AWS|",
		"5|git@git.acme.example:twin.git|twin a|false|ALL|||||main||",
		"6|git@git.acme.example:twin.git|twin b|false|ALL|||||main||",
	)
}

// shown is a plan in the form in which tests state it.
func shown(p *plan.BulkPlan) []string {
	var lines []string
	for _, c := range p.Changes {
		line := string(c.Action)
		if c.ID != 0 {
			line += " " + string(rune('0'+c.ID%10))
		}
		for _, cell := range c.Cells {
			switch {
			case cell.Secret:
				line += " " + cell.Column + "=secret"
			default:
				line += " " + cell.Column + "=" + cell.From + ">" + cell.To
			}
			if cell.NotShown {
				line += "(hidden)"
			}
		}
		lines = append(lines, line)
	}
	for _, h := range p.Held {
		lines = append(lines, "held "+h.Column)
	}
	return lines
}

func diff(t *testing.T, have, file string, o plan.DiffOptions) *plan.BulkPlan {
	t.Helper()
	o.Name = "fleet.tsv"
	p, err := plan.DiffBulk(strings.NewReader(file), snapshot(t, have), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDiffBulk(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		file string
		want []string
	}{
		{"the export itself", fleet(), nil},
		{"columns in another order", tsv("displayName|id", "web|2"), nil},
		{"booleans in another case", tsv("id|disabled", "3|false", "4|TRUE"), nil},
		{"projects in another order", tsv("id|projectMapping", "3|10100, 10000"), nil},
		{"an origin with a slash", tsv("id|origin", "1|HTTPS://api.github.com/"), nil},
		{"blank cells keep", tsv("id|displayName|tagsFilter", "1||"), nil},
		{"one cell", tsv("id|displayName", "2|web shop"), []string{"update 2 displayName=web>web shop"}},
		{"several", tsv("id|disabled|projectMapping", "3|true|ALL"), []string{"update 3 disabled=FALSE>true projectMapping=10000,10100>ALL"}},
		{"read-only columns are not sent", tsv("id|hosted|integrationType", "1|true|GITLAB"), nil},
		{"a column that nobody knows is not sent", tsv("id|owner", "1|Ada"), nil},
		{"the misspelt region", tsv("id|awsRegion", "4|ap-outh-1"), []string{"update 4 awsRegion=>ap-outh-1(hidden)"}},
		{"a new row", tsv("id|origin|displayName", "|git@git.acme.example:new.git|new"), []string{"create origin=>git@git.acme.example:new.git displayName=>new"}},
		{"a row without id that exists", tsv("id|origin|displayName", "|git@git.acme.example:docs.git|docs"), nil},
		{"a row without id that exists, changed", tsv("id|origin|disabled", "|git@git.acme.example:docs.git|true"), []string{"update 3 disabled=FALSE>true"}},
		{"twins are told by their name", tsv("id|origin|displayName|disabled", "|git@git.acme.example:twin.git|twin b|true"), []string{"update 6 disabled=false>true"}},
		{"a deletion", tsv("id|delete", "3|delete"), []string{"delete 3"}},
		{"a deletion with what is below it", tsv("id|displayName|trackedFolderId|delete", "2|other|1|", "1|||delete"), []string{"delete 1"}},
		{"a deletion that is done, with what was below it", tsv("id|trackedFolderId|delete", "91|90|", "92|91|", "90||delete"), nil},
		{"a deletion that is done", tsv("id|delete", "33|delete"), nil},
		{"a typed token", tsv("id|pat", "1|ghp_madeUpToken"), []string{"update 1 pat=secret(hidden)"}},
		{"empty lines", tsv("id|displayName", "||", "", "2|web"), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := shown(diff(t, fleet(), test.file, plan.DiffOptions{}))
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDiffBulkRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		file              string
		codes             []string
		foreign, conflict bool
	}{
		{"an id that is not there", tsv("id|displayName", "77|x"), []string{plan.CodeUnknownID}, false, false},
		{"an id of another row", tsv("id|origin|displayName", "3|git@elsewhere:x.git|x"), []string{plan.CodeOtherRow}, false, false},
		{"another origin and no name", tsv("id|origin|pat", "3|git@elsewhere:x.git|made-up"), []string{plan.CodeOtherRow}, false, false},
		{"a deletion of another row", tsv("id|origin|delete", "3|git@elsewhere:x.git|delete"), []string{plan.CodeOtherRow}, false, false},
		{
			"the file of another server", tsv("id|origin|displayName", "1|https://gitlab.example|lab", "3|git@elsewhere:x.git|x", "99|git@elsewhere:y.git|y"),
			[]string{plan.CodeOtherRow, plan.CodeOtherRow, plan.CodeUnknownID},
			true, false,
		},
		{"twins without a name", tsv("id|origin|disabled", "|git@git.acme.example:twin.git|true"), []string{plan.CodeUnclearRow}, false, true},
		{"the origin of a child", tsv("id|origin", "|https://github.com/acme/web.git"), []string{plan.CodeUnclearRow}, false, true},
		{"one row by id and by origin", tsv("id|origin|disabled", "3||true", "|git@git.acme.example:docs.git|false"), []string{plan.CodeMatchedTwice}, false, true},
		{"a parent that is not there", tsv("id|origin|trackedFolderId", "|git@new:x.git|55"), []string{"unknown_parent"}, false, false},
		{"a move below what is not there", tsv("id|trackedFolderId", "2|55"), []string{"unknown_parent"}, false, false},
		{"a move below what is deleted", tsv("id|trackedFolderId|delete", "1||delete", "3|1|"), []string{"unknown_parent"}, false, false},
		{"below what is deleted", tsv("id|origin|trackedFolderId|delete", "1|||delete", "|git@new:x.git|1|"), []string{"unknown_parent"}, false, false},
		{"a new GitHub App", tsv("id|origin|githubAppPem", "|https://api.github.com/app|anything"), []string{"new_github_app"}, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := plan.DiffBulk(strings.NewReader(test.file), snapshot(t, fleet()), plan.DiffOptions{Name: "fleet.tsv"})
			bad, ok := errors.AsType[*plan.BulkFileError](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			var codes []string
			for _, p := range bad.Problems {
				codes = append(codes, p.Code)
				if p.Remedy == "" || p.Pos.Line < 2 {
					t.Errorf("%s has no remedy or place: %+v", p.Code, p)
				}
			}
			if d := cmp.Diff(test.codes, codes); d != "" {
				t.Error(d)
			}
			if bad.Foreign != test.foreign || bad.Conflict != test.conflict {
				t.Errorf("foreign %v, conflict %v", bad.Foreign, bad.Conflict)
			}
		})
	}
}

func TestDiffBulkMoveBelowARepository(t *testing.T) {
	t.Parallel()
	p := diff(t, fleet(), tsv("id|trackedFolderId", "2|3"), plan.DiffOptions{})
	if d := cmp.Diff([]string{"update 2 trackedFolderId=1>3"}, shown(p)); d != "" {
		t.Error(d)
	}
	have := tsv("id|origin|displayName|trackedFolderId|sslVerify", "1|https://x|x||true", "3|https://y|y||false")
	after := diff(t, have, tsv("id|trackedFolderId|sslVerify", "1|3|true"), plan.DiffOptions{})
	if d := cmp.Diff([]string{"update 1 trackedFolderId=>3(hidden)"}, shown(after)); d != "" {
		t.Errorf("the column after it: %s", d)
	}
	if w := p.Changes[0].Warnings; len(w) != 2 || !strings.HasPrefix(w[0], "its parent 3 looks like a repository") {
		t.Errorf("the warnings are %q", w)
	}
}

func TestDiffBulkMoveOfAnOrigin(t *testing.T) {
	t.Parallel()
	p := diff(t, fleet(), tsv("id|origin|displayName", "3|git@new.acme.example:docs.git|docs"), plan.DiffOptions{})
	if d := cmp.Diff([]string{"update 3 origin=git@git.acme.example:docs.git>git@new.acme.example:docs.git"}, shown(p)); d != "" {
		t.Error(d)
	}
	if len(p.Changes[0].Warnings) == 0 {
		t.Error("nobody is warned of the new clone")
	}
}

func TestDiffBulkDeletions(t *testing.T) {
	t.Parallel()
	p := diff(t, fleet(), tsv("id|delete", "1|delete", "44|delete"), plan.DiffOptions{})
	if d := cmp.Diff([]int64{1, 44}, p.Marked); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int64{44}, p.Gone); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int64{2}, p.Changes[0].With); d != "" {
		t.Error(d)
	}
	marked := diff(t, fleet(), tsv("id|delete", "1|delete", "2|delete"), plan.DiffOptions{})
	if with := marked.Changes[0].With; with != nil {
		t.Errorf("%v go with it, though they are marked themselves", with)
	}
}

func TestWriteTSVIsTheSmallestFile(t *testing.T) {
	t.Parallel()
	p := diff(t, fleet(), tsv(
		"id|origin|displayName|disabled|pat|tagsFilter|delete",
		"1|https://api.github.com|github|false|ghp_madeUpToken|v.*|",
		"2|https://github.com/acme/web.git|web|true||release/.*|",
		"5||||||delete",
		"|git@git.acme.example:new.git|new|||a \"quoted\" name|",
	), plan.DiffOptions{})
	var writes, deletes bytes.Buffer
	if err := errors.Join(plan.WriteTSV(&writes, p.Writes()), plan.WriteTSV(&deletes, p.Deletes())); err != nil {
		t.Fatal(err)
	}
	want := tsv(
		"id|origin|displayName|pat|disabled|tagsFilter",
		"1|https://api.github.com||ghp_madeUpToken||",
		"2|https://github.com/acme/web.git|||true|release/.*",
		"|git@git.acme.example:new.git|new|||a \"quoted\" name",
	)
	if d := cmp.Diff(want, writes.String()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(tsv("id|origin|delete", "5|git@git.acme.example:twin.git|delete"), deletes.String()); d != "" {
		t.Error(d)
	}
}

func TestWriteFullTSV(t *testing.T) {
	t.Parallel()
	file := tsv(
		"owner|id|origin|displayName|password|delete",
		"Ada|1|https://api.github.com|github|as-it-is-shown|",
		"Bob||git@git.acme.example:docs.git|\"docs\"||",
		"Cyd|5||||delete",
		"Dee|4||aws|{AES}c29tZXRoaW5n|",
	)
	have := strings.Replace(fleet(), "true\t10200\t\t\t\t", "true\t10200\t\t\t{AES}b3RoZXI=\t", 1)
	have = strings.Replace(have, "v.*\t\t\t", "v.*\t\tas-it-is-shown\t", 1)
	p := diff(t, have, file, plan.DiffOptions{})
	if d := cmp.Diff([]string{"delete 5", "held password"}, shown(p)); d != "" {
		t.Fatal(d)
	}
	var full bytes.Buffer
	if err := p.WriteFullTSV(&full, strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	want := tsv(
		"owner|id|origin|displayName|password|delete",
		"Ada|1|https://api.github.com|github||",
		"Bob|3|git@git.acme.example:docs.git|\"docs\"||",
		"Dee|4||aws||",
	)
	if d := cmp.Diff(want, full.String()); d != "" {
		t.Error(d)
	}
}
