package gijtsv_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

const badFiles = "../../testdata/tsv/bad"

// expected is what the validation says of each file of testdata/tsv/bad: place, severity, code, column, and the id of the row.
func expected() map[string][]string {
	return map[string][]string{
		"empty_file":               {"1:1 error empty_file"},
		"html":                     {"1:1 error html"},
		"workbook":                 {"1:1 error workbook"},
		"no_header":                {"1:1 error no_header"},
		"no_header_at_all":         {"1:1 error no_header"},
		"not_tab_separated":        {"1:1 error not_tab_separated"},
		"carriage_return_ends":     {"1:1 error carriage_return_ends"},
		"unclosed_quote":           {"2:18 error unclosed_quote"},
		"invalid_utf16":            {"2:3 error invalid_utf16"},
		"duplicate_column":         {"1:23 error duplicate_column origin"},
		"duplicate_column_variant": {"1:16 error duplicate_column weblinkType"},
		"missing_column":           {"1:1 error missing_column id"},
		"misspelt_column": {
			"1:4 error misspelt_column orign", "1:10 error misspelt_column dispalyName", "1:22 error misspelt_column ProjectMapping",
		},
		"unknown_column":      {"1:11 warning unknown_column folderDepth"},
		"unnamed_column":      {"1:11 warning unnamed_column"},
		"ragged_row":          {"2:1 error ragged_row id=1", "3:20 error ragged_row id=2"},
		"blank_row":           {"3:1 warning blank_row", "5:1 warning blank_row"},
		"bad_encoding":        {"2:3 error bad_encoding displayName id=1"},
		"control_character":   {"2:3 error control_character displayName id=1"},
		"text_after_quote":    {"2:3 error text_after_quote displayName id=1"},
		"line_break":          {"2:3 warning line_break displayName id=1"},
		"surrounding_space":   {"2:3 warning surrounding_space disabled id=1"},
		"redacted_value":      {"2:18 error redacted_value pat id=1", "3:17 error redacted_value pat"},
		"bad_boolean":         {"2:3 error bad_boolean sslVerify id=1", "2:7 error bad_boolean disabled id=1"},
		"bad_integer":         {"2:1 error bad_integer id", "2:4 error bad_integer maxMinsToCommitEmail"},
		"out_of_range":        {"2:3 error out_of_range maxMinsToCommitEmail id=1", "2:6 error out_of_range sshKeyId id=1", "3:1 error out_of_range id"},
		"spreadsheet_number":  {"2:1 error spreadsheet_number id", "3:3 error spreadsheet_number sshKeyId id=2", "4:3 error spreadsheet_number sshKeyId id=3"},
		"spreadsheet_error":   {"2:3 error spreadsheet_error refSpecCustom id=1"},
		"spreadsheet_formula": {"2:3 error spreadsheet_formula refSpecCustom id=1", "3:3 error spreadsheet_formula refSpecCustom id=2", "4:3 error spreadsheet_formula refSpecCustom id=3"},
		"lost_comma":          {"2:3 error lost_comma projectMapping id=1", "3:3 error lost_comma projectMapping id=2", "4:3 error lost_comma projectMapping id=3", "5:3 error lost_comma projectMapping id=4"},
		"lost_plus":           {"2:3 warning lost_plus refSpecCustom id=1"},
		"bad_project_mapping": {"2:3 error bad_project_mapping projectMapping id=1", "3:3 error bad_project_mapping projectMapping id=2", "4:3 error bad_project_mapping projectMapping id=3"},
		"bad_ref_spec":        {"2:3 error bad_ref_spec refSpecCustom id=1", "3:3 error bad_ref_spec refSpecCustom id=2", "4:3 error bad_ref_spec refSpecCustom id=3"},
		"unknown_region":      {"2:3 error unknown_region awsRegion id=1"},
		"misspelt_region":     {"2:3 warning misspelt_region awsRegion id=1"},
		"bad_regex":           {"2:3 error bad_regex tagsFilter id=1", "2:7 error bad_regex prHideFilter id=1"},
		"bad_filter":          {"2:3 error bad_filter apiFilter id=1"},
		"unknown_function":    {"2:3 warning unknown_function apiFilter id=1"},
		"bad_api_path":        {"2:3 error bad_api_path apiPath id=1"},
		"too_long":            {"2:3 error too_long apiPath id=1"},
		"bad_delete":          {"2:3 error bad_delete delete id=1", "3:3 error bad_delete delete id=2"},
		"bad_origin":          {"2:3 warning line_break origin id=1", "2:3 error bad_origin origin id=1"},
		"origin_credentials":  {"2:3 error origin_credentials origin id=1", "3:3 error origin_credentials origin id=2", "4:3 warning origin_credentials origin id=3"},
		"flattened_pem":       {"2:3 error flattened_pem githubAppPem id=7"},
		"bad_pem":             {"2:3 error bad_pem githubAppPem id=7", "5:3 error bad_pem githubAppPem id=8"},
		"unquoted_pem":        {"2:3 error unquoted_pem githubAppPem id=7", "6:6 error ragged_row id=8"},
		"unclear_pem":         {"2:3 warning unclear_pem githubAppPem id=7"},
		"duplicate_id":        {"5:1 error duplicate_id id id=2", "6:1 error duplicate_id id id=3"},
		"duplicate_origin":    {"4:2 error duplicate_origin origin"},
		"delete_without_id":   {"2:17 error delete_without_id delete"},
		"missing_origin":      {"2:1 error missing_origin id"},
		"missing_credential":  {"2:2 warning missing_credential origin"},
		"missing_absolute_root": {
			"2:18 error missing_absolute_root realRoot id=1",
		},
		"new_integration": {"2:1 warning new_integration id"},
		"new_github_app":  {"2:1 error new_github_app id", "2:25 warning unclear_pem githubAppPem"},
		"read_only":       {"2:17 warning read_only hosted"},
		"parent_cycle":    {"4:3 error parent_cycle trackedFolderId id=3", "6:3 error parent_cycle trackedFolderId id=5"},
		"unknown_parent":  {"4:3 warning unknown_parent trackedFolderId", "6:3 warning unknown_parent trackedFolderId"},
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(badFiles, "*.tsv"))
	if err != nil || len(files) != len(expected()) {
		t.Fatalf("%d files and %d expectations, %v", len(files), len(expected()), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".tsv")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			problems := validate(t, string(text), gijtsv.ValidateOptions{})
			want := slices.Sorted(slices.Values(expected()[name]))
			if diff := cmp.Diff(want, slices.Sorted(slices.Values(lines(problems)))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for _, p := range problems {
				checkText(t, p)
			}
		})
	}
}

