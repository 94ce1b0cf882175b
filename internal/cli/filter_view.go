package cli

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gijspec"
)

// filterView is what a filter does to a list of repositories, in -o json. The keys are a contract.
type filterView struct {
	Type         gijspec.Type      `json:"type"`
	Source       string            `json:"source"`
	Filter       string            `json:"filter"`
	In           []filteredView    `json:"in"`
	Out          []filteredView    `json:"out"`
	Counts       filterCounts      `json:"counts"`
	Size         *filterSizes      `json:"size,omitempty"` // absent where the host tells none
	Explanations []explanationView `json:"explanations,omitempty"`
}

// filteredView is one repository.
type filteredView struct {
	Result   string `json:"result"` // in or out
	Name     string `json:"name"`
	FullName string `json:"fullName,omitempty"`
	Size     *int64 `json:"size,omitempty"` // bytes
}

// filterCounts is how many repositories are let in and kept out.
type filterCounts struct {
	In  int `json:"in"`
	Out int `json:"out"`
}

// filterSizes is how large they are together, in bytes.
type filterSizes struct {
	In      int64 `json:"in"`
	Out     int64 `json:"out"`
	Unknown int   `json:"unknown"` // repositories without a size
}

// explanationView is a usual mistake that was seen in a filter.
type explanationView struct {
	Column  int    `json:"column,omitempty"` // the character, from 1
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

const (
	resultIn  = "in"
	resultOut = "out"
)

func viewFiltered(f filter, list *repositoryList, in []bool) filterView {
	v := filterView{Type: list.typ, Source: list.source, Filter: f.expr, In: []filteredView{}, Out: []filteredView{}}
	var sizes filterSizes
	for n := range list.items {
		row := list.view(n, in[n])
		total := &sizes.Out
		if in[n] {
			v.In, total = append(v.In, row), &sizes.In
		} else {
			v.Out = append(v.Out, row)
		}
		if row.Size == nil {
			sizes.Unknown++
			continue
		}
		*total += *row.Size
	}
	v.Counts = filterCounts{len(v.In), len(v.Out)}
	if sizes.Unknown < len(list.items) {
		v.Size = &sizes
	}
	return v
}

// summary is the result in a line.
func (v filterView) summary() string {
	text := fmt.Sprintf("%d of %s let in", v.Counts.In, countedAs(v.Counts.In+v.Counts.Out, "repository", "repositories"))
	if v.Size == nil {
		return text
	}
	text += fmt.Sprintf(", %s of %s", byteText(v.Size.In), byteText(v.Size.In+v.Size.Out))
	if v.Size.Unknown > 0 {
		text += fmt.Sprintf(" (the host does not tell the size of %d)", v.Size.Unknown)
	}
	return text
}

// byteText is a number of bytes for a person: "1.5 MiB".
func byteText(n int64) string {
	const step = 1024
	if n < step {
		return fmt.Sprintf("%d B", n)
	}
	size, unit := float64(n)/step, 0
	for size >= step && unit < len("KMGTP")-1 {
		size /= step
		unit++
	}
	return fmt.Sprintf("%.1f %ciB", size, "KMGTP"[unit])
}

func (v filteredView) title() string { return cmp.Or(v.FullName, v.Name) }

// filteredList declares the columns of repositories that a filter was tried on.
func filteredList() render.List[*filteredView] {
	type view = *filteredView
	return render.List[view]{
		Columns: []render.Column[view]{
			{Key: "result", Header: "RESULT", Keep: true, Text: func(v view) string { return v.Result }},
			{Key: "name", Header: "NAME", Text: func(v view) string { return v.Name }},
			{Key: "fullName", Header: "FULL NAME", Text: func(v view) string { return v.FullName }},
			{Key: "size", Header: "SIZE", Right: true, Text: func(v view) string { return optionalSize(v.Size, byteText) }, Data: func(v view) string {
				return optionalSize(v.Size, func(n int64) string { return strconv.FormatInt(n, 10) })
			}},
		},
		Name:  func(v view) string { return v.title() },
		Empty: "no repositories",
	}
}

func optionalSize(size *int64, text func(int64) string) string {
	if size == nil {
		return ""
	}
	return text(*size)
}

// printFiltered writes the whole object as JSON and YAML, else its rows, those that are let in first; as names these alone.
func printFiltered(p *render.Printer, v filterView) error {
	if !isObjectForm(p) {
		all := v.In
		if p.Format != render.FormatName {
			all = append(all[:len(all):len(all)], v.Out...)
		}
		return render.WriteList(p, filteredList(), rows(all))
	}
	whole := *p
	whole.Columns = nil // they are those of the rows
	return render.WriteObject(&whole, render.List[*filterView]{}, &v)
}
