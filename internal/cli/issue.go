package cli

import (
	"regexp"

	"github.com/spf13/cobra"
)

func newIssueCmd(a *app) *cobra.Command {
	cmd := newGroupCmd("issue", "See what GIJ has found for an issue, and correct it",
		`GIJ finds the keys of issues in commits and in the names of branches. These commands show what it has found for an issue, as the
panels on its page do, and change which issues a commit belongs to.`,
		`  gijctl --sandbox issue commits PLAT-1
  gijctl --sandbox issue branches PLAT-1`, "issues")
	cmd.GroupID = groupServer
	return a.fill(cmd, func() []*cobra.Command {
		return []*cobra.Command{
			hasColumns(a, newIssueCommitsCmd(a), commitList),
			hasColumns(a, newIssueBranchesCmd(a), branchList),
			hasColumns(a, newIssueTagsCmd(a), tagList),
			hasColumns(a, newIssueLinksCmd(a), linkList),
			hasColumns(a, newIssueLinkCmd(a), linkList),
		}
	})
}

// checkIssueKey refuses what cannot be a key: the vendor asks for a dash, Jira for letters before it and a number after.
func checkIssueKey(key string) error {
	if regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*-[1-9][0-9]*$`).MatchString(key) {
		return nil
	}
	return usageError("a key is the project's key, a dash and a number, like PLAT-17", "%q is no key of an issue", key)
}

// oneIssue asks for one argument that is the key of an issue.
func oneIssue(cmd *cobra.Command, args []string) error {
	if err := exactArgs(1, "the KEY of an issue")(cmd, args); err != nil {
		return err
	}
	return checkIssueKey(args[0])
}
