package render

import (
	"bufio"
	"io"
	"strconv"
)

// Error is what a failed command says on stderr. Its JSON form is a contract.
type Error struct {
	Code     string   `json:"code"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
	Help     string   `json:"help,omitempty"`   // the address of a page about the code
	Status   int      `json:"status,omitempty"` // the HTTP status, if there was one
	Details  []Detail `json:"details,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

// Detail is one of several problems: a place in a file, or one item of many.
type Detail struct {
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"` // the character, as an editor counts
	Severity string `json:"severity,omitempty"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message,omitempty"`
	Remedy   string `json:"remedy,omitempty"`
	ID       int64  `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
}

// WriteError writes e: as one JSON object on one line for [FormatJSON], else as text. In text the details come first, as
// FILE:LINE:COL: SEVERITY CODE: message; remedy
// or, for an item, as
// ID NAME: message; remedy
// then the message, the hint, and the page that says more. Text has no warnings: each was written when it arose.
func WriteError(w io.Writer, f Format, e Error) error {
	out := bufio.NewWriter(w)
	if f == FormatJSON {
		return finish(out, writeErrorJSON(out, e))
	}
	return finish(out, writeErrorText(out, e))
}

func writeErrorText(out *bufio.Writer, e Error) error {
	lines := make([]string, 0, len(e.Details)+2)
	for _, d := range e.Details {
		lines = append(lines, d.Text())
	}
	lines = append(lines, "gijctl: "+e.Message)
	if e.Hint != "" {
		lines = append(lines, "hint: "+e.Hint)
	}
	if e.Help != "" {
		lines = append(lines, "see: "+e.Help)
	}
	for _, line := range lines {
		if err := writeLine(out, Visible(line)); err != nil {
			return err
		}
	}
	return nil
}

func writeErrorJSON(out *bufio.Writer, e Error) error {
	raw, err := newJSONEncoder().encode(struct {
		Error Error `json:"error"`
	}{e})
	if err != nil {
		return err
	}
	return writeLine(out, string(raw))
}

// Text returns the detail as people read it: FILE:LINE:COL: SEVERITY CODE: message; remedy.
func (d Detail) Text() string {
	text := d.subject() + d.Message
	if d.Remedy != "" {
		text += "; " + d.Remedy
	}
	return text
}

// subject is what stands before the message, with its colon.
func (d Detail) subject() string {
	if d.File == "" && (d.ID != 0 || d.Name != "") {
		return d.item() + ": "
	}
	kind := d.Severity
	if kind == "" {
		kind = "error"
	}
	if d.Code != "" {
		kind += " " + d.Code
	}
	return d.place() + kind + ": "
}

func (d Detail) item() string {
	if d.ID == 0 {
		return d.Name
	}
	id := strconv.FormatInt(d.ID, 10)
	if d.Name == "" {
		return id
	}
	return id + " " + d.Name
}

func (d Detail) place() string {
	place := d.File
	if d.Line > 0 {
		place += ":" + strconv.Itoa(d.Line)
		if d.Column > 0 {
			place += ":" + strconv.Itoa(d.Column)
		}
	}
	if place == "" {
		return ""
	}
	return place + ": "
}
