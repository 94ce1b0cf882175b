package gijtsv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// documented is the vendor's list, retyped on purpose: a name is a contract.
const documented = "id realRoot absoluteRoot origin displayName enableFetches revisionIndexing mainBranch username password pat " +
	"gitViewerEnabled projectMapping smartCommitsEnabled sendCommitEmails maxMinsToCommitEmail webLinkType viewFormat changesetFormat " +
	"fileAddedFormat fileModifiedFormat fileDeletedFormat mergeRequestFormat branchLinkFormat disabled hosted tagsFilter integrationType " +
	"trackedFolderId delete sshKeyId requireUserPat sourcesDiffViewEnabled sslVerify apiPath apiFilter tfsCollection awsRegion " +
	"trustFolderStat refSpecNotes refSpecChanges refSpecCustom prHideFilter"

func TestColumns(t *testing.T) {
	t.Parallel()
	var names, secrets, required, readOnly []string
	for _, column := range gijtsv.Columns() {
		names = append(names, column.Name)
		if column.Secret {
			secrets = append(secrets, column.Name)
		}
		if column.Required {
			required = append(required, column.Name)
		}
		if column.ReadOnly {
			readOnly = append(readOnly, column.Name)
		}
		if column.Usage == "" || strings.HasSuffix(column.Usage, ".") || column.Kind == "" {
			t.Errorf("%s: usage %q, kind %q", column.Name, column.Usage, column.Kind)
		}
		if got, ok := gijtsv.Lookup(column.Name); !ok || got.Name != column.Name {
			t.Errorf("Lookup does not find %s", column.Name)
		}
	}
	if diff := cmp.Diff(strings.Fields(documented), names); diff != "" || len(names) != 43 {
		t.Errorf("%d columns, -want +got\n%s", len(names), diff)
	}
	for _, list := range [][2]string{
		{"password pat", strings.Join(secrets, " ")},
		{"origin", strings.Join(required, " ")},
		{"hosted integrationType trackedFolderId", strings.Join(readOnly, " ")},
	} {
		if list[0] != list[1] {
			t.Errorf("got %q, want %q", list[1], list[0])
		}
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for variant, name := range map[string]string{"weblinkType": "webLinkType", "gitViewerEnable": "gitViewerEnabled"} {
		if column, ok := gijtsv.Lookup(variant); !ok || column.Name != name {
			t.Errorf("%s is %q, %t", variant, column.Name, ok)
		}
	}
	for _, name := range []string{"", "ID", "global", "parentId"} {
		if column, ok := gijtsv.Lookup(name); ok {
			t.Errorf("%q is %s", name, column.Name)
		}
	}
}

func TestAppliesTo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		column string
		kind   gijtsv.RowKind
		want   bool
	}{
		{"apiFilter", gijtsv.RowGitHubApp, true},
		{"apiFilter", gijtsv.RowChild, false},
		{"apiFilter", gijtsv.RowUnknown, true},
		{"trackedFolderId", gijtsv.RowChild, true},
		{"trackedFolderId", gijtsv.RowIntegration, false},
		{"mainBranch", gijtsv.RowIntegration, false},
		{"origin", gijtsv.RowIntegration, true},
	} {
		column, _ := gijtsv.Lookup(tt.column)
		if got := column.AppliesTo(tt.kind); got != tt.want {
			t.Errorf("%s applies to %s: %t", tt.column, tt.kind, got)
		}
	}
}

func TestSecretColumn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"password": true, "pat": true, "username": false, "origin": false, "requireUserPat": false, "apiPath": false,
		"githubAppPem": true, "githubAppClientSecret": true, "encryptedPassword": true, "encryptedPat": true, "API_TOKEN": true,
		"githubAppId": false, "folderDepth": false, "mergeRequestFormat": false, "dropEmpty": false, "": false,
	} {
		if got := gijtsv.SecretColumn(name); got != want {
			t.Errorf("%q is secret: %t", name, got)
		}
	}
}

func TestPEMColumn(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"githubAppPem": true, "pem": true, "PEM": true, "githubapppem": true, "pemKey": true, "app_pem_text": true, "appPEMText": true,
		"dropEmpty": false, "openMode": false, "temporary": false, "origin": false, "pemmican": false,
	} {
		if got := gijtsv.PEMColumn(gijtsv.NewHeader("id", name)) == 1; got != want {
			t.Errorf("%q names a PEM: %t", name, got)
		}
	}
	const text = "id\tcertificate\n7\tnothing of the kind\n"
	if got := lines(validate(t, text, gijtsv.ValidateOptions{PEMColumn: "certificate"})); len(got) != 1 ||
		got[0] != "2:3 warning unclear_pem certificate id=7" {
		t.Errorf("got %q", got)
	}
	if got := lines(validate(t, "id\tdisplayName\n", gijtsv.ValidateOptions{PEMColumn: "Key"})); len(got) != 1 ||
		got[0] != "1:1 error unknown_pem_column Key" {
		t.Errorf("got %q", got)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	const begin = "-----BEGIN RSA PRIVATE KEY-----"
	for name, tt := range map[string]struct {
		header, row, pemColumn string
		want                   gijtsv.RowKind
	}{
		"plain":                       {"id origin integrationType trackedFolderId", "1 git@host:a.git  ", "", gijtsv.RowRepository},
		"integration":                 {"id origin integrationType trackedFolderId", "1 https://api.github.com GITHUB ", "", gijtsv.RowIntegration},
		"integration, unknown type":   {"id origin integrationType trackedFolderId", "1 https://x SOMETHING_NEW ", "", gijtsv.RowIntegration},
		"child":                       {"id origin integrationType trackedFolderId", "2 https://x/a.git GITHUB 1", "", gijtsv.RowChild},
		"child, type not in the file": {"id trackedFolderId", "2 1", "", gijtsv.RowChild},
		"columns missing":             {"id displayName", "2 a", "", gijtsv.RowUnknown},
		"type missing":                {"id trackedFolderId", "2 ", "", gijtsv.RowUnknown},
		"new":                         {"id origin", " git@host:a.git", "", gijtsv.RowRepository},
		"key by name":                 {"id githubAppPem", "7 encrypted", "", gijtsv.RowGitHubApp},
		"key by content":              {"id something", "7 " + strings.ReplaceAll(begin, " ", "~"), "", gijtsv.RowGitHubApp},
		"key by option":               {"id something", "7 x", "something", gijtsv.RowGitHubApp},
		"no key":                      {"id githubAppPem integrationType trackedFolderId", "1  GITHUB ", "", gijtsv.RowIntegration},
		"app by its id":               {"id githubAppId integrationType trackedFolderId", "1 77 X ", "", gijtsv.RowGitHubApp},
		"app columns, no app":         {"id githubAppId githubAppSuspended integrationType trackedFolderId", "1 0 FALSE GITHUB ", "", gijtsv.RowIntegration},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mustReader(t, tabs(tt.header)+"\n"+tabs(tt.row)+"\n")
			row, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			c := gijtsv.NewClassifier(r.Header(), tt.pemColumn)
			if got := c.Kind(row); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if tt.want == gijtsv.RowGitHubApp && name != "app by its id" && c.PEMColumn() != 1 {
				t.Errorf("the key is in column %d", c.PEMColumn())
			}
		})
	}
}

// tabs writes a row whose cells are separated by spaces; ~ is a space in a cell.
func tabs(row string) string { return strings.NewReplacer(" ", "\t", "~", " ").Replace(row) }
