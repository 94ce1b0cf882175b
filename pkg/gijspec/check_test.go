package gijspec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// summary is severity:code:key of each problem.
func summary(problems []Problem) []string {
	words := []string{}
	for _, p := range problems {
		words = append(words, fmt.Sprintf("%s:%s:%s", p.Severity, p.Code, p.Key))
	}
	return words
}

// The vendor's samples, one for each type, with dummies for secrets.
func TestVendorSamplesPass(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		sample string
		want   []string
	}{
		{`{"type":"GITHUB","pat":"…","displayName":"johnsmith's GitHub via API"}`, nil},
		{`{"type":"GITHUB_SERVER","displayName":"GitHub Ent. via API -- pat","origin":"https://mygithub.yourorg.com","pat":"…","disableSslVerification":true}`, nil},
		{`{"type":"GITLAB","pat":"…","displayName":"MY GITLAB"}`, nil},
		{`{"type":"GITLAB_SERVER_LEGACY","displayName":"GITLAB_SERVER v.3 Legacy","username":"gitlabadmin","password":"…","origin":"http://mygitlab.yourorg.com/"}`, []string{"warning:deprecated_type:type"}},
		{`{"type":"GITLAB_SERVER","displayName":"GITLAB_SERVER v.4","origin":"http://mygitlabserver.yourorg.com","pat":"…"}`, nil},
		{`{"type":"AWS","username":"<access key id>","password":"<secret access key>","awsRegion":"us-east-1"}`, nil},
		{`{"type":"AZURE","pat":"…"}`, nil},
		{`{"type":"VSTS","pat":"…","displayName":"Visual Studio Ent."}`, nil},
		{`{"type":"TFS_SERVER","displayName":"TFS 2018 via API","origin":"http://tfs2018.yourorg:8080/tfs","username":"tfsadmin","password":"…"}`, nil},
		{`{"type":"AZURE_DEVOPS","displayName":"Azure Devops (TFS 2019) via API","origin":"http://myazuredevops.yourorg.com/","username":"adevopsadmin","password":"…"}`, nil},
		{`{"type":"FILESPACE","displayName":"Tracked folder via API","origin":"D:\\tmp\\*"}`, []string{"note:default_folder_depth:folderDepth"}},
		{`{"origin":"http://yourorg.hostsvr.com:8080","type":"GERRIT","refSpecNotes":true,"refSpecChanges":true,"username":"johnsmith","password":"…","displayName":"Gerrit repos"}`, nil},
		{`{"displayName":"MyGitHub","origin":"https://api.github.com","type":"GITHUB","pat":"…","disabled":false,"sendCommitEmails":true,"maxMinsToCommitEmail":1440,"global":true,"revisionIndexing":true,"gitViewerEnabled":true,"disableSslVerification":false,"smartCommitsEnabled":true,"requireUserPat":false,"projectMappingIds":[],"sourcesDiffViewEnabled":true,"limitGitData":true,"refSpecNotes":true,"refSpecChanges":false,"trustFolderStat":false}`, []string{"note:ignored_key:limitGitData"}},
		{`{"type":"GITHUB_SERVER","origin":"https://mygithub.yourorg.com","username":"admin","password":"…"}`, nil},
	} {
		values := decode(t, tt.sample)
		t.Run(values["type"].(string), func(t *testing.T) {
			t.Parallel()
			_, problems := Check(Create, Type(values["type"].(string)), values)
			if diff := cmp.Diff(append([]string{}, tt.want...), summary(problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVendorUpdateSamplePasses(t *testing.T) {
	t.Parallel()
	values := decode(t, `{"id":1,"pat":"…","gitViewerEnabled":true,"smartCommitsEnabled":true,"global":false,"projectMappingIds":[10000]}`)
	corrected, problems := Check(Update, GitLab, values)
	if diff := cmp.Diff([]string{"note:ignored_key:id"}, summary(problems)); diff != "" {
		t.Error(diff)
	}
	if _, ok := corrected["id"]; ok || len(corrected) != 5 {
		t.Errorf("corrected: %v", corrected)
	}
}

func TestCheckCreate(t *testing.T) {
	t.Parallel()
	const hidden = "[redacted]"
	url := "https://git.example.com"
	for _, tt := range []struct {
		name string
		typ  Type
		in   Values
		want []string
	}{
		{"unknown type", "GITHUBB", Values{}, []string{"error:unknown_type:type"}},
		{"no type", "", Values{}, []string{"error:missing_field:type"}},
		{"unknown type, other checks still run", "NOPE", Values{"folderDepth": int64(9), "origin": "x"}, []string{"error:unknown_type:type", "error:out_of_range:folderDepth"}},
		{"type inside differs", GitLab, Values{"type": "GITHUB", "pat": hidden}, []string{"error:type_mismatch:type"}},
		{"integrationType inside differs", GitLab, Values{"integrationType": "GITHUB", "pat": hidden}, []string{"error:type_mismatch:integrationType"}},
		{"integrationType inside is the same", GitLab, Values{"integrationType": "GITLAB", "pat": hidden}, []string{"note:ignored_key:integrationType"}},
		{"everything missing", GitHubServer, nil, []string{"error:missing_field:origin", "error:missing_credential:pat"}},
		{"empty counts as missing", GitHubServer, Values{"origin": "", "pat": ""}, []string{"error:missing_field:origin", "error:missing_credential:pat"}},
		{"password missing", Gerrit, Values{"origin": url, "username": "u"}, []string{"error:missing_credential:password"}},
		{"username missing", Gerrit, Values{"origin": url, "password": hidden}, []string{"error:missing_credential:username"}},
		{"GitLab has no password", GitLab, Values{"username": "u", "password": hidden}, []string{"warning:unused_field:username", "warning:unused_field:password", "error:missing_credential:pat"}},
		{"GitHub.com refuses passwords", GitHub, Values{"username": "u", "password": hidden}, []string{"warning:password_refused:password"}},
		{"pat and password", AzureDevOps, Values{"origin": url, "username": "u", "password": hidden, "pat": hidden}, []string{"warning:mixed_credentials:username", "warning:mixed_credentials:password"}},
		{"TFS with all and pat", TFSServer, Values{"origin": url, "username": "all", "pat": hidden}, nil},
		{"TFS with another user and pat", TFSServer, Values{"origin": url, "username": "bob", "pat": hidden}, []string{"warning:username_not_all:username"}},
		{"TFS with pat only", TFSServer, Values{"origin": url, "pat": hidden}, []string{"error:missing_credential:username"}},
		{"AWS without region", AWS, Values{"username": "u", "password": hidden}, []string{"error:missing_field:awsRegion"}},
		{"AWS with empty region", AWS, Values{"username": "u", "password": hidden, "awsRegion": ""}, []string{"error:missing_field:awsRegion"}},
		{"AWS with unknown region", AWS, Values{"username": "u", "password": hidden, "awsRegion": "US-EAST-1"}, []string{"error:unknown_region:awsRegion"}},
		{"AWS with the misspelt region", AWS, Values{"username": "u", "password": hidden, "awsRegion": "ap-outh-1"}, []string{"note:misspelt_region:awsRegion"}},
		{"AWS with an origin of unknown form", AWS, Values{"username": "u", "password": hidden, "awsRegion": "us-east-1", "origin": "git-codecommit.us-west-2"}, nil},
		{"region elsewhere", GitLab, Values{"pat": hidden, "awsRegion": "nowhere"}, []string{"warning:unused_field:awsRegion"}},
		{"depth 0", Filespace, Values{"origin": "/r/*", "folderDepth": 0}, []string{"error:out_of_range:folderDepth"}},
		{"depth 6", Filespace, Values{"origin": "/r/*", "folderDepth": int64(6)}, []string{"error:out_of_range:folderDepth"}},
		{"depth 5", Filespace, Values{"origin": "/r/*", "folderDepth": int64(5)}, nil},
		{
			"wrong kinds", GitLab,
			Values{"pat": 1, "disabled": "true", "maxMinsToCommitEmail": 1.5, "projectMappingIds": []any{"A"}, "displayName": nil, "apiFilter": map[string]any{}, "tagsFilter": true, "origin": []byte("x")},
			[]string{"error:wrong_kind:displayName", "error:wrong_kind:origin", "error:wrong_kind:pat", "error:wrong_kind:disabled", "error:wrong_kind:maxMinsToCommitEmail", "error:wrong_kind:tagsFilter", "error:wrong_kind:projectMappingIds", "error:wrong_kind:apiFilter"},
		},
		{"negative minutes", GitLab, Values{"pat": hidden, "maxMinsToCommitEmail": int64(-1)}, []string{"error:out_of_range:maxMinsToCommitEmail"}},
		{"too many minutes", GitLab, Values{"pat": hidden, "maxMinsToCommitEmail": int64(1) << 31}, []string{"error:out_of_range:maxMinsToCommitEmail"}},
		{"global with ids", GitLab, Values{"pat": hidden, "global": true, "projectMappingIds": []int64{1}}, []string{"error:global_with_ids:global"}},
		{"ids without global", GitLab, Values{"pat": hidden, "projectMappingIds": []int64{1}}, []string{"error:global_missing:projectMappingIds"}},
		{"ids with global false", GitLab, Values{"pat": hidden, "global": false, "projectMappingIds": []int64{1, 2}}, nil},
		{"global false without ids", GitLab, Values{"pat": hidden, "global": false}, []string{"warning:no_projects:global"}},
		{"bad ids", GitLab, Values{"pat": hidden, "global": false, "projectMappingIds": []int64{-1, 7, 7}}, []string{"error:negative_id:projectMappingIds", "note:duplicate_id:projectMappingIds"}},
		{"api path", GitLab, Values{"pat": hidden, "apiPath": "/api/v4/projects?membership=true"}, nil},
		{"empty optional text", GitLab, Values{"pat": hidden, "apiPath": "", "apiFilter": " ", "tagsFilter": "", "origin": ""}, nil},
		{"api path without slash", GitLab, Values{"pat": hidden, "apiPath": "api/v4"}, []string{"error:bad_api_path:apiPath"}},
		{"api path too long", GitLab, Values{"pat": hidden, "apiPath": "/" + strings.Repeat("é", 2000)}, []string{"error:too_long:apiPath"}},
		{"api path just fits", GitLab, Values{"pat": hidden, "apiPath": "/" + strings.Repeat("é", 1999)}, nil},
		{"api path elsewhere", AzureDevOps, Values{"origin": url, "pat": hidden, "apiPath": "/x"}, []string{"warning:unused_field:apiPath"}},
		{"filter", GitLab, Values{"pat": hidden, "apiFilter": "[?contains(name,\n 'x')]"}, nil},
		{"malformed filter", GitLab, Values{"pat": hidden, "apiFilter": "[?contains(name 'x')]"}, []string{"error:bad_filter:apiFilter"}},
		{"filter with unknown function", GitLab, Values{"pat": hidden, "apiFilter": "[?contain(name, 'x')]"}, []string{"warning:unknown_function:apiFilter"}},
		{"filter too long", GitLab, Values{"pat": hidden, "apiFilter": strings.Repeat("a", 2001)}, []string{"error:too_long:apiFilter"}},
		{"bad regexes", GitLab, Values{"pat": hidden, "tagsFilter": "*.tar", "prHideFilter": "("}, []string{"error:bad_regex:tagsFilter", "error:bad_regex:prHideFilter"}},
		{"regex with a note", GitLab, Values{"pat": hidden, "tagsFilter": "^(?!rc)"}, []string{"note:regex_not_evaluated:tagsFilter"}},
		{"line break in a pat", GitLab, Values{"pat": "x\n"}, []string{"error:control_character:pat"}},
		{"control characters", GitLab, Values{"pat": hidden, "displayName": "a\x1b[31m", "tagsFilter": "a\u2028"}, []string{"error:control_character:displayName", "error:control_character:tagsFilter"}},
		{"bad encoding", GitLab, Values{"pat": hidden, "displayName": "\xff"}, []string{"error:bad_encoding:displayName"}},
		{"misspelt key", GitLab, Values{"pat": hidden, "displayname": "x"}, []string{"error:unknown_key:displayname"}},
		{"unknown keys", GitLab, Values{"pat": hidden, "zebra": "x", "colour": 1}, []string{"error:unknown_key:colour", "error:unknown_key:zebra"}},
		{"pasted response", GitLab, Values{"pat": hidden, "id": 1, "initDate": int64(1), "showAllTags": true, "integrationType": 7}, []string{"note:ignored_key:id", "note:ignored_key:initDate", "note:ignored_key:integrationType", "note:ignored_key:showAllTags"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Check(Create, tt.typ, tt.in)
			if diff := cmp.Diff(append([]string{}, tt.want...), summary(problems)); diff != "" {
				t.Errorf("%s\n%+v", diff, problems)
			}
		})
	}
}

func TestCheckUpdate(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		typ  Type
		in   Values
		want []string
	}{
		{"nothing", GitHubServer, Values{}, nil},
		{"deprecated types may be updated", GitLabServerLegacy, Values{"displayName": "x"}, nil},
		{"same type", GitHub, Values{"type": "GITHUB"}, nil},
		{"another type", GitHub, Values{"type": "GITLAB"}, []string{"error:type_change:type"}},
		{"another integrationType", GitHub, Values{"integrationType": "GITLAB"}, []string{"error:type_change:integrationType"}},
		{"type not known here", "", Values{"awsRegion": "us-east-1", "folderDepth": int64(1), "type": "GITHUB"}, nil},
		{"type that the vendor does not list", "GITHUB_APP", Values{"displayName": "x", "origin": "?"}, []string{"warning:unknown_type:type"}},
		{"empty secrets", Gerrit, Values{"password": "", "pat": ""}, []string{"warning:empty_secret:password", "warning:empty_secret:pat", "warning:unused_field:pat"}},
		{"empty origin", Gerrit, Values{"origin": ""}, []string{"error:bad_origin:origin"}},
		{"empty region", AWS, Values{"awsRegion": ""}, []string{"error:unknown_region:awsRegion"}},
		{"ids without global", GitLab, Values{"projectMappingIds": []int64{1}}, []string{"warning:global_missing:projectMappingIds"}},
		{"global false keeps ids", GitLab, Values{"global": false}, nil},
		{"global false and no ids", GitLab, Values{"global": false, "projectMappingIds": []int64{}}, []string{"warning:no_projects:global"}},
		{"no folder depth", Filespace, Values{"origin": "/x"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := Check(Update, tt.typ, tt.in)
			if diff := cmp.Diff(append([]string{}, tt.want...), summary(problems)); diff != "" {
				t.Errorf("%s\n%+v", diff, problems)
			}
		})
	}
}

func TestCheckOrigin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ    Type
		origin string
		want   string
	}{
		{GitHubServer, "https://git.example.com", ""},
		{GitHubServer, "HTTP://git.example.com:8443/base/", ""},
		{GitHubServer, "https://[::1]:8080/", ""},
		{GitHub, "https://api.github.com", ""},
		{Gerrit, "https://g.example.com/a@b", ""},
		{GitHubServer, "git.example.com", CodeBadOrigin},
		{GitHubServer, "ssh://git.example.com", CodeBadOrigin},
		{GitHubServer, "git@github.com:acme/x.git", CodeBadOrigin},
		{GitHubServer, "/srv/git", CodeBadOrigin},
		{GitHubServer, "https://", CodeBadOrigin},
		{GitHubServer, "https:///path", CodeBadOrigin},
		{GitHubServer, "https://:8080", CodeBadOrigin},
		{GitHubServer, "https://x:0", CodeBadOrigin},
		{GitHubServer, "https://x:65536", CodeBadOrigin},
		{GitHubServer, "https://x:y", CodeBadOrigin},
		{GitHubServer, " https://x", CodeBadOrigin},
		{GitHubServer, "https://x/%zz", CodeBadOrigin},
		{GitHubServer, "https://user:hunter2@git.example.com", CodeOriginCredentials},
		{GitHubServer, "https://hunter2@x", CodeOriginCredentials},
		{GitHubServer, "https://user:hunter2%@x:y/", CodeOriginCredentials},
		{Filespace, "https://user:hunter2@x", CodeOriginCredentials},
		{AWS, "https://git-codecommit.us-east-1.amazonaws.com", ""},
		{AWS, "ftp://x", CodeBadOrigin},
		{Filespace, "/jira/repos/*", ""},
		{Filespace, `D:\tmp\*`, ""},
		{Filespace, "d:/tmp", ""},
		{Filespace, `\\server\share\*`, ""},
		{Filespace, "repos", CodeBadOrigin},
		{Filespace, "D:", CodeBadOrigin},
		{Filespace, "D:tmp", CodeBadOrigin},
		{Filespace, "1:/x", CodeBadOrigin},
		{Filespace, "https://x/y", CodeBadOrigin},
		{Filespace, "file:///x", CodeBadOrigin},
	} {
		t.Run(fmt.Sprintf("%s %s", tt.typ, tt.origin), func(t *testing.T) {
			t.Parallel()
			_, problems := Check(Update, tt.typ, Values{"origin": tt.origin})
			got := ""
			if len(problems) > 0 {
				got = problems[0].Code
			}
			if got != tt.want || len(problems) > 1 {
				t.Errorf("got %+v, want %q", problems, tt.want)
			}
			for _, p := range problems {
				if strings.Contains(p.Message+p.Remedy, "hunter2") {
					t.Errorf("shows the password: %+v", p)
				}
			}
		})
	}
}

func TestCheckCorrectsACopy(t *testing.T) {
	t.Parallel()
	in := Values{"awsRegion": "ap-outh-1", "username": "u", "password": "x", "id": int64(3)}
	corrected, _ := Check(Create, AWS, in)
	if diff := cmp.Diff(Values{"awsRegion": "ap-south-1", "username": "u", "password": "x"}, corrected); diff != "" {
		t.Error(diff)
	}
	if in["awsRegion"] != "ap-outh-1" || len(in) != 4 {
		t.Errorf("the argument was modified: %v", in)
	}
	if corrected, _ := Check(Update, AWS, nil); corrected == nil {
		t.Error("corrected is nil")
	}
}

func TestProblemsHelp(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		typ     Type
		in      Values
		message string
		remedy  string
	}{
		{"GITHUB_SERVR", nil, `unknown type "GITHUB_SERVR"`, "did you mean GITHUB_SERVER? use one of GITHUB, GITHUB_SERVER, "},
		{GitLab, nil, "GITLAB needs credentials: pat", `for example {"type":"GITLAB"`},
		{Gerrit, Values{"origin": "https://x", "username": "u"}, "GERRIT needs credentials: username+password; password is missing", ""},
		{AWS, Values{"username": "u", "password": "p", "awsRegion": "eu-central-11"}, `unknown AWS region "eu-central-11"`, "did you mean eu-central-1?"},
		{GitLab, Values{"pat": "x", "disabled": "yes"}, "disabled must be true or false, not text", "without quotes"},
		{GitLab, Values{"pat": "x", "displayName": 1}, "displayName must be text, not a whole number", "in quotes"},
		{GitLab, Values{"pat": "x", "projectMappingIds": true}, "projectMappingIds must be a list of numbers, not true or false", "[10000,10100]"},
		{GitLab, Values{"pat": "x", "maxMinsToCommitEmail": struct{}{}}, "maxMinsToCommitEmail must be a whole number, not a struct", "whole number"},
		{GitLab, Values{"pat": "x", "apiFilter": "[?é==]"}, "apiFilter is malformed at column 3: unexpected character", ""},
		{GitLab, Values{"pat": "x", "tagsFilter": "é("}, "tagsFilter is no Java regular expression at column 2: group is not closed", "backslash"},
	} {
		_, problems := Check(Create, tt.typ, tt.in)
		if len(problems) != 1 {
			t.Errorf("%+v", problems)
			continue
		}
		if p := problems[0]; !strings.Contains(p.Message, tt.message) || !strings.Contains(p.Remedy, tt.remedy) {
			t.Errorf("%+v, want %q and %q", p, tt.message, tt.remedy)
		}
	}
}

func TestHasErrors(t *testing.T) {
	t.Parallel()
	if HasErrors(nil) || HasErrors([]Problem{{Severity: SeverityWarning}, {Severity: SeverityNote}}) {
		t.Error("found an error where there is none")
	}
	if !HasErrors([]Problem{{Severity: SeverityNote}, {Severity: SeverityError}}) {
		t.Error("found no error")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(0, "GITHUB", "origin", "https://x", int64(1))
	f.Add(1, "FILESPACE", "apiFilter", "[?a", int64(-1))
	f.Fuzz(func(t *testing.T, op int, typ, key, text string, n int64) {
		for _, value := range []any{text, n, text == "", []int64{n}, nil} {
			in := Values{key: value, "projectMappingIds": []int64{n}, "pat": "hunter2secret"}
			corrected, problems := Check(Operation(op), Type(typ), in)
			if corrected == nil {
				t.Fatal("corrected is nil")
			}
			for _, p := range problems {
				if !slices.Contains(Codes(), p.Code) || p.Message == "" {
					t.Fatalf("%+v", p)
				}
				if key != "hunter2secret" && !strings.Contains(typ+key+text, "hunter2secret") && strings.Contains(p.Message+p.Remedy, "hunter2secret") {
					t.Fatalf("shows a secret: %+v", p)
				}
			}
		}
	})
}
