package plan_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

const hidden = "s3cr3t-of-the-test"

// fields are request fields by REST key.
type fields map[string]any

// spec makes a spec; a whole number may be an int.
func spec(t testing.TB, f fields) gij.IntegrationSpec {
	t.Helper()
	var s gij.IntegrationSpec
	for key, value := range f {
		if n, ok := value.(int); ok {
			value = int64(n)
		}
		if err := s.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// row makes an integration as the server shows it.
func row(t testing.TB, id int64, typ, name, origin string, more fields) gij.Integration {
	t.Helper()
	wire := map[string]any{"id": id, "integrationType": typ, "displayName": name, "origin": origin}
	for key, value := range more {
		wire[key] = value
	}
	return decoded(t, wire)
}

func decoded(t testing.TB, wire map[string]any) gij.Integration {
	t.Helper()
	data, err := json.Marshal(wire)
	if err != nil {
		t.Fatal(err)
	}
	var i gij.Integration
	if err := json.Unmarshal(data, &i); err != nil {
		t.Fatal(err)
	}
	return i
}

func keys(s gij.IntegrationSpec) string {
	var all []string
	for _, v := range s.Values() {
		all = append(all, v.Key)
	}
	return strings.Join(all, ",")
}

// summary is what a person sees of a change: action, id and each field as "key: from -> to".
func summary(c plan.Change) string {
	lines := []string{fmt.Sprintf("%s %d %s %q", c.Action, c.ID, c.Type, c.Name)}
	for _, f := range c.Fields {
		lines = append(lines, fmt.Sprintf("%s: %s -> %s", f.Field, plan.Display(f.From), plan.Display(f.To)))
	}
	return strings.Join(lines, "\n")
}

// fakeServer keeps integrations, records what it is asked, and can be told to misbehave.
type fakeServer struct {
	t     *testing.T
	rows  map[int64]map[string]any
	calls []string
	// fail answers the call of this name with an error, and does nothing.
	fail map[string]error
	// during is called in the middle of each call, before it has an effect.
	during func(ctx context.Context, call string)
	// ignored are request fields that writes do not change.
	ignored []string
}

func newFake(t *testing.T, rows ...map[string]any) *fakeServer {
	t.Helper()
	f := &fakeServer{t: t, rows: map[int64]map[string]any{}, fail: map[string]error{}}
	for _, r := range rows {
		f.rows[int64(r["id"].(int))] = r
	}
	return f
}

func gitLab(id int, more fields) map[string]any {
	r := map[string]any{
		"id": id, "integrationType": "GITLAB", "displayName": fmt.Sprintf("lab %d", id), "origin": "https://gitlab.com",
		"disabled": false, "global": true, "smartCommitsEnabled": true,
	}
	for key, value := range more {
		r[key] = value
	}
	return r
}

// enter records a call. Its name in fail has no fields.
func (f *fakeServer) enter(ctx context.Context, name, more string) error {
	f.calls = append(f.calls, strings.TrimSpace(name+" "+more))
	if f.during != nil {
		f.during(ctx, name)
	}
	if ctx.Err() != nil {
		return &gij.Error{Kind: gij.KindNetwork, Op: name, Message: "interrupted", Err: ctx.Err()}
	}
	return f.fail[name]
}

func (f *fakeServer) write(id int64, s gij.IntegrationSpec) {
	for _, v := range s.Values() {
		_, isSecret := v.Value.(secret.Value)
		if isSecret || slices.Contains([]string{"username", "awsRegion", "folderDepth"}, v.Key) || slices.Contains(f.ignored, v.Key) {
			continue
		}
		f.rows[id][v.Key] = v.Value
	}
}

func (f *fakeServer) shown(id int64) gij.Integration { return decoded(f.t, f.rows[id]) }

func (f *fakeServer) Get(ctx context.Context, id int64) (gij.Integration, error) {
	if err := f.enter(ctx, fmt.Sprintf("get %d", id), ""); err != nil {
		return gij.Integration{}, err
	}
	return f.shown(id), nil
}

func (f *fakeServer) Create(ctx context.Context, s gij.IntegrationSpec, existing []int64) (gij.Integration, error) {
	if err := f.enter(ctx, "create", fmt.Sprint(keys(s), " ", existing)); err != nil {
		return gij.Integration{}, err
	}
	id := int64(100 + len(f.rows))
	f.rows[id] = map[string]any{"id": id, "disabled": false}
	f.write(id, s)
	return f.shown(id), nil
}

func (f *fakeServer) Update(ctx context.Context, id int64, s gij.IntegrationSpec) error {
	if err := f.enter(ctx, fmt.Sprintf("update %d", id), keys(s)); err != nil {
		return err
	}
	f.write(id, s)
	return nil
}

func (f *fakeServer) SetDisabled(ctx context.Context, id int64, disabled bool) (gij.Integration, error) {
	if err := f.enter(ctx, fmt.Sprintf("disable %d", id), fmt.Sprint(disabled)); err != nil {
		return gij.Integration{}, err
	}
	f.rows[id]["disabled"] = disabled
	return f.shown(id), nil
}

func (f *fakeServer) Delete(ctx context.Context, id int64, o gij.DeleteOptions) error {
	if err := f.enter(ctx, fmt.Sprintf("delete %d", id), fmt.Sprint(o.DeleteFiles)); err != nil {
		return err
	}
	delete(f.rows, id)
	return nil
}

// progress records what it hears.
type progress struct{ heard []string }

func (p *progress) Start(c plan.Change, number, total int) {
	p.heard = append(p.heard, fmt.Sprintf("%d/%d %s %d", number, total, c.Action, c.ID))
}

func (p *progress) Interrupted(c plan.Change, grace time.Duration) {
	p.heard = append(p.heard, fmt.Sprintf("interrupted %s %d %s", c.Action, c.ID, grace))
}

func (p *progress) Done(r plan.Result) { p.heard = append(p.heard, string(r.Outcome)) }
