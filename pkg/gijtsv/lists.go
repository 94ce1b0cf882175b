package gijtsv

import (
	"bytes"
	"fmt"
)

const allProjects = "ALL"

// checkProjects looks at the list of projects. A spreadsheet reads 10000,10100 as one number.
func (v *Validator) checkProjects(column int, cell *Cell) {
	value := v.trim(column, cell)
	if len(value) == 0 || string(value) == allProjects {
		return
	}
	name := v.name(column)
	if bytes.EqualFold(value, []byte(allProjects)) {
		v.fixable(column, SeverityError, CodeBadProjectMapping, name+" is not written as documented", "write "+allProjects, allProjects)
		return
	}
	if v.checkProjectNumber(column, value) {
		return
	}
	for element := range bytes.SplitSeq(value, []byte(",")) {
		element = bytes.TrimSpace(element)
		switch number, rest := digits(element); {
		case len(element) == 0:
			v.fail(column, CodeBadProjectMapping, name+" has nothing between two commas, or at its end", "delete the comma, or write the id that is missing")
			return
		case len(number) == 0 || len(rest) > 0:
			v.fail(column, CodeBadProjectMapping, name+" holds something other than numbers between commas",
				"give the numeric ids of the projects, not their keys, or "+allProjects)
			return
		}
	}
}

// checkProjectNumber reports whether the list was taken for a number, and says so.
func (v *Validator) checkProjectNumber(column int, value []byte) bool {
	const remedy = "write the ids again, with commas, in a column that is formatted as text"
	name := v.name(column)
	if numberForm(value) == decimalZero && bytes.IndexByte(value, '.') >= 0 {
		whole := wholePart(value)
		if _, ok := id32([]byte(whole)); ok && !isLongID([]byte(whole)) {
			v.fixable(column, SeverityError, CodeSpreadsheetNumber, fmt.Sprintf("%s is %s: a spreadsheet added the decimals", name, value),
				"write "+whole, whole)
			return true
		}
	}
	if !lostComma(value) {
		return false
	}
	v.fail(column, CodeLostComma, name+" was read as one number by a spreadsheet", remedy)
	return true
}

// lostComma reports whether a list of ids was turned into one number: 1000010100, 1.00001E+09, 10000.101 or 1,000,010,100.
func lostComma(value []byte) bool {
	switch form := numberForm(value); form {
	case scientific:
		return true
	case decimal, decimalZero, grouped:
		if bytes.IndexByte(value, '.') >= 0 { // with commas alone it may be a list
			return true
		}
	case noNumber, wholeNumber:
	}
	for element := range bytes.SplitSeq(value, []byte(",")) {
		element = bytes.TrimSpace(element)
		if number, rest := digits(element); len(rest) == 0 && (isLongID(number) || len(number) > 1 && number[0] == '0') {
			return true
		}
	}
	return false
}

// isLongID reports whether a project id has more digits than any that Jira gives: they begin at 10000, so two in a row have ten.
func isLongID(number []byte) bool {
	const two = 10
	return len(number) >= two
}

// checkRefSpecs looks at the list of ref specs. A spreadsheet takes a leading + for the begin of a formula.
func (v *Validator) checkRefSpecs(column int, cell *Cell) {
	value := v.trim(column, cell)
	if len(value) == 0 || v.checkFormula(column, value) {
		return
	}
	first := true
	for element := range bytes.SplitSeq(value, []byte(",")) {
		element = bytes.TrimSpace(element)
		if !v.checkRefSpec(column, element) {
			return
		}
		if first && element[0] != '+' && element[0] != '^' {
			v.warn(column, CodeLostPlus, v.name(column)+" does not begin with +, which a spreadsheet takes away",
				"write +"+refsPrefix+"… if forced updates are to be fetched")
		}
		first = false
	}
}

const refsPrefix = "refs/"

// checkFormula reports whether the value is, or was guarded from being, a formula, and says so.
func (v *Validator) checkFormula(column int, value []byte) bool {
	if value[0] != '=' && value[0] != '\'' {
		return false
	}
	message := v.name(column) + " begins with " + string(value[:1]) + ", as a formula of a spreadsheet does"
	const remedy = "write it without, in a column that is formatted as text"
	if spec := value[1:]; bytes.HasPrefix(bytes.TrimPrefix(spec, []byte("+")), []byte(refsPrefix)) {
		v.fixable(column, SeverityError, CodeSpreadsheetFormula, message, remedy, string(spec))
		return true
	}
	v.fail(column, CodeSpreadsheetFormula, message, remedy)
	return true
}

// checkRefSpec reports whether one ref spec has the form [+]source[:destination].
func (v *Validator) checkRefSpec(column int, spec []byte) bool {
	const remedy = "write +refs/a/*:refs/a/*, with a comma before the next"
	source, destination, hasDestination := bytes.Cut(bytes.TrimLeft(spec, "+^"), []byte(":"))
	stars := bytes.Count(source, []byte("*"))
	var message string
	switch {
	case len(source) == 0:
		message = " has an empty ref spec"
	case bytes.ContainsAny(spec, " \t\r\n"):
		message = " has a space inside a ref spec"
	case bytes.IndexByte(destination, ':') >= 0:
		message = " has two colons in a ref spec"
	case stars > 1 || hasDestination && len(destination) > 0 && stars != bytes.Count(destination, []byte("*")):
		message = " has a ref spec whose two sides do not have one * each"
	default:
		return true
	}
	v.fail(column, CodeBadRefSpec, v.name(column)+message, remedy)
	return false
}
