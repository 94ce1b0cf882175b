package gijspec

import "strings"

// NearestType returns the type that name most likely means: case, dashes and spaces do not matter. False if none is near.
func NearestType(name string) (Type, bool) {
	name = strings.NewReplacer("-", "_", " ", "_", ".", "_").Replace(strings.TrimSpace(name))
	nearest, ok := Nearest(name, TypeNames())
	return Type(nearest), ok
}

// NearestKey returns the request field that key most likely means: "display-name" and "displayname" mean displayName.
// False if none is near.
func NearestKey(key string) (string, bool) {
	if alias := keyAlias(key); alias != "" {
		return alias, true
	}
	return Nearest(strings.NewReplacer("-", "", "_", "").Replace(key), integrationTable().keys())
}

// maxNearestLen bounds the work: no word of ours is longer than half of it, so nothing longer can be near one.
const maxNearestLen = 64

// Nearest returns the word among the candidates that is nearest to word, without regard to case, and whether one is near
// enough to be worth suggesting: at most one edit (insert, delete, replace, swap neighbours) in three characters and three in
// all, or else the only candidate that begins with word. Of equally near ones the first wins.
func Nearest(word string, among []string) (string, bool) {
	if len(word) > maxNearestLen {
		return "", false
	}
	w := []rune(strings.ToLower(word))
	if len(w) == 0 {
		return "", false
	}
	best, bestDistance := "", min((len(w)+1)/3, 3)+1
	for _, candidate := range among {
		if d := editDistance(w, []rune(strings.ToLower(candidate))); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	if best != "" {
		return best, true
	}
	return onlyWithPrefix(string(w), among)
}

func onlyWithPrefix(word string, among []string) (string, bool) {
	const shortest = 3 // a shorter beginning says too little
	found := ""
	for _, candidate := range among {
		if len(word) < shortest || !strings.HasPrefix(strings.ToLower(candidate), word) {
			continue
		}
		if found != "" {
			return "", false
		}
		found = candidate
	}
	return found, found != ""
}

// editDistance is the Damerau-Levenshtein distance in its optimal string alignment form. It keeps three rows.
func editDistance(a, b []rune) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
