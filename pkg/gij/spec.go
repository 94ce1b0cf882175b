package gij

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gijctl/gijctl/pkg/secret"
)

// IntegrationSpec is what a request says of an integration. A nil field is not sent; false, 0 and "" are.
//
// It encodes to JSON with its secrets as "[redacted]", so that a plan or a log can hold one; only the client itself
// sends them. See https://help.gitkraken.com/git-integration-for-jira-data-center/add-new-integration-gij-self-managed/.
type IntegrationSpec struct {
	DisplayName            *string
	Origin                 *string
	Type                   *string // cannot be changed later
	Username               *string // AWS: the access key id
	Password               *secret.Value
	Pat                    *secret.Value // a token of the Git host
	Disabled               *bool
	SendCommitEmails       *bool
	MaxMinsToCommitEmail   *int64 // minutes
	Global                 *bool  // associated with all projects; ProjectMappingIDs is then ignored
	RevisionIndexing       *bool
	GitViewerEnabled       *bool
	DisableSSLVerification *bool
	SmartCommitsEnabled    *bool
	TagsFilter             *string // Java regex
	PRHideFilter           *string // Java regex
	RequireUserPat         *bool
	ProjectMappingIDs      *[]int64
	SourcesDiffViewEnabled *bool
	APIPath                *string
	APIFilter              *string // JMESPath
	RefSpecNotes           *bool
	RefSpecChanges         *bool
	RefSpecCustom          *string
	TrustFolderStat        *bool
	FolderDepth            *int64 // 1 to 5
	AWSRegion              *string
	TFSCollection          *string
}

// Value is one field of a spec: its REST key and a string, bool, int64, []int64 or [secret.Value].
type Value struct {
	Key   string
	Value any
}

// slot ties a REST key to the field that holds it. field is a **string, **bool, **int64, **[]int64 or **secret.Value.
type slot struct {
	key   string
	field any
}

// slots is the one list of REST keys, in the order of the vendor's sample.
func (s *IntegrationSpec) slots() []slot {
	return []slot{
		{"displayName", &s.DisplayName},
		{"origin", &s.Origin},
		{"type", &s.Type},
		{"username", &s.Username},
		{"password", &s.Password},
		{"pat", &s.Pat},
		{"disabled", &s.Disabled},
		{"sendCommitEmails", &s.SendCommitEmails},
		{"maxMinsToCommitEmail", &s.MaxMinsToCommitEmail},
		{"global", &s.Global},
		{"revisionIndexing", &s.RevisionIndexing},
		{"gitViewerEnabled", &s.GitViewerEnabled},
		{"disableSslVerification", &s.DisableSSLVerification},
		{"smartCommitsEnabled", &s.SmartCommitsEnabled},
		{"tagsFilter", &s.TagsFilter},
		{"prHideFilter", &s.PRHideFilter},
		{"requireUserPat", &s.RequireUserPat},
		{"projectMappingIds", &s.ProjectMappingIDs},
		{"sourcesDiffViewEnabled", &s.SourcesDiffViewEnabled},
		{"apiPath", &s.APIPath},
		{"apiFilter", &s.APIFilter},
		{"refSpecNotes", &s.RefSpecNotes},
		{"refSpecChanges", &s.RefSpecChanges},
		{"refSpecCustom", &s.RefSpecCustom},
		{"trustFolderStat", &s.TrustFolderStat},
		{"folderDepth", &s.FolderDepth},
		{"awsRegion", &s.AWSRegion},
		{"tfsCollection", &s.TFSCollection},
	}
}

// Values lists the fields that are set, in the order of the vendor's sample.
func (s *IntegrationSpec) Values() []Value {
	var values []Value
	for _, slot := range s.slots() {
		if v := slot.get(); v != nil {
			values = append(values, Value{slot.key, v})
		}
	}
	return values
}

// IsEmpty reports whether no field is set.
func (s *IntegrationSpec) IsEmpty() bool { return len(s.Values()) == 0 }

