package plan_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// revealAll reads every reference: the secret is made of its name.
func revealAll(ref plan.Reference) (secret.Value, error) {
	return secret.New("made-up-" + ref.FromEnv + ref.FromFile), nil
}

// revealNone is a machine without any secret.
func revealNone(ref plan.Reference) (secret.Value, error) {
	return secret.Value{}, fmt.Errorf("%s is not set", ref.FromEnv)
}

func fleetState(t *testing.T) *plan.FleetState {
	t.Helper()
	state, err := plan.OpenFleetState(t.TempDir(), "https://jira.example.com", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// projects are those of the sandbox, one of which nobody may see.
func projects() []gij.Project {
	return []gij.Project{{ID: 10000, Key: "PLAT"}, {ID: 10100, Key: "WEB"}, {ID: 10200, Key: "MOB"}}
}

// exported is the manifest of what a server has.
func exported(t *testing.T, have []gij.Integration) (text string, m *plan.Manifest) {
	t.Helper()
	x := plan.ExportManifest(have, projects())
	data, err := x.Write(x.Rows)
	if err != nil {
		t.Fatal(err)
	}
	m, err = plan.ReadManifest([]plan.ManifestSource{{Name: "f.yaml", Data: data}})
	if err != nil {
		t.Fatalf("the export is refused: %v\n%s\n%s", err, problems(err), data)
	}
	if err := m.ResolveProjects(projects()); err != nil {
		t.Fatal(problems(err))
	}
	return string(data), m
}

// Whatever state a server was brought into, its export differs from it in nothing, and no secret is asked for.
func TestAnExportDiffersInNothing(t *testing.T) {
	t.Parallel()
	for n, faults := range [][]string{
		nil, {"profile=legacy-docs"}, {"profile=ancient"}, {"profile=bare", "disabled-put=ignored"}, {"extra-keys"},
	} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, uint64(n+100), faults...)
			for range 25 {
				for range 4 {
					pick(w.random, w.add, w.add, w.update, w.disable, w.remove, w.oddities)()
				}
				have := w.list()
				text, m := exported(t, have)
				p, err := plan.DiffFleet(have, m, plan.FleetOptions{Prune: true, Memory: fleetState(t), Reveal: revealNone})
				if err != nil {
					t.Fatalf("%v\n%s\n%s", err, problems(err), text)
				}
				for _, c := range plan.Pending(p.All()) {
					t.Fatalf("%s differs: %v\n%s", summary(c), c.Fields, text)
				}
				checkSchema(t, []byte(text))
			}
		})
	}
}

// oddities gives an integration what people write: names that are the same, or that YAML would take for something else.
func (w *world) oddities() {
	w.t.Helper()
	all := w.list()
	row := all[w.random.IntN(len(all))]
	f := fields{"displayName": pick(w.random, "one", "true", "12", "null", "a: b # c", "'quoted' \"twice\"", " space ", "Größe 検索", "- x", "~", "2026-01-01", "&a *b", "!tag", "x\\y", "=1", "0x1F", "1e3", "no")}
	switch row.Type {
	case "GITHUB", "GITLAB_SERVER":
		f["apiFilter"] = pick(w.random, "[?a == 'b: c']", "[?name != `\"x\"`]", "")
	}
	change := plan.Update([]gij.Integration{row}, spec(w.t, f))
	w.apply(change)
}

// manifestOf is what somebody may want of the server: much of what is there, changed here and there, and something new.
func (w *world) manifestOf(have []gij.Integration) string {
	r := w.random
	text := manifestHead + "defaults: {pat: {fromEnv: P}, password: {fromEnv: Q}, username: u, prHideFilter: " + pick(r, "bot", "''") + "}\nintegrations:\n"
	for _, row := range have {
		if r.IntN(5) == 0 {
			continue
		}
		text += fmt.Sprintf("- {id: %d, disabled: %v, tagsFilter: %s", row.ID, pick(r, true, false), pick(r, "v.*", "''", "w"))
		text += pick(r, "", ", projects: [PLAT, 10200]", ", projects: global", ", projects: []", ", smartCommitsEnabled: false")
		text += "}\n"
	}
	for n := range r.IntN(4) {
		typ := pick(r, "type: GITHUB", "type: AWS, awsRegion: us-east-1", "type: GERRIT, origin: https://g.example.com", "type: FILESPACE, origin: /new/*, folderDepth: 2", "type: GITLAB_SERVER, origin: https://l.example.com")
		text += fmt.Sprintf("- {%s, displayName: new %d-%d%s}\n", typ, n, r.Uint32(), pick(r, "", ", disabled: true", ", projects: [WEB]"))
	}
	return text
}

// diff plans what makes the server as a manifest wants it. What is pruned need not be confirmed here.
func (w *world) diff(text string, state *plan.FleetState, o plan.FleetOptions) *plan.FleetPlan {
	w.t.Helper()
	m := goodManifest(w.t, text[len(manifestHead):])
	if err := m.ResolveProjects(projects()); err != nil {
		w.t.Fatal(problems(err))
	}
	o.Memory = state
	if o.Reveal == nil {
		o.Reveal = revealAll
	}
	p, err := plan.DiffFleet(w.list(), m, o)
	if err != nil {
		w.t.Fatalf("%v\n%s\n%s", err, problems(err), text)
	}
	return p
}

