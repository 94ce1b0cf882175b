package gij_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gijctl/gijctl/pkg/gij"
)

// TestListShapes has every shape that a list may have, and where each goes wrong.
func TestListShapes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		body string
		rows int
		want string // part of the error, "" for none
	}{
		{`{"success":true,"integrations":[{"id":1},{"id":2}]}`, 2, ""},
		{`{"success":"true","integrations":[{"id":1}]}`, 1, ""},
		{`{"integrations":[{"id":1}],"success":true}`, 1, ""},
		{`{"integrations":[{"id":1}]}`, 1, ""},
		{`{"success":true,"integration":[{"id":1}]}`, 1, ""},
		{`[{"id":1},{"id":2},{"id":3}]`, 3, ""},
		{`[]`, 0, ""},
		{`{"success":true,"integrations":[]}`, 0, ""},
		{`{"success":true,"integrations":null}`, 0, ""},
		{"\ufeff \r\n\t[ {\"id\" : 1 } , { \"id\":2}\n]\n", 2, ""},
		{"\ufeff{\"integrations\":[{\"id\":1}]}", 1, ""},
		{`{"future":{"a":["]",{"b":"\"}"}]},"integrations":[{"id":1}],"next":null}`, 1, ""},
		{`{"\u0069ntegrations":[{"\u0069d":1}]}`, 1, ""},
		{`{"success":null,"error":null,"message":null,"advice":null,"integrations":[{"id":1}]}`, 1, ""},
		{`{"advice":7,"integrations":[{"id":1}]}`, 1, ""},
		{`{"success":true,"integrations":{"id":1}}`, 0, `what should be the list of integrations begins with '{'`},
		{`{"success":true,"integrations":"none"}`, 0, `begins with '"'`},
		{`{"success":true,"integrations":nil}`, 0, "begins with 'n'"},
		{`{"success":true,"integrations":[{"id":1},{"id":2}`, 2, "before the answer was complete"},
		{`{"success":true,"integrations":[{"id":1},`, 1, "before the answer was complete"},
		{`{"success":true,"integrations":[{"id":1}]`, 1, "before the answer was complete"},
		{`{"success":true,"integrations":[{"id":1},{"id":"two"},{"id":3}]}`, 1, "item 2: id: "},
		{`{"success":true,"integrations":[{"id":1},null]}`, 1, "item 2: this is no integration"},
		{`{"success":true,"integrations":[{"id":1},5]}`, 1, "item 2: this is no JSON object"},
		{`{"success":true,"integrations":[{"id":1},{}]}`, 1, "item 2: this is no integration"},
		{`{"success":true,"integrations":[{"id":1},]}`, 1, "item 2: "},
		{`{"success":true,"integrations":[{"id":1}{"id":2}]}`, 1, `it has '{' where ',' should be`},
		{`{"success":true,"integrations":[{"id":1]}}`, 0, "item 1: "},
		{`{"success":true "integrations":[]}`, 0, `it has '"' where ',' should be`},
		{`{"success" true}`, 0, `where ':' should be`},
		{`{success:true}`, 0, "invalid character 's'"},
		{`{"success":tru}`, 0, "success: "},
		{`{"other":01}`, 0, "other: "},
		{`[{"id":1}] [`, 1, "it goes on after its end"},
		{`{"success":false,"error":"Not now","integrations":[{"id":1}]}`, 1, ": Not now"},
		{`{"integrations":[{"id":1},{"id":2}],"success":false,"message":"The rest failed","advice":"Wait"}`, 2, ": The rest failed"},
		{`{"success":false,"error":"Not now"}`, 0, ": Not now"},
		{`{"success":true}`, 0, "it holds no list of integrations"},
		{`{}`, 0, "it holds no list of integrations"},
	}
	for _, test := range tests {
		rows := 0
		var last error
		for _, err := range serve(t, answerJSON(test.body)).Integrations.All(t.Context()) {
			if last != nil {
				t.Errorf("%s: more after an error", test.body)
			}
			if last = err; err == nil {
				rows++
			}
		}
		if rows != test.rows || (last == nil) != (test.want == "") || last != nil && !strings.Contains(last.Error(), test.want) {
			t.Errorf("%s:\n%d rows, %v; want %d, %s", test.body, rows, last, test.rows, test.want)
		}
		list, err := serve(t, answerJSON(test.body)).Integrations.List(t.Context())
		if (err == nil) != (test.want == "") || err != nil && list != nil {
			t.Errorf("%s: List returns %v, %v", test.body, list, err)
		}
	}
}

