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

func valuesOf(slots []slot) []Value {
	var values []Value
	for _, slot := range slots {
		if v := slot.get(); v != nil {
			values = append(values, Value{slot.key, v})
		}
	}
	return values
}

// setSlot gives the slot of a key a value. what names the object of the request.
func setSlot(slots []slot, what, key string, value any) error {
	for _, slot := range slots {
		if slot.key == key {
			return slot.set(value)
		}
	}
	return fmt.Errorf("%s is no field of %s request", key, what)
}

// copySlots copies the values that keys name, between slots of the same list.
func copySlots(to, from []slot, keys []string) {
	for n, slot := range from {
		if slices.Contains(keys, slot.key) {
			_ = to[n].set(slot.get()) // the value came out of the same slot
		}
	}
}

func clearSlots(slots []slot, keys []string) {
	for _, slot := range slots {
		if slices.Contains(keys, slot.key) {
			_ = slot.set(nil) // nil goes into each
		}
	}
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

// encodeValues writes a request body.
func encodeValues(values []Value, reveal bool) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, v := range values {
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

// decodeFields reads a request body and passes each field to set, in the order of the keys.
func decodeFields(data []byte, set func(key string, value any) error) error {
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		plain, err := plainValue(fields[key])
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if err := set(key, plain); err != nil {
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
