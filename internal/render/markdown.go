package render

import (
	"bufio"
	"strings"
	"sync"
)

// markdownSink writes a table as GitHub and Bitbucket show it in a comment.
func markdownSink(p *Printer, cols []column, out *bufio.Writer) sink {
	escaper := newMarkdownEscaper()
	start := sync.OnceValue(func() error { return writeMarkdownHeader(p, cols, out) })
	var line []byte
	return sink{
		row: func(row any) error {
			if err := start(); err != nil {
				return err
			}
			line = line[:0]
			for i := range cols {
				line = append(line, "| "...)
				line = append(line, escaper.Replace(Visible(cols[i].text(row)))...)
				line = append(line, ' ')
			}
			_, err := out.Write(append(line, "|\n"...))
			return err
		},
		end: start,
	}
}

// writeMarkdownHeader writes an empty header for --no-header: without any, it would not be a table.
func writeMarkdownHeader(p *Printer, cols []column, out *bufio.Writer) error {
	var titles, rules strings.Builder
	for _, c := range cols {
		title, rule := c.header, "---"
		if p.NoHeader {
			title = ""
		}
		if c.right {
			rule = "---:"
		}
		titles.WriteString("| " + title + " ")
		rules.WriteString("| " + rule + " ")
	}
	return writeLine(out, titles.String()+"|\n"+rules.String()+"|")
}

// newMarkdownEscaper makes every character that could end the cell, or begin a link, an image, code, emphasis or HTML,
// stand for itself: a name must not be able to draw in someone's pull request.
func newMarkdownEscaper() *strings.Replacer {
	const special = "\\`*_~[]<>|&"
	var pairs []string
	for _, c := range special {
		pairs = append(pairs, string(c), `\`+string(c))
	}
	return strings.NewReplacer(pairs...)
}
