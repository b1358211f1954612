package widgets

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
)

// Limits of the wrapper. A word up to measuredWord bytes is measured whole and
// remembered; a longer one is the sum of its characters, so that no single
// measurement grows with what somebody sent.
const (
	measuredWord = 64
	cachedWords  = 50_000
	tabSpaces    = 4
	maxCluster   = 64 // bytes that are kept together as one character
)

// Span is a piece of text with its place on a line, in logical pixels from the
// line's left edge. To draw it:
//
//   - Emoji "": Text in Style, and when Strike is set a line through its middle
//     from X to X+Width. A Link is drawn in theme.ColorNameHyperlink and taps
//     on it carry it.
//   - otherwise: the picture emoji.Image(Emoji, pixels) as a square of Width,
//     in the middle of the line's height.
type Span struct {
	Text   string
	X      float32
	Width  float32
	Style  fyne.TextStyle
	Strike bool
	Link   string // an http or https URL, or "mention:" and a JID; empty: no link
	Emoji  string // the sequence that is drawn as a picture; empty: text
}

// RichOptions says what a WhatsApp text may hold beside its marks of formatting.
type RichOptions struct {
	// Mentions gives the names for what is written as "@" and the user part of
	// a JID: "34600111222" → {JID, name}.
	Mentions map[string]Mention
}

// Mention is somebody who is named in a text.
type Mention struct{ JID, Name string }

// WrappedLine is one line of a wrapped text. A line of a right-to-left
// paragraph is meant to be aligned to the right.
type WrappedLine struct {
	Spans []Span
	Width float32
	RTL   bool
}

// Wrapped is a text broken into lines.
type Wrapped struct {
	Lines []WrappedLine
	Width float32 // of the widest line
	Cut   bool    // there is more text than the lines that were asked for
}

// Wrapper breaks texts into lines greedily. It remembers the width of words by
// size and style, because measuring is what wrapping costs: a text that comes
// again is wrapped in microseconds.
//
// A Wrapper belongs to the UI goroutine, as text measuring does.
type Wrapper struct {
	faces map[faceKey]*face
}

type faceKey struct {
	size  float32
	style fyne.TextStyle
}

// face holds what was measured of one size and style.
type face struct {
	faceKey
	words map[string]float32
	space float32
	line  float32
	wide  [wideSorts]float32
}

// NewWrapper returns a wrapper that has measured nothing yet.
func NewWrapper() *Wrapper { return &Wrapper{faces: map[faceKey]*face{}} }

// Reset forgets every width; call it when the font may have changed.
func (w *Wrapper) Reset() { clear(w.faces) }

// LineHeight returns the height of a line in logical pixels.
func (w *Wrapper) LineHeight(size float32, style fyne.TextStyle) float32 {
	return w.face(size, style).line
}

// Width returns the width of a text on one line, in logical pixels.
func (w *Wrapper) Width(text string, size float32, style fyne.TextStyle) float32 {
	f := w.face(size, style)
	x := float32(0)
	for i, word := range strings.Split(text, " ") {
		if i > 0 {
			x += f.space
		}
		x += f.wordWidth(word)
	}
	return x
}

// Fit returns the text cut to a width, with an ellipsis when it was too long.
// Line breaks become spaces.
func (w *Wrapper) Fit(text string, size float32, style fyne.TextStyle, limit float32) WrappedLine {
	const enough = 1024 // bytes; no line of a screen shows more
	if len(text) > enough {
		text = strings.ToValidUTF8(text[:enough], "")
	}
	text = strings.Join(strings.Fields(text), " ")
	all := w.Wrap(text, size, style, limit, 1)
	if !all.Cut {
		return all.Lines[0]
	}
	f := w.face(size, style)
	limit -= f.width("…")
	end, x := 0, float32(0)
	for end < len(text) {
		n := clusterLen(text[end:])
		cw := f.width(text[end : end+n])
		if x+cw > limit {
			break
		}
		x += cw
		end += n
	}
	return w.Wrap(strings.TrimRight(text[:end], " ")+"…", size, style, limit*2+1, 1).Lines[0]
}

