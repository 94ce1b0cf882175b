package cli

import "testing"

func TestStrangeNames(t *testing.T) {
	t.Parallel()
	known := []string{"id", "kind", "disabled", "displayName", "origin"}
	for expression, want := range map[string]string{
		"kind == 'repository'":                            "",
		"knd == 'repository'":                             "no row has knd; did you mean kind?",
		"disabled == true":                                "no row has true; the value stands between backquotes: `true`",
		"disabled == `true` && id == `7`":                 "",
		`contains(origin, 'it\'s knd') && pat`:            "no row has pat",
		"length(origin.nothing) > `3` || owner&&owner":    "no row has owner",
		"starts_with(displayName, 'a') && !whatever.more": "no row has whatever",
	} {
		if got := strangeNames(expression, known); got != want {
			t.Errorf("%s: %q, want %q", expression, got, want)
		}
	}
}