// checkText checks what holds for every message.
func checkText(t *testing.T, p gijtsv.Problem) {
	t.Helper()
	for _, text := range []string{p.Message, p.Remedy} {
		if text == "" || strings.HasSuffix(text, ".") || strings.ContainsAny(text, "\n\t") {
			t.Errorf("%s: message or remedy %q", p.Code, text)
		}
		if strings.Contains(text, "hunter2") || strings.Contains(text, "MIIE") {
			t.Errorf("%s shows a secret: %q", p.Code, text)
		}
	}
}

// TestEveryCodeHasItsFile: the codes that need a limit or an option have their own test.
func TestEveryCodeHasItsFile(t *testing.T) {
	t.Parallel()
	found := map[string]bool{
		gijtsv.CodeCellTooLarge: true, gijtsv.CodeRowTooLarge: true, // TestTooLarge of the reader
		gijtsv.CodeUnknownPEMColumn: true, gijtsv.CodePKCS8PEM: true, // TestPEMColumn, TestPrivateKeys
	}
	for _, wanted := range expected() {
		for _, line := range wanted {
			found[strings.Fields(line)[2]] = true
		}
	}
	for _, code := range gijtsv.Codes() {
		if !found[code] {
			t.Errorf("no file of testdata/tsv/bad has %s", code)
		}
		delete(found, code)
	}
	for code := range found {
		t.Errorf("%s is not in Codes", code)
	}
}

func validate(tb testing.TB, text string, o gijtsv.ValidateOptions) []gijtsv.Problem {
	tb.Helper()
	var problems []gijtsv.Problem
	_, err := gijtsv.Validate(strings.NewReader(text), gijtsv.ReaderOptions{}, o, func(p gijtsv.Problem) { problems = append(problems, p) })
	if err != nil {
		tb.Fatal(err)
	}
	return problems
}

// lines are the problems in short: what a test compares.
func lines(problems []gijtsv.Problem) []string {
	var all []string
	for _, p := range problems {
		line := fmt.Sprintf("%s %s %s %s", p.Pos, p.Severity, p.Code, p.Column)
		if p.ID != "" {
			line = strings.TrimSpace(line) + " id=" + p.ID
		}
		all = append(all, strings.TrimSpace(line))
	}
	return all
}
