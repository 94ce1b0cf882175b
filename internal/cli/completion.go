package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

func newCompletionCmd(a *app) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Write the completion script of a shell",
		Long: "Writes the script with which a shell completes gijctl's commands, flags and their values: " + strings.Join(shells, ", ") + `.

Integrations and projects are offered by what Jira has, and nothing is said where it does not answer within two seconds. The
names are kept for a minute. The script for bash needs the package bash-completion.`,
		Example: `  gijctl completion bash > ~/.local/share/bash-completion/completions/gijctl
  gijctl completion zsh > "${fpath[1]}/_gijctl"
  gijctl completion fish > ~/.config/fish/completions/gijctl.fish
  gijctl completion powershell > gijctl.ps1`,
		GroupID:   groupTool,
		ValidArgs: shells,
		Args:      exactArgs(1, "the name of a shell: "+strings.Join(shells, ", ")),
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeCompletion(cmd.Root(), a, args[0], shells)
		},
	}
}

func writeCompletion(root *cobra.Command, a *app, shell string, shells []string) error {
	out := a.streams.Out
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(out, true)
	case "zsh":
		return root.GenZshCompletion(out)
	case "fish":
		return root.GenFishCompletion(out, true)
	case "powershell":
		return root.GenPowerShellCompletionWithDesc(out)
	}
	return usageError("the shells are: "+strings.Join(shells, ", "), "there is no completion for %q", shell)
}
