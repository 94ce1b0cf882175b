package sandbox

// indexKnobs are the ways in which indexing, the webhook, the settings and the data of issues may differ. The first word of a list
// is what the sandbox does without the fault, where the text says nothing else.
func indexKnobs() []knob {
	return []knob{
		{
			name: "reindex-api", kind: oneOf, words: []string{"both", "1.0", "2.0"},
			text: "which of the two resources start an index: both; the older alone, as before 4.17; the newer alone",
		},
		{name: "thread-id", kind: oneOf, words: []string{"uuid", "number"}, text: "the id of an index that was started"},
		{name: "thread-parameter", kind: oneOf, words: []string{"threadId", "threadID"}, text: "how the parameter for a thread is spelt"},
		{name: "index-time", kind: duration, text: "how long an index takes (60ms, and the first of an integration 2s, without this fault)"},
		{name: "index-hangs", kind: whole, text: "an index never ends, and stands at this many percent"},
		{name: "index-fails", kind: anyText, text: "an index fails for rows with this id, or with this text in their origin"},
		{name: "index-forgets-date", text: "no integration has a date of its last index"},
		{name: "no-first-index", text: "an integration that is added is not indexed by itself"},
		{
			name: "webhook-unmatched", kind: oneOf, words: []string{"ignore", "all"},
			text: "what a webhook does that matches nothing: nothing, or an index of everything",
		},
		{name: "commits-path", kind: oneOf, words: []string{"commits", "commit", "both"}, text: "how the address of a commit's issues is spelt"},
		{name: "commits-form", kind: oneOf, words: []string{"new", "old"}, text: "commits with branches and isMergeCommit, or with branch"},
		{name: "link-ignored", text: "a change of a commit's issues answers success and changes nothing"},
		{name: "tags-off", text: "tags are not looked for"},
		{name: "settings-get", kind: oneOf, words: []string{"200", "405", "404"}, text: "HTTP status of reading the general settings"},
		{name: "settings-answer", kind: oneOf, words: []string{"envelope", "empty", "text"}, text: "what writing them is answered with"},
		{name: "settings-ignored", text: "writing them answers success and changes nothing"},
		{name: "no-settings", text: "404 for the general settings, as before 4.27"},
	}
}
