package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Query is a compiled expression, such as one of JMESPath. It sees maps, slices, strings, float64, bool and nil.
// An integer that a float64 cannot hold is a [json.Number]: an expression can pass it on, but not calculate with it.
type Query interface {
	Search(data any) (any, error)
}

// ErrQueryResult says that a query's result has objects where a format wants values.
var ErrQueryResult = errors.New("the query's result is not a list of values: select values such as [].[id, type], or use -o json")

func querySink(p *Printer, out *bufio.Writer) sink {
	enc := newJSONEncoder()
	rows := []any{}
	return sink{
		row: func(row any) error {
			data, err := generic(enc, row)
			rows = append(rows, data)
			return err
		},
		end: func() error { return search(p, out, rows) },
	}
}

func queryObject(p *Printer, out *bufio.Writer, row any) error {
	data, err := generic(newJSONEncoder(), row)
	if err != nil {
		return err
	}
	return search(p, out, data)
}

func search(p *Printer, out *bufio.Writer, data any) error {
	result, err := p.Query.Search(data)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	switch p.Format {
	case FormatYAML:
		return writeYAML(out, result)
	case FormatCSV, FormatTSV, FormatName:
		return writeResultLines(p, out, result)
	}
	list, ok := result.([]any)
	if !ok {
		return writeJSON(out, result)
	}
	array := newJSONArray(out, p.Terminal)
	for _, element := range list {
		if err := array.add(element); err != nil {
			return err
		}
	}
	return array.end()
}

// writeResultLines checks the whole result before it writes a line.
func writeResultLines(p *Printer, out *bufio.Writer, result any) error {
	records, err := resultRecords(p.Format, result)
	if err != nil {
		return err
	}
	w := newCSVWriter(p, out)
	for _, record := range records {
		write := w.write
		if p.Format == FormatName {
			write = func(cells []string) error { return writeLine(out, Visible(cells[0])) }
		}
		if err := write(record); err != nil {
			return err
		}
	}
	return nil
}

func resultRecords(f Format, result any) ([][]string, error) {
	if result == nil {
		return [][]string{{"null"}}, nil
	}
	list, ok := result.([]any)
	if !ok {
		list = []any{result}
	}
	records := make([][]string, 0, len(list))
	for _, element := range list {
		cells, nested := element.([]any)
		if !nested {
			cells = []any{element}
		}
		if nested && (f == FormatName || len(cells) == 0) {
			return nil, ErrQueryResult
		}
		record, err := scalars(cells)
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
	return records, nil
}

func scalars(cells []any) ([]string, error) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		switch c := cell.(type) {
		case nil:
		case string:
			texts[i] = c
		case bool, float64, json.Number:
			text, err := json.Marshal(c)
			if err != nil {
				return nil, fmt.Errorf("query result: %w", err)
			}
			texts[i] = string(text)
		default:
			return nil, ErrQueryResult
		}
	}
	return texts, nil
}

// generic returns v as the maps, slices and values that its JSON has.
func generic(enc *jsonEncoder, v any) (any, error) {
	raw, err := enc.encode(v)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var data any
	if err := dec.Decode(&data); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return floats(data), nil
}

// floats replaces numbers by what queries calculate with.
func floats(data any) any {
	switch d := data.(type) {
	case map[string]any:
		for key, value := range d {
			d[key] = floats(value)
		}
	case []any:
		for i, value := range d {
			d[i] = floats(value)
		}
	case json.Number:
		return number(d)
	}
	return data
}

func number(n json.Number) any {
	const exact = 1 << 53
	if i, err := strconv.ParseInt(n.String(), 10, 64); err == nil && (i > exact || i < -exact) {
		return n
	}
	f, err := n.Float64()
	if err != nil || math.Trunc(f) == f && math.Abs(f) > exact {
		return n
	}
	return f
}
