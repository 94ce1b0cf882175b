package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gijctl/gijctl/internal/config"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijspec"
	"github.com/gijctl/gijctl/pkg/secret"
)

// maxManifest is the size in bytes beyond which a file is no manifest.
const maxManifest = 32 << 20

// fleetFlags say which manifest is held against the server, and how.
type fleetFlags struct {
	files  []string // "-" is stdin, a folder stands for its *.yaml and *.yml
	prune  bool
	rotate []string // ids, display names or "all"
}

func (f *fleetFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.files, "file", "f", nil, "`path` of a manifest, or of a folder of them; - for stdin; may be given several times")
	flags.BoolVar(&f.prune, "prune", false, "also remove the integrations that no manifest has")
	flags.StringSliceVar(&f.rotate, "rotate-secrets", nil, "send the secrets of these integrations anew: `ID` or display name, or all")
}

// fleetRun is one run of a command on a manifest.
type fleetRun struct {
	app      *app
	session  *session
	state    *plan.FleetState
	server   string // by which a plan knows it
	revealed map[plan.Reference]revealed

	have []gij.Integration
	plan *plan.FleetPlan
}

// revealed is what a reference led to.
type revealed struct {
	value secret.Value
	err   error
}

// beginFleet connects, and opens what this machine remembers. The caller closes the session.
func (a *app) beginFleet(ctx context.Context, readOnly bool) (*fleetRun, error) {
	s, err := a.connect(ctx, readOnly)
	if err != nil {
		return nil, err
	}
	state, server, err := a.fleetState(s.target)
	if err != nil {
		s.close()
		return nil, err
	}
	return &fleetRun{app: a, session: s, state: state, server: server, revealed: map[plan.Reference]revealed{}}, nil
}

// fleetState opens what this machine remembers of secrets that it sent to a server.
func (a *app) fleetState(t config.Target) (state *plan.FleetState, server string, err error) {
	dir, err := config.StateDir(a.env)
	if err != nil {
		return nil, "", err
	}
	server = strings.TrimRight(t.URL, "/")
	if t.Sandbox {
		server = config.SandboxContext // its URL has another port each time
	}
	state, err = plan.OpenFleetState(filepath.Join(dir, "fleet"), server, a.now)
	return state, server, err
}

// forgetSandboxFleet drops what is remembered of a sandbox that begins anew.
func (a *app) forgetSandboxFleet() error {
	state, _, err := a.fleetState(config.Target{Sandbox: true})
	if err != nil {
		return err
	}
	return state.Forget()
}

// readManifest reads the files that -f names. Nothing is sent yet.
func (a *app) readManifest(paths []string) (*plan.Manifest, error) {
	if len(paths) == 0 || slices.Contains(paths, "") {
		return nil, usageError("write one with: gijctl integration export integrations.yaml", "name the manifest by -f PATH")
	}
	var sources []plan.ManifestSource
	var seen []string
	for _, path := range paths {
		files, err := manifestFiles(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			absolute, err := filepath.Abs(file)
			if err != nil {
				return nil, err
			}
			if slices.Contains(seen, absolute) {
				continue
			}
			seen = append(seen, absolute)
			data, err := a.readInput(file, maxManifest, "-f")
			if err != nil {
				return nil, err
			}
			sources = append(sources, plan.ManifestSource{Name: inputName(file), Dir: filepath.Dir(absolute), Data: data})
		}
	}
	m, err := plan.ReadManifest(sources)
	return m, fleetError(err)
}

// manifestFiles returns the file itself, or those of a folder by name.
func manifestFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() || path == "-" {
		return []string{path}, nil // what is not there is said when it is read
	}
	entries, err := os.ReadDir(path) // sorted
	if err != nil {
		return nil, inputError("", "-f: %v", err)
	}
	var files []string
	for _, e := range entries {
		extension := filepath.Ext(e.Name())
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (extension == ".yaml" || extension == ".yml") {
			files = append(files, filepath.Join(path, e.Name()))
		}
	}
	if files == nil {
		return nil, inputError("write one with: gijctl integration export "+path, "-f: the folder %s has no *.yaml and no *.yml", path)
	}
	return files, nil
}

// fleetError shows all problems of a manifest, or all that moved since a plan was made.
func fleetError(err error) error {
	var bad *plan.ManifestError
	var moved *plan.MovedError
	switch {
	case errors.As(err, &bad):
		e := &cliError{code: bad.Code(), message: "nothing was sent: " + bad.Error(), cause: err}
		for _, p := range bad.Problems {
			e.details = append(e.details, manifestDetail(p))
		}
		return e
	case errors.As(err, &moved):
		e := &cliError{code: moved.Code(), message: moved.Error(), hint: moved.Hint(), cause: err}
		for _, text := range moved.Moved {
			e.details = append(e.details, render.Detail{Severity: "error", Code: codeConflict, Message: text})
		}
		return e
	}
	return err
}

