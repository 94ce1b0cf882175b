package gij

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// Project is a Jira project. Integrations are associated with projects by id.
type Project struct {
	ID   int64
	Key  string
	Name string
}

// Project returns the project with this key, which must be one that the account may see; a [KindNotFound] error if
// there is none.
//
// See https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/project-getProject.
func (s *JiraService) Project(ctx context.Context, key string) (Project, error) {
	op := "find project " + key
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: projectPath + url.PathEscape(key)})
	if err != nil {
		return Project{}, explainProject(op, key, err)
	}
	var wire struct{ ID, Key, Name string }
	if err := json.Unmarshal(data, &wire); err != nil {
		return Project{}, s.client.undecodable(op, a, err)
	}
	id, err := strconv.ParseInt(wire.ID, 10, 64)
	if err != nil {
		return Project{}, s.client.undecodable(op, a, err)
	}
	return Project{ID: id, Key: wire.Key, Name: wire.Name}, nil
}

// explainProject puts what 404 means here: this is Jira's own API, not GIJ's.
func explainProject(op, key string, err error) error {
	if !IsKind(err, KindAppMissing) && !IsKind(err, KindNotFound) {
		return err
	}
	return &Error{
		Kind: KindNotFound, Op: op, Status: http.StatusNotFound, Message: "Jira shows this account no project with the key " + key,
		Advice: "project keys are upper case, like PLAT; a project that the account may not browse is not found either", Err: err,
	}
}
