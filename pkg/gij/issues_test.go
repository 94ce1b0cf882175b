package gij_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/gij"
)

// TestCommits has the vendor's samples: newer and older ones differ in dates and branches.
func TestCommits(t *testing.T) {
	t.Parallel()
	const body = `{"commits":[
		{"author":"msmith <mark@example.com>","commitId":"257b","date":"2015-12-07 10:54:56 +0600","message":"with TST-123","repository":{"id":5,"name":"test repository name"},
		 "branch":"master","notes":{"refs/notes/commits":"TST-1 fixed also"},
		 "files":[{"path":"testFile2.txt","linesAdded":1,"linesChanged":0,"linesDeleted":2,"added":true,"deleted":false}]},
		{"author":"John","commitId":"2e7f","isMergeCommit":true,"date":"2023-05-30T21:55:44+0700","message":"Merge","notes":{},"branches":["TEST-2","main"]},
		{"commitId":"34ef","date":"2015-05-18T10:52:54.000+0000","message":null},
		{"commitId":"a","date":1605155936000},{"commitId":"b","date":"2026-03-02T09:00:00Z"},{"commitId":"c","date":"yesterday"},{"commitId":"d"}]}`
	var asked []sent
	client := serve(t, recordTo(&asked, answerJSON(body)))
	date := func(text string, y int, m time.Month, d, h, minute, s int) gij.CommitDate {
		return gij.CommitDate{Text: text, Time: time.Date(y, m, d, h, minute, s, 0, time.UTC)}
	}
	yes := true
	diff(t, "commits", []gij.Commit{
		{
			ID: "257b", Author: "msmith <mark@example.com>", Date: date("2015-12-07 10:54:56 +0600", 2015, 12, 7, 4, 54, 56), Message: "with TST-123",
			Repository: &gij.CommitRepository{ID: 5, Name: "test repository name"}, Branches: []string{"master"},
			Notes: map[string]string{"refs/notes/commits": "TST-1 fixed also"}, Files: []gij.CommitFile{{Path: "testFile2.txt", LinesAdded: 1, LinesDeleted: 2, Added: true}},
		},
		{ID: "2e7f", Author: "John", Date: date("2023-05-30T21:55:44+0700", 2023, 5, 30, 14, 55, 44), Message: "Merge", Branches: []string{"TEST-2", "main"}, IsMerge: &yes},
		{ID: "34ef", Date: date("2015-05-18T10:52:54.000+0000", 2015, 5, 18, 10, 52, 54)},
		{ID: "a", Date: date("1605155936000", 2020, 11, 12, 4, 38, 56)},
		{ID: "b", Date: date("2026-03-02T09:00:00Z", 2026, 3, 2, 9, 0, 0)},
		{ID: "c", Date: gij.CommitDate{Text: "yesterday"}},
		{ID: "d"},
	}, must[[]gij.Commit](t)(client.Issues.Commits(t.Context(), "TST-123", true)))
	must[[]gij.Commit](t)(client.Issues.Commits(t.Context(), "A/../B-1", false))
	diff(t, "sent", []sent{{"GET", "/rest/gitplugin/1.0/issues/TST-123/commits?showFiles=true", ""}, {"GET", "/rest/gitplugin/1.0/issues/A%2F..%2FB-1/commits", ""}}, asked)
}

// TestBranchesAndTags has the vendor's samples.
func TestBranchesAndTags(t *testing.T) {
	t.Parallel()
	var asked []sent
	client := serve(t, recordTo(&asked, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/branches"):
			answerJSON(`{"success":true,"branches":["master","release","TEST-435"]}`)(w, r)
		case strings.HasSuffix(r.URL.Path, "/tag"):
			answerJSON(`{"tags":[{"name":"test tag 1","commitId":"4caf","repoId":2,"repoName":"test-repo-01","isGitViewerEnabled":true,
				"committerName":"John Smith","committerEmail":"johnsmith@example.com","creationDate":1617978448000}],
				"isTagsFeatureEnabled":true,"hasMore":true,"calculationError":"","firstTag":{"name":"x"}}`)(w, r)
		default:
			answerJSON(`{"commitCount":53,"repositories":[{"repoId":12718,"repoName":"test-repo","branches":[{"name":"TEST-435-branch-001",
				"isAheadBehindPresented":true,"ahead":2,"behind":6448,"externalUrl":"https://example.com/tree/x"}]}],"notAllPermissions":false}`)(w, r)
		}
	}))
	diff(t, "branches", []string{"master", "release", "TEST-435"}, must[[]string](t)(client.Issues.Branches(t.Context(), "TEST-435")))
	must[[]string](t)(client.Issues.Branches(t.Context(), ""))
	diff(t, "details", gij.IssueDetails{CommitCount: 53, Repositories: []gij.IssueRepository{{
		ID: 12718, Name: "test-repo",
		Branches: []gij.IssueBranch{{Name: "TEST-435-branch-001", Ahead: 2, Behind: 6448, Compared: true, ExternalURL: "https://example.com/tree/x"}},
	}}}, must[gij.IssueDetails](t)(client.Issues.Details(t.Context(), "TEST-435")))
	tags := must[gij.Tags](t)(client.Issues.Tags(t.Context(), "TEST-435", 2))
	if !tags.HasMore || len(tags.Tags) != 1 || tags.Tags[0].CreationDate.Unix() != 1617978448 || tags.Tags[0].RepositoryName != "test-repo-01" {
		t.Errorf("tags: %+v", tags)
	}
	diff(t, "sent", []sent{
		{"GET", "/rest/gitplugin/1.0/issues/branches?key=TEST-435", ""},
		{"GET", "/rest/gitplugin/1.0/issues/branches", ""},
		{"GET", "/rest/gitplugin/1.0/issuegitdetails/issue/TEST-435", ""},
		{"GET", "/rest/gitplugin/1.0/issuegitdetails/issue/TEST-435/tag?tagsPerRepository=2", ""},
	}, asked)
	_, err := serve(t, answerJSON(`{"branches":5}`)).Issues.Branches(t.Context(), "A-1")
	wantError{gij.KindFailed, "failed", 200, "list the branches of A-1: the answer cannot be understood", ""}.check(t, err)
}

