package widgets

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

// direction tells whether a paragraph reads from right to left (its first
// strong character does), and whether it holds such characters at all.
func direction(s string) (rtl, mixed bool) {
	known := false
	for _, r := range s {
		if r < 0x590 {
			known = known || unicode.IsLetter(r)
			continue
		}
		switch class(r) {
		case bidi.R, bidi.AL:
			return !known, true
		case bidi.L:
			known = true
		}
	}
	return false, false
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// atom is a piece of a line of one direction: a word, a part of one, or the
// white space between two.
type atom struct {
	text  string
	width float32
	level int // 0 left to right, 1 right to left, 2 left to right within 1
	blank bool
}

// bidiSpans places the words of a line that holds right-to-left text.
func (b *breaker) bidiSpans(text string) ([]Span, float32) {
	atoms, ok := b.atoms(text)
	if !ok {
		return b.plainSpans(text)
	}
	reorder(atoms)
	spans := make([]Span, 0, len(atoms))
	x := float32(0)
	for _, a := range atoms {
		if !a.blank {
			spans = append(spans, Span{Text: a.text, X: x, Width: a.width, Style: b.style})
		}
		x += a.width
	}
	return spans, x
}

// atoms splits a line into its pieces in logical order.
func (b *breaker) atoms(text string) ([]atom, bool) {
	base, dir := 0, bidi.LeftToRight
	if b.rtl {
		base, dir = 1, bidi.RightToLeft
	}
	var p bidi.Paragraph
	if n, err := p.SetString(text, bidi.DefaultDirection(dir)); err != nil || n != len(text) {
		return nil, false
	}
	order, err := p.Order()
	if err != nil {
		return nil, false
	}
	var list []atom
	rest, after := text, false // whether the run before was right-to-left
	for i := range order.NumRuns() {
		run := order.Run(i)
		n := len(run.String())
		if n > len(rest) {
			return nil, false
		}
		s := rest[:n]
		rest = rest[n:]
		switch {
		case run.Direction() == bidi.RightToLeft:
			list = b.appendAtoms(list, s, 1)
			after = true
		case base == 1:
			list = b.appendAtoms(list, s, 2)
		default:
			if after { // a number that follows right-to-left text belongs to it
				k := leadingNumber(s)
				list = b.appendAtoms(list, s[:k], 2)
				s = s[k:]
			}
			list = b.appendAtoms(list, s, 0)
			after = false
		}
	}
	return list, rest == ""
}

// leadingNumber returns the bytes up to the last digit before the first letter
// that reads from left to right; zero when there is no digit.
func leadingNumber(s string) int {
	n := 0
	for i, r := range s {
		switch class(r) {
		case bidi.L:
			return n
		case bidi.EN, bidi.AN:
			n = i + len(string(r))
		}
	}
	return n
}

// appendAtoms splits text of one level at white space; right-to-left words
// also at punctuation, which the painter would put on the wrong side.
func (b *breaker) appendAtoms(list []atom, s string, level int) []atom {
	for s != "" {
		gap, n := skipSpaces(s)
		if n > 0 {
			list = append(list, atom{text: s[:n], width: float32(gap) * b.space, level: level, blank: true})
			s = s[n:]
			continue
		}
		n = wordLen(s)
		if level == 1 {
			n = sameSort(s[:n])
		}
		word := s[:n]
		s = s[n:]
		if level == 1 {
			word = mirror(word)
		}
		list = append(list, atom{text: word, width: b.width(word), level: level})
	}
	return list
}

// sameSort returns the bytes of a right-to-left word up to where letters turn
// to punctuation or back; each mark of punctuation is a piece.
func sameSort(s string) int {
	first := true
	letters := false
	for i, r := range s {
		c := class(r)
		strong := c == bidi.R || c == bidi.AL || c == bidi.NSM || c == bidi.BN
		if first {
			letters, first = strong, false
			continue
		}
		if strong != letters || !letters {
			return i
		}
	}
	return len(s)
}

// mirror swaps brackets, which open to the other side in right-to-left text.
func mirror(s string) string {
	const pairs = "()[]{}<>«»‹›"
	if !strings.ContainsAny(s, pairs) {
		return s
	}
	set := []rune(pairs)
	return strings.Map(func(r rune) rune {
		if i := slices.Index(set, r); i >= 0 {
			return set[i^1]
		}
		return r
	}, s)
}

// reorder turns logical order into the order on the screen: from the highest
// level down to 1, every stretch of at least that level is reversed.
func reorder(atoms []atom) {
	for level := 2; level >= 1; level-- {
		for i := 0; i < len(atoms); {
			if atoms[i].level < level {
				i++
				continue
			}
			j := i
			for j < len(atoms) && atoms[j].level >= level {
				j++
			}
			slices.Reverse(atoms[i:j])
			i = j
		}
	}
}