func manifestDetail(p plan.ManifestProblem) render.Detail {
	return render.Detail{
		File: p.File, Line: p.Line, Column: p.Col, Severity: string(p.Severity), Code: p.Problem.Code, Message: p.Message, Remedy: p.Remedy,
	}
}

// read gets what the server has.
func (r *fleetRun) read(ctx context.Context) error {
	var err error
	r.have, err = r.session.client.Integrations.List(ctx)
	return err
}

// children counts the repositories of each integration.
func (r *fleetRun) children(ctx context.Context, wanted bool) (map[int64]int, error) {
	if !wanted {
		return nil, nil
	}
	repositories, err := r.session.client.Repositories.List(ctx)
	if err != nil {
		return nil, err
	}
	count := map[int64]int{}
	for _, one := range repositories {
		count[one.TrackedFolderID]++
	}
	return count, nil
}

// compare holds a manifest against the server.
func (r *fleetRun) compare(ctx context.Context, m *plan.Manifest, f fleetFlags, o plan.FleetOptions) error {
	if err := r.resolveProjects(ctx, m); err != nil {
		return err
	}
	if err := r.read(ctx); err != nil {
		return err
	}
	var err error
	if o.Children, err = r.children(ctx, f.prune); err != nil {
		return err
	}
	o.Prune, o.Rotate, o.Memory, o.Reveal = f.prune, f.rotate, r.state, r.reveal
	if r.plan, err = plan.DiffFleet(r.have, m, o); err != nil {
		return fleetError(err)
	}
	if len(r.plan.Unknown) > 0 {
		return r.unknownRotation(m)
	}
	for _, p := range r.plan.Remarks {
		r.remark(p)
	}
	return nil
}

func (r *fleetRun) unknownRotation(m *plan.Manifest) error {
	names := []string{plan.RotateAll}
	for _, e := range m.Entries {
		names = append(names, e.Name)
	}
	hint := "the names are those of the manifest, the ids those of: gijctl integration list"
	if near, found := gijspec.Nearest(r.plan.Unknown[0], names); found {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return usageError(hint, "--rotate-secrets: %q is no integration of the manifest", r.plan.Unknown[0])
}

// remark says what is no error in a manifest.
func (r *fleetRun) remark(p plan.ManifestProblem) {
	text := fmt.Sprintf("%s: %s: %s", p.Severity, p.Place, p.Message)
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	if p.Severity == gijspec.SeverityNote {
		r.app.note("%s", text)
		return
	}
	r.app.remark(text)
}

// resolveProjects turns the keys of projects into ids. Jira's list knows a project by its present key alone.
func (r *fleetRun) resolveProjects(ctx context.Context, m *plan.Manifest) error {
	keys := m.ProjectKeys()
	if len(keys) == 0 {
		return nil
	}
	known, err := r.session.client.Jira.Projects(ctx)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if slices.ContainsFunc(known, func(p gij.Project) bool { return p.Key == key }) {
			continue
		}
		p, err := r.session.client.Jira.Project(ctx, key)
		if err == nil {
			p.Key = key
			known = append(known, p)
		} else if !gij.IsKind(err, gij.KindNotFound) {
			return err
		}
	}
	return fleetError(m.ResolveProjects(known))
}

// reveal reads what a reference names, once.
func (r *fleetRun) reveal(ref plan.Reference) (secret.Value, error) {
	known, found := r.revealed[ref]
	if !found {
		known.value, known.err = r.app.readReference(ref)
		r.revealed[ref] = known
	}
	return known.value, known.err
}

func (a *app) readReference(ref plan.Reference) (secret.Value, error) {
	if ref.FromEnv != "" {
		value, found := a.env(ref.FromEnv)
		if !found || value == "" {
			return secret.Value{}, inputError("", "the environment variable %s is not set or empty", ref.FromEnv)
		}
		return oneLineSecret(value, ref.FromEnv)
	}
	data, err := a.readInput(ref.FromFile, maxSecret, "fromFile")
	if err != nil {
		return secret.Value{}, err
	}
	value, err := oneLineSecret(string(data), ref.FromFile)
	if err == nil {
		a.warnIfReadable(ref.FromFile)
	}
	return value, err
}
