package plan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
)

const server = "https://jira.example.com"

// writtenPlan has a change of each kind against the demo.
func writtenPlan(t *testing.T) []byte {
	t.Helper()
	p, err := planFleet(t, "integrations:\n- {type: GITLAB, displayName: A, pat: {fromEnv: P}, disabled: true}\n- {id: 1, tagsFilter: w, pat: {fromEnv: Q}}\n- {id: 3}\n- {id: 4}\n",
		plan.FleetOptions{Prune: true, Rotate: []string{"1"}})
	if err != nil {
		t.Fatal(problems(err))
	}
	data, err := p.Encode(server, time.Unix(1772442000, 0))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "made-up") {
		t.Errorf("the plan holds a secret:\n%s", data)
	}
	return data
}

func TestAWrittenPlan(t *testing.T) {
	t.Parallel()
	data := writtenPlan(t)
	golden(t, "written", string(data))
	f, err := plan.ReadPlanFile("plan.json", data, server)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Resume(demo(t), plan.FleetOptions{Reveal: revealAll, Children: map[int64]int{2: 4}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "resumed", planLines(p))
	if p.Goes != 4 {
		t.Errorf("%d go with it", p.Goes)
	}
}

func TestPlansThatAreRefused(t *testing.T) {
	t.Parallel()
	data := string(writtenPlan(t))
	for _, tt := range []struct {
		name, old, now string
		code, want     string
	}{
		{"no JSON", "{", "", "invalid_input", "p.json: this is no plan"},
		{"another version", "gijctl/v1", "gijctl/v2", "invalid_input", `p.json: it is "IntegrationsPlan" of version "gijctl/v2"`},
		{"another kind", "IntegrationsPlan", "Integrations", "invalid_input", "and this gijctl carries out IntegrationsPlan of gijctl/v1"},
		{"another server", server, "https://other.example.com", "conflict", "the plan is for https://other.example.com, and this is " + server},
		{"unknown key", `"server"`, `"more": 1, "server"`, "invalid_input", "the plan is damaged"},
		{"unknown action", `"create"`, `"make"`, "invalid_input", `change 1 is "make"`},
		{"no id", `"id": 1,`, "", "invalid_input", "change 2 has no id, or no values"},
		{"a secret", `"tagsFilter": "w"`, `"pat": "made-up"`, "invalid_input", "change 2 holds a secret"},
		{"a reference for a field", `"secrets": {`, `"secrets": {"origin": {},`, "invalid_input", `a reference for "origin"`},
		{"a reference to nothing", `"fromEnv": "`, `"fromFile": "a", "fromEnv": "`, "invalid_input", "change 1 does not say where its pat is"},
		{"more", "\n}\n", "\n}\n{}", "invalid_input", "p.json: this is no plan"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(data, tt.old, tt.now, 1)
			if changed == data {
				t.Fatalf("%q is not in\n%s", tt.old, data)
			}
			_, err := plan.ReadPlanFile("p.json", []byte(changed), server)
			var refused *plan.PlanFileError
			if !errors.As(err, &refused) || refused.Code() != tt.code || !strings.Contains(err.Error(), tt.want) || refused.Hint() == "" {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAServerThatMovedSinceThePlan(t *testing.T) {
	t.Parallel()
	f := must(plan.ReadPlanFile("p.json", writtenPlan(t), server))
	have := demo(t)
	other := "v2"
	have[0].TagsFilter = &other
	have[1].DisplayName = "Renamed"
	have = append(have, row(t, 9, "GITLAB", "A", "https://gitlab.com", fields{"disabled": false}))
	_, err := f.Resume(have, plan.FleetOptions{Reveal: revealAll})
	var moved *plan.MovedError
	if !errors.As(err, &moved) || moved.Code() != "conflict" {
		t.Fatal(err)
	}
	expect(t, "moved", []string{
		`GITLAB "A" (create): there is one now (id 9), and its disabled is not as planned`,
		`GITHUB "Hub" (update): tagsFilter was "v.*", and is "v2"`,
		`GITLAB_SERVER "Lab" (delete): it is "Renamed" of https://lab.example.com now`,
	}, moved.Moved)
	if _, err := f.Resume(have[3:4], plan.FleetOptions{Reveal: revealAll}); !errors.As(err, &moved) || !strings.Contains(strings.Join(moved.Moved, ""), "there is no integration with id 1 any more") {
		t.Error(err)
	}
}
