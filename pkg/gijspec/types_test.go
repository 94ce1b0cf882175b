package gijspec

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTypesInDocumentedOrder(t *testing.T) {
	t.Parallel()
	want := []string{
		"GITHUB", "GITHUB_SERVER", "GITLAB", "GITLAB_SERVER", "GITLAB_SERVER_LEGACY", "FILESPACE", "TFS_SERVER",
		"AZURE_DEVOPS", "AZURE", "VSTS", "AWS", "GERRIT",
	}
	if diff := cmp.Diff(want, TypeNames()); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, info := range Types() {
		got = append(got, string(info.Type))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTypesAreConsistent(t *testing.T) {
	t.Parallel()
	for _, info := range Types() {
		t.Run(string(info.Type), func(t *testing.T) {
			t.Parallel()
			keys := append(append([]string{}, info.Required...), info.Optional...)
			for _, set := range info.Credentials {
				keys = append(keys, set...)
			}
			for _, key := range keys {
				if !info.Uses(key) {
					t.Errorf("names %s, which Uses denies", key)
				}
			}
			if info.Name == "" {
				t.Error("has no name")
			}
		})
	}
}

func TestExamplesPassTheCheck(t *testing.T) {
	t.Parallel()
	for _, info := range Types() {
		t.Run(string(info.Type), func(t *testing.T) {
			t.Parallel()
			values := decode(t, info.Example)
			if values["type"] != string(info.Type) {
				t.Errorf("example has type %v", values["type"])
			}
			_, problems := Check(Create, info.Type, values)
			for _, p := range problems {
				if p.Code != CodeDeprecatedType {
					t.Errorf("%+v", p)
				}
			}
		})
	}
}

// decode reads a request as a caller of Check does.
func decode(t *testing.T, document string) Values {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		t.Fatal(err)
	}
	values := Values{}
	for key, value := range raw {
		values[key] = convert(t, value)
	}
	return values
}

func convert(t *testing.T, value any) any {
	t.Helper()
	switch value := value.(type) {
	case json.Number:
		n, err := value.Int64()
		if err != nil {
			t.Fatal(err)
		}
		return n
	case []any:
		ids := []int64{}
		for _, item := range value {
			ids = append(ids, convert(t, item).(int64))
		}
		return ids
	}
	return value
}

func TestNeeds(t *testing.T) {
	t.Parallel()
	want := map[Type]string{
		GitHub:       "pat or username+password",
		GitHubServer: "origin, pat or username+password",
		GitLab:       "pat",
		Filespace:    "origin",
		TFSServer:    "origin, username+password or username+pat",
		AWS:          "awsRegion, username+password",
		Gerrit:       "origin, username+password",
	}
	for typ, needs := range want {
		info, _ := Lookup(string(typ))
		if got := info.Needs(); got != needs {
			t.Errorf("%s needs %q, want %q", typ, got, needs)
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	if info, ok := Lookup("AZURE"); !ok || info.DefaultOrigin != "https://dev.azure.com" {
		t.Errorf("AZURE is the cloud, got %+v", info)
	}
	for _, name := range []string{"", "github", "BITBUCKET"} {
		if _, ok := Lookup(name); ok {
			t.Errorf("%q was found", name)
		}
	}
}

func TestUses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ  Type
		key  string
		want bool
	}{
		{AWS, "awsRegion", true},
		{AWS, "apiFilter", false},
		{AWS, "pat", false},
		{GitHub, "awsRegion", false},
		{Filespace, "folderDepth", true},
		{Filespace, "prHideFilter", false},
		{Gerrit, "apiPath", false},
		{GitLabServer, "apiPath", true},
		{VSTS, "tfsCollection", true},
		{GitHub, "displayName", true},
		{GitHub, "nonsense", false},
	} {
		info, _ := Lookup(string(tt.typ))
		if got := info.Uses(tt.key); got != tt.want {
			t.Errorf("%s uses %s: %v", tt.typ, tt.key, got)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	kebab := regexp.MustCompile(`[A-Z]+`)
	seen := map[string]bool{}
	for _, field := range Fields() {
		want := kebab.ReplaceAllStringFunc(field.Key, func(s string) string { return "-" + strings.ToLower(s) })
		if field.Flag != want {
			t.Errorf("flag of %s is %s, want %s", field.Key, field.Flag, want)
		}
		if seen[field.Key] {
			t.Errorf("%s is there twice", field.Key)
		}
		seen[field.Key] = true
		if field.Usage == "" || strings.HasSuffix(field.Usage, ".") || strings.Contains(field.Usage, "\n") {
			t.Errorf("usage of %s: %q", field.Key, field.Usage)
		}
		if field.Kind == KindSecret && field.Echo != EchoNever {
			t.Errorf("%s is secret and echoed", field.Key)
		}
	}
	// Typed again on purpose: the vendor's table.
	want := strings.Fields(`displayName origin type username password pat awsRegion tfsCollection folderDepth disabled
		sendCommitEmails maxMinsToCommitEmail global revisionIndexing gitViewerEnabled disableSslVerification smartCommitsEnabled
		tagsFilter prHideFilter requireUserPat projectMappingIds sourcesDiffViewEnabled refSpecNotes refSpecChanges refSpecCustom
		apiPath apiFilter trustFolderStat`)
	if diff := cmp.Diff(want, integrationTable().keys()); diff != "" {
		t.Errorf("a new field is typed in this test, too:\n%s", diff)
	}
}

func TestKindString(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]string{
		KindText: "text", KindSecret: "secret text", KindBool: "true or false",
		KindInt: "whole number", KindIDs: "list of numbers", Kind(99): "unknown kind",
	} {
		if kind.String() != want {
			t.Errorf("%d is %q", kind, kind)
		}
	}
}

func TestReturnedSlicesAreCopies(t *testing.T) {
	t.Parallel()
	Types()[0].Credentials[0][0] = "changed"
	Fields()[3].Types[0] = "changed"
	Regions()[0].Code = "changed"
	Codes()[0] = "changed"
	if Types()[0].Credentials[0][0] != "pat" || Fields()[3].Types[0] != GitHub || Regions()[0].Code != "us-east-1" || Codes()[0] != CodeUnknownType {
		t.Error("a caller changed the package's data")
	}
	user, _ := FieldByKey("username")
	user.Types[0] = "changed"
	if password, _ := FieldByKey("password"); password.Types[0] != GitHub {
		t.Error("two fields share a slice")
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]{2}-[a-z]+-\d$`)
	seen := map[string]bool{}
	for _, region := range Regions() {
		if !form.MatchString(region.Code) || region.Name == "" || seen[region.Code] {
			t.Errorf("%+v", region)
		}
		seen[region.Code] = true
	}
	if len(seen) != 26 || !seen["ap-south-1"] || seen["ap-outh-1"] {
		t.Errorf("%d regions: %v", len(seen), seen)
	}
}
