package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/pkg/gij"
)

const typeJSON = "application/json"

// apiRequest is what the words of "gijctl api" ask for.
type apiRequest struct {
	gij.RawRequest
	kind string // of the body, "" where there is none
}

// request checks what can be checked without a target.
func (o apiOptions) request(a *app) (apiRequest, error) {
	if err := checkMethod(o.method); err != nil {
		return apiRequest{}, err
	}
	if err := o.checkSources(); err != nil {
		return apiRequest{}, err
	}
	r := apiRequest{RawRequest: gij.RawRequest{Method: o.method, Path: o.path, Header: http.Header{"Accept": {typeJSON + ", */*;q=0.5"}}}}
	if len(o.fields) > 0 && takesQuery(o.method) {
		var err error
		r.Query, err = queryOf(o.fields)
		return r, err
	}
	body, err := o.body(a)
	if err != nil {
		return apiRequest{}, err
	}
	r.setBody(body)
	return r, nil
}

// checkMethod lets pass what is a token. The answer to TRACE is the request itself, with its credential.
func checkMethod(method string) error {
	const tokens = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if method == http.MethodTrace || method == http.MethodConnect {
		return usageError("", "%s is not sent: its answer could show the credential", method)
	}
	if method == "" || strings.Trim(method, tokens) != "" {
		return usageError("the method comes first: gijctl api GET /rest/api/2/myself", "%q is no method that can be sent", method)
	}
	return nil
}

func (o apiOptions) checkSources() error {
	given := 0
	for _, is := range []bool{len(o.fields) > 0, o.input != "", len(o.forms) > 0} {
		if is {
			given++
		}
	}
	if given > 1 {
		return usageError("give one kind of body", "--field, --input and --form exclude each other")
	}
	if given == 1 && len(o.fields) == 0 && (o.method == http.MethodGet || o.method == http.MethodHead) {
		return usageError("parameters are given by: -f key=value", "%s has no body to send", o.method)
	}
	return nil
}

func takesQuery(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodDelete}, method)
}

// pair splits "name=value".
func pair(flag, word string) (name, value string, err error) {
	name, value, found := strings.Cut(word, "=")
	if !found || name == "" {
		return "", "", usageError("type it like: "+flag+" name=value", "%s %q is no name=value", flag, name)
	}
	return name, value, nil
}

func queryOf(fields []string) (url.Values, error) {
	query := url.Values{}
	for _, field := range fields {
		name, value, err := pair("-f", field)
		if err != nil {
			return nil, err
		}
		if query.Has(name) {
			return nil, usageError("write a parameter that is there more than once into PATH: ?a=1&a=2", "-f %s is given twice", name)
		}
		query.Set(name, value)
	}
	return query, nil
}

// apiBody is a body that can be opened, more than once unless it comes from a stream.
type apiBody struct {
	kind string
	size int64 // in bytes, -1 where it is not known
	once bool
	open func() (io.ReadCloser, error)
}

func (o apiOptions) body(a *app) (*apiBody, error) {
	switch {
	case len(o.fields) > 0:
		return fieldsBody(o.fields)
	case len(o.forms) > 0:
		return a.formBody(o.forms)
	case o.input != "":
		b, err := a.fileBody("--input", o.input)
		b.kind = typeJSON
		return &b, err
	}
	return nil, nil
}

// fieldsBody makes a JSON object.
func fieldsBody(fields []string) (*apiBody, error) {
	const hint = "write what is more than names and plain values into a file of JSON: --input FILE"
	object := map[string]any{}
	for _, field := range fields {
		name, value, err := pair("-f", field)
		if err != nil {
			return nil, err
		}
		if _, twice := object[name]; twice {
			return nil, usageError(hint, "-f %s is given twice", name)
		}
		if strings.HasSuffix(name, "[]") {
			return nil, usageError(hint, "-f %s: there are no arrays", name)
		}
		object[name] = fieldValue(value)
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return nil, err
	}
	b := bytesBody(bytes.TrimSuffix(data.Bytes(), []byte("\n")))
	b.kind = typeJSON
	return &b, nil
}

