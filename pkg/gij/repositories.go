package gij

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// RepositoriesService reads repositories, which share one id space with integrations.
type RepositoriesService service

// Repository is what the server says of a repository, as far as it is needed to tell one from an integration.
type Repository struct {
	ID          int64  `json:"id"`
	DisplayName string `json:"displayName"`
	Origin      string `json:"origin"`
	// TrackedFolderID is the id of the integration that the repository belongs to, 0 for none.
	TrackedFolderID int64 `json:"trackedFolderId"`
}

// List returns all repositories that the account may see.
//
// See https://help.gitkraken.com/git-integration-for-jira-data-center/retrieve-repository-list-gij-self-managed/.
func (s *RepositoriesService) List(ctx context.Context) ([]Repository, error) {
	const op = "list repositories"
	a, data, err := s.client.do(ctx, call{op: op, method: http.MethodGet, path: repositoryPath, query: url.Values{"all": {""}}})
	if err != nil {
		return nil, err
	}
	var wire struct {
		Repositories []Repository `json:"repositories"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return nil, s.client.undecodable(op, a, err)
	}
	return wire.Repositories, nil
}
