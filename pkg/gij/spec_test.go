package gij_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/secret"
)

func fullSpec(t *testing.T) gij.IntegrationSpec {
	t.Helper()
	return spec(t, "displayName", "a <b> & \"c\"", "origin", "https://x.test", "type", "GITHUB", "username", "u",
		"password", fixturePassword, "pat", secret.New(fixturePat), "disabled", false, "sendCommitEmails", true,
		"maxMinsToCommitEmail", int64(0), "global", false, "revisionIndexing", true, "gitViewerEnabled", true,
		"disableSslVerification", false, "smartCommitsEnabled", true, "tagsFilter", "", "prHideFilter", "^x$",
		"requireUserPat", false, "projectMappingIds", []int64{10000, 10100}, "sourcesDiffViewEnabled", true,
		"apiPath", "/user/repos", "apiFilter", "[?contains(name,'git')]", "refSpecNotes", true, "refSpecChanges", false,
		"refSpecCustom", "+refs/a/*:refs/a/*", "trustFolderStat", false, "folderDepth", int64(3), "awsRegion", "us-east-1",
		"tfsCollection", "c")
}

const fullSpecBody = `{"displayName":"a <b> & \"c\"","origin":"https://x.test","type":"GITHUB","username":"u",` +
	`"password":"PASSWORD","pat":"PAT","disabled":false,"sendCommitEmails":true,"maxMinsToCommitEmail":0,` +
	`"global":false,"revisionIndexing":true,"gitViewerEnabled":true,"disableSslVerification":false,"smartCommitsEnabled":true,` +
	`"tagsFilter":"","prHideFilter":"^x$","requireUserPat":false,"projectMappingIds":[10000,10100],"sourcesDiffViewEnabled":true,` +
	`"apiPath":"/user/repos","apiFilter":"[?contains(name,'git')]","refSpecNotes":true,"refSpecChanges":false,` +
	`"refSpecCustom":"+refs/a/*:refs/a/*","trustFolderStat":false,"folderDepth":3,"awsRegion":"us-east-1","tfsCollection":"c"}`

func TestSpecEncodesEveryFieldInOrder(t *testing.T) {
	t.Parallel()
	body, err := gij.Encode(fullSpec(t))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.NewReplacer("PASSWORD", fixturePassword, "PAT", fixturePat).Replace(fullSpecBody)
	diff(t, "body", want, string(body))
	var back gij.IntegrationSpec
	if err := json.Unmarshal(body, &back); err != nil {
		t.Fatal(err)
	}
	again, err := gij.Encode(back)
	if err != nil {
		t.Fatal(err)
	}
	diff(t, "decoded and encoded", want, string(again))
}

// TestSecretsAreMasked prints a spec in every way that a program prints things.
func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	s := fullSpec(t)
	var service *gij.IntegrationsService
	for _, printed := range []string{
		fmt.Sprint(s), fmt.Sprint(&s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%s %q %x", s.Values(), s.Values(), s.Values()),
		fmt.Sprintf("%v %+v %#v", s.Values(), *s.Pat, s.Password), fmt.Sprint(fmt.Errorf("add %v: %w", s, errors.New("refused"))),
	} {
		wantNoSecret(t, printed)
	}
	masked := strings.NewReplacer("PASSWORD", "[redacted]", "PAT", "[redacted]").Replace(fullSpecBody)
	data, err := json.Marshal(map[string]any{"spec": s, "request": service.CreateRequest(s), "update": service.UpdateRequest(7, s)})
	if err != nil {
		t.Fatal(err)
	}
	wantNoSecret(t, string(data))
	diff(t, "request", gij.Request{Method: "POST", Path: integrationPath, Body: []byte(masked)}, service.CreateRequest(s))
	diff(t, "update", gij.Request{Method: "PUT", Path: integrationPath + "/7", Body: []byte(masked)}, service.UpdateRequest(7, s))
}

