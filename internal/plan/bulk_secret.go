package plan

import (
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
	shapes   *shapes         // of the encoded values in the export; nil until somebody asks
	encoded  map[string]bool // the columns that are encoded as a whole; with shapes
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
		return j.decideKey(id, column, value, shown)
	}
	if unquoted(value) == unquoted(shown) || j.wasSent(id, column, value, shown) {
		return verdict{}, nil
	}
	changing, err := j.isChanging(column)
	if err != nil {
		return verdict{}, err
	}
	if changing && shown != "" && j.wasSent(id, column, value, anything) {
		return verdict{}, nil
	}
	send := verdict{send: true, notShown: shown == "" || changing || j.isEncoded(column, shown), volatile: changing}
	switch {
	case slices.ContainsFunc(j.options.SendSecret, func(name string) bool { return canonical(name) == canonical(column) }):
		return send, nil
	case j.options.Memory != nil && j.options.Memory.WasExported(value):
		return verdict{held: heldExported, volatile: changing}, nil
	case j.looksEncoded(value), changing && j.resembles(column, value):
		return verdict{held: heldShape, volatile: changing}, nil
	}
	return send, nil
}

// unquoted is a secret as it is without what a hand may have put around it.
func unquoted(value string) string { return strings.Trim(strings.TrimSpace(value), `"'`) }

// decideKey judges a private key, which is surely in clear and so may always be sent.
func (j *secretJudge) decideKey(id int64, column, value, shown string) (verdict, error) {
	if same, inClear := sameKey(value, shown); inClear {
		return verdict{send: !same}, nil
	}
	if j.wasSent(id, column, value, shown) {
		return verdict{}, nil
	}
	changing, err := j.isChanging(column)
	if err != nil || changing && shown != "" && j.wasSent(id, column, value, anything) {
		return verdict{}, err
	}
	return verdict{send: true, notShown: true, volatile: changing}, nil
}

// anything is what the server shows of a secret, where that does not matter. No export has it.
const anything = "\x00"

// wasSent reports whether a value was sent for a cell, and the server shows the same since.
func (j *secretJudge) wasSent(id int64, column, value, shown string) bool {
	m := j.options.Memory
	if m == nil || id == 0 {
		return false
	}
	sent, found := m.Sent(id, column)
	if !found || sent.Value != m.Fingerprint(value) {
		return false
	}
	switch shown {
	case anything:
		return true
	case "":
		return sent.Shown == ""
	}
	return sent.Shown == m.Fingerprint(shown)
}

// isChanging reports whether the server encrypts a column anew for each export. It costs one, so it is asked once, and not for a
// column that shows nothing.
func (j *secretJudge) isChanging(column string) (bool, error) {
	if j.options.Changing == nil || !j.have.shows(j.have.columns.place(canonical(column))) {
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

// looksEncoded reports whether a value has the form of the encoded ones in the export.
func (j *secretJudge) looksEncoded(value string) bool {
	j.findShapes()
	return j.shapes.has(value)
}

// isEncoded reports whether what a column shows is encoded: the column is as a whole, and the value has a form as the others have.
func (j *secretJudge) isEncoded(column, shown string) bool {
	j.findShapes()
	return j.encoded[canonical(column)] && j.shapes.has(shown)
}

// findShapes looks at each secret column that is encoded as a whole.
func (j *secretJudge) findShapes() {
	if j.shapes != nil {
		return
	}
	j.shapes, j.encoded = &shapes{forms: map[string]bool{}, lengths: map[lengthOf]bool{}}, map[string]bool{}
	var counts []encodedCount
	for _, c := range j.have.columns.all {
		if c.secret {
			counts = append(counts, encodedCount{column: c.index})
		}
	}
	_ = j.have.Each(func(row *gijtsv.Row, _ gijtsv.RowKind) error {
		for i := range counts {
			counts[i].look(row)
		}
		return nil
	})
	for _, count := range counts {
		if !count.most() {
			continue
		}
		column := j.have.columns.all[count.column]
		j.encoded[column.canonical] = true
		j.eachSecret(column.index, func(shown string) bool {
			if isEncoded(shown) {
				j.shapes.add(shown)
			}
			return true
		})
	}
}

// resembles reports whether a value is like those of a column that is surely encrypted: made of the same letters, and as
// long or with the same beginning as one of them.
func (j *secretJudge) resembles(column, value string) bool {
	const most, prefix = 256, 4
	value = string(bareSecret([]byte(value)))
	found, looked := false, 0
	j.eachSecret(j.have.columns.place(canonical(column)), func(shown string) bool {
		looked++
		shown = string(bareSecret([]byte(shown)))
		sameStart := len(value) >= prefix && strings.HasPrefix(shown, value[:prefix])
		found = lettersOf(shown) == lettersOf(value) && (len(shown) == len(value) || sameStart)
		return !found && looked < most
	})
	return found
}

// eachSecret calls do for the cells of a column of the export that hold something, until it returns false.
func (j *secretJudge) eachSecret(column int, do func(string) bool) {
	_ = j.have.Each(func(row *gijtsv.Row, _ gijtsv.RowKind) error {
		if shown := row.Value(column); len(shown) > 0 && !do(string(shown)) {
			return errEnough
		}
		return nil
	})
}

// errEnough ends a walk through an export.
var errEnough = errors.New("enough")
