package sandbox

import (
	"errors"
	"fmt"
	"net/url"
	"regexp/syntax"
	"slices"
	"strings"
	"time"
)

// newRow makes an integration from the body of a POST, without an id.
func (p *patch) newRow(st *state, author string, now time.Time) (*row, error) {
	if p.Type == nil || *p.Type == "" {
		return nil, problem{text: "Integration type is required", advice: "Please set type to one of: " + kindNames()}
	}
	k := kindOf(*p.Type)
	if k.name == "" {
		return nil, problem{text: fmt.Sprintf("Unknown integration type '%s'", *p.Type), advice: "Please use one of: " + kindNames()}
	}
	if err := p.checkRequired(k); err != nil {
		return nil, err
	}
	r := &row{Type: k.name, Author: author, InitDate: now.UnixMilli(), Global: true, features: defaultFeatures()}
	if k.name == "FILESPACE" {
		r.FolderDepth = 1
	}
	if err := p.apply(st, r); err != nil {
		return nil, err
	}
	fillDefaults(r, k)
	return r, nil
}

// checkRequired checks what a new integration of that kind needs. The vendor documents the needs, not the words of the
// refusal ([U] in the contract).
func (p *patch) checkRequired(k kind) error {
	if k.selfHosted && (p.Origin == nil || *p.Origin == "") {
		return required(k, "origin")
	}
	if k.name == "AWS" && (p.AwsRegion == nil || *p.AwsRegion == "") {
		return required(k, "awsRegion")
	}
	if len(k.logins) == 0 {
		return nil
	}
	sent := p.secrets()
	var ways []string
	for _, l := range k.logins {
		if l.isIn(sent) {
			return nil
		}
		ways = append(ways, strings.Join(l, " and "))
	}
	return required(k, strings.Join(ways, ", or "))
}

func (l login) isIn(sent map[string]string) bool {
	return !slices.ContainsFunc(l, func(field string) bool { return sent[field] == "" })
}

func required(k kind, what string) error {
	return problem{
		text:   fmt.Sprintf("Required parameter is missing for integration type %s: %s", k.name, what),
		advice: "Please provide " + what + ".",
	}
}

func fillDefaults(r *row, k kind) {
	if r.Origin == "" {
		r.Origin = k.origin
		if k.name == "AWS" {
			r.Origin = codeCommitOrigin(r.AwsRegion)
		}
	}
	if r.DisplayName != "" {
		return
	}
	r.DisplayName = k.displayName
	if k.name == "AWS" {
		r.DisplayName = "git-codecommit." + r.AwsRegion
	}
	if r.DisplayName == "" {
		r.DisplayName = r.Origin
	}
}

// apply merges what was sent into the row: PUT changes only that. The row is the caller's own.
func (p *patch) apply(st *state, r *row) error {
	k := kindOf(r.Type)
	if err := p.check(k); err != nil {
		return err
	}
	set(&r.DisplayName, p.DisplayName)
	set(&r.Origin, p.Origin)
	set(&r.Disabled, p.Disabled)
	p.mergeInto(&r.features)
	if k.name == "FILESPACE" {
		set(&r.FolderDepth, p.FolderDepth)
	}
	if err := p.applyRegion(k, r); err != nil {
		return err
	}
	return p.applyProjects(st, r)
}

func (p *patch) applyRegion(k kind, r *row) error {
	if k.name != "AWS" || p.AwsRegion == nil {
		return nil
	}
	region, typo, err := regionOf(*p.AwsRegion)
	if err != nil {
		return err
	}
	r.AwsRegion, r.AwsRegionTypo = region, typo
	return nil
}

// applyProjects sets the association. While global is true the list is ignored, and an answer shows an empty one.
func (p *patch) applyProjects(st *state, r *row) error {
	set(&r.Global, p.Global)
	if r.Global {
		r.Projects = nil
		return nil
	}
	if p.ProjectMappingIDs == nil {
		return nil
	}
	ids := slices.Clone(*p.ProjectMappingIDs)
	slices.Sort(ids) // the request class has a set
	ids = slices.Compact(ids)
	for _, id := range ids {
		if st.project(id) == nil {
			return problem{text: fmt.Sprintf("Project with id=%d does not exist", id), advice: "Please try again with existing project ids."}
		}
	}
	r.Projects = ids
	return nil
}

