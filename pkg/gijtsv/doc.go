// Package gijtsv reads, writes and checks the tab-separated file of the bulk change of Git Integration for Jira. It streams: a
// file of a million rows needs no more memory than one of ten. It is lossless: a row that nobody changes keeps its bytes, and in
// a changed row the other cells keep theirs. It uses no network.
//
// # The format
//
// The vendor documents tabs, a header row, and double quotes around a value of several lines, such as a private key. The rest is
// inferred from that and from common practice, and not verified against a server:
//
//   - A cell whose first character is a double quote is quoted: it may hold tabs and line ends, and a quote in it is doubled.
//   - Any other cell is raw. Quotes in it mean nothing, as in $convert(${branch},"a","b").
//   - What stands between a closing quote and the next tab or line end belongs to the cell ([Cell.Stray]).
//   - A row ends with LF or CR LF. The last one may end with the file.
//   - Columns come in any order, and unknown ones are kept. A row may be shorter or longer than the header.
//
// A byte order mark is removed, and UTF-16, as spreadsheets save it, is converted to UTF-8. The spreadsheet-safe form, which gijctl
// writes, is read as the plain file that it was made of. [Reader.Notes] tells of all three.
package gijtsv
