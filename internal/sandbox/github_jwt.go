package sandbox

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
)

// mostJWT is how far in the future, in seconds, a JWT may end.
const mostJWT = 600

// claims are those of an app's JWT, each as it was written.
type claims struct {
	Issuer  json.RawMessage `json:"iss"`
	Issued  json.RawMessage `json:"iat"`
	Expires json.RawMessage `json:"exp"`
}

func unauthorized(message string) refusal {
	return refusal{status: http.StatusUnauthorized, message: message, docs: "/rest"}
}

// signIn checks the JWT of an app: RS256 by one of its keys, and GitHub's rules of time. The words of the refusals are GitHub's, as
// users quote them.
func (c *gitHubCall) signIn() error {
	garbage := unauthorized("A JSON web token could not be decoded")
	parts := strings.Split(c.bearer(), ".")
	if len(parts) != 3 {
		return garbage
	}
	var head struct{ Alg string }
	var said claims
	if !decodePart(parts[0], &head) || head.Alg != "RS256" || !decodePart(parts[1], &said) {
		return garbage
	}
	if err := c.checkTimes(said); err != nil {
		return err
	}
	app, err := c.issuer(said.Issuer)
	if err != nil {
		return err
	}
	if !c.isSignedBy(app, parts) {
		return garbage // also of a key that belongs to another app
	}
	c.app = app
	return nil
}

// bearer returns the credential. GitHub takes "token" as well.
func (c *gitHubCall) bearer() string {
	scheme, value, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "token") {
		return ""
	}
	return strings.TrimSpace(value)
}

func decodePart(part string, into any) bool {
	data, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(data, into) == nil
}

// wholeNumber reads a claim that is a number without a fraction.
func wholeNumber(claim json.RawMessage) (int64, bool) {
	var n float64
	if len(claim) == 0 || json.Unmarshal(claim, &n) != nil || n != math.Trunc(n) {
		return 0, false
	}
	return int64(n), true
}

func (c *gitHubCall) checkTimes(said claims) error {
	now := c.now().Unix()
	expires, is := wholeNumber(said.Expires)
	switch {
	case !is || expires <= now:
		return unauthorized("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	case expires > now+mostJWT:
		return unauthorized("'Expiration time' claim ('exp') is too far in the future")
	}
	if issued, is := wholeNumber(said.Issued); !is || issued > now {
		return unauthorized("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	}
	return nil
}

// issuer finds the app that an issuer names: by its id, as a number or a text, or by its client id.
func (c *gitHubCall) issuer(claim json.RawMessage) (*hostedApp, error) {
	var word string
	isText := json.Unmarshal(claim, &word) == nil && len(claim) > 0
	if !isText {
		n, isNumber := wholeNumber(claim)
		if !isNumber {
			return nil, unauthorized("Missing 'issuer' claim ('iss')")
		}
		word = strconv.FormatInt(n, 10)
	}
	_, notID := strconv.ParseInt(word, 10, 64)
	if c.faults.value("github-issuer") == "integer" && notID != nil { // digits in quotes are taken: widespread clients send them
		return nil, unauthorized("'Issuer' claim ('iss') must be an Integer")
	}
	app := c.gh.app(func(a *hostedApp) bool { return word == strconv.FormatInt(a.ID, 10) || word == a.ClientID })
	if app == nil {
		return nil, refusal{status: http.StatusNotFound, message: "Integration not found", docs: "/rest"}
	}
	return app, nil
}

// isSignedBy reports whether one of the app's keys made the signature.
func (c *gitHubCall) isSignedBy(app *hostedApp, parts []string) bool {
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	for _, key := range app.Keys {
		parsed, err := x509.ParsePKIXPublicKey(key.Public)
		public, isRSA := parsed.(*rsa.PublicKey)
		if err != nil || !isRSA || rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) != nil {
			continue
		}
		return !key.Deleted || c.faults.take("github-key-lag")
	}
	return false
}

// asApp wraps what an app does with its JWT.
func asApp(do gitHubDo) gitHubDo {
	return func(c *gitHubCall) (answer, error) {
		if err := c.signIn(); err != nil {
			return answer{}, err
		}
		return do(c)
	}
}
