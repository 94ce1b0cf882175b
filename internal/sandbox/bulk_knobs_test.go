package sandbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHeaderKnobs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault, header string
		status        int
	}{
		{"unknown-column=ignore", "id\tnonsense\n", 200},
		{"unknown-column=reject", "id\tnonsense\n", 400},
		{"unknown-column=reject", "id\tgithubAppPem\tweblinkType\n", 200},
		{"bulk-needs-origin", "id\tdisabled\n", 400},
		{"bulk-needs-origin", "id\torigin\n", 200},
		{"header-order=free", "origin\tid\n", 200},
		{"header-order=fixed", "origin\tid\n", 400},
		{"header-order=fixed", "id\torigin\tdelete\tprHideFilter\tgithubAppPem\n", 200},
	} {
		t.Run(tt.fault+" "+tt.header, func(t *testing.T) {
			t.Parallel()
			postFile(t, demo(t, tt.fault), tt.header).want(t, tt.status)
		})
	}
}

func TestQuotedEmptyCells(t *testing.T) {
	t.Parallel()
	const file = "id\ttagsFilter\tprojectMapping\tdisplayName\tdisabled\tpat\n7\t\"\"\t\"\"\t\"\"\t\"\"\t\"\"\n2\t\t\t\t\t\n2\t\"\"\t\"\"\n"
	b := startBulk(t)
	before := export(t, b.Server)
	b.doImport(t, file)
	if diff := cmp.Diff(before, export(t, b.Server), cmp.AllowUnexported(exported{})); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	b.faults(t, "quoted-empty=clear")
	b.doImport(t, file)
	before.rows["7"]["tagsFilter"], before.rows["7"]["projectMapping"], before.rows["2"]["projectMapping"] = "", "", ""
	if diff := cmp.Diff(before, export(t, b.Server), cmp.AllowUnexported(exported{})); diff != "" {
		t.Errorf("cleared (-want +got):\n%s", diff)
	}
}

func TestNewRowKnobs(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "new-integration=error", "notes-default=false")
	got := b.doImport(t, "id\torigin\tintegrationType\n\thttps://ghe.acme.example\tGITHUB_SERVER\n\tgit@h:a.git\t\n")
	if got[1] != "!Integrations cannot be created by an import" {
		t.Errorf("messages: %v", got)
	}
	if value := b.cell(t, "13", "refSpecNotes"); value != "false" {
		t.Errorf("refSpecNotes: %s", value)
	}
	b.faults(t, "notes-default=true", "new-integration=create")
	b.doImport(t, "id\torigin\tintegrationType\n\t/srv/x/*\tFILESPACE\n")
	if row := export(t, b.Server).rows["14"]; row["refSpecNotes"] != "true" || row["integrationType"] != "FILESPACE" {
		t.Errorf("row: %v", row)
	}
}

func TestImportLock(t *testing.T) {
	t.Parallel()
	const file = "id\tdisabled\n1\ttrue\n"
	b := startBulk(t)
	begun(t, postFile(t, b.Server, file))
	begun(t, postFile(t, b.Server, file))
	b.faults(t, "import-lock")
	postFile(t, b.Server, file).want(t, 400, `"success":false,"error":"Another import is running"`)
	b.advance(time.Minute)
	begun(t, postFile(t, b.Server, file))
}

func TestImportSuccess(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{"false": "false", "true": "true", "string": `"true"`} {
		s := demo(t, "import-success="+mode)
		want = `{"success":` + want + `,`
		postFile(t, s, "id\n").want(t, 200, want)
		get(t, s, progressPath+"142").want(t, 200, want)
		postFile(t, s, "id\tdelete\n1\tdelete\n").want(t, 200, want+`"reposToDelete"`)
	}
}

