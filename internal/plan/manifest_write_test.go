package plan_test

import (
	"strings"
	"testing"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

func TestAnExport(t *testing.T) {
	t.Parallel()
	have := append(demo(t),
		row(t, 20, "GITLAB", "a\nb", "https://gitlab.com", nil),
		row(t, 21, "GERRIT", "Größe", "https://user:made-up@g.example.com", fields{"tagsFilter": "(", "global": false}),
		row(t, 22, "GERRIT", "検索", "https://g.example.com", fields{"requireUserPat": true, "global": false, "projectMappingIds": []int64{10300, 10000}}),
		row(t, 23, "GITLAB", "Hub", "https://gitlab.com", fields{"maxMinsToCommitEmail": 1440, "sendCommitEmails": false}),
	)
	text, m := exported(t, have)
	golden(t, "export", text)
	p, err := plan.DiffFleet(have, m, plan.FleetOptions{Reveal: revealNone, Prune: true})
	if err != nil || len(plan.Pending(p.All())) > 0 {
		t.Errorf("%v\n%s", err, problems(err))
	}
	checkSchema(t, []byte(text))
}

func TestAnExportOfNothing(t *testing.T) {
	t.Parallel()
	text, m := exported(t, nil)
	if len(m.Entries) > 0 || !strings.HasSuffix(text, "\nintegrations: []\n") {
		t.Error(text)
	}
	checkSchema(t, []byte(text))
}

// Whatever a server says, the manifest of it can be read, and differs in nothing.
func FuzzExport(f *testing.F) {
	f.Add("https://github.com/*", "v[0-9]+\\..*", "[?a == 'b: c']", "https://a.example.com")
	f.Add(" # - ? : { } [ ] & * ! | > ' \" % @ `", "\u2028\u0085\ufeff", "\t\r\n", "\x00\xff")
	f.Add("yes", "~", "null", "!!binary x")
	f.Fuzz(func(t *testing.T, name, tags, filter, origin string) {
		have := []gij.Integration{row(t, 1, "GITHUB_SERVER", name, origin, fields{"tagsFilter": tags, "apiFilter": filter, "disabled": true})}
		text, m := exported(t, have)
		p, err := plan.DiffFleet(have, m, plan.FleetOptions{Reveal: revealNone, Prune: true})
		if err != nil || len(plan.Pending(p.All())) > 0 {
			t.Errorf("%v\n%s\n%s", err, problems(err), text)
		}
	})
}
