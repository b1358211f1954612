package widgets

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/resources/emoji"
	"github.com/xappiens/buzon/resources/fonts"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// breaker builds the lines of one text.
type breaker struct {
	*face    // of the text as a whole
	w        *Wrapper
	rich     richText
	limit    float32
	maxLines int
	out      Wrapped
	raw      bool      // the text was not cleaned: its pieces are, one by one
	rows     []editRow // of a raw text

	para       string
	offset     int     // of the paragraph in the text
	rtl        bool    // the paragraph reads from right to left
	levels     []uint8 // of its bytes; empty when all of it reads from left to right
	start, end int     // the line's part of the paragraph
	x          float32
}

func (w *Wrapper) breaker(rich richText, size float32, style fyne.TextStyle, limit float32, maxLines int) *breaker {
	return &breaker{face: w.face(size, style), w: w, rich: rich, limit: max(limit, 1), maxLines: maxLines}
}

func (b *breaker) wrap() Wrapped {
	text := b.rich.text
	for more := true; more; {
		var para string
		para, text, more = strings.Cut(text, "\n")
		if !b.paragraph(para) || more && b.full() {
			b.out.Cut = true
			break
		}
		b.offset += len(para) + 1
	}
	return b.out
}

func (b *breaker) full() bool { return b.maxLines > 0 && len(b.out.Lines) >= b.maxLines }

// paragraph adds the lines of a text without line breaks; false when the
// lines were used up before its end.
func (b *breaker) paragraph(para string) bool {
	if b.full() {
		return false
	}
	b.para, b.start, b.end, b.x = para, 0, 0, 0
	var mixed bool
	b.levels = b.levels[:0]
	if b.rtl, mixed = direction(para); mixed {
		b.levels = levels(b.levels, para, b.rtl)
	}
	pos, first := 0, true
	for pos < len(para) {
		gap, n := skipSpaces(para[pos:])
		lead := float32(gap) * b.spaceAt(pos)
		pos += n
		n = tokenLen(para[pos:])
		if n == 0 {
			break
		}
		tw := b.limit + 1
		if n <= 2*lineBytes { // nothing longer fits a line
			tw = b.between(pos, pos+n)
		}
		if !first && b.x+lead+tw > b.limit {
			if b.flush(); b.full() {
				return false
			}
			first = true
		}
		if first && b.end > 0 || lead > b.limit/2 { // the space at a break, and absurd indents, are not shown
			b.start, lead = pos, 0
		}
		if lead+tw > b.limit {
			if !b.long(pos, n) {
				return false
			}
		} else {
			b.x += lead + tw
		}
		pos += n
		b.end = pos
		first = false
	}
	b.flush()
	return true
}

// long breaks a word that fits no line; its last piece stays on the current line.
func (b *breaker) long(pos, n int) bool {
	end := pos + n
	b.start, b.x = pos, 0
	for pos < end {
		c := clusterLen(b.para[pos:end])
		cw := b.between(pos, pos+c)
		if len(b.levels) > 0 && b.x+cw > b.limit*0.8 { // letters that join are not as wide as each alone
			cw = b.between(b.start, pos+c) - b.x
		}
		if b.x > 0 && b.x+cw > b.limit {
			b.end = pos
			if b.flush(); b.full() {
				return false
			}
			b.start = pos
			cw = b.between(pos, pos+c)
		}
		b.x += cw
		pos += c
	}
	return true
}

// flush ends the current line.
func (b *breaker) flush() {
	line := WrappedLine{RTL: b.rtl}
	end := b.start + len(strings.TrimRight(b.para[b.start:b.end], " \t"))
	var pieces []piece
	if end > b.start {
		pieces = b.pieces(b.start, end)
		line.Spans, line.Width = b.spans(pieces)
	}
	if b.raw {
		b.rows = append(b.rows, editRow{from: b.start, to: end, pieces: pieces, spans: line.Spans, width: line.Width, rtl: b.rtl})
	}
	b.out.Lines = append(b.out.Lines, line)
	b.out.Width = max(b.out.Width, line.Width)
	b.start, b.x = b.end, 0
}