func TestDeleteKnobs(t *testing.T) {
	t.Parallel()
	const file = "id\tdelete\n7\tdelete\n9\tdelete\n"
	for _, tt := range []struct {
		faults    string
		confirmed []string
		asked     string // "" begins the import
		left      string // of 7, 8 and 9, where it was begun
	}{
		{"delete-asks=yes", nil, "7,9", ""},
		{"delete-asks=no", nil, "", "7 8 9"},
		{"delete-asks=no", []string{"9"}, "", "7 8"},
		{"partial-confirm=skip", []string{"9"}, "", "7 8"},
		{"partial-confirm=ask", []string{"9"}, "7,9", ""},
		{"partial-confirm=ask", []string{"9", "7"}, "", ""},
		{"list-children", nil, "7,8,9", ""},
		{"list-children", []string{"7", "9"}, "", ""},
		{"list-children partial-confirm=ask", []string{"7", "9"}, "7,8,9", ""},
		{"list-children partial-confirm=ask", []string{"7", "8", "9"}, "", ""},
		{"confirm-ids=both", []string{"7,9"}, "", ""},
		{"confirm-ids=both", []string{"7", "9"}, "", ""},
		{"confirm-ids=repeated", []string{"7", "9"}, "", ""},
		{"confirm-ids=repeated", []string{"7,9"}, "7,9", ""},
		{"confirm-ids=comma", []string{"7,9"}, "", ""},
		{"confirm-ids=comma", []string{"9", "7"}, "", "7 8"},
	} {
		t.Run(fmt.Sprint(tt.faults, tt.confirmed), func(t *testing.T) {
			t.Parallel()
			b := startBulk(t, strings.Fields(tt.faults)...)
			got := postFile(t, b.Server, file, tt.confirmed...)
			if tt.asked != "" {
				if ids := asked(t, got); ids != tt.asked {
					t.Errorf("asked about %s, want %s", ids, tt.asked)
				}
				return
			}
			begun(t, got)
			b.advance(time.Minute)
			left := slices.DeleteFunc(export(t, b.Server).order, func(id string) bool { return !slices.Contains([]string{"7", "8", "9"}, id) })
			if ids := strings.Join(left, " "); ids != tt.left {
				t.Errorf("left: %s, want %s", ids, tt.left)
			}
		})
	}
}

func TestDeletionDelay(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "deletion-delay=10s", "import-step=1s")
	thread := begun(t, postFile(t, b.Server, "id\tdelete\n9\tdelete\n5\tdelete\n", "9", "5"))
	b.advance(11 * time.Second)
	if !progress(t, b.Server, thread).Finished || b.cell(t, "9", "id") != "9" {
		t.Error("the row is gone before its time")
	}
	b.advance(time.Second)
	if n := len(export(t, b.Server).order); n != 10 {
		t.Errorf("%d rows", n)
	}
}

func TestHangingImport(t *testing.T) {
	t.Parallel()
	for percent, done := range map[string]int{"0": 0, "50": 1, "100": 3, "400": 3} {
		b := startBulk(t, "import-hangs="+percent)
		thread := begun(t, postFile(t, b.Server, "id\tdisabled\n1\ttrue\n2\ttrue\n3\ttrue\n"))
		for range 3 {
			b.advance(time.Hour)
			if p := progress(t, b.Server, thread); p.Finished || len(p.ProgressEntries) != done {
				t.Errorf("%s %%: %+v", percent, p)
			}
		}
	}
}

func TestDrainedProgress(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "progress=drained", "import-step=1s")
	thread := begun(t, postFile(t, b.Server, "id\tdisabled\n1\ttrue\n2\ttrue\n3\ttrue\n"))
	told := 0
	for _, want := range []int{0, 1, 2, 0} {
		p := progress(t, b.Server, thread)
		if len(p.ProgressEntries) != want {
			t.Errorf("got %v, want %d messages", p.messages(), want)
		}
		told += len(p.ProgressEntries)
		b.advance(time.Duration(want+1) * time.Second)
	}
	b.faults(t)
	if p := progress(t, b.Server, thread); len(p.ProgressEntries) != 3 || told != 3 {
		t.Errorf("all of them: %v", p.messages())
	}
}

func TestTwoNodes(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "two-nodes")
	got := postFile(t, b.Server, "id\tdisabled\n1\ttrue\n")
	path := fmt.Sprint(progressPath, begun(t, got))
	if cookies := strings.Join(got.header.Values("Set-Cookie"), "; "); !strings.Contains(cookies, "ROUTEID=.1; Path=/") || !strings.Contains(cookies, "JSESSIONID=") {
		t.Errorf("cookies: %s", cookies)
	}
	get(t, b.Server, path).want(t, 200, "does not exist")
	for cookie, known := range map[string]bool{"ROUTEID=.1": true, "ROUTEID=.2": false} {
		got := send(t, b.Server, request{path: path, header: map[string]string{"Cookie": cookie}}).want(t, 200)
		if strings.Contains(got.body, "progressEntries") != known {
			t.Errorf("%s: %s", cookie, got.body)
		}
	}
	// An import that was sent with a cookie stays on that node.
	body, kind := upload(t, "id\n")
	second := begun(t, send(t, b.Server, request{
		method: "POST", path: importPath, body: body,
		header: map[string]string{"Content-Type": kind, "X-Atlassian-Token": "no-check", "Cookie": "ROUTEID=.2"},
	}))
	send(t, b.Server, request{path: fmt.Sprint(progressPath, second), header: map[string]string{"Cookie": "ROUTEID=.2"}}).want(t, 200, "progressEntries")
}

