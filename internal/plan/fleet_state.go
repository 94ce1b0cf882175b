package plan

import "time"

// FleetState is what this machine remembers of the values that it sent by a manifest and that the server does not show:
// fingerprints by server, id and REST key. It keeps them as [BulkState] keeps those of bulk files, in a folder of its own. A nil
// one remembers nothing.
type FleetState struct{ memory *BulkState }

// OpenFleetState opens the memory of one server below dir, which may not exist yet. server is the base URL, or "sandbox". A file
// that cannot be read is a [*StateError].
func OpenFleetState(dir, server string, now func() time.Time) (*FleetState, error) {
	memory, err := OpenBulkState(dir, server, now)
	if err != nil {
		return nil, err
	}
	return &FleetState{memory}, nil
}

// Sent returns the last value that was sent for a field.
func (s *FleetState) Sent(id int64, key string) (Sent, bool) {
	if s == nil {
		return Sent{}, false
	}
	return s.memory.Sent(id, key)
}

// Fingerprint returns a salted fingerprint of a value.
func (s *FleetState) Fingerprint(value string) string {
	if s == nil {
		return ""
	}
	return s.memory.Fingerprint(value)
}

// Forget drops what is remembered of the server, whose ids mean other integrations now.
func (s *FleetState) Forget() error {
	if s == nil {
		return nil
	}
	return s.memory.Forget()
}

// remember keeps what was sent by changes that were verified.
func (s *FleetState) remember(results []Result) error {
	if s == nil {
		return nil
	}
	sent := map[SecretKey]Sent{}
	for _, r := range results {
		if r.Outcome != OutcomeVerified || r.After == nil {
			continue
		}
		only := r.Change.Spec.Only(r.NotShown...)
		for _, v := range only.Values() {
			sent[SecretKey{r.After.ID, v.Key}] = Sent{Value: s.Fingerprint(hiddenText(v.Value))}
		}
	}
	return s.memory.remember(sent)
}