// fieldValue types what can be nothing but a value: a number with a leading zero or a point may be a name.
func fieldValue(text string) any {
	digits := strings.TrimPrefix(text, "-")
	isWhole := digits != "" && strings.Trim(digits, "0123456789") == "" && (digits == "0" || digits[0] != '0')
	switch {
	case text == "true", text == "false":
		return text == "true"
	case text == "null":
		return nil
	case isWhole && text != "-0":
		return json.Number(text)
	}
	return text
}

func bytesBody(data []byte) apiBody {
	return apiBody{size: int64(len(data)), open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }}
}

// fileBody is the content of a file, or of stdin for "-". A pipe has no size, and is read once.
func (a *app) fileBody(flag, name string) (apiBody, error) {
	if name == "-" {
		return apiBody{size: -1, once: true, open: func() (io.ReadCloser, error) { return io.NopCloser(a.streams.In), nil }}, nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return apiBody{}, inputError("give the path of a file, or - for standard input", "%s: there is no file %s", flag, name)
	case err != nil:
		return apiBody{}, inputError("", "%s: %v", flag, err)
	case info.IsDir():
		return apiBody{}, inputError("give the path of a file", "%s: %s is a folder", flag, name)
	}
	b := apiBody{size: info.Size(), open: func() (io.ReadCloser, error) { return os.Open(name) }}
	if !info.Mode().IsRegular() {
		b.size, b.once = -1, true
		return b, nil
	}
	f, err := b.open() // whether it may be read is better known before anything is sent
	if err != nil {
		return apiBody{}, inputError("", "%s: %v", flag, err)
	}
	return b, f.Close()
}

func (r *apiRequest) setBody(b *apiBody) {
	if b == nil {
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			r.Header.Set("Content-Type", typeJSON) // as the vendor's own samples do
		}
		return
	}
	r.kind, _, _ = strings.Cut(b.kind, ";")
	r.Header.Set("Content-Type", b.kind)
	r.Body, r.Length, r.Once = b.open, b.size, b.once
}

// changes reports whether the request is held to change the server.
func (r *apiRequest) changes() bool { return !r.reads() && r.Method != http.MethodOptions }

// reads reports whether the request is one of those that even a dry run lets pass.
func (r *apiRequest) reads() bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

// locate puts the query into the path, and the path into the form that is shown and sent.
func (r *apiRequest) locate(client *gij.Client) error {
	root, err := client.Resolve("/")
	if err != nil {
		return err
	}
	u, err := client.Resolve(r.Path)
	if err != nil {
		return usageError("paths are below "+strings.TrimSuffix(root.String(), "/")+", like /rest/api/2/myself", "%v", err)
	}
	if len(r.Query) > 0 {
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+r.Query.Encode(), "&")
		r.Query = nil
	}
	r.Path = "/" + strings.TrimPrefix(strings.TrimPrefix(u.RequestURI(), strings.TrimSuffix(root.EscapedPath(), "/")), "/")
	return nil
}

func (r *apiRequest) view() apiView {
	v := apiView{Method: r.Method, Path: r.Path, ContentType: r.kind}
	if r.Body != nil && r.Length >= 0 {
		v.Size = &r.Length
	}
	return v
}

// formPart is one part of a form: its text, or a file.
type formPart struct {
	name, file string
	body       apiBody
}

// parseForm reads "name=value", "name=@FILE" and "name=@-".
func (a *app) parseForm(word string) (formPart, error) {
	name, value, err := pair("-F", word)
	if err != nil {
		return formPart{}, err
	}
	file, isFile := strings.CutPrefix(value, "@")
	if !isFile {
		return formPart{name: name, body: bytesBody([]byte(value))}, nil
	}
	body, err := a.fileBody("--form "+strconv.Quote(name), file)
	return formPart{name: name, file: file, body: body}, err
}
