package gijspec

import (
	"fmt"
	"slices"
	"strings"
)

// GitHubApp stands for the list of a GitHub App's installation where a filter is concerned. It is no integration type: what the
// server shows as the type of such an integration is unknown.
const GitHubApp Type = "GITHUB_APP"

// FilterTypes returns the types whose integrations take an apiFilter, and [GitHubApp].
func FilterTypes() []Type {
	types := []Type{GitHub, GitHubServer, GitHubApp}
	for _, t := range allTypes() {
		if t != AWS && !slices.Contains(types, t) { // documented: the wizard has no filter for CodeCommit
			types = append(types, t)
		}
	}
	return types
}

// FilterRoot returns the key of the object that holds the list of repositories which a filter is asked of; "" where the list is
// not in an object. What Microsoft's hosts answer beyond that is unknown.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/working-with-jmespath-filters-gij-self-managed/
func FilterRoot(t Type) string {
	switch t {
	case GitHubApp:
		return "repositories"
	case Azure, AzureDevOps, VSTS, TFSServer:
		return "value"
	}
	return ""
}

// ReturnsObject reports whether the answer of the filter itself must be an object with the key of [FilterRoot], and not a list.
func ReturnsObject(t Type) bool { return FilterRoot(t) == "value" }

// FilterExample returns a filter of the documented form.
func FilterExample(t Type) string {
	switch FilterRoot(t) {
	case "repositories":
		return "repositories[] | [?starts_with(name, 'text')]"
	case "value":
		return "{value: value[?contains(name, 'text')]}"
	}
	if t == Filespace {
		return "[?(!starts_with(fullPath, '/folder/'))]"
	}
	return "[?contains(name, 'text')]"
}

// FilterEverything returns the filter that lets everything in.
func FilterEverything(t Type) string {
	switch FilterRoot(t) {
	case "repositories":
		return "repositories[] | [*]"
	case "value":
		return "@"
	}
	return "[*]"
}

// FilterRemark is a usual mistake that was seen in a filter. It may be meant as it is.
type FilterRemark struct {
	// Column is the place in characters from 1; 0 for the whole.
	Column  int
	Message string
	Remedy  string
}

// FilterKey is a key that a filter reads.
type FilterKey struct {
	Name   string
	Column int
	// Quoted says that it is in double quotes, where a text may have been meant.
	Quoted bool
}

// CheckFilterForm reports what makes a compiled filter one that the type does not take, whatever its list holds; nil if nothing
// does.
func CheckFilterForm(expr string, t Type) *FilterRemark {
	if t != GitHubApp {
		return nil
	}
	tokens, err := lexQuery(expr)
	if err != nil || len(tokens) > 2 && tokens[0].text == "repositories" && tokens[1].kind == "[]" && tokens[2].kind == "|" {
		return nil
	}
	return &FilterRemark{
		Column: 1, Message: "the filter of a GitHub App must begin with: repositories[] |", Remedy: "write it like: " + FilterExample(t),
	}
}

// ExplainFilter names the usual mistakes that the text of a filter shows: a negation without parentheses, | for ||, and a root that
// is another host's. It also explains an expression that does not compile. With type "" the root is not looked at.
func ExplainFilter(expr string, t Type) []FilterRemark {
	var remarks []FilterRemark
	if at := strings.Index(expr, `\|`); at >= 0 {
		remarks = append(remarks, FilterRemark{
			column(expr, at), `\| is no operator: it is how | is written inside a table of some documentation pages`, "write || for \"or\"",
		})
	}
	tokens, err := lexQuery(expr)
	if err != nil {
		return remarks
	}
	f := filterText{expr, tokens}
	return slices.Concat(remarks, f.root(t), f.negations(), f.pipes())
}

// filterText is a filter as its tokens.
type filterText struct {
	expr   string
	tokens []queryToken
}

func (f filterText) remark(at queryToken, remedy, format string, args ...any) FilterRemark {
	return FilterRemark{column(f.expr, at.at), fmt.Sprintf(format, args...), remedy}
}

