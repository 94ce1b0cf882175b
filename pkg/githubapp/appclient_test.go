package githubapp_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

const (
	installation = `{"id":51120934,"app_id":884213,"app_slug":"jira-acme","account":{"id":4711,"login":"acme","type":"Organization"},
		"target_type":"Organization","repository_selection":"selected","permissions":{"contents":"write","a_new_one":"read"},"events":["push"],
		"html_url":"https://github.com/organizations/acme/settings/installations/51120934","created_at":"2024-05-27T12:00:00Z",
		"updated_at":"2024-05-27T12:00:00.000Z","suspended_by":null,"suspended_at":null}`
	suspendedAt = `"suspended_by":{"id":9,"login":"octo-admin","type":"User"},"suspended_at":"2024-05-27T12:00:00Z"`
)

func suspended() string {
	return strings.Replace(installation, `"suspended_by":null,"suspended_at":null`, suspendedAt, 1)
}

func TestApp(t *testing.T) {
	t.Parallel()
	f := startHost(t, say(200, `{"id":884213,"slug":"jira-acme","client_id":"Iv23liFixture","owner":{"id":4711,"login":"acme","type":"Organization"},
		"html_url":"https://github.com/apps/jira-acme","permissions":{"a_new_one":"read"},"events":["push"],"installations_count":2}`))
	app, err := f.app(t).Get(t.Context())
	if err != nil || app.ID != 884213 || app.Owner.Login != "acme" || app.Permissions["a_new_one"] != "read" || *app.InstallationsCount != 2 ||
		app.InstallURL() != "https://github.com/apps/jira-acme/installations/new" {
		t.Errorf("%v: %+v", err, app)
	}
}

func TestInstallations(t *testing.T) {
	t.Parallel()
	f := startHost(t, inTurn(
		say(200, "["+installation+"]", "Link", `</api/v3/app/installations?per_page=100&page=2>; rel="next"`), // a path of its own, as a proxy's
		say(200, "["+suspended()+"]"),
	))
	all, err := f.app(t).Installations(t.Context())
	if err != nil || len(all) != 2 || all[0].SuspendedAt != nil || all[1].SuspendedBy.Login != "octo-admin" || all[0].Permissions["a_new_one"] != "read" {
		t.Errorf("%v: %+v", err, all)
	}
	if want := []string{"GET app/installations?per_page=100", "GET app/installations?per_page=100&page=2"}; !slices.Equal(f.requests(), want) {
		t.Errorf("asked %v", f.requests())
	}
	endless := startHost(t, say(200, "[]", "Link", `<?per_page=100>; rel="next"`))
	_, err = endless.app(t).Installations(t.Context())
	wantError(t, err, githubapp.KindFailed, "do not end")
}

func TestInstallationRequests(t *testing.T) {
	t.Parallel()
	f := startHost(t, say(200, `[{"id":7,"account":{"login":"initech"},"requester":{"login":"octo-admin"},"created_at":"2024-05-27T12:00:00Z"}]`))
	all, err := f.app(t).InstallationRequests(t.Context())
	if err != nil || len(all) != 1 || all[0].Account.Login != "initech" || !all[0].CreatedAt.Equal(noon()) {
		t.Errorf("%v: %+v", err, all)
	}
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	delivery := func(id, minutes, status int) string {
		return fmt.Sprintf(`{"id":%d,"guid":"g","delivered_at":%q,"status":"x","status_code":%d,"event":"push","action":null}`, id, noon().Add(-time.Duration(minutes)*time.Minute).Format(time.RFC3339), status)
	}
	handler := func() http.HandlerFunc {
		return inTurn(
			say(200, "["+delivery(4, 1, 200)+","+delivery(3, 2, 502)+"]", "Link", `<?per_page=100&cursor=v1_3>; rel="next"`),
			say(200, "["+delivery(2, 3, 0)+","+delivery(1, 60, 200)+"]"),
		)
	}
	for name, tt := range map[string]struct {
		since  time.Duration
		limit  int
		ids    []int64
		asked  int
		failed int
	}{
		"all":       {time.Hour * 2, 100, []int64{4, 3, 2, 1}, 2, 2},
		"since":     {time.Minute * 10, 100, []int64{4, 3, 2}, 2, 2},
		"limit":     {time.Hour, 2, []int64{4, 3}, 1, 1},
		"mid-page":  {time.Hour, 1, []int64{4}, 1, 0},
		"none new":  {0, 100, nil, 1, 0},
		"no places": {time.Hour, 0, nil, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, handler())
			all, err := f.app(t).Deliveries(t.Context(), noon().Add(-tt.since), tt.limit)
			var ids []int64
			failed := 0
			for _, d := range all {
				ids = append(ids, d.ID)
				if d.Failed() {
					failed++
				}
			}
			if err != nil || !slices.Equal(ids, tt.ids) || failed != tt.failed || len(f.requests()) != tt.asked {
				t.Errorf("%v: %v, %d failed, asked %v", err, ids, failed, f.requests())
			}
		})
	}
}

