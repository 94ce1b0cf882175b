package gijspec

import (
	"net/url"
	"strconv"
	"strings"
)

// checkOrigin checks the form of the origin. No message shows it: it may hold a password.
func (c *checker) checkOrigin(origin string) {
	if origin == "" {
		c.checkEmptyOrigin()
		return
	}
	if hasUserInfo(origin) {
		c.fail(CodeOriginCredentials, "origin", "origin has a user name or a password in it, which the server would show", "give them in username, password or pat")
		return
	}
	message, remedy := originProblem(c.info.Type, c.known, origin)
	if message != "" {
		c.fail(CodeBadOrigin, "origin", message, remedy)
	}
}

// checkEmptyOrigin: on create, an empty required origin was reported as missing, and another is as good as none.
func (c *checker) checkEmptyOrigin() {
	if c.op == Update {
		c.fail(CodeBadOrigin, "origin", "origin is empty", "leave it out to keep the stored one")
	}
}

func originProblem(typ Type, known bool, origin string) (message, remedy string) {
	switch {
	case !known:
		return "", ""
	case typ == Filespace:
		return pathProblem(origin)
	case typ == AWS && !strings.Contains(origin, "://"):
		return "", "" // unknown: what the origin of CodeCommit looks like
	}
	return urlProblem(origin)
}

func pathProblem(path string) (message, remedy string) {
	const example = "give an absolute path on the Jira server: /jira/repos/* or D:\\repos\\*"
	if strings.Contains(path, "://") {
		return "origin is a URL, but a tracked folder is a path", example
	}
	if strings.HasPrefix(path, "/") || strings.HasPrefix(path, `\\`) || hasDrive(path) {
		return "", ""
	}
	return "origin is no absolute path", example
}

// hasDrive reports whether path begins with a Windows drive and a separator.
func hasDrive(path string) bool {
	if len(path) < 3 || path[1] != ':' || path[2] != '\\' && path[2] != '/' {
		return false
	}
	letter := path[0] | 0x20
	return 'a' <= letter && letter <= 'z'
}

func urlProblem(origin string) (message, remedy string) {
	const example = "give the address of the git host: https://git.example.com"
	if strings.TrimSpace(origin) != origin {
		return "origin begins or ends with a space", example
	}
	u, err := url.Parse(origin)
	if err != nil { // the error quotes the origin, so it is not passed on
		return "origin is no URL", example
	}
	if scheme := strings.ToLower(u.Scheme); scheme != "http" && scheme != "https" {
		return "origin does not begin with http:// or https://", example
	}
	if u.Hostname() == "" {
		return "origin has no host", example
	}
	if port, err := strconv.Atoi(u.Port()); u.Port() != "" && (err != nil || port < 1 || port > 65535) {
		return "origin has a port that is not between 1 and 65535", example
	}
	return "", ""
}

// hasUserInfo reports whether a URL has a user or password before its host. It also finds them in what does not parse.
func hasUserInfo(origin string) bool {
	_, rest, ok := strings.Cut(origin, "://")
	if !ok {
		return false
	}
	authority := rest
	if end := strings.IndexAny(rest, `/\?#`); end >= 0 {
		authority = rest[:end]
	}
	return strings.Contains(authority, "@")
}