// root looks at how the filter begins.
func (f filterText) root(t Type) []FilterRemark {
	first, second := f.tokens[0], queryToken{kind: tokenEnd}
	if len(f.tokens) > 1 {
		second = f.tokens[1]
	}
	want := FilterRoot(t)
	remedy := "write it like: " + FilterExample(t)
	isArray := first.kind == "[?" || first.kind == "[]" || first.kind == "["
	foreign := first.kind == tokenName && (first.text == "value" || first.text == "repositories") && first.text != want
	switch {
	case t == "":
		return nil
	case foreign:
		return []FilterRemark{f.remark(first, remedy, "%s is the root of another host's list; that of %s %s", first.text, t, rootWords(want))}
	case want != "" && isArray:
		return []FilterRemark{f.remark(first, remedy, "the list of %s %s, so a filter that begins with [ finds nothing", t, rootWords(want))}
	case want == "" && first.kind == "{" && second.text == "value":
		return []FilterRemark{f.remark(first, remedy, "an object with value is the form for Microsoft's hosts; that of %s %s", t, rootWords(want))}
	}
	return nil
}

func rootWords(root string) string {
	if root == "" {
		return "is an array"
	}
	return "is an object that holds it as " + root
}

// negations finds those without parentheses. The vendor's pages ask for them, and leave them out in places.
func (f filterText) negations() []FilterRemark {
	var remarks []FilterRemark
	for n, token := range f.tokens {
		if token.kind != "!" {
			continue
		}
		end := f.operandEnd(n + 1)
		operand := strings.TrimSpace(f.expr[f.tokens[n+1].at:f.tokens[end].at])
		switch next := f.tokens[end].kind; {
		case isComparison(next):
			remarks = append(remarks, f.remark(token, fmt.Sprintf("write !(%s %s …)", operand, next),
				"! is asked before %s: it negates %s alone, not the comparison", next, shorten(operand)))
		case n > 0 && f.tokens[n-1].kind != "(":
			remarks = append(remarks, f.remark(token, fmt.Sprintf("write (!%s)", operand), "the negation is without the parentheses that the vendor asks for"))
		}
	}
	return remarks
}

func isComparison(kind string) bool {
	return slices.Contains([]string{"==", "!=", "<", "<=", ">", ">="}, kind)
}

// operandEnd returns the index of the token behind the operand that begins at index n.
func (f filterText) operandEnd(n int) int {
	depth := 0
	for ; n < len(f.tokens)-1; n++ {
		switch kind := f.tokens[n].kind; {
		case slices.Contains([]string{"(", "[", "[?", "{"}, kind):
			depth++
		case depth == 0 && (isComparison(kind) || slices.Contains([]string{")", "]", "}", ",", "|", "||", "&&"}, kind)):
			return n
		case slices.Contains([]string{")", "]", "}"}, kind):
			depth--
		}
	}
	return n
}

// pipes finds a | inside a filter's brackets.
func (f filterText) pipes() []FilterRemark {
	var remarks []FilterRemark
	var open []string
	for _, token := range f.tokens {
		switch token.kind {
		case "(", "[", "[?", "{":
			open = append(open, token.kind)
		case ")", "]", "}":
			open = open[:max(0, len(open)-1)]
		case "|":
			if slices.Contains(open, "[?") {
				remarks = append(remarks, f.remark(token, "write || for \"or\"", "a single | hands the left answer on to the right; it is no \"or\""))
			}
		}
	}
	return remarks
}

// FilterKeys returns the keys that a filter reads, in the order of the text; none for one that cannot be read.
func FilterKeys(expr string) []FilterKey {
	tokens, err := lexQuery(expr)
	if err != nil {
		return nil
	}
	var keys []FilterKey
	for n, token := range tokens {
		if token.kind != tokenName && token.kind != tokenQuoted {
			continue
		}
		if next := tokens[n+1].kind; next == "(" || next == ":" { // a function; the key of an object that the filter makes
			continue
		}
		keys = append(keys, FilterKey{Name: token.text, Column: column(expr, token.at), Quoted: token.kind == tokenQuoted})
	}
	return keys
}

// LowerTexts returns a filter with the texts that it compares with in lower case. A filter is case-sensitive: held against a
// list in lower case as well, this one tells what only the case keeps out.
func LowerTexts(expr string) string {
	tokens, err := lexQuery(expr)
	if err != nil {
		return expr
	}
	var b strings.Builder
	for n, token := range tokens[:len(tokens)-1] {
		part := expr[token.at:tokens[n+1].at]
		if token.kind == tokenLiteral {
			part = strings.ToLower(part)
		}
		b.WriteString(part)
	}
	return b.String()
}
