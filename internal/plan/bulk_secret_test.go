package plan_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gijctl/gijctl/internal/plan"
)

// fakeMemory remembers in the open, so that a test can say what it knows.
type fakeMemory struct {
	exported []string
	sent     map[plan.SecretKey]plan.Sent
}

func (m *fakeMemory) Fingerprint(value string) string { return "print of " + value }

func (m *fakeMemory) WasExported(value string) bool {
	for _, v := range m.exported {
		if v == value {
			return true
		}
	}
	return false
}

func (m *fakeMemory) Sent(id int64, column string) (plan.Sent, bool) {
	s, found := m.sent[plan.SecretKey{ID: id, Column: column}]
	return s, found
}

// blob is an encrypted value as some server may show it: 32 bytes in base64.
func blob(n int) string {
	return base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("made-up-cipher-text-number-%05d", n)))
}

const (
	typedToken = "ghp_madeUpTokenOfNobodyInParticular01"
	oldToken   = "ghp_madeUpTokenOfNobodyInParticular00"
)

func TestSecretCells(t *testing.T) {
	t.Parallel()
	sent := func(value, shown string) map[plan.SecretKey]plan.Sent {
		return map[plan.SecretKey]plan.Sent{{ID: 1, Column: "pat"}: {Value: "print of " + value, Shown: shown}}
	}
	tests := []struct {
		name     string
		shown    string // in the export
		typed    string // in the file
		memory   *fakeMemory
		changing bool
		send     []string // --send-secret
		want     []string
	}{
		{name: "blank keeps", shown: blob(1)},
		{name: "in clear, the same", shown: oldToken, typed: oldToken},
		{name: "in clear, another", shown: oldToken, typed: typedToken, want: []string{"update 1 pat=secret"}},
		{name: "not shown", typed: typedToken, want: []string{"update 1 pat=secret(hidden)"}},
		{name: "not shown, sent before", typed: typedToken, memory: &fakeMemory{sent: sent(typedToken, "")}},
		{name: "not shown, another sent before", typed: typedToken, memory: &fakeMemory{sent: sent(oldToken, "")}, want: []string{"update 1 pat=secret(hidden)"}},
		{name: "encrypted, typed", shown: blob(1), typed: typedToken, want: []string{"update 1 pat=secret(hidden)"}},
		{name: "encrypted, the same", shown: blob(1), typed: blob(1)},
		{name: "encrypted, sent before", shown: blob(1), typed: typedToken, memory: &fakeMemory{sent: sent(typedToken, "print of "+blob(1))}},
		{
			name: "encrypted, changed by somebody else since", shown: blob(2), typed: typedToken,
			memory: &fakeMemory{sent: sent(typedToken, "print of "+blob(1))}, want: []string{"update 1 pat=secret(hidden)"},
		},
		{name: "encrypted anew, sent before", shown: blob(2), typed: typedToken, changing: true, memory: &fakeMemory{sent: sent(typedToken, "print of "+blob(1))}},
		{name: "encrypted anew, typed", shown: blob(1), typed: typedToken, changing: true, want: []string{"update 1 pat=secret(hidden)"}},
		{name: "of an older export, by its form", shown: blob(1), typed: blob(7), want: []string{"held pat"}},
		{name: "of an older export, by its fingerprint", shown: oldToken, typed: typedToken, memory: &fakeMemory{exported: []string{typedToken}}, want: []string{"held pat"}},
		{name: "of an older export, all the same", shown: blob(1), typed: blob(7), send: []string{"pat"}, want: []string{"update 1 pat=secret(hidden)"}},
		{name: "of an export of a strange form", shown: "x1.y2.z3", typed: "x1.y9.z8", changing: true, want: []string{"held pat"}},
		{name: "marked as encrypted", shown: "{AES}00", typed: "{AES}11", want: []string{"held pat"}},
		{name: "letters and digits, in clear", shown: "0123456789abcdefghijklmnopqrstuv", typed: "9876543210abcdefghijklmnopqrstuv", want: []string{"update 1 pat=secret"}},
		{name: "base64 where nothing is encrypted", shown: oldToken, typed: blob(3), want: []string{"update 1 pat=secret"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := plan.DiffOptions{SendSecret: test.send, Changing: func() (map[string]bool, error) { return map[string]bool{"pat": test.changing}, nil }}
			if test.memory != nil {
				o.Memory = test.memory
			}
			have := tsv("id|origin|pat", "1|https://api.github.com|"+test.shown)
			p := diff(t, have, tsv("id|pat", "1|"+test.typed), o)
			if d := cmp.Diff(test.want, shown(p)); d != "" {
				t.Error(d)
			}
			if text := fmt.Sprintf("%v %+v %#v", p, p, p.Changes); test.typed != "" && strings.Contains(text, test.typed) {
				t.Error("the plan prints the secret")
			}
		})
	}
}