// Wrap breaks a text into lines no wider than limit, at most maxLines of them
// (zero: no bound). It breaks at spaces, between the characters of scripts that
// use none, and inside a word that fits no line. There is always one line.
func (w *Wrapper) Wrap(text string, size float32, style fyne.TextStyle, limit float32, maxLines int) Wrapped {
	b := breaker{face: w.face(size, style), limit: max(limit, 1), maxLines: maxLines}
	for more := true; more; {
		var para string
		para, text, more = strings.Cut(text, "\n")
		if !b.paragraph(para) || more && b.full() {
			b.out.Cut = true
			break
		}
	}
	return b.out
}

// WrapRich is Wrap for the text of a message: *bold*, _italic_, ~strike~ and
// monospaced text between backquotes are shown as such without their marks,
// links and mentions are found.
func (w *Wrapper) WrapRich(text string, o RichOptions, size float32, style fyne.TextStyle, limit float32, maxLines int) Wrapped {
	return w.Wrap(text, size, style, limit, maxLines)
}

func (w *Wrapper) face(size float32, style fyne.TextStyle) *face {
	key := faceKey{size, style}
	f, ok := w.faces[key]
	if !ok {
		s := fyne.MeasureText(" ", size, style)
		f = &face{faceKey: key, words: map[string]float32{}, space: s.Width, line: s.Height}
		w.faces[key] = f
	}
	return f
}

// width returns the width of a word without spaces.
func (f *face) width(word string) float32 {
	if word == "" {
		return 0
	}
	if len(word) > measuredWord {
		return f.longWidth(word)
	}
	return f.measured(word)
}

// measured returns the width of a short text, from memory if possible.
func (f *face) measured(word string) float32 {
	if v, ok := f.words[word]; ok {
		return v
	}
	if r, n := utf8.DecodeRuneInString(word); n == len(word) {
		if sort := wideSort(r); sort != notWide {
			return f.wideWidth(sort)
		}
	}
	v := fyne.MeasureText(word, f.size, f.style).Width
	if len(f.words) >= cachedWords {
		clear(f.words)
	}
	f.words[strings.Clone(word)] = v // not a part of a long message, which it would keep alive
	return v
}

// wordWidth is width for what stands between two spaces, which scripts without
// spaces make a whole line, never the same again: it is not worth remembering.
func (f *face) wordWidth(word string) float32 {
	if strings.IndexFunc(word, breakable) >= 0 {
		return f.longWidth(word)
	}
	return f.width(word)
}

func (f *face) longWidth(word string) float32 {
	x := float32(0)
	for word != "" {
		n := clusterLen(word)
		x += f.measured(word[:n])
		word = word[n:]
	}
	return x
}

// The characters of a wide script all have the same width, so one is measured
// for all: without it a page of Chinese would measure thousands.
const (
	notWide = iota
	wideHan
	wideKana
	wideHangul
	wideSorts
)

func (f *face) wideWidth(sort int) float32 {
	if f.wide[sort] == 0 {
		sample := [wideSorts]string{wideHan: "中", wideKana: "の", wideHangul: "한"}[sort]
		f.wide[sort] = fyne.MeasureText(sample, f.size, f.style).Width
	}
	return f.wide[sort]
}

func wideSort(r rune) int {
	switch {
	case r < 0x1100:
		return notWide
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3400 && r <= 0x4dbf:
		return wideHan
	case r >= 0x3041 && r <= 0x30ff:
		return wideKana
	case r >= 0xac00 && r <= 0xd7a3:
		return wideHangul
	}
	return notWide
}

// breakable tells whether a line may end before and after a character, with no space.
func breakable(r rune) bool {
	switch {
	case r < 0x2e80:
		return false
	case wideSort(r) != notWide:
		return true
	case r >= 0x2e80 && r <= 0x33ff, r >= 0xf900 && r <= 0xfaff, r >= 0xff00 && r <= 0xff60:
		return true
	case r >= 0x20000 && r <= 0x3ffff:
		return true
	}
	return false
}

// Characters that may not begin or end a line in the scripts without spaces.
const (
	notFirst = "、。，．・：；？！゛゜ヽヾゝゞ々ー’”）〕］｝〉》」』】°′″℃ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.!?:;)]}%"
	notLast  = "‘“（〔［｛〈《「『【([{"
)

// breaker builds the lines of one text.
type breaker struct {
	*face
	limit    float32
	maxLines int
	out      Wrapped

	para       string
	rtl        bool // the paragraph reads from right to left
	mixed      bool // it holds right-to-left characters
	start, end int  // the line's part of the paragraph
	x          float32
}

func (b *breaker) full() bool { return b.maxLines > 0 && len(b.out.Lines) >= b.maxLines }

