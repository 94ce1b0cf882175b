package render

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

func TestWriteListGolden(t *testing.T) {
	t.Parallel()
	tests := map[string]Printer{
		"table_pipe":             {Format: FormatTable},
		"table_terminal":         {Format: FormatTable, Terminal: true, Width: 80},
		"table_terminal_color":   {Format: FormatTable, Terminal: true, Color: true},
		"table_terminal_narrow":  {Format: FormatTable, Terminal: true, Width: 36},
		"table_no_header":        {Format: FormatTable, NoHeader: true},
		"table_columns":          {Format: FormatTable, Columns: []string{"NOTE", "displayname", "id"}},
		"table_columns_terminal": {Format: FormatTable, Columns: []string{"NOTE", "displayname", "id"}, Terminal: true},
		"wide_pipe":              {Format: FormatWide},
		"wide_terminal":          {Format: FormatWide, Terminal: true, Width: 200},
		"json_pipe":              {Format: FormatJSON},
		"json_terminal":          {Format: FormatJSON, Terminal: true},
		"yaml":                   {Format: FormatYAML},
		"csv_pipe":               {Format: FormatCSV, Columns: []string{"id", "displayName", "updated", "note"}},
		"csv_terminal":           {Format: FormatCSV, Terminal: true},
		"tsv_pipe":               {Format: FormatTSV},
		"tsv_no_header":          {Format: FormatTSV, NoHeader: true, Terminal: true},
		"name":                   {Format: FormatName},
		"markdown":               {Format: FormatMarkdown, Columns: []string{"id", "displayName", "note"}},
		"markdown_no_header":     {Format: FormatMarkdown, NoHeader: true},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p.Terminal && p.Width > 0 && twwidth.IsEastAsian() {
				t.Skip("this environment says that its terminal shows … wide")
			}
			golden(t, "list_"+name+".golden", listString(t, p, items()))
		})
	}
}

func TestWriteListEmpty(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		p              Printer
		stdout, stderr string
	}{
		{"table", Printer{Format: FormatTable}, "", "no integrations\n"},
		{"wide", Printer{Format: FormatWide, Terminal: true}, "", "no integrations\n"},
		{"quiet", Printer{Format: FormatTable, Quiet: true}, "", ""},
		{"json", Printer{Format: FormatJSON}, "[]\n", ""},
		{"json terminal", Printer{Format: FormatJSON, Terminal: true}, "[]\n", ""},
		{"yaml", Printer{Format: FormatYAML}, "[]\n", ""},
		{"csv", Printer{Format: FormatCSV}, "id,type,displayName\n", ""},
		{"csv no header", Printer{Format: FormatCSV, NoHeader: true}, "", ""},
		{"tsv", Printer{Format: FormatTSV}, "id\ttype\tdisplayName\n", ""},
		{"name", Printer{Format: FormatName}, "", ""},
		{"markdown", Printer{Format: FormatMarkdown}, "| ID | TYPE | NAME |\n| ---: | --- | --- |\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out, stderr bytes.Buffer
			test.p.Out, test.p.Err = &out, &stderr
			if err := WriteList(&test.p, itemList(), all[item](nil)); err != nil {
				t.Fatal(err)
			}
			if out.String() != test.stdout || stderr.String() != test.stderr {
				t.Errorf("stdout %q, stderr %q; want %q, %q", out.String(), stderr.String(), test.stdout, test.stderr)
			}
		})
	}
}

func TestWriteListFailsBeforeFirstRow(t *testing.T) {
	t.Parallel()
	for _, f := range append(Formats(), FormatMarkdown) {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			var out, stderr bytes.Buffer
			p := Printer{Out: &out, Err: &stderr, Format: f}
			if err := WriteList(&p, itemList(), failAfter(0)); err != errServer {
				t.Errorf("error %v, want the one of the rows as it is", err)
			}
			if out.Len()+stderr.Len() > 0 {
				t.Errorf("stdout %q, stderr %q, want nothing", out.String(), stderr.String())
			}
		})
	}
}

