package sandbox

import (
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	typeTSV = "text/tab-separated-values;charset=UTF-8"
	// exportFile is the name that the answer offers ([U] in the contract).
	exportFile = "repository-config.tsv"
)

// exportConfiguration answers with every row: integrations, what they found, and plain repositories (contract §2).
func (c *call) exportConfiguration() answer {
	if !pause(c.r.Context(), c.faults.pause("export-slow")) {
		return answer{delivery: deliverReset}
	}
	if err := c.disturb(c.faults.exports.Add(1)); err != nil {
		return c.failed(err)
	}
	if err := c.makeOwedKeys(); err != nil {
		return c.failed(err)
	}
	kind := typeTSV
	if forced := c.faults.value("export-type"); forced != "" {
		kind = forced
	}
	return answer{
		status: http.StatusOK, contentType: kind, stream: c.exporter(),
		header: map[string]string{"Content-Disposition": `attachment; filename="` + exportFile + `"`},
	}
}

// disturb is what other people and auto-reindexing do between two exports: the knobs moved and drift.
func (c *call) disturb(export int64) error {
	moves := c.faults.has("moved") && export == 2
	drifts := c.faults.has("drift") && export > 1
	if !moves && !drifts {
		return nil
	}
	return c.s.store.update(func(st *state) error {
		if moves {
			st.rename(int64(c.faults.number("moved")))
		}
		if drifts {
			st.drift(export, c.s.now())
		}
		c.state = st
		return nil
	})
}

func (st *state) rename(id int64) {
	old := st.find(id)
	if old == nil {
		return
	}
	next := *old
	next.DisplayName += " (renamed by somebody else)"
	st.replace(&next)
}

// drift does what a reindex does to each third repository: it reads the main branch again.
func (st *state) drift(export int64, now time.Time) {
	for i, r := range st.Rows {
		if r.Repository == nil || r.ID%3 != 0 {
			continue
		}
		next := *r
		repo := *r.Repository
		repo.MainBranch = "main-" + strconv.FormatInt(export, 10)
		next.Repository, next.LastIndexed = &repo, now.UnixMilli()
		st.Rows[i] = &next
	}
}

// exporter returns what writes the file row by row.
func (c *call) exporter() func(io.Writer) error {
	v := c.exportView()
	rows := c.state.Rows
	if c.faults.value("export-order") == "reverse" {
		rows = slices.Clone(rows)
		slices.Reverse(rows)
	}
	return func(w io.Writer) error {
		if _, err := w.Write(v.style.begin()); err != nil {
			return err
		}
		cells := make([]string, len(v.columns))
		for i, column := range v.columns {
			cells[i] = column.name
		}
		buf := v.style.appendRow(nil, cells)
		for i := 0; ; i++ {
			if _, err := w.Write(v.style.encode(buf)); err != nil || i == len(rows) {
				return err
			}
			for j, column := range v.columns {
				cells[j] = v.cell(rows[i], column.key)
			}
			buf = v.style.appendRow(buf[:0], cells)
		}
	}
}

// exportView chooses what the export shows.
type exportView struct {
	columns     []bulkColumn
	style       tsvStyle
	secrets     string // a word of the knob export-secrets
	pem         string // a word of the knob export-pem
	appType     string // "" is the sandbox's own
	hides       string // a column
	state       *state
	suspended   string // a word of the knob app-suspended
	managedRoot bool   // absoluteRoot is true where GIJ manages the clone, as the vendor's page has it
	salt        string
}

func (c *call) exportView() exportView {
	v := exportView{
		columns: c.exportColumns(), style: c.tsvStyle(), salt: c.state.Salt,
		secrets: c.faults.value("export-secrets"), pem: c.faults.value("export-pem"),
		appType: c.faults.value("app-type"), hides: c.faults.value("export-hides"), state: c.state, suspended: c.faults.value("app-suspended"), managedRoot: c.managedRoot(),
	}
	if v.secrets == "" {
		v.secrets = "encrypted"
	}
	if v.pem == "" {
		v.pem = "clear"
	}
	return v
}

// managedRoot is the knob absolute-root. The vendor's page and the samples of REST contradict each other.
func (c *call) managedRoot() bool { return c.faults.value("absolute-root") != "rest" }

func (v *exportView) cell(r *row, key string) string {
	if key == v.hides {
		return ""
	}
	switch key {
	case columnPEM:
		return v.secretCell(r, key, v.pem)
	case "password", "pat", columnClientSecret, columnWebhookSecret, columnAppSecret:
		return v.secretCell(r, key, v.secrets)
	case "integrationType":
		return v.typeCell(r)
	case columnSuspended:
		if r.GitHubApp != nil && v.suspended == "told" {
			return strconv.FormatBool(v.state.isSuspendedOnGitHub(r.GitHubApp))
		}
	case "absoluteRoot":
		if r.Repository == nil || r.Repository.RealRoot == "" {
			return ""
		}
		return strconv.FormatBool(r.Repository.AbsoluteRoot != v.managedRoot)
	}
	return r.cell(key)
}

// typeCell writes the integrationType. The text of a GitHub App's row is [U] in the contract; these two are invented.
func (v *exportView) typeCell(r *row) string {
	switch {
	case r.GitHubApp == nil:
		return r.Type
	case v.appType != "":
		return v.appType
	case r.Type == "GITHUB_SERVER":
		return "GITHUB_APP_SERVER"
	}
	return "GITHUB_APP"
}
