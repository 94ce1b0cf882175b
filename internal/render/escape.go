package render

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Visible returns s with everything that a terminal would obey or not show as a visible escape: control characters
// (\n, \r, \t, \x1b, \u009b), bidirectional controls (\u202e), zero-width and other invisible characters (\u200b), line
// separators, and bytes that are not UTF-8 (\xff). Ordinary text of any script stays as it is, and so do emoji and the
// joiners that emoji and Arabic or Indic words are written with. A backslash stays too: the result is for reading, not
// for decoding. Nothing is allocated when there is nothing to do.
func Visible(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return visibleFrom(s, i)
		}
	}
	return s
}

// visibleFrom is Visible for a string whose first ascii bytes are printable ASCII.
func visibleFrom(s string, ascii int) string {
	var b strings.Builder
	var before rune
	if ascii > 0 {
		before = rune(s[ascii-1])
	}
	done := 0 // what is in b already
	for i := ascii; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		invalid := r == utf8.RuneError && size == 1
		after, _ := utf8.DecodeRuneInString(s[i+size:])
		if !invalid && !isHidden(before, r, after) {
			before = r
			i += size
			continue
		}
		b.WriteString(s[done:i])
		if invalid {
			writeHex(&b, `\x`, rune(s[i]), 2)
		} else {
			writeEscape(&b, r)
		}
		before = 0
		i += size
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// isHidden reports whether r, between its neighbours, is anything but a visible character.
func isHidden(before, r, after rune) bool {
	switch {
	case r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xad:
		return true
	case r < 0x300, r >= 0x3400 && r < 0xd800:
		return false // Latin, and most of East Asia, without a look into the tables
	case r == 0x200c || r == 0x200d:
		return !joins(before, after)
	case unicode.Is(unicode.Variation_Selector, r):
		// One picks a character's look, as in emoji; more of them, or alone, are invisible text.
		return !unicode.IsGraphic(before) || before == ' ' || unicode.Is(unicode.Variation_Selector, before)
	case unicode.Is(unicode.Cf, r):
		// These look like format characters to Unicode, but have ink: Arabic number signs.
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	}
	return unicode.In(r, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}

// joins reports whether a joiner between two characters is part of the spelling: in a word of a script that has them, or
// in an emoji.
func joins(before, after rune) bool {
	if isPictograph(after) && (isPictograph(before) || before == 0xfe0f) {
		return true
	}
	return usesJoiners(before) && usesJoiners(after)
}

// isPictograph reports whether r is a symbol such as emoji are made of. The replacement character, which also stands for
// the end of the text, is a symbol too, but no picture.
func isPictograph(r rune) bool {
	return r >= 0x2190 && r != utf8.RuneError && unicode.IsSymbol(r)
}

func usesJoiners(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gujarati,
		unicode.Gurmukhi, unicode.Kannada, unicode.Malayalam, unicode.Oriya, unicode.Sinhala, unicode.Tamil, unicode.Telugu)
}

func writeEscape(b *strings.Builder, r rune) {
	switch {
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case r < 0x80:
		writeHex(b, `\x`, r, 2)
	case r < 0x10000:
		writeHex(b, `\u`, r, 4)
	default:
		writeHex(b, `\U`, r, 8)
	}
}

func writeHex(b *strings.Builder, prefix string, r rune, digits int) {
	b.WriteString(prefix)
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b.WriteByte("0123456789abcdef"[r>>shift&0xf])
	}
}

// appendUTF16Escape appends r as JSON escapes it.
func appendUTF16Escape(dst []byte, r rune) []byte {
	var b strings.Builder
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		writeHex(&b, `\u`, high, 4)
		r = low
	}
	writeHex(&b, `\u`, r, 4)
	return append(dst, b.String()...)
}

// appendSafeYAML appends YAML with hidden characters other than line ends escaped. The YAML encoder leaves some of them as
// they are, but each of them is in a double-quoted string, where the escapes of writeEscape are YAML's own.
func appendSafeYAML(dst, src []byte) []byte {
	var before rune
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		rest := src[size:]
		if r != '\n' && isHidden(before, r, nextRune(rest)) {
			var b strings.Builder
			writeEscape(&b, r)
			dst = append(dst, b.String()...)
			r = 0
		} else {
			dst = append(dst, src[:size]...)
		}
		before, src = r, rest
	}
	return dst
}
