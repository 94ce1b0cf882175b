package cli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gijctl/gijctl/internal/atomicfile"
	"github.com/gijctl/gijctl/internal/plan"
	"github.com/gijctl/gijctl/internal/render"
)

// report writes the files of --report and --report-junit. why is what ended the command early, or kept it from sending anything;
// nil for neither.
func (r *bulkRun) report(job bulkJob, result plan.BulkResult, why error) error {
	if job.flags.report == "" && job.flags.junit == "" {
		return nil
	}
	v := viewBulkResult(r.plan, result, r.isMade())
	if why != nil {
		v.Messages = append([]string{explain(why).Message}, v.Messages...)
	}
	return errors.Join(
		writeReport(job.flags.report, v, reportJSON),
		writeReport(job.flags.junit, v, func(v bulkResultView) ([]byte, error) { return reportJUnit(job.verb, v) }),
	)
}

func writeReport(path string, v bulkResultView, encode func(bulkResultView) ([]byte, error)) error {
	if path == "" {
		return nil
	}
	data, err := encode(v)
	if err == nil {
		err = atomicfile.Write(path, data)
	}
	if err != nil {
		return fmt.Errorf("the report was not written: %w", err)
	}
	return nil
}

func reportJSON(v bulkResultView) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// The parts of JUnit's XML that CI systems read.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Suite   junitSuite
	}
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
		Err      string      `xml:"system-err,omitempty"`
	}
	junitCase struct {
		Class   string       `xml:"classname,attr"`
		Name    string       `xml:"name,attr"`
		Failure *junitReason `xml:"failure"`
		Error   *junitReason `xml:"error"`
		Skipped *junitReason `xml:"skipped"`
	}
	junitReason struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr,omitempty"`
	}
)

// reportJUnit has a test case for each row that was to change, and a failed one for what a restore cannot bring back.
func reportJUnit(verb string, v bulkResultView) ([]byte, error) {
	suite := junitSuite{Name: "gijctl bulk " + verb, Tests: len(v.Rows) + len(v.Losses), Failures: len(v.Losses), Err: render.Visible(strings.Join(v.Messages, "; "))}
	for _, row := range v.Rows {
		c := junitCase{Class: "gijctl.bulk." + verb, Name: render.Visible(junitName(row))}
		reason := &junitReason{Type: string(row.Result), Message: render.Visible(row.Message)}
		switch row.Result {
		case plan.OutcomeVerified, plan.OutcomeUnchanged:
		case plan.OutcomeFailed:
			c.Failure = reason
			suite.Failures++
		case plan.OutcomeNotStarted:
			c.Skipped = &junitReason{Message: reason.Message}
			suite.Skipped++
		case plan.OutcomeUnverified, plan.OutcomeUnknown:
			c.Error = reason
			suite.Errors++
		}
		suite.Cases = append(suite.Cases, c)
	}
	for _, l := range v.Losses {
		name := strings.TrimSpace(rowTitle(l.ID, l.DisplayName) + " " + l.Column)
		suite.Cases = append(suite.Cases, junitCase{
			Class: "gijctl.bulk." + verb, Name: render.Visible("cannot come back: " + name),
			Failure: &junitReason{Type: "loss", Message: render.Visible(l.Reason)},
		})
	}
	data, err := xml.MarshalIndent(junitSuites{Suite: suite}, "", "  ")
	return append([]byte(xml.Header), append(data, '\n')...), err
}

// junitName names a row as "line 12: update 34 acme/web".
func junitName(row bulkRowView) string {
	var parts []string
	if row.Line != 0 {
		parts = append(parts, fmt.Sprintf("line %d:", row.Line))
	}
	parts = append(parts, string(row.Action))
	if row.ID != 0 {
		parts = append(parts, strconv.FormatInt(row.ID, 10))
	}
	if name := row.name(); name != "" {
		parts = append(parts, name)
	}
	return strings.Join(parts, " ")
}
