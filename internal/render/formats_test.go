package render

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func checkSame(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func checkLines(t *testing.T, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		checkVisible(t, line)
	}
}

func parseYAML(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

func TestParseFormat(t *testing.T) {
	t.Parallel()
	plans := append(Formats(), FormatMarkdown)
	tests := []struct {
		in      string
		allowed []Format
		want    Format
		err     string
	}{
		{"table", Formats(), FormatTable, ""},
		{"name", Formats(), FormatName, ""},
		{"markdown", plans, FormatMarkdown, ""},
		{"markdown", Formats(), "", `unknown output format "markdown", choose one of: table, wide, json, yaml, csv, tsv, name`},
		{"", []Format{FormatJSON}, "", `unknown output format "", choose one of: json`},
	}
	for _, test := range tests {
		t.Run(test.in, func(t *testing.T) {
			t.Parallel()
			got, err := ParseFormat(test.in, test.allowed)
			if got != test.want || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
				t.Errorf("got %q, %v; want %q, %s", got, err, test.want, test.err)
			}
		})
	}
}

func TestCheckColumns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		names []string
		want  *ColumnError
		text  string
	}{
		{"none", nil, nil, ""},
		{"known", []string{"id", "DISPLAYNAME", "note"}, nil, ""},
		{
			"unknown",
			[]string{"id", "dispalyName", "price", "typ"},
			&ColumnError{
				Unknown: []string{"dispalyName", "price", "typ"},
				Known:   []string{"id", "type", "displayName", "updated", "note"},
			},
			`unknown columns dispalyName, price, typ; there are: id, type, displayName, updated, note`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := CheckColumns(itemList(), test.names)
			if test.want == nil {
				if err != nil {
					t.Errorf("error %v", err)
				}
				return
			}
			var got *ColumnError
			if !errors.As(err, &got) {
				t.Fatalf("error %v is no ColumnError", err)
			}
			checkSame(t, test.want, got)
			checkSame(t, test.text, got.Error())
		})
	}
}

func TestWriteObject(t *testing.T) {
	t.Parallel()
	tests := map[string]Printer{
		"table":         {Format: FormatTable},
		"wide":          {Format: FormatWide, Terminal: true, Width: 20},
		"color":         {Format: FormatTable, Color: true, Columns: []string{"id", "note"}},
		"no_header":     {Format: FormatTable, NoHeader: true},
		"json":          {Format: FormatJSON},
		"json_terminal": {Format: FormatJSON, Terminal: true},
		"yaml":          {Format: FormatYAML},
		"csv":           {Format: FormatCSV},
		"tsv":           {Format: FormatTSV},
		"name":          {Format: FormatName},
		"markdown":      {Format: FormatMarkdown},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p.Out = &out
			v := items()[1]
			v.Type = ""
			if err := WriteObject(&p, itemList(), v); err != nil {
				t.Fatal(err)
			}
			golden(t, "object_"+name+".golden", out.String())
		})
	}
}

func TestWriteObjectOutFails(t *testing.T) {
	t.Parallel()
	for _, f := range append(Formats(), FormatMarkdown) {
		v := items()[0]
		v.DisplayName = strings.Repeat("x", 2*bufferSize)
		if err := WriteObject(&Printer{Out: fullDisk{}, Format: f}, itemList(), v); !errors.Is(err, errFull) {
			t.Errorf("%s: error %v, want %v", f, err, errFull)
		}
	}
}

func TestShrink(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		natural []int
		fixed   []bool
		limit   int
		want    []int
	}{
		{"fits", []int{5, 10}, []bool{false, false}, 17, []int{5, 10}},
		{"the widest gives way", []int{5, 40, 10}, []bool{false, false, false}, 39, []int{5, 20, 10}},
		{"two share", []int{5, 40, 30}, []bool{false, false, false}, 50, []int{5, 21, 20}},
		{"numbers keep their width", []int{40, 40}, []bool{true, false}, 60, []int{40, 18}},
		{"not less than can be read", []int{40, 40, 3}, []bool{false, false, false}, 10, []int{8, 8, 3}},
		{"only numbers", []int{40}, []bool{true}, 10, []int{40}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			checkSame(t, test.want, shrink(test.natural, test.fixed, test.limit))
		})
	}
}

