package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/atomicfile"
)

// PendingApp is an app that was begun to be made, and whose credentials did not come yet.
type PendingApp struct {
	Host string `json:"host"` // as that of an [App]
	Org  string `json:"org"`
	Name string `json:"name"` // that was asked for
	// Begun is when GitHub's hour began, RFC 3339.
	Begun string `json:"begun"`
}

// pendingEnd is how the names of their files end. [Apps.List] does not look at those.
const pendingEnd = ".pending"

// pendingFor is how long GitHub takes a code.
const pendingFor = time.Hour

// Folder returns the folder for the apps of a host.
func (s *Apps) Folder(host string) string { return filepath.Dir(s.Path(App{Host: host, Slug: "app"})) }

// Begin keeps what belongs to a state, for an hour. It is kept by the state's hash: who can read the file cannot answer with it.
// It shows as well that credentials can be written there.
func (s *Apps) Begin(state string, p PendingApp) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	err = atomicfile.Write(filepath.Join(s.Folder(p.Host), pendingName(state)), append(data, '\n'))
	if err != nil {
		return &Error{
			kind: codeFailed, message: fmt.Sprintf("keep what is begun, where the credentials are to be kept: %v", err), cause: err,
			hint: "give the folder to this user (chmod u+rwx), or name another place: export XDG_STATE_HOME=FOLDER",
		}
	}
	return nil
}

// Pending returns what a state was made for. It is found on whichever host it was made for, and not after its hour.
func (s *Apps) Pending(state string, now time.Time) (PendingApp, bool) {
	for _, path := range s.pending(pendingName(state)) {
		if p, fresh := readPending(path, now); fresh {
			return p, true
		}
	}
	return PendingApp{}, false
}

// End forgets a state that was used, and those whose hour is over.
func (s *Apps) End(state string, now time.Time) {
	for _, path := range s.pending("*" + pendingEnd) {
		if _, fresh := readPending(path, now); !fresh || filepath.Base(path) == pendingName(state) {
			_ = os.Remove(path) // one that stays does no harm
		}
	}
}

// pending returns the files of all hosts that match. The folder itself is no part of the pattern: its path may have any character.
func (s *Apps) pending(pattern string) []string {
	paths, _ := fs.Glob(os.DirFS(s.dir), "*/"+pattern) // the pattern is good
	for n, path := range paths {
		paths[n] = filepath.Join(s.dir, filepath.FromSlash(path))
	}
	return paths
}

func readPending(path string, now time.Time) (PendingApp, bool) {
	var p PendingApp
	data, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(data, &p) != nil {
		return p, false
	}
	begun, err := time.Parse(time.RFC3339, p.Begun)
	age := now.Sub(begun)
	return p, err == nil && age > -time.Minute && age < pendingFor
}

func pendingName(state string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(state)))
	return hex.EncodeToString(sum[:]) + pendingEnd
}
