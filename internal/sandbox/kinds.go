package sandbox

import (
	"fmt"
	"strings"
)

// login is a way to authenticate with a git host: the fields that must be there together.
type login []string

// kind is what GIJ asks of one integration type (contract §3.2).
type kind struct {
	name        string
	selfHosted  bool   // origin is required
	origin      string // the default origin of a type that is not self-hosted
	displayName string // the default display name; "" is the origin
	logins      []login
}

func withPat() login      { return login{"pat"} }
func withPassword() login { return login{"username", "password"} }

// kinds lists every integration type. AZURE is the cloud and AZURE_DEVOPS the server, although one page of the vendor
// has it the other way round.
func kinds() []kind {
	return []kind{
		{name: "GITHUB", origin: "https://api.github.com", displayName: "https://github.com/*", logins: []login{withPat(), withPassword()}},
		{name: "GITHUB_SERVER", selfHosted: true, logins: []login{withPat(), withPassword()}},
		{name: "GITLAB", origin: "https://gitlab.com", displayName: "https://gitlab.com/*", logins: []login{withPat()}},
		{name: "GITLAB_SERVER", selfHosted: true, logins: []login{withPat()}},
		{name: "GITLAB_SERVER_LEGACY", selfHosted: true, logins: []login{withPassword()}},
		{name: "FILESPACE", selfHosted: true},
		{name: "TFS_SERVER", selfHosted: true, logins: []login{withPassword(), {"username", "pat"}}},
		{name: "AZURE_DEVOPS", selfHosted: true, logins: []login{withPassword(), withPat()}},
		{name: "AZURE", origin: "https://dev.azure.com", displayName: "https://dev.azure.com", logins: []login{withPat()}},
		{name: "VSTS", origin: "https://visualstudio.com", displayName: "https://visualstudio.com", logins: []login{withPat()}},
		{name: "AWS", logins: []login{withPassword()}},
		{name: "GERRIT", selfHosted: true, logins: []login{withPassword()}},
	}
}

// kindOf returns the kind of that name; its own name is empty when there is none.
func kindOf(name string) kind {
	for _, k := range kinds() {
		if k.name == name {
			return k
		}
	}
	return kind{}
}

func kindNames() string {
	var names []string
	for _, k := range kinds() {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// hasAPIPath reports whether a custom API path applies: GitHub and GitLab only.
func (k kind) hasAPIPath() bool {
	return strings.HasPrefix(k.name, "GITHUB") || strings.HasPrefix(k.name, "GITLAB")
}

// awsRegions are the regions of contract §3.3. The vendor's page misspells ap-south-1; see [regionOf].
func awsRegions() string {
	return "us-east-1 us-east-2 us-west-1 us-west-2 af-south-1 ap-east-1 ap-south-1 ap-south-2 ap-northeast-3 " +
		"ap-northeast-2 ap-southeast-1 ap-southeast-3 ap-southeast-2 ap-northeast-1 ca-central-1 eu-central-1 " +
		"eu-central-2 eu-west-1 eu-west-2 eu-west-3 eu-south-1 eu-south-2 eu-north-1 me-central-1 me-south-1 sa-east-1"
}

// regionOf returns the region that was meant, and whether it was written as in the vendor's page, ap-outh-1.
// What GIJ says to an unknown region is [U] in the contract; the sandbox refuses it.
func regionOf(name string) (region string, typo bool, err error) {
	if name == "ap-outh-1" {
		return "ap-south-1", true, nil
	}
	for region := range strings.FieldsSeq(awsRegions()) {
		if region == name {
			return region, false, nil
		}
	}
	return "", false, problem{
		text:   fmt.Sprintf("Unknown AWS region '%s'", name),
		advice: "Please use one of: " + strings.ReplaceAll(awsRegions(), " ", ", "),
	}
}

// codeCommitOrigin is the origin that the sandbox fills in for AWS ([U] in the contract); the display name without the
// scheme and the domain is documented.
func codeCommitOrigin(region string) string {
	return "https://git-codecommit." + region + ".amazonaws.com"
}
