package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// setCell gives the row what was checked by [importer.value]; "" clears. The row and its repository are the caller's own.
func (r *row) setCell(key, value string) {
	if flag := r.flag(key); flag != nil {
		*flag = value == "true"
		return
	}
	if setting := r.optional(key); setting != nil {
		*setting = &value
		return
	}
	switch key {
	case "origin":
		r.Origin = value
	case "displayName":
		r.DisplayName = value
	case "projectMapping":
		r.setProjects(value)
	case "maxMinsToCommitEmail":
		r.MaxMinsToCommitEmail, _ = strconv.ParseInt(value, 10, 64) // checked
	case "sslVerify":
		r.DisableSslVerification = value != "true"
	case "tfsCollection":
		r.TfsCollection = value
	case "awsRegion":
		r.AwsRegion, r.AwsRegionTypo, _ = regionOf(value) // checked
	case "realRoot", "absoluteRoot", "mainBranch", "trackedFolderId":
		r.setRepositoryCell(key, value)
	default:
		r.Columns = maps.Clone(r.Columns)
		if r.Columns == nil {
			r.Columns = map[string]string{}
		}
		r.Columns[key] = value
	}
}

// setProjects keeps the list when all projects are associated, as the vendor's page says.
func (r *row) setProjects(value string) {
	r.Global = value == "ALL"
	if r.Global {
		return
	}
	r.Projects = nil
	for text := range strings.SplitSeq(value, ",") {
		if id, err := strconv.ParseInt(text, 10, 64); err == nil {
			r.Projects = append(r.Projects, id)
		}
	}
}

// setRepositoryCell sets what only a repository has; an integration ignores it ([U] in the contract).
func (r *row) setRepositoryCell(key, value string) {
	repo := r.Repository
	if repo == nil {
		return
	}
	switch key {
	case "mainBranch":
		repo.MainBranch = value
		return
	case "trackedFolderId":
		repo.TrackedFolderID, _ = strconv.ParseInt(value, 10, 64) // checked
		return
	case "realRoot":
		repo.RealRoot = value
	case "absoluteRoot":
		repo.AbsoluteRoot = value == "true"
	}
	repo.Root = repo.RealRoot
	if !repo.AbsoluteRoot {
		repo.Root = clonesBelow + repo.RealRoot
	}
}

// value checks a cell of a file and brings it into one form: booleans in lower case, absoluteRoot as REST has it, ids in
// order.
func (im *importer) value(r *row, key, text string) (string, error) {
	switch {
	case text == "": // a cell that clears
		return "", nil
	case isBoolColumn(key):
		return im.boolean(key, text)
	case key == "maxMinsToCommitEmail" || key == "sshKeyId":
		if _, err := strconv.ParseUint(text, 10, 31); err != nil {
			return "", badCell(key, text)
		}
		return text, nil
	case key == "projectMapping":
		return im.projects(text)
	case key == "trackedFolderId":
		return im.parent(text)
	case key == columnPEM:
		return text, im.call.checkPEM(text)
	}
	return text, checkText(r, key, text)
}

func badCell(key, text string) error {
	return problem{text: "java.lang.IllegalArgumentException: cannot read " + key + " '" + text + "'"}
}

func (im *importer) boolean(key, text string) (string, error) {
	value := strings.ToLower(text)
	if value != "true" && value != "false" {
		return "", badCell(key, text)
	}
	if key == "absoluteRoot" {
		return strconv.FormatBool((value == "true") != im.call.managedRoot()), nil
	}
	return value, nil
}

func (im *importer) projects(text string) (string, error) {
	if text == "ALL" {
		return text, nil
	}
	var ids []int64
	for part := range strings.SplitSeq(text, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil {
			return "", badCell("projectMapping", text)
		}
		if im.state.project(id) == nil {
			return "", problem{text: "Project with id=" + strconv.FormatInt(id, 10) + " does not exist"}
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return joinIDs(slices.Compact(ids)), nil
}

func (im *importer) parent(text string) (string, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", badCell("trackedFolderId", text)
	}
	if parent := im.state.find(id); parent == nil || parent.Repository != nil {
		return "", problem{text: "Tracked folder with id=" + text + " does not exist"}
	}
	return text, nil
}

// checkText checks what REST checks as well, by the same rules.
func checkText(r *row, key, text string) error {
	p := patch{}
	switch key {
	case "tagsFilter":
		p.TagsFilter = &text
	case "prHideFilter":
		p.PrHideFilter = &text
	case "apiFilter":
		p.APIFilter = &text
	case "apiPath":
		p.APIPath = &text
	case "awsRegion":
		_, _, err := regionOf(text)
		return err
	default:
		return nil
	}
	k := kindOf(r.Type)
	if err := p.checkFilters(k); err != nil {
		return err
	}
	if key == "apiPath" && r.Repository != nil {
		return nil // a repository repeats what its integration has
	}
	return p.checkAPIPath(k)
}
