package gijtsv

import (
	"bytes"
	"fmt"
	"hash/maphash"
)

// checkRow looks at what several cells of a row say together.
func (v *Validator) checkRow() {
	if v.at.id < 0 {
		return // nothing tells new rows from others
	}
	isNew := len(trimmed(v.row, v.at.id)) == 0
	v.checkRoot(isNew)
	if isNew {
		v.checkNew()
	}
}

// checkRoot: the vendor says that realRoot needs absoluteRoot, and also that a file may leave out what is to stay.
func (v *Validator) checkRoot(isNew bool) {
	if len(trimmed(v.row, v.at.realRoot)) == 0 || len(trimmed(v.row, v.at.absoluteRoot)) > 0 {
		return
	}
	severity := SeverityError
	if !isNew && v.at.absoluteRoot < 0 {
		severity = SeverityWarning
	}
	v.problem(v.at.realRoot, severity, CodeMissingAbsoluteRoot, "realRoot is set, and absoluteRoot is not", "set absoluteRoot to true or false")
}

// checkNew looks at a row without id: the server makes a repository of it.
func (v *Validator) checkNew() {
	if len(trimmed(v.row, v.at.remove)) > 0 {
		v.fail(v.at.remove, CodeDeleteWithoutID, "the row has no id, so nothing can be deleted", "give the id, or leave delete blank")
		return
	}
	origin := trimmed(v.row, v.at.origin)
	if len(origin) == 0 {
		v.fail(v.at.id, CodeMissingOrigin, "a row without id is a new repository, and this one has no origin",
			"give the id of the row to change, or an origin")
		return
	}
	kind := v.kinds.Kind(v.row)
	v.checkDuplicateOrigin(origin, kind)
	v.checkNewKind(origin, kind)
	if len(trimmed(v.row, v.at.hosted)) > 0 {
		v.warn(v.at.hosted, CodeReadOnly, "hosted is set by the server alone", "leave it blank in a new row")
	}
}

// checkDuplicateOrigin holds 64 bits of hash for each new row: that two of a million different origins have the same is less
// likely than one in ten million. One host may have several integrations, each with a name of its own.
func (v *Validator) checkDuplicateOrigin(origin []byte, kind RowKind) {
	key := maphash.Bytes(v.seed, origin)
	if kind == RowIntegration {
		for _, column := range []int{v.at.integrationType, v.at.displayName} {
			key = key*31 + maphash.Bytes(v.seed, trimmed(v.row, column))
		}
	}
	if line, there := v.origins[key]; there {
		v.fail(v.at.origin, CodeDuplicateOrigin, fmt.Sprintf("line %d has no id and the same origin", line), "delete one of the two rows")
		return
	}
	v.origins[key] = line32(v.row.Line)
}

func (v *Validator) checkNewKind(origin []byte, kind RowKind) {
	switch kind {
	case RowGitHubApp:
		if v.options.NewGitHubApp {
			return
		}
		v.fail(v.at.id, CodeNewGitHubApp, "an integration of a GitHub App cannot be made by a file",
			"connect the app in Jira first, or give the id of its row")
	case RowIntegration:
		v.warn(v.at.id, CodeNewIntegration, "that a file can make an integration is not documented",
			"add the integration first, and give its id")
	case RowRepository:
		v.checkCredentials(origin)
	case RowChild, RowUnknown:
	}
}

// checkCredentials: the vendor says that a repository with an https origin fails to import without a password or a token.
func (v *Validator) checkCredentials(origin []byte) {
	const scheme = "https://"
	if len(origin) < len(scheme) || !bytes.EqualFold(origin[:len(scheme)], []byte(scheme)) {
		return
	}
	if len(v.row.Value(v.at.password)) > 0 || len(v.row.Value(v.at.pat)) > 0 {
		return
	}
	v.warn(v.at.origin, CodeMissingCredential, "an https origin needs a password or a pat", "use git@host:path and a stored SSH key, or give one")
}