func TestTheSecondExportIsTakenOnlyWhereItDecides(t *testing.T) {
	t.Parallel()
	o := plan.DiffOptions{Changing: func() (map[string]bool, error) {
		t.Error("a second export was taken")
		return nil, nil
	}}
	have := tsv("id|origin|pat|password", "1|https://api.github.com||"+blob(1), "2|https://gitlab.com||")
	diff(t, have, tsv("id|pat|password", "1|"+typedToken+"|"+blob(1), "2||"), o)
}

// A second export is compared while a row of the first is being compared with the file.
func TestTheSecondExportDoesNotDisturbTheComparison(t *testing.T) {
	t.Parallel()
	have := tsv("id|origin|pat|projectMapping", "1|https://api.github.com|"+blob(1)+"|10000", "2|https://gitlab.com|"+blob(2)+"|ALL")
	s := snapshot(t, have)
	o := plan.DiffOptions{Changing: func() (map[string]bool, error) { return s.Changing(strings.NewReader(have)) }}
	p, err := plan.DiffBulk(strings.NewReader(tsv("id|pat|projectMapping", "1|"+typedToken+"|10000")), s, o)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"update 1 pat=secret(hidden)"}, shown(p)); d != "" {
		t.Error(d)
	}
}

// testKeys makes two keys once: they are dear.
var testKeys = sync.OnceValue(func() (keys [2]string) { //nolint:gochecknoglobals // a test's fixture
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
		keys[i] = strings.TrimSpace(string(pem.EncodeToMemory(block)))
	}
	return keys
})

func TestPrivateKeys(t *testing.T) {
	t.Parallel()
	keys := testKeys()
	quoted := func(s string) string { return `"` + s + `"` }
	tests := []struct {
		name, shown, typed string
		memory             plan.Memory
		want               []string
	}{
		{"the same", quoted(keys[0]), quoted(keys[0]), nil, nil},
		{"the same with other line ends", quoted(keys[0]), quoted(strings.ReplaceAll(keys[0], "\n", "\r\n") + "\r\n"), nil, nil},
		{"another", quoted(keys[0]), quoted(keys[1]), nil, []string{"update 1 githubAppPem=secret"}},
		{"another, which an export had", quoted(keys[0]), quoted(keys[1]), &fakeMemory{exported: []string{keys[1]}}, []string{"update 1 githubAppPem=secret"}},
		{"not shown", "", quoted(keys[1]), nil, []string{"update 1 githubAppPem=secret(hidden)"}},
		{"encrypted", blob(1), quoted(keys[1]), nil, []string{"update 1 githubAppPem=secret(hidden)"}},
		{
			"encrypted, sent before", blob(1), quoted(keys[1]),
			&fakeMemory{sent: map[plan.SecretKey]plan.Sent{{ID: 1, Column: "githubAppPem"}: {Value: "print of " + keys[1], Shown: "print of " + blob(1)}}}, nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			have := tsv("id|origin|githubAppPem", "1|https://api.github.com|"+test.shown)
			p := diff(t, have, tsv("id|githubAppPem", "1|"+test.typed), plan.DiffOptions{Memory: test.memory})
			if d := cmp.Diff(test.want, shown(p)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestChanging(t *testing.T) {
	t.Parallel()
	first := snapshot(t, tsv("id|origin|pat|password", "1|a|"+blob(1)+"|"+blob(2), "2|b|"+blob(3)+"|"+blob(4)))
	tests := []struct {
		name, second string
		want         map[string]bool
	}{
		{"nothing", tsv("id|origin|pat|password", "1|a|"+blob(1)+"|"+blob(2), "2|b|"+blob(3)+"|"+blob(4)), map[string]bool{}},
		{"one column", tsv("id|origin|pat|password", "1|a|"+blob(1)+"|"+blob(5), "2|b|"+blob(3)+"|"+blob(6)), map[string]bool{"password": true}},
		{"a person changed one", tsv("id|origin|pat|password", "1|a|"+blob(1)+"|"+blob(5), "2|b|"+blob(3)+"|"+blob(4)), map[string]bool{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := first.Changing(strings.NewReader(test.second))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
