package sandbox

import "strings"

// meant asks whether the one known name was meant that begins so, or else needs few edits. It is "" where none is near.
func meant(name string, known []string) string {
	best, least := "", len(name)/2+1
	for _, k := range known {
		if name != "" && strings.HasPrefix(k, name) {
			best, least = k, 0
		}
		if d := editDistance(name, k); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "? "
}

// editDistance is Levenshtein's distance in bytes.
func editDistance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j]+cost, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(b)]
}
