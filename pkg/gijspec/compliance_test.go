package gijspec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// complianceModule is the module that brings the public compliance suite along. It is read where Go keeps the module, whose
// content go.sum pins: nothing of it is copied.
const complianceModule = "github.com/jmespath/go-jmespath"

// complianceCases is how many cases that suite has; fewer would mean that some were not found.
const complianceCases = 862

// complianceGroup is one document of the suite with the expressions that are asked of it.
type complianceGroup struct {
	Given json.RawMessage
	Cases []complianceCase
}

type complianceCase struct {
	Expression string
	Result     json.RawMessage // absent where Error says what is wrong
	Error      string
}

// TestJMESPathCompliance runs the suite against [gijspec.Query]. docs/jmespath.md lists where the answers differ: one that is not
// there fails, and so does one that is there and is none any more.
func TestJMESPathCompliance(t *testing.T) {
	t.Parallel()
	var got []string
	count := 0
	for _, name := range complianceFiles(t) {
		for _, group := range readCompliance(t, name) {
			for _, c := range group.Cases {
				count++
				if wrong := c.difference(t, group.Given); wrong != "" {
					got = append(got, fmt.Sprintf("%s: %s: %s", filepath.Base(name), c.Expression, wrong))
				}
			}
		}
	}
	if count != complianceCases {
		t.Errorf("the suite has %d cases, not %d", count, complianceCases)
	}
	if diff := cmp.Diff(documentedDifferences(t), slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("the differences are not those of docs/jmespath.md (-documented +real):\n%s", diff)
	}
}

// difference says how the answer differs from that of the suite, "" where it does not.
func (c complianceCase) difference(t *testing.T, given []byte) string {
	t.Helper()
	answer, err := c.search(t, given)
	if c.Error != "" {
		if err == nil {
			return "answered, where the suite has the error " + c.Error
		}
		return ""
	}
	if err != nil {
		var bad *gijspec.QueryError
		if errors.As(err, &bad) {
			return "refused: " + bad.Msg
		}
		return "no answer: " + err.Error()
	}
	if !cmp.Equal(decodeJSON(t, c.Result), answer) {
		return "another answer"
	}
	return ""
}

func (c complianceCase) search(t *testing.T, given []byte) (any, error) {
	t.Helper()
	q, err := gijspec.CompileQuery(c.Expression)
	if err != nil {
		return nil, err
	}
	answer, err := q.Search(decodeJSON(t, given))
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return decodeJSON(t, data), nil
}

func decodeJSON(t *testing.T, data []byte) any {
	t.Helper()
	if data == nil {
		return nil
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func complianceFiles(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", complianceModule).Output()
	if err != nil {
		t.Fatalf("ask where %s is: %v", complianceModule, err)
	}
	names, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "compliance", "*.json"))
	if err != nil || names == nil {
		t.Fatalf("%s brings no compliance suite along (%v)", complianceModule, err)
	}
	return names
}

func readCompliance(t *testing.T, name string) []complianceGroup {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var groups []complianceGroup
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&groups); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return groups
}

// documentedDifferences reads the lines of the one block of code in docs/jmespath.md that is marked "text".
func documentedDifferences(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("../../docs/jmespath.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(data), "```text\n")
	block, _, closed := strings.Cut(after, "```")
	if !found || !closed {
		t.Fatal("docs/jmespath.md lists no differences")
	}
	var lines []string
	for line := range strings.Lines(block) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return slices.Sorted(slices.Values(lines))
}
