package cli

import (
	"strings"
	"testing"
)

func TestDeleteGuard(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		guard deleteGuard
		want  string // what the refusal says; "" for none
		hint  string
		limit int
	}{
		"nothing to delete":        {guard: deleteGuard{}},
		"all confirmed":            {guard: deleteGuard{pending: []int64{3, 5}, marked: []int64{3, 5}, confirmed: []int64{3, 5}, given: true}, limit: 2},
		"gone already":             {guard: deleteGuard{marked: []int64{3, 5}, confirmed: []int64{3, 5}, given: true}},
		"one of two is gone":       {guard: deleteGuard{pending: []int64{5}, marked: []int64{3, 5}, confirmed: []int64{5}, given: true}, limit: 1},
		"goes with it, allowed":    {guard: deleteGuard{pending: []int64{3}, with: 2, marked: []int64{3}, confirmed: []int64{3}, given: true, most: 3, mostGiven: true}, limit: 3},
		"typed":                    {guard: deleteGuard{pending: []int64{3}, with: 2, marked: []int64{3}, canBeAsked: true}, limit: 3},
		"none confirmed":           {guard: deleteGuard{pending: []int64{3, 5}, marked: []int64{5, 3}}, want: "of 2 rows to delete, 2 are not confirmed: 3, 5", hint: "--confirm-delete 3,5"},
		"one missing":              {guard: deleteGuard{pending: []int64{3, 5}, marked: []int64{3, 5}, confirmed: []int64{3}, given: true, canBeAsked: true}, want: "1 is not confirmed: 5", hint: "--confirm-delete 3,5"},
		"one too many":             {guard: deleteGuard{pending: []int64{3}, marked: []int64{3}, confirmed: []int64{3, 9}, given: true}, want: "names what the file does not mark: 9", hint: "--confirm-delete 3"},
		"nothing is marked":        {guard: deleteGuard{confirmed: []int64{9}, given: true}, want: "does not mark: 9", hint: "leave --confirm-delete out"},
		"both":                     {guard: deleteGuard{pending: []int64{3}, marked: []int64{3}, confirmed: []int64{9}, given: true}, want: "does not mark: 9; of 1 row to delete, 1 is not confirmed: 3", hint: "--confirm-delete 3"},
		"goes with it":             {guard: deleteGuard{pending: []int64{3}, with: 2, marked: []int64{3}, confirmed: []int64{3}, given: true}, want: "3 rows would be deleted, and at most 1 may be; 2 of them go with the others", hint: "--max-deletes 3"},
		"one goes with it":         {guard: deleteGuard{pending: []int64{3}, with: 1, marked: []int64{3}, confirmed: []int64{3}, given: true}, want: "at most 1 may be; 1 of them goes with the others", hint: "--max-deletes 2"},
		"another is gone already":  {guard: deleteGuard{pending: []int64{3}, with: 1, marked: []int64{3, 5}, confirmed: []int64{3, 5}, given: true}, want: "2 rows would be deleted, and at most 1 may be", hint: "--max-deletes 2"},
		"too many":                 {guard: deleteGuard{pending: []int64{3, 5}, marked: []int64{3, 5}, confirmed: []int64{3, 5}, given: true, most: 1, mostGiven: true}, want: "2 rows would be deleted, and at most 1 may be", hint: "--max-deletes 2"},
		"too many, before asking":  {guard: deleteGuard{pending: []int64{3, 5}, marked: []int64{3, 5}, most: 1, mostGiven: true, canBeAsked: true}, want: "at most 1 may be", hint: "--max-deletes 2"},
		"none may be":              {guard: deleteGuard{pending: []int64{3}, marked: []int64{3}, confirmed: []int64{3}, given: true, mostGiven: true}, want: "at most 0 may be", hint: "--max-deletes 1"},
		"asked, and wrongly named": {guard: deleteGuard{pending: []int64{3}, marked: []int64{3}, confirmed: []int64{9}, given: true, canBeAsked: true}, want: "does not mark: 9", hint: "--confirm-delete 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.guard.check()
			if c.want == "" {
				if err != nil || c.guard.limit() != c.limit {
					t.Errorf("refused: %v; the limit is %d, want %d", err, c.guard.limit(), c.limit)
				}
				return
			}
			if err == nil {
				t.Fatal("not refused")
			}
			got := explain(err)
			if got.Code != codeGuard || !strings.Contains(got.Message, c.want) || !strings.HasSuffix(got.Hint, c.hint) {
				t.Errorf("%s: %s; hint: %s", got.Code, got.Message, got.Hint)
			}
		})
	}
}
