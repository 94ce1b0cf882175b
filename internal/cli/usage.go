package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// writeUsage writes the part of a command's help that follows its description. It is code and not one of cobra's
// templates: text/template finds methods by name at run time, so a program that links it keeps every method of every
// type, which made the binary a fifth larger.
func writeUsage(cmd *cobra.Command) error {
	var b strings.Builder
	section := func(title, text string) {
		if text = strings.TrimRight(text, "\n "); text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", title, text)
		}
	}
	fmt.Fprintf(&b, "Usage:\n  %s\n", usageLine(cmd))
	if len(cmd.Aliases) > 0 {
		section("Aliases:", "  "+cmd.NameAndAliases())
	}
	section("Examples:", cmd.Example)
	for _, group := range cmd.Groups() {
		section(group.Title, commandLines(cmd, group.ID))
	}
	section("Commands:", commandLines(cmd, ""))
	section("Flags:", cmd.LocalFlags().FlagUsages())
	section("Flags that every command has:", cmd.InheritedFlags().FlagUsages())
	_, err := io.WriteString(cmd.OutOrStdout(), b.String())
	return err
}

func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() {
		return cmd.CommandPath() + " COMMAND [flags]"
	}
	return cmd.UseLine()
}

// commandLines lists the commands of a group, "" for those of none.
func commandLines(cmd *cobra.Command, group string) string {
	var b strings.Builder
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.GroupID == group {
			fmt.Fprintf(&b, "  %-*s  %s\n", sub.NamePadding(), sub.Name(), sub.Short)
		}
	}
	return b.String()
}
