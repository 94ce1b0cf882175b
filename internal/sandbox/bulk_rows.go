package sandbox

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// importer turns an upload into an import.
type importer struct {
	call   *call
	state  *state
	upload upload
	keys   []string // of the columns; "" is one that the server does not know
	rows   []importRow
}

// importRow is what a row of the file says, by the columns' keys.
type importRow struct {
	cells  map[string]string
	id     string
	delete bool
}

// readRows reads the file as far as it needs no state.
func (im *importer) readRows() error {
	t := newTSVReader(im.upload.file)
	header, err := t.read(nil)
	if errors.Is(err, io.EOF) {
		return noHeader()
	}
	if err != nil {
		return err
	}
	if err := im.readHeader(header); err != nil {
		return err
	}
	row := header
	for {
		row, err = t.read(row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(row, func(c tsvCell) bool { return c.value != "" }) {
			im.rows = append(im.rows, im.readRow(row))
		}
	}
}

func noHeader() error {
	return problem{text: "The header row is missing", advice: "Please begin the file with a row that names the columns."}
}

// readHeader finds out what the columns are. What a server makes of names that it does not know, and whether a file may leave out
// the origin, is [U] in the contract.
func (im *importer) readHeader(header []tsvCell) error {
	known := im.call.bulkColumns()
	found := 0
	for _, cell := range header {
		name := strings.TrimSpace(cell.value)
		key := columnKey(known, name)
		if key != "" {
			found++
		} else if im.call.faults.value("unknown-column") == "reject" {
			return problem{text: "Unknown column '" + name + "'", advice: "Please remove the column."}
		}
		im.keys = append(im.keys, key)
	}
	switch {
	case found == 0:
		return noHeader()
	case im.call.faults.has("bulk-needs-origin") && !slices.Contains(im.keys, "origin"):
		return problem{text: "Column origin is required", advice: "Please add the column origin."}
	case im.call.faults.value("header-order") == "fixed" && !inOrder(im.keys, known):
		return problem{text: "Columns must not be reordered", advice: "Please use the order of the export."}
	}
	return nil
}

// inOrder reports whether the columns follow each other as in the export. Some may be left out.
func inOrder(keys []string, known []bulkColumn) bool {
	last := -1
	for _, key := range keys {
		at := slices.IndexFunc(known, func(column bulkColumn) bool { return column.key == key })
		if at >= 0 && at <= last {
			return false
		}
		last = max(last, at)
	}
	return true
}

// readRow keeps the cells that say something: a blank one keeps what there is. Whether "" differs from a blank cell is [U] in the
// contract. Cells beyond the header are left out.
func (im *importer) readRow(row []tsvCell) importRow {
	clears := im.call.faults.value("quoted-empty") == "clear"
	r := importRow{cells: make(map[string]string, 4)}
	for i, cell := range row[:min(len(row), len(im.keys))] {
		key := im.keys[i]
		switch {
		case key == "" || cell.value == "" && !(clears && cell.quoted && canBeCleared(key)):
		case key == "id":
			r.id = strings.TrimSpace(cell.value)
		case key == "delete":
			r.delete = strings.TrimSpace(cell.value) == "delete"
		default:
			r.cells[key] = cell.value
		}
	}
	return r
}

// canBeCleared reports whether a row can do without a value.
func canBeCleared(key string) bool {
	return !isBoolColumn(key) && !slices.Contains([]string{"id", "origin", "displayName", "maxMinsToCommitEmail", "trackedFolderId"}, key) &&
		!isSecretColumn(key)
}

// find returns the row of the state that a row of the file is about, or nil.
func (im *importer) find(r importRow) *row {
	id, err := strconv.ParseInt(r.id, 10, 64)
	if err != nil {
		return nil
	}
	return im.state.find(id)
}

// toConfirm returns what the server asks about. By the vendor's page it asks about rows to delete that are not confirmed; whether
// it asks again after a part of them is confirmed, and whether it lists what goes with an integration, is [U] in the contract.
func (im *importer) toConfirm() []*row {
	if im.call.faults.value("delete-asks") == "no" {
		return nil
	}
	all := im.marked()
	confirmed := 0
	for _, r := range all {
		if im.upload.confirmed[r.ID] {
			confirmed++
		}
	}
	if confirmed == len(all) || confirmed > 0 && im.call.faults.value("partial-confirm") != "ask" {
		return nil
	}
	return all
}

// marked returns the rows that the file marks for deletion, by the file's order.
func (im *importer) marked() []*row {
	var all []*row
	for _, r := range im.rows {
		old := im.find(r)
		if !r.delete || old == nil {
			continue
		}
		if !slices.Contains(all, old) {
			all = append(all, old)
		}
		if !im.call.faults.has("list-children") || old.Repository != nil {
			continue
		}
		for _, child := range im.state.Rows {
			if child.Repository != nil && child.Repository.TrackedFolderID == old.ID && !slices.Contains(all, child) {
				all = append(all, child)
			}
		}
	}
	return all
}

// thread makes the import. Everything that can be decided now is, so that what happens later depends on the clock alone.
func (im *importer) thread() *thread {
	t := &thread{
		Started: im.call.s.now().UnixMicro(), First: firstStep.Microseconds(), Each: eachStep.Microseconds(),
		Removal: defaultRemoval.Microseconds(), Node: im.call.node(),
	}
	faults := im.call.faults
	if faults.has("import-step") {
		t.First, t.Each = 0, faults.pause("import-step").Microseconds()
	}
	if faults.has("deletion-delay") {
		t.Removal = faults.pause("deletion-delay").Microseconds()
	}
	for _, r := range im.rows {
		if r.delete && !im.upload.confirmed[im.idOf(r)] {
			continue // the vendor's page: what is not confirmed is not deleted
		}
		t.Steps = append(t.Steps, im.step(r))
	}
	t.Count = len(t.Steps)
	if faults.has("import-hangs") {
		t.Hangs, t.Stop = true, t.Count*min(faults.number("import-hangs"), 100)/100
	}
	return t
}

func (im *importer) idOf(r importRow) int64 {
	id, _ := strconv.ParseInt(r.id, 10, 64) // 0 is no row's
	return id
}

// step makes the step of a row.
func (im *importer) step(r importRow) step {
	s := step{ID: im.idOf(r), Origin: r.cells["origin"], Delete: r.delete}
	old := im.find(r)
	switch {
	case r.id != "" && old == nil:
		s.Delete = false
		s.Failure = noSuchID(s.ID).text
		if s.ID == 0 {
			s.Failure = badCell("id", r.id).Error()
		}
		return s
	case old != nil:
		s.Origin = old.Origin
		if s.Delete {
			s.Ignored = im.isMeant("row-ignored", s)
			return s
		}
	default:
		s.New, s.Delete = im.newRow(r), false
		old = s.New
	}
	if err := im.fill(&s, old, r); err != nil {
		s.Failure = err.Error()
	}
	s.Ignored = im.isMeant("row-ignored", s)
	if im.isMeant("row-fails", s) {
		s.Failure = im.invented(s)
	}
	if s.New != nil && s.Failure == "" {
		s.ID = im.state.NextID
		im.state.NextID++
		im.fingerprints(&s, r)
	}
	return s
}

// isMeant reports whether a knob's value is the row's id, or a part of its origin.
func (im *importer) isMeant(knob string, s step) bool {
	value := im.call.faults.value(knob)
	if value == "" {
		return false
	}
	if _, err := strconv.ParseInt(value, 10, 64); err == nil {
		return value == number(s.ID)
	}
	return strings.Contains(s.Origin, value)
}

func (im *importer) invented(s step) string {
	if im.call.faults.value("row-fails-as") == "readable" {
		return "org.eclipse.jgit.api.errors.TransportException: " + s.Origin + ": not authorized"
	}
	return "java.lang.NullPointerException"
}

// newRow makes a row with the defaults of the vendor's pages, which contradict each other on refSpecNotes.
func (im *importer) newRow(r importRow) *row {
	now := im.call.s.now()
	fresh := &row{Author: im.call.account.Name, InitDate: now.UnixMilli(), Global: true, features: defaultFeatures()}
	fresh.SendCommitEmails = true
	fresh.RefSpecNotes = im.call.faults.value("notes-default") != "false"
	fresh.Type = r.cells["integrationType"]
	if im.isApp(r) {
		fresh.connect(r)
		return fresh
	}
	if r.cells["trackedFolderId"] != "" || fresh.Type == "" {
		fresh.Repository = &repository{}
	}
	if fresh.Type == "FILESPACE" && fresh.Repository == nil {
		fresh.FolderDepth = 1 // no column has it
	}
	return fresh
}

// fill checks the cells, and puts into the step what differs from what the row has.
func (im *importer) fill(s *step, old *row, r importRow) error {
	if s.New != nil {
		if err := im.checkNew(s.New, r); err != nil {
			return err
		}
	}
	s.Cells = map[string]string{}
	for _, key := range im.keys {
		text, given := r.cells[key]
		if !given || key == "integrationType" || key == "hosted" || isFixed(key) {
			continue // internal: the server does not take it from a file
		}
		value, err := im.value(old, key, text)
		if err != nil {
			return err
		}
		if isSecretColumn(key) && key != columnPEM {
			continue
		}
		if key == columnPEM && old.GitHubApp == nil {
			continue // only the row of an app has a key
		}
		if s.New != nil || value != im.have(old, key) {
			s.Cells[key] = value
		}
	}
	if s.New == nil {
		im.fingerprints(s, r)
	}
	return nil
}

// isFixed reports whether a column is shown and not taken: what GitHub gave an app, and what no page names.
func isFixed(key string) bool {
	return strings.HasPrefix(key, appPrefix) && !isSecretColumn(key) || slices.Contains(extraColumns(), key)
}

// have returns what the row has, in the form of [importer.value].
func (im *importer) have(r *row, key string) string {
	if key == "absoluteRoot" && r.Repository != nil {
		return strconv.FormatBool(r.Repository.AbsoluteRoot)
	}
	return r.cell(key)
}

// fingerprints adds the secrets, of which the state keeps no more than that.
func (im *importer) fingerprints(s *step, r importRow) {
	for key, text := range r.cells {
		if !isSecretColumn(key) && key != "username" || s.Cells[key] == "" && key == columnPEM {
			continue
		}
		s.Secrets = with(s.Secrets, key, fingerprint(im.state.Salt, s.ID, key, text))
		if im.call.keepsSecrets() && !isOpenSecret(key) {
			s.Kept = with(s.Kept, key, text)
		}
	}
}

// checkNew refuses new rows that no import makes. Whether one makes integrations is [U] in the contract; that a GitHub App cannot
// be connected anew is documented, and so is that an https origin needs a credential.
func (im *importer) checkNew(fresh *row, r importRow) error {
	origin := r.cells["origin"]
	switch {
	case im.isApp(r):
		return im.checkNewApp(fresh, r)
	case origin == "":
		return problem{text: "Origin is required"}
	case fresh.Repository == nil && im.call.faults.value("new-integration") == "error":
		return problem{text: "Integrations cannot be created by an import"}
	case fresh.Type != "" && kindOf(fresh.Type).name == "":
		return problem{text: "Unknown integration type '" + fresh.Type + "'"}
	case fresh.Repository != nil && r.cells["trackedFolderId"] == "" && strings.HasPrefix(origin, "https://") &&
		r.cells["pat"] == "" && r.cells["password"] == "":
		return problem{text: "org.eclipse.jgit.api.errors.TransportException: " + origin +
			": Authentication is required but no CredentialsProvider has been registered"}
	}
	return nil
}
