package doctor_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/gijctl/gijctl/internal/doctor"
	"github.com/gijctl/gijctl/pkg/secret"
)

// TestOneLoginOnly: a doctor is not to use up the attempts that Jira allows before it asks for a CAPTCHA, nor to wait.
func TestOneLoginOnly(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusServiceUnavailable} {
		jira := &fakeJira{}
		answering("/rest/api/2/myself", status, `{}`)(jira)
		o := options(t, serve(t, jira).URL+"/jira")
		o.Client.Retries = 3
		examine(t, o).expect(t, doctor.CheckCredential, "fail", "", "")
		logins := 0
		for _, r := range jira.seen() {
			if r.Header.Get("Authorization") != "" {
				logins++
			}
		}
		if logins != 1 {
			t.Errorf("%d: the credential was sent %d times, want once", status, logins)
		}
	}
}

func TestSSO(t *testing.T) {
	t.Parallel()
	toSSO := func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, "https://sso.acme.example/login?ticket="+hidden, http.StatusFound)
		return true
	}
	loginPage := func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<html><form id="login-form"><input name="os_username"></form></html>`))
		return true
	}
	unlessLoggedIn := func(w http.ResponseWriter, r *http.Request) bool {
		return r.Header.Get("Authorization") == "" && toSSO(w, r)
	}
	for _, tt := range []struct {
		name            string
		before          func(http.ResponseWriter, *http.Request) bool
		status, message string
	}{
		{"another host", toSSO, "fail", "redirect to another host: sso.acme.example"},
		{"a login page", loginPage, "fail", "login page"},
		{"for strangers only", unlessLoggedIn, "ok", "redirect to another host: sso.acme.example; with it, they get through"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			all := examine(t, options(t, serve(t, &fakeJira{before: tt.before}).URL+"/jira"))
			all.expect(t, doctor.CheckSSO, tt.status, tt.message, "")
			if tt.status == "fail" {
				all.expect(t, doctor.CheckSSO, "fail", "", "single sign-on")
				all.expect(t, doctor.CheckCredential, "warn", "not checked: sso", "mend sso")
				all.expect(t, doctor.CheckContextPath, "warn", "not checked: sso", "mend sso")
				return
			}
			all.expectOthers(t, doctor.StatusOK)
		})
	}
}

func TestCredential(t *testing.T) {
	t.Parallel()
	password := func(o *doctor.Options) {
		o.Credential = func(context.Context) (doctor.Credential, error) {
			return doctor.Credential{User: "ada", Password: secret.New(hidden), From: "GIJCTL_USER and GIJCTL_PASSWORD"}, nil
		}
	}
	captcha := func(j *fakeJira) {
		j.answers = map[string]http.HandlerFunc{"/rest/api/2/myself": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Seraph-LoginReason", "AUTHENTICATION_DENIED")
			w.WriteHeader(http.StatusForbidden)
		}}
	}
	for _, tt := range []struct {
		name            string
		jira            func(*fakeJira)
		change          func(*doctor.Options)
		message, remedy string
	}{
		{"none", nil, func(o *doctor.Options) {
			o.Credential = func(context.Context) (doctor.Credential, error) {
				return doctor.Credential{}, hinted{"no credential", "log in"}
			}
		}, "no credential", "log in"},
		{"refused", answering("/rest/api/2/myself", 401, `{}`), nil, "401), with GIJCTL_TOKEN", "token"},
		{"kept and refused", answering("/rest/api/2/myself", 401, `{}`), func(o *doctor.Options) {
			o.Credential = func(context.Context) (doctor.Credential, error) {
				return doctor.Credential{Token: secret.New(hidden), From: "the keyring", Again: "gijctl auth login --context prod"}, nil
			}
		}, "401), with the keyring", "log in again: gijctl auth login --context prod"},
		{"captcha", captcha, password, "CAPTCHA", "in a browser"},
		{"password refused", answering("/rest/api/2/myself", 401, `{}`), password, "user name and password", "Jira 11"},
		{"Basic is off", answering("/rest/api/2/myself", 403, `{"message":"Basic Authentication has been disabled"}`), password, "403", "Jira 11"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			jira := &fakeJira{}
			if tt.jira != nil {
				tt.jira(jira)
			}
			o := options(t, serve(t, jira).URL+"/jira")
			if tt.change != nil {
				tt.change(&o)
			}
			all := examine(t, o)
			all.expect(t, doctor.CheckCredential, "fail", tt.message, tt.remedy)
			all.expect(t, doctor.CheckApp, "warn", "not checked: credential comes first", "mend credential")
			all.expectOthers(t, doctor.StatusOK, doctor.CheckCredential, doctor.CheckApp, doctor.CheckPermission)
		})
	}
}

func TestPermissionAndApp(t *testing.T) {
	t.Parallel()
	const permissions, integrations = "/rest/api/2/mypermissions", "/rest/gitplugin/1.0/integration"
	notAdmin := answerJSON(200, `{"permissions":{"ADMINISTER":{"havePermission":false}}}`)
	forbidden := answerJSON(403, `{"message":"You do not have permission"}`)
	for _, tt := range []struct {
		name            string
		answers         map[string]http.HandlerFunc
		check           string
		status, message string
	}{
		{"manager", map[string]http.HandlerFunc{permissions: notAdmin}, doctor.CheckPermission, "warn", "no Jira administrator, but"},
		{"nobody", map[string]http.HandlerFunc{permissions: notAdmin, integrations: forbidden}, doctor.CheckPermission, "fail", "403"},
		{"nobody, app", map[string]http.HandlerFunc{permissions: notAdmin, integrations: forbidden}, doctor.CheckApp, "warn", "likely to be there"},
		{"no app", map[string]http.HandlerFunc{integrations: http.NotFound}, doctor.CheckApp, "fail", "404"},
		{"no app, permission", map[string]http.HandlerFunc{permissions: notAdmin, integrations: http.NotFound}, doctor.CheckPermission, "warn", "before app is ok"},
		{"permissions fail", map[string]http.HandlerFunc{permissions: answerJSON(500, `{}`)}, doctor.CheckPermission, "warn", "is not known"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			all := examine(t, options(t, serve(t, &fakeJira{answers: tt.answers}).URL+"/jira"))
			all.expect(t, tt.check, tt.status, tt.message, "")
		})
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                    string
		status                  int
		limit, left             string
		want, message, remedy   string
		credential, contextPath string
	}{
		{"none", 0, "", "", "ok", "announces no limit", "", "ok", "ok"},
		{"much", 0, "100", "80", "ok", "80 of 100", "", "ok", "ok"},
		{"little", 0, "100", "9", "warn", "only 9 of 100", "wait", "ok", "ok"},
		{"no number", 0, "many", "few", "ok", "announces no limit", "", "ok", "ok"},
		{"refused", 429, "100", "0", "fail", "429), Retry-After: 7", "wait", "warn", "warn"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			jira := &fakeJira{before: func(w http.ResponseWriter, _ *http.Request) bool {
				if tt.limit != "" {
					w.Header().Set("X-RateLimit-Limit", tt.limit)
					w.Header().Set("X-RateLimit-Remaining", tt.left)
				}
				if tt.status != 0 {
					w.Header().Set("Retry-After", "7")
					w.WriteHeader(tt.status)
				}
				return tt.status != 0
			}}
			all := examine(t, options(t, serve(t, jira).URL+"/jira"))
			all.expect(t, doctor.CheckRateLimit, tt.want, tt.message, tt.remedy)
			all.expect(t, doctor.CheckCredential, tt.credential, "", "")
			all.expect(t, doctor.CheckContextPath, tt.contextPath, "", "")
			all.expect(t, doctor.CheckSSO, tt.contextPath, "", "")
		})
	}
}

// TestLimitOfTheAccount: strangers have no limit, the account is over its own.
func TestLimitOfTheAccount(t *testing.T) {
	t.Parallel()
	jira := &fakeJira{before: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
		return false
	}}
	all := examine(t, options(t, serve(t, jira).URL+"/jira"))
	all.expect(t, doctor.CheckRateLimit, "fail", "429", "")
	all.expect(t, doctor.CheckCredential, "warn", "not checked: rate-limit", "mend rate-limit")

	jira = &fakeJira{before: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") != "" {
			w.Header().Set("X-RateLimit-Limit", "50")
			w.Header().Set("X-RateLimit-Remaining", "2")
			w.Header().Set("X-RateLimit-Interval-Seconds", "60")
			w.Header().Set("X-RateLimit-FillRate", "5")
		}
		return false
	}}
	all = examine(t, options(t, serve(t, jira).URL+"/jira"))
	all.expect(t, doctor.CheckRateLimit, "warn", "only 2 of 50 requests are left, and 5 come back every 60 s", "wait")
}
