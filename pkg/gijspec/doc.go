// Package gijspec is the vocabulary of Git Integration for Jira Self-Managed (GIJ) as data: the integration types, the
// fields of an integration request, the AWS regions, and the checks that can be made on a value without a server.
// Help, completion, validation and the reference documentation derive from it.
//
// The words are the vendor's:
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/ (fields, regions) and
// https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-type-api-examples-gij-self-managed/ (types).
// Where the vendor's pages contradict each other or are silent, a comment carries a tag: documented, inferred (with the
// reason) or unknown. An unknown is never checked as if it were known: it passes, with a warning or a note where that helps.
//
// The package imports nothing of this module, reads nothing, keeps no state: every function returns a fresh copy, so that
// a caller may change what it gets. Everything is safe for concurrent use.
package gijspec
