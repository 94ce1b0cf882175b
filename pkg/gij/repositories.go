package gij

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// RepositoriesService adds, reads, changes and removes repositories, which share one id space with integrations. Any user may list
// them; the rest is for Jira administrators.
type RepositoriesService service

// adviceRepositories is what to do where a write of a repository is of unknown fate.
const adviceRepositories = "look with: gijctl repository list; if it was not done, run the command again"

// CreateRequest returns what [RepositoriesService.Create] sends, secrets masked.
func (*RepositoriesService) CreateRequest(spec RepositorySpec) Request {
	body, _ := encodeValues(spec.Values(), false) // strings, numbers and booleans always encode
	return Request{Method: http.MethodPost, Path: repositoryPath, Body: body}
}

// UpdateRequest returns what [RepositoriesService.Update] sends, secrets masked.
func (*RepositoriesService) UpdateRequest(id int64, spec RepositorySpec) Request {
	body, _ := spec.encodeUpdate(id, false) // strings, numbers and booleans always encode
	return Request{Method: http.MethodPut, Path: repositoryPath, Body: body}
}

// DisableRequest returns what [RepositoriesService.SetDisabled] sends.
func (*RepositoriesService) DisableRequest(id int64, disabled bool) Request {
	return (*IntegrationsService)(nil).DisableRequest(id, disabled)
}

// DeleteRequest returns what [RepositoriesService.Delete] sends.
func (*RepositoriesService) DeleteRequest(id int64, o DeleteOptions) Request {
	return Request{Method: http.MethodDelete, Path: repositoryPath + "?" + repositoryQuery(id, o).Encode()}
}

// repositoryQuery names what a DELETE is about: unlike that of an integration, its path has no id.
func repositoryQuery(id int64, o DeleteOptions) url.Values {
	query := o.query()
	query.Set("id", strconv.FormatInt(id, 10))
	return query
}

// RepositoryQuery says which repositories are listed. Its zero value means all.
type RepositoryQuery struct {
	// ProjectKey is a Jira project whose repositories are meant.
	ProjectKey string
}

func (q RepositoryQuery) values() url.Values {
	if q.ProjectKey != "" {
		return url.Values{"projectKey": {q.ProjectKey}}
	}
	return url.Values{"all": {""}}
}

