package widgets

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"

	"github.com/xappiens/buzon/resources/emoji"
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

// levels gives every byte of a paragraph its embedding level, by the rules of
// UAX #9 without the explicit ones (the characters for those are taken out
// before): 0 reads from left to right, 1 from right to left, 2 from left to
// right within 1. It appends to into, which is empty.
func levels(into []uint8, para string, rtl bool) []uint8 {
	var b bidiText
	b.base = 0
	if rtl {
		b.base = 1
	}
	b.read(para)
	b.weak()
	b.brackets()
	b.neutral()
	for i, c := range b.classes {
		level := b.base
		switch {
		case c == bidi.R:
			level = 1
		case c == bidi.EN || c == bidi.AN || b.base == 1:
			level = 2
		}
		for range b.sizes[i] {
			into = append(into, level)
		}
	}
	return into
}

// bidiText is a paragraph while its levels are found, one element per
// character; an emoji is one.
type bidiText struct {
	base    uint8
	runes   []rune
	sizes   []int // bytes
	classes []bidi.Class
}

// strong is the class of the paragraph's own direction.
func (b *bidiText) strong() bidi.Class {
	if b.base == 1 {
		return bidi.R
	}
	return bidi.L
}

func (b *bidiText) read(para string) {
	for i := 0; i < len(para); {
		r, n := utf8.DecodeRuneInString(para[i:])
		c := class(r)
		if k := emoji.Match(para[i:]); k > 0 {
			n, c = k, bidi.ON
		}
		b.runes = append(b.runes, r)
		b.sizes = append(b.sizes, n)
		b.classes = append(b.classes, c)
		i += n
	}
}

// weak carries out rules W1 to W7.
func (b *bidiText) weak() {
	prev, arabic := b.strong(), false
	for i, c := range b.classes {
		switch c { //nolint:exhaustive // the others are strong, or handled below
		case bidi.NSM, bidi.BN:
			c = prev
		case bidi.AL:
			c, arabic = bidi.R, true
		case bidi.L, bidi.R:
			arabic = false
		case bidi.EN:
			if arabic {
				c = bidi.AN
			}
		}
		b.classes[i], prev = c, c
	}
	b.separators()
	strong := b.strong()
	for i, c := range b.classes {
		switch c { //nolint:exhaustive // only these matter to W7
		case bidi.L, bidi.R:
			strong = c
		case bidi.EN:
			if strong == bidi.L {
				b.classes[i] = bidi.L
			}
		}
	}
}

// separators carries out rules W4 to W6: signs between and beside digits.
func (b *bidiText) separators() {
	c := b.classes
	for i := 1; i+1 < len(c); i++ {
		digits := c[i-1] == c[i+1] && (c[i-1] == bidi.EN || c[i-1] == bidi.AN)
		if digits && (c[i] == bidi.CS || c[i] == bidi.ES && c[i-1] == bidi.EN) {
			c[i] = c[i-1]
		}
	}
	b.terminators()
	for i := range c {
		if c[i] == bidi.ES || c[i] == bidi.CS {
			c[i] = bidi.ON
		}
	}
}

// terminators carries out rule W5: signs such as % go with the digits beside them.
func (b *bidiText) terminators() {
	c := b.classes
	for i := 0; i < len(c); i++ {
		if c[i] != bidi.ET {
			continue
		}
		j := i
		for j < len(c) && c[j] == bidi.ET {
			j++
		}
		to := bidi.ON
		if i > 0 && c[i-1] == bidi.EN || j < len(c) && c[j] == bidi.EN {
			to = bidi.EN
		}
		for ; i < j; i++ {
			c[i] = to
		}
	}
}

// direct returns the direction that a class has among neutral ones.
func direct(c bidi.Class) (bidi.Class, bool) {
	switch c { //nolint:exhaustive // the others are neutral
	case bidi.L:
		return bidi.L, true
	case bidi.R, bidi.EN, bidi.AN:
		return bidi.R, true
	}
	return bidi.ON, false
}

// Pairs further apart, or deeper, are left to the rules for other neutral characters.
const (
	bracketDepth = 63
	bracketReach = 500
)

// brackets carries out rule N0: a pair takes the direction of what it encloses.
func (b *bidiText) brackets() {
	const opening, closing = "([{<«‹「『（［｛", ")]}>»›」』）］｝"
	open, shut := []rune(opening), []rune(closing)
	type bracket struct{ at, kind int }
	var stack []bracket
	for i, r := range b.runes {
		if b.classes[i] != bidi.ON {
			continue
		}
		if k := slices.Index(open, r); k >= 0 {
			if len(stack) == bracketDepth {
				stack = stack[:0]
			}
			stack = append(stack, bracket{i, k})
			continue
		}
		k := slices.Index(shut, r)
		if k < 0 {
			continue
		}
		for j := len(stack) - 1; j >= 0; j-- {
			if stack[j].kind == k {
				if i-stack[j].at <= bracketReach {
					b.pair(stack[j].at, i)
				}
				stack = stack[:j]
				break
			}
		}
	}
}

func (b *bidiText) pair(from, to int) {
	own := b.strong()
	other := false
	for _, c := range b.classes[from+1 : to] {
		if d, ok := direct(c); ok && d == own {
			b.classes[from], b.classes[to] = own, own
			return
		} else if ok {
			other = true
		}
	}
	if !other {
		return
	}
	before := own
	for i := from - 1; i >= 0; i-- {
		if d, ok := direct(b.classes[i]); ok {
			before = d
			break
		}
		if from-i > bracketReach {
			break
		}
	}
	b.classes[from], b.classes[to] = before, before
}

// neutral carries out rules N1 and N2: what has no direction goes with its
// neighbours when they agree, else with the paragraph.
func (b *bidiText) neutral() {
	own := b.strong()
	before := own
	for i := 0; i < len(b.classes); {
		if d, ok := direct(b.classes[i]); ok {
			before = d
			i++
			continue
		}
		j, after := i, own
		for ; j < len(b.classes); j++ {
			if d, ok := direct(b.classes[j]); ok {
				after = d
				break
			}
		}
		to := own
		if before == after {
			to = before
		}
		for ; i < j; i++ {
			b.classes[i] = to
		}
	}
}

// level returns the level of a byte of the paragraph.
func (b *breaker) level(at int) uint8 {
	if at < len(b.levels) {
		return b.levels[at]
	}
	return 0
}

// sameLevel returns the end of what can be drawn as one from a byte on: all of
// one level, and from right to left either letters or one other sign, which the
// painter would put on the wrong side.
func (b *breaker) sameLevel(from, end int) int {
	if len(b.levels) == 0 {
		return end
	}
	level, i := b.levels[from], from
	for i < end && b.levels[i] == level {
		i++
	}
	if level == 1 {
		return from + sameSort(b.para[from:i])
	}
	return i
}

// sameSort returns the bytes of a right-to-left word up to where letters turn
// to punctuation or back; each mark of punctuation is a piece.
func sameSort(s string) int {
	if n := emoji.Match(s); n > 0 {
		return n
	}
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
func reorder(pieces []piece) {
	for level := uint8(2); level >= 1; level-- {
		for i := 0; i < len(pieces); {
			if pieces[i].level < level {
				i++
				continue
			}
			j := i
			for j < len(pieces) && pieces[j].level >= level {
				j++
			}
			slices.Reverse(pieces[i:j])
			i = j
		}
	}
}
