package githubapp

import (
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gijctl/gijctl/pkg/secret"
)

const (
	// tokenBack is how far a token is dated back, for a host whose clock is behind. GitHub advises it.
	tokenBack = time.Minute
	// tokenLife is how long a token is good. GitHub takes ten minutes at most, by its own clock: with that a machine whose clock is a
	// second ahead is refused.
	tokenLife = 9 * time.Minute
)

// token signs a new token.
func (a *AppClient) token() (secret.Value, error) {
	if a.key == nil || a.issuer == "" {
		return secret.Value{}, &Error{Kind: KindUsage, Message: "an app signs in with its id and a private key, and one of them is missing", Advice: "give the app's id, and the .pem file that GitHub made"}
	}
	now := a.client.config.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iat": now.Add(-tokenBack).Unix(), "exp": now.Add(tokenLife).Unix(), "iss": issuerClaim(a.client.Host(), a.issuer),
	})
	signed, err := token.SignedString(a.key.Reveal())
	if err != nil {
		return secret.Value{}, &Error{Kind: KindUsage, Message: "sign in as app " + a.issuer + ": its private key cannot sign", Advice: "use the .pem file as GitHub made it", Cause: err}
	}
	return secret.New(signed), nil
}

// issuerClaim is who signs, as a host wants it. GitHub documents the client id, or the app's id as text; GitHub Enterprise Server up
// to 3.13 documents the app's id alone, and older ones are known to refuse others with "must be an Integer". There an id is
// sent as a number, as Octokit does everywhere [inferred: that newer servers take it].
func issuerClaim(h Host, issuer string) any {
	id, err := strconv.ParseInt(issuer, 10, 64)
	if h.Kind() == KindServer && err == nil {
		return id
	}
	return issuer
}
