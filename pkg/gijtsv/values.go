package gijtsv

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

func utf8Valid(value []byte) bool { return utf8.Valid(value) }

// checkOf returns the check of a kind's cells, which are never empty; nil if there is none.
func checkOf(kind Kind) func(v *Validator, column int, cell *Cell) {
	switch kind {
	case KindBool:
		return (*Validator).checkBool
	case KindInteger:
		return (*Validator).checkInteger
	case KindID:
		return (*Validator).checkID
	case KindOrigin:
		return (*Validator).checkOrigin
	case KindProjects:
		return (*Validator).checkProjects
	case KindRegex:
		return (*Validator).checkRegex
	case KindFilter:
		return (*Validator).checkFilter
	case KindAPIPath:
		return (*Validator).checkAPIPath
	case KindRegion:
		return (*Validator).checkRegion
	case KindRefSpecs:
		return (*Validator).checkRefSpecs
	case KindDelete:
		return (*Validator).checkDelete
	case KindText:
	}
	return nil
}

// repeats reports whether the cells of a kind are dear to check, and often the same from row to row.
func repeats(kind Kind) bool {
	switch kind {
	case KindProjects, KindRegex, KindFilter, KindAPIPath, KindRegion, KindRefSpecs:
		return true
	case KindText, KindBool, KindInteger, KindID, KindOrigin, KindDelete:
	}
	return false
}

// trim returns a cell without space around it, and reports the space.
func (v *Validator) trim(column int, cell *Cell) []byte {
	if isTrim(cell.Value) {
		return cell.Value
	}
	value := bytes.TrimSpace(cell.Value)
	if len(value) > 0 && len(value) < len(cell.Value) {
		v.fixable(column, SeverityWarning, CodeSurroundingSpace, v.name(column)+" has space around it", "delete the space", string(value))
	}
	return value
}

// checkBool accepts any case: the vendor writes both true and TRUE.
func (v *Validator) checkBool(column int, cell *Cell) {
	if isBool(cell.Value) {
		return
	}
	value := v.trim(column, cell)
	if len(value) == 0 || isBool(value) {
		return
	}
	message := v.name(column) + " is neither true nor false"
	if word, ok := localBool(value); ok {
		v.fixable(column, SeverityError, CodeBadBoolean, message+", but "+string(value), "a spreadsheet translated it: write "+word, word)
		return
	}
	v.fail(column, CodeBadBoolean, message, "write true or false")
}

func isBool(value []byte) bool {
	switch string(value) {
	case "true", "false":
		return true
	}
	return bytes.EqualFold(value, []byte("true")) || bytes.EqualFold(value, []byte("false"))
}

func (v *Validator) checkInteger(column int, cell *Cell) {
	value := v.trim(column, cell)
	if len(value) == 0 {
		return
	}
	if _, ok := id32(value); ok || string(value) == "0" {
		return
	}
	v.badNumber(column, value, "from 0 to 2147483647")
}

func (v *Validator) checkID(column int, cell *Cell) {
	value := v.trim(column, cell)
	if len(value) == 0 {
		return
	}
	if _, ok := id32(value); !ok {
		v.badNumber(column, value, "from 1 to 2147483647")
	}
}

// badNumber says what is wrong with a number. It shows the value only where that has the form of a number.
func (v *Validator) badNumber(column int, value []byte, most string) {
	name := v.name(column)
	switch form := numberForm(value); form {
	case wholeNumber:
		v.fail(column, CodeOutOfRange, name+" is out of range", "give a number "+most)
	case decimalZero:
		whole := wholePart(value)
		v.fixable(column, SeverityError, CodeSpreadsheetNumber, fmt.Sprintf("%s is %s: a spreadsheet added the decimals", name, value),
			"write "+whole, whole)
	case scientific, grouped:
		v.fail(column, CodeSpreadsheetNumber, fmt.Sprintf("%s is %s: a spreadsheet changed the number", name, value),
			"write all its digits, in a column that is formatted as text")
	case noNumber, decimal:
		v.fail(column, CodeBadInteger, name+" is no whole number", "give a number "+most)
	}
}

