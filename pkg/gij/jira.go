package gij

import (
	"context"
	"encoding/json"
	"errors"
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

// wireProject is a project as Jira sends it: its id is a string.
type wireProject struct{ ID, Key, Name string }

func (w wireProject) project() (Project, error) {
	id, err := strconv.ParseInt(w.ID, 10, 64)
	return Project{ID: id, Key: w.Key, Name: w.Name}, err
}

// Project returns the project with this key, which must be one that the account may see; a [KindNotFound] error if
// there is none.
//
// See https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/project-getProject.
func (s *JiraService) Project(ctx context.Context, key string) (Project, error) {
	op := "find project " + key
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: projectPath + "/" + url.PathEscape(key)})
	if err != nil {
		return Project{}, explainProject(op, key, err)
	}
	var wire wireProject
	if err := json.Unmarshal(data, &wire); err != nil {
		return Project{}, s.client.undecodable(op, a, err)
	}
	found, err := wire.project()
	if err != nil {
		return Project{}, s.client.undecodable(op, a, err)
	}
	return found, nil
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

// Projects returns all projects that the account may see, in the order of the server.
//
// See https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/project-getAllProjects.
func (s *JiraService) Projects(ctx context.Context) ([]Project, error) {
	var wire []wireProject
	a, err := s.read(ctx, call{op: "list projects", path: projectPath}, &wire)
	if err != nil {
		return nil, err
	}
	all := make([]Project, 0, len(wire))
	for _, w := range wire {
		one, err := w.project()
		if err != nil {
			return nil, s.client.undecodable("list projects", a, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// User is an account of Jira.
type User struct {
	Name         string `json:"name"` // that it logs in with
	Key          string `json:"key"`  // that stays when it is renamed
	DisplayName  string `json:"displayName"`
	EmailAddress string `json:"emailAddress"`
	Active       bool   `json:"active"`
}

// Myself returns the account that the client is logged in as; a [KindAuth] error if it is logged in as none.
//
// See https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/myself-getUser.
func (s *JiraService) Myself(ctx context.Context) (User, error) {
	const op = "find out who is logged in"
	var user User
	a, err := s.read(ctx, call{op: op, path: myselfPath}, &user)
	if err != nil {
		return User{}, err
	}
	if user.Name == "" && user.Key == "" {
		return User{}, s.client.undecodable(op, a, errors.New("it names no user"))
	}
	return user, nil
}

// ServerInfo is what Jira tells everybody about itself.
type ServerInfo struct {
	BaseURL        string `json:"baseUrl"` // as its administrator configured it, which need not be how it is reached
	Version        string `json:"version"` // "10.3.12"
	DeploymentType string `json:"deploymentType"`
	ServerTitle    string `json:"serverTitle"`
}

// ServerInfo returns what Jira tells about itself. It needs no login; a credential that Jira does not accept is refused
// here as well.
//
// See https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/serverInfo-getServerInfo.
func (s *JiraService) ServerInfo(ctx context.Context) (ServerInfo, error) {
	const op = "read Jira's server information"
	var info ServerInfo
	a, err := s.read(ctx, call{op: op, path: serverInfoPath}, &info)
	if err != nil {
		return ServerInfo{}, err
	}
	if info.BaseURL == "" && info.Version == "" {
		return ServerInfo{}, s.client.undecodable(op, a, errors.New("it has neither a version nor a base URL"))
	}
	return info, nil
}

// keyAdminister is Jira's key of the global permission that its administrators have.
const keyAdminister = "ADMINISTER"

// IsAdmin reports whether the account is a Jira administrator. A server that does not name the permission in its answer
// counts as no.
//
// It names the permission that it asks for: newer versions of Jira may want that, and older ones ignore it [inferred].
// See https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/#api/2/mypermissions-getPermissions.
func (s *JiraService) IsAdmin(ctx context.Context) (bool, error) {
	const op = "read the account's permissions"
	var wire struct {
		Permissions map[string]struct {
			HavePermission flexBool `json:"havePermission"`
		} `json:"permissions"`
	}
	a, err := s.read(ctx, call{op: op, path: permissionsPath, query: url.Values{"permissions": {keyAdminister}}}, &wire)
	if err != nil {
		return false, err
	}
	if wire.Permissions == nil {
		return false, s.client.undecodable(op, a, errors.New("it holds no permissions"))
	}
	return bool(wire.Permissions[keyAdminister].HavePermission), nil
}

// read asks for a resource of Jira's own API and decodes the answer into v.
func (s *JiraService) read(ctx context.Context, call call, v any) (*reply, error) {
	call.method = http.MethodGet
	a, data, err := s.client.do(ctx, call)
	if err != nil {
		return nil, s.explainJira(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return nil, s.client.undecodable(call.op, a, explainDecode(err))
	}
	return a, nil
}

// explainJira puts what a refusal means where GIJ has no part in it.
func (s *JiraService) explainJira(err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Kind {
	case KindAppMissing, KindNotFound:
		e.Kind = KindFailed
		e.Message = "404: this is not Jira, or the URL lacks its context path"
		e.Advice = "check that " + s.client.base.String() + " is Jira's base URL, like https://jira.example.com/jira"
	case KindForbidden:
		e.Advice = "Jira or a proxy before it lets this account do nothing; ask Jira's administrator"
		if s.client.basic {
			e.Advice += "; where Jira has Basic authentication switched off, as Jira 11 does, use a token: " + tokenAdvice
		}
	case KindFailed, KindNetwork, KindAuth, KindNotApplied, KindUnknown:
	}
	return e
}
