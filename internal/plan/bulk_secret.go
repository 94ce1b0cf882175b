package plan

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// Memory is what this machine remembers of secrets: fingerprints, never values.
type Memory interface {
	// Fingerprint returns a salted fingerprint of a value.
	Fingerprint(value string) string
	// WasExported reports whether an export that this machine made, of any server, had this value in a secret cell.
	WasExported(value string) bool
	// Sent returns the last value that was sent for a cell that the server does not show in clear.
	Sent(id int64, column string) (Sent, bool)
}

// Sent is the fingerprint of a value that was sent, and of what the server showed afterwards ("" where that was blank).
type Sent struct {
	Value string `json:"value"`
	Shown string `json:"shown,omitempty"`
	At    int64  `json:"at"` // Unix seconds
}

// SecretKey names one cell of the server's configuration.
type SecretKey struct {
	ID     int64
	Column string
}

// verdict is what becomes of a secret cell. Neither send nor held means that the server has it already.
type verdict struct {
	send     bool
	held     string // why it is not sent
	notShown bool   // the server will not show it
	volatile bool   // the server shows something else each time
}

// secretJudge decides about secret cells. Whether a real export shows them in clear, blank, or encrypted, and then always
// alike or anew each time, is unknown; each is met.
type secretJudge struct {
	have     *Snapshot
	options  DiffOptions
	shapes   map[string]bool // of the encrypted values in the export; nil until somebody asks
	changing map[string]bool // nil until somebody asks
}

func newSecretJudge(have *Snapshot, o DiffOptions) secretJudge {
	return secretJudge{have: have, options: o}
}

// The reasons why a secret is held back.
const (
	heldExported = "it came from an export: what is encrypted there would become the new secret"
	heldShape    = "it looks like the encrypted values of the server's export, and would become the new secret"
)

func (j *secretJudge) decide(id int64, column, value, shown string) (verdict, error) {
	if isKey(value) {
		return j.decideKey(id, column, value, shown), nil
	}
	if value == shown || j.wasSent(id, column, value, shown) {
		return verdict{}, nil
	}
	changing, err := j.isChanging(column, shown)
	if err != nil {
		return verdict{}, err
	}
	if changing && j.wasSent(id, column, value, "") {
		return verdict{}, nil
	}
	send := verdict{send: true, notShown: shown == "" || changing || isEncrypted(shown), volatile: changing}
	switch {
	case slices.Contains(j.options.SendSecret, column):
		return send, nil
	case j.options.Memory != nil && j.options.Memory.WasExported(value):
		return verdict{held: heldExported, volatile: changing}, nil
	case j.looksEncrypted(value), changing && j.resembles(column, value):
		return verdict{held: heldShape, volatile: changing}, nil
	}
	return send, nil
}

// decideKey judges a private key, which is surely in clear and so may always be sent.
func (j *secretJudge) decideKey(id int64, column, value, shown string) verdict {
	if same, inClear := sameKey(value, shown); inClear {
		return verdict{send: !same}
	}
	if j.wasSent(id, column, value, shown) {
		return verdict{}
	}
	if shown != "" {
		if changing, err := j.isChanging(column, shown); err == nil && changing && j.wasSent(id, column, value, "") {
			return verdict{}
		}
	}
	return verdict{send: true, notShown: true, volatile: true}
}

// wasSent reports whether a value was sent for a cell, and the server shows the same since; shown "" does not ask what it shows.
func (j *secretJudge) wasSent(id int64, column, value, shown string) bool {
	m := j.options.Memory
	if m == nil || id == 0 {
		return false
	}
	sent, found := m.Sent(id, column)
	if !found || sent.Value != m.Fingerprint(value) {
		return false
	}
	return shown == "" || sent.Shown == m.Fingerprint(shown)
}

// isChanging reports whether the server encrypts a column anew for each export. It costs one, so it is asked once.
func (j *secretJudge) isChanging(column, shown string) (bool, error) {
	if shown == "" || j.options.Changing == nil {
		return false, nil
	}
	if j.changing == nil {
		changing, err := j.options.Changing()
		if err != nil {
			return false, err
		}
		j.changing = map[string]bool{}
		for name, is := range changing {
			j.changing[canonical(name)] = is
		}
	}
	return j.changing[canonical(column)], nil
}

func canonical(name string) string {
	if column, documented := gijtsv.Lookup(name); documented {
		return column.Name
	}
	return name
}

