package transport_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/gijctl/gijctl/internal/transport"
)

func askedForAList() *url.URL {
	return &url.URL{Scheme: "https", Host: "api.test", Path: "/app/installations", RawQuery: "per_page=100"}
}

func TestNextPage(t *testing.T) {
	t.Parallel()
	const elsewhere = "elsewhere"
	for link, want := range map[string]string{
		"": "",
		`<https://api.test/a?page=2>; rel="next", <https://api.test/a?page=9>; rel="last"`: "https://api.test/a?page=2",
		`<https://api.test/a?page=1>; rel="prev", </b?x=1,2>; rel="next"`:                  "https://api.test/b?x=1,2",
		`<?page=2>; rel="next"`:                    "https://api.test/app/installations?page=2",
		`<https://API.test:443/a>; rel="next"`:     "https://API.test:443/a",
		`<https://api.test/a?page=1>; rel="first"`: "",
		`<https://api.test/a`:                      "",
		`<http://api.test/a>; rel="next"`:          elsewhere,
		`<//other.test/a>; rel="next"`:             elsewhere,
		`<https://api.test:8443/a>; rel="next"`:    elsewhere,
		`<%zz>; rel="next"`:                        elsewhere,
	} {
		next, err := transport.NextPage(askedForAList(), http.Header{"Link": {link}})
		got := ""
		if next != nil {
			got = next.String()
		}
		if errors.Is(err, transport.ErrElsewhere) {
			got = elsewhere
		}
		if got != want {
			t.Errorf("%s: got %q, %v; want %q", link, got, err, want)
		}
	}
	two := http.Header{"Link": {`<?page=1>; rel="prev"`, `<?page=3>; rel="next"`}}
	if next, err := transport.NextPage(askedForAList(), two); err != nil || next == nil || next.RawQuery != "page=3" {
		t.Errorf("two headers: %v, %v", next, err)
	}
}

func FuzzNextPage(f *testing.F) {
	f.Add(`<https://elsewhere.test/>; rel="next"`)
	f.Add(`<?page=2>; rel="prev", <//api.test/a?page=3>; rel="next"`)
	f.Fuzz(func(t *testing.T, link string) {
		next, err := transport.NextPage(askedForAList(), http.Header{"Link": {link}})
		if next != nil && (err != nil || !transport.SameOrigin(next, askedForAList())) {
			t.Errorf("%q leads to %s", link, next)
		}
	})
}
