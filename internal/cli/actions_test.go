package cli

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/render"
)

// TestAnnotations: what a server or a file says can neither end a command of the runner nor begin another.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		e    render.Error
		want string
	}{
		"a place": {
			render.Error{Details: []render.Detail{{File: "a:b,c%.tsv", Line: 3, Column: 2, Severity: "warning", Code: "x", Message: "100%", Remedy: "less"}}},
			"::warning file=a%3Ab%2Cc%25.tsv,line=3,col=2,title=x::100%25; less\n",
		},
		"no place":       {render.Error{Code: "auth", Message: "no", Hint: "log in"}, "::error title=gijctl%3A auth::no%0Ahint: log in\n"},
		"hostile":        {render.Error{Code: "failed", Message: "a\r\n::add-mask::b\x1b[2J"}, "::error title=gijctl%3A failed::a\\r%0A::add-mask::b\\x1b[2J\n"},
		"an item":        {render.Error{Code: "partial", Message: "m", Details: []render.Detail{{ID: 3, Message: "gone"}}}, "::error title=gijctl%3A partial::m\n"},
		"a file at all":  {render.Error{Details: []render.Detail{{File: "f", Message: "m"}}}, "::error file=f::m\n"},
		"no line at all": {render.Error{Details: []render.Detail{{File: "f", Column: 9, Message: "m"}}}, "::error file=f,col=9::m\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			a := &app{streams: Streams{Err: &stderr}, env: func(name string) (string, bool) { return "true", name == "GITHUB_ACTIONS" }}
			a.annotate(c.e)
			if diff := cmp.Diff(c.want, stderr.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