// looksEncrypted reports whether a value has the form of the encrypted ones in the export.
func (j *secretJudge) looksEncrypted(value string) bool {
	form := shapeOf(value)
	if form == "" {
		return false
	}
	if j.shapes == nil {
		j.shapes = map[string]bool{}
		j.eachSecret("", func(shown string) bool {
			if isEncrypted(shown) {
				j.shapes[shapeOf(shown)] = true
			}
			return true
		})
	}
	return j.shapes[form]
}

// resembles reports whether a value is like those of a column that is surely encrypted: made of the same letters, and as
// long or with the same beginning as one of them.
func (j *secretJudge) resembles(column, value string) bool {
	const most, prefix = 256, 4
	found, looked := false, 0
	j.eachSecret(column, func(shown string) bool {
		looked++
		sameStart := len(value) >= prefix && strings.HasPrefix(shown, value[:prefix])
		found = lettersOf(shown) == lettersOf(value) && (len(shown) == len(value) || sameStart)
		return !found && looked < most
	})
	return found
}

// eachSecret calls do for the secret cells of the export that hold something, of one column or of all, until it returns false.
func (j *secretJudge) eachSecret(column string, do func(string) bool) {
	var places []int
	for _, c := range j.have.columns.all {
		if c.secret && (column == "" || c.spelled == column) {
			places = append(places, c.index)
		}
	}
	if places == nil {
		return
	}
	_ = j.have.Each(func(row *gijtsv.Row, _ gijtsv.RowKind) error {
		for _, place := range places {
			if shown := row.Value(place); len(shown) > 0 && !do(string(shown)) {
				return errEnough
			}
		}
		return nil
	})
}

// errEnough ends a walk through an export.
var errEnough = errors.New("enough")

// isEncrypted reports whether a value of an export was surely encoded: a token of 32 letters and digits is base64 too, but has none
// of the signs that only base64 has.
func isEncrypted(value string) bool {
	switch shapeOf(value) {
	case "":
		return false
	case "base64":
		return strings.ContainsAny(value, "+/=")
	case "base64url":
		return strings.HasSuffix(value, "=")
	}
	return true
}

// shapeOf names the form of a value that a cipher or an encoder may have made, "" for any other. The forms are common ones: which
// one GIJ uses, if any, is unknown. A token that a person typed seldom has one: those of GitHub, GitLab, AWS, Azure and Jira do not.
func shapeOf(value string) string {
	const shortest, block = 24, 8
	value = strings.TrimSpace(value)
	if mark := markOf(value); mark != "" {
		return "mark " + mark
	}
	if len(value) < shortest {
		return ""
	}
	if raw, err := hex.DecodeString(value); err == nil && len(raw)%block == 0 {
		return "hex"
	}
	raw, err := base64.StdEncoding.DecodeString(value)
	if err == nil && (len(raw)%block == 0 || strings.HasSuffix(value, "=")) {
		return "base64"
	}
	if raw, err = base64.URLEncoding.DecodeString(value); err == nil && (len(raw)%block == 0 || strings.HasSuffix(value, "=")) {
		return "base64url"
	}
	return ""
}

// markOf returns what stands before an encrypted value to say how it was made: {AES}, ENC(, $2a$, enc:v1:.
func markOf(value string) string {
	const longest = 24
	switch {
	case strings.HasPrefix(value, "{"):
		if end := strings.IndexByte(value, '}'); end > 1 && end < longest {
			return value[:end+1]
		}
	case strings.HasPrefix(value, "$"):
		if end := strings.IndexByte(value[1:], '$'); end > 0 && end < longest {
			return value[:end+2]
		}
	case strings.HasPrefix(value, "ENC(") && strings.HasSuffix(value, ")"):
		return "ENC("
	case len(value) > 4 && strings.EqualFold(value[:4], "enc:"):
		return "enc:"
	}
	return ""
}

// lettersOf tells the letters that a value is made of.
func lettersOf(value string) string {
	isHex, is64, isURL := true, true, true
	for _, c := range []byte(strings.TrimRight(value, "=")) {
		digit, lower := '0' <= c && c <= '9', 'a' <= c && c <= 'z'
		letter := lower || 'A' <= c && c <= 'Z'
		isHex = isHex && (digit || 'a' <= c|0x20 && c|0x20 <= 'f')
		is64 = is64 && (digit || letter || c == '+' || c == '/')
		isURL = isURL && (digit || letter || c == '-' || c == '_')
	}
	switch {
	case isHex:
		return "hex"
	case is64:
		return "base64"
	case isURL:
		return "base64url"
	}
	return "text"
}