// between returns the width of a part of the paragraph that holds no spaces.
func (b *breaker) between(from, end int) float32 {
	if len(b.rich.runs) == 0 && len(b.levels) == 0 && !b.raw && ascii(b.para[from:end]) {
		return b.wordWidth(b.para[from:end])
	}
	x := float32(0)
	for from < end {
		p := b.piece(from, b.sameLevel(from, end))
		x += p.width
		from = p.end
	}
	return x
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// piece is a part of a paragraph that is drawn as one: text of one look, or an emoji.
type piece struct {
	from, end int
	width     float32
	style     fyne.TextStyle
	script    fonts.Script
	run       *run // nil: a text without formatting
	emoji     bool
	blank     bool
	level     uint8
}

// piece measures what begins at from; it goes no further than end.
func (b *breaker) piece(from, end int) piece {
	p := piece{from: from, style: b.style}
	if p.run, end = b.runAt(from, end); p.run != nil {
		p.style = p.run.over(b.style)
	}
	if n := emoji.Match(b.para[from:end]); n > 0 {
		p.end, p.emoji, p.width = from+n, true, b.emoji
		return p
	}
	p.end = from + 1
	for p.end < end && !emojiAt(b.para, p.end, end) {
		p.end++
	}
	var n int
	p.script, n = sameScript(b.para[from:p.end])
	p.end = from + n
	word := b.para[from:p.end]
	if b.raw {
		word = b.w.glyphs.clean(word)
	}
	if p.script != 0 {
		p.style = fyne.TextStyle{TabWidth: p.style.TabWidth} // there is one font for each script
	} else {
		p.style = b.w.glyphs.styled(word, p.style)
	}
	if p.script == 0 && p.style == b.style {
		p.width = b.wordWidth(word)
	} else {
		p.width = b.w.scriptFace(b.size, p.style, p.script).wordWidth(word)
	}
	return p
}

// sameScript returns the script that a text begins with, and the bytes up to
// where another one begins. Marks and what is not drawn go with what is before.
func sameScript(s string) (script fonts.Script, n int) {
	first := true
	for i, r := range s {
		if r < 0x300 && script == 0 { // the most frequent case
			first = false
			continue
		}
		own := fonts.ScriptOf(r)
		if own == 0 && !first && (unseen(r) || unicode.In(r, unicode.Mn, unicode.Me)) {
			continue
		}
		if first {
			script, first = own, false
			continue
		}
		if own != script {
			return script, i
		}
	}
	return script, len(s)
}

// emojiAt tells whether an emoji begins at a byte; the middle of a character is none.
func emojiAt(s string, at, end int) bool {
	if s[at] < utf8.RuneSelf && (at+1 >= end || s[at+1] < utf8.RuneSelf) || !utf8.RuneStart(s[at]) {
		return false
	}
	return emoji.Match(s[at:end]) > 0
}

// runAt returns how a byte of the paragraph is formatted, and how far that reaches.
func (b *breaker) runAt(from, end int) (*run, int) {
	runs := b.rich.runs
	if len(runs) == 0 {
		return nil, end
	}
	at := b.offset + from
	i, found := slices.BinarySearchFunc(runs, at, func(r run, at int) int { return r.from - at })
	if !found {
		i--
	}
	if i+1 < len(runs) {
		end = min(end, runs[i+1].from-b.offset)
	}
	return &runs[max(i, 0)], end
}

func (b *breaker) spaceAt(pos int) float32 {
	if len(b.rich.runs) == 0 || pos >= len(b.para) {
		return b.space
	}
	r, _ := b.runAt(pos, len(b.para))
	if style := r.over(b.style); style != b.style {
		return b.w.face(b.size, style).space
	}
	return b.space
}

// pieces returns what a line is made of, in the order of the screen.
func (b *breaker) pieces(from, end int) []piece {
	pieces := make([]piece, 0, 2*strings.Count(b.para[from:end], " ")+1)
	for pos := from; pos < end; {
		if gap, n := skipSpaces(b.para[pos:end]); n > 0 {
			pieces = append(pieces, piece{from: pos, end: pos + n, width: float32(gap) * b.spaceAt(pos), blank: true, level: b.level(pos)})
			pos += n
			continue
		}
		stop := pos + wordLen(b.para[pos:end])
		for pos < stop {
			p := b.piece(pos, b.sameLevel(pos, stop))
			p.level = b.level(pos)
			pieces = append(pieces, p)
			pos = p.end
		}
	}
	if len(b.levels) > 0 {
		reorder(pieces)
	}
	return pieces
}

// spans places the pieces of a line. Each word is a span of its own, because
// drawn words are kept by the painter and lines hardly ever come again.
func (b *breaker) spans(pieces []piece) ([]Span, float32) {
	spans := make([]Span, 0, len(pieces))
	x := float32(0)
	for i := range pieces {
		if p := &pieces[i]; !p.blank {
			spans = append(spans, b.span(p, x))
		}
		x += pieces[i].width
	}
	return spans, x
}

func (b *breaker) span(p *piece, x float32) Span {
	s := Span{Text: b.para[p.from:p.end], X: x, Width: p.width, Style: p.style, Font: apptheme.ScriptFont(p.script)}
	if b.raw && !p.emoji {
		s.Text = b.w.glyphs.clean(s.Text)
	}
	if p.level&1 == 1 && !p.emoji {
		s.Text = mirror(s.Text)
	}
	if p.run != nil {
		s.Strike, s.Link = p.run.strike, p.run.link
	}
	if p.emoji {
		s.Emoji = s.Text
	}
	return s
}
