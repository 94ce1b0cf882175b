package gij

import (
	"context"
	"io"
)

// The paths of the bulk change API, below Jira's base URL. That of the export has no suffix.
const (
	bulkExportPath   = "/rest/gitplugin/1.0/configuration"
	bulkImportPath   = "/rest/gitplugin/1.0/configuration.json"
	bulkProgressPath = "/rest/gitplugin/1.0/configuration/progress.json"
)

// BulkService exports and imports GIJ's whole configuration as a tab-separated file. Documented: only Jira administrators may;
// whether GIJ managers may too is unknown. The file itself is for package gijtsv.
//
// Nothing of this API was ever seen on the wire: all of it is as the vendor's pages and scripts say.
type BulkService service

// BulkUpload is a file to import.
type BulkUpload struct {
	// Open opens the file; it is called again where it is sent again.
	Open func() (io.ReadCloser, error)
	// Size is the file's size in bytes.
	Size int64
	// Rows is the number of rows, for messages.
	Rows int
	// ConfirmedDelete are the rows that may be deleted. Without them the server answers which it would delete.
	ConfirmedDelete []int64
	// Look reports whether the import is seen on the server. It is asked when the answer was lost. An error says that it cannot be
	// told, and then nothing is sent again; so does a Look that is nil.
	Look func(context.Context) (bool, error)
}

// BulkAnswer is what the server says of an upload: one of the three is set.
type BulkAnswer struct {
	// Thread is the import that was begun; nil if none was.
	Thread *BulkThread
	// ToDelete are the rows that the server would delete, and asks to confirm. Inferred: nothing of the file was applied then.
	ToDelete []BulkDelete
	// Seen says that the answer was lost, and that the import was then seen on the server.
	Seen bool
}

// BulkDelete is a row that the server would delete.
type BulkDelete struct {
	ID          int64
	Description string // the display name, in the vendor's sample
}

// BulkThread is an import on the server. Inferred from a cookie in the vendor's sample: it may be known to one node of a cluster
// only, which the cookies lead to.
type BulkThread struct {
	ID      int64        `json:"id"`
	Cookies []BulkCookie `json:"cookies,omitempty"`
}

// BulkCookie is a cookie that a load balancer set. It logs nobody in.
type BulkCookie struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// BulkProgress is how far an import is.
type BulkProgress struct {
	// Finished says that the import ended, with errors or without.
	Finished bool
	// Entries are the import's log. Whether an answer holds all of it, or what is new since the last one, is unknown.
	Entries []BulkEntry
}

// BulkEntry is one line of an import's log. It names the row that it is about in free text only, if at all.
type BulkEntry struct {
	// Percent is how far the line's work is, from 0 to 100; nil where the server does not say.
	Percent *float64
	Error   bool
	// Message is the server's text, which may be the name of a Java exception.
	Message string
}
