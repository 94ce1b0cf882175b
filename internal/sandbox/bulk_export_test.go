package sandbox_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/gijctl/gijctl/internal/sandbox"
)

// privateKey is a key for tests, PKCS#1 as GitHub makes it, or PKCS#8.
func privateKey(t *testing.T, pkcs8 bool) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	if pkcs8 {
		block.Type = "PRIVATE KEY"
		if block.Bytes, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
			t.Fatal(err)
		}
	}
	return string(pem.EncodeToMemory(&block))
}

func quoted(value string) string { return `"` + strings.ReplaceAll(value, `"`, `""`) + `"` }

// cell exports, and returns one cell.
func (b bulk) cell(t *testing.T, id, column string) string {
	t.Helper()
	return export(t, b.Server).rows[id][column]
}

func TestExportedSecrets(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	first, second := b.cell(t, "1", "pat"), b.cell(t, "1", "pat")
	if first == "" || first != second || first == b.cell(t, "2", "pat") {
		t.Errorf("encrypted: %q, %q", first, second)
	}
	if got := b.cell(t, "7", "pat"); got != "" {
		t.Errorf("a row without token: %q", got)
	}
	b.faults(t, "export-secrets=fresh")
	if again := b.cell(t, "1", "pat"); again == b.cell(t, "1", "pat") || len(again) != len(first) {
		t.Errorf("fresh: %q", again)
	}
	b.faults(t, "export-secrets=blank")
	if got := b.cell(t, "1", "pat"); got != "" {
		t.Errorf("blank: %q", got)
	}
	b.faults(t, "export-secrets=clear")
	if got := b.cell(t, "1", "pat"); !strings.HasPrefix(got, "sandbox-") {
		t.Errorf("the seed's token: %q", got)
	}
	b.doImport(t, "id\tpat\tpassword\n1\tmade-up-1\tmade-up-2\n")
	put(t, b.Server, "2", `{"pat":"made-up-3"}`).want(t, 200)
	for id, want := range map[string]string{"1": "made-up-1", "2": "made-up-3"} {
		if got := b.cell(t, id, "pat"); got != want {
			t.Errorf("pat of %s: %q", id, got)
		}
	}
	// A secret that is sent back encrypted becomes the new one.
	b.faults(t)
	before, _ := b.Fingerprint(1, "pat")
	b.doImport(t, "id\tpat\n1\t"+b.cell(t, "1", "pat")+"\n")
	after, err := b.Fingerprint(1, "pat")
	if err != nil || before == after {
		t.Errorf("fingerprints: %q, %q, %v", before, after, err)
	}
	b.faults(t, "export-secrets=clear")
	if got := b.cell(t, "1", "pat"); got == "made-up-1" || b.cell(t, "1", "password") != "made-up-2" {
		t.Errorf("what was kept: %q", got)
	}
}

// TestNoSecretsInTheState: also an import that is under way holds fingerprints only.
func TestNoSecretsInTheState(t *testing.T) {
	t.Parallel()
	file, c := stateFile(t), newClock()
	s := start(t, sandbox.Options{StateFile: file, Now: c.now})
	thread := begun(t, postFile(t, s, "id\torigin\tpat\tpassword\n1\t\thunter2-a\thunter2-b\n\thttps://h/x.git\thunter2-c\n"))
	for range 2 {
		data, err := os.ReadFile(file)
		if err != nil || strings.Contains(string(data), "hunter2") {
			t.Errorf("the state holds a secret: %v", err)
		}
		c.advance(time.Minute)
		if !progress(t, s, thread).Finished {
			t.Error("not finished")
		}
	}
}

func TestPrivateKeys(t *testing.T) {
	t.Parallel()
	b, key := startBulk(t), privateKey(t, false)
	if got, err := b.AppKey(); err != nil || b.cell(t, "11", "githubAppPem") != got {
		t.Errorf("the demo's app has another key (%v)", err)
	}
	b.doImport(t, "id\tgithubAppPem\n11\t"+quoted(key)+"\n1\t"+quoted(key)+"\n")
	if b.cell(t, "11", "githubAppPem") != key || b.cell(t, "1", "githubAppPem") != "" {
		t.Error("the key did not come, or another row has one")
	}
	if before, err := b.Fingerprint(11, "githubAppPem"); before == "" || err != nil {
		t.Errorf("fingerprint: %q, %v", before, err)
	}
	b.faults(t, "export-pem=encrypted")
	blob := b.cell(t, "11", "githubAppPem")
	if len(blob) < 2000 || strings.Contains(blob, "BEGIN") || blob != b.cell(t, "11", "githubAppPem") {
		t.Errorf("encrypted: %q", blob)
	}
	b.faults(t, "export-pem=fresh")
	if got := b.cell(t, "11", "githubAppPem"); got == blob || len(got) != len(blob) {
		t.Errorf("fresh: %q", got)
	}
	b.faults(t, "export-pem=blank")
	if got := b.cell(t, "11", "githubAppPem"); got != "" {
		t.Errorf("blank: %q", got)
	}
	b.faults(t, "export-pem=absent")
	if header := export(t, b.Server).header; slices.Contains(header, "githubAppPem") {
		t.Errorf("absent: %v", header)
	}
	b.faults(t, "export-pem=clear", "export-quoting=flat")
	if got := get(t, b.Server, exportPath).body; !strings.Contains(got, "\t"+strings.ReplaceAll(strings.TrimSpace(key), "\n", " ")+"\t") {
		t.Error("the flattened key is not there")
	}
}

