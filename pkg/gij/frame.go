package gij

// framer finds where a JSON value ends. It does not check the value.
type framer struct {
	depth   int
	inText  bool
	escaped bool
}

// feed returns how many of the bytes belong to the value, and whether it ends with them.
func (f *framer) feed(data []byte) (n int, ended bool) {
	for n, c := range data {
		switch {
		case f.escaped:
			f.escaped = false
		case f.inText:
			f.escaped = c == '\\'
			f.inText = c != '"'
			if !f.inText && f.depth == 0 {
				return n + 1, true
			}
		case c == '"':
			f.inText = true
		case c == '{', c == '[':
			f.depth++
		case c == '}', c == ']':
			if f.depth == 0 {
				return n, true
			}
			if f.depth--; f.depth == 0 {
				return n + 1, true
			}
		case f.depth == 0 && (c == ',' || c == ':' || isSpace(c)):
			return n, true
		}
	}
	return len(data), false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
