package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	typeGitHub = "application/json; charset=utf-8"
	// gitHubVersion is the version of the REST API that is answered.
	gitHubVersion = "2022-11-28"
)

// fields is a JSON object of GitHub's, whose keys have no order.
type fields = map[string]any

// refusal is an error answer of GitHub's.
type refusal struct {
	status  int
	message string
	docs    string // path of the documentation
	errors  []fields
}

func (r refusal) Error() string { return r.message }

func missing() refusal {
	return refusal{status: http.StatusNotFound, message: "Not Found", docs: "/rest"}
}

func invalid(message string) refusal {
	return refusal{status: http.StatusUnprocessableEntity, message: message, docs: "/rest"}
}

// refused writes an error: JSON below the API, a page elsewhere.
func (c *gitHubCall) refused(r refusal) answer {
	if !c.isAPI() {
		if r.status == http.StatusNotFound {
			return htmlAnswer(r.status, gitHubNotFoundPage())
		}
		return c.page(r.status, "Error", `<div class="flash-error" role="alert">`+html.EscapeString(r.message)+"</div>")
	}
	docs := "https://docs.github.com"
	if !c.isDotcom() {
		docs += "/enterprise-server@3.19"
	}
	if r.docs == "" {
		r.docs = "/rest"
	}
	body := fields{"message": r.message, "documentation_url": docs + r.docs, "status": strconv.Itoa(r.status)}
	if r.errors != nil {
		body["errors"] = r.errors
	}
	return gitHubAnswer(r.status, body)
}

func gitHubAnswer(status int, v any) answer {
	body, err := json.Marshal(v)
	if err != nil {
		return textAnswer(http.StatusInternalServerError, err.Error())
	}
	return answer{status: status, contentType: typeGitHub, body: body}
}

// nothing is the answer without a body.
func nothing() (answer, error) { return answer{status: http.StatusNoContent}, nil }

// ok is the answer with a body.
func ok(v any) (answer, error) { return gitHubAnswer(http.StatusOK, v), nil }

// moment writes a time as GitHub does.
func moment(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString([]byte(kind+strconv.FormatInt(id, 10)))
}

// Sizes of pages of a list.
const (
	pageSize = 30
	pageMost = 100
)

// paged returns the part of a list that the query asks for, with the Link header that leads to the others.
func (c *gitHubCall) paged(all []fields) ([]fields, map[string]string) {
	query := c.r.URL.Query()
	size, page := pageSize, 1
	if n, err := strconv.Atoi(query.Get("per_page")); err == nil && n > 0 {
		size = min(n, pageMost)
	}
	if n, err := strconv.Atoi(query.Get("page")); err == nil && n > 0 {
		page = n
	}
	last := max(1, (len(all)+size-1)/size)
	var links []string
	add := func(rel string, to int) {
		query.Set("page", strconv.Itoa(to))
		links = append(links, "<http://"+c.r.Host+c.pathAsSent()+"?"+query.Encode()+`>; rel="`+rel+`"`)
	}
	if page > 1 {
		add("prev", page-1)
		add("first", 1)
	}
	if page < last {
		add("next", page+1)
		add("last", last)
	}
	from := min((page-1)*size, len(all))
	part := append([]fields{}, all[from:min(from+size, len(all))]...)
	if links == nil {
		return part, nil
	}
	return part, map[string]string{"Link": strings.Join(links, ", ")}
}

// pathAsSent is the path before [Server.handleGitHub] put the API's before it.
func (c *gitHubCall) pathAsSent() string {
	path, _, _ := strings.Cut(c.r.RequestURI, "?")
	return path
}

func (c *gitHubCall) list(all []fields) (answer, error) {
	part, header := c.paged(all)
	a := gitHubAnswer(http.StatusOK, part)
	a.header = header
	return a, nil
}

// readBody decodes a JSON body, which may be missing.
func (c *gitHubCall) readBody(into any) error {
	if len(c.body) == 0 {
		return nil
	}
	if json.Unmarshal(c.body, into) != nil {
		return refusal{status: http.StatusBadRequest, message: "Problems parsing JSON", docs: "/rest"}
	}
	return nil
}
