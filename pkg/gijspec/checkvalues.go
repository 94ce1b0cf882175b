package gijspec

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxJavaInt is the largest value of the server's integer fields (inferred: they are Java ints).
const maxJavaInt = math.MaxInt32

// checkText checks what holds for every text and reports whether looking closer makes sense. No value is shown.
func (c *checker) checkText(field Field, text string) bool {
	if !utf8.ValidString(text) {
		c.fail(CodeBadEncoding, field.Key, field.Key+" is not valid UTF-8", "")
		return false
	}
	if at := controlCharacter(text, field.Key == "apiFilter"); at > 0 {
		c.fail(CodeControlCharacter, field.Key, fmt.Sprintf("%s has a line break or control character at character %d", field.Key, at),
			"write it in one line; a file that is read may end with a line break")
		return false
	}
	if n := utf8.RuneCountInString(text); field.MaxLen > 0 && n > field.MaxLen {
		c.fail(CodeTooLong, field.Key, fmt.Sprintf("%s has %d characters; %d are allowed", field.Key, n, field.MaxLen), "")
		return false
	}
	return true
}

// controlCharacter returns the position, in characters from 1, of the first character that has no place in one line; 0 if
// there is none. White space that JMESPath allows between its tokens can be excepted.
func controlCharacter(text string, exceptSpace bool) int {
	n := 0
	for _, r := range text {
		n++
		if exceptSpace && (r == '\t' || r == '\n' || r == '\r') {
			continue
		}
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return n
		}
	}
	return 0
}

func (c *checker) checkRange(key string, value any, least, most int64) {
	n, ok := value.(int64)
	if !ok {
		n = int64(value.(int))
	}
	if n >= least && n <= most {
		return
	}
	c.fail(CodeOutOfRange, key, fmt.Sprintf("%s is %d; it must be from %d to %d", key, n, least, most), "")
}

func (c *checker) checkRegion(code string) {
	if code == misspeltRegion {
		c.out["awsRegion"] = spelledRegion
		c.note(CodeMisspeltRegion, "awsRegion", fmt.Sprintf("%s is a misspelling in the vendor's list; %s is sent", misspeltRegion, spelledRegion), "")
		return
	}
	codes := regionCodes()
	if slices.Contains(codes, code) || code == "" && c.op == Create { // an empty one was reported as missing
		return
	}
	remedy := "use one of " + strings.Join(codes, ", ")
	if nearest, ok := Nearest(code, codes); ok {
		remedy = fmt.Sprintf("did you mean %s? %s", nearest, remedy)
	}
	c.fail(CodeUnknownRegion, "awsRegion", fmt.Sprintf("unknown AWS region %q", shorten(code)), remedy)
}

func (c *checker) checkAPIPath(path string) {
	if path == "" || strings.HasPrefix(path, "/") {
		return
	}
	c.fail(CodeBadAPIPath, "apiPath", "apiPath must begin with /", "give the path without scheme and host: /orgs/acme/repos")
}

func (c *checker) checkFilter(expr string) {
	if strings.TrimSpace(expr) == "" {
		return
	}
	_, err := CompileQuery(expr)
	if err == nil {
		return
	}
	malformed, ok := errors.AsType[*QueryError](err)
	if ok && malformed.Function != "" {
		// The server's own JMESPath library is unknown; it may have functions that the standard has not.
		c.warn(CodeUnknownFunction, "apiFilter", fmt.Sprintf("apiFilter, column %d: %s", malformed.Column, malformed.Msg), "")
		return
	}
	message := "apiFilter is malformed: " + err.Error()
	if ok {
		message = fmt.Sprintf("apiFilter is malformed at column %d: %s", malformed.Column, malformed.Msg)
	}
	c.fail(CodeBadFilter, "apiFilter", message, "a filter looks like [?contains(name, 'text')]")
}

func (c *checker) checkRegex(key, pattern string) {
	note, err := CheckJavaRegex(pattern)
	if malformed, ok := errors.AsType[*RegexError](err); ok {
		c.fail(CodeBadRegex, key, fmt.Sprintf("%s is no Java regular expression at column %d: %s", key, malformed.Column, malformed.Msg),
			"a literal character with a meaning needs a backslash before it")
		return
	}
	if note != "" {
		c.note(CodeRegexNotEvaluated, key, fmt.Sprintf("%s: %s", key, note), "")
	}
}

// checkGlobal looks at the associations once, with global given; checkProjects has the case without it.
func (c *checker) checkGlobal(global bool) {
	ids, present := c.in["projectMappingIds"].([]int64)
	if global && len(ids) > 0 {
		// Documented twice: "ignored" in one place, "not accepted" in another.
		c.fail(CodeGlobalWithIDs, "global", "with global true the server ignores or refuses projectMappingIds", "set global to false, or leave projectMappingIds out")
		return
	}
	// On update without ids the server keeps the stored ones (inferred).
	if !global && len(ids) == 0 && (c.op == Create || present) {
		c.warn(CodeNoProjects, "global", "with global false and no projectMappingIds the "+c.noun+" belongs to no project", "give projectMappingIds")
	}
}

func (c *checker) checkProjects(ids []int64) {
	c.checkGlobalMissing(ids)
	seen := make(map[int64]bool, len(ids))
	for _, id := range ids {
		if id < 0 {
			c.fail(CodeNegativeID, "projectMappingIds", fmt.Sprintf("project id %d is negative", id), "give the numeric ids of Jira projects")
		}
		if seen[id] {
			c.note(CodeDuplicateID, "projectMappingIds", fmt.Sprintf("project id %d is there twice", id), "")
		}
		seen[id] = true
	}
}

// checkGlobalMissing: a new integration is global unless told otherwise, and then ignores the ids. An existing one may be
// either.
func (c *checker) checkGlobalMissing(ids []int64) {
	if c.has("global") || len(ids) == 0 {
		return
	}
	const remedy = "set global to false"
	if c.op == Create {
		// That it is the default also of a repository is inferred.
		c.fail(CodeGlobalMissing, "projectMappingIds", "projectMappingIds is ignored unless global is false, and global is true by default", remedy)
		return
	}
	c.warn(CodeGlobalMissing, "projectMappingIds", "projectMappingIds is ignored if the "+c.noun+" is global", remedy+" too")
}
