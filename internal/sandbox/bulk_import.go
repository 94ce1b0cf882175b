package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// maxImport is the largest upload of a bulk file.
const maxImport = 512 << 20

// The parts of an upload.
const (
	partFile      = "file"
	partConfirmed = "confirmed-delete[]"
)

// upload is the body of an import.
type upload struct {
	file      []byte
	confirmed map[int64]bool
}

// importConfiguration begins an import, or asks which deletions are meant (contract §3). It answers at once.
func (c *call) importConfiguration() answer {
	up, a, ok := c.readUpload()
	if !ok {
		return a
	}
	im := importer{call: c, state: c.state, upload: up}
	if err := im.readRows(); err != nil {
		return c.failed(err)
	}
	if ask := im.toConfirm(); len(ask) > 0 {
		return c.askToDelete(ask)
	}
	var begun *thread
	err := c.s.store.update(func(st *state) error {
		if c.faults.has("import-lock") && st.importing() {
			return problem{text: "Another import is running", advice: "Please wait until it has finished."}
		}
		im.state = st
		begun = im.thread()
		st.begin(begun)
		return nil
	})
	if err != nil {
		return c.failed(err)
	}
	return c.begun(begun)
}

func (st *state) importing() bool {
	for _, t := range st.Threads {
		if !t.Ended {
			return true
		}
	}
	return false
}

// readUpload takes the body apart. What a server answers to a body without the file is [U] in the contract.
func (c *call) readUpload() (upload, answer, bool) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return upload{}, jiraMessage(http.StatusUnsupportedMediaType, "HTTP 415 Unsupported Media Type"), false
	}
	up := upload{confirmed: map[int64]bool{}}
	var ids []string
	parts := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return upload{}, textAnswer(http.StatusBadRequest, "cannot read the multipart body"), false
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return upload{}, textAnswer(http.StatusBadRequest, "cannot read the multipart body"), false
		}
		switch part.FormName() {
		case partFile:
			up.file = append([]byte{}, content...)
		case partConfirmed:
			ids = append(ids, string(content))
		}
	}
	if up.file == nil {
		return upload{}, c.failed(problem{text: "File is required", advice: "Please provide a file with the repository configuration."}), false
	}
	up.confirm(ids, c.faults.value("confirm-ids"))
	return up, answer{}, true
}

// confirm reads the confirmed ids: one in each part as the vendor's script sends them, and separated by commas as the page
// says. Which of the two a server takes is [U] in the contract.
func (up *upload) confirm(parts []string, mode string) {
	if mode == "comma" && len(parts) > 1 {
		parts = parts[:1]
	}
	for _, part := range parts {
		ids := []string{part}
		if mode != "repeated" {
			ids = strings.Split(part, ",")
		}
		for _, text := range ids {
			if id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
				up.confirmed[id] = true
			}
		}
	}
}

// writeSuccess writes the key that says false also where all is well: both of the vendor's samples of an import do.
func (c *call) writeSuccess(o *object) {
	switch c.faults.value("import-success") {
	case "true":
		o.bool("success", true)
	case "string":
		o.str("success", "true")
	default:
		o.bool("success", false)
	}
}

func (c *call) askToDelete(rows []*row) answer {
	var o object
	o.begin()
	c.writeSuccess(&o)
	o.key("reposToDelete")
	o.buf = append(o.buf, '[')
	for i, r := range rows {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.begin()
		o.int("id", r.ID)
		o.str("description", r.DisplayName)
		o.end()
	}
	o.buf = append(o.buf, ']')
	o.comma = true
	c.extras(&o)
	o.end()
	return jsonAnswer(http.StatusOK, o.buf)
}

func (c *call) begun(t *thread) answer {
	var o object
	o.begin()
	c.writeSuccess(&o)
	o.int("threadId", t.ID)
	c.extras(&o)
	o.end()
	a := jsonAnswer(http.StatusOK, o.buf)
	if t.Node != "" {
		a.cookies = []string{routeCookie + "=" + t.Node + "; Path=/"}
	}
	return a
}
