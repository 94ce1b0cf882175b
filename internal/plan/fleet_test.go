package plan_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

var updateGolden = flag.Bool("update", false, "write the golden files anew")

// demo are integrations as a server shows them.
func demo(t *testing.T) []gij.Integration {
	t.Helper()
	return []gij.Integration{
		row(t, 1, "GITHUB", "Hub", "https://api.github.com", fields{"disabled": false, "global": true, "tagsFilter": "v.*"}),
		row(t, 2, "GITLAB_SERVER", "Lab", "https://lab.example.com", fields{"disabled": true, "global": false, "projectMappingIds": []int64{10000}}),
		row(t, 3, "FILESPACE", "Twin", "/a/*", fields{"disabled": false}),
		row(t, 4, "FILESPACE", "Twin", "/b/*", fields{"disabled": false}),
		row(t, 5, "GITHUB", "acme / app", "https://api.github.com", fields{"githubAppId": 7}),
		row(t, 6, "BITBUCKET", "New", "https://b.example.com", nil),
	}
}

// planFleet plans a manifest against the demo, and returns the plan as lines.
func planFleet(t *testing.T, text string, o plan.FleetOptions) (*plan.FleetPlan, error) {
	t.Helper()
	m := goodManifest(t, text)
	if err := m.ResolveProjects(projects()); err != nil {
		t.Fatal(problems(err))
	}
	if o.Reveal == nil {
		o.Reveal = revealAll
	}
	return plan.DiffFleet(demo(t), m, o)
}

func planLines(p *plan.FleetPlan) string {
	var b strings.Builder
	for _, c := range p.Changes {
		fmt.Fprintf(&b, "%s %s %d %s", c.Action, c.Type, c.ID, c.Name)
		for _, f := range c.Fields {
			fmt.Fprintf(&b, "; %s: %s -> %s", f.Field, plan.Display(f.From), plan.Display(f.To))
		}
		for _, w := range c.Warnings {
			b.WriteString("; warning: " + w)
		}
		b.WriteByte('\n')
	}
	for _, text := range p.Warnings {
		b.WriteString("warning: " + text + "\n")
	}
	for _, text := range p.Notes {
		b.WriteString("note: " + text + "\n")
	}
	for _, r := range p.Remarks {
		fmt.Fprintf(&b, "remark: %s: %s\n", r.Place, r.Message)
	}
	return b.String()
}

func TestFleetPlans(t *testing.T) {
	t.Parallel()
	const all = "- {type: GITHUB, displayName: Hub}\n- {id: 2}\n- {id: 3}\n- {id: 4}\n"
	for _, tt := range []struct {
		name, text string
		o          plan.FleetOptions
	}{
		{name: "fields", text: "- {type: GITHUB, displayName: Hub, pat: {fromEnv: P}, tagsFilter: '', disabled: false, maxMinsToCommitEmail: 5}\n- {id: 2, displayName: Laboratory, projects: [PLAT, WEB], disabled: false}\n"},
		{name: "new ones", text: "- {type: GITLAB, displayName: A, pat: {fromEnv: P}, apiPath: '', projects: [WEB]}\n- {type: FILESPACE, displayName: B, origin: /c/*}\n- {type: AWS, displayName: C, awsRegion: us-east-1, username: {fromEnv: U}, password: {fromFile: p}}\n"},
		{name: "shown without secrets", text: "- {type: GITLAB, displayName: A, pat: {fromEnv: P}}\n- {id: 1, pat: {fromEnv: Q}}\n", o: plan.FleetOptions{Show: true, Reveal: revealNone, Rotate: []string{"all"}}},
		{name: "rotated", text: "- {type: GITHUB, displayName: Hub, pat: {fromEnv: P}}\n- {id: 2, pat: {fromEnv: Q}}\n", o: plan.FleetOptions{Rotate: []string{"Hub", "2"}}},
		{name: "pruned", text: "- {type: GITHUB, displayName: Hub}\n- {id: 3}\n", o: plan.FleetOptions{Prune: true, Children: map[int64]int{2: 3, 1: 9}}},
		{name: "pruned by name", text: all, o: plan.FleetOptions{Prune: true, Named: []int64{5}}},
		{name: "app", text: "- {id: 5, requireUserPat: false}\n- {id: 6, disabled: true}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := planFleet(t, "integrations:\n"+tt.text, tt.o)
			if err != nil {
				t.Fatalf("%v\n%s", err, problems(err))
			}
			golden(t, strings.ReplaceAll(tt.name, " ", "-"), planLines(p))
		})
	}
}

// list is what the server has.
func (f *fakeServer) list() []gij.Integration {
	var all []gij.Integration
	for _, id := range slices.Sorted(maps.Keys(f.rows)) {
		all = append(all, f.shown(id))
	}
	return all
}

