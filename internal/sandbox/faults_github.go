package sandbox

import "slices"

// gitHubKnobs are the ways in which GitHub hosts differ or fail, and what GIJ makes of GitHub Apps.
func gitHubKnobs() []knob {
	return slices.Concat(gitHubHostKnobs(), gitHubSignInKnobs(), gitHubAppKnobs(), gitHubNetworkKnobs(), gijAppKnobs())
}

func gitHubHostKnobs() []knob {
	return []knob{
		{name: "github-kind", kind: oneOf, words: []string{"dotcom", "ghes"}, text: "which kind of host GitHub is (an Enterprise Server without this fault): its paths, its rate limits"},
		{name: "github-url", kind: anyText, text: "web root in GitHub's answers, and by it the kind of host, for example https://github.com"},
		{name: "github-no-api", text: "GitHub's host has no /api/v3: 404 with a page"},
		{name: "github-clock", kind: shift, text: "GitHub's clock is off by this much, for example -10m"},
		{name: "github-owner", kind: oneOf, words: []string{"organization", "enterprise"}, text: "who owns an app, in GitHub's answers"},
		{name: "github-count", kind: oneOf, words: []string{"hidden", "shown"}, text: "whether an app's answer has installations_count"},
	}
}

func gitHubSignInKnobs() []knob {
	return []knob{
		{name: "github-signed-out", kind: count, text: "GitHub's pages ask to sign in first; what was posted is lost by that"},
		{name: "github-issuer", kind: oneOf, words: []string{"any", "integer"}, text: "issuer of a JWT: app id or client id, or the app id alone (old Enterprise Servers)"},
		{name: "github-key-lag", kind: count, text: "a key that was deleted goes on working for some requests"},
	}
}

func gitHubAppKnobs() []knob {
	return []knob{
		{name: "github-no-slug", text: "the conversion of a code answers without slug"},
		{name: "github-no-webhook-secret", text: "the conversion of a code answers without a webhook secret"},
		{name: "github-lost-conversion", kind: count, text: "a code is spent, and the connection reset"},
		{name: "github-install-lag", kind: count, text: "a new installation is not in the answers of some reads"},
		{name: "github-approval", text: "an owner of the organization must approve an installation; the page of its requests does it"},
	}
}

func gitHubNetworkKnobs() []knob {
	return []knob{
		{name: "github-waf", kind: count, text: "403 with a page for GitHub's API, as of a proxy"},
		{name: "github-rate", kind: count, text: "403 of GitHub's primary rate limit, with X-RateLimit headers"},
		{name: "github-secondary-rate", kind: count, text: "429 of GitHub's secondary rate limit, with Retry-After"},
		{name: "github-rate-wait", kind: whole, text: "seconds until the two above are over (1 without this fault)"},
		{name: "github-unavailable", kind: count, text: "503 with a page for GitHub's API"},
		{name: "github-drop", kind: count, text: "reset the connection of requests to GitHub's API, which are not done"},
	}
}

// gijAppKnobs are what GIJ makes of GitHub Apps; all of it is [U] in the contract.
func gijAppKnobs() []knob {
	return []knob{
		{name: "app-rest", kind: oneOf, words: []string{"shown", "hidden"}, text: "whether REST shows the keys of a GitHub App's integration that begin with githubApp"},
		{name: "new-app", kind: oneOf, words: []string{"error", "create"}, text: "what an import makes of a GitHub App's row without id"},
		{
			name: "app-suspended", kind: oneOf, words: []string{"shown", "hidden", "told"},
			text: "githubAppSuspended in REST and export, or in neither, or in both as GitHub has it (in the export alone, and always false, without this fault)",
		},
		{
			name: "app-stuck", kind: oneOf, words: []string{"waiting", "not-installed", "removed"},
			text: "one more integration, of a GitHub App that GIJ never indexed: it is installed on GitHub, or is not, or was removed there",
		},
	}
}
