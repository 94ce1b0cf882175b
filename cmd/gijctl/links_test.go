package main

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// TestLinks follows every link from one page of the repository to another file, and to a heading or an <a id> of it.
func TestLinks(t *testing.T) {
	t.Parallel()
	pages := []string{"../../README.md"}
	for _, root := range []string{"../../docs", "../../.github"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if filepath.Ext(path) == ".md" {
				pages = append(pages, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range linksOf(string(text)) {
			count++
			if why := brokenLink(page, link); why != "" {
				t.Errorf("%s: the link %s %s", page, link, why)
			}
		}
	}
	if count < 100 {
		t.Errorf("only %d links were found in %d pages", count, len(pages))
	}
}

// brokenLink says why a link of a page leads nowhere; "" is a good one, or one that leads out of the repository.
func brokenLink(page, link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return "is no URL"
	}
	if u.Scheme != "" || u.Host != "" {
		return ""
	}
	target := page
	if u.Path != "" {
		target = filepath.Join(filepath.Dir(page), filepath.FromSlash(u.Path))
	}
	text, err := os.ReadFile(target)
	if info, statErr := os.Stat(target); statErr == nil && info.IsDir() && u.Fragment == "" {
		return ""
	}
	switch {
	case err != nil:
		return "names a file that is not there"
	case u.Fragment != "" && !slices.Contains(anchorsOf(string(text)), u.Fragment):
		return "names a heading that is not there"
	}
	return ""
}

// prose is a page without its code, in which a bracket is no link and a # no heading.
func prose(page string) string {
	var kept []string
	inside := false
	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), fence) {
			inside = !inside
			continue
		}
		if !inside {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// linksOf returns where the links and images of a page lead.
func linksOf(page string) []string {
	text := regexp.MustCompile("`[^`\n]*`").ReplaceAllString(prose(page), "code")
	var links []string
	for _, match := range regexp.MustCompile(`\]\(([^()\s]+)\)`).FindAllStringSubmatch(text, -1) {
		links = append(links, match[1])
	}
	return links
}

// anchorsOf returns what can stand after the # of a link: GitHub's name for each heading, and the ids that the page gives itself.
func anchorsOf(page string) []string {
	var anchors []string
	text := prose(page)
	seen := map[string]int{}
	for _, match := range regexp.MustCompile(`(?m)^#{1,6} +(.+?) *#*$`).FindAllStringSubmatch(text, -1) {
		slug := headingSlug(match[1])
		if again := seen[slug]; again > 0 {
			anchors = append(anchors, slug+"-"+strconv.Itoa(again))
		} else {
			anchors = append(anchors, slug)
		}
		seen[slug]++
	}
	for _, match := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		anchors = append(anchors, match[1])
	}
	return anchors
}

// headingSlug is GitHub's rule: lower case, a dash for each space, and no punctuation but dashes and underscores. Of a link the text counts.
func headingSlug(heading string) string {
	heading = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(heading, "$1")
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

// TestLinksCanBreak holds the test of links against pages that lie.
func TestLinksCanBreak(t *testing.T) {
	t.Parallel()
	page := "# What's `new`, 2 & more?\n\n## Twice\n## Twice\n<a id=\"x_y\"></a>\n```sh\n# no heading\n[no](link)\n```\n`[no](link)` [one](a.md#b) ![two](c.svg)\n"
	if got := anchorsOf(page); !slices.Equal(got, []string{"whats-new-2--more", "twice", "twice-1", "x_y"}) {
		t.Errorf("the anchors are %q", got)
	}
	if got := linksOf(page); !slices.Equal(got, []string{"a.md#b", "c.svg"}) {
		t.Errorf("the links are %q", got)
	}
	path := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, good := range map[string]bool{
		"#twice-1": true, "page.md#x_y": true, ".": true, "https://jira.example.com/x#y": true, "#no-heading": false, "other.md": false, "page.md#one": false,
	} {
		if why := brokenLink(path, link); (why == "") != good {
			t.Errorf("%s: %q", link, why)
		}
	}
}
