// Package sandbox is an embedded Jira with Git Integration for Jira (GIJ): the target to try gijctl on without a Jira,
// and the server that every test talks to.
//
// It is written from the vendor's documentation alone and shares no code with the client, so that the two cannot agree
// by sharing a mistake. What the vendor leaves unknown is a fault: a knob of [Options] that makes the server answer in
// another way a real one might. Comments mark such places with "[U] in the contract".
//
// It has a GitHub beside it, on an origin of its own, with pages and a REST API for GitHub Apps: GIJ's rows of GitHub Apps get into that
// one, with the keys that they have.
//
// All state is in one file, which several servers may use at once.
package sandbox
