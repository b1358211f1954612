package widgets

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/resources/fonts"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

type faceKey struct {
	size   float32
	style  fyne.TextStyle
	script fonts.Script // zero: the theme's font
}

// face holds what was measured of one size and style, and script.
type face struct {
	faceKey
	words map[string]float32
	space float32
	line  float32
	emoji float32 // side of a picture
	wide  [wideSorts]float32
}

func (w *Wrapper) face(size float32, style fyne.TextStyle) *face {
	return w.scriptFace(size, style, 0)
}

func (w *Wrapper) scriptFace(size float32, style fyne.TextStyle, script fonts.Script) *face {
	key := faceKey{size, style, script}
	f, ok := w.faces[key]
	if !ok {
		s := fyne.MeasureText(" ", size, style) // lines of all scripts are of one height
		f = &face{faceKey: key, words: map[string]float32{}, space: s.Width, line: s.Height, emoji: float32(int(min(size*emojiShare, s.Height) + 0.5))}
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
	v := f.measure(word)
	if len(f.words) >= cachedWords {
		clear(f.words)
	}
	f.words[strings.Clone(word)] = v // not a part of a long message, which it would keep alive
	return v
}

func (f *face) measure(text string) float32 {
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(text, f.size, f.style, apptheme.ScriptFont(f.script))
	return size.Width
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
		f.wide[sort] = f.measure(sample)
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
