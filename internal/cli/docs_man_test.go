package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, want string }{
		{"plain", "Shows the version.", "Shows the version."},
		{"hyphens that can be copied", "--dry-run", `\-\-dry\-run`},
		{"quotes that stay straight", "'a' `b` ~/c ^d", `\(aqa\(aq \(gab\(ga \(ti/c \(had`},
		{"a backslash", `C:\x`, `C:\ex`},
		{"no request", ".SH", `\&.SH`},
		{"not ASCII", "…", `\[u2026]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := roff(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestManTextLeavesWhatIsIndented(t *testing.T) {
	t.Parallel()
	got := manText("One\nparagraph.\n\n  as\n  it is\n\nAnother.")
	want := "One\nparagraph.\n.PP\n.nf\n  as\n  it is\n.fi\n.PP\nAnother.\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
