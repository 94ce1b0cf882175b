package transport

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// ErrElsewhere means that the next page of a list is said to be on another origin. It is not asked: credentials are not for it.
var ErrElsewhere = errors.New("the next page of its list is on another host, which was not asked")

// NextPage returns where the header Link of an answer says that the next page of a list is, nil for the last page. See RFC 8288.
func NextPage(asked *url.URL, answer http.Header) (*url.URL, error) {
	rest, found := strings.Join(answer.Values("Link"), ","), true
	for found {
		var target, parameters string
		_, rest, _ = strings.Cut(rest, "<")
		target, rest, found = strings.Cut(rest, ">")
		parameters, _, _ = strings.Cut(rest, "<")
		if !strings.Contains(parameters, `rel="next"`) {
			continue
		}
		next, err := asked.Parse(target)
		if err != nil || !SameOrigin(asked, next) {
			return nil, ErrElsewhere
		}
		return next, nil
	}
	return nil, nil
}
