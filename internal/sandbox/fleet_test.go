package sandbox_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/csv"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/sandbox"
)

var errNoKeys = errors.New("the file has no keys")

func update() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write testdata/tsv/fleet.tsv anew")
	os.Exit(m.Run())
}

// fleetFile is what the seed fleet is made for.
func fleetFile() string { return filepath.Join("..", "..", "testdata", "tsv", "fleet.tsv") }

const (
	fleetSize = 5000
	fleetNew  = 20
	// fleetDeletes are the old share with its two repositories, and seven plain ones.
	fleetDeletes = "4578,4579,4580,4602,4640,4681,4722,4763,4804,4845"
)

// fleet is an export of the seed on its way to become the file.
type fleet struct {
	header []string
	rows   [][]string
	edits  map[string]bool // ids of rows that were edited
}

func exportFleet(t *testing.T, s *sandbox.Server) *fleet {
	t.Helper()
	all := records(t, get(t, s, exportPath).want(t, 200).body)
	return &fleet{header: all[0], rows: all[1:], edits: map[string]bool{}}
}

func (f *fleet) column(t *testing.T, name string) int {
	t.Helper()
	i := slices.Index(f.header, name)
	if i < 0 {
		t.Fatalf("no column %s", name)
	}
	return i
}

// kind returns the rows of integrations, apps, children and plain repositories.
func (f *fleet) kind(t *testing.T, kind string) [][]string {
	t.Helper()
	typ, parent, app := f.column(t, "integrationType"), f.column(t, "trackedFolderId"), f.column(t, "githubAppId")
	var rows [][]string
	for _, row := range f.rows {
		is := "plain"
		switch {
		case row[app] != "":
			is = "app"
		case row[parent] != "":
			is = "child"
		case row[typ] != "":
			is = "integration"
		}
		if is == kind {
			rows = append(rows, row)
		}
	}
	return rows
}

// set edits a cell, which must differ.
func (f *fleet) set(t *testing.T, row []string, column, value string) {
	t.Helper()
	i := f.column(t, column)
	if row[i] == value {
		t.Errorf("row %s has %s %q already", row[0], column, value)
	}
	row[i] = value
	f.edits[row[0]] = true
}

// cellEdit is a value for a column. Rows are taken one after the other.
type cellEdit struct{ column, value string }

func (f *fleet) edit(t *testing.T, rows [][]string, stride int, edits []cellEdit) {
	t.Helper()
	for i, e := range edits {
		f.set(t, rows[(i+1)*stride], e.column, e.value)
	}
}

func childEdits() []cellEdit {
	return []cellEdit{
		{"disabled", "true"},
		{"disabled", "TRUE"},
		{"smartCommitsEnabled", "FALSE"},
		{"smartCommitsEnabled", "false"},
		{"gitViewerEnabled", "false"},
		{"sourcesDiffViewEnabled", "false"},
		{"displayName", "Straße/Übersicht"},
		{"displayName", "検索サービス"},
		{"displayName", "платежи 🚀"},
		{"displayName", `the "old" gateway`},
		{"tagsFilter", `^release/\d+\.\d+$`},
		{"tagsFilter", "(?i)v[0-9]+.*"},
		{"branchLinkFormat", `https://web.globex.example/tree?at=$convert(${branch},"feature/","f-")`},
		{"branchLinkFormat", `https://web.globex.example/b/$convert(${branch},"a","b")`},
		{"changesetFormat", "https://web.globex.example/commit/${rev}"},
		{"mergeRequestFormat", "https://web.globex.example/mr/${mergereqId}"},
		{"fileAddedFormat", "https://web.globex.example/${rev}/${path}#${sha256path}"},
		{"webLinkType", "gitlab"},
		{"revisionIndexing", "false"},
		{"sendCommitEmails", "false"},
	}
}

func plainEdits() []cellEdit {
	return []cellEdit{
		{"projectMapping", "ALL"},
		{"projectMapping", "ALL"},
		{"projectMapping", "10000,10100"},
		{"projectMapping", "10100,10200,10300"},
		{"projectMapping", "10000,10300"},
		{"refSpecCustom", "+refs/pull/*/head:refs/remotes/origin/pr/*"},
		{"refSpecCustom", "+refs/a/*:refs/a/*, refs/b/*:refs/b/*"},
		{"refSpecCustom", "+refs/changes/*:refs/changes/*"},
		{"refSpecNotes", "false"},
		{"refSpecChanges", "true"},
		{"maxMinsToCommitEmail", "60"},
		{"maxMinsToCommitEmail", "0"},
		{"sshKeyId", "9"},
		{"prHideFilter", "^.*dependabot.*$"},
		{"trustFolderStat", "true"},
		{"enableFetches", "FALSE"},
		{"displayName", "Café au lait"},
		{"fileModifiedFormat", "https://web.globex.example/${rev}?h=${md5}"},
		{"fileDeletedFormat", "https://web.globex.example/${parent}/${parent_blob}"},
		{"viewFormat", "https://web.globex.example/diff/${blob}"},
	}
}

