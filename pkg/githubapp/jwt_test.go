package githubapp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gijctl/gijctl/pkg/githubapp"
)

// tokenOf checks the signature of a request's token, and returns its claims.
func tokenOf(t *testing.T, r *http.Request) jwt.MapClaims {
	t.Helper()
	text, has := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithTimeFunc(noon), jwt.WithIssuedAt()).ParseWithClaims(text, claims, func(*jwt.Token) (any, error) {
		return sharedKey(t).Reveal().Public(), nil
	})
	if err != nil || !has {
		t.Errorf("the token: %v", err)
	}
	return claims
}

func TestToken(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string]any{"884213": float64(884213), "Iv23liFixture": "Iv23liFixture"} {
		f := startHost(t, func(w http.ResponseWriter, r *http.Request) {
			claims := tokenOf(t, r)
			if claims["iss"] != want || claims["iat"] != float64(noon().Unix()-60) || claims["exp"] != float64(noon().Unix()+540) || len(claims) != 3 {
				t.Errorf("claims are %v", claims)
			}
			say(200, `{"id":884213,"slug":"a"}`)(w, r)
		})
		if _, err := f.client(t).As(issuer, sharedKey(t)).Get(t.Context()); err != nil {
			t.Error(err)
		}
	}
	wantError(t, signInWithoutKey(t), githubapp.KindUsage, "private key")
}

func signInWithoutKey(t *testing.T) error {
	t.Helper()
	f := startHost(t, say(200, `{"id":1}`))
	_, err := f.client(t).As("884213", nil).Get(t.Context())
	return err
}

func TestIssuer(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]any{"": "884213", "https://acme.ghe.com": "884213", "https://github.example.com": int64(884213)} {
		h, err := githubapp.ParseHost(host)
		if err != nil {
			t.Fatal(err)
		}
		if got := githubapp.IssuerClaim(h, "884213"); got != want {
			t.Errorf("%s: %#v, want %#v", h, got, want)
		}
	}
}

// TestTokenStaysAtHome: redirects and next pages of elsewhere never see it.
func TestTokenStaysAtHome(t *testing.T) {
	t.Parallel()
	elsewhere := startHost(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("asked for %s with %v", r.URL, r.Header) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		f := startHost(t, say(status, "", "Location", elsewhere.URL+"/api/v3/app"))
		_, err := f.app(t).Get(t.Context())
		wantError(t, err, githubapp.KindFailed, "sends on to another address")
	}
	f := startHost(t, say(200, "[]", "Link", `<`+elsewhere.URL+`/api/v3/x?page=2>; rel="next"`))
	_, err := f.app(t).Installations(t.Context())
	wantError(t, err, githubapp.KindFailed, "on another host, which was not asked")
}

func TestClockSkew(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		skew time.Duration
		want string
	}{
		"ahead":         {4 * time.Minute, "this machine's clock is 4 minutes ahead of 127.0.0.1"},
		"a little":      {70 * time.Second, "70 seconds ahead of"},
		"behind":        {-12 * time.Minute, "12 minutes behind 127.0.0.1"},
		"hours":         {-3 * time.Hour, "3 hours behind"},
		"years":         {-400 * 24 * time.Hour, "400 days behind"},
		"not the cause": {-3 * time.Minute, "does not accept the key SHA256:"},
		"right":         {0, "do not belong together"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startHost(t, say(401, `{"message":"A JSON web token could not be decoded"}`))
			c := f.config(t)
			c.Now = func() time.Time { return noon().Add(tt.skew) }
			_, err := newClient(t, c).As("884213", sharedKey(t)).Get(t.Context())
			wantError(t, err, githubapp.KindAuth, tt.want, "could not be decoded")
		})
	}
}
