// Package githubapp is the life of a GitHub App as its owner sees it, on GitHub.com, GHE.com and GitHub Enterprise Server: it is
// made from a manifest in the owner's browser, installed, watched, suspended, and its private key is rotated.
//
// Nothing in it knows Jira or Git Integration for Jira. What GitHub documents, and what is inferred, the comments tell.
//
// https://docs.github.com/en/apps
package githubapp
