package plan_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/sandbox"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

// world is the real client in front of a sandbox.
type world struct {
	t      *testing.T
	server *sandbox.Server
	gij    *gij.IntegrationsService
	random *rand.Rand
}

func newWorld(t *testing.T, seed uint64, faults ...string) *world {
	t.Helper()
	server, err := sandbox.Start(t.Context(), sandbox.Options{Faults: faults, Record: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	client, err := gij.New(gij.Config{
		BaseURL: server.URL, Token: secret.New(server.Token), Timeout: time.Minute,
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, server, client.Integrations, rand.New(rand.NewPCG(seed, 1))}
}

func (w *world) list() []gij.Integration {
	w.t.Helper()
	all, err := w.gij.List(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// apply carries out changes, which the server must do.
func (w *world) apply(changes []plan.Change) []plan.Result {
	w.t.Helper()
	results := plan.Apply(w.t.Context(), w.gij, changes, &progress{})
	for _, r := range results {
		if r.Outcome != plan.OutcomeVerified && r.Outcome != plan.OutcomeUnchanged {
			w.t.Fatalf("%s: %s, %v", summary(r.Change), r.Outcome, r.Err)
		}
	}
	return results
}

// writes counts the requests so far that may change something.
func (w *world) writes() int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Method != http.MethodGet {
			n++
		}
	}
	return n
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// settings are some fields that every type takes and that the server shows.
func (w *world) settings() fields {
	r := w.random
	f, candidates := fields{}, fields{
		"disabled": pick(r, true, false), "sendCommitEmails": pick(r, true, false), "maxMinsToCommitEmail": pick(r, 0, 60, 1440),
		"tagsFilter": pick(r, "", "v.*"), "prHideFilter": pick(r, "", "bot"), "apiFilter": pick(r, "", "[?a]"), "refSpecCustom": pick(r, "", "refs/x"),
		"requireUserPat": pick(r, true, false), "trustFolderStat": pick(r, true, false), "disableSslVerification": pick(r, true, false),
	}
	for _, key := range slices.Sorted(maps.Keys(candidates)) {
		if r.IntN(3) == 0 {
			f[key] = candidates[key]
		}
	}
	switch r.IntN(4) {
	case 0:
		f["global"] = true
	case 1:
		f["global"], f["projectMappingIds"] = false, pick(r, []int64{}, []int64{10100, 10000}, []int64{10200, 10200})
	}
	return f
}

// newcomer is what somebody may want to add.
func (w *world) newcomer() gij.IntegrationSpec {
	w.t.Helper()
	r := w.random
	f := w.settings()
	f["type"] = pick(r, "GITHUB", "GITLAB_SERVER", "AZURE", "AWS", "FILESPACE")
	f["displayName"] = pick(r, "", "one", "two")
	switch f["type"] {
	case "GITHUB", "AZURE":
		f["pat"] = fmt.Sprint("pat-", r.Uint64())
	case "GITLAB_SERVER":
		f["origin"], f["pat"] = pick(r, "https://a.example.com", "https://b.example.com/", "HTTPS://B.example.com"), fmt.Sprint("pat-", r.Uint64())
	case "AWS":
		f["username"], f["password"], f["awsRegion"] = "u", fmt.Sprint("password-", r.Uint64()), pick(r, "us-east-1", "eu-west-1")
		f["displayName"] = pick(r, "one", "two") // without a name there is no telling one from another
	case "FILESPACE":
		f["origin"], f["folderDepth"] = pick(r, "/a/*", "/b/*"), pick(r, 1, 2)
	}
	return spec(w.t, f)
}

// alike counts the integrations that an add without a display name may mean.
func (w *world) alike(want gij.IntegrationSpec) int {
	n := 0
	for _, i := range w.list() {
		if i.Type == *want.Type && (want.Origin == nil || gij.SameOrigin(i.Origin, *want.Origin)) {
			n++
		}
	}
	return n
}

// add applies an add twice; the second time there is nothing to do, also with another secret.
func (w *world) add() {
	w.t.Helper()
	want := w.newcomer()
	if *want.DisplayName == "" && w.alike(want) > 1 {
		return // each add makes one more, as promised
	}
	change, err := plan.Add(w.list(), want, true)
	var ambiguous *plan.ConflictError
	if errors.As(err, &ambiguous) {
		return // an update gave two of them the same name
	}
	if err != nil {
		w.t.Fatal(err)
	}
	id := w.apply([]plan.Change{change})[0].Change.ID
	w.nothingLeft(id, func() []plan.Change {
		for _, key := range []string{"pat", "password"} {
			if only := want.Only(key); !only.IsEmpty() {
				_ = want.Set(key, "another")
			}
		}
		again, err := plan.Add(w.list(), want, w.random.IntN(2) == 0)
		if err != nil || again.ID != id {
			w.t.Fatalf("the second add: %s, %v", summary(again), err)
		}
		return []plan.Change{again}
	})
}

// update applies an update of several integrations twice.
func (w *world) update() {
	w.t.Helper()
	f := w.settings()
	if w.random.IntN(4) == 0 {
		f["displayName"] = pick(w.random, "one", "two", "three")
	}
	want := spec(w.t, f)
	w.twice(func(rows []gij.Integration) []plan.Change { return plan.Update(rows, want) })
}

func (w *world) disable() {
	w.t.Helper()
	want := spec(w.t, fields{"disabled": pick(w.random, true, false)})
	w.twice(func(rows []gij.Integration) []plan.Change { return plan.Update(rows, want) })
}

func (w *world) twice(planned func([]gij.Integration) []plan.Change) {
	w.t.Helper()
	all := w.list()
	from := w.random.IntN(len(all))
	to := min(len(all), from+3)
	w.apply(planned(all[from:to]))
	w.nothingLeft(all[from].ID, func() []plan.Change { return planned(w.list()[from:to]) })
}

// nothingLeft checks that the plan has nothing to do, and that carrying it out sends no write and keeps the secrets.
func (w *world) nothingLeft(id int64, planned func() []plan.Change) {
	w.t.Helper()
	before, secrets := w.writes(), w.secrets(id)
	changes := planned()
	for _, c := range plan.Pending(changes) {
		w.t.Fatalf("the second time there is still something to do: %s", summary(c))
	}
	w.apply(changes)
	if n := w.writes() - before; n > 0 || w.secrets(id) != secrets {
		w.t.Fatalf("the second time %d writes were sent; secrets %s, now %s", n, secrets, w.secrets(id))
	}
}

func (w *world) secrets(id int64) string {
	w.t.Helper()
	var all string
	for _, field := range []string{"pat", "password", "username"} {
		fingerprint, err := w.server.Fingerprint(id, field)
		if err != nil {
			w.t.Fatal(err)
		}
		all += fingerprint + " "
	}
	return all
}

// remove removes one integration, and leaves the others alone.
func (w *world) remove() {
	w.t.Helper()
	all := w.list()
	if len(all) < 4 {
		return
	}
	gone := w.random.IntN(len(all))
	w.apply(plan.Remove(all[gone:gone+1], gij.DeleteOptions{DeleteFiles: w.random.IntN(2) == 0}))
	left := w.list()
	if len(left) != len(all)-1 {
		w.t.Fatalf("of %d integrations %d are left", len(all), len(left))
	}
	for _, i := range left {
		if i.ID == all[gone].ID {
			w.t.Fatalf("integration %d is still there", i.ID)
		}
	}
}

// Whatever somebody wants, to want it twice changes nothing.
func TestASecondApplicationIsANoOp(t *testing.T) {
	t.Parallel()
	for n, faults := range [][]string{
		nil, {"profile=legacy-docs"}, {"profile=ancient"}, {"profile=bare", "disabled-put=ignored"}, {"disabled-put=error", "extra-keys", "post-status=201"},
	} {
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, uint64(n), faults...)
			for range 60 {
				pick(w.random, w.add, w.add, w.update, w.disable, w.remove)()
			}
		})
	}
}

// A server that answers success and does nothing is found out, for each kind of change.
func TestAServerThatOnlyPretendsIsFoundOut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault  string
		change func(gij.Integration) plan.Change
	}{
		{"write-ignored", func(i gij.Integration) plan.Change {
			return plan.Update([]gij.Integration{i}, spec(t, fields{"sendCommitEmails": false, "tagsFilter": "v.*"}))[0]
		}},
		{"disable-endpoint=ignored", func(i gij.Integration) plan.Change {
			return plan.Update([]gij.Integration{i}, spec(t, fields{"disabled": true}))[0]
		}},
		{"pretend-delete", func(i gij.Integration) plan.Change {
			return plan.Remove([]gij.Integration{i}, gij.DeleteOptions{})[0]
		}},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 0, tt.fault)
			r := plan.Apply(t.Context(), w.gij, []plan.Change{tt.change(w.list()[0])}, &progress{})[0]
			if r.Outcome != plan.OutcomeFailed || !gij.IsKind(r.Err, gij.KindNotApplied) {
				t.Errorf("%s, %v", r.Outcome, r.Err)
			}
		})
	}
}