// check looks at the values alone. The vendor documents the limits and not what happens beyond them ([U] in the
// contract); the sandbox refuses.
func (p *patch) check(k kind) error {
	checks := []func(kind) error{p.checkOrigin, p.checkNumbers, p.checkAPIPath, p.checkFilters}
	for _, check := range checks {
		if err := check(k); err != nil {
			return err
		}
	}
	return nil
}

func (p *patch) checkOrigin(k kind) error {
	if p.Origin == nil || *p.Origin == "" || k.name == "FILESPACE" {
		return nil // whether one is needed is checked elsewhere, and a folder can have any name
	}
	u, err := url.Parse(*p.Origin)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return problem{text: fmt.Sprintf("Origin '%s' is not a valid URL", *p.Origin), advice: "Please use an http or https URL."}
	}
	return nil
}

func (p *patch) checkNumbers(k kind) error {
	if p.MaxMinsToCommitEmail != nil && *p.MaxMinsToCommitEmail < 0 {
		return problem{text: "maxMinsToCommitEmail must not be negative", advice: "Please use a number of minutes."}
	}
	if k.name == "FILESPACE" && p.FolderDepth != nil && (*p.FolderDepth < 1 || *p.FolderDepth > 5) {
		return problem{text: "folderDepth is out of range", advice: "Please use a number from 1 to 5."}
	}
	return nil
}

func (p *patch) checkAPIPath(k kind) error {
	if p.APIPath == nil || *p.APIPath == "" {
		return nil
	}
	switch {
	case !k.hasAPIPath():
		return problem{text: "apiPath is not supported for integration type " + k.name, advice: "Please use it with GitHub and GitLab."}
	case !strings.HasPrefix(*p.APIPath, "/"):
		return problem{text: "apiPath must start with '/'", advice: "Please use a path such as /user/repos."}
	case len(*p.APIPath) > 2000:
		return problem{text: "apiPath is too long", advice: "Please use at most 2000 characters."}
	}
	return nil
}

func (p *patch) checkFilters(kind) error {
	if p.APIFilter != nil && len(*p.APIFilter) > 2000 {
		return problem{text: "apiFilter is too long", advice: "Please use at most 2000 characters."}
	}
	if p.APIFilter != nil && !balanced(*p.APIFilter) {
		return problem{text: "apiFilter is not a valid JMESPath expression", advice: "Please correct the expression."}
	}
	if p.TagsFilter != nil && brokenRegex(*p.TagsFilter) {
		return problem{text: "tagsFilter is not a valid regular expression", advice: "Please correct the expression."}
	}
	if p.PrHideFilter != nil && brokenRegex(*p.PrHideFilter) {
		return problem{text: "prHideFilter is not a valid regular expression", advice: "Please correct the expression."}
	}
	return nil
}

// balanced is as much of a JMESPath parser as a sandbox needs: brackets close in order outside of quotes.
func balanced(expression string) bool {
	var open []rune
	var quote rune
	closes := map[rune]rune{')': '(', ']': '[', '}': '{'}
	for _, c := range expression {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.ContainsRune("'\"`", c):
			quote = c
		case strings.ContainsRune("([{", c):
			open = append(open, c)
		case closes[c] != 0:
			if len(open) == 0 || open[len(open)-1] != closes[c] {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return quote == 0 && len(open) == 0
}

// brokenRegex finds the mistakes that are mistakes in Java's regular expressions as well as in Go's.
func brokenRegex(expression string) bool {
	_, err := syntax.Parse(expression, syntax.Perl)
	var broken *syntax.Error
	if !errors.As(err, &broken) {
		return false
	}
	switch broken.Code {
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrTrailingBackslash, syntax.ErrMissingRepeatArgument:
		return !strings.Contains(expression, "(?")
	}
	return false
}
