package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxBackups is how many backups are kept of one server.
const maxBackups = 20

// backupTime is the form of a backup's name: a time in UTC that every file system takes.
const backupTime = "2006-01-02T15-04-05Z"

func (s *BulkState) backupFolder() string { return filepath.Join(s.folder, "backups") }

// BackupPath returns where the next backup goes: an absolute path that sorts after those of the same second.
func (s *BulkState) BackupPath() string {
	stem, next := s.now().UTC().Format(backupTime), 1
	entries, _ := os.ReadDir(s.backupFolder()) // a folder that is not there has none
	for _, entry := range entries {
		rest, same := strings.CutPrefix(strings.TrimSuffix(entry.Name(), ".tsv"), stem)
		if !same {
			continue
		}
		number, _ := strconv.Atoi(strings.TrimPrefix(rest, "_")) // the first has none
		next = max(next, number+1, 2)
	}
	if next > 1 {
		stem = fmt.Sprintf("%s_%03d", stem, next)
	}
	return filepath.Join(s.backupFolder(), stem+".tsv")
}

// pruneBackups removes all backups but the newest, once a new one is safely there.
func (s *BulkState) pruneBackups() error {
	if s == nil {
		return nil
	}
	entries, err := os.ReadDir(s.backupFolder())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for old backups: %w", err)
	}
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() && isBackup(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	for _, name := range names[:max(0, len(names)-maxBackups)] {
		err = errors.Join(err, os.Remove(filepath.Join(s.backupFolder(), name)))
	}
	return err
}

// isBackup keeps what else somebody put there from being removed.
func isBackup(name string) bool {
	stem, isTSV := strings.CutSuffix(name, ".tsv")
	_, err := time.Parse(backupTime, stem[:min(len(stem), len(backupTime))])
	return isTSV && err == nil
}
