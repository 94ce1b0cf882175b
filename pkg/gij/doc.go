// Package gij is a client of the REST API of Git Integration for Jira Self-Managed (GIJ, by GitKraken), an app of
// Jira Data Center. See https://help.gitkraken.com/git-integration-for-jira-data-center/rest-api-gij-self-managed/.
//
// The vendor documents one shape of an answer on one page and another on the next, and leaves HTTP status codes open.
// The client therefore accepts every documented shape, and holds an operation for done only where it saw the result.
// What it could not see comes back as an [Error] that says so.
package gij