func TestUnknownThreads(t *testing.T) {
	t.Parallel()
	for mode, want := range map[string]string{
		"200": `{"success":false,"error":"Thread with id=7 does not exist"`, "404": `{"success":false,"error":"Thread with id=7 does not exist"`,
		"finished": `{"success":false,"finished":true,"progressEntries":[]}`,
	} {
		status := 200
		if mode == "404" {
			status = 404
		}
		get(t, demo(t, "unknown-thread="+mode), progressPath+"7").want(t, status, want)
	}
	b := startBulk(t, "thread-forgotten", "import-step=1s")
	thread := begun(t, postFile(t, b.Server, "id\tdisabled\n1\ttrue\n"))
	if progress(t, b.Server, thread).Finished {
		t.Error("finished at once")
	}
	b.advance(time.Second)
	get(t, b.Server, fmt.Sprint(progressPath, thread)).want(t, 200, "does not exist")
}

func TestOldThreadsAreForgotten(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	for range 17 {
		begun(t, postFile(t, b.Server, "id\n"))
	}
	get(t, b.Server, progressPath+"142").want(t, 200, "does not exist")
	get(t, b.Server, progressPath+"158").want(t, 200, "progressEntries")
}

func TestRowsThatFail(t *testing.T) {
	t.Parallel()
	const file = "id\torigin\tdisabled\n1\t\ttrue\n9\t\ttrue\n2\t\ttrue\n\tgit@git.acme.example:new.git\t\n"
	const github = "Updating repository https://api.github.com"
	for _, tt := range []struct {
		faults string
		want   []string
		failed string
	}{
		{"row-fails=1", []string{github, "!java.lang.NullPointerException"}, "1"},
		{"row-fails=api.github.com", []string{github, "!java.lang.NullPointerException"}, "1"},
		{
			"row-fails=1 row-fails-as=readable",
			[]string{github, "!org.eclipse.jgit.api.errors.TransportException: https://api.github.com: not authorized"},
			"1",
		},
		{"row-fails=new.git", []string{"Creating repository git@git.acme.example:new.git", "!java.lang.NullPointerException"}, ""},
	} {
		t.Run(tt.faults, func(t *testing.T) {
			t.Parallel()
			b := startBulk(t, strings.Fields(tt.faults)...)
			got := b.doImport(t, file)
			i := slices.Index(got, tt.want[0])
			if i < 0 || got[i+1] != tt.want[1] {
				t.Errorf("messages: %v", got)
			}
			e := export(t, b.Server)
			for _, id := range []string{"1", "2", "9"} {
				if done := e.rows[id]["disabled"] == "true"; done != (id != tt.failed) {
					t.Errorf("row %s is done: %t", id, done)
				}
			}
			if created := len(e.order) == 13; created != (tt.failed != "") {
				t.Errorf("created: %t", created)
			}
		})
	}
}

func TestRowsThatAreIgnored(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "row-ignored=acme.example")
	got := b.doImport(t, "id\torigin\tdisabled\tpat\tdelete\n2\t\ttrue\tmade-up\t\n1\t\ttrue\t\t\n\tgit@git.acme.example:new.git\n9\t\t\t\tdelete\n", "9")
	for _, m := range got {
		if strings.HasPrefix(m, "!") {
			t.Error(m)
		}
	}
	e := export(t, b.Server)
	if len(e.order) != 12 || e.rows["2"]["disabled"] != "false" || e.rows["1"]["disabled"] != "true" {
		t.Errorf("rows: %v, %v", e.order, e.rows["2"])
	}
	if touched, err := b.Touched(); err != nil || touched[2] != 1 {
		t.Errorf("touched: %v, %v", touched, err)
	}
}