// demoCommit is a commit of the sandbox's.
const demoCommit = "e2e3563728a59778faf9d8745dcbd59fd4c0807a"

func TestChangeIssues(t *testing.T) {
	t.Parallel()
	change := gij.IssueChange{Add: []string{"PLAT-6", "PLAT-7"}, Remove: []string{"PLAT-1"}}
	for _, fault := range []string{"commits-path=commits", "commits-path=commit", "drop-after-write=1", "drop-before-write=1"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil, fault)
			diff(t, "before", []string{"PLAT-1"}, must[[]string](t)(w.client.Issues.IssuesOf(t.Context(), 3, demoCommit)))
			diff(t, "after", change.Add, must[[]string](t)(w.client.Issues.ChangeIssues(t.Context(), 3, demoCommit, change)))
		})
	}
	w := newWorld(t, nil, "link-ignored")
	_, err := w.client.Issues.ChangeIssues(t.Context(), 3, demoCommit, change)
	wantError{gij.KindNotApplied, "failed", 0, "the server answered success", "repository is associated"}.check(t, err)
	_, err = w.client.Issues.IssuesOf(t.Context(), 3, "0000")
	wantError{gij.KindNotFound, "not_found", 404, "Commit 0000 does not exist", ""}.check(t, err)
	w = newWorld(t, nil, "not-installed")
	_, err = w.client.Issues.IssuesOf(t.Context(), 3, demoCommit)
	wantError{gij.KindAppMissing, "failed", 404, "404", ""}.check(t, err)
	w = newWorld(t, nil, "bad-gateway", "writes-only")
	_, err = w.client.Issues.ChangeIssues(t.Context(), 3, demoCommit, gij.IssueChange{Add: []string{"PLAT-1"}})
	if err != nil {
		t.Errorf("what is so already was not seen: %v", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	const value = "https://hooks.example.com/jira"
	for _, faults := range [][]string{nil, {"settings-answer=empty"}, {"settings-answer=text"}, {"drop-after-write=1"}, {"drop-before-write=1"}, {"truncate"}} {
		w := newWorld(t, nil, faults...)
		if err := w.client.Settings.SetAltJiraBaseURL(t.Context(), value); err != nil && len(faults) > 0 && faults[0] != "truncate" {
			t.Errorf("%v: %v", faults, err)
		}
		w.setFaults(t)
		if now := must[gij.Settings](t)(w.client.Settings.Get(t.Context())); now.AltJiraBaseURL == nil || *now.AltJiraBaseURL != value {
			t.Errorf("%v: the setting is %v", faults, now.AltJiraBaseURL)
		}
	}
	for _, fault := range []string{"settings-get=405", "settings-get=404"} {
		w := newWorld(t, nil, fault)
		if _, err := w.client.Settings.Get(t.Context()); !errors.Is(err, gij.ErrNotShown) {
			t.Errorf("%s: %v", fault, err)
		}
	}
	err := newWorld(t, nil, "no-settings").client.Settings.SetAltJiraBaseURL(t.Context(), value)
	wantError{gij.KindFailed, "failed", 0, "since 4.27", "update"}.check(t, err)
	err = newWorld(t, nil, "not-installed").client.Settings.SetAltJiraBaseURL(t.Context(), value)
	wantError{gij.KindAppMissing, "failed", 404, "404", ""}.check(t, err)
	err = newWorld(t, nil, "html-login").client.Settings.SetAltJiraBaseURL(t.Context(), value)
	wantError{gij.KindAuth, "auth", 200, "login page", ""}.check(t, err)
	err = newWorld(t, nil, "settings-get=405", "bad-gateway").client.Settings.SetAltJiraBaseURL(t.Context(), value)
	wantError{gij.KindUnknown, "partial", 0, "unknown whether it was done", "twice does no harm"}.check(t, err)
	for body, want := range map[string]string{
		`{"altJiraBaseUrl":"x"}`: "x", `{"success":true,"settings":{"altJiraBaseUrl":"y"}}`: "y", `{"success":true}`: "(nil)", `{"altJiraBaseUrl":null}`: "(nil)",
	} {
		now := must[gij.Settings](t)(serve(t, answerJSON(body)).Settings.Get(t.Context()))
		got := "(nil)"
		if now.AltJiraBaseURL != nil {
			got = *now.AltJiraBaseURL
		}
		if got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
}