func TestCSVReadsBack(t *testing.T) {
	t.Parallel()
	l := List[string]{Columns: []Column[string]{{Key: "a", Header: "A", Text: func(v string) string { return v }}}}
	rows := []string{"", "x", "a,b\tc", "line\nbreak", `"`, "\x1b\xff", "", " "}
	for _, f := range []Format{FormatCSV, FormatTSV} {
		var out bytes.Buffer
		if err := WriteList(&Printer{Out: &out, Format: f, NoHeader: true}, l, all(rows)); err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(&out)
		if f == FormatTSV {
			r.Comma = '\t'
		}
		records, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, record := range records {
			got = append(got, record...)
		}
		checkSame(t, rows, got)
	}
}

func TestYAMLKeepsTypesAndOrder(t *testing.T) {
	t.Parallel()
	v := json.RawMessage(`{"z":"yes","a":"12:30","n":null,"t":true,"f":1.50,"i":12345678901234567890,"e":[],"o":{},` +
		`"d":"2026-01-01","s":"","m":"one\ntwo\n","c":"\r\n","num":"007","u":"\ud83d\ude80","bad":"` + "\xff" + `"}`)
	want := `z: "yes"
a: "12:30"
"n": null
t: true
f: 1.50
i: 12345678901234567890
e: []
o: {}
d: "2026-01-01"
s: ""
m: |
  one
  two
c: "\r\n"
num: "007"
u: "\U0001F680"
bad: ` + "\ufffd\n"
	var out bytes.Buffer
	if err := WriteObject(&Printer{Out: &out, Format: FormatYAML}, List[json.RawMessage]{}, v); err != nil {
		t.Fatal(err)
	}
	checkSame(t, want, out.String())
}

func TestYAMLBatches(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, yamlBatch - 1, yamlBatch, yamlBatch + 1, 3 * yamlBatch} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			rows := make([]item, n)
			for i := range rows {
				rows[i].ID = int64(i)
			}
			list, ok := parseYAML(t, []byte(listString(t, Printer{Format: FormatYAML}, rows))).([]any)
			if !ok || len(list) != n {
				t.Fatalf("%d rows came back, want %d", len(list), n)
			}
			if last := list[n-1].(map[string]any)["id"]; last != n-1 {
				t.Errorf("last row is %v, want %d", last, n-1)
			}
		})
	}
}

func TestJSONEscapesWhatATerminalObeys(t *testing.T) {
	t.Parallel()
	v := json.RawMessage("{\"a\":\"\u009b\u202e\x7f\U000e0041\xff<&>東京 👨\u200d👩\"}")
	var out bytes.Buffer
	if err := WriteList(&Printer{Out: &out, Format: FormatJSON}, List[json.RawMessage]{}, all([]json.RawMessage{v})); err != nil {
		t.Fatal(err)
	}
	want := "[\n" + `{"a":"\u009b\u202e\u007f\udb40\udc41\ufffd<&>東京 👨` + "\u200d" + `👩"}` + "\n]\n"
	checkSame(t, want, out.String())
}

func TestKeptColumnsAreNotShortened(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	l := List[string]{Columns: []Column[string]{
		{Key: "type", Header: "TYPE", Keep: true, Text: func(string) string { return "GITLAB_SERVER_LEGACY" }},
		{Key: "origin", Header: "ORIGIN", Text: func(v string) string { return v }},
	}}
	for format, want := range map[Format]string{
		FormatTable: "GITLAB_SERVER_LEGACY  xxxxxxxxxxxxxxxxx…",
		FormatWide:  "GITLAB_SERVER_LEGACY  " + long,
	} {
		var out bytes.Buffer
		p := &Printer{Out: &out, Format: format, Terminal: true, Width: 40, NoHeader: true}
		if err := WriteList(p, l, all([]string{long})); err != nil {
			t.Fatal(err)
		}
		checkSame(t, want, strings.TrimRight(out.String(), "\n"))
	}
}
