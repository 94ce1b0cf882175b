package gijtsv

import "bytes"

// checkOrigin looks for space and for credentials. No message shows the origin.
func (v *Validator) checkOrigin(column int, cell *Cell) {
	value := v.trim(column, cell)
	at := bytes.IndexByte(value, '@')
	if at < 0 {
		v.checkOriginText(column, cell)
		return
	}
	user, scheme := userInfo(value)
	name, password, hasPassword := bytes.Cut(user, []byte(":"))
	const remedy = "take it out, and give username and password or pat, or use git@host:path and a stored SSH key"
	switch {
	case hasPassword && len(password) > 0:
		v.fail(column, CodeOriginCredentials, v.name(column)+" has a password in it, which every user could see", remedy)
	case isHTTP(scheme) && looksLikeToken(name):
		v.fail(column, CodeOriginCredentials, v.name(column)+" has a token in it, which every user could see", remedy)
	case isHTTP(scheme) && len(name) > 0:
		v.warn(column, CodeOriginCredentials, v.name(column)+" has a user name in it", "give it in username")
	default:
		v.checkOriginText(column, cell)
	}
}

func (v *Validator) checkOriginText(column int, cell *Cell) {
	if cell.Quoted && bytes.ContainsAny(bytes.TrimSpace(cell.Value), "\r\n\t") {
		v.fail(column, CodeBadOrigin, v.name(column)+" has a line break or a tab in it", "write the URL in one piece")
	}
}

// userInfo returns what stands before the @ of a URL's host, and the URL's scheme. It also finds it in what does not parse.
func userInfo(origin []byte) (user, scheme []byte) {
	scheme, rest, ok := bytes.Cut(origin, []byte("://"))
	if !ok {
		return nil, nil
	}
	if end := bytes.IndexAny(rest, `/\?#`); end >= 0 {
		rest = rest[:end]
	}
	at := bytes.LastIndexByte(rest, '@')
	if at < 0 {
		return nil, scheme
	}
	return rest[:at], scheme
}

func isHTTP(scheme []byte) bool {
	return bytes.EqualFold(scheme, []byte("https")) || bytes.EqualFold(scheme, []byte("http"))
}

// looksLikeToken reports whether a user name is a token, as some hosts take it: by its begin, or by its length.
func looksLikeToken(name []byte) bool {
	const longestName = 20
	for _, prefix := range []string{"ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "x-token-auth"} {
		if bytes.HasPrefix(name, []byte(prefix)) {
			return true
		}
	}
	return len(name) >= longestName && bytes.IndexByte(name, '%') < 0
}
