package gijspec

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheckRepository(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		op   Operation
		body string
		want []string
	}{
		"origin alone":             {Create, `{"origin":"https://x/y.git"}`, nil},
		"scp":                      {Create, `{"origin":"git@x:team/y.git"}`, nil},
		"ssh with its user":        {Create, `{"origin":"ssh://git@x:7999/y.git"}`, nil},
		"ssh with a password":      {Create, `{"origin":"ssh://git:pw@x/y.git"}`, []string{"error:origin_credentials:origin"}},
		"https with a user":        {Create, `{"origin":"https://me@x/y.git"}`, []string{"error:origin_credentials:origin"}},
		"https without a host":     {Create, `{"origin":"https:///y.git"}`, []string{"error:bad_origin:origin"}},
		"path":                     {Create, `{"origin":"D:\\git\\y.git"}`, nil},
		"space":                    {Create, `{"origin":" /srv/y.git"}`, []string{"error:bad_origin:origin"}},
		"no origin":                {Create, `{"displayName":"x"}`, []string{"error:missing_field:origin"}},
		"empty origin of an add":   {Create, `{"origin":""}`, []string{"error:missing_field:origin"}},
		"empty origin":             {Update, `{"origin":""}`, []string{"error:bad_origin:origin"}},
		"root alone":               {Create, `{"origin":"/x","realRoot":"a"}`, []string{"error:missing_field:realRoot"}},
		"absolute alone":           {Update, `{"absoluteRoot":true}`, []string{"error:missing_field:absoluteRoot"}},
		"not absolute, alone":      {Create, `{"origin":"/x","absoluteRoot":false}`, nil},
		"a path":                   {Update, `{"realRoot":"/srv/a","absoluteRoot":true}`, nil},
		"a path that is relative":  {Update, `{"realRoot":"a","absoluteRoot":true}`, []string{"error:bad_root:realRoot"}},
		"a folder that is a path":  {Update, `{"realRoot":"\\\\share\\a","absoluteRoot":false}`, []string{"error:bad_root:realRoot"}},
		"wrong kind":               {Update, `{"enableFetches":"yes","mainBranch":1}`, []string{"error:wrong_kind:mainBranch", "error:wrong_kind:enableFetches"}},
		"line break":               {Update, `{"mainBranch":"a\nb"}`, []string{"error:control_character:mainBranch"}},
		"bad regex":                {Update, `{"prHideFilter":"("}`, []string{"error:bad_regex:prHideFilter"}},
		"minutes":                  {Update, `{"maxMinsToCommitEmail":-1}`, []string{"error:out_of_range:maxMinsToCommitEmail"}},
		"empty secret":             {Update, `{"pat":""}`, []string{"warning:empty_secret:pat"}},
		"projects of a global one": {Update, `{"global":true,"projectMappingIds":[1]}`, []string{"error:global_with_ids:global"}},
		"projects":                 {Create, `{"origin":"/x","projectMappingIds":[1]}`, []string{"error:global_missing:projectMappingIds"}},
		"read-only":                {Update, `{"id":3,"hosted":true,"state":1,"encryptedPat":"x"}`, []string{"note:ignored_key:encryptedPat", "note:ignored_key:hosted", "note:ignored_key:id", "note:ignored_key:state"}},
		"of an integration":        {Update, `{"apiPath":"/x","type":"GITHUB"}`, []string{"note:ignored_key:apiPath", "note:ignored_key:type"}},
		"unknown":                  {Update, `{"main-branch":"x"}`, []string{"error:unknown_key:main-branch"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := CheckRepository(tt.op, decode(t, tt.body))
			if diff := cmp.Diff(append([]string{}, tt.want...), summary(problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVendorRepositorySamplesPass(t *testing.T) {
	t.Parallel()
	for file, op := range map[string]Operation{"repository-add.json": Create, "repository-update.json": Update} {
		data, err := os.ReadFile("../../testdata/api/" + file)
		if err != nil {
			t.Fatal(err)
		}
		corrected, problems := CheckRepository(op, decode(t, string(data)))
		for _, p := range problems {
			if p.Code != CodeIgnoredKey {
				t.Errorf("%s: %+v", file, p)
			}
		}
		for key := range corrected {
			if class, _ := ClassifyRepositoryKey(key); class != KeyField {
				t.Errorf("%s: %s would be sent", file, key)
			}
		}
	}
}

func TestRepositoryKeys(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"mainbranch": "mainBranch", "real-root": "realRoot", "token": "pat", "projectMapping": "projectMappingIds"} {
		if class, nearest := ClassifyRepositoryKey(key); class != KeyUnknown || nearest != want {
			t.Errorf("%s: %d %q", key, class, nearest)
		}
	}
	seen := map[string]bool{}
	for _, field := range RepositoryFields() {
		if seen[field.Key] || field.Usage == "" || field.Flag != strings.ToLower(field.Flag) || field.Types != nil {
			t.Errorf("%+v", field)
		}
		seen[field.Key] = true
		if IsReadOnlyInNested(field.Key) && IsUnclearInNested(field.Key) {
			t.Errorf("%s is both read-only and unclear", field.Key)
		}
	}
	if len(seen) != 34 {
		t.Errorf("a repository has %d fields: sharedFields says which of an integration's are its own, and this test how many there are", len(seen))
	}
	if !IsReadOnlyInNested("refSpecHeads") || slices.Contains([]bool{IsReadOnlyInNested("displayName"), IsUnclearInNested("displayName")}, true) {
		t.Error("displayName can be changed in a nested repository, refSpecHeads cannot")
	}
}
