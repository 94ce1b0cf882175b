package gijtsv

import (
	"fmt"
	"slices"
	"strings"
)

// readHeader finds out what each column is, and what is wrong with the header.
func (v *Validator) readHeader() []Problem {
	var problems []Problem
	v.report = func(p Problem) { problems = append(problems, p) }
	v.named, v.exported = setOf(v.header), setOf(v.options.Export)
	v.columns, v.checks = make([]checkedColumn, len(v.header.Names)), make([]cellCheck, len(v.header.Names))
	if !v.namesAny() {
		v.headless = true
		v.report(Problem{
			Pos: Position{Line: 1, Column: 1}, Severity: SeverityError, Code: CodeNoHeader,
			Message: "the first line names none of the documented columns", Remedy: "begin the file with a row that names the columns",
		})
		return problems
	}
	for i, name := range v.header.Names {
		v.columns[i] = v.resolve(i, name)
	}
	v.refuseDuplicates()
	for i := range v.columns {
		if v.columns[i].known {
			v.checks[i] = cellCheck{check: checkOf(v.columns[i].Kind), repeats: repeats(v.columns[i].Kind)}
		}
	}
	v.findPlaces()
	v.requireColumns()
	return problems
}

// namesAny reports whether the first line is a header at all. If it is not, no message may show what is in it.
func (v *Validator) namesAny() bool {
	for _, name := range v.header.Names {
		if _, ok := Lookup(name); ok {
			return true
		}
		if _, same, _ := near(name); same {
			return true
		}
	}
	return false
}

// resolve tells what a column is. One that is misspelt is reported, and then taken for what it was meant to be: otherwise
// every row would be reported for the lack of it.
func (v *Validator) resolve(i int, name string) checkedColumn {
	if column, ok := Lookup(name); ok {
		column.Name = name
		return checkedColumn{Column: column, known: true}
	}
	unknown := checkedColumn{Column: Column{Name: name, Kind: KindText, Secret: SecretColumn(name)}}
	if name == "" {
		v.headerProblem(i, SeverityWarning, CodeUnnamedColumn, fmt.Sprintf("column %d has no name", i+1), "delete the column, or name it")
		return unknown
	}
	if v.exported[name] || i == v.kinds.PEMColumn() {
		return unknown
	}
	column, _, ok := near(name)
	if ok && !v.named[column.Name] {
		v.headerProblem(i, SeverityError, CodeMisspeltColumn, fmt.Sprintf("unknown column %q", shown(name)), "did you mean "+column.Name+"?")
		return checkedColumn{Column: column, known: true}
	}
	if ok {
		v.headerProblem(i, SeverityError, CodeMisspeltColumn, fmt.Sprintf("unknown column %q", shown(name)),
			column.Name+", which it is near to, is there too; delete one of the two")
		return unknown
	}
	v.headerProblem(i, SeverityWarning, CodeUnknownColumn, fmt.Sprintf("unknown column %q", shown(name)),
		"what the server makes of it is unknown; its own export may have columns that no page names")
	return unknown
}

// setOf are the names of a header; nil if there is none.
func setOf(h *Header) map[string]bool {
	if h == nil {
		return nil
	}
	names := make(map[string]bool, len(h.Names))
	for _, name := range h.Names {
		names[name] = true
	}
	return names
}

// shown cuts a name for a message.
func shown(name string) string {
	const most = 40
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}

// refuseDuplicates reports columns that are there twice, also under two spellings, and leaves all but the first out of the checks.
func (v *Validator) refuseDuplicates() {
	seen := map[string]int{}
	for i := range v.columns {
		name := v.columns[i].canonical()
		if name == "" {
			continue
		}
		first, twice := seen[name]
		if !twice {
			seen[name] = i
			continue
		}
		pos := v.header.Position(first)
		message := fmt.Sprintf("column %q is there twice, first at %s", shown(v.header.Names[i]), pos)
		v.headerProblem(i, SeverityError, CodeDuplicateColumn, message, "delete one of the two")
		v.columns[i].known = false
	}
}

// canonical is the documented name of a column, or the file's own.
func (c *checkedColumn) canonical() string {
	if !c.known {
		return c.Name
	}
	if column, ok := schema()[c.Name]; ok {
		return column.Name
	}
	return c.Name
}

func (v *Validator) findPlaces() {
	find := func(name string) int {
		return slices.IndexFunc(v.columns, func(c checkedColumn) bool { return c.known && c.Name == name })
	}
	v.at = places{
		id: find("id"), origin: find("origin"), displayName: find("displayName"),
		realRoot: find("realRoot"), absoluteRoot: find("absoluteRoot"),
		parent: find("trackedFolderId"), remove: find("delete"), integrationType: find("integrationType"),
		username: find("username"), password: find("password"), pat: find("pat"), hosted: find("hosted"), pem: v.kinds.PEMColumn(),
	}
	v.kinds.id, v.kinds.parent, v.kinds.integrationType = v.at.id, v.at.parent, v.at.integrationType
	if v.at.pem >= 0 {
		v.checks[v.at.pem] = cellCheck{check: (*Validator).checkPEM, repeats: true}
		v.columns[v.at.pem].Secret = true
	}
}

func (v *Validator) requireColumns() {
	start := Position{Line: 1, Column: 1}
	if v.at.id < 0 {
		v.report(Problem{
			Pos: start, Severity: SeverityError, Code: CodeMissingColumn, Column: "id", Message: "the header has no column id",
			Remedy: "add it; leave it blank in new rows",
		})
	}
	if name := v.options.PEMColumn; name != "" && v.at.pem < 0 {
		v.report(Problem{
			Pos: start, Severity: SeverityError, Code: CodeUnknownPEMColumn, Column: shown(name),
			Message: fmt.Sprintf("the header has no column %q for private keys", shown(name)), Remedy: v.nearestName(name),
		})
	}
}

func (v *Validator) nearestName(name string) string {
	for _, n := range v.header.Names {
		if strings.EqualFold(strings.TrimSpace(n), strings.TrimSpace(name)) {
			return fmt.Sprintf("did you mean %q?", shown(n))
		}
	}
	return "give the name of a column of the file"
}

func (v *Validator) headerProblem(i int, severity Severity, code, message, remedy string) {
	v.report(Problem{
		Pos: v.header.Position(i), Severity: severity, Code: code, Column: shown(v.header.Names[i]), Message: message, Remedy: remedy,
	})
}
