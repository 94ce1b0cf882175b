package githubapp

// What tests outside of the package look at.
var (
	IssuerClaim    = issuerClaim
	ReadConversion = readConversion
)
