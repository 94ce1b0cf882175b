package gijspec

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// RepositoryFields returns every documented request field of a repository, in the order of the vendor's sample; keys that the sample
// lacks stand where those of an answer do. [Field.Types] is nil in all.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-repository-gij-self-managed/
func RepositoryFields() []Field { return repositoryTable().copied() }

func newRepositoryFields() []Field {
	const link = "web link to %s; variables: %s"
	const fileVariables = "${num} ${rev} ${path} ${parent} ${blob} ${parent_blob}"
	fields := slices.Concat([]Field{
		{Key: "displayName", Usage: "name shown in Jira; the server makes one if none is given"},
		{Key: "origin", Usage: "URL or path that the repository is cloned from"},
		{Key: "mainBranch", Usage: "branch that commits are shown under first", Default: "master"},
		// Contradictory: "required" in the field table, absent from the vendor's own sample.
		{Key: "realRoot", Usage: "folder of the clone on the Jira server; with absoluteRoot a path, else below data/git-plugin of Jira's home"},
		{Key: "absoluteRoot", Kind: KindBool, Usage: "realRoot is a path, and its files are not managed by GIJ"},
		{Key: "enableFetches", Kind: KindBool, Usage: "fetch from a remote server; false for an origin on the Jira server itself"},
		{Key: "username", Usage: "user on the git host, with password; leave it out with a pat", Echo: EchoNever},
		{Key: "password", Kind: KindSecret, Usage: "password on the git host", Echo: EchoNever},
		{Key: "pat", Kind: KindSecret, Usage: "personal access token of the git host", Echo: EchoNever},
		{Key: "webLinkType", Usage: "kind of web links: github, gitlab and so on", Echo: EchoWhenSet},
		{Key: "viewFormat", Usage: "web link that the vendor calls unused", Echo: EchoWhenSet},
		{Key: "changesetFormat", Usage: fmt.Sprintf(link, "a commit", "${rev}"), Echo: EchoWhenSet},
		{Key: "fileAddedFormat", Usage: fmt.Sprintf(link, "a file that was added", fileVariables), Echo: EchoWhenSet},
		{Key: "fileModifiedFormat", Usage: fmt.Sprintf(link, "a file that was changed", fileVariables), Echo: EchoWhenSet},
		{Key: "fileDeletedFormat", Usage: fmt.Sprintf(link, "a file that was deleted", fileVariables), Echo: EchoWhenSet},
		{Key: "mergeRequestFormat", Usage: fmt.Sprintf(link, "a pull or merge request", "${mergereqId}"), Echo: EchoWhenSet},
		{Key: "branchLinkFormat", Usage: fmt.Sprintf(link, "a branch", "${branch}"), Echo: EchoWhenSet},
		{Key: "commitsValidationRequired", Kind: KindBool, Usage: "refuse pushes of commits without an issue key; self-hosted git servers only"},
	}, sharedFields())
	for n := range fields {
		fields[n].Flag = kebab(fields[n].Key)
	}
	return fields
}

