package transport

import (
	"net/url"
	"slices"
	"strings"
)

// masked stands where a path has a secret.
const masked = "..."

// MaskPath returns a path without the secret that a webhook's has: GIJ's receiver is .../webhook/1.0/reindex/SECRET, and an older
// form .../webhook/reindex/SECRET is printed as well; and without the code that GitHub gives an app's credentials for:
// .../app-manifests/CODE/conversions. All that follows is masked, whatever its form; other paths stay as they are.
func MaskPath(path string) string {
	segments := strings.Split(path, "/")
	if code := slices.IndexFunc(segments, isWord("app-manifests")); code >= 0 && code+1 < len(segments) {
		return strings.Join(append(segments[:code+1], masked), "/")
	}
	hook := slices.IndexFunc(segments, isWord("webhook"))
	if hook < 0 {
		return path
	}
	reindex := slices.IndexFunc(segments[hook:], isWord("reindex"))
	if reindex < 0 || hook+reindex+1 >= len(segments) || segments[hook+reindex+1] == "" && hook+reindex+2 == len(segments) {
		return path
	}
	return strings.Join(append(segments[:hook+reindex+1], masked), "/")
}

// isWord knows a segment also in other case, percent-encoded, and with the parameters that Java servers take off one.
func isWord(word string) func(string) bool {
	return func(segment string) bool {
		name, _, _ := strings.Cut(segment, ";")
		if plain, err := url.PathUnescape(name); err == nil {
			name = plain
		}
		return strings.EqualFold(name, word)
	}
}
