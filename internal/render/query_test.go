package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestQueryResult(t *testing.T) {
	t.Parallel()
	object := map[string]any{"id": 7.0, "name": "a\u202e"}
	tests := []struct {
		name   string
		p      Printer
		result any
		want   string
		err    error
	}{
		{"json list", Printer{Format: FormatJSON}, []any{object, nil, 1.5}, "[\n" + `{"id":7,"name":"a\u202e"},` + "\nnull,\n1.5\n]\n", nil},
		{"json list, terminal", Printer{Format: FormatJSON, Terminal: true}, []any{1.0, "b"}, "[\n  1,\n  \"b\"\n]\n", nil},
		{"json empty list", Printer{Format: FormatJSON}, []any{}, "[]\n", nil},
		{"json object", Printer{Format: FormatJSON}, map[string]any{"id": 7.0}, "{\n  \"id\": 7\n}\n", nil},
		{"json string", Printer{Format: FormatJSON}, "x", "\"x\"\n", nil},
		{"json null", Printer{Format: FormatJSON}, nil, "null\n", nil},
		{"table is json", Printer{Format: FormatTable}, []any{"x"}, "[\n\"x\"\n]\n", nil},
		{"wide null", Printer{Format: FormatWide}, nil, "null\n", nil},
		{"markdown is json", Printer{Format: FormatMarkdown}, true, "true\n", nil},
		{"yaml list", Printer{Format: FormatYAML}, []any{object, "no"}, "- id: 7\n  name: \"a\\u202e\"\n- \"no\"\n", nil},
		{"yaml null", Printer{Format: FormatYAML}, nil, "null\n", nil},
		{"name list", Printer{Format: FormatName}, []any{"a", "b\x1b"}, "a\nb\\x1b\n", nil},
		{"name null", Printer{Format: FormatName}, nil, "null\n", nil},
		{"name lists", Printer{Format: FormatName}, []any{[]any{"a"}}, "", ErrQueryResult},
		{"csv list", Printer{Format: FormatCSV}, []any{"a,b", 1.0, true, nil, 1e6}, "\"a,b\"\n1\ntrue\n\"\"\n1000000\n", nil},
		{"tsv rows", Printer{Format: FormatTSV}, []any{[]any{1.0, "a b"}, []any{2.0, nil}}, "1\ta b\n2\t\n", nil},
		{"tsv, terminal", Printer{Format: FormatTSV, Terminal: true}, []any{"a\tb"}, `a\tb` + "\n", nil},
		{"tsv scalar", Printer{Format: FormatTSV}, 3.0, "3\n", nil},
		{"tsv objects", Printer{Format: FormatTSV}, []any{"a", object}, "", ErrQueryResult},
		{"csv object", Printer{Format: FormatCSV}, object, "", ErrQueryResult},
		{"csv deep lists", Printer{Format: FormatCSV}, []any{[]any{[]any{1.0}}}, "", ErrQueryResult},
		{"csv empty row", Printer{Format: FormatCSV}, []any{[]any{}}, "", ErrQueryResult},
		{"big integer", Printer{Format: FormatName}, []any{json.Number("9007199254740993"), 1767225600123.0}, "9007199254740993\n1767225600123\n", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			test.p.Out = &out
			test.p.Query = queryFunc(func(any) (any, error) { return test.result, nil })
			if err := WriteList(&test.p, itemList(), all(items())); !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			checkSame(t, test.want, out.String())
			out.Reset()
			if err := WriteObject(&test.p, itemList(), items()[0]); !errors.Is(err, test.err) {
				t.Errorf("object: error %v, want %v", err, test.err)
			}
			checkSame(t, test.want, out.String())
		})
	}
}

func TestQuerySeesTheJSONForm(t *testing.T) {
	t.Parallel()
	row := map[string]any{
		"id": json.Number("9007199254740993"), "type": "T", "displayName": "n", "epochMs": 1767225600123.0,
		"labels": []any{"a"},
	}
	v := item{ID: 1<<53 + 1, Type: "T", DisplayName: "n", EpochMS: 1767225600123, Labels: []string{"a"}}
	var seen any
	p := Printer{Out: &bytes.Buffer{}, Format: FormatJSON, Query: queryFunc(func(data any) (any, error) {
		seen = data
		return data, nil
	})}
	if err := WriteList(&p, itemList(), all([]item{v})); err != nil {
		t.Fatal(err)
	}
	checkSame(t, any([]any{row}), seen)
	if err := WriteObject(&p, itemList(), v); err != nil {
		t.Fatal(err)
	}
	checkSame(t, any(row), seen)
	if err := WriteList(&p, itemList(), all[item](nil)); err != nil {
		t.Fatal(err)
	}
	checkSame(t, any([]any{}), seen)
}

func TestQueryFails(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := Printer{Out: &out, Format: FormatJSON, Query: queryFunc(func(any) (any, error) { return nil, errServer })}
	err := WriteList(&p, itemList(), all(items()))
	if !errors.Is(err, errServer) || out.Len() > 0 {
		t.Errorf("error %v, wrote %q", err, out.String())
	}
	if err := WriteList(&p, itemList(), failAfter(3)); err != errServer {
		t.Errorf("error %v, want that of the rows", err)
	}
}

func TestQueryOutFails(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 2*bufferSize)
	for _, f := range Formats() {
		for _, result := range []any{long, []any{long, "y"}} {
			p := Printer{Out: fullDisk{}, Format: f, Query: queryFunc(func(any) (any, error) { return result, nil })}
			if err := WriteList(&p, itemList(), all(items())); !errors.Is(err, errFull) {
				t.Errorf("%s: error %v, want %v", f, err, errFull)
			}
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	tests := map[json.Number]any{
		"0": 0.0, "-7": -7.0, "1.5": 1.5, "1767225600123": 1767225600123.0, "9007199254740992": 9007199254740992.0,
		"9007199254740993": json.Number("9007199254740993"), "-9007199254740993": json.Number("-9007199254740993"),
		"12345678901234567890": json.Number("12345678901234567890"), "1e999": json.Number("1e999"),
	}
	for in, want := range tests {
		if got := number(in); got != want {
			t.Errorf("number(%s) = %v (%T), want %v", in, got, got, want)
		}
	}
}
