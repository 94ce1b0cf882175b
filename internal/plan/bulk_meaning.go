package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
	"github.com/gijctl/gijctl/pkg/secret"
)

// allProjects is how a projectMapping names them.
const allProjects = "ALL"

// sameMeaning reports whether two cells say the same, though perhaps in other words: TRUE and true, "10100, 10000" and
// "10000,10100".
func sameMeaning(kind gijtsv.Kind, a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == b {
		return true
	}
	switch kind {
	case gijtsv.KindBool, gijtsv.KindDelete:
		return strings.EqualFold(a, b)
	case gijtsv.KindInteger, gijtsv.KindID:
		n, errA := strconv.ParseInt(a, 10, 64)
		m, errB := strconv.ParseInt(b, 10, 64)
		return errA == nil && errB == nil && n == m
	case gijtsv.KindOrigin:
		return gij.SameOrigin(a, b)
	case gijtsv.KindProjects:
		return a != "" && b != "" && slices.Equal(projectSet(a), projectSet(b))
	case gijtsv.KindRegion:
		return region(a) == region(b)
	case gijtsv.KindRefSpecs:
		return slices.Equal(elements(a), elements(b))
	case gijtsv.KindText, gijtsv.KindRegex, gijtsv.KindFilter, gijtsv.KindAPIPath:
	}
	return strings.ReplaceAll(a, "\r\n", "\n") == strings.ReplaceAll(b, "\r\n", "\n")
}

func elements(list string) []string {
	var all []string
	for element := range strings.SplitSeq(list, ",") {
		if element = strings.TrimSpace(element); element != "" {
			all = append(all, element)
		}
	}
	return all
}

// projectSet is a list of project ids without their order.
func projectSet(list string) []string {
	if strings.EqualFold(list, allProjects) {
		return []string{allProjects}
	}
	all := elements(list)
	for i, id := range all {
		all[i] = strings.TrimLeft(id, "0")
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// region undoes the misspelling on the vendor's page, which servers are said to take.
func region(code string) string {
	if strings.EqualFold(code, "ap-outh-1") {
		return "ap-south-1"
	}
	return strings.ToLower(code)
}

// sameKey reports whether two PEMs are one private key, in whatever form. Both must parse.
func sameKey(a, b string) (same, bothParse bool) {
	first, errA := secret.ParsePrivateKey([]byte(a))
	second, errB := secret.ParsePrivateKey([]byte(b))
	if errA != nil || errB != nil {
		return false, false
	}
	return secret.SameFingerprint(first.Fingerprint(), second.Fingerprint()), true
}

// beginsKey reports whether a value may be a private key.
func beginsKey(value string) bool { return strings.HasPrefix(value, "-----BEGIN ") }

func isKey(value string) bool {
	if !strings.Contains(value, "-----BEGIN ") {
		return false
	}
	_, err := secret.ParsePrivateKey([]byte(value))
	return err == nil
}

// rowState stands for what a row says, without secrets and without what indexing writes by itself.
type rowState [sha256.Size]byte

func stateOf(s *Snapshot, row *gijtsv.Row) rowState {
	h := sha256.New()
	var size [8]byte
	for _, c := range s.columns.all {
		if !c.documented || c.secret || writtenByIndexing(c.canonical) {
			continue
		}
		value := row.Value(c.index)
		binary.LittleEndian.PutUint64(size[:], uint64(len(value)))
		h.Write([]byte(c.canonical))
		h.Write(size[:])
		h.Write(value)
	}
	return rowState(h.Sum(nil))
}

// writtenByIndexing knows the one documented column that the server sets again at each reindex.
func writtenByIndexing(canonical string) bool { return canonical == "mainBranch" }
