package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gijctl/gijctl/pkg/gijspec"
)

// scanFolder looks for git repositories below a folder as GIJ's scan of a tracked folder is inferred to: depth 1 is the folders in it,
// a repository is not looked into, links are not followed. Documented is only that a filter sees name and fullPath.
func (a *app) scanFolder(folder string, depth int) (*repositoryList, error) {
	root, err := filepath.Abs(strings.TrimSuffix(folder, "*")) // the origin of an integration ends with /*
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, inputError("a tracked folder is on the machine of Jira; run gijctl there, or give a copy of it", "--folder: there is no folder %s", root)
	}
	if err != nil {
		return nil, inputError("", "--folder: %v", err)
	}
	if !info.IsDir() {
		return nil, inputError("", "--folder: %s is no folder", root)
	}
	if isRepository(root) {
		return nil, inputError("give the folder above it", "--folder: %s is a repository itself", root)
	}
	a.note("how GIJ scans a tracked folder is inferred: see gijctl filter test --help")
	s := folderScan{app: a}
	s.scan(root, depth)
	return newRepositoryList(gijspec.Filespace, root, s.items), nil
}

type folderScan struct {
	app   *app
	items []map[string]any
}

func (s *folderScan) scan(folder string, depth int) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		s.app.warn("not looked into: %v", err)
		return
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		switch {
		case isRepository(path):
			s.items = append(s.items, map[string]any{"name": entry.Name(), "fullPath": path})
		case depth > 1:
			s.scan(path, depth-1)
		}
	}
}

// isRepository reports whether a folder is a git repository: bare, or with a .git, which is a file in a work tree of another.
func isRepository(folder string) bool {
	if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
		return true
	}
	head, err := os.Stat(filepath.Join(folder, "HEAD"))
	return err == nil && head.Mode().IsRegular() && isFolder(filepath.Join(folder, "objects")) && isFolder(filepath.Join(folder, "refs"))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