func TestPEMChecks(t *testing.T) {
	t.Parallel()
	b, old, newer := startBulk(t), privateKey(t, false), privateKey(t, true)
	for _, tt := range []struct {
		fault, pem string
		taken      bool
	}{
		{"pem-check=parse", old, true},
		{"pem-check=parse", newer, true},
		{"pem-check=parse", "text", false},
		{"pem-check=parse", strings.ReplaceAll(old, "\n", " "), false},
		{"pem-check=pkcs1", newer, false},
		{"pem-check=pkcs1", old, true},
		{"pem-check=none", "text", true},
	} {
		b.faults(t, tt.fault)
		got := b.doImport(t, "id\tgithubAppPem\n11\t"+quoted(tt.pem)+"\n")
		if taken := !strings.HasPrefix(got[len(got)-1], "!java."); taken != tt.taken {
			t.Errorf("%s, %.20q: %v", tt.fault, tt.pem, got)
		}
	}
}

func TestAppColumns(t *testing.T) {
	t.Parallel()
	key := privateKey(t, false)
	for mode, want := range map[string]string{
		"javadoc": "githubAppId githubAppInstallationId githubAppPem githubAppClientId githubAppClientSecret githubAppWebhookSecret githubAppSecret " +
			"githubAppSlug githubAppName githubAppHtmlUrl githubAppOrg githubAppSuspended",
		"prefixed": "ghaId ghaInstallationId ghaPem ghaClientId ghaClientSecret ghaWebhookSecret ghaSecret ghaSlug ghaName ghaHtmlUrl ghaOrg ghaSuspended",
		"odd": "githubAppId githubAppInstallationId githubAppPrivateKey githubAppClientId githubAppClientSecret githubAppWebhookSecret " +
			"githubAppSecret githubAppSlug githubAppName githubAppHtmlUrl githubAppOrg githubAppSuspended",
		"pem-only": "githubAppPem",
		"none":     "",
	} {
		b := startBulk(t, "app-columns="+mode)
		header := export(t, b.Server).header[43:]
		if got := strings.Join(header, " "); got != want {
			t.Errorf("%s: %s", mode, got)
		}
		if mode == "none" {
			continue
		}
		i := slices.IndexFunc(header, func(name string) bool { return strings.Contains(name, "Pem") || strings.Contains(name, "PrivateKey") })
		b.doImport(t, "id\t"+header[i]+"\n11\t"+quoted(key)+"\n")
		if b.cell(t, "11", header[i]) != key {
			t.Errorf("%s: the key did not come", mode)
		}
	}
	b := startBulk(t, "app-type=INVENTED")
	if got := b.cell(t, "11", "integrationType"); got != "INVENTED" {
		t.Errorf("type: %s", got)
	}
	if got := b.doImport(t, "id\torigin\tintegrationType\n\thttps://x\tINVENTED\n"); got[1] != "!A GitHub App cannot be connected by an import" {
		t.Errorf("new app: %v", got)
	}
}

func TestExtraColumns(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "extra-columns", "unknown-column=reject")
	e := export(t, b.Server)
	if got := strings.Join(e.header[55:], " "); got != "folderDepth group lastIndexedDate x-future" {
		t.Errorf("header: %s", got)
	}
	if row := e.rows["7"]; row["folderDepth"] != "2" || row["lastIndexedDate"] == "" || e.rows["3"]["group"] != "platform" {
		t.Errorf("row: %v", row)
	}
	b.doImport(t, "id\tfolderDepth\tx-future\n7\t5\tx\n")
	if got := b.cell(t, "7", "folderDepth"); got != "2" {
		t.Errorf("folderDepth: %s", got)
	}
}

