package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestIntegrationCompletions(t *testing.T) {
	t.Parallel()
	var all []liveReference
	for n, name := range []string{
		"Acme GitLab", "Acme: O'Brien \"x\"", "Acme 東京", "Acme twin", "Acme twin",
		"Acme$(reboot)", "Acme`reboot`", "Acme;reboot", "Acme\ttab", "Acme  two", "Acme\x1b[31mred", "Acme\u202e", `Acme\n`, "Acme ",
	} {
		all = append(all, liveReference{Word: string(rune('a' + n)), Name: name, Type: "GITHUB"})
	}
	for _, tt := range []struct {
		name         string
		all          []liveReference
		given, begun string
		words        []string // but for the ids
	}{
		{"nothing begun", all, "", "", nil},
		{"names that a shell leaves as they are", all, "", "Acme", []string{"Acme GitLab", "Acme: O'Brien \"x\"", "Acme 東京"}},
		{"one is given", all, "Acme GitLab", "Acme", []string{"Acme: O'Brien \"x\"", "Acme 東京"}},
		{"digits are an id", []liveReference{{Word: "1", Name: "777"}}, "", "7", nil},
		{"a dash is a flag", []liveReference{{Word: "1", Name: "-q"}}, "", "-", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var words []string
			for _, line := range integrationCompletions(tt.all, []string{tt.given}, tt.begun) {
				word, about, described := strings.Cut(line, "\t")
				if !described || strings.ContainsAny(about, "\t\x1b\u202e") {
					t.Errorf("%q would reach a terminal", line)
				}
				if len(word) > 1 {
					words = append(words, word)
				}
			}
			if !slices.Equal(words, tt.words) {
				t.Errorf("got %q, want %q", words, tt.words)
			}
		})
	}
}