// paragraph adds the lines of a text without line breaks; false when the
// lines were used up before its end.
func (b *breaker) paragraph(para string) bool {
	if b.full() {
		return false
	}
	b.para, b.start, b.end, b.x = para, 0, 0, 0
	b.rtl, b.mixed = direction(para)
	pos, first := 0, true
	for pos < len(para) {
		gap, n := skipSpaces(para[pos:])
		pos += n
		n = tokenLen(para[pos:])
		if n == 0 {
			break
		}
		lead := float32(gap) * b.space
		tw := b.wordWidth(para[pos : pos+n])
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
		cw := b.width(b.para[pos : pos+c])
		if b.x > 0 && b.x+cw > b.limit {
			b.end = pos
			if b.flush(); b.full() {
				return false
			}
			b.start = pos
		}
		b.x += cw
		pos += c
	}
	return true
}

// flush ends the current line.
func (b *breaker) flush() {
	line := WrappedLine{RTL: b.rtl}
	if text := strings.TrimRight(b.para[b.start:b.end], " \t"); text != "" {
		if b.mixed {
			line.Spans, line.Width = b.bidiSpans(text)
		} else {
			line.Spans, line.Width = b.plainSpans(text)
		}
	}
	b.out.Lines = append(b.out.Lines, line)
	b.out.Width = max(b.out.Width, line.Width)
	b.start, b.x = b.end, 0
}

// plainSpans places the words of a left-to-right line. Each word is a span of
// its own, because drawn words are kept by the painter and lines hardly ever
// come again.
func (b *breaker) plainSpans(text string) ([]Span, float32) {
	spans := make([]Span, 0, strings.Count(text, " ")+1)
	x := float32(0)
	for text != "" {
		gap, n := skipSpaces(text)
		x += float32(gap) * b.space
		text = text[n:]
		if n = wordLen(text); n == 0 {
			break
		}
		ww := b.wordWidth(text[:n])
		spans = append(spans, Span{Text: text[:n], X: x, Width: ww, Style: b.style})
		x += ww
		text = text[n:]
	}
	return spans, x
}

// skipSpaces returns how many spaces wide the white space at the beginning is, and its bytes.
func skipSpaces(s string) (spaces, n int) {
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		switch {
		case r == '\t':
			spaces += tabSpaces
		case r == '\u200b': // a place to break, of no width
		case isSpace(r):
			spaces++
		default:
			return spaces, n
		}
		n += size
	}
	return spaces, n
}

// isSpace tells whether a line may end at a character that is not drawn.
// The no-break spaces are drawn as parts of words.
func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\r', '\v', '\f', '\u0085', '\u200b', '\u2028', '\u2029':
		return true
	case '\u00a0', '\u202f', '\u2007':
		return false
	}
	return r > 0x7f && unicode.IsSpace(r)
}

// wordLen returns the bytes up to the next white space.
func wordLen(s string) int {
	for i, r := range s {
		if isSpace(r) {
			return i
		}
	}
	return len(s)
}

// tokenLen returns the bytes up to the next place where a line may end.
func tokenLen(s string) int {
	n, prev := 0, rune(-1)
	for n < len(s) {
		r, _ := utf8.DecodeRuneInString(s[n:])
		if isSpace(r) {
			return n
		}
		if prev >= 0 && (breakable(prev) || breakable(r)) && !strings.ContainsRune(notFirst, r) && !strings.ContainsRune(notLast, prev) {
			return n
		}
		n += clusterLen(s[n:])
		prev = r
	}
	return n
}

// clusterLen returns the bytes of what is seen as the first character: a
// letter with its marks, an emoji with its joined parts, a flag.
func clusterLen(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return 0
	}
	if n == 1 && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return 1
	}
	if isFlag(r) {
		if next, size := utf8.DecodeRuneInString(s[n:]); isFlag(next) {
			return n + size
		}
	}
	for n < len(s) && n < maxCluster {
		r, size := utf8.DecodeRuneInString(s[n:])
		switch {
		case r == '\u200d': // joins with what follows
			n += size
			_, size = utf8.DecodeRuneInString(s[n:])
		case r >= 0x1f3fb && r <= 0x1f3ff, r >= 0xe0020 && r <= 0xe007f:
		case r >= 0x300 && unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc):
		default:
			return n
		}
		n += size
	}
	return n
}

func isFlag(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }
