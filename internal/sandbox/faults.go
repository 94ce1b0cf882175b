package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Fault describes a knob that makes the sandbox answer as some real server, network or proxy would.
type Fault struct {
	Name   string `json:"name"`
	Values string `json:"values"` // how its value is written, with the = and in brackets if it can be left out
	Text   string `json:"text"`
}

// valueKind is what a fault's value may be.
type valueKind int

const (
	noValue valueKind = iota
	oneOf
	count    // how many requests it acts on; all of them when left out
	duration // Go's notation
	shift    // a duration that may be negative
	whole    // a number, 0 or more
	anyText
)

type knob struct {
	name  string
	kind  valueKind
	words []string // of oneOf; the first is meant when the value is left out
	text  string
}

func (k knob) values() string {
	switch k.kind {
	case oneOf:
		return "[=" + strings.Join(k.words, "|") + "]"
	case count:
		return "[=N]"
	case duration, shift:
		return "=DURATION"
	case whole:
		return "=N"
	case anyText:
		return "=VALUE"
	case noValue:
	}
	return ""
}

// knobs lists every fault, in the order of the help.
func knobs() []knob {
	return slices.Concat(vendorKnobs(), jiraKnobs(), networkKnobs(), contentKnobs(), bulkKnobs(), indexKnobs(), gitHubKnobs())
}

// vendorKnobs are the ways in which versions of GIJ may differ: what the contract calls unknown.
func vendorKnobs() []knob {
	return []knob{
		{
			name: "profile", kind: oneOf, words: []string{profileCaptured, profileLegacyDocs, profileAncient, profileBare},
			text: "shape of answers: boolean success and an object; success \"true\" and an array; the array named integrations; no envelope and type for integrationType",
		},
		{
			name: "disabled-put", kind: oneOf, words: []string{"works", "ignored", "error"},
			text: "what an update does with disabled; ignored answers success and changes nothing of it (GIT-6224)",
		},
		{
			name: "disable-endpoint", kind: oneOf, words: []string{"works", "ignored"},
			text: "what the disable resource does",
		},
		{
			name: "error-status", kind: oneOf, words: []string{"200", "400", "404", "500"},
			text: "HTTP status of {\"success\":false} (without this fault 404 for a missing id, else 400)",
		},
		{name: "post-status", kind: oneOf, words: []string{"201", "200"}, text: "HTTP status of an integration that was added"},
		{
			name: "repository-roots", kind: oneOf, words: []string{"sample", "table"},
			text: "whether a new repository needs realRoot and absoluteRoot: not, as in the vendor's sample, or both, as in its table",
		},
		{name: "repository-envelope", text: "POST and PUT of a repository answer in an envelope, where the vendor's samples have none"},
		{name: "write-ignored", text: "an update answers success, shows the new values, and changes nothing"},
		{name: "pretend-delete", text: "a deletion answers success, and the integration stays"},
		{
			name: "index-model", kind: oneOf, words: []string{indexModelMap, indexModelList},
			text: "shape of an index status: messages by name with a percentage, or a list of messages",
		},
		{name: "index-broken", kind: whole, text: "500 for the index status of the integration with this id"},
		{name: "not-installed", kind: oneOf, words: []string{"html", "json"}, text: "a Jira without the app: 404 below /rest/gitplugin"},
	}
}

// jiraKnobs are Jira's own ways to refuse.
func jiraKnobs() []knob {
	return []knob{
		{
			name: "html-login", kind: oneOf, words: []string{"200", "302", "302-other"},
			text: "every request gets the login page: at once, by a redirect, or by a redirect to another origin's single sign-on",
		},
		{name: "xsrf", kind: oneOf, words: []string{"403", "404"}, text: "every write fails the XSRF check, with or without the header"},
		{name: "captcha", text: "Basic logins and wrong tokens get 403 AUTHENTICATION_DENIED, as after too many failures"},
		{name: "base-url", kind: anyText, text: "what serverInfo says is Jira's base URL"},
		{name: "no-upm", text: "404 where the plugin manager should be"},
		{name: "basic-off", kind: oneOf, words: []string{"403", "401"}, text: "Basic authentication is disabled (Jira 11)"},
	}
}

// networkKnobs are what proxies and networks do.
func networkKnobs() []knob {
	return []knob{
		{name: "latency", kind: duration, text: "wait before each answer"},
		{name: "drop-read", kind: count, text: "reset the connection of reads"},
		{name: "drop-before-write", kind: count, text: "reset the connection of writes, which are not done"},
		{name: "drop-after-write", kind: count, text: "reset the connection of writes, which are done"},
		{name: "hang-after-write", kind: count, text: "do writes and never answer"},
		{name: "bad-gateway", kind: count, text: "502 with a proxy's page; writes are done"},
		{name: "bad-gateway-before", kind: count, text: "502 with a proxy's page; writes are not done"},
		{name: "unavailable", kind: count, text: "503 with Retry-After, not done"},
		{name: "rate-limit", kind: count, text: "429 with Retry-After and X-RateLimit headers, not done"},
		{name: "writes-only", text: "the four above show and count for writes alone"},
		{name: "empty-answer", kind: count, text: "a write that was done is answered with 200 and nothing else"},
		{name: "retry-after", kind: anyText, text: "what unavailable and rate-limit send: seconds or a date (1 without this fault)"},
		{name: "rate-headers", kind: whole, text: "X-RateLimit headers on every answer, with this many of 100 requests left"},
		{name: "clock", kind: shift, text: "the Date of every answer is off by this much, for example -10m"},
		{name: "redirect-rest", text: "301 of REST calls to another origin"},
	}
}

