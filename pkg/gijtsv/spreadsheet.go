package gijtsv

import (
	"bytes"
	"strings"
)

// form is the form of a number that is no plain one.
type form int

const (
	noNumber    form = iota
	wholeNumber      // digits, perhaps with a sign
	decimalZero      // 1.0 or 1,0
	decimal          // 1.5
	scientific       // 1.2E+05
	grouped          // 1,234,567
)

// numberForm tells what a spreadsheet may have made of a number.
func numberForm(value []byte) form {
	const longest = 40
	rest := bytes.TrimLeft(value, "+-")
	whole, rest := digits(rest)
	switch {
	case len(whole) == 0 || len(value) > longest || len(value)-len(whole)-len(rest) > 1:
		return noNumber
	case len(rest) == 0:
		return wholeNumber
	case isExponent(rest):
		return scientific
	case rest[0] != '.' && rest[0] != ',':
		return noNumber
	}
	fraction, more := digits(rest[1:])
	switch {
	case len(fraction) == 0:
		return noNumber
	case isExponent(more):
		return scientific
	case len(more) > 0 && isGroups(rest):
		return grouped
	case len(more) > 0:
		return noNumber
	case len(whole) <= 3 && len(fraction) == 3: // 1,000 is a thousand, or one
		return grouped
	case len(bytes.Trim(fraction, "0")) == 0:
		return decimalZero
	}
	return decimal
}

// digits splits value after its leading digits.
func digits(value []byte) (number, rest []byte) {
	i := 0
	for i < len(value) && '0' <= value[i] && value[i] <= '9' {
		i++
	}
	return value[:i], value[i:]
}

func isExponent(value []byte) bool {
	if len(value) < 2 || value[0]|0x20 != 'e' {
		return false
	}
	value = value[1:]
	if value[0] == '+' || value[0] == '-' {
		value = value[1:]
	}
	number, rest := digits(value)
	return len(number) > 0 && len(rest) == 0
}

// isGroups reports whether value is separators, each followed by three digits.
func isGroups(value []byte) bool {
	const group = 4
	separator := value[0]
	for len(value) > 0 {
		if len(value) < group || value[0] != separator {
			return false
		}
		if number, _ := digits(value[1:group]); len(number) != group-1 {
			return false
		}
		value = value[group:]
	}
	return true
}

// wholePart is what stands before the decimals.
func wholePart(value []byte) string {
	number, _ := digits(bytes.TrimLeft(value, "+"))
	return string(number)
}

// isSpreadsheetError reports whether a value is what a spreadsheet shows for a formula that it cannot evaluate.
func isSpreadsheetError(value []byte) bool {
	switch string(value) {
	case "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "#ERROR!", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!":
		return true
	}
	return false
}

// localBool returns true or false for the word that a spreadsheet in another language writes instead. Words that a person
// might write, such as yes or 1, are not among them: what they mean is not certain.
func localBool(value []byte) (string, bool) {
	const longest = 20
	if len(value) > longest {
		return "", false
	}
	switch strings.ToUpper(string(value)) {
	case "WAHR", "VRAI", "VERDADERO", "VERDADEIRO", "VERO", "WAAR", "PRAWDA", "SANT", "SAND", "SANN", "TOSI", "PRAVDA", "IGAZ",
		"DOĞRU", "ИСТИНА", "ІСТИНА", "ADEVĂRAT":
		return "true", true
	case "FALSCH", "FAUX", "FALSO", "ONWAAR", "FAŁSZ", "FALSKT", "FALSK", "USANN", "EPÄTOSI", "NEPRAVDA", "HAMIS", "YANLIŞ",
		"ЛОЖЬ", "ХИБНІСТЬ", "FALS":
		return "false", true
	}
	return "", false
}
