package gijtsv_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

func TestValues(t *testing.T) {
	t.Parallel()
	const space = "surrounding_space"
	for column, values := range map[string]map[string]string{
		"disabled": {
			"true": "", "TRUE": "", "False": "", "1": "bad_boolean", "yes": "bad_boolean", "tru": "bad_boolean", "FALSCH": "bad_boolean",
			" false": space, "\u00a0true": space, " ": "",
		},
		"maxMinsToCommitEmail": {
			"0": "", "1440": "", "-1": "out_of_range", "2147483648": "out_of_range", "99999999999999999999": "out_of_range",
			"1.5": "bad_integer", "1440.0": "spreadsheet_number", "1440,00": "spreadsheet_number", "1.44E+03": "spreadsheet_number",
			"1,440": "spreadsheet_number", "1.2e5": "spreadsheet_number", "a day": "bad_integer", "1440 ": space, "0x10": "bad_integer",
			"1-2": "bad_integer", "--1": "bad_integer", "1.": "bad_integer", "1.0.0": "bad_integer", "1e": "bad_integer",
			"1,440,000": "spreadsheet_number", "1,44,0": "bad_integer",
		},
		"sshKeyId": {"2": "", "0": "out_of_range", "2.0": "spreadsheet_number"},
		"projectMapping": {
			"ALL": "", "10000": "", "10000,10100": "", "10000, 10100": "", "10000,10100,10200": "", "10,100": "", "10000,0": "",
			"1000010100": "lost_comma", "1.00001E+09": "lost_comma", "1,00001E+09": "lost_comma", "10000.101": "lost_comma",
			"1,000,010,100": "lost_comma", "1.000.010.100": "lost_comma", "100001010010200": "lost_comma", "10,000": "lost_comma",
			"10000.0": "spreadsheet_number", "all": "bad_project_mapping", "ACME": "bad_project_mapping",
			"10000;10100": "bad_project_mapping", "10000 10100": "bad_project_mapping", ",10000": "bad_project_mapping",
			"10000,": "bad_project_mapping", "-1": "bad_project_mapping", "ALL,10000": "bad_project_mapping",
		},
		"refSpecCustom": {
			"+refs/a/*:refs/a/*": "", "+refs/a/*:refs/a/*, refs/b/*:refs/b/*": "", "+refs/a": "", "^refs/a/*": "", "+refs/a:": "",
			"refs/a/*:refs/a/*": "lost_plus", "#NAME?": "spreadsheet_error", "=+refs/a/*:refs/a/*": "spreadsheet_formula",
			"'+refs/a": "spreadsheet_formula", "=A1": "spreadsheet_formula", "+refs/*/*:refs/a/*": "bad_ref_spec",
			"+a:b:c": "bad_ref_spec", "+:refs/a": "bad_ref_spec", "+": "bad_ref_spec", "+refs/a/*:refs/a/* refs/b": "bad_ref_spec",
			"+refs/a/*:refs/a/*;+refs/b/*:refs/b/*": "bad_ref_spec",
		},
		"awsRegion": {"eu-west-1": "", "ap-outh-1": "misspelt_region", "eu_west_1": "unknown_region", "frankfurt": "unknown_region", " eu-west-1": space},
		"tagsFilter": {
			"v[0-9]+": "", "(?i)v.*+": "", "[": "bad_regex", "#REF!": "spreadsheet_error", "#1": "",
		},
		"apiFilter": {"[?contains(name, 'a')]": "", " ": "", "[?": "bad_filter", "nosuch(@)": "unknown_function"},
		"apiPath":   {"/orgs/acme/repos": "", "orgs/acme": "bad_api_path", "/" + strings.Repeat("ü", 1999): "", "/" + strings.Repeat("a", 2000): "too_long"},
		"delete":    {"delete": "", "Delete": "bad_delete", "true": "bad_delete", "delete ": space},
		"pat":       {"x": "", "-----BEGIN": "", "[redacted]": "redacted_value", "#N/A": "spreadsheet_error", "=x": ""},
		"displayName": {
			"a": "", "=x": "", "[redacted": "", "#NAME": "", "\"a\nb\"": "line_break", "\"a\tb\"": "", "\"a\"\"b\"": "",
		},
		"origin": {
			"git@host:a.git": "", "ssh://git@host/a.git": "", "https://host/a@b.git": "", "/srv/git/a": "", "https://api.github.com": "",
			"ssh://git:hunter2@host/a": "origin_credentials", "https://:hunter2@host/a": "origin_credentials",
			"HTTPS://ghp_hunter2@host/a": "origin_credentials", "https://ada@host/a": "origin_credentials",
			"https://a:hunter2@b@host/a": "origin_credentials", "https://host/a?u=b:c@d": "", " https://host/a": space, "https://@host/a": "",
		},
		"folderDepth": {"1": "", "x": "", "#VALUE!": "spreadsheet_error"},
	} {
		for value, want := range values {
			t.Run(column+"="+value[:min(len(value), 20)], func(t *testing.T) {
				t.Parallel()
				header := gijtsv.NewHeader("id", column)
				var got []string
				for _, p := range validate(t, "id\t"+column+"\n5\t"+value+"\n", gijtsv.ValidateOptions{Export: header}) {
					checkText(t, p)
					got = append(got, p.Code)
				}
				if strings.Join(got, " ") != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
}

func TestPrivateKeys(t *testing.T) {
	t.Parallel()
	whole := testPEM()
	for name, tt := range map[string]struct{ cell, want string }{
		"whole":              {quoted(whole), ""},
		"CR LF":              {quoted(strings.ReplaceAll(whole, "\n", "\r\n")), ""},
		"PKCS#8":             {quoted(testPKCS8()), "pkcs8_pem"},
		"flattened":          {strings.ReplaceAll(whole, "\n", " "), "flattened_pem"},
		"flattened, quoted":  {quoted(strings.ReplaceAll(whole, "\n", "")), "flattened_pem"},
		"backslash n":        {strings.ReplaceAll(whole, "\n", `\n`), "flattened_pem"},
		"a line is missing":  {quoted(strings.Replace(whole, whole[100:165], "", 1)), "bad_pem"},
		"first line quoted":  {quoted(whole[:31]), "bad_pem"},
		"lines of the file":  {whole, "unquoted_pem"},
		"blank":              {" ", ""},
		"a path":             {"/home/ada/key.pem", "unclear_pem"},
		"redacted":           {"[redacted]", "redacted_value"},
		"in a column before": {"\t" + quoted(strings.ReplaceAll(whole, "\n", " ")), "flattened_pem"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "id\tgithubAppPem\tdisplayName\n7\t" + tt.cell
			if !strings.HasPrefix(tt.cell, "\t") {
				text += "\tacme"
			}
			var got []string
			for _, p := range validate(t, text+"\n8\t\tb\n", gijtsv.ValidateOptions{}) {
				got = append(got, p.Code)
				for _, line := range strings.Split(whole, "\n") {
					if len(line) == 64 && strings.Contains(p.Message+p.Remedy, line[:8]) {
						t.Errorf("%s shows the key", p.Code)
					}
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestUnknownColumns: a name is an error if it is near a documented one, and nothing if the server's export has it.
func TestUnknownColumns(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"origins": "error misspelt_column", "orgn": "error misspelt_column", "prHideFiltr": "error misspelt_column", "DELETE": "error misspelt_column",
		" pat": "error misspelt_column", "sslverify": "error misspelt_column", "gitViewerEnable": "", "weblinkType": "",
		"folderDepth": "warning unknown_column", "global": "warning unknown_column", "x": "warning unknown_column",
		"path": "error misspelt_column", "githubAppPem": "", "githubAppId": "warning unknown_column",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := "id\t" + name + "\n"
			got := validate(t, text, gijtsv.ValidateOptions{})
			said := ""
			if len(got) > 0 {
				said = string(got[0].Severity) + " " + got[0].Code
			}
			if said != want || len(got) > 1 {
				t.Errorf("got %q, want %q", lines(got), want)
			}
			if got := validate(t, text, gijtsv.ValidateOptions{Export: gijtsv.NewHeader("id", name)}); len(got) > 0 {
				t.Errorf("the export has it, and it is reported: %q", lines(got))
			}
		})
	}
}

// TestNoHeader: the first row of a file without header is not shown.
func TestNoHeader(t *testing.T) {
	t.Parallel()
	problems := validate(t, "7\tgit@host:a.git\thunter2\n8\tb\n", gijtsv.ValidateOptions{})
	if diff := cmp.Diff([]string{"1:1 error no_header"}, lines(problems)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestGoodFiles: what is documented, and what an export is inferred to look like, has no problem.
func TestGoodFiles(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"one cell":     "id\tdisplayName\tpat\n3\tacmecorp\tglpat-NEW\n",
		"only an id":   "id\n3\n",
		"new and gone": "id\torigin\tdisplayName\tprojectMapping\tsshKeyId\tdelete\n\tgit@github.com:user/test-repo.git\ttest-repo\t10000,10100\t2\t\n14\tgit@github.com:user/old.git\ttest-repo\t\t\tdelete\n",
		"an export":    "id\trealRoot\tabsoluteRoot\torigin\tintegrationType\ttrackedFolderId\n1\t\t\thttps://api.github.com\tGITHUB\t\n2\t2_acme\tfalse\thttps://github.com/TestOrg/acme.git\tGITHUB\t1\n",
		"a new key":    "id\torigin\tgithubAppPem\n7\thttps://api.github.com\t" + quoted(testPEM()) + "\n",
		"CR LF":        "id\tdisplayName\r\n1\tä\r\n2\tb\r\n",
		"link format":  "id\tbranchLinkFormat\n1\thttps://x/$convert(${branch},\"a\",\"b\")\n",
		"no rows":      "id\torigin\n",
		"same origins": "id\torigin\n1\tgit@host:a.git\n2\tgit@host:a.git\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lines(validate(t, text, gijtsv.ValidateOptions{})); len(got) > 0 {
				t.Errorf("got %q", got)
			}
		})
	}
}
