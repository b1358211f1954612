package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
)

// Limits of the wrapper. A word up to measuredWord bytes is measured whole and
// remembered; a longer one is the sum of its characters, so that no single
// measurement grows with what somebody sent.
const (
	measuredWord = 64
	cachedWords  = 50_000
	tabSpaces    = 4
	maxCluster   = 64   // bytes that are kept together as one character
	lineBytes    = 1024 // of a text are read for each line that is asked for
	emojiShare   = 1.25 // side of an emoji's picture, of the size of the letters; a seventh of it is its empty edge
)

// Span is a piece of text with its place on a line, in logical pixels from the
// line's left edge. To draw it:
//
//   - Emoji "": Text in Style and Font, and when Strike is set a line through its middle
//     from X to X+Width. A Link is drawn in theme.ColorNameHyperlink and taps
//     on it carry it.
//   - otherwise: the picture emoji.Image(Emoji, pixels) as a square of Width,
//     in the middle of the line's height.
type Span struct {
	Text   string
	X      float32
	Width  float32
	Style  fyne.TextStyle
	Font   fyne.Resource // canvas.Text.FontSource of the text; nil: the theme's
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
// again is wrapped in microseconds. What no font can draw, and what would
// mislead the reader, is replaced or left out.
//
// A Wrapper belongs to the UI goroutine, as text measuring does.
type Wrapper struct {
	faces  map[faceKey]*face
	glyphs *glyphs
}

// NewWrapper returns a wrapper that has measured nothing yet.
func NewWrapper() *Wrapper { return &Wrapper{faces: map[faceKey]*face{}, glyphs: newGlyphs()} }

// Reset forgets every width; call it when the font may have changed.
func (w *Wrapper) Reset() {
	clear(w.faces)
	w.glyphs = newGlyphs()
}

// LineHeight returns the height of a line in logical pixels.
func (w *Wrapper) LineHeight(size float32, style fyne.TextStyle) float32 {
	return w.face(size, style).line
}

// Width returns the width of a text on one line, in logical pixels.
func (w *Wrapper) Width(text string, size float32, style fyne.TextStyle) float32 {
	b := w.breaker(richText{text: w.glyphs.clean(text)}, size, style, 0, 0)
	b.para = b.rich.text
	x := float32(0)
	for pos := 0; pos < len(b.para); {
		gap, n := skipSpaces(b.para[pos:])
		x += float32(gap) * b.space
		pos += n
		n = wordLen(b.para[pos:])
		x += b.between(pos, pos+n)
		pos += n
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
	text = w.glyphs.clean(strings.Join(strings.Fields(text), " "))
	b := w.breaker(richText{text: text}, size, style, limit, 1)
	if all := b.wrap(); !all.Cut {
		return all.Lines[0]
	}
	limit -= b.width("…")
	b.para = text
	end, x := 0, float32(0)
	for end < len(text) {
		n := clusterLen(text[end:])
		cw := b.between(end, end+n)
		if x+cw > limit {
			break
		}
		x += cw
		end += n
	}
	return w.breaker(richText{text: strings.TrimRight(text[:end], " ") + "…"}, size, style, limit*2+1, 1).wrap().Lines[0]
}

// Wrap breaks a text into lines no wider than limit, at most maxLines of them
// (zero: no bound). It breaks at spaces, beside emoji, between the characters
// of scripts that use no spaces, and inside a word that fits no line. There is
// always one line.
func (w *Wrapper) Wrap(text string, size float32, style fyne.TextStyle, limit float32, maxLines int) Wrapped {
	text, cut := bounded(text, maxLines)
	out := w.breaker(richText{text: w.glyphs.clean(text)}, size, style, limit, maxLines).wrap()
	out.Cut = out.Cut || cut
	return out
}

// WrapRich is Wrap for the text of a message: *bold*, _italic_, ~strike~ and
// monospaced text between backquotes are shown as such without their marks,
// links and mentions are found.
func (w *Wrapper) WrapRich(text string, o RichOptions, size float32, style fyne.TextStyle, limit float32, maxLines int) Wrapped {
	text, cut := bounded(text, maxLines)
	out := w.breaker(parseRich(w.glyphs.clean(text), o, w.glyphs.clean), size, style, limit, maxLines).wrap()
	out.Cut = out.Cut || cut
	return out
}

// bounded cuts a text to what so many lines can hold.
func bounded(text string, maxLines int) (string, bool) {
	if maxLines <= 0 || len(text) <= maxLines*lineBytes {
		return text, false
	}
	return strings.ToValidUTF8(text[:maxLines*lineBytes], ""), true
}
