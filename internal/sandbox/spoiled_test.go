package sandbox_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestLatencyAndSlowBodyArrive(t *testing.T) {
	t.Parallel()
	plain := get(t, demo(t), integrationPath).want(t, 200)
	slow := get(t, demo(t, "latency=1ms", "slow-body=1ms"), integrationPath).want(t, 200)
	if slow.body != plain.body {
		t.Errorf("slow body: %d bytes, want %d", len(slow.body), len(plain.body))
	}
}

func TestSpoiledBodies(t *testing.T) {
	t.Parallel()
	got := get(t, demo(t, "not-json"), integrationPath).want(t, 200, "proxy")
	if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
		t.Errorf("content type: %s", kind)
	}
	if got = get(t, demo(t, "truncate"), integrationPath); got.status != 200 || got.err == nil {
		t.Errorf("truncated: status %d, error %v", got.status, got.err)
	}
	s := demo(t, "extra-keys")
	for _, path := range []string{integrationPath, integrationPath + "/1", integrationPath + "/99"} {
		var object map[string]any
		got := get(t, s, path)
		decode(t, got, &object)
		if !strings.Contains(got.body, "x-futureList") {
			t.Errorf("%s: no unknown key", path)
		}
	}
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	s := demo(t, "hostile-text")
	list := listed(t, s)
	for _, c := range []string{"\x1b[31m", "\x1b]0;", "\r", "\u009b", "\u202e"} {
		if !strings.Contains(list[0].DisplayName, c) {
			t.Errorf("the first name lacks %q", c)
		}
	}
	if strings.Contains(list[1].DisplayName, "\x1b") {
		t.Error("the second name is hostile too")
	}
	get(t, s, integrationPath+"/1").want(t, 200).lacks(t, `\u001b`)
	get(t, s, integrationPath+"/99").want(t, 404, `\u001b`)
}

func TestGzipBomb(t *testing.T) {
	t.Parallel()
	got := get(t, demo(t, "gzip-bomb"), integrationPath).want(t, 200)
	if got.header.Get("Content-Encoding") != "gzip" || len(got.body) > 2<<20 {
		t.Errorf("encoding %q, %d bytes", got.header.Get("Content-Encoding"), len(got.body))
	}
	zip, err := gzip.NewReader(bytes.NewReader([]byte(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	const enough = 48 << 20 // several members; all of them would only be slow
	n, err := io.Copy(io.Discard, io.LimitReader(zip, enough))
	if n != enough || err != nil {
		t.Errorf("expanded: %d bytes, %v", n, err)
	}
}
