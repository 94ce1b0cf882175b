package gijspec

import (
	"strings"
	"testing"
)

func TestNearestType(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Type{
		"github": GitHub, "GITHUB_SERVR": GitHubServer, "github-server": GitHubServer, "GitHub Server": GitHubServer,
		"GTILAB": GitLab, "azure.devops": AzureDevOps, "AZUREDEVOPS": AzureDevOps, "AZUR": Azure, "TFS": TFSServer,
		"FILE": Filespace, "aws": AWS, "VSTSS": VSTS, "gerit": Gerrit,
		"BITBUCKET": "", "": "", "GIT": "", "GITHUB_APP": "", "x": "", strings.Repeat("GITHUB", 100): "",
	} {
		got, ok := NearestType(name)
		if got != want || ok != (want != "") {
			t.Errorf("nearest to %.20q is %q, %v; want %q", name, got, ok, want)
		}
	}
}

func TestNearestKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"display-name": "displayName", "display_name": "displayName", "displayname": "displayName", "dispalyName": "displayName",
		"projectMapping": "projectMappingIds", "gitTagsFilter": "tagsFilter", "token": "pat", "awsregion": "awsRegion",
		"folderDeph": "folderDepth", "sslVerify": "", "colour": "", "": "",
	} {
		got, ok := NearestKey(key)
		if got != want || ok != (want != "") {
			t.Errorf("nearest to %q is %q, %v; want %q", key, got, ok, want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"a", "", 1},
		{"", "ab", 2},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abc", "abd", 1},
		{"abc", "ab", 1},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
		{"é", "e", 1},
	} {
		if got := editDistance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("%q to %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNearestTakesTheFirstOfEquals(t *testing.T) {
	t.Parallel()
	if got, _ := Nearest("cat", []string{"bat", "cab"}); got != "bat" {
		t.Errorf("got %q", got)
	}
}

func TestClassifyKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]KeyClass{
		"displayName": KeyField, "type": KeyField, "limitGitData": KeyIgnored, "id": KeyIgnored, "integrationType": KeyIgnored,
		"initDate": KeyIgnored, "lastIndexedDate": KeyIgnored, "showAllTags": KeyIgnored, "root": KeyIgnored, "realRoot": KeyIgnored,
		"absoluteRoot": KeyIgnored, "mainBranch": KeyIgnored, "sshKeyId": KeyIgnored, "group": KeyIgnored, "githubAppPem": KeyIgnored,
		"displayname": KeyUnknown, "colour": KeyUnknown, "": KeyUnknown,
	} {
		class, why := ClassifyKey(key)
		if class != want {
			t.Errorf("%q is %d, want %d", key, class, want)
		}
		if (class == KeyIgnored && why == "") || (class == KeyField && why != "") {
			t.Errorf("%q: why is %q", key, why)
		}
	}
	if _, why := ClassifyKey("displayname"); why != "displayName" {
		t.Errorf("nearest is %q", why)
	}
}