// kebab makes a flag of a REST key: "real-root" of "realRoot".
func kebab(key string) string {
	var b strings.Builder
	for _, r := range key {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// sharedFields are the fields of an integration that a repository has as well. Which of the defaults hold for it is documented for
// some alone.
func sharedFields() []Field {
	var shared []Field
	documented := []string{"disabled", "gitViewerEnabled", "disableSslVerification", "smartCommitsEnabled", "refSpecNotes", "refSpecChanges", "trustFolderStat"}
	for _, field := range behaviourFields() {
		if slices.Contains([]string{"requireUserPat", "apiPath", "apiFilter"}, field.Key) {
			continue
		}
		field.Types = nil
		if !slices.Contains(documented, field.Key) {
			field.Default = ""
		}
		shared = append(shared, field)
	}
	return shared
}

// IsReadOnlyInNested reports whether an update of a nested repository, one that an integration found, ignores a field. That pat and
// password are among them is inferred: the vendor's table calls them encryptedPat and encryptedPassword there.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/update-nested-repository-api-gij-self-managed/
func IsReadOnlyInNested(key string) bool {
	return slices.Contains([]string{
		"mainBranch", "enableFetches", "hosted", "username", "password", "pat", "encryptedPassword", "encryptedPat", "requireUserPat",
		"disableSslVerification", "commitsValidationRequired", "refSpecHeads", "refSpecTags", "state",
	}, key)
}

// IsUnclearInNested reports whether a field is in the table of a repository and not in that of a nested one: whether an update
// changes it is unknown.
func IsUnclearInNested(key string) bool {
	return slices.Contains([]string{"origin", "realRoot", "absoluteRoot"}, key)
}

// ClassifyRepositoryKey is [ClassifyKey] for a repository.
func ClassifyRepositoryKey(key string) (class KeyClass, why string) {
	table := repositoryTable()
	if _, found := table.byKey(key); found {
		return KeyField, ""
	}
	if why := ignoredInRepository(key); why != "" {
		return KeyIgnored, why
	}
	if alias := keyAlias(key); alias != "" {
		return KeyUnknown, alias
	}
	nearest, _ := Nearest(strings.NewReplacer("-", "", "_", "").Replace(key), table.keys())
	return KeyUnknown, nearest
}

func ignoredInRepository(key string) string {
	switch key {
	case "limitGitData", "initDate", "lastIndexedDate", "showAllTags", "sshKeyId":
		return ignoredBecause(key)
	case "id":
		return "the server gives the id, and an update takes it from the command line"
	case "hosted", "state", "refSpecHeads", "refSpecTags", "requireUserPat":
		return "it is read-only, or no field table of a repository has it"
	case "encryptedPassword", "encryptedPat":
		return "it is read-only; a request has password and pat"
	case "root":
		return "only a response has it: it follows from realRoot and absoluteRoot"
	case "group", "supportsBranchCreationApi", "supportsPullRequestApi":
		return "only a response has it"
	case "trackedFolderId":
		return "only a response has it, and the bulk TSV: the integration that found the repository"
	case "type", "integrationType", "apiPath", "apiFilter", "awsRegion", "tfsCollection", "folderDepth":
		return "it belongs to an integration, not to a repository"
	}
	return ""
}

// CheckRepository checks a request for a repository, as [Check] does one for an integration. corrected is a copy of v without the
// keys that [ClassifyRepositoryKey] calls ignored.
func CheckRepository(op Operation, v Values) (corrected Values, problems []Problem) {
	c := &checker{op: op, noun: nounRepository, in: v, out: maps.Clone(v)}
	if c.out == nil {
		c.out = Values{}
	}
	others := maps.Clone(v)
	for _, field := range repositoryTable().fields {
		c.checkRepositoryField(field)
		delete(others, field.Key)
	}
	for _, key := range slices.Sorted(maps.Keys(others)) {
		switch class, why := ClassifyRepositoryKey(key); class {
		case KeyIgnored:
			delete(c.out, key)
			c.note(CodeIgnoredKey, key, fmt.Sprintf("%s is not sent: %s", shorten(key), why), "")
		case KeyUnknown:
			c.checkUnknownKey(key, why)
		case KeyField:
		}
	}
	return c.out, c.problems
}

// What a request is for.
const (
	nounIntegration = "integration"
	nounRepository  = "repository"
)

func (c *checker) checkRepositoryField(field Field) {
	if c.op == Update {
		c.checkEmptySecret(field)
	} else if field.Key == "origin" && !c.given("origin") {
		c.fail(CodeMissingField, "origin", "a repository needs origin", "give the URL that it is cloned from: https://git.example.com/team/repo.git")
		return
	}
	c.checkRootPair(field.Key)
	value, ok := c.in[field.Key]
	if !ok || !c.checkKind(field, value) {
		return
	}
	if text, ok := value.(string); ok && !c.checkText(field, text) {
		return
	}
	switch field.Key {
	case "origin":
		c.checkRepositoryOrigin(value.(string))
	case "realRoot":
		c.checkRealRoot(value.(string))
	default:
		c.checkValue(field.Key, value)
	}
}

// checkRootPair is the rule of the vendor's table: whoever gives one of realRoot and absoluteRoot gives the other. The vendor's own
// sample has absoluteRoot false alone, which says what is so anyway.
func (c *checker) checkRootPair(key string) {
	switch {
	case key == "realRoot" && c.given("realRoot") && !c.has("absoluteRoot"):
		c.fail(CodeMissingField, key, "realRoot needs absoluteRoot", "set absoluteRoot to true for a path, to false for a folder below data/git-plugin")
	case key == "absoluteRoot" && c.in[key] == true && !c.given("realRoot"):
		c.fail(CodeMissingField, key, "absoluteRoot needs realRoot", "give the path in realRoot")
	}
}

// checkRealRoot compares the folder with what absoluteRoot says of it.
func (c *checker) checkRealRoot(path string) {
	isPath := strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\\`) || hasDrive(path)
	absolute, given := c.in["absoluteRoot"].(bool)
	switch {
	case path == "" || !given || isPath == absolute:
	case absolute:
		c.fail(CodeBadRoot, "realRoot", "realRoot is no absolute path, and absoluteRoot is true", "give a path on the Jira server: /srv/git/repo.git")
	default:
		c.fail(CodeBadRoot, "realRoot", "realRoot is an absolute path, and absoluteRoot is false", "set absoluteRoot to true, or give a folder below data/git-plugin")
	}
}

// checkRepositoryOrigin checks the form of the origin. No message shows it: it may hold a password.
func (c *checker) checkRepositoryOrigin(origin string) {
	scheme, rest, isURL := strings.Cut(origin, "://")
	authority, _, _ := strings.Cut(rest, "/")
	user, _, hasUser := strings.Cut(authority, "@")
	isHTTP := strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
	switch {
	case origin == "":
		c.checkEmptyOrigin()
	case strings.TrimSpace(origin) != origin:
		c.fail(CodeBadOrigin, "origin", "origin begins or ends with a space", "give the URL that the repository is cloned from")
	case isURL && hasUser && (isHTTP || strings.Contains(user, ":")):
		c.fail(CodeOriginCredentials, "origin", "origin has a user name or a password in it, which the server would show", "give them in username, password or pat")
	case isHTTP:
		if message, remedy := urlProblem(origin); message != "" {
			c.fail(CodeBadOrigin, "origin", message, remedy)
		}
	}
}
