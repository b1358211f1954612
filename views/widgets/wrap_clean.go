package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/text/unicode/norm"

	"github.com/xappiens/buzon/resources/fonts"
)

const (
	missing       = "▯" // stands for what no font can draw
	drawnMarks    = 8   // on one letter; some texts pile up hundreds
	knownMissings = 10_000
)

// glyphs tells what the fonts of a theme can draw. A character that they lack
// must not be measured: the toolkit looks through every font of the system for
// it, which takes 0.2 ms each time, and shows "�" in the end.
type glyphs struct {
	faces    map[fyne.TextStyle][]*fonts.Coverage
	missings map[rune]string
}

func newGlyphs() *glyphs {
	return &glyphs{faces: map[fyne.TextStyle][]*fonts.Coverage{}, missings: map[rune]string{}}
}

// face returns what the fonts of a style cover: the theme's, then the toolkit's own.
func (g *glyphs) face(style fyne.TextStyle) []*fonts.Coverage {
	style = fyne.TextStyle{Bold: style.Bold, Italic: style.Italic, Monospace: style.Monospace}
	list, ok := g.faces[style]
	if !ok {
		seen := map[string]bool{}
		for _, t := range []fyne.Theme{fyne.CurrentApp().Settings().Theme(), theme.DefaultTheme()} {
			res := t.Font(style)
			if res == nil || seen[res.Name()] {
				continue
			}
			seen[res.Name()] = true
			if c, err := fonts.NewCoverage(res.Content()); err == nil {
				list = append(list, c)
			}
		}
		g.faces[style] = list
	}
	return list
}

func has(list []*fonts.Coverage, r rune) bool {
	for _, c := range list {
		if c.Has(r) {
			return true
		}
	}
	return false
}

// styled returns the style for a word: the wished one, or the regular one when
// the word holds characters that only the regular font has.
func (g *glyphs) styled(word string, style fyne.TextStyle) fyne.TextStyle {
	if !style.Bold && !style.Italic && !style.Monospace {
		return style
	}
	var list []*fonts.Coverage
	for i := 0; i < len(word); {
		if word[i] < utf8.RuneSelf {
			i++
			continue
		}
		if list == nil {
			list = g.face(style)
		}
		r, n := utf8.DecodeRuneInString(word[i:])
		if !has(list, r) && !unseen(r) {
			return fyne.TextStyle{TabWidth: style.TabWidth}
		}
		i += n
	}
	return style
}

// clean returns a text that can be drawn: without control characters and those
// that turn the direction of what follows, with a bounded number of marks on a
// letter, and with something else for characters that no font has.
func (g *glyphs) clean(text string) string {
	i := 0
	for i < len(text) && (text[i] >= ' ' && text[i] < 0x7f || isBreak(text[i])) {
		i++
	}
	if i == len(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	b.WriteString(text[:i])
	list := g.face(fyne.TextStyle{})
	marks := 0
	for i < len(text) {
		if n := emojiLen(text[i:]); n > 0 {
			b.WriteString(text[i : i+n])
			i += n
			marks = 0
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		if r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > drawnMarks {
				i += n
				continue
			}
		} else if r != joiner {
			marks = 0
		}
		g.add(&b, list, r)
		i += n
	}
	return b.String()
}

const joiner = '\u200d'

func isBreak(c byte) bool { return c == '\n' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

// add writes a character, or what stands for it.
func (g *glyphs) add(b *strings.Builder, list []*fonts.Coverage, r rune) {
	switch {
	case r < 0x80 && (r >= ' ' && r < 0x7f || isBreak(byte(r))):
		b.WriteRune(r)
		return
	case r < 0xa0 && r != 0x85, turns(r), r == 0xfeff, r == 0xad, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff:
		return
	case r != utf8.RuneError && (isSpace(r) || unseen(r) || has(list, r)):
		b.WriteRune(r)
		return
	}
	s, ok := g.missings[r]
	if !ok {
		if len(g.missings) >= knownMissings {
			clear(g.missings)
		}
		s = substitute(list, r)
		g.missings[r] = s
	}
	b.WriteString(s)
}

// substitute returns the same in characters that the fonts have, or missing.
func substitute(list []*fonts.Coverage, r rune) string {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return "" // a mark alone says nothing
	}
	alike := norm.NFKD.String(string(r))
	if r != utf8.RuneError && alike != string(r) {
		all := true
		for _, c := range alike {
			all = all && has(list, c)
		}
		if all {
			return alike
		}
	}
	if m, _ := utf8.DecodeRuneInString(missing); has(list, m) {
		return missing
	}
	return "?"
}

// turns tells whether a character sets the direction of others: senders use
// them to show names and addresses backwards.
func turns(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// unseen tells whether a character is never drawn itself, but helps to choose
// how its neighbours are.
func unseen(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2060 && r <= 0x2064 || r == 0x61c || r == 0x34f || r == 0x180e
}
