package sandbox

import "slices"

// bulkKnobs are the ways in which the bulk change of versions of GIJ may differ. The first word of a list is what the
// sandbox does without the fault, where the text says nothing else.
func bulkKnobs() []knob {
	return slices.Concat(exportKnobs(), importKnobs(), deleteKnobs(), threadKnobs(), rowKnobs())
}

func exportKnobs() []knob {
	return []knob{
		{name: "bulk-manager", kind: oneOf, words: []string{"403", "200"}, text: "HTTP status of bulk change for a manager who is no Jira administrator"},
		{
			name: "export-secrets", kind: oneOf, words: []string{"encrypted", "fresh", "blank", "clear"},
			text: "how the export shows secrets: the same encrypted text each time, another one each time, nothing, or the secret (kept from now on)",
		},
		{
			name: "export-pem", kind: oneOf, words: []string{"clear", "encrypted", "fresh", "blank", "absent"},
			text: "how the export shows the private keys of GitHub Apps; absent leaves out the column",
		},
		{
			name: "app-columns", kind: oneOf, words: []string{"javadoc", "prefixed", "odd", "pem-only", "none"},
			text: "names of a GitHub App's columns: githubAppPem; ghaPem; githubAppPrivateKey for the key; the key's alone; none",
		},
		{name: "app-type", kind: anyText, text: "integrationType of GitHub App rows in bulk change (GITHUB_APP and GITHUB_APP_SERVER, both invented, without this fault)"},
		{name: "extra-columns", text: "columns that no page names: folderDepth, group, lastIndexedDate, x-future"},
		{
			name: "export-quoting", kind: oneOf, words: []string{"needed", "all", "raw", "flat"},
			text: "cells in quotes: with a tab, quote or line break; every one; with a line break alone; none, and line breaks become blanks",
		},
		{
			name: "export-encoding", kind: oneOf, words: []string{"lf", "crlf", "bom", "bom-crlf", "utf-16"},
			text: "line ends and encoding of the export",
		},
		{name: "export-booleans", kind: oneOf, words: []string{"lower", "upper"}, text: "true or TRUE in the export"},
		{name: "export-type", kind: anyText, text: "Content-Type of the export"},
		{name: "export-order", kind: oneOf, words: []string{"id", "reverse"}, text: "order of the export's rows"},
		{name: "export-hides", kind: anyText, text: "the export shows nothing in this column"},
		{name: "export-slow", kind: duration, text: "wait before the export is answered"},
		{name: "absolute-root", kind: oneOf, words: []string{"documented", "rest"}, text: "absoluteRoot of a clone that GIJ manages is true, or false as in REST"},
		{name: "drift", text: "auto-reindexing changes the main branch and the index date of some repositories between two exports"},
		{name: "moved", kind: whole, text: "somebody else renames the row with this id before the second export"},
	}
}

func importKnobs() []knob {
	return []knob{
		{name: "unknown-column", kind: oneOf, words: []string{"ignore", "reject"}, text: "what an import makes of a column that it does not know"},
		{name: "bulk-needs-origin", text: "an import refuses a file without the column origin"},
		{name: "header-order", kind: oneOf, words: []string{"free", "fixed"}, text: "an import refuses columns that are not in the documented order"},
		{name: "quoted-empty", kind: oneOf, words: []string{"keep", "clear"}, text: "what an import makes of \"\""},
		{name: "new-integration", kind: oneOf, words: []string{"create", "error"}, text: "what an import makes of an integration without id"},
		{name: "notes-default", kind: oneOf, words: []string{"true", "false"}, text: "refSpecNotes of a new row that does not say"},
		{name: "pem-check", kind: oneOf, words: []string{"parse", "pkcs1", "none"}, text: "which private keys an import takes: any that can be read, PKCS#1 alone, any text"},
		{name: "import-lock", text: "an import is refused while another one runs"},
		{
			name: "import-success", kind: oneOf, words: []string{"false", "true", "string"},
			text: "success in the answers of import and progress",
		},
	}
}

func deleteKnobs() []knob {
	return []knob{
		{name: "delete-asks", kind: oneOf, words: []string{"yes", "no"}, text: "an import asks before it deletes, or starts at once and deletes what is confirmed"},
		{name: "partial-confirm", kind: oneOf, words: []string{"skip", "ask"}, text: "rows to delete that are not confirmed stay, or are asked for again"},
		{name: "list-children", text: "what an import asks about has the repositories of an integration as well"},
		{name: "confirm-ids", kind: oneOf, words: []string{"both", "repeated", "comma"}, text: "how an import takes several confirmed ids"},
		{name: "deletion-delay", kind: duration, text: "how long after its end the rows that an import deletes stay (20ms without this fault)"},
	}
}

func threadKnobs() []knob {
	return []knob{
		{name: "import-step", kind: duration, text: "how long an import works on a row (200µs, and 20ms before the first, without this fault)"},
		{name: "import-hangs", kind: whole, text: "an import never ends, and stands still after this many percent of its rows"},
		{name: "progress", kind: oneOf, words: []string{"cumulative", "drained"}, text: "each answer about an import has all of its messages, or the new ones"},
		{name: "two-nodes", text: "an import is known to the node that its answer's cookie leads to; without a cookie the other one answers"},
		{
			name: "unknown-thread", kind: oneOf, words: []string{"200", "404", "finished"},
			text: "the answer about an import or an index thread that is not known: an error with this HTTP status, or that it is finished",
		},
		{name: "thread-forgotten", text: "an import is not known any more once it has ended"},
	}
}

func rowKnobs() []knob {
	return []knob{
		{name: "row-fails", kind: anyText, text: "an import fails for rows with this id, or with this text in their origin"},
		{
			name: "row-fails-as", kind: oneOf, words: []string{"java", "readable"},
			text: "what row-fails says: java.lang.NullPointerException, or a reason with the row's origin",
		},
		{name: "row-ignored", kind: anyText, text: "an import says that it did rows with this id, or with this text in their origin, and changes nothing"},
	}
}
