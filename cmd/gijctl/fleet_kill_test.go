package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// killedManifest has a change of each kind against the demo: settings, one of which has an endpoint of its own, new ones with and
// without a secret, and a removal.
const killedManifest = `apiVersion: gijctl/v1
kind: Integrations
integrations:
- {id: 1, displayName: Renamed, tagsFilter: v.*}
- {id: 2}
- {id: 5, disabled: false, apiFilter: '[?a]'}
- {id: 6}
- {id: 10}
- {id: 12, projects: [PLAT]}
- {type: FILESPACE, displayName: New folder, origin: /new/*, disabled: true}
- {type: GITHUB, displayName: New hub, pat: {fromFile: pat}}
`

// TestKilledApplies kills an apply at each of its requests, before the server gets it and after the server answered it, and runs the
// same command again: the end is that of an apply that nobody killed, and nothing is there twice.
func TestKilledApplies(t *testing.T) {
	t.Parallel()
	requests := playFleet(t, newKilledFleet(t, 0, false))
	if requests < 12 {
		t.Fatalf("an apply made %d requests only", requests)
	}
	slots := make(chan struct{}, 4)
	var all sync.WaitGroup
	for n := 1; n <= requests; n++ {
		for _, after := range []bool{false, true} {
			k := newKilledFleet(t, n, after)
			all.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				playFleet(t, k)
			})
		}
	}
	all.Wait()
}

func newKilledFleet(t *testing.T, number int, after bool) *killed {
	t.Helper()
	k := newKilled(t, number, after)
	k.args = []string{"integration", "apply", "-f", "fleet.yaml", "--yes", "--prune", "--confirm-delete", "7", "--max-deletes", "2"}
	for name, text := range map[string]string{"fleet.yaml": killedManifest, "pat": "made-up-token-of-a-kill\n"} {
		if err := os.WriteFile(filepath.Join(k.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// playFleet runs the apply to its end, however often it is killed, and once more. It returns how many requests the first took.
func playFleet(t *testing.T, k *killed) int {
	t.Helper()
	requests := int64(0)
	for range 2 {
		status, stderr, err := k.run()
		if requests == 0 {
			requests = k.seen.Load()
		}
		if k.number > 0 && status < 0 {
			continue // it was killed
		}
		if err != nil || status != 0 {
			t.Errorf("%s: exit %d, %v\n%s", k, status, err, stderr)
			return 0
		}
		break
	}
	if got, err := fleetOf(k); err != nil || got != "New folder off; New hub on; Renamed v.*; https://dev.azure.com on [?a]" {
		t.Errorf("%s: %s, %v", k, got, err)
	}
	status, stderr, err := k.run()
	if err != nil || status != 0 || !strings.Contains(stderr, "nothing to do: 8 integrations as wanted already") {
		t.Errorf("%s: the last time it is not without work: exit %d, %v\n%s", k, status, err, stderr)
	}
	return int(requests)
}

// fleetOf sums up what the manifest is about.
func fleetOf(k *killed) (string, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, k.server.URL+"/rest/gitplugin/1.0/integration", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+k.server.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var list struct {
		Integrations []struct {
			ID                                 int
			DisplayName, TagsFilter, APIFilter string
			Disabled                           bool
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&list); err != nil {
		return "", err
	}
	var parts []string
	for _, i := range list.Integrations {
		state := map[bool]string{true: "off", false: "on"}[i.Disabled]
		switch {
		case i.ID == 1:
			parts = append(parts, i.DisplayName+" "+i.TagsFilter)
		case i.ID == 5:
			parts = append(parts, fmt.Sprintf("%s %s %s", i.DisplayName, state, i.APIFilter))
		case i.ID == 7, i.ID > 12:
			parts = append(parts, i.DisplayName+" "+state)
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "; "), nil
}
