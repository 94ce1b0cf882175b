package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// repositoryPatch is the body of POST and PUT of a repository: what an integration has as well, and what it has not.
type repositoryPatch struct {
	patch
	ID                                       *int64
	MainBranch, RealRoot                     *string
	AbsoluteRoot                             *bool
	EnableFetches, CommitsValidationRequired *bool
	links                                    map[string]string // that were sent, by their keys
}

// linkKeys are the texts of web links.
func linkKeys() []string {
	return strings.Fields("webLinkType viewFormat changesetFormat fileAddedFormat fileModifiedFormat fileDeletedFormat mergeRequestFormat branchLinkFormat")
}

// readRepositoryPatch decodes a body, by the rules of [readPatch].
func readRepositoryPatch(body []byte) (repositoryPatch, error) {
	common, err := readPatch(body)
	if err != nil {
		return repositoryPatch{}, err
	}
	p := repositoryPatch{patch: common, links: map[string]string{}}
	links := map[string]*string{}
	targets := map[string]any{
		"id": &p.ID, "mainBranch": &p.MainBranch, "realRoot": &p.RealRoot, "absoluteRoot": &p.AbsoluteRoot,
		"enableFetches": &p.EnableFetches, "commitsValidationRequired": &p.CommitsValidationRequired,
	}
	for _, key := range linkKeys() {
		links[key] = new(string)
		targets[key] = links[key]
	}
	keys := map[string]json.RawMessage{}
	_ = json.Unmarshal(body, &keys) // it was just decoded
	for key, target := range targets {
		raw, ok := keys[key]
		if !ok || string(raw) == "null" {
			continue
		}
		if err := json.Unmarshal(raw, target); err != nil {
			return repositoryPatch{}, malformed{fmt.Errorf("cannot deserialize the value of %q: %w", key, err)}
		}
		if text := links[key]; text != nil {
			p.links[key] = *text
		}
	}
	// They belong to integrations: the field tables of repositories have none of them.
	p.Type, p.APIPath, p.APIFilter, p.AwsRegion, p.TfsCollection, p.FolderDepth = nil, nil, nil, nil, nil, nil
	return p, nil
}

// newRow makes a repository from the body of a POST, without what [row.complete] fills in.
func (p *repositoryPatch) newRow(st *state, author string, now time.Time, tableRoots bool) (*row, error) {
	if p.Origin == nil || *p.Origin == "" {
		return nil, problem{text: "Origin is required", advice: "Please provide origin."}
	}
	if tableRoots && (p.RealRoot == nil || p.AbsoluteRoot == nil) {
		return nil, problem{text: "realRoot and absoluteRoot are required", advice: "Please provide realRoot and absoluteRoot."}
	}
	r := &row{
		Repository: &repository{}, Author: author, InitDate: now.UnixMilli(), Global: true, features: defaultFeatures(),
	}
	if err := p.apply(st, r); err != nil {
		return nil, err
	}
	return r, nil
}

// apply merges what was sent into a row. The row and its repository are the caller's own.
func (p *repositoryPatch) apply(st *state, r *row) error {
	nested := r.Repository.TrackedFolderID != 0
	if nested {
		p.dropReadOnly()
	}
	if err := p.checkRoots(nested); err != nil {
		return err
	}
	if err := p.checkValues(); err != nil {
		return err
	}
	set(&r.DisplayName, p.DisplayName)
	set(&r.Origin, p.Origin)
	set(&r.Disabled, p.Disabled)
	p.mergeInto(&r.features)
	set(&r.Repository.MainBranch, p.MainBranch)
	if p.RealRoot != nil {
		r.setRepositoryCell("realRoot", *p.RealRoot)
	}
	if p.AbsoluteRoot != nil {
		r.setRepositoryCell("absoluteRoot", strconv.FormatBool(*p.AbsoluteRoot))
	}
	r.Columns = maps.Clone(r.Columns)
	for key, text := range p.links {
		r.setCell(key, text)
	}
	for key, value := range map[string]*bool{"enableFetches": p.EnableFetches, commitsValidation: p.CommitsValidationRequired} {
		if value != nil {
			r.setCell(key, strconv.FormatBool(*value))
		}
	}
	return p.applyProjects(st, r)
}

const commitsValidation = "commitsValidationRequired"

// dropReadOnly takes out what a nested repository has read-only: documented is that values sent for it are ignored. The page calls
// the credentials encryptedPassword and encryptedPat; that pat and password are ignored as well is inferred. Origin and folder are
// not in its table; that they are ignored is [U] in the contract.
func (p *repositoryPatch) dropReadOnly() {
	p.MainBranch, p.EnableFetches, p.DisableSslVerification, p.CommitsValidationRequired, p.RequireUserPat = nil, nil, nil, nil, nil
	p.Username, p.Password, p.Pat = nil, nil, nil
	p.Origin, p.RealRoot, p.AbsoluteRoot = nil, nil, nil
}

// checkRoots is the rule of the pair: each needs the other, says the vendor's table. Its sample has absoluteRoot false alone, which
// says nothing that is not so anyway. The words of the refusal are [U] in the contract.
func (p *repositoryPatch) checkRoots(nested bool) error {
	if nested {
		return nil
	}
	if p.RealRoot != nil && p.AbsoluteRoot == nil {
		return problem{text: "absoluteRoot is required with realRoot", advice: "Please provide absoluteRoot."}
	}
	if p.RealRoot == nil && p.AbsoluteRoot != nil && *p.AbsoluteRoot {
		return problem{text: "realRoot is required with absoluteRoot", advice: "Please provide realRoot."}
	}
	return nil
}

func (p *repositoryPatch) checkValues() error {
	if p.DisplayName != nil && p.ID != nil && *p.DisplayName == "" {
		return problem{text: "Display name is required", advice: "Please provide displayName."}
	}
	if err := p.checkNumbers(kind{}); err != nil {
		return err
	}
	return p.checkFilters(kind{})
}
