package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Status describes a state file.
type Status struct {
	Path         string   `json:"path"`
	Exists       bool     `json:"exists"`
	Seed         string   `json:"seed,omitempty"`
	Created      string   `json:"created,omitempty"` // RFC 3339
	Integrations int      `json:"integrations"`
	Repositories int      `json:"repositories"`
	Projects     []string `json:"projects"` // keys
}

// ReadStatus reads a state file without changing it. A file that does not exist is no error.
func ReadStatus(stateFile string) (Status, error) {
	status := Status{Path: stateFile, Projects: []string{}}
	// The file is replaced in one step, so reading needs no lock.
	f, err := os.Open(stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return status, nil
	}
	if err != nil {
		return status, fmt.Errorf("open the sandbox state: %w", err)
	}
	defer func() { _ = f.Close() }()
	st, err := readState(f)
	if err != nil {
		return status, fmt.Errorf("read the sandbox state %s: %w", stateFile, err)
	}
	st.advance(time.Now())
	status.describe(st)
	return status, nil
}

func (status *Status) describe(st *state) {
	status.Exists, status.Seed, status.Created = true, st.Seed, st.Created
	for _, p := range st.Projects {
		status.Projects = append(status.Projects, p.Key)
	}
	for _, r := range st.Rows {
		if r.Repository != nil {
			status.Repositories++
			continue
		}
		status.Integrations++
	}
}

// Reset replaces the state by a new one from the seed. Tokens, the password and the key of the demo's GitHub App stay, so that a running server and
// whoever is logged in to it go on working. A state file that cannot be read gets new ones.
func Reset(stateFile, seed string) error {
	if stateFile == "" {
		return errors.New("reset the sandbox: no state file is named")
	}
	makeState, err := seedFor(seed)
	if err != nil {
		return err
	}
	s, err := fileStore(stateFile)
	if err != nil {
		return err
	}
	return s.locked(func() error {
		old := &state{GitHub: &gitHub{}}
		if err := s.refresh(); err == nil {
			old = s.cached
		}
		fresh, err := makeState().complete(time.Now(), old.Accounts)
		if err != nil {
			return err
		}
		if err := fresh.keepKeys(old.GitHub); err != nil {
			return err
		}
		return s.save(fresh)
	})
}
