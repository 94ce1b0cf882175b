package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gijctl/gijctl/pkg/secret"
)

const hidden = "s3cr3t-of-the-test"

type holder struct {
	Public  string
	Value   secret.Value
	Pointer *secret.Value
	private secret.Value
}

func newHolder() holder {
	v := secret.New(hidden)
	return holder{Public: "seen", Value: v, Pointer: &v, private: v}
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	h := newHolder()
	printers := map[string]func() string{
		"json": func() string { b, _ := json.Marshal(h); return string(b) },
		"xml":  func() string { b, _ := xml.Marshal(h); return string(b) },
		"yaml": func() string { b, _ := yaml.Marshal(h); return string(b) },
		"slog": func() string {
			var b bytes.Buffer
			slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "secret", h.Value, "struct", h)
			return b.String()
		},
		"error":  func() string { return fmt.Errorf("refused %v: %w", h.Value, fmt.Errorf("%s", h.Value)).Error() },
		"String": func() string { return h.Value.String() },
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%10s", "%p"} {
		printers["fmt "+verb] = func() string { return fmt.Sprintf(strings.ReplaceAll(verb, "%T ", ""), h) }
		printers["fmt value "+verb] = func() string { return fmt.Sprintf(strings.ReplaceAll(verb, "%T ", ""), h.Value) }
	}
	for name, shown := range printers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := shown()
			if got == "" {
				t.Fatal("printed nothing, so the check would not see a leak")
			}
			for _, form := range []string{hidden, fmt.Sprintf("%x", hidden), fmt.Sprintf("%X", hidden)} {
				if strings.Contains(got, form) {
					t.Errorf("leaked: %s", got)
				}
			}
		})
	}
}

func TestEncodersWriteTheMark(t *testing.T) {
	t.Parallel()
	b, err := json.Marshal(newHolder())
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"Public":"seen","Value":"[redacted]","Pointer":"[redacted]"}`; string(b) != want {
		t.Errorf("got %s, want %s", b, want)
	}
}

func TestValue(t *testing.T) {
	t.Parallel()
	v := secret.New(hidden)
	if v.Reveal() != hidden || v.IsZero() || v.String() != secret.Redacted {
		t.Errorf("a secret: Reveal ok %t, IsZero %t, String %q", v.Reveal() == hidden, v.IsZero(), v.String())
	}
	var zero secret.Value
	if zero.Reveal() != "" || !zero.IsZero() || zero.String() != "" || !secret.New("").IsZero() {
		t.Error("the zero value is not the empty secret")
	}
	if !v.Equal(secret.New(hidden)) || v.Equal(zero) || !zero.Equal(secret.New("")) {
		t.Error("Equal does not compare the secrets")
	}
}
