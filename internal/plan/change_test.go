package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/gij"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	lost := spec(t, fields{"type": "GITLAB", "pat": hidden, "disabled": true})
	for _, tt := range []struct {
		name   string
		change plan.Change
		want   []string
	}{
		{"create", plan.Change{Action: plan.ActionCreate, Spec: lost}, []string{
			`POST /rest/gitplugin/1.0/integration {"type":"GITLAB","pat":"[redacted]","disabled":true}`,
		}},
		{"update", plan.Change{Action: plan.ActionUpdate, ID: 5, Spec: spec(t, fields{"password": hidden, "global": false})}, []string{
			`PUT /rest/gitplugin/1.0/integration/5 {"password":"[redacted]","global":false}`,
		}},
		{"update with disabled", plan.Change{Action: plan.ActionUpdate, ID: 5, Spec: spec(t, fields{"global": true, "disabled": true})}, []string{
			`PUT /rest/gitplugin/1.0/integration/5 {"global":true}`,
			`PUT /rest/gitplugin/1.0/repository/5/disable?disable=true `,
		}},
		{"enable alone", plan.Change{Action: plan.ActionUpdate, ID: 5, Spec: spec(t, fields{"disabled": false})}, []string{
			`PUT /rest/gitplugin/1.0/repository/5/disable?disable=false `,
		}},
		{"delete", plan.Change{Action: plan.ActionDelete, ID: 5}, []string{`DELETE /rest/gitplugin/1.0/integration/5?deleteFiles=false `}},
		{"delete with files", plan.Change{Action: plan.ActionDelete, ID: 5, Delete: gij.DeleteOptions{DeleteFiles: true}}, []string{
			`DELETE /rest/gitplugin/1.0/integration/5?deleteFiles=true `,
		}},
		{"nothing", plan.Change{Action: plan.ActionNone, ID: 5, Spec: lost}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, r := range tt.change.Requests((*gij.IntegrationsService)(nil)) {
				got = append(got, fmt.Sprintf("%s %s %s", r.Method, r.Path, r.Body))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(strings.Join(got, ""), hidden) {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestPendingOfNothing(t *testing.T) {
	t.Parallel()
	if got := plan.Pending(nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