// List returns all repositories that the account may see. The API has no pages.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/retrieve-repository-list-gij-self-managed/.
func (s *RepositoriesService) List(ctx context.Context) ([]Repository, error) {
	var all []Repository
	for r, err := range s.All(ctx, RepositoryQuery{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// All yields repositories as they arrive, without holding the answer in memory. An error ends it.
func (s *RepositoriesService) All(ctx context.Context, q RepositoryQuery) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		const op = "list repositories"
		a, body, err := s.client.open(ctx, call{op: op, method: http.MethodGet, path: repositoryPath, query: q.values()})
		if err != nil {
			yield(Repository{}, err)
			return
		}
		defer func() { _ = body.Close() }()
		stream := &listStream{reply: a, keys: []string{"repositories", "repository"}, noun: "repositories"}
		var r Repository // one place for all saves an allocation for each
		stream.item = func(raw []byte) (bool, error) {
			if err := r.UnmarshalJSON(raw); err != nil {
				return false, err
			}
			return yield(r, nil), nil
		}
		if err := stream.run(); err != nil {
			yield(Repository{}, s.client.streamError(op, a, err))
			return
		}
		if e := s.client.answerError(op, a); e != nil && !stream.stopped {
			yield(Repository{}, e)
		}
	}
}

// Get returns one repository; a [KindNotFound] error if there is none with this id. It is taken from the list: no documentation has
// a request for one.
func (s *RepositoriesService) Get(ctx context.Context, id int64) (Repository, error) {
	for r, err := range s.All(ctx, RepositoryQuery{}) {
		if err != nil || r.ID == id {
			return r, err
		}
	}
	return Repository{}, &Error{
		Kind: KindNotFound, Op: fmt.Sprintf("get repository %d", id), Message: fmt.Sprintf("there is no repository with id %d", id),
	}
}

// Create adds a repository and returns it as the server answered. existing holds the ids that were there before: if the answer is
// lost, only a repository that was not among them counts as the new one.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-repository-gij-self-managed/.
func (s *RepositoriesService) Create(ctx context.Context, spec RepositorySpec, existing []int64) (Repository, error) {
	const op = "add repository"
	body, err := encodeValues(spec.Values(), true)
	if err != nil {
		return Repository{}, err
	}
	var created Repository
	send := func(ctx context.Context) error {
		a, data, err := s.client.do(ctx, call{op: op, method: http.MethodPost, path: repositoryPath, body: body})
		if err != nil {
			return err
		}
		if created, err = a.oneRepository(data); err != nil {
			return s.client.undecodable(op, a, err)
		}
		return nil
	}
	look := func(ctx context.Context) (sighting, error) {
		found, seen, err := s.newcomer(ctx, spec, existing)
		if seen == sightDone {
			created = found
		}
		return seen, err
	}
	return created, adviseUnknown(s.client.settle(ctx, op, send, look), adviceRepositories)
}

// newcomer looks for the repository that a lost POST may have made. One that an integration found is not it.
func (s *RepositoriesService) newcomer(ctx context.Context, spec RepositorySpec, existing []int64) (Repository, sighting, error) {
	identity := spec.Only("displayName", "origin")
	var fitting []Repository
	for r, err := range s.All(ctx, RepositoryQuery{}) {
		if err != nil {
			return Repository{}, sightUnsure, err
		}
		if !r.IsNested() && len(r.Compare(identity).Different) == 0 {
			fitting = append(fitting, r)
		}
	}
	found, seen := newcomer(fitting, func(r *Repository) int64 { return r.ID }, existing)
	return found, seen, nil
}

// Update changes the fields that spec sets; the others keep their values. What a nested repository has read-only, the server ignores,
// and answers success: see [gijspec.IsReadOnlyInNested]. "disabled" is for [RepositoriesService.SetDisabled].
//
// That it succeeds is the server's word. Hold the repository against the spec with [Repository.Compare] for more. See
// https://help.gitkraken.com/git-integration-for-jira-data-center/update-existing-repository-gij-self-managed/ and
// https://help.gitkraken.com/git-integration-for-jira-data-center/update-nested-repository-api-gij-self-managed/.
func (s *RepositoriesService) Update(ctx context.Context, id int64, spec RepositorySpec) error {
	body, err := spec.encodeUpdate(id, true)
	if err != nil {
		return err
	}
	change := call{op: fmt.Sprintf("update repository %d", id), method: http.MethodPut, path: repositoryPath, body: body}
	err = s.client.settledChange(ctx, change, func(ctx context.Context) (Comparison, error) {
		now, err := s.Get(ctx, id)
		return now.Compare(spec), err
	})
	return adviseUnknown(err, adviceRepositories)
}

// Delete removes a repository from GIJ and looks that it is gone.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/delete-existing-repository-gij-self-managed/.
func (s *RepositoriesService) Delete(ctx context.Context, id int64, o DeleteOptions) error {
	deletion := call{op: fmt.Sprintf("remove repository %d", id), method: http.MethodDelete, path: repositoryPath, query: repositoryQuery(id, o)}
	err := s.client.settledDeletion(ctx, deletion, nounRepository, func(ctx context.Context) (bool, error) {
		_, err := s.Get(ctx, id)
		if IsKind(err, KindNotFound) {
			return false, nil
		}
		return err == nil, err
	})
	return adviseUnknown(err, adviceRepositories)
}

// SetDisabled disables or enables a repository and returns it as read back afterwards, as [IntegrationsService.SetDisabled] does.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/enable-disable-existing-repository-api-gij-self-managed/.
func (s *RepositoriesService) SetDisabled(ctx context.Context, id int64, disabled bool) (Repository, error) {
	var now Repository
	err := s.client.settledSwitch(ctx, id, disabled, nounRepository, func(ctx context.Context) (*bool, error) {
		var err error
		now, err = s.Get(ctx, id)
		return now.Disabled, err
	})
	return now, adviseUnknown(err, adviceRepositories)
}