// contentKnobs spoil the body of an answer.
func contentKnobs() []knob {
	return []knob{
		{name: "not-json", text: "200 and plain text from a proxy, nothing is done"},
		{name: "truncate", text: "200 and a body that is shorter than its Content-Length"},
		{name: "gzip-bomb", text: "a small gzip body that expands to 1 GiB"},
		{name: "hostile-text", text: "terminal escapes and bidi characters in the first name of a list and in errors"},
		{name: "extra-keys", text: "keys that no documentation has"},
		{name: "slow-body", kind: duration, text: "send the body in eight pieces with this pause before each"},
	}
}

// Faults lists every fault that [Options] and [Server.SetFaults] know.
func Faults() []Fault {
	var list []Fault
	for _, k := range knobs() {
		list = append(list, Fault{Name: k.name, Values: k.values(), Text: k.text})
	}
	return list
}

// faultSet is the set of faults that are on.
type faultSet struct {
	mu      sync.Mutex
	active  map[string]*activeFault
	exports atomic.Int64 // that were asked for; see moved and drift
}

type activeFault struct {
	value string
	pause time.Duration
	left  int // requests that it still acts on; negative is without end
}

func parseFaults(specs []string) (*faultSet, error) {
	set := &faultSet{active: make(map[string]*activeFault, len(specs))}
	for _, spec := range specs {
		name, value, given := strings.Cut(spec, "=")
		k, err := findKnob(name)
		if err != nil {
			return nil, err
		}
		f, err := k.parse(value, given)
		if err != nil {
			return nil, err
		}
		set.active[name] = f
	}
	return set, nil
}

func findKnob(name string) (knob, error) {
	var names []string
	for _, k := range knobs() {
		if k.name == name {
			return k, nil
		}
		names = append(names, k.name)
	}
	return knob{}, badOption("fault", "unknown sandbox fault %q: %s(faults: %s)",
		name, meant(name, names), strings.Join(names, ", "))
}

func (k knob) parse(value string, given bool) (*activeFault, error) {
	f := &activeFault{value: value, left: -1}
	switch {
	case k.kind == noValue && given:
		return nil, badOption("fault", "sandbox fault %s takes no value", k.name)
	case k.kind == oneOf && !given:
		f.value = k.words[0]
	case k.kind == oneOf && !slices.Contains(k.words, value):
		return nil, badOption("fault", "sandbox fault %s=%s: %s(values: %s)",
			k.name, value, meant(value, k.words), strings.Join(k.words, ", "))
	case k.kind == count && given:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return nil, badOption("fault", "sandbox fault %s=%s: the value is a number of requests, 1 or more", k.name, value)
		}
		f.left = n
	case k.kind == whole:
		if _, err := strconv.ParseUint(value, 10, 63); err != nil {
			return nil, badOption("fault", "sandbox fault %s=%s: the value is a number, 0 or more", k.name, value)
		}
	case k.kind == duration, k.kind == shift:
		pause, err := time.ParseDuration(value)
		if err != nil || pause < 0 && k.kind == duration {
			return nil, badOption("fault", "sandbox fault %s=%s: the value is a duration, for example 200ms", k.name, value)
		}
		f.pause = pause
	case k.kind == anyText && value == "":
		return nil, badOption("fault", "sandbox fault %s needs a value", k.name)
	}
	return f, nil
}

// has reports whether a fault is on.
func (fs *faultSet) has(name string) bool {
	return fs.active[name] != nil
}

// value returns the value of a fault, "" when it is off.
func (fs *faultSet) value(name string) string {
	if f := fs.active[name]; f != nil {
		return f.value
	}
	return ""
}

// number returns the value of a fault whose words are numbers, 0 when it is off.
func (fs *faultSet) number(name string) int {
	n, _ := strconv.Atoi(fs.value(name)) // the words are checked when parsed
	return n
}

// pause returns the value of a fault that is a duration, 0 when it is off.
func (fs *faultSet) pause(name string) time.Duration {
	if f := fs.active[name]; f != nil {
		return f.pause
	}
	return 0
}

// take reports whether a counted fault acts on this request, and counts it.
func (fs *faultSet) take(name string) bool {
	f := fs.active[name]
	if f == nil {
		return false
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f.left > 0 {
		f.left--
		return true
	}
	return f.left < 0
}

func (fs *faultSet) needsOtherOrigin() bool {
	return fs.has("redirect-rest") || fs.value("html-login") == "302-other"
}