func TestAppRefusals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		kind    githubapp.Kind
		words   []string
	}{
		"wrong pair":  {say(401, `{"message":"A JSON web token could not be decoded"}`), githubapp.KindAuth, []string{"does not accept the key SHA256:", "for app 884213", "do not belong together"}},
		"no such app": {say(404, `{"message":"Integration not found"}`), githubapp.KindNotFound, []string{"knows no app 884213"}},
		"no API":      {say(404, "<html>", "Content-Type", "text/html"), githubapp.KindFailed, []string{"no REST API of GitHub"}},
		"a login":     {say(200, "<html>", "Content-Type", "text/html"), githubapp.KindFailed, []string{"no REST API of GitHub", "login page"}},
		"suspended":   {say(403, `{"message":"This app has been suspended"}`), githubapp.KindAuth, []string{"This app has been suspended"}},
		"a firewall":  {say(403, "<html>", "Content-Type", "text/html"), githubapp.KindFailed, []string{"web application firewall"}},
		"other JSON":  {say(200, `{"status":"ok"}`), githubapp.KindFailed, []string{"not in the form that GitHub documents"}},
		"spoiled":     {say(200, `{"id":`), githubapp.KindFailed, []string{"not in the form"}},
		"broken":      {say(500, `{"message":"`+strings.Repeat("long ", 100)+`"}`), githubapp.KindFailed, []string{"500 Internal Server Error", "…"}},
		"cut":         {cut, githubapp.KindFailed, []string{"ended before the answer was complete"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, tt.handler)
			_, err := f.app(t).Get(t.Context())
			wantError(t, err, tt.kind, tt.words...)
			if trace := f.trace.String(); strings.Contains(trace, "eyJ") {
				t.Errorf("the trace shows the token: %s", trace)
			}
		})
	}
	f := startHost(t, say(404, `{"message":"Not Found"}`))
	_, err := f.app(t).Installation(t.Context(), 5)
	wantError(t, err, githubapp.KindNotFound, "look up installation 5", "no such installation")
	_, err = f.app(t).HookConfig(t.Context())
	wantError(t, err, githubapp.KindNotFound, "no webhook")
}

func TestOrganization(t *testing.T) {
	t.Parallel()
	f := startHost(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("it signs in")
		}
		say(200, `{"id":4711,"login":"Acme"}`)(w, r)
	})
	account, err := f.client(t).Organization(t.Context(), "acme/x")
	if err != nil || account.ID != 4711 || account.Login != "Acme" || f.requests()[0] != "GET orgs/acme%2Fx" {
		t.Errorf("%v: %+v, asked %v", err, account, f.requests())
	}
	_, err = f.client(t).Organization(t.Context(), "..")
	wantError(t, err, githubapp.KindUsage, "cannot be used in an address")
	f = startHost(t, say(404, `{"message":"Not Found"}`))
	_, err = f.client(t).Organization(t.Context(), "nobody")
	wantError(t, err, githubapp.KindNotFound, `no organization "nobody"`)
}