// golden holds a text against a file of testdata, which -update writes.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "fleet", name+".txt")
	if *updateGolden {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o750), os.WriteFile(path, []byte(got), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (write it anew by: go test ./internal/plan -update; -want +got):\n%s", path, diff)
	}
}

func TestFleetPlansThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		o          plan.FleetOptions
		want       string
	}{
		{name: "no such id", text: "- {id: 99}\n", want: "f.yaml:4:4 error not_found: there is no integration with id 99"},
		{name: "another type", text: "- {id: 1, type: GITLAB, displayName: Hub}\n", want: "f.yaml:4:11 error type_change: integration 1 is GITHUB"},
		{name: "several", text: "- {type: FILESPACE, displayName: Twin, origin: /a/*}\n", want: "error duplicate_entry: 2 integrations of type FILESPACE are named \"Twin\"; give the id: one of 3, 4"},
		{name: "two mean one", text: "- {id: 1, displayName: Other}\n- {type: GITHUB, displayName: Hub}\n", want: "f.yaml:5:3 error duplicate_entry: this means integration 1, and so does the entry at f.yaml:4:3"},
		{name: "no credentials", text: "- {type: GITLAB, displayName: A}\n", want: "f.yaml:4:3 error missing_credential: \"A\" is not there yet, and GITLAB needs credentials: pat"},
		{name: "no origin", text: "- {type: GITLAB_SERVER, displayName: A, pat: {fromEnv: P}}\n", want: "error missing_field: GITLAB_SERVER needs origin"},
		{name: "a secret that is not there", text: "- {type: GITLAB, displayName: A, pat: {fromEnv: P}}\n", o: plan.FleetOptions{Reveal: revealNone}, want: "f.yaml:4:34 error bad_reference: pat of \"A\" cannot be read: P is not set"},
		{name: "rotated, and not there", text: "- {type: GITHUB, displayName: Hub, pat: {fromEnv: P}}\n", o: plan.FleetOptions{Reveal: revealNone, Rotate: []string{"all"}}, want: "error bad_reference: pat of \"Hub\""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := planFleet(t, "integrations:\n"+tt.text, tt.o)
			if got := problems(err); !strings.Contains(got, tt.want) {
				t.Errorf("%q is missing from %q (%v)", tt.want, got, err)
			}
		})
	}
}

func TestAPruneThatWouldEmptyTheServer(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "integrations:\n- {type: GITLAB, displayName: A, pat: {fromEnv: P}}\n"} {
		_, err := planFleet(t, text, plan.FleetOptions{Prune: true})
		var guard *plan.GuardError
		if !errors.As(err, &guard) || !strings.Contains(guard.Message, "none of the server's 6 integrations") || guard.Advice == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAWordThatRotatesNothing(t *testing.T) {
	t.Parallel()
	p, err := planFleet(t, "integrations:\n- {id: 1, pat: {fromEnv: P}}\n", plan.FleetOptions{Rotate: []string{"Hub", "hub", "2"}})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "unknown", []string{"hub", "2"}, p.Unknown)
}

// A secret is sent again when it is another one than was sent before, and only then.
func TestASecretIsSentWhenItChanged(t *testing.T) {
	t.Parallel()
	f := newFake(t, gitLab(1, nil))
	dir, value := t.TempDir(), "made-up-1"
	apply := func(remember bool) []string {
		t.Helper()
		state, err := plan.OpenFleetState(dir, "https://jira.example.com", time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if !remember {
			state = nil
		}
		o := plan.FleetOptions{Memory: state, Reveal: func(plan.Reference) (secret.Value, error) { return secret.New(value), nil }}
		m := goodManifest(t, "integrations:\n- {type: GITLAB, displayName: A, pat: {fromEnv: P}}\n- {id: 1, pat: {fromEnv: P}}\n")
		p, err := plan.DiffFleet(f.list(), m, o)
		if err != nil {
			t.Fatal(problems(err))
		}
		results, err := plan.ApplyFleet(t.Context(), f, p, 1, state, &progress{})
		if err != nil {
			t.Fatal(err)
		}
		var changed []string
		for _, r := range results {
			if r.Outcome != plan.OutcomeUnchanged {
				changed = append(changed, fmt.Sprintf("%s %s %s %v", r.Change.Action, r.Change.Name, r.Outcome, r.NotShown))
			}
		}
		return changed
	}
	expect(t, "added", []string{"create A verified [pat]"}, apply(true))
	expect(t, "again", nil, apply(true))
	value = "made-up-2"
	expect(t, "without a memory", nil, apply(false))
	expect(t, "another secret", []string{"update A verified [pat]"}, apply(true))
	expect(t, "again", nil, apply(true))
	for _, path := range must(filepath.Glob(filepath.Join(dir, "*", "*"))) {
		if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), "made-up") {
			t.Errorf("%s holds a secret, or %v", path, err)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
