package gijtsv

import (
	"bytes"
	"slices"
	"strings"
)

// portablePlaces are the columns that are looked at to make a row portable; -1 where the file lacks one.
type portablePlaces struct {
	id, origin, displayName, projects, sshKey, username, password, pat, fetches, realRoot, absoluteRoot int
}

func findPortablePlaces(h *Header) portablePlaces {
	return portablePlaces{
		id: h.Index("id"), origin: h.Index("origin"), displayName: h.Index("displayName"), projects: h.Index("projectMapping"),
		sshKey: h.Index("sshKeyId"), username: h.Index("username"), password: h.Index("password"), pat: h.Index("pat"),
		fetches: h.Index("enableFetches"), realRoot: h.Index("realRoot"), absoluteRoot: h.Index("absoluteRoot"),
	}
}

// isTiedToServer reports whether what a column holds means nothing, or something else, on another server. projectMapping is told
// by its value.
func isTiedToServer(name string) bool {
	switch name {
	case "id", "realRoot", "absoluteRoot", "sshKeyId", "trackedFolderId", "delete", "hosted":
		return true
	}
	return false
}

func (c *copier) drop(row *Row, kind RowKind) {
	c.summary.Dropped[kind]++
	if c.OnDrop != nil {
		c.OnDrop(Dropped{Kind: kind, ID: string(trimmed(row, c.at.id)), Name: c.rowName(row)})
	}
}

// makePortable notes the edits of a row, and tells what is then missing.
func (c *copier) makePortable(row *Row, kind RowKind) {
	for i := range row.Cells {
		value := row.Cells[i].Value
		switch {
		case len(value) == 0:
		case slices.Contains(c.found, i):
			c.summary.Redacted++
			c.edits = append(c.edits, edit{i, ""})
		case c.cleared[i], i == c.at.projects && isProjectList(value):
			c.edits = append(c.edits, edit{i, ""})
		case i == c.at.origin && hidesSecret(value):
			c.summary.Redacted++
			c.edits = append(c.edits, edit{i, string(withoutUserInfo(value))})
		}
	}
	if c.OnFillIn == nil {
		return
	}
	if columns := c.missing(row); len(columns) > 0 {
		c.OnFillIn(FillIn{Kind: kind, ID: string(trimmed(row, c.at.id)), Name: c.rowName(row), Columns: columns})
	}
}

// missing names the columns that a person must fill in. Who left the root of a repository blank gets a clone at the place
// that the server chooses; only a repository that is not fetched needs its own.
func (c *copier) missing(row *Row) []string {
	var names []string
	local := bytes.EqualFold(trimmed(row, c.at.fetches), []byte("false"))
	credential := c.missingCredential(row)
	for i, name := range c.names {
		blank := len(trimmed(row, i)) == 0
		switch {
		case slices.Contains(c.found, i), i == credential, i == c.at.origin && blank,
			!blank && i == c.at.sshKey, !blank && i == c.at.projects && isProjectList(row.Value(i)),
			!blank && local && (i == c.at.realRoot || i == c.at.absoluteRoot):
			names = append(names, name)
		}
	}
	return names
}

// missingCredential is the column of the credential that an https origin needs, as the vendor says, where the export does not show
// any; -1 if there is nothing to say.
func (c *copier) missingCredential(row *Row) int {
	origin := trimmed(row, c.at.origin)
	_, scheme := userInfo(origin)
	if !isHTTP(scheme) || !hidesSecret(origin) && (len(row.Value(c.at.password)) > 0 || len(row.Value(c.at.pat)) > 0) {
		return -1
	}
	if c.at.pat < 0 || len(trimmed(row, c.at.username)) > 0 && c.at.password >= 0 {
		return c.at.password
	}
	return c.at.pat
}

// rowName is what a person knows the row by. It holds no secret.
func (c *copier) rowName(row *Row) string {
	if name := trimmed(row, c.at.displayName); len(name) > 0 {
		return string(name)
	}
	return string(withoutUserInfo(trimmed(row, c.at.origin)))
}

// isProjectList reports whether projectMapping holds anything other than the word for all projects.
func isProjectList(value []byte) bool {
	value = bytes.TrimSpace(value)
	return len(value) > 0 && !bytes.EqualFold(value, []byte(allProjects))
}

// hidesSecret reports whether an origin has a password or a token before its host.
func hidesSecret(origin []byte) bool {
	if bytes.IndexByte(origin, '@') < 0 {
		return false
	}
	user, scheme := userInfo(origin)
	name, password, _ := bytes.Cut(user, []byte(":"))
	return len(password) > 0 || isHTTP(scheme) && looksLikeToken(name)
}

// WithoutCredentials returns an origin without what stands before its host, if that hides a password or a token. What it returns may be
// shown; the server knows it by the other.
func WithoutCredentials(origin string) string {
	if !strings.Contains(origin, "@") {
		return origin
	}
	return string(withoutUserInfo([]byte(origin)))
}

// withoutUserInfo is an origin without what stands before its host, if that hides a secret.
func withoutUserInfo(origin []byte) []byte {
	if !hidesSecret(origin) {
		return origin
	}
	user, _ := userInfo(origin)
	before, after, _ := bytes.Cut(origin, append(bytes.Clone(user), '@'))
	return slices.Concat(before, after)
}