// TestWrites: what is sent, and that a lost answer is looked up and not sent again.
func TestWrites(t *testing.T) {
	t.Parallel()
	const (
		put    = "PUT app/installations/51120934/suspended"
		end    = "DELETE app/installations/51120934/suspended"
		remove = "DELETE app/installations/51120934"
		look   = "GET app/installations/51120934"
	)
	suspend := func(ctx context.Context, a *githubapp.AppClient) error { return a.Suspend(ctx, 51120934) }
	unsuspend := func(ctx context.Context, a *githubapp.AppClient) error { return a.Unsuspend(ctx, 51120934) }
	uninstall := func(ctx context.Context, a *githubapp.AppClient) error { return a.Uninstall(ctx, 51120934) }
	done, gone := say(204, ""), say(404, `{"message":"Not Found"}`)
	for name, tt := range map[string]struct {
		do      func(context.Context, *githubapp.AppClient) error
		handler http.HandlerFunc
		asked   []string
		kind    githubapp.Kind // "" for a success
		words   []string
	}{
		"suspend":                     {suspend, done, []string{put}, "", nil},
		"unsuspend":                   {unsuspend, done, []string{end}, "", nil},
		"uninstall":                   {uninstall, done, []string{remove}, "", nil},
		"accepted":                    {uninstall, say(202, ""), []string{remove}, "", nil},
		"not the app's":               {suspend, gone, []string{put}, githubapp.KindNotFound, []string{"no such installation"}},
		"busy, then done":             {suspend, inTurn(say(503, ""), done), []string{put, put}, "", nil},
		"suspend, lost and done":      {suspend, inTurn(cut, say(200, suspended())), []string{put, look}, "", nil},
		"suspend, lost and not done":  {suspend, inTurn(cut, say(200, installation)), []string{put, look}, githubapp.KindUnknown, []string{"unchanged so far"}},
		"unsuspend, lost and done":    {unsuspend, inTurn(cut, say(200, installation)), []string{end, look}, "", nil},
		"unsuspend, lost, not done":   {unsuspend, inTurn(say(502, ""), say(200, suspended())), []string{end, look}, githubapp.KindUnknown, []string{"unchanged so far"}},
		"uninstall, lost and done":    {uninstall, inTurn(say(500, ""), gone), []string{remove, look}, "", nil},
		"uninstall, lost, not done":   {uninstall, inTurn(cut, say(200, installation)), []string{remove, look}, githubapp.KindUnknown, []string{"unchanged so far"}},
		"lost, and cannot be told":    {uninstall, inTurn(cut, say(500, "{}")), []string{remove, look}, githubapp.KindUnknown, []string{"cannot be looked up either"}},
		"suspend, lost and then gone": {suspend, inTurn(cut, gone), []string{put, look}, githubapp.KindUnknown, []string{"cannot be looked up either"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, tt.handler)
			err := tt.do(t.Context(), f.app(t))
			if !slices.Equal(f.requests(), tt.asked) {
				t.Errorf("asked %v, want %v", f.requests(), tt.asked)
			}
			if tt.kind == "" && err != nil {
				t.Error(err)
			}
			if tt.kind != "" {
				wantError(t, err, tt.kind, tt.words...)
			}
		})
	}
}

func TestDryRunOfWrites(t *testing.T) {
	t.Parallel()
	f := startHost(t, say(204, ""))
	c := f.config(t)
	c.ReadOnly = true
	if err := newClient(t, c).As("1", sharedKey(t)).Suspend(t.Context(), 1); err == nil || len(f.requests()) != 0 {
		t.Errorf("%v, asked %v", err, f.requests())
	}
}
