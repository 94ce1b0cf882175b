package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
)

// exampleCommit is a commit of the sandbox.
const exampleCommit = "e2e3563728a59778faf9d8745dcbd59fd4c0807a"

type issueLinkOptions struct {
	write      writeFlags
	commit     string // its hash
	repository int64
	add        []string
	remove     []string
}

func newIssueLinkCmd(a *app) *cobra.Command {
	var o issueLinkOptions
	cmd := &cobra.Command{
		Use:   "link COMMIT --repository ID",
		Short: "Change which issues a commit belongs to",
		Long: `Has a commit belong to other issues than GIJ found in its message: --add and --remove name their keys. Only what differs is sent,
and the commit's issues are read back. COMMIT is its whole hash, as gijctl issue commits KEY -o json shows it.

The vendor's example says that the same commit is changed in other repositories as well. Jira administrators may, and who may browse
the project and view its development tools, if the repository is associated with it.`,
		ValidArgsFunction: cobra.NoFileCompletions,
		Example:           `  gijctl --sandbox issue link ` + exampleCommit + ` --repository 3 --add PLAT-2 --remove PLAT-1 --dry-run`,
		Args:              exactArgs(1, "the hash of one COMMIT"),
	}
	o.write.register(cmd)
	f := cmd.Flags()
	o.registerRepository(cmd)
	f.StringSliceVar(&o.add, "add", nil, "`keys` of issues that the commit is to belong to")
	f.StringSliceVar(&o.remove, "remove", nil, "`keys` of issues that it is to belong to no longer")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.commit = args[0]
		return runIssueLink(cmd.Context(), a, o)
	}
	return cmd
}

func (o *issueLinkOptions) registerRepository(cmd *cobra.Command) {
	cmd.Flags().Int64Var(&o.repository, "repository", 0, "`ID` of a repository that has the commit")
}

// checkCommit refuses what cannot be a commit before the server is asked.
func (o *issueLinkOptions) checkCommit() error {
	switch {
	case !regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`).MatchString(o.commit):
		return usageError("commits are listed by: gijctl issue commits KEY -o json", "%q is no hash of a commit", o.commit)
	case o.repository <= 0:
		return usageError("gijctl issue commits KEY -o json shows it as repositoryId", "name the repository that has the commit: --repository ID")
	}
	return nil
}

func (o *issueLinkOptions) check() error {
	if err := o.checkCommit(); err != nil {
		return err
	}
	if len(o.add)+len(o.remove) == 0 {
		return usageError("give --add KEY, --remove KEY or both", "no issue is given, so there is nothing to change")
	}
	for _, key := range slices.Concat(o.add, o.remove) {
		if err := checkIssueKey(key); err != nil {
			return err
		}
		if slices.Contains(o.add, key) && slices.Contains(o.remove, key) {
			return usageError("leave one of them out", "%s is to be added and to be removed", key)
		}
	}
	return nil
}

func runIssueLink(ctx context.Context, a *app, o issueLinkOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	if err := a.mayWrite(o.write); err != nil {
		return err
	}
	printer, err := planPrinter(a, o.write, linkList())
	if err != nil {
		return err
	}
	s, err := a.connect(ctx, o.write.dryRun)
	if err != nil {
		return err
	}
	defer s.close()
	before, err := s.client.Issues.IssuesOf(ctx, o.repository, o.commit)
	if err != nil {
		return err
	}
	change := o.change(before)
	view := o.plan(s.client, before, change)
	if o.write.dryRun {
		return a.printPlan(printer, []changeView{view})
	}
	if view.Action == plan.ActionNone {
		a.note("nothing to do: the commit belongs to %s", keysText(before))
		return o.print(printer, before)
	}
	if err := a.agree(ctx, writing{flags: o.write}, []changeView{view}); err != nil {
		return err
	}
	now, err := o.send(ctx, a, s.client, change)
	if err != nil {
		return err
	}
	a.note("changed commit %s: verified, it belongs to %s", o.commit, keysText(now))
	return o.print(printer, now)
}

// change is what of the keys is not so yet.
func (o *issueLinkOptions) change(before []string) gij.IssueChange {
	var change gij.IssueChange
	for _, key := range o.remove {
		if slices.Contains(before, key) && !slices.Contains(change.Remove, key) {
			change.Remove = append(change.Remove, key)
		}
	}
	for _, key := range o.add {
		if !slices.Contains(before, key) && !slices.Contains(change.Add, key) {
			change.Add = append(change.Add, key)
		}
	}
	return change
}

func (o *issueLinkOptions) plan(client *gij.Client, before []string, change gij.IssueChange) changeView {
	v := changeView{
		Action: plan.ActionNone, ID: o.repository, Object: "commit", DisplayName: o.commit, Fields: []fieldView{}, Requests: []gij.Request{},
	}
	if len(change.Add)+len(change.Remove) == 0 {
		return v
	}
	after := slices.DeleteFunc(slices.Clone(before), func(key string) bool { return slices.Contains(change.Remove, key) })
	v.Action = plan.ActionUpdate
	v.Fields = []fieldView{{Field: "issueKeys", From: strings.Join(before, ","), To: strings.Join(append(after, change.Add...), ",")}}
	v.Notes = []string{"by the vendor's example, the same commit is changed in other repositories as well"}
	v.Requests = []gij.Request{client.Issues.ChangeRequest(o.repository, o.commit, change)}
	return v
}

func (o *issueLinkOptions) send(ctx context.Context, a *app, client *gij.Client, change gij.IssueChange) ([]string, error) {
	request := client.Issues.ChangeRequest(o.repository, o.commit, change)
	ctx, finish := a.outliveInterrupt(ctx, apiRequest{RawRequest: gij.RawRequest{Method: request.Method, Path: request.Path}})
	defer finish()
	return client.Issues.ChangeIssues(ctx, o.repository, o.commit, change)
}

func (o *issueLinkOptions) print(p *render.Printer, keys []string) error {
	if keys == nil {
		keys = []string{}
	}
	return render.WriteObject(p, linkList(), &linkView{RepositoryID: o.repository, CommitID: o.commit, IssueKeys: keys})
}

func keysText(keys []string) string {
	if len(keys) == 0 {
		return "no issue"
	}
	return fmt.Sprintf("%s: %s", counted(len(keys), "issue"), strings.Join(keys, ", "))
}