func integrationEdits() []cellEdit {
	return []cellEdit{
		{"apiPath", "/orgs/globex/repos?type=internal"},
		{"apiFilter", "[?contains(name, 'service')]"},
		{"apiFilter", "[?!archived && starts_with(full_name, 'globex/')]"},
		{"prHideFilter", `^\[bot\] .*$`},
		{"sslVerify", "false"},
		{"requireUserPat", "true"},
		{"apiFilter", `[?"visibility" == 'internal'].name`},
		{"disabled", "true"},
		{"displayName", "Globex GitLab Süd"},
		{"gitViewerEnabled", "FALSE"},
		{"sendCommitEmails", "false"},
		{"maxMinsToCommitEmail", "2880"},
		{"refSpecNotes", "FALSE"},
	}
}

// change makes the file of the export: the edits that a company could make in one week.
func (f *fleet) change(t *testing.T, keys []string) {
	t.Helper()
	f.edit(t, f.kind(t, "child"), 211, childEdits())
	f.edit(t, f.kind(t, "plain"), 17, plainEdits())
	integrations := f.kind(t, "integration")
	f.edit(t, integrations, 1, integrationEdits())
	for i, n := range []int{2, 5, 8, 11} {
		f.set(t, integrations[n], "pat", fmt.Sprintf("made-up-token-for-the-sandbox-%02d", i+1))
	}
	for _, row := range integrations {
		if row[f.column(t, "integrationType")] == "GERRIT" {
			f.set(t, row, "password", "made-up password of "+row[f.column(t, "displayName")])
		}
	}
	for i, row := range f.kind(t, "app") {
		f.set(t, row, "githubAppPem", keys[i])
	}
	for id := range strings.SplitSeq(fleetDeletes, ",") {
		f.set(t, f.row(t, id), "delete", "delete")
	}
	for i := range fleetNew {
		f.rows = append(f.rows, f.newRow(t, i))
	}
}

func (f *fleet) row(t *testing.T, id string) []string {
	t.Helper()
	for _, row := range f.rows {
		if row[0] == id {
			return row
		}
	}
	t.Fatalf("no row %s", id)
	return nil
}

func (f *fleet) newRow(t *testing.T, i int) []string {
	t.Helper()
	row := make([]string, len(f.header))
	name := fmt.Sprintf("new-%s-%02d", []string{"api", "worker", "größe", "tools"}[i%4], i+1)
	for column, value := range map[string]string{
		"origin": "git@git.globex.example:greenfield/" + strings.ReplaceAll(name, "größe", "size") + ".git", "displayName": name,
		"projectMapping": []string{"10000", "10100,10200", "ALL", "10300"}[i%4], "sshKeyId": strconv.Itoa(1 + i%3),
		"smartCommitsEnabled": strconv.FormatBool(i%5 != 0), "mainBranch": "main",
	} {
		row[f.column(t, column)] = value
	}
	if i%6 == 0 {
		row[f.column(t, "refSpecCustom")] = "+refs/notes/*:refs/notes/*"
	}
	return row
}

func (f *fleet) bytes(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = '\t'
	if err := w.WriteAll(append([][]string{f.header}, f.rows...)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// committedKeys are the private keys of the committed file: those alone are random.
func committedKeys() (data []byte, keys []string, err error) {
	data, err = os.ReadFile(fleetFile())
	if err != nil {
		return nil, nil, err
	}
	for rest := data; ; {
		var block *pem.Block
		at := bytes.Index(rest, []byte("-----BEGIN"))
		if at < 0 {
			break
		}
		if block, rest = pem.Decode(rest[at:]); block == nil {
			return data, nil, errNoKeys
		}
		keys = append(keys, string(pem.EncodeToMemory(block)))
	}
	if len(keys) != 2 {
		return data, nil, errNoKeys
	}
	return data, keys, nil
}

// newKeys makes the two new keys of the file.
func newKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	for range 2 {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})))
	}
	return keys
}

