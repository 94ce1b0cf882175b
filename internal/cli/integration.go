package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

func newIntegrationCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("integration", "Add, change and remove integrations",
		`An integration connects GIJ to a Git host, or to a folder of repositories on the Jira server.

Wherever a command takes an ID, it also takes a display name that only one integration has. What consists of digits
is always an id.`,
		`  gijctl --sandbox integration list
  gijctl --sandbox integration types
  gijctl --sandbox integration add -f testdata/api/add-github.json --dry-run`, "integrations", "int")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		list := func() render.List[*integrationView] { return integrationList(a.now()) }
		return []*cobra.Command{
			hasColumns(a, newIntegrationAddCmd(a), list),
			hasColumns(a, newIntegrationUpdateCmd(a), list),
			hasColumns(a, newIntegrationRemoveCmd(a), resultList),
			hasColumns(a, newIntegrationGetCmd(a), list),
			hasColumns(a, newIntegrationListCmd(a), func() render.List[*checkedView] { return checkedList(a.now()) }),
			hasColumns(a, newIntegrationEnableCmd(a), list),
			hasColumns(a, newIntegrationDisableCmd(a), list),
			hasColumns(a, newIntegrationTypesCmd(a), typeList),
		}
	})
}

// find returns the integrations that the words name, by id or by display name, each once and in the order of the words.
// All words are looked up before an error is returned, so that a person sees every one that is wrong.
func find(ctx context.Context, client *gij.Client, words []string) ([]gij.Integration, error) {
	all, err := client.Integrations.List(ctx)
	if err != nil {
		return nil, err
	}
	var found []gij.Integration
	var problems []render.Detail
	for _, word := range words {
		row, problem := findOne(all, word)
		switch {
		case problem != nil:
			problems = append(problems, *problem)
		case !slices.ContainsFunc(found, func(i gij.Integration) bool { return i.ID == row.ID }):
			found = append(found, row)
		}
	}
	if len(problems) == 0 {
		return found, nil
	}
	return nil, notFoundError(ctx, client, problems)
}

func findOne(all []gij.Integration, word string) (gij.Integration, *render.Detail) {
	id, byID := parseID(word)
	var found []gij.Integration
	var names []string
	for _, i := range all {
		if byID && i.ID == id || !byID && i.DisplayName == word {
			found = append(found, i)
		}
		names = append(names, i.DisplayName)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return gij.Integration{}, ambiguous(word, found)
	case byID && id > 0:
		return gij.Integration{}, &render.Detail{Severity: "error", Code: codeNotFound, ID: id, Message: notAnIntegration}
	}
	d := &render.Detail{Severity: "error", Code: codeNotFound, Name: word, Message: notAnIntegration}
	if near, ok := gijspec.Nearest(word, names); ok && !byID {
		d.Remedy = fmt.Sprintf("did you mean %q?", near)
	}
	return gij.Integration{}, d
}

const notAnIntegration = "is no integration"

// parseID reports whether a word consists of digits, and which id that is. One too large for an id is -1, which no
// integration has.
func parseID(word string) (int64, bool) {
	if word == "" || strings.Trim(word, "0123456789") != "" {
		return 0, false
	}
	id, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return -1, true
	}
	return id, true
}

func ambiguous(word string, found []gij.Integration) *render.Detail {
	ids := make([]string, len(found))
	for n, i := range found {
		ids[n] = strconv.FormatInt(i.ID, 10)
	}
	return &render.Detail{
		Severity: "error", Code: codeInvalidInput, Name: word,
		Message: fmt.Sprintf("is the display name of %d integrations: %s", len(found), strings.Join(ids, ", ")), Remedy: "give the id",
	}
}

// notFoundError says which words name no integration. Integrations and repositories share one id space, so it looks
// whether an id belongs to a repository.
func notFoundError(ctx context.Context, client *gij.Client, problems []render.Detail) error {
	explainRepositories(ctx, client, problems)
	e := &cliError{code: codeNotFound, details: problems, hint: "the integrations are listed by: gijctl integration list"}
	if slices.ContainsFunc(problems, func(d render.Detail) bool { return d.Code == codeInvalidInput }) {
		e.code = codeInvalidInput
	}
	if len(problems) > 1 {
		e.message = fmt.Sprintf("%d of the arguments name no integration", len(problems))
		return e
	}
	e.details, e.message = nil, subject(problems[0])+" "+problems[0].Message
	if problems[0].Remedy != "" {
		e.hint = problems[0].Remedy
	}
	return e
}

func subject(d render.Detail) string {
	if d.ID != 0 {
		return fmt.Sprintf("id %d", d.ID)
	}
	return strconv.Quote(d.Name)
}

func explainRepositories(ctx context.Context, client *gij.Client, problems []render.Detail) {
	if !slices.ContainsFunc(problems, func(d render.Detail) bool { return d.ID > 0 }) {
		return
	}
	repositories, err := client.Repositories.List(ctx)
	if err != nil {
		return // it would only have made the message better
	}
	for n, d := range problems {
		for _, r := range repositories {
			if r.ID != d.ID {
				continue
			}
			problems[n].Message = fmt.Sprintf("is the repository %q, not an integration", r.DisplayName)
			problems[n].Remedy = "it is a single repository; the integration commands leave those alone"
			if r.TrackedFolderID != 0 {
				problems[n].Remedy = fmt.Sprintf("it belongs to integration %d", r.TrackedFolderID)
			}
		}
	}
}

// needsIntegrations asks for at least one id or name.
func needsIntegrations(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return usageError("the ids are listed by: gijctl integration list", "%q needs the ID or the display name of an integration", cmd.CommandPath())
}

// completeTypes are the words of --type.
func completeTypes(cmd *cobra.Command) {
	mustComplete(cmd, "type", func(*cobra.Command) []string { return typeCompletions() })
}

func typeCompletions() []string {
	var words []string
	for _, info := range gijspec.Types() {
		words = append(words, string(info.Type)+"\t"+info.Name)
	}
	return words
}

func completeRegions(cmd *cobra.Command) {
	mustComplete(cmd, "aws-region", func(*cobra.Command) []string {
		var words []string
		for _, region := range gijspec.Regions() {
			words = append(words, region.Code+"\t"+region.Name)
		}
		return words
	})
}
