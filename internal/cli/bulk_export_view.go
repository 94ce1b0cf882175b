package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// bulkExportView is an export that was saved, in -o json. The keys are a contract.
type bulkExportView struct {
	File              string        `json:"file"`
	Rows              int           `json:"rows"` // of the file
	Integrations      int           `json:"integrations"`
	Repositories      int           `json:"repositories"` // that no integration found
	ChildRepositories int           `json:"childRepositories"`
	GitHubApps        int           `json:"githubApps"`
	Redacted          int           `json:"redacted"` // cells
	Dropped           []droppedView `json:"dropped"`  // by --portable
	FillIn            []fillInView  `json:"fillIn"`   // of a file for another server

	brief                     bool // the lists are not shown
	dropped, children, filled int
	groups                    []fillGroup
}

// droppedView is a row that cannot be moved to another server by a file.
type droppedView struct {
	ID          int64          `json:"id,omitempty"` // on the old server
	Kind        gijtsv.RowKind `json:"kind"`
	DisplayName string         `json:"displayName"`
}

// fillInView is a row of a file for another server, in which a person must fill in something.
type fillInView struct {
	ID          int64          `json:"id,omitempty"` // on the old server
	Kind        gijtsv.RowKind `json:"kind"`
	DisplayName string         `json:"displayName"`
	Columns     []string       `json:"columns"`
}

// newBulkExportView makes the view of a file. With brief it lists only what a person reads.
func newBulkExportView(file string, brief bool) *bulkExportView {
	return &bulkExportView{File: file, Dropped: []droppedView{}, FillIn: []fillInView{}, brief: brief}
}

func (v *bulkExportView) drop(d gijtsv.Dropped) {
	v.dropped++
	if v.brief && (d.Kind == gijtsv.RowChild || len(v.Dropped) == maxProblems) {
		return
	}
	id, _ := strconv.ParseInt(d.ID, 10, 64) // what is no number is no id
	v.Dropped = append(v.Dropped, droppedView{ID: id, Kind: d.Kind, DisplayName: d.Name})
}

func (v *bulkExportView) fill(f gijtsv.FillIn) {
	id, _ := strconv.ParseInt(f.ID, 10, 64)
	v.filled++
	v.group(strings.Join(f.Columns, ", "), rowTitle(id, f.Name))
	if !v.brief {
		v.FillIn = append(v.FillIn, fillInView{ID: id, Kind: f.Kind, DisplayName: f.Name, Columns: f.Columns})
	}
}

// fillGroup are rows in which the same columns are to be filled in.
type fillGroup struct {
	columns string
	rows    int
	some    []string // the first of them
}

func (v *bulkExportView) group(columns, row string) {
	const enough = 5
	at := slices.IndexFunc(v.groups, func(g fillGroup) bool { return g.columns == columns })
	if at < 0 {
		at = len(v.groups)
		v.groups = append(v.groups, fillGroup{columns: columns})
	}
	g := &v.groups[at]
	g.rows++
	if len(g.some) < enough {
		g.some = append(g.some, row)
	}
}

func (v *bulkExportView) count(s gijtsv.CopySummary) {
	for _, n := range s.Rows { // also those of an export with too few columns to tell their kind
		v.Rows += n
	}
	v.Integrations, v.GitHubApps = s.Rows[gijtsv.RowIntegration], s.Rows[gijtsv.RowGitHubApp]
	v.ChildRepositories, v.Repositories = s.Rows[gijtsv.RowChild], s.Rows[gijtsv.RowRepository]
	v.Redacted, v.children = s.Redacted, s.Dropped[gijtsv.RowChild]
}

// sayPortable lists what --portable left out, and what is to be filled in.
func (v *bulkExportView) sayPortable(a *app) {
	for _, d := range v.Dropped {
		if d.Kind != gijtsv.RowChild {
			a.note("left out: GitHub App %s; connect an app on the new server", rowTitle(d.ID, d.DisplayName))
		}
	}
	if v.children > 0 {
		a.note("left out: the repositories of integrations (%d); the new server finds them again", v.children)
	}
	for _, g := range v.groups {
		more := ""
		if n := g.rows - len(g.some); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		a.note("to fill in: %s of %s%s", g.columns, strings.Join(g.some, ", "), more)
	}
}

// rowTitle names a row by its id and its name.
func rowTitle(id int64, name string) string {
	if id == 0 {
		return name
	}
	return strings.TrimRight(fmt.Sprintf("%d %s", id, name), " ")
}

func bulkExportList() render.List[*bulkExportView] {
	return render.List[*bulkExportView]{
		Columns: []render.Column[*bulkExportView]{
			{Key: "file", Header: "FILE", Text: func(v *bulkExportView) string { return v.File }},
			numberColumn("rows", "ROWS", func(v *bulkExportView) int { return v.Rows }),
			numberColumn("integrations", "INTEGRATIONS", func(v *bulkExportView) int { return v.Integrations }),
			numberColumn("githubApps", "GITHUB APPS", func(v *bulkExportView) int { return v.GitHubApps }),
			numberColumn("childRepositories", "CHILDREN", func(v *bulkExportView) int { return v.ChildRepositories }),
			numberColumn("repositories", "REPOSITORIES", func(v *bulkExportView) int { return v.Repositories }),
			numberColumn("redacted", "REDACTED", func(v *bulkExportView) int { return v.Redacted }),
			numberColumn("dropped", "LEFT OUT", func(v *bulkExportView) int { return v.dropped }),
			numberColumn("fillIn", "TO FILL IN", func(v *bulkExportView) int { return v.filled }),
		},
		Name: func(v *bulkExportView) string { return v.File },
	}
}