// fleetServer is a sandbox with the seed, whose export shows no secrets.
func fleetServer(t *testing.T) bulk {
	t.Helper()
	c := newClock()
	faults := []string{"export-secrets=blank", "export-pem=blank"}
	return bulk{start(t, sandbox.Options{Seed: "fleet", Now: c.now, Faults: faults}), c}
}

// TestTheFleetFileIsGenerated makes testdata/tsv/fleet.tsv of the seed, and writes it with -update.
func TestTheFleetFileIsGenerated(t *testing.T) {
	t.Parallel()
	committed, keys, err := committedKeys()
	if update() && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoKeys)) {
		keys, err = newKeys(t), nil
	}
	if err != nil {
		t.Fatalf("%v (go test ./internal/sandbox -run Fleet -update writes it)", err)
	}
	f := exportFleet(t, fleetServer(t).Server)
	f.change(t, keys)
	want := f.bytes(t)
	if update() {
		if err := os.WriteFile(fleetFile(), want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(committed, want) {
		t.Error("the file differs from what is generated: go test ./internal/sandbox -run Fleet -update")
	}
}

func TestTheFleet(t *testing.T) {
	t.Parallel()
	data, keys, err := committedKeys()
	if err != nil {
		t.Fatal(err)
	}
	b := fleetServer(t)
	before := export(t, b.Server)
	file := readExport(t, string(data))
	if n := len(file.order); n != fleetSize {
		t.Errorf("rows of the file: %d", n)
	}
	kinds := map[string]int{}
	for _, row := range before.rows {
		if row["trackedFolderId"] == "" {
			kinds[row["integrationType"]]++
		}
	}
	want := map[string]int{
		"": 400, "GITHUB": 4, "GITHUB_SERVER": 4, "GITLAB": 2, "GITLAB_SERVER": 5, "GITLAB_SERVER_LEGACY": 2, "FILESPACE": 3, "TFS_SERVER": 2,
		"AZURE_DEVOPS": 3, "AZURE": 2, "VSTS": 1, "AWS": 3, "GERRIT": 3, "GITHUB_APP": 1, "GITHUB_APP_SERVER": 1,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
	if ids := asked(t, postFile(t, b.Server, string(data))); ids != fleetDeletes {
		t.Errorf("to delete: %s", ids)
	}
	start := b.now()
	thread := begun(t, postFile(t, b.Server, string(data), fleetDeletes))
	for !progress(t, b.Server, thread).Finished {
		b.advance(50 * time.Millisecond)
	}
	if took := b.now().Sub(start); took < 500*time.Millisecond || took > 2*time.Second {
		t.Errorf("5,000 rows took %s", took)
	}
	for _, m := range progress(t, b.Server, thread).messages() {
		if strings.HasPrefix(m, "!") {
			t.Error(m)
		}
	}
	b.advance(time.Second)
	b.faults(t, "export-secrets=clear")
	after := export(t, b.Server)
	if n := len(after.order); n != fleetSize-10 {
		t.Errorf("rows afterwards: %d", n)
	}
	checkKeys(t, before, after, keys)
	if edited := changedRows(before, after); edited < 50 || edited > 70 {
		t.Errorf("%d rows changed", edited)
	}
}

// checkKeys checks that the seed has keys of its own, and that the file's came.
func checkKeys(t *testing.T, before, after exported, keys []string) {
	t.Helper()
	var got []string
	for _, id := range before.order {
		if before.rows[id]["githubAppId"] != "" {
			got = append(got, after.rows[id]["githubAppPem"])
		}
	}
	if diff := cmp.Diff(keys, got); diff != "" {
		t.Error("the keys of the file did not come")
	}
	own := 0
	for _, row := range export(t, start(t, sandbox.Options{Seed: "fleet"})).rows {
		if key := row["githubAppPem"]; key != "" && !slices.Contains(keys, key) {
			own++
		}
	}
	if own != len(keys) {
		t.Errorf("the seed has %d keys of its own", own)
	}
}

// changedRows counts the rows of both exports that differ.
func changedRows(before, after exported) int {
	n := 0
	for id, row := range after.rows {
		old, there := before.rows[id]
		if there && !maps.Equal(row, withoutSecrets(row, old)) {
			n++
		}
	}
	return n
}

// withoutSecrets returns old with the secrets of row, which were blank in old.
func withoutSecrets(row, old map[string]string) map[string]string {
	all := maps.Clone(old)
	for _, column := range []string{"password", "pat", "githubAppClientSecret", "githubAppWebhookSecret", "githubAppSecret", "githubAppPem"} {
		all[column] = row[column]
	}
	return all
}
