package cli

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// fileCheckView is what is in a bulk file, in -o json. The keys are a contract.
type fileCheckView struct {
	File              string        `json:"file"`
	Rows              int           `json:"rows"`
	Integrations      int           `json:"integrations"` // GitHub Apps aside
	ChildRepositories int           `json:"childRepositories"`
	Repositories      int           `json:"repositories"` // that no integration found
	GitHubApps        int           `json:"githubApps"`
	Repaired          int           `json:"repaired"` // by --fix
	Warnings          int           `json:"warnings"`
	Problems          []problemView `json:"problems"` // the warnings; errors are in the error object
}

// problemView is a finding in a file. Line and character are as an editor counts.
type problemView struct {
	Line      int    `json:"line"`
	Character int    `json:"character"`
	Severity  string `json:"severity"`
	Code      string `json:"code"`
	Column    string `json:"column,omitempty"` // of the TSV
	ID        string `json:"id,omitempty"`     // of the row
	Message   string `json:"message"`
	Remedy    string `json:"remedy,omitempty"`
}

func viewProblem(p gijtsv.Problem) problemView {
	return problemView{
		Line: p.Pos.Line, Character: p.Pos.Column, Severity: string(p.Severity), Code: p.Code, Column: p.Column, ID: p.ID,
		Message: p.Message, Remedy: p.Remedy,
	}
}

// detailOf is a finding as a line of an error. It names the column, once.
func detailOf(file string, p gijtsv.Problem) render.Detail {
	message := p.Message
	if p.Column != "" && !namesColumn(message, p.Column) {
		message = p.Column + ": " + message
	}
	return render.Detail{
		File: file, Line: p.Pos.Line, Column: p.Pos.Column, Severity: string(p.Severity), Code: p.Code, Message: message, Remedy: p.Remedy,
	}
}

// namesColumn reports whether a message begins with a column, or has it in quotes.
func namesColumn(message, column string) bool {
	if strings.Contains(message, strconv.Quote(column)) {
		return true
	}
	rest, begins := strings.CutPrefix(message, column)
	next, _ := utf8.DecodeRuneInString(rest)
	return begins && !unicode.IsLetter(next)
}

func (v *fileCheckView) count(rows map[gijtsv.RowKind]int) {
	for _, n := range rows { // also those of a file with too few columns to tell their kind
		v.Rows += n
	}
	v.Integrations, v.GitHubApps = rows[gijtsv.RowIntegration], rows[gijtsv.RowGitHubApp]
	v.ChildRepositories, v.Repositories = rows[gijtsv.RowChild], rows[gijtsv.RowRepository]
}

func fileCheckList() render.List[*fileCheckView] {
	return render.List[*fileCheckView]{
		Columns: []render.Column[*fileCheckView]{
			{Key: "file", Header: "FILE", Text: func(v *fileCheckView) string { return v.File }},
			numberColumn("rows", "ROWS", func(v *fileCheckView) int { return v.Rows }),
			numberColumn("integrations", "INTEGRATIONS", func(v *fileCheckView) int { return v.Integrations }),
			numberColumn("githubApps", "GITHUB APPS", func(v *fileCheckView) int { return v.GitHubApps }),
			numberColumn("childRepositories", "CHILDREN", func(v *fileCheckView) int { return v.ChildRepositories }),
			numberColumn("repositories", "REPOSITORIES", func(v *fileCheckView) int { return v.Repositories }),
			numberColumn("repaired", "REPAIRED", func(v *fileCheckView) int { return v.Repaired }),
			numberColumn("warnings", "WARNINGS", func(v *fileCheckView) int { return v.Warnings }),
		},
		Name: func(v *fileCheckView) string { return v.File },
	}
}

func numberColumn[T any](key, header string, get func(T) int) render.Column[T] {
	return render.Column[T]{Key: key, Header: header, Right: true, Text: func(v T) string { return strconv.Itoa(get(v)) }}
}
