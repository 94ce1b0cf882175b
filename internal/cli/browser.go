package cli

import (
	"io"
	"net/url"

	"github.com/pkg/browser"
)

// openBrowser opens a page for a person. Only http and https are opened: the address may come from a server. What the browser
// writes belongs neither among data nor among remarks.
func openBrowser(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return &cliError{code: codeFailed, message: "this is no address of a page: " + address}
	}
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	return browser.OpenURL(u.String())
}
