package render

import "strings"

// Style is how a word stands out on a terminal: the number of an SGR escape sequence. The whole palette is here, and it is
// small: the sixteen colours that every terminal has and that its owner has chosen.
type Style string

// The styles. No style carries a meaning that the word does not have.
const (
	StylePlain Style = ""
	StyleBold  Style = "1"
	StyleDim   Style = "2"
	StyleBad   Style = "31" // red
	StyleGood  Style = "32" // green
	StyleWarn  Style = "33" // yellow
)

const (
	styleBegin = "\x1b["
	styleReset = "\x1b[0m"
)

// Paint returns text in a style, or as it is where color is false: in pipes, files, and formats for programs. It adds no
// width. Text of a server goes through [Visible] before.
func Paint(color bool, style Style, text string) string {
	if !color || style == StylePlain || text == "" {
		return text
	}
	return style.begin() + text + styleReset
}

func (s Style) begin() string { return styleBegin + string(s) + "m" }

// StateStyle returns the style of a state by its first word, so that "error: no such host" has that of "error". What is no
// state is plain.
func StateStyle(text string) Style {
	word := text
	if end := strings.IndexAny(text, " :"); end >= 0 {
		word = text[:end]
	}
	switch word {
	case "enabled", "ok":
		return StyleGood
	case "disabled":
		return StyleDim
	case "warn", "unknown":
		return StyleWarn
	case "error", "fail", "failed":
		return StyleBad
	}
	return StylePlain
}
