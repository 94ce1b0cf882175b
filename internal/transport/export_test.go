package transport

// What the tests look at without a server.
var (
	RetryAfter = retryAfter
	TracedURL  = tracedURL
	Visible    = visible
)
