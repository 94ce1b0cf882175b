package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// TestEveryCodeIsExplained: each error names an anchor of the page on trouble, and each problem in a file has one.
func TestEveryCodeIsExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	var sections, anchors []string
	for _, m := range regexp.MustCompile(`(?m)^## ([a-z_]+)$`).FindAllStringSubmatch(string(text), -1) {
		sections = append(sections, m[1])
	}
	for _, m := range regexp.MustCompile("<a id=\"([a-z0-9_]+)\"></a>`([a-z0-9_]+)`").FindAllStringSubmatch(string(text), -1) {
		if m[1] != m[2] {
			t.Errorf("the anchor %s is beside the code %s", m[1], m[2])
		}
		anchors = append(anchors, m[1])
	}
	var codes []string
	for _, e := range exitCodes() {
		codes = append(codes, e.code)
		if page := helpPage(e.code); !strings.HasSuffix(page, "/docs/troubleshooting.md#"+e.code) {
			t.Errorf("an error with the code %s names %s", e.code, page)
		}
	}
	sameCodes(t, "sections", sections, codes)
	problems := slices.Concat([]string{codeBadFile}, gijspec.Codes(), gijtsv.Codes(), plan.ManifestCodes(), plan.BulkCodes())
	slices.Sort(problems)
	sameCodes(t, "anchors", anchors, slices.Compact(problems))
}

func sameCodes(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, code := range want {
		if !slices.Contains(got, code) {
			t.Errorf("docs/troubleshooting.md has no %s for %s", what, code)
		}
	}
	for _, code := range got {
		if !slices.Contains(want, code) {
			t.Errorf("docs/troubleshooting.md explains %s, which is no code", code)
		}
	}
	slices.Sort(got)
	if len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("a code is twice among the %s", what)
	}
}
