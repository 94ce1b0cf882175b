package plan_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

const manifestHead = "apiVersion: gijctl/v1\nkind: Integrations\n"

// manifest reads one file of a manifest.
func manifest(text string) (*plan.Manifest, error) {
	return plan.ReadManifest([]plan.ManifestSource{{Name: "f.yaml", Dir: "dir", Data: []byte(text)}})
}

func goodManifest(t *testing.T, text string) *plan.Manifest {
	t.Helper()
	m, err := manifest(manifestHead + text)
	if err != nil {
		t.Fatalf("%v\n%s", err, problems(err))
	}
	return m
}

// problems lists what is wrong as "FILE:LINE:COL severity code key".
func problems(err error) string {
	var bad *plan.ManifestError
	if !errors.As(err, &bad) {
		return ""
	}
	var lines []string
	for _, p := range bad.Problems {
		lines = append(lines, p.Place.String()+" "+string(p.Severity)+" "+p.Code+": "+p.Message+"; "+p.Remedy)
	}
	return strings.Join(lines, "\n")
}

func TestReadManifest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		text string
		want []string // of the first entry, as "key=value"
	}{
		{
			"fields", "integrations:\n- type: GITHUB\n  displayName: A\n  smartCommitsEnabled: false\n  maxMinsToCommitEmail: 5\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "maxMinsToCommitEmail=5", "smartCommitsEnabled=false"},
		},
		{
			"an id is enough", "integrations:\n- id: 5\n  disabled: true\n", []string{"id=5", "disabled=true"},
		},
		{
			"references", "integrations:\n- {type: GERRIT, displayName: A, origin: https://a.example, username: {fromEnv: U}, password: {fromFile: p.txt}}\n",
			[]string{`displayName="A"`, `origin="https://a.example"`, `type="GERRIT"`, "username={fromEnv: U}", "password={fromFile: dir/p.txt}"},
		},
		{
			"defaults", "defaults: {pat: {fromEnv: P}, prHideFilter: bot, disabled: false}\nintegrations:\n- {type: FILESPACE, displayName: A, origin: /a/*, disabled: true}\n",
			[]string{`displayName="A"`, `origin="/a/*"`, `type="FILESPACE"`, "disabled=true"},
		},
		{
			"default credentials give way to others", "defaults: {pat: {fromEnv: P}, type: TFS_SERVER}\nintegrations:\n- {displayName: A, origin: https://a.example, username: u, password: {fromEnv: Q}}\n",
			[]string{`displayName="A"`, `origin="https://a.example"`, `type="TFS_SERVER"`, `username="u"`, "password={fromEnv: Q}"},
		},
		{
			"projects", "defaults: {global: true}\nintegrations:\n- {type: GITHUB, displayName: A, projects: [PLAT, 10200, 10100]}\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "global=false", "projectMappingIds=[10000, 10100, 10200]"},
		},
		{
			"no projects", "integrations:\n- {type: GITHUB, displayName: A, projects: []}\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "global=false", "projectMappingIds=[]"},
		},
		{
			"ids of projects alone", "defaults: {global: true}\nintegrations:\n- {type: GITHUB, displayName: A, projectMappingIds: [10100]}\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "global=false", "projectMappingIds=[10100]"},
		},
		{
			"all projects", "defaults: {projects: [PLAT]}\nintegrations:\n- {type: GITHUB, displayName: A, projects: global}\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "global=true"},
		},
		{
			"default projects", "defaults: {projects: [PLAT]}\nintegrations:\n- {type: GITHUB, displayName: A}\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "global=false", "projectMappingIds=[10000]"},
		},
		{
			"anchors and merges", "x-team: &team\n  pat: &p {fromEnv: P}\n  tagsFilter: v.*\nx-more: &more {disabled: true, tagsFilter: w}\n" +
				"integrations:\n- <<: [*team, *more]\n  type: &t GITHUB\n  displayName: A\n- {<<: *team, type: *t, displayName: B, pat: *p}\n",
			[]string{`displayName="A"`, `type="GITHUB"`, "disabled=true", `tagsFilter="v.*"`, "pat={fromEnv: P}"},
		},
		{
			"nothing takes a default away", "defaults: {tagsFilter: v.*, projects: [PLAT], pat: {fromEnv: P}}\nintegrations:\n- {type: GITHUB, displayName: A, tagsFilter: , projects: , pat: }\n",
			[]string{`displayName="A"`, `type="GITHUB"`},
		},
		{"the misspelt region", "integrations:\n- {id: 4, type: AWS, awsRegion: ap-outh-1}\n", []string{"id=4", `type="AWS"`, `awsRegion="ap-south-1"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := goodManifest(t, tt.text)
			if err := m.ResolveProjects([]gij.Project{{ID: 10000, Key: "PLAT"}}); err != nil {
				t.Fatal(err)
			}
			expect(t, "entry", tt.want, m.Entries[0].Lines())
		})
	}
}

func TestAManifestMayBeEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "integrations:\n", "integrations: []\n", "defaults:\nintegrations:\n"} {
		if m := goodManifest(t, text); len(m.Entries) > 0 {
			t.Errorf("%q has entries", text)
		}
	}
}

func TestBadManifests(t *testing.T) {
	t.Parallel()
	const a = "- type: GITHUB\n  displayName: A\n"
	for _, tt := range []struct {
		name, text string
		want       []string // a piece of each problem
	}{
		{"empty", "", []string{"f.yaml error bad_manifest: the file is empty; write one with: gijctl integration export FILE"}},
		{"a list", "- a\n", []string{"f.yaml:1:1 error bad_manifest: a list, where a manifest is expected"}},
		{"not UTF-8", manifestHead + "integrations:\n- {displayName: \u20ac\xff}\n", []string{"f.yaml:4:18 error bad_manifest: the file is not UTF-8 text; save it as UTF-8"}},
		{"UTF-16", "\xff\xfea\x00", []string{"f.yaml:1:1 error bad_manifest: the file is not UTF-8 text"}},
		{"no YAML", manifestHead + "integrations:\n- a: [\n", []string{"bad_manifest: not valid YAML"}},
		{"no head", "integrations: []\n", []string{"f.yaml:1:1 error bad_manifest: apiVersion is missing", "kind is missing"}},
		{"another version", "apiVersion: gijctl/v2\nkind: Integrations\n", []string{"f.yaml:1:13 error bad_manifest: apiVersion is not gijctl/v1"}},
		{"another kind", "apiVersion: gijctl/v1\nkind: [a]\n", []string{"f.yaml:2:7 error bad_manifest: kind is not Integrations"}},
		{"unknown top key", manifestHead + "integration: []\n", []string{"f.yaml:3:1 error unknown_key: unknown key \"integration\"; did you mean integrations?"}},
		{"entries that are none", manifestHead + "integrations:\n- a\n- [b]\n", []string{"f.yaml:4:3 error bad_manifest: an entry is a mapping", "f.yaml:5:3 error"}},
		{"integrations that are none", manifestHead + "integrations: {a: 1}\n", []string{"f.yaml:3:15 error bad_manifest: integrations is no list"}},
		{"unknown fields, all at once", manifestHead + "integrations:\n" + a + "  smartCommitEnabled: true\n  project: [A]\n  nonsense: 1\n", []string{
			"f.yaml:6:3 error unknown_key: unknown field \"smartCommitEnabled\"; did you mean smartCommitsEnabled?",
			"f.yaml:7:3 error unknown_key: unknown field \"project\"; did you mean projects?", "f.yaml:8:3 error unknown_key",
		}},
		{"a key twice", manifestHead + "integrations:\n" + a + "  type: GITHUB\n", []string{"f.yaml:6:3 error duplicate_key: the key \"type\" is here for the second time, the first is in line 4"}},
		{"a secret", manifestHead + "integrations:\n" + a + "  pat: made-up-secret\n", []string{"f.yaml:6:8 error secret_in_file: pat is written out in the file", "pat: {fromEnv: NAME} or pat: {fromFile: PATH}"}},
		{"a secret in the defaults", manifestHead + "defaults:\n  password: made-up-secret\n", []string{"f.yaml:4:13 error secret_in_file"}},
		{"a secret that is a number", manifestHead + "integrations:\n" + a + "  pat: 12345678\n", []string{"secret_in_file"}},
		{"no secret", manifestHead + "integrations:\n" + a + "  pat: ''\n", []string{"bad_reference: pat is empty", "leave it out to keep what the server has"}},
		{"references that are none", manifestHead + "integrations:\n" + a + "  pat: {fromEnv: A, fromFile: B}\n- {type: GITHUB, displayName: B, pat: {fromVault: x}}\n- {type: GITHUB, displayName: C, pat: {}}\n", []string{
			"f.yaml:6:8 error bad_reference: a reference has one of", "f.yaml:7:40 error bad_reference: this is no reference", "f.yaml:8:39 error bad_reference",
		}},
		{"values of another kind", manifestHead + "integrations:\n" + a + "  disabled: sometimes\n  maxMinsToCommitEmail: -1\n  tagsFilter: {a: 1}\n", []string{
			"f.yaml:6:3 error wrong_kind: disabled must be", "f.yaml:7:3 error out_of_range", "f.yaml:8:3 error wrong_kind: tagsFilter must be text, not an object",
		}},
		{"a filter", manifestHead + "integrations:\n" + a + "  apiFilter: '[?'\n", []string{"f.yaml:6:3 error bad_filter"}},
		{"no type", manifestHead + "integrations:\n- displayName: A\n", []string{"f.yaml:4:3 error missing_field: the type is missing"}},
		{"unknown type", manifestHead + "integrations:\n- {type: GITHB, displayName: A}\n", []string{"f.yaml:4:4 error unknown_type: unknown type \"GITHB\"; did you mean GITHUB?"}},
		{"no name", manifestHead + "integrations:\n- type: GITHUB\n", []string{"f.yaml:4:3 error missing_field: displayName is missing"}},
		{"ids that are none", manifestHead + "integrations:\n- {id: a}\n- {id: 0, type: GITHUB, displayName: B}\n", []string{"f.yaml:4:8 error wrong_kind: id must be", "f.yaml:5:8 error wrong_kind"}},
		{"two names", manifestHead + "integrations:\n" + a + a, []string{"f.yaml:6:3 error duplicate_entry: GITHUB \"A\" is wanted for the second time, the first is at f.yaml:4:3"}},
		{"a name with and without an id", manifestHead + "integrations:\n" + a + "- {id: 7, type: GITHUB, displayName: A}\n", []string{"f.yaml:6:3 error duplicate_entry"}},
		{"two ids", manifestHead + "integrations:\n- {id: 7, disabled: true}\n- {id: 7, disabled: false}\n", []string{"f.yaml:5:3 error duplicate_entry: id 7 is wanted for the second time, the first is at f.yaml:4:3"}},
		{"projects twice", manifestHead + "integrations:\n" + a + "  projects: [A]\n  global: true\n", []string{"f.yaml:6:3 error bad_manifest: projects says the same as global"}},
		{"projects that are none", manifestHead + "integrations:\n" + a + "  projects: [[1], '']\n", []string{"f.yaml:6:14 error wrong_kind", "f.yaml:6:19 error wrong_kind"}},
		{"projects as a word", manifestHead + "integrations:\n" + a + "  projects: PLAT\n", []string{"f.yaml:6:13 error wrong_kind: projects is no list"}},
		{"a name as a default", manifestHead + "defaults: {displayName: A, id: 3}\n", []string{"f.yaml:3:12 error ignored_key: displayName", "f.yaml:3:28 error ignored_key: id"}},
		{"defaults that are none", manifestHead + "defaults: [a]\n", []string{"f.yaml:3:11 error bad_manifest: defaults is no mapping"}},
		{"a default that is wrong for each", manifestHead + "defaults: {disabled: 7}\nintegrations:\n" + a + "- {type: GITHUB, displayName: B}\n", []string{"f.yaml:3:12 error wrong_kind"}},
		{"a merge of nothing", manifestHead + "integrations:\n- {<<: 3, type: GITHUB, displayName: B}\n", []string{"f.yaml:4:8 error bad_manifest: << merges a mapping"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := manifest(tt.text)
			got := problems(err)
			if m != nil || got == "" {
				t.Fatalf("it was read: %v", err)
			}
			if strings.Contains(got, "made-up-secret") {
				t.Errorf("the secret is repeated: %s", got)
			}
			if n := len(strings.Split(got, "\n")); n > len(tt.want)+1 {
				t.Errorf("got %d problems:\n%s", n, got)
			}
			for _, piece := range tt.want {
				if !strings.Contains(got, piece) {
					t.Errorf("%q is missing from:\n%s", piece, got)
				}
			}
		})
	}
}

func TestProjectsThatAreNotThere(t *testing.T) {
	t.Parallel()
	m := goodManifest(t, "integrations:\n- {type: GITHUB, displayName: A, projects: [PLT, NOPE]}\n")
	expect(t, "keys", []string{"NOPE", "PLT"}, m.ProjectKeys())
	got := problems(m.ResolveProjects([]gij.Project{{ID: 10000, Key: "PLAT"}}))
	for _, piece := range []string{"f.yaml:4:34 error no_such_project", "the key PLT; did you mean PLAT?", "the key NOPE; project keys are upper case"} {
		if !strings.Contains(got, piece) {
			t.Errorf("%q is missing from:\n%s", piece, got)
		}
	}
}

func TestAMergeOfItselfAddsNothing(t *testing.T) {
	t.Parallel()
	m := goodManifest(t, "integrations:\n- &a {<<: *a, type: GITHUB, displayName: B}\n")
	expect(t, "entry", []string{`displayName="B"`, `type="GITHUB"`}, m.Entries[0].Lines())
}

// What only a new integration needs is no problem of the file.
func TestAManifestNeedsNoCredentialsOfWhatIsThere(t *testing.T) {
	t.Parallel()
	goodManifest(t, "integrations:\n- {type: GITHUB_SERVER, displayName: A, disabled: true}\n")
}

func FuzzReadManifest(f *testing.F) {
	f.Add(manifestHead + "integrations:\n- &a {<<: *a, type: GITHUB, displayName: B, pat: {fromEnv: P}}\n")
	f.Add(manifestHead + "defaults: &d\n  <<: [{a: b}, *d]\n  projects: [PLAT, 1]\nintegrations: [*d, *d]\n")
	if data, err := os.ReadFile("testdata/manifest.yaml"); err == nil {
		f.Add(string(data))
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := manifest(text)
		if (m == nil) != (problems(err) != "") {
			t.Errorf("%v, %v", m, err)
		}
	})
}