func (v *Validator) checkDelete(column int, cell *Cell) {
	value := v.trim(column, cell)
	if len(value) == 0 || string(value) == "delete" {
		return
	}
	remedy := "leave it blank to keep the row"
	if bytes.EqualFold(value, []byte("delete")) {
		remedy = "write it in lower case, or " + remedy
	}
	v.fail(column, CodeBadDelete, "delete holds something other than the word delete", remedy)
}

func (v *Validator) checkRegion(column int, cell *Cell) {
	value := v.trim(column, cell)
	if len(value) == 0 || slices.Contains(v.regions, string(value)) {
		return
	}
	const misspelt, spelled = "ap-outh-1", "ap-south-1"
	if string(value) == misspelt {
		v.fixable(column, SeverityWarning, CodeMisspeltRegion, misspelt+" is a misspelling in the vendor's list", "write "+spelled, spelled)
		return
	}
	remedy := "use the code of a region, such as eu-central-1"
	if nearest, ok := gijspec.Nearest(string(value), v.regions); ok {
		remedy = "did you mean " + nearest + "?"
	}
	v.fail(column, CodeUnknownRegion, v.name(column)+" is no AWS region of the vendor's list", remedy)
}

func regionCodes() []string {
	regions := gijspec.Regions()
	codes := make([]string, len(regions))
	for i, region := range regions {
		codes[i] = region.Code
	}
	return codes
}

func (v *Validator) checkAPIPath(column int, cell *Cell) {
	if value := v.trim(column, cell); len(value) > 0 && value[0] != '/' {
		v.fail(column, CodeBadAPIPath, v.name(column)+" does not begin with /", "give the path without scheme and host: /orgs/acme/repos")
	}
	v.checkLength(column, cell.Value)
}

func (v *Validator) checkLength(column int, value []byte) {
	most := v.columns[column].MaxLen
	if most == 0 || len(value) <= most {
		return
	}
	if n := utf8.RuneCount(value); n > most {
		v.fail(column, CodeTooLong, fmt.Sprintf("%s has %d characters; %d are allowed", v.name(column), n, most), "make it shorter")
	}
}

// verdict is what a check said of a value. The zero verdict is a good one.
type verdict struct {
	severity              Severity
	code, message, remedy string
}

// judged returns the verdict on a value. Most rows of a file have the same few, so they are kept.
func (v *Validator) judged(column int, value []byte, known map[string]verdict, judge func(string) verdict) {
	const most, longest = 512, 4096
	said, there := known[string(value)]
	if !there {
		said = judge(string(value))
		if len(known) < most && len(value) <= longest {
			known[string(value)] = said
		}
	}
	if said.severity != "" {
		v.problem(column, said.severity, said.code, v.name(column)+said.message, said.remedy)
	}
}

func (v *Validator) checkRegex(column int, cell *Cell) {
	v.judged(column, cell.Value, v.regexes, judgeRegex)
}

func judgeRegex(pattern string) verdict {
	_, err := gijspec.CheckJavaRegex(pattern)
	malformed, ok := errors.AsType[*gijspec.RegexError](err)
	if !ok {
		return verdict{}
	}
	return verdict{
		SeverityError, CodeBadRegex, fmt.Sprintf(" is no Java regular expression, at its character %d: %s", malformed.Column, malformed.Msg),
		"a literal character with a meaning needs a backslash before it",
	}
}

func (v *Validator) checkFilter(column int, cell *Cell) {
	v.checkLength(column, cell.Value)
	v.judged(column, cell.Value, v.filters, judgeFilter)
}

func judgeFilter(expression string) verdict {
	if strings.TrimSpace(expression) == "" {
		return verdict{}
	}
	_, err := gijspec.CompileQuery(expression)
	malformed, ok := errors.AsType[*gijspec.QueryError](err)
	switch {
	case err == nil:
		return verdict{}
	case ok && malformed.Function != "":
		return verdict{
			SeverityWarning, CodeUnknownFunction, fmt.Sprintf(", at its character %d: %s", malformed.Column, malformed.Msg),
			"check that the server's JMESPath has the function",
		}
	case ok:
		return verdict{
			SeverityError, CodeBadFilter, fmt.Sprintf(" is malformed at its character %d: %s", malformed.Column, malformed.Msg),
			"a filter looks like [?contains(name, 'text')]",
		}
	}
	return verdict{SeverityError, CodeBadFilter, " is malformed", "a filter looks like [?contains(name, 'text')]"}
}
