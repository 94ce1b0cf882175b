package gij

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// IssueChange says which issues a commit is to belong to from now on, and to which no longer.
type IssueChange struct{ Add, Remove []string }

// body has what is removed first, as the vendor's example does.
func (c IssueChange) body() []byte {
	words := []string{}
	for _, key := range c.Remove {
		words = append(words, "d:"+key)
	}
	for _, key := range c.Add {
		words = append(words, "a:"+key)
	}
	body, err := json.Marshal(map[string][]string{"changeStrs": words})
	if err != nil {
		return nil // strings always encode
	}
	return body
}

// commitPath is that of the vendor's specification, or that of its example, which says commit for commits.
func commitPath(repository int64, hash string, asInExample bool) string {
	word := "commits"
	if asInExample {
		word = "commit"
	}
	return fmt.Sprintf("%s/%d/%s/%s/issues", repositoryPath, repository, word, url.PathEscape(hash))
}

// ChangeRequest returns what [IssuesService.ChangeIssues] sends.
func (s *IssuesService) ChangeRequest(repository int64, hash string, change IssueChange) Request {
	return Request{Method: http.MethodPost, Path: commitPath(repository, hash, s.client.oldCommits.Load()), Body: change.body()}
}

// IssuesOf returns the keys of the issues that a commit of a repository belongs to.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/get-commit-issue-changes-gij-self-managed/.
func (s *IssuesService) IssuesOf(ctx context.Context, repository int64, hash string) ([]string, error) {
	op := fmt.Sprintf("list the issues of commit %s in repository %d", hash, repository)
	var wire struct {
		IssueKeys []string `json:"issueKeys"`
	}
	data, err := s.doCommit(ctx, call{op: op, method: http.MethodGet}, repository, hash)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return nil, s.client.undecodable(op, &reply{start: string(data[:min(len(data), maxStart)])}, explainDecode(err))
	}
	return wire.IssueKeys, nil
}

// ChangeIssues changes which issues a commit belongs to, and returns the keys that it then has. The vendor's example says that the same
// commit is changed in other repositories as well.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/update-commit-issue-changes-gij-self-managed/.
func (s *IssuesService) ChangeIssues(ctx context.Context, repository int64, hash string, change IssueChange) ([]string, error) {
	op := fmt.Sprintf("change the issues of commit %s in repository %d", hash, repository)
	send := func(ctx context.Context) error {
		_, err := s.doCommit(ctx, call{op: op, method: http.MethodPost, body: change.body()}, repository, hash)
		return err
	}
	var now []string
	look := func(ctx context.Context) (sighting, error) {
		var err error
		if now, err = s.IssuesOf(ctx, repository, hash); err != nil {
			return sightUnsure, err
		}
		if !change.isDone(now) {
			return sightNotDone, nil
		}
		return sightDone, nil
	}
	if err := s.client.settle(ctx, op, send, look); err != nil {
		return nil, adviseUnknown(err, "look with: gijctl issue commits KEY; if it was not done, run the command again")
	}
	seen, err := look(context.WithoutCancel(ctx))
	if err != nil {
		return nil, adviseUnknown(unverified(op, err), "look with: gijctl issue commits KEY")
	}
	if seen != sightDone {
		return now, &Error{
			Kind: KindNotApplied, Op: op, Message: "the server answered success, and the commit does not belong to the issues that were asked for",
			Advice: "check that the issues exist, and that the repository is associated with their projects",
		}
	}
	return now, nil
}

func (c IssueChange) isDone(now []string) bool {
	has := func(key string) bool { return slices.Contains(now, key) }
	return !slices.ContainsFunc(c.Remove, has) && !slices.ContainsFunc(c.Add, func(key string) bool { return !has(key) })
}

// doCommit sends a call about the issues of a commit, to the address of the vendor's specification and, where the server does not
// know that one, to that of its example.
func (s *IssuesService) doCommit(ctx context.Context, call call, repository int64, hash string) ([]byte, error) {
	asInExample := s.client.oldCommits.Load()
	call.path = commitPath(repository, hash, asInExample)
	_, data, first := s.client.do(ctx, call)
	if asInExample || !lacksResource(first) {
		return data, first
	}
	call.path = commitPath(repository, hash, true)
	_, data, err := s.client.do(ctx, call)
	if err != nil && lacksResource(err) {
		return nil, first
	}
	s.client.oldCommits.Store(true)
	return data, err
}
