package sandbox_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/gijctl/gijctl/internal/sandbox"
)

const indexPath = "/rest/gitplugin/1.0/index.json"

// TestIndexOfTheDemo: exactly one integration has an error, and one is under way.
func TestIndexOfTheDemo(t *testing.T) {
	t.Parallel()
	s := demo(t)
	var failed, underWay []int64
	for _, i := range listed(t, s) {
		var st struct {
			Success, Finished    bool
			ThreadID             int64
			Messages             map[string]float64
			Errors               map[string]string
			LastOperationPercent float64
		}
		decode(t, get(t, s, indexPath+"?repoId="+strconv.FormatInt(i.ID, 10)).want(t, 200, `"success":true`), &st)
		if len(st.Errors) > 0 {
			failed = append(failed, i.ID)
		}
		if !st.Finished {
			underWay = append(underWay, i.ID)
		}
		if st.Messages["Indexing "+i.DisplayName] != st.LastOperationPercent || st.Finished != (st.LastOperationPercent == 100) || st.ThreadID == 0 {
			t.Errorf("%d: %+v", i.ID, st)
		}
	}
	if len(failed) != 1 || failed[0] != 6 || len(underWay) != 1 || underWay[0] != 12 {
		t.Errorf("failed %v, under way %v", failed, underWay)
	}
}

func TestIndexModels(t *testing.T) {
	t.Parallel()
	s := demo(t)
	get(t, s, indexPath+"?repoId=12").want(t, 200,
		`{"success":true,"finished":false,"threadId":184,"messages":{"Indexing Mobile GitHub Enterprise":45.0},"errors":{},"lastOperationPercent":45.0}`)
	get(t, s, indexPath+"?repoId=6").want(t, 200, `"finished":true`, `"errors":{"Firmware reviews":"authentication failed for 'https://gerrit.acme.example:8443'"}`)
	list := demo(t, "index-model=list")
	get(t, list, indexPath+"?repoId=6").want(t, 200, `"threadId":"5f0c6bd2-`, `"completionPercentage":100.0,"errorsCount":1,"messages":[{"message":"Indexing Firmware`,
		`{"message":"authentication failed for 'https://gerrit.acme.example:8443'","details":"org.`, `"error":true,"insertionTime":`)
	get(t, list, indexPath+"?repoId=1").want(t, 200, `"errorsCount":0`).lacks(t, `"error":true`)
}

func TestIndexRequests(t *testing.T) {
	t.Parallel()
	s := demo(t)
	get(t, s, "/rest/gitplugin/1.0/index?repoId=3").want(t, 200, `"Indexing platform-api":100.0`)
	get(t, s, "/rest/gitplugin/latest/index").want(t, 200, `"finished":false`, `"Indexing handbook"`, `"lastOperationPercent":45.0`, "authentication failed")
	get(t, s, indexPath+"?repoId=1&threadId=a-b").want(t, 200, `"threadId":"a-b"`)
	get(t, s, indexPath+"?repoId=1&threadId=7").want(t, 200, `"threadId":7`)
	get(t, s, indexPath+"?repoId=99").want(t, 404, `{"success":false,"error":"Repository with id=99 does not exist"`)
	get(t, demo(t, "error-status=200"), indexPath+"?repoId=99").want(t, 200, `"success":false`)
	get(t, s, indexPath+"?repoId=x").want(t, 400)
	get(t, s, indexPath+"/1").want(t, 404)
	send(t, s, request{method: "DELETE", path: indexPath}).want(t, 405)
	send(t, s, request{path: indexPath + "?repoId=1", auth: "Bearer " + s.UserToken}).want(t, 200)
	send(t, s, request{path: indexPath + "?repoId=1", auth: "-"}).want(t, 401)
	get(t, demo(t, "not-installed"), indexPath).want(t, 404)
	get(t, demo(t, "hostile-text"), indexPath+"?repoId=6").want(t, 200, `\u001b[31mred`)
	broken := demo(t, "index-broken=2")
	get(t, broken, indexPath+"?repoId=2").want(t, 500)
	get(t, broken, indexPath+"?repoId=1").want(t, 200)
}

// TestIndexIsKept: what the seed says of an index survives a write and the state file.
func TestIndexIsKept(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/state.json"
	put(t, start(t, sandbox.Options{StateFile: file}), "6", `{"displayName":"New"}`).want(t, 200)
	get(t, start(t, sandbox.Options{StateFile: file}), indexPath+"?repoId=6").want(t, 200, `"errors":{"New":"authentication failed`)
}

func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for fault, want := range map[string]string{
		"clock=-10m": "Mon, 02 Mar 2026 08:50:00 GMT", "clock=90s": "Mon, 02 Mar 2026 09:01:30 GMT", "clock=0s": "Mon, 02 Mar 2026 09:00:00 GMT",
	} {
		s := start(t, sandbox.Options{Faults: []string{fault}, Now: func() time.Time { return now }})
		for _, path := range []string{"/rest/api/2/serverInfo", integrationPath, "/nothing"} {
			if got := get(t, s, path).header.Get("Date"); got != want {
				t.Errorf("%s: Date of %s is %s, want %s", fault, path, got, want)
			}
		}
	}
}

func TestRateHeaders(t *testing.T) {
	t.Parallel()
	s := demo(t, "rate-headers=7")
	for _, q := range []request{{path: integrationPath}, {path: "/nothing"}, {path: "/rest/api/2/serverInfo", auth: "-"}} {
		got := send(t, s, q).header
		want := map[string]string{"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "7", "X-RateLimit-Interval-Seconds": "1", "X-RateLimit-FillRate": "10"}
		for name, value := range want {
			if got.Get(name) != value {
				t.Errorf("%s: %s is %q, want %s", q.path, name, got.Get(name), value)
			}
		}
	}
	if got := send(t, demo(t, "rate-headers=7", "rate-limit"), request{path: integrationPath}); got.status != http.StatusTooManyRequests || got.header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("refused with %d, %s left", got.status, got.header.Get("X-RateLimit-Remaining"))
	}
	if got := get(t, demo(t), integrationPath).header.Get("X-RateLimit-Limit"); got != "" {
		t.Errorf("without the fault there is a limit of %s", got)
	}
}