func TestWriteListFailsLater(t *testing.T) {
	t.Parallel()
	want := map[Format]string{
		FormatTable: "",
		FormatJSON:  `[` + "\n" + `{"id":0,"type":"T","displayName":"n0"},` + "\n" + `{"id":1,"type":"T","displayName":"n1"}`,
		FormatCSV:   "id,type,displayName\n0,T,n0\n1,T,n1\n",
		FormatName:  "integration/n0\nintegration/n1\n",
	}
	for f, text := range want {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := WriteList(&Printer{Out: &out, Format: f}, itemList(), failAfter(2)); err != errServer {
				t.Errorf("error %v", err)
			}
			if out.String() != text {
				t.Errorf("got %q, want %q", out.String(), text)
			}
		})
	}
}

func TestWriteListStopsWhenOutFails(t *testing.T) {
	t.Parallel()
	for _, f := range append(Formats(), FormatMarkdown) {
		for _, terminal := range []bool{false, true} {
			t.Run(fmt.Sprint(f, terminal), func(t *testing.T) {
				t.Parallel()
				asked := 0
				rows := func(yield func(item, error) bool) {
					for asked < 20_000 {
						asked++
						if !yield(items()[asked%3], nil) {
							return
						}
					}
				}
				err := WriteList(&Printer{Out: fullDisk{}, Format: f, Terminal: terminal}, itemList(), rows)
				if !errors.Is(err, errFull) {
					t.Errorf("error %v, want %v", err, errFull)
				}
				if held := f == FormatTable || f == FormatWide; !held && asked > 5_000 {
					t.Errorf("asked for %d rows after the pipe was gone", asked)
				}
			})
		}
	}
}

func TestWriteListFewRowsOutFails(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{false, true} {
		err := WriteList(&Printer{Out: fullDisk{}, Format: FormatTable, Terminal: terminal}, itemList(), all(items()))
		if !errors.Is(err, errFull) {
			t.Errorf("terminal %v: error %v, want %v", terminal, err, errFull)
		}
	}
}

func TestWriteListRefuses(t *testing.T) {
	t.Parallel()
	noNames := itemList()
	noNames.Name = nil
	tests := []struct {
		name string
		l    List[item]
		p    Printer
		want string
	}{
		{"unknown format", itemList(), Printer{Format: "xml"}, `unknown output format "xml"`},
		{"unknown column", itemList(), Printer{Columns: []string{"nope"}}, `unknown column nope`},
		{"no names", noNames, Printer{Format: FormatName}, "has no names"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rows := func(func(item, error) bool) { t.Error("asked for rows") }
			err := WriteList(&test.p, test.l, rows)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if err := WriteObject(&test.p, test.l, item{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("object: error %v, want %q", err, test.want)
			}
		})
	}
}

func TestWriteListRowThatCannotBeEncoded(t *testing.T) {
	t.Parallel()
	l := List[any]{Columns: []Column[any]{{Key: "a", Header: "A", Text: func(any) string { return "a" }}}}
	query := queryFunc(func(v any) (any, error) { return v, nil })
	for _, p := range []Printer{{Format: FormatJSON}, {Format: FormatYAML}, {Format: FormatJSON, Query: query}} {
		var out bytes.Buffer
		p.Out = &out
		if err := WriteList(&p, l, all([]any{func() {}})); err == nil || !strings.Contains(err.Error(), "encode JSON") {
			t.Errorf("%s: error %v", p.Format, err)
		}
		if err := WriteObject(&p, l, any(func() {})); err == nil || !strings.Contains(err.Error(), "encode JSON") {
			t.Errorf("%s object: error %v", p.Format, err)
		}
		if out.Len() > 0 {
			t.Errorf("%s: wrote %q", p.Format, out.String())
		}
	}
}

func TestLongTableIsPlainAlsoOnATerminal(t *testing.T) {
	t.Parallel()
	rows := make([]item, maxTerminalRows+1)
	for i := range rows {
		rows[i] = items()[i%3]
	}
	p := Printer{Format: FormatTable, Terminal: true, Width: 36}
	long := strings.SplitAfter(listString(t, p, rows), "\n")
	short := strings.SplitAfter(listString(t, p, rows[:3]), "\n")
	for i := range 4 {
		if long[i] != short[i] {
			t.Errorf("line %d: long table %q, short table %q", i, long[i], short[i])
		}
	}
}
