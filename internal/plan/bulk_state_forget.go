package plan

import (
	"errors"
	"io/fs"
	"os"
)

// Forget drops what is remembered of the server but its backups: the import that is under way, and the secrets that were sent. It is
// for a server that was put back to its beginning, whose ids mean other rows now.
func (s *BulkState) Forget() error {
	if s == nil {
		return nil
	}
	return locked(s.folder, func() error {
		for _, path := range []string{s.pendingPath(), s.sentPath()} {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
		s.sent = map[string]Sent{}
		return nil
	})
}
