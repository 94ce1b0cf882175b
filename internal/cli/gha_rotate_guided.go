package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/pkg/githubapp"
	"github.com/gijctl/gijctl/pkg/secret"
)

// guide opens the page where a key is made, and waits for its file. Without --guided there is nothing to do.
func (r *rotation) guide(ctx context.Context) error {
	if !r.options.guided {
		return nil
	}
	watch, err := r.watchDownloads()
	if err != nil {
		return err
	}
	r.app.showPage(ctx, r.keyPage(ctx), false)
	r.app.note("make a key there with \"Generate a private key\"")
	r.app.note("waiting for its file, a new .pem in %s; nothing was sent yet", watch.dir)
	done, err := plan.Poll(ctx, plan.PollOptions{Timeout: r.options.write.waitTimeout, First: r.session.firstPoll(), Most: guidedPause}, func(ctx context.Context) (bool, error) {
		return r.takeDownload(ctx, watch)
	})
	switch {
	case ctx.Err() != nil:
		return interrupted()
	case err != nil:
		return err
	case !done:
		return &cliError{
			code: codeStillRunning, message: "the time to wait is over, and no new private key came to " + watch.dir + "; nothing was sent",
			hint: "if the browser puts its files elsewhere, name that folder with --download-dir; a key that is there already is given by --pem-file",
		}
	}
	return r.isExpected()
}

// guidedPause is the longest time between two looks at the downloads.
const guidedPause = time.Second

// keyPage is the page with the app's keys. A key that still works tells where it is now: a rename moves it.
func (r *rotation) keyPage(ctx context.Context) string {
	for _, key := range []appKey{r.now, r.known, r.given} {
		if !key.isKnown() {
			continue
		}
		if told, err := r.ask(ctx, key); err == nil && (r.target.id == 0 || told.ID == r.target.id) {
			r.told = told
			break
		}
	}
	switch page := r.deletePage(); {
	case page != "":
		return page
	case r.target.org != "":
		return strings.TrimSuffix(r.target.host.SettingsURL(r.target.org, ""), "/")
	}
	return r.target.host.Web() + "/settings/apps"
}

// takeDownload looks for a new file that has a key of the app, and takes it.
func (r *rotation) takeDownload(ctx context.Context, watch *downloads) (bool, error) {
	for _, file := range watch.fresh() {
		key, err := readDownload(file.path)
		switch {
		case err != nil:
			watch.refuse(r.app, file, err)
			continue
		case key.is(r.now), key.is(r.known), key.is(r.before), key.is(r.given):
			watch.refuse(r.app, file, errors.New("it has the old key"))
			continue
		}
		told, err := r.ask(ctx, key)
		switch {
		case githubapp.IsKind(err, githubapp.KindAuth):
			watch.refuse(r.app, file, fmt.Errorf("it is no key of the app %s: %w", r.target.issuer, err))
			continue
		case err != nil:
			return false, err
		}
		r.app.note("%s has the new key %s of %s", file.path, key.fingerprint(), told.Name)
		r.app.warnIfReadable(file.path)
		r.newKey, r.file = key, file.path
		return true, nil
	}
	return false, nil
}

func readDownload(path string) (appKey, error) {
	f, err := os.Open(path)
	if err != nil {
		return appKey{}, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, maxPEM))
	if err != nil {
		return appKey{}, err
	}
	key, err := secret.ParsePrivateKey(text)
	return appKey{key}, err
}

// downloads is a folder that a browser puts files into.
type downloads struct {
	dir    string
	slug   string               // GitHub calls the file SLUG.DATE.private-key.pem; a hint, and no rule
	before map[string]fileStamp // of the files that were there, or that were looked at and are of no use
	last   map[string]fileStamp // when a look refused them
}

// fileStamp changes when a file does.
type fileStamp struct {
	size int64
	at   time.Time
}

type download struct {
	name, path string
	stamp      fileStamp
}

// watchDownloads remembers what is in the folder already.
func (r *rotation) watchDownloads() (*downloads, error) {
	dir := r.options.downloads
	if dir == "" {
		home := r.app.env.Get("HOME")
		if home == "" {
			home = r.app.env.Get("USERPROFILE")
		}
		dir = filepath.Join(home, "Downloads")
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, usageError("name the folder where your browser puts files: --download-dir", "the folder of the downloads cannot be read: %v", err)
	}
	d := &downloads{dir: dir, slug: r.target.slug, before: map[string]fileStamp{}, last: map[string]fileStamp{}}
	for _, file := range d.list() {
		d.before[file.name] = file.stamp
	}
	return d, nil
}

// list returns the .pem files, those that look like the app's first, and then the newest.
func (d *downloads) list() []download {
	entries, _ := os.ReadDir(d.dir) // what cannot be read now may be at the next look
	var all []download
	partial := map[string]bool{}
	for _, entry := range entries {
		if stem, isPart := partOf(entry.Name()); isPart {
			partial[stem] = true
		}
		info, err := entry.Info()
		if err != nil || info.Mode().Type() != fs.FileMode(0) || !strings.EqualFold(filepath.Ext(entry.Name()), ".pem") {
			continue
		}
		all = append(all, download{entry.Name(), filepath.Join(d.dir, entry.Name()), fileStamp{info.Size(), info.ModTime()}})
	}
	all = slices.DeleteFunc(all, func(f download) bool { return partial[f.name] || f.stamp.size == 0 })
	slices.SortStableFunc(all, func(a, b download) int {
		if x, y := d.isNamed(a), d.isNamed(b); x != y {
			if x {
				return -1
			}
			return 1
		}
		return b.stamp.at.Compare(a.stamp.at)
	})
	return all
}

// partOf reports whether a file is the part of another that a browser has so far, and of which: "x.pem.crdownload" of Chromium,
// "x.pem.part" of Firefox, which may also be "x.AbC123.pem.part" beside an empty "x.pem".
func partOf(name string) (whole string, isPart bool) {
	for _, ending := range []string{".crdownload", ".part", ".download", ".partial"} {
		if stem, found := strings.CutSuffix(name, ending); found {
			return stem, true
		}
	}
	return "", false
}

func (d *downloads) isNamed(f download) bool {
	return d.slug != "" && strings.HasPrefix(f.name, d.slug+".")
}

// fresh returns the files that were not there before, or have changed.
func (d *downloads) fresh() []download {
	return slices.DeleteFunc(d.list(), func(f download) bool { return d.before[f.name] == f.stamp })
}

// refuse says once why a file is not taken, when it has not changed since: until then it may be under way.
func (d *downloads) refuse(a *app, f download, why error) {
	if d.last[f.name] != f.stamp {
		d.last[f.name] = f.stamp
		return
	}
	d.before[f.name] = f.stamp
	a.note("%s is not taken: %v", f.path, why)
}
