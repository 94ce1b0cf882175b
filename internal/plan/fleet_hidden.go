package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// hiddenValues counts the values that the server does not show and that were not sent, with the reason.
type hiddenValues struct {
	unknown    int             // integrations with credentials that this machine did not send
	unshown    map[string]bool // other fields of which the same holds
	unreadable []string        // references
	leftAlone  int             // by prune
}

// texts says what a person should know of them.
func (h *hiddenValues) texts(show bool) (warnings, notes []string) {
	if len(h.unreadable) > 0 {
		text := "these secrets cannot be read here: " + strings.Join(unique(h.unreadable), ", ")
		if show {
			text += "; apply needs those of what is added or rotated"
		}
		warnings = append(warnings, text)
	}
	if h.unknown > 0 {
		notes = append(notes, fmt.Sprintf("integrations whose secrets this machine has not sent: %d; they keep what the server has, which it does not show; to send them: --rotate-secrets %s",
			h.unknown, RotateAll))
	}
	if len(h.unshown) > 0 {
		notes = append(notes, fmt.Sprintf("the server does not show %s, so it is left as it is where this machine has not sent it",
			strings.Join(slices.Sorted(maps.Keys(h.unshown)), ", ")))
	}
	if h.leftAlone > 0 {
		notes = append(notes, fmt.Sprintf("integrations that prune leaves alone, of GitHub Apps and of types that the vendor does not list: %d; --confirm-delete with an id removes one", h.leftAlone))
	}
	return warnings, notes
}

func unique(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }

// addHidden adds to a change what the server does not show and yet is to be sent: credentials that are rotated, and values that
// are no longer those that this machine sent.
func (d *fleetDiff) addHidden(c *FleetChange, e *Entry, notShown []string) {
	rotate := d.isRotated(c.ID, c.Name, e.Name)
	unknown := false
	for _, key := range slices.Concat(notShown, sortedKeys(e.References)) {
		credential := slices.Contains(credentialKeys(), key)
		sent, known := d.Memory.Sent(c.ID, key)
		if (!rotate || !credential) && !known {
			unknown = unknown || credential
			if !credential {
				d.hidden.note(key)
			}
			continue
		}
		value, good := d.valueOf(e, key, rotate && credential)
		if !good || (!rotate || !credential) && sent.Value == d.Memory.Fingerprint(hiddenText(value)) {
			continue
		}
		if ref, found := e.References[key]; found {
			c.Secrets[key] = ref
			value = d.shown(key, ref, value)
		}
		_ = c.Spec.Set(key, value) // it came out of a spec, or is a secret
	}
	if unknown {
		d.hidden.unknown++
	}
}

func (h *hiddenValues) note(key string) {
	if h.unshown == nil {
		h.unshown = map[string]bool{}
	}
	h.unshown[key] = true
}

// valueOf returns a value that the server does not show. Where it need not be sent, a reference that cannot be read is no problem.
func (d *fleetDiff) valueOf(e *Entry, key string, needed bool) (any, bool) {
	ref, isReference := e.References[key]
	if !isReference {
		return e.Values[key], true
	}
	if needed {
		value, good := d.reveal(e, key)
		return plainUsername(key, value), good
	}
	value, err := d.Reveal(ref)
	if err != nil {
		d.hidden.unreadable = append(d.hidden.unreadable, ref.String())
		return nil, false
	}
	return plainUsername(key, value), true
}

// reveal reads a secret that is to be sent. Where a plan is only shown, a word stands for one that cannot be read.
func (d *fleetDiff) reveal(e *Entry, key string) (secret.Value, bool) {
	ref := e.References[key]
	value, err := d.Reveal(ref)
	if err == nil {
		return value, true
	}
	if d.Show {
		d.hidden.unreadable = append(d.hidden.unreadable, ref.String())
		return secret.New(ref.String()), true
	}
	at := e.place(key)
	d.problems = append(d.problems, ManifestProblem{at, gijspec.Problem{
		Severity: gijspec.SeverityError, Code: CodeBadReference, Key: key, Message: fmt.Sprintf("%s of %q cannot be read: %v", key, e.Name, err),
		Remedy: "set it where gijctl runs",
	}})
	return secret.Value{}, false
}

// shown is the value of a reference as a change has it: where a plan is only shown, and may be published, a user name is the reference.
func (d *fleetDiff) shown(key string, ref Reference, value any) any {
	if d.Show && key == keyUsername {
		return ref.String()
	}
	return value
}

// plainUsername turns a user name that a reference names into the text that its field holds.
func plainUsername(key string, value secret.Value) any {
	if key == keyUsername {
		return value.Reveal()
	}
	return value
}

// hiddenText is a value as it is fingerprinted.
func hiddenText(value any) string {
	if hidden, ok := value.(secret.Value); ok {
		return hidden.Reveal()
	}
	return fmt.Sprint(value)
}