func TestRequestsWithoutABody(t *testing.T) {
	t.Parallel()
	var service *gij.IntegrationsService
	diff(t, "disable", gij.Request{Method: "PUT", Path: "/rest/gitplugin/1.0/repository/7/disable?disable=true"}, service.DisableRequest(7, true))
	diff(t, "enable", gij.Request{Method: "PUT", Path: "/rest/gitplugin/1.0/repository/7/disable?disable=false"}, service.DisableRequest(7, false))
	diff(t, "delete", gij.Request{Method: "DELETE", Path: integrationPath + "/7?deleteFiles=false"}, service.DeleteRequest(7, gij.DeleteOptions{}))
	diff(t, "delete files", gij.Request{Method: "DELETE", Path: integrationPath + "/7?deleteFiles=true"}, service.DeleteRequest(7, gij.DeleteOptions{DeleteFiles: true}))
}

func TestSpecDecodeErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"limitGitData":true}`:                          "limitGitData is no field",
		`{"zebra":1,"apiary":2}`:                         "apiary is no field", // the first by name, each time
		`{"displayName":5}`:                              "displayName cannot hold a int64",
		`{"displayName":{}}`:                             "displayName cannot hold a map",
		`{"pat":5}`:                                      "pat cannot hold a int64",
		`{"global":"true"}`:                              "global cannot hold a string",
		`{"folderDepth":1.5}`:                            "folderDepth: 1.5 is not a whole number",
		`{"maxMinsToCommitEmail":1e300}`:                 "is not a whole number",
		`{"projectMappingIds":["10000"]}`:                "projectMappingIds: item 1 is not a number",
		`{"projectMappingIds":[1,2.5]}`:                  "2.5 is not a whole number",
		`{"projectMappingIds":"ALL"}`:                    "projectMappingIds cannot hold a string",
		`[]`:                                             "cannot unmarshal array",
		`{"pat":"` + fixturePat + `","unknown":"field"}`: "unknown is no field",
	}
	for body, want := range tests {
		var s gij.IntegrationSpec
		err := json.Unmarshal([]byte(body), &s)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", body, err, want)
			continue
		}
		wantNoSecret(t, err.Error())
	}
}

func TestSpecSetOnlyWithout(t *testing.T) {
	t.Parallel()
	s := fullSpec(t)
	only := s.Only("type", "pat", "nothing")
	if got := only.Values(); len(got) != 2 || got[0].Key != "type" || got[1].Value.(secret.Value).Reveal() != fixturePat {
		t.Errorf("only: %v", got)
	}
	rest := s.Without("type", "pat", "nothing")
	if len(rest.Values()) != len(s.Values())-2 || rest.Type != nil || rest.Pat != nil || s.Type == nil {
		t.Errorf("without: %v", rest.Values())
	}
	var empty gij.IntegrationSpec
	if !empty.IsEmpty() || s.IsEmpty() {
		t.Error("IsEmpty")
	}
	if err := empty.Set("nothing", "x"); err == nil {
		t.Error("a field that is none was set")
	}
	if err := empty.Set("pat", ""); err != nil || empty.IsEmpty() || !empty.Pat.IsZero() {
		t.Errorf("an empty secret: %v, %v", err, empty.Values())
	}
	if body, err := gij.Encode(empty); err != nil || string(body) != `{"pat":""}` {
		t.Errorf("an empty secret: %s, %v", body, err)
	}
	if body, err := gij.Encode(spec(t, "projectMappingIds", []int64(nil))); err != nil || string(body) != `{"projectMappingIds":[]}` {
		t.Errorf("no projects: %s, %v", body, err)
	}
	if body, err := gij.Encode(gij.IntegrationSpec{}); err != nil || string(body) != `{}` {
		t.Errorf("empty: %s, %v", body, err)
	}
	var nulls gij.IntegrationSpec
	if err := json.Unmarshal([]byte(`{"pat":null,"global":null}`), &nulls); err != nil || !nulls.IsEmpty() {
		t.Errorf("null: %v, %v", err, nulls.Values())
	}
}