// To apply a manifest twice writes nothing the second time, with and without a memory.
func TestAManifestIsAppliedOnce(t *testing.T) {
	t.Parallel()
	for n, faults := range [][]string{nil, {"profile=legacy-docs"}, {"profile=bare", "disabled-put=ignored"}, {"disabled-put=error", "post-status=201"}} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, uint64(n+200), faults...)
			for round := range 12 {
				state := fleetState(t)
				if round%3 == 0 {
					state = nil
				}
				prune := w.random.IntN(3) == 0 && len(w.list()) > 6
				text := w.manifestOf(w.list())
				o := plan.FleetOptions{Prune: prune}
				results, err := plan.ApplyFleet(t.Context(), w.gij, w.diff(text, state, o), 1+w.random.IntN(4), state, &progress{})
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range results {
					if r.Err != nil {
						t.Fatalf("%s: %v", summary(r.Change), r.Err)
					}
				}
				before := w.writes()
				again, err := plan.ApplyFleet(t.Context(), w.gij, w.diff(text, state, o), 2, state, &progress{})
				if n := w.writes() - before; n > 0 || err != nil {
					t.Fatalf("the second time %d writes were sent, %v: %v\n%s", n, err, outcomes(again), text)
				}
			}
		})
	}
}

// crashing is a server whose client dies at some request: before it is sent, or before its answer is heard.
type crashing struct {
	plan.Server
	left  int // requests until then
	after bool
	die   context.CancelCauseFunc
}

var errCrash = errors.New("the process is gone")

func crash[T any](c *crashing, do func() (T, error)) (T, error) {
	var none T
	c.left--
	switch {
	case c.left < 0, c.left == 0 && !c.after:
		c.die(errCrash)
		return none, errCrash
	case c.left == 0:
		_, _ = do()
		c.die(errCrash)
		return none, errCrash
	}
	return do()
}

func (c *crashing) Get(ctx context.Context, id int64) (gij.Integration, error) {
	return crash(c, func() (gij.Integration, error) { return c.Server.Get(ctx, id) })
}

func (c *crashing) Create(ctx context.Context, s gij.IntegrationSpec, known []int64) (gij.Integration, error) {
	return crash(c, func() (gij.Integration, error) { return c.Server.Create(ctx, s, known) })
}

func (c *crashing) Update(ctx context.Context, id int64, s gij.IntegrationSpec) error {
	_, err := crash(c, func() (any, error) { return nil, c.Server.Update(ctx, id, s) })
	return err
}

func (c *crashing) SetDisabled(ctx context.Context, id int64, disabled bool) (gij.Integration, error) {
	return crash(c, func() (gij.Integration, error) { return c.Server.SetDisabled(ctx, id, disabled) })
}

func (c *crashing) Delete(ctx context.Context, id int64, o gij.DeleteOptions) error {
	_, err := crash(c, func() (any, error) { return nil, c.Server.Delete(ctx, id, o) })
	return err
}

// Wherever it is cut off, the same manifest again, or the same written plan, brings the server to where it should be.
func TestACrashInTheMiddleConverges(t *testing.T) {
	t.Parallel()
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, seed+300)
			r := rand.New(rand.NewPCG(seed, 2))
			state := fleetState(t)
			text := w.manifestOf(w.list())
			o := plan.FleetOptions{Prune: true, Rotate: pick(r, nil, []string{plan.RotateAll})}
			first := w.diff(text, state, o)
			if len(plan.Pending(first.All())) == 0 {
				t.Fatal("there is nothing to do")
			}
			written, err := first.Encode("s", time.Now().Add(-time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				ctx, die := context.WithCancelCause(t.Context())
				dying := &crashing{Server: w.gij, left: 1 + r.IntN(12), after: r.IntN(2) == 0, die: die}
				_, _ = plan.ApplyFleet(ctx, dying, w.planAgain(seed, text, written, state, o), 1, state, &progress{})
				die(nil)
			}
			results, err := plan.ApplyFleet(t.Context(), w.gij, w.planAgain(seed, text, written, state, o), 3, state, &progress{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				if r.Err != nil {
					t.Fatalf("%s: %v", summary(r.Change), r.Err)
				}
			}
			o.Rotate = nil
			left := append(plan.Pending(w.diff(text, state, o).All()), plan.Pending(w.planAgain(seed, text, written, state, o).All())...)
			for _, c := range left {
				t.Errorf("there is still something to do: %s %v", summary(c), c.Fields)
			}
		})
	}
}

// planAgain makes the plan from the manifest, or takes the written one up.
func (w *world) planAgain(seed uint64, text string, written []byte, state *plan.FleetState, o plan.FleetOptions) *plan.FleetPlan {
	w.t.Helper()
	if seed%2 == 0 {
		return w.diff(text, state, o)
	}
	f, err := plan.ReadPlanFile("plan.json", written, "s")
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := f.Resume(w.list(), plan.FleetOptions{Memory: state, Reveal: revealAll})
	if err != nil {
		w.t.Fatalf("%v\n%s", err, written)
	}
	return p
}
