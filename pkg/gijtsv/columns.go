package gijtsv

// Columns returns the 43 documented columns, in the order of the vendor's page on the export. The order in a real export, and
// which further columns it has, is unknown.
//
// https://help.gitkraken.com/git-integration-for-jira-data-center/bulk-export-gij-self-managed/
func Columns() []Column {
	columns := make([]Column, 0, 43)
	columns = append(columns, identityColumns()...)
	columns = append(columns, behaviourColumns()...)
	columns = append(columns, linkColumns()...)
	columns = append(columns, placeColumns()...)
	return append(columns, fetchColumns()...)
}

func identityColumns() []Column {
	return []Column{
		{Name: "id", Kind: KindID, Usage: "number of the integration or repository; blank for a new one"},
		{Name: "realRoot", Kind: KindText, Usage: "path of the clone on the Jira server; needs absoluteRoot"},
		// The vendor says that true means a path that GIJ manages. Every REST sample has it the other way round.
		{Name: "absoluteRoot", Kind: KindBool, Usage: "how realRoot is to be read; the vendor's pages contradict its samples"},
		{Name: "origin", Kind: KindOrigin, Required: true, Usage: "URL to clone from; for an integration the URL of the git host"},
		{Name: "displayName", Kind: KindText, Usage: "name shown in Jira; made from origin if there is none"},
		{Name: "enableFetches", Kind: KindBool, Default: "true", Usage: "fetch from the origin; false for a local repository"},
		{Name: "revisionIndexing", Kind: KindBool, Default: "true", Usage: "index commits"},
		{Name: "mainBranch", Kind: KindText, Default: "master", Rows: repositories(), Usage: "main branch; read from the git host at each reindex"},
		{Name: "username", Kind: KindText, Usage: "user on the git host; for AWS the access key id"},
		{Name: "password", Kind: KindText, Secret: true, Usage: "password on the git host; for AWS the secret access key"},
		{Name: "pat", Kind: KindText, Secret: true, Usage: "personal access token of the git host"},
	}
}

func behaviourColumns() []Column {
	return []Column{
		{
			Name: "gitViewerEnabled", Kind: KindBool, Default: "true", Variants: []string{"gitViewerEnable"},
			Usage: "show the repository browser",
		},
		{Name: "projectMapping", Kind: KindProjects, Usage: "numeric ids of the associated projects, separated by commas, or ALL"},
		{Name: "smartCommitsEnabled", Kind: KindBool, Default: "true", Usage: "act on smart commit commands"},
		{Name: "sendCommitEmails", Kind: KindBool, Default: "true", Usage: "send e-mail about new commits"},
		{
			Name: "maxMinsToCommitEmail", Kind: KindInteger, Default: "1440",
			Usage: "oldest commit, in minutes, that is still announced by e-mail",
		},
	}
}

func linkColumns() []Column {
	return []Column{
		{Name: "webLinkType", Kind: KindText, Variants: []string{"weblinkType"}, Usage: "preset of the web links, such as github or gitlab"},
		{Name: "viewFormat", Kind: KindText, Usage: "URL to show a difference on some hosts; one page calls it unused"},
		{Name: "changesetFormat", Kind: KindText, Usage: "URL of a commit, with ${rev}"},
		{Name: "fileAddedFormat", Kind: KindText, Usage: "URL of an added file"},
		{Name: "fileModifiedFormat", Kind: KindText, Usage: "URL of a changed file"},
		{Name: "fileDeletedFormat", Kind: KindText, Usage: "URL of a deleted file"},
		{Name: "mergeRequestFormat", Kind: KindText, Usage: "URL of a pull or merge request, with ${mergereqId}"},
		{Name: "branchLinkFormat", Kind: KindText, Usage: "URL of a branch, with ${branch}"},
	}
}

func placeColumns() []Column {
	return []Column{
		{Name: "disabled", Kind: KindBool, Default: "false", Usage: "switched off: not indexed, and not to be seen in Jira"},
		{Name: "hosted", Kind: KindBool, ReadOnly: true, Usage: "whether the repository is hosted on the Jira server"},
		{Name: "tagsFilter", Kind: KindRegex, Usage: "show only tags that match; without it all"},
		// The pages call it a flag and a Boolean; it is inferred to be the name of the type.
		{Name: "integrationType", Kind: KindText, ReadOnly: true, Rows: connected(), Usage: "type of the integration; blank for a plain repository"},
		{
			Name: "trackedFolderId", Kind: KindID, ReadOnly: true, Rows: []RowKind{RowChild},
			Usage: "id of the integration or tracked folder that the repository belongs to",
		},
		{Name: "delete", Kind: KindDelete, Usage: "the word delete removes the row's repository or integration"},
		{Name: "sshKeyId", Kind: KindID, Usage: "id of an SSH key that is stored in GIJ"},
		{Name: "requireUserPat", Kind: KindBool, Default: "false", Usage: "each user needs a token of their own to see data"},
		{Name: "sourcesDiffViewEnabled", Kind: KindBool, Usage: "show sources and differences"},
		{Name: "sslVerify", Kind: KindBool, Default: "true", Usage: "check the TLS certificate of the git host"},
	}
}

func fetchColumns() []Column {
	const maxFilterLen = 2000
	return []Column{
		{Name: "apiPath", Kind: KindAPIPath, Rows: integrations(), MaxLen: maxFilterLen, Usage: "path of the host's API that lists the repositories, beginning with /"},
		{Name: "apiFilter", Kind: KindFilter, Rows: integrations(), MaxLen: maxFilterLen, Usage: "selects repositories from the host's list"},
		{Name: "tfsCollection", Kind: KindText, Rows: integrations(), Usage: "single collection to scan, for TFS and Azure DevOps Server"},
		{Name: "awsRegion", Kind: KindRegion, Rows: integrations(), Usage: "AWS region of the CodeCommit repositories"},
		// false on Data Center, true on Server.
		{Name: "trustFolderStat", Kind: KindBool, Usage: "trust the file system's folder times; false for network shares"},
		// true on two pages, false on a third.
		{Name: "refSpecNotes", Kind: KindBool, Usage: "fetch refs/notes/*"},
		{Name: "refSpecChanges", Kind: KindBool, Default: "false", Usage: "fetch refs/changes/*"},
		{Name: "refSpecCustom", Kind: KindRefSpecs, Usage: "more ref specs, separated by commas: +refs/a/*:refs/a/*"},
		{Name: "prHideFilter", Kind: KindRegex, Usage: "hide pull requests whose title matches"},
	}
}

func repositories() []RowKind { return []RowKind{RowRepository, RowChild} }

func integrations() []RowKind { return []RowKind{RowIntegration, RowGitHubApp} }

func connected() []RowKind { return []RowKind{RowIntegration, RowGitHubApp, RowChild} }
