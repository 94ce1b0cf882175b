package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// runDocsMan writes a page of section 1 for each command. It is code of ours because cobra's own generator goes through Markdown,
// and the parser that it brings compiles its patterns before main. The date is that of the commit, so that a release built twice is
// the same.
func runDocsMan(a *app, root *cobra.Command, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // documentation is for everybody
		return err
	}
	commands := documented(root)
	for _, cmd := range commands {
		name := filepath.Join(folder, manName(cmd)+".1")
		if err := os.WriteFile(name, []byte(manPage(cmd, version())), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	a.note("wrote %d pages to %s", len(commands), folder)
	return nil
}

func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

func manPage(cmd *cobra.Command, v versionView) string {
	var b strings.Builder
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, ".SH %s\n%s", title, text)
		}
	}
	day, _, _ := strings.Cut(v.Date, "T")
	fmt.Fprintf(&b, ".TH %q 1 %q %q %q\n", strings.ToUpper(manName(cmd)), day, "gijctl "+v.Version, "gijctl")
	section("NAME", fmt.Sprintf("%s \\- %s\n", roff(manName(cmd)), roff(cmd.Short)))
	section("SYNOPSIS", "\\fB"+roff(usageLine(cmd))+"\\fR\n")
	section("DESCRIPTION", manText(cmd.Long))
	section("COMMANDS", manCommands(cmd))
	section("OPTIONS", manFlags(cmd.LocalFlags()))
	if !cmd.HasParent() {
		section("EXIT STATUS", manExitCodes())
	}
	section("EXAMPLES", manVerbatim(unindent(cmd.Example)))
	section("SEE ALSO", manSeeAlso(cmd))
	return b.String()
}

// roff is a text as it is: a hyphen that can be copied, quotes that are not made round, no line that is a request, and ASCII only.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	var b strings.Builder
	if strings.HasPrefix(text, ".") {
		b.WriteString(`\&`)
	}
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, `\[u%04X]`, r)
	}
	return b.String()
}

// manText fills what is a paragraph, and leaves what is indented.
func manText(text string) string {
	var b strings.Builder
	verbatim := false
	for line := range strings.Lines(text + "\n") {
		line = strings.TrimRight(line, "\n")
		switch indented := strings.HasPrefix(line, " "); {
		case indented && !verbatim:
			b.WriteString(".nf\n")
			verbatim = true
		case !indented && verbatim:
			b.WriteString(".fi\n")
			verbatim = false
		}
		if line == "" {
			b.WriteString(".PP\n")
			continue
		}
		b.WriteString(roff(line) + "\n")
	}
	if verbatim {
		b.WriteString(".fi\n")
	}
	return b.String()
}

func manVerbatim(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(roff(strings.TrimRight(line, "\n")) + "\n")
	}
	return ".nf\n" + b.String() + ".fi\n"
}

func manCommands(cmd *cobra.Command) string {
	var b strings.Builder
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR(1)\n%s\n", roff(manName(sub)), roff(sub.Short))
		}
	}
	return b.String()
}

func manFlags(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		b.WriteString(".TP\n")
		if f.Shorthand != "" {
			fmt.Fprintf(&b, "\\fB\\-%s\\fR, ", f.Shorthand)
		}
		value, usage := pflag.UnquoteUsage(f)
		fmt.Fprintf(&b, "\\fB\\-\\-%s\\fR", roff(f.Name))
		if value != "" {
			fmt.Fprintf(&b, " \\fI%s\\fR", roff(value))
		}
		switch f.DefValue {
		case "", "0", "0s", "false", "[]":
		default:
			usage += " (default " + f.DefValue + ")"
		}
		b.WriteString("\n" + roff(usage) + "\n")
	})
	return b.String()
}

func manExitCodes() string {
	var b strings.Builder
	b.WriteString(".TP\n0\ndone; also nothing to do, nothing found\n")
	for _, e := range exitCodes() {
		fmt.Fprintf(&b, ".TP\n%d\n%s: %s\n", e.status, roff(e.code), roff(e.meaning))
	}
	return b.String()
}

func manSeeAlso(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return ""
	}
	text := "The options that every command has, and the exit codes, are in \\fBgijctl\\fR(1).\n"
	if cmd.Parent().HasParent() {
		text = fmt.Sprintf("\\fB%s\\fR(1)\n.PP\n", roff(manName(cmd.Parent()))) + text
	}
	return text
}