// Set gives the field with this REST key a value: a string (also for a secret), bool, int64, []int64 or [secret.Value].
// nil takes the field out. It fails for a key that is no request field and for a value of another kind.
func (s *IntegrationSpec) Set(key string, value any) error {
	for _, slot := range s.slots() {
		if slot.key == key {
			return slot.set(value)
		}
	}
	return fmt.Errorf("%s is no field of an integration request", key)
}

// Only returns a copy with the fields named by keys.
func (s *IntegrationSpec) Only(keys ...string) IntegrationSpec {
	var only IntegrationSpec
	for _, key := range keys {
		for _, v := range s.Values() {
			if v.Key == key {
				_ = only.Set(key, v.Value) // the value came out of the same slot
			}
		}
	}
	return only
}

// Without returns a copy that lacks the fields named by keys.
func (s *IntegrationSpec) Without(keys ...string) IntegrationSpec {
	rest := *s
	for _, key := range keys {
		_ = rest.Set(key, nil) // a key that is no field is not there either
	}
	return rest
}

func (s slot) get() any {
	switch f := s.field.(type) {
	case **string:
		return deref(*f)
	case **bool:
		return deref(*f)
	case **int64:
		return deref(*f)
	case **[]int64:
		return deref(*f)
	case **secret.Value:
		return deref(*f)
	}
	return nil
}

func deref[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

func (s slot) set(value any) error {
	if text, ok := value.(string); ok && s.isSecret() {
		value = secret.New(text)
	}
	ok := false
	switch f := s.field.(type) {
	case **string:
		ok = assign(f, value)
	case **bool:
		ok = assign(f, value)
	case **int64:
		ok = assign(f, value)
	case **[]int64:
		ok = assign(f, value)
	case **secret.Value:
		ok = assign(f, value)
	}
	if !ok {
		return fmt.Errorf("%s cannot hold a %T", s.key, value)
	}
	return nil
}

func (s slot) isSecret() bool {
	_, ok := s.field.(**secret.Value)
	return ok
}

func assign[T any](field **T, value any) bool {
	if value == nil {
		*field = nil
		return true
	}
	v, ok := value.(T)
	if ok {
		*field = &v
	}
	return ok
}

// MarshalJSON encodes the fields that are set, secrets as "[redacted]".
func (s IntegrationSpec) MarshalJSON() ([]byte, error) { return s.encode(false) }

// encode writes the fields in their documented order, which a map would lose.
func (s *IntegrationSpec) encode(reveal bool) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, v := range s.Values() {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", v.Key)
		if err := enc.Encode(sendable(v.Value, reveal)); err != nil {
			return nil, fmt.Errorf("encode %s: %w", v.Key, err)
		}
		b.Truncate(b.Len() - 1) // the encoder's newline
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// sendable turns the value of a field into what the wire holds.
func sendable(value any, reveal bool) any {
	switch v := value.(type) {
	case secret.Value:
		if reveal {
			return v.Reveal()
		}
	case []int64:
		if v == nil {
			return []int64{} // no projects; null would mean that nothing is said of them
		}
	}
	return value
}

// UnmarshalJSON decodes a request body. A key that is no field is an error, as is a value of another kind.
func (s *IntegrationSpec) UnmarshalJSON(data []byte) error {
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		plain, err := plainValue(fields[key])
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if err := s.Set(key, plain); err != nil {
			return err
		}
	}
	return nil
}

// plainValue turns what encoding/json makes of a value into what a slot holds.
func plainValue(v any) (any, error) {
	switch v := v.(type) {
	case float64:
		return wholeNumber(v)
	case []any:
		ids := make([]int64, len(v))
		for i, item := range v {
			f, ok := item.(float64)
			if !ok {
				return nil, fmt.Errorf("item %d is not a number", i+1)
			}
			id, err := wholeNumber(f)
			if err != nil {
				return nil, err
			}
			ids[i] = id
		}
		return ids, nil
	}
	return v, nil
}

func wholeNumber(f float64) (int64, error) {
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, fmt.Errorf("%v is not a whole number", f)
	}
	return int64(f), nil
}