// TestGetShapes has every documented shape of one integration.
func TestGetShapes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"success":true,"integration":{"id":7,"integrationType":"GITLAB"}}`,
		`{"success":"true","integration":{"id":7,"integrationType":"GITLAB"}}`,
		`{"success":"true","integration":[{"id":7,"integrationType":"GITLAB"}]}`,
		`{"success":"true","integrations":[{"id":7,"integrationType":"GITLAB"}]}`,
		`{"success":"TRUE","integrations":{"id":7,"type":"GITLAB"}}`,
		`{"id":7,"type":"GITLAB"}`,
		`{"id":7,"integrationType":"GITLAB","type":"other"}`,
		`[{"id":7,"integrationType":"GITLAB"}]`,
		"\ufeff{\"id\":7,\"type\":\"GITLAB\"}\n",
	} {
		i, err := serve(t, answerJSON(body)).Integrations.Get(t.Context(), 7)
		if err != nil || i.ID != 7 || i.Type != "GITLAB" {
			t.Errorf("%s: got %+v, %v", body, i, err)
		}
	}
}

// TestProfiles runs every operation against every shape that the sandbox can take.
func TestProfiles(t *testing.T) {
	t.Parallel()
	for _, faults := range [][]string{
		{"profile=captured"}, {"profile=legacy-docs"}, {"profile=ancient"}, {"profile=bare"}, {"post-status=201"}, {"slow-body=1ms"}, {"extra-keys"},
	} {
		t.Run(faults[0], func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil, faults...)
			ctx, s := t.Context(), w.client.Integrations
			i := must[gij.Integration](t)(s.Create(ctx, spec(t, "type", "GITLAB", "pat", fixturePat, "displayName", "Group"), nil))
			if i.DisplayName != "Group" || i.Type != "GITLAB" {
				t.Errorf("got %+v", i)
			}
			if err := s.Update(ctx, i.ID, spec(t, "displayName", "Renamed")); err != nil {
				t.Error(err)
			}
			if got := must[gij.Integration](t)(s.SetDisabled(ctx, i.ID, true)); got.DisplayName != "Renamed" || !*got.Disabled {
				t.Errorf("got %+v", got)
			}
			if err := s.Delete(ctx, i.ID, gij.DeleteOptions{}); err != nil {
				t.Error(err)
			}
			if list := must[[]gij.Integration](t)(s.List(ctx)); len(list) == 0 || list[1].Type != "GITLAB_SERVER" {
				t.Errorf("got %+v", list)
			}
			if len(w.taken()) != 0 {
				t.Errorf("waited %v", w.taken())
			}
		})
	}
}

// TestListStopsEarly has a server that never ends its list, and a consumer that has enough.
func TestListStopsEarly(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(left)
		_, _ = io.WriteString(w, `{"success":true,"integrations":[{"id":1}`)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, `,{"id":2}`); err != nil {
				return
			}
		}
	})
	rows := 0
	for _, err := range c.Integrations.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows == 3 {
			break
		}
	}
	<-left
	if rows != 3 {
		t.Errorf("%d rows", rows)
	}
}

// TestListByteByByte has every value fall apart between two reads.
func TestListByteByByte(t *testing.T) {
	t.Parallel()
	data := documentedList(5)
	rows := 0
	err := gij.DecodeList(iotest.OneByteReader(bytes.NewReader(data)), func(i gij.Integration) bool {
		rows++
		return i.ID == int64(rows) && *i.PRHideFilter == "^.*master.*$"
	})
	if err != nil || rows != 5 {
		t.Errorf("%d rows, %v", rows, err)
	}
	for cut := range data[:len(data)-1] {
		if err := gij.DecodeList(bytes.NewReader(data[:cut]), func(gij.Integration) bool { return true }); err == nil {
			t.Fatalf("the first %d bytes of %d are no error", cut, len(data))
		}
	}
}

func TestListValueOfAnySize(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("ü", 1<<20)
	list := must[[]gij.Integration](t)(serve(t, answerJSON(`[{"id":1,"displayName":"`+name+`"},{"id":2}]`)).Integrations.List(t.Context()))
	if len(list) != 2 || list[0].DisplayName != name {
		t.Errorf("%d rows, a name of %d bytes", len(list), len(list[0].DisplayName))
	}
	_, err := serve(t, answerJSON(`[{"id":1,"displayName":"`+strings.Repeat("x", 17<<20)+`"}]`)).Integrations.List(t.Context())
	wantError{gij.KindFailed, "failed", 200, "one value in it is larger than 16 MiB", "--trace"}.check(t, err)
}

func TestDecodedValues(t *testing.T) {
	t.Parallel()
	i := decodeOne(t, `{"id":9007199254740993,"displayName":"a\"\\\u00fc\ud83d\ude00/","origin":"日本","maxMinsToCommitEmail":-5,`+
		`"global":null,"initDate":0,"lastIndexedDate":10,"projectMappingIds":[ 1 , 2 ],"root":"","disabled" : true}`)
	if i.ID != 9007199254740993 || i.DisplayName != "a\"\\ü😀/" || i.Origin != "日本" || *i.MaxMinsToCommitEmail != -5 {
		t.Errorf("got %+v", i)
	}
	if i.Global != nil || i.InitDate.UnixMilli() != 0 || len(*i.ProjectMappingIDs) != 2 || *i.Root != "" || !*i.Disabled {
		t.Errorf("got %+v", i)
	}
	app := decodeOne(t, `{"id":1,"folderDepth":3,"awsRegion":"us-east-1","tfsCollection":"c","githubAppId":5,"githubAppInstallationId":6,`+
		`"githubAppOrg":"o","githubAppName":"n","githubAppSlug":"s","githubAppHtmlUrl":"https://x.test","githubAppSuspended":true,"refSpecCustom":"r"}`)
	if *app.FolderDepth != 3 || *app.AWSRegion != "us-east-1" || *app.TFSCollection != "c" || *app.GitHubAppID != 5 || *app.GitHubAppInstallationID != 6 ||
		*app.GitHubAppOrg+*app.GitHubAppName+*app.GitHubAppSlug+*app.GitHubAppHTMLURL != "onshttps://x.test" || !*app.GitHubAppSuspended || *app.RefSpecCustom != "r" {
		t.Errorf("got %+v", app)
	}
	for _, wrong := range []string{`"global":1`, `"initDate":1e3`, `"global":"true"`, `"origin":5`, `"origin":"a` + "\n" + `b"`, `"maxMinsToCommitEmail":007`, `"maxMinsToCommitEmail":1.5`, `"x":01`, `"initDate":"x"`, `"id":99999999999999999999`} {
		if i, err := gij.DecodeOne([]byte(`{"id":1,` + wrong + `}`)); err == nil {
			t.Errorf("%s: got %+v", wrong, i)
		}
	}
}

// zipped compresses parts that are each repeated.
func zipped(t *testing.T, head, repeated string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, head)
	for range times {
		_, _ = io.WriteString(w, repeated)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// allocated returns the bytes that were ever asked for: white space costs none, however much there is.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// live returns the bytes that are in use: rows cost some, and are not kept.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestGzipBomb is not parallel: it measures memory.
func TestGzipBomb(t *testing.T) { //nolint:paralleltest // see above
	const most = 3 << 20
	megabyte := strings.Repeat(" ", 1<<20)
	for name, bomb := range map[string]struct {
		body    []byte
		limit   int64
		measure func() uint64
	}{
		"white space": {zipped(t, `{"success":true,"integrations":[`, megabyte, 13), 12 << 20, allocated},
		"after it":    {zipped(t, `[{"id":1}]`, megabyte, 13), 12 << 20, allocated},
		"rows":        {zipped(t, `[{"id":1}`, `,{"id":1}`, 1<<18), 2 << 20, live},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, gij.Config{BaseURL: "http://jira.test", MaxBody: bomb.limit, Proxy: proxyTo(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write(bomb.body)
			})})
			before := bomb.measure()
			var peak uint64
			var last error
			rows := 0
			for _, err := range c.Integrations.All(t.Context()) {
				if rows++; rows%50_000 == 0 {
					peak = max(peak, bomb.measure())
				}
				last = err
			}
			wantError{gij.KindFailed, "failed", 200, fmt.Sprintf("larger than the limit of %d bytes", bomb.limit), "--trace"}.check(t, last)
			if peak = max(peak, bomb.measure()); peak > before+most {
				t.Errorf("%d MiB of memory", (peak-before)>>20)
			}
		})
	}
	w := newWorld(t, func(c *gij.Config) { c.MaxBody = 1 << 20 }, "gzip-bomb")
	if _, err := w.client.Integrations.List(t.Context()); err == nil || !strings.Contains(err.Error(), "larger than the limit") {
		t.Errorf("got %v", err)
	}
}
