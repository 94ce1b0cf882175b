package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
	"github.com/gijctl/gijctl/pkg/gijtsv"
)

// AppRow is an integration of a GitHub App, as far as GIJ tells. Which of it a server shows, and where, is unknown: what is not
// shown is zero.
type AppRow struct {
	ID          int64 // of the integration
	DisplayName string
	Origin      string
	Disabled    bool
	// NeverIndexed says that REST shows no date of an index. It is what can be seen of a row that stands at INSTALLING.
	NeverIndexed bool

	AppID          int64
	ClientID       string
	InstallationID int64
	Org            string
	Name           string
	// IsNameOfTitle says that GIJ shows no name of the app, so that Name is from the display name, which anybody may have changed.
	IsNameOfTitle bool
	Slug          string
	HTMLURL       string
	Suspended     *bool

	Key AppKey
}

// AppKey is what the export shows of an app's private key.
type AppKey struct {
	State       KeyState
	Fingerprint string // as GitHub shows it; only of a key in clear
}

// KeyState says how the export shows a private key.
type KeyState string

// The states. KeyUnknown is that of a row that no export was read for.
const (
	KeyUnknown KeyState = ""
	KeyClear   KeyState = "clear"
	KeyHidden  KeyState = "hidden" // something is there that is no key in clear
	KeyBlank   KeyState = "blank"
	KeyAbsent  KeyState = "absent" // the export has no column for keys
)

// AppRows returns the integrations of GitHub Apps, by id, from what REST lists and what the export shows; have may be nil.
func AppRows(listed []gij.Integration, have *Snapshot) []AppRow {
	rows := map[int64]*AppRow{}
	indexed := map[int64]bool{}
	for i := range listed {
		indexed[listed[i].ID] = listed[i].LastIndexedDate != nil
		if listed[i].IsGitHubApp() {
			rows[listed[i].ID] = rowOfREST(&listed[i])
		}
	}
	if have != nil {
		addExport(rows, have)
	}
	all := make([]AppRow, 0, len(rows))
	for _, row := range rows {
		if when, isListed := indexed[row.ID]; isListed {
			row.NeverIndexed = !when
		}
		row.fillFromName()
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b AppRow) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

func rowOfREST(i *gij.Integration) *AppRow {
	row := &AppRow{
		ID: i.ID, DisplayName: i.DisplayName, Origin: i.Origin, Org: text(i.GitHubAppOrg), Name: text(i.GitHubAppName),
		Slug: text(i.GitHubAppSlug), HTMLURL: text(i.GitHubAppHTMLURL), Suspended: i.GitHubAppSuspended,
	}
	if i.Disabled != nil {
		row.Disabled = *i.Disabled
	}
	if i.GitHubAppID != nil {
		row.AppID = *i.GitHubAppID
	}
	if i.GitHubAppInstallationID != nil {
		row.InstallationID = *i.GitHubAppInstallationID
	}
	return row
}

// fillFromName reads organization and app from the display name, "ORG / APP", which the vendor documents for app rows.
func (r *AppRow) fillFromName() {
	org, name, found := strings.Cut(r.DisplayName, " / ")
	if !found {
		return
	}
	r.IsNameOfTitle = r.Name == ""
	r.Org, r.Name = cmp.Or(r.Org, org), cmp.Or(r.Name, name)
}

// addExport adds what the rows of the export show. Their columns are found by their names, whose spelling is unknown.
func addExport(rows map[int64]*AppRow, have *Snapshot) {
	columns := appColumns(have.Header())
	_ = have.Each(func(row *gijtsv.Row, kind gijtsv.RowKind) error {
		id := have.columns.id(row)
		if kind != gijtsv.RowGitHubApp && rows[id] == nil {
			return nil
		}
		if rows[id] == nil {
			rows[id] = &AppRow{
				ID: id, DisplayName: string(have.columns.value(row, "displayName")), Origin: string(have.columns.value(row, "origin")),
				Disabled: strings.EqualFold(string(have.columns.value(row, "disabled")), "true"),
			}
		}
		rows[id].take(row, columns)
		rows[id].Key = keyIn(row, have.kinds.PEMColumn())
		return nil
	})
}

// appColumns finds the columns of GitHub Apps: by what is left of a name without githubApp, or gha, before it.
func appColumns(h *gijtsv.Header) map[string]int {
	found := map[string]int{}
	for i, name := range h.Names {
		name = strings.ToLower(name)
		for _, prefix := range []string{"githubapp", "gha"} {
			if rest, has := strings.CutPrefix(name, prefix); has {
				found[strings.Trim(rest, "_-. ")] = i
				break
			}
		}
	}
	return found
}

func (r *AppRow) take(row *gijtsv.Row, columns map[string]int) {
	value := func(name string) string {
		if i, has := columns[name]; has {
			return trimmed(row, i)
		}
		return ""
	}
	id, _ := strconv.ParseInt(value("id"), 10, 64)
	installation, _ := strconv.ParseInt(value("installationid"), 10, 64)
	r.AppID, r.InstallationID = cmp.Or(r.AppID, id), cmp.Or(r.InstallationID, installation)
	r.ClientID = cmp.Or(r.ClientID, value("clientid"))
	r.Org, r.Name, r.Slug = cmp.Or(r.Org, value("org")), cmp.Or(r.Name, value("name")), cmp.Or(r.Slug, value("slug"))
	r.HTMLURL = cmp.Or(r.HTMLURL, value("htmlurl"))
	if suspended, err := strconv.ParseBool(strings.ToLower(value("suspended"))); err == nil && r.Suspended == nil {
		r.Suspended = &suspended
	}
}

func keyIn(row *gijtsv.Row, column int) AppKey {
	if column < 0 {
		return AppKey{State: KeyAbsent}
	}
	value := trimmed(row, column)
	if value == "" {
		return AppKey{State: KeyBlank}
	}
	key := keyOf(value)
	if key == nil {
		return AppKey{State: KeyHidden}
	}
	return AppKey{State: KeyClear, Fingerprint: key.Fingerprint()}
}