func TestExportQuoting(t *testing.T) {
	t.Parallel()
	b := startBulk(t)
	const format = `x/$convert(${branch},"a","b")`
	b.doImport(t, "id\tbranchLinkFormat\n9\t"+format+"\n")
	for mode, want := range map[string]string{"needed": quoted(format), "all": quoted(format), "raw": format, "flat": format} {
		b.faults(t, "export-quoting="+mode)
		body := get(t, b.Server, exportPath).want(t, 200).body
		if !strings.Contains(body, "\t"+want+"\t") {
			t.Errorf("%s: %s", mode, body)
		}
		if all := strings.Contains(body, "\t\"GITLAB_SERVER\"\t"); all != (mode == "all") {
			t.Errorf("%s: everything is quoted: %t", mode, all)
		}
		b.doImport(t, body) // the sandbox reads what it writes
		if got := b.cell(t, "9", "branchLinkFormat"); mode != "raw" && mode != "flat" && got != format {
			t.Errorf("%s: read back %q", mode, got)
		}
	}
}

func TestExportEncoding(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "export-pem=absent")
	plain := get(t, b.Server, exportPath).body
	crlf := strings.ReplaceAll(plain, "\n", "\r\n")
	for mode, want := range map[string]string{
		"lf": plain, "crlf": crlf, "bom": "\ufeff" + plain, "bom-crlf": "\ufeff" + crlf, "utf-16": wide("\ufeff" + crlf),
	} {
		b.faults(t, "export-pem=absent", "export-encoding="+mode)
		if got := get(t, b.Server, exportPath).body; got != want {
			t.Errorf("%s: %.60q", mode, got)
		}
	}
	for _, mode := range []string{"crlf", "bom", "bom-crlf"} {
		b.faults(t, "export-encoding="+mode)
		for _, m := range b.doImport(t, get(t, b.Server, exportPath).body) {
			if strings.HasPrefix(m, "!") {
				t.Errorf("%s: %s", mode, m)
			}
		}
	}
}

func wide(text string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

func TestExportKnobs(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "export-type=application/octet-stream", "export-booleans=upper", "export-order=reverse", "export-hides=awsRegion")
	got := get(t, b.Server, exportPath).want(t, 200)
	if kind := got.header.Get("Content-Type"); kind != "application/octet-stream" {
		t.Errorf("content type: %s", kind)
	}
	e := readExport(t, got.body)
	if e.order[0] != "12" || e.rows["1"]["disabled"] != "FALSE" || e.rows["10"]["awsRegion"] != "" {
		t.Errorf("row: %v", e.rows["10"])
	}
	for _, m := range b.doImport(t, got.body) {
		if strings.HasPrefix(m, "!") {
			t.Error(m)
		}
	}
	b.faults(t, "export-slow=1h")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	resp, err := newClient().Do(request{path: exportPath}.build(t, b.Server).WithContext(ctx))
	if err == nil {
		_ = resp.Body.Close()
		t.Error("a slow export answers at once")
	}
}

func TestAbsoluteRoot(t *testing.T) {
	t.Parallel()
	for mode, managed := range map[string]string{"documented": "true", "rest": "false"} {
		b := startBulk(t, "absolute-root="+mode)
		if got := b.cell(t, "9", "absoluteRoot"); got != managed {
			t.Errorf("%s: %s", mode, got)
		}
		manual := map[string]string{"true": "false", "false": "true"}[managed]
		b.doImport(t, "id\trealRoot\tabsoluteRoot\n9\t/srv/handbook\t"+manual+"\n")
		get(t, b.Server, repositoryPath).want(t, 200, `"root":"/srv/handbook","realRoot":"/srv/handbook","absoluteRoot":true`)
		b.doImport(t, "id\trealRoot\tabsoluteRoot\n9\tbook\t"+managed+"\n")
		get(t, b.Server, repositoryPath).want(t, 200, `"root":"/var/jira/data/git-plugin/book","realRoot":"book","absoluteRoot":false`)
	}
}

func TestWhatOthersChange(t *testing.T) {
	t.Parallel()
	b := startBulk(t, "moved=2", "drift")
	first := export(t, b.Server)
	if first.rows["2"]["displayName"] != "Acme GitLab" || first.rows["3"]["mainBranch"] != "main" {
		t.Errorf("first export: %v", first.rows["2"])
	}
	second := export(t, b.Server)
	if second.rows["2"]["displayName"] != "Acme GitLab (renamed by somebody else)" || second.rows["3"]["mainBranch"] != "main-2" {
		t.Errorf("second export: %v", second.rows["2"])
	}
	third := export(t, b.Server)
	if third.rows["2"]["displayName"] != second.rows["2"]["displayName"] || third.rows["3"]["mainBranch"] != "main-3" {
		t.Errorf("third export: %v", third.rows["2"])
	}
	b.faults(t, "moved=99")
	for range 3 {
		export(t, b.Server)
	}
}
