package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/views/ui"
)

type wrapperKey struct{}

// sharedWrapper returns the widths of words that all rows of a window share.
func sharedWrapper(ctx *ui.Context) *Wrapper {
	return ctx.Shared(wrapperKey{}, func() any { return NewWrapper() }).(*Wrapper)
}

// textLine is one line of text in a row, ended by an ellipsis where it is too long.
type textLine struct {
	wrap  *Wrapper
	text  string
	size  fyne.ThemeSizeName
	style fyne.TextStyle
	color fyne.ThemeColorName

	parts   []*canvas.Text
	offsets []float32 // of the parts that are shown, from the left edge
	fitted  fittedLine
	width   float32 // of what is drawn
}

type fittedLine struct {
	text  string
	size  float32
	style fyne.TextStyle
	width float32
}

func newTextLine(ctx *ui.Context, size fyne.ThemeSizeName, color fyne.ThemeColorName, style fyne.TextStyle) *textLine {
	return &textLine{wrap: sharedWrapper(ctx), size: size, color: color, style: style}
}

// height returns the height of the line in logical pixels.
func (l *textLine) height() float32 { return l.wrap.LineHeight(theme.Size(l.size), l.style) }

// natural returns the width that the whole text takes.
func (l *textLine) natural() float32 {
	if l.text == "" {
		return 0
	}
	return l.wrap.Width(l.text, theme.Size(l.size), l.style)
}

// place fits the text into width and moves it to x and y.
func (l *textLine) place(x, y, width float32) {
	want := fittedLine{text: l.text, size: theme.Size(l.size), style: l.style, width: max(width, 0)}
	if want != l.fitted {
		l.fitted = want
		l.fit()
	}
	for i, part := range l.parts {
		if i < len(l.offsets) {
			part.Move(fyne.NewPos(x+l.offsets[i], y))
		}
	}
}

func (l *textLine) fit() {
	l.offsets, l.width = l.offsets[:0], 0
	var line WrappedLine
	if l.text != "" {
		line = l.wrap.Fit(l.text, l.fitted.size, l.style, l.fitted.width)
		if plain(l.text) {
			line.Spans = joined(line.Spans)
		}
	}
	l.width = line.Width
	shift := float32(0)
	if line.RTL {
		shift = max(l.fitted.width-line.Width, 0)
	}
	for len(l.parts) < len(line.Spans) {
		l.parts = append(l.parts, canvas.NewText("", nil))
	}
	for i, part := range l.parts {
		if i >= len(line.Spans) {
			part.Hide()
			continue
		}
		span := line.Spans[i]
		part.Text, part.TextSize, part.TextStyle = span.Text, l.fitted.size, l.style
		part.Color = theme.Color(l.color)
		part.Resize(fyne.NewSize(span.Width, l.height()))
		part.Show()
		part.Refresh()
		l.offsets = append(l.offsets, shift+span.X)
	}
}

// plain tells whether all of a text comes from one font and reads from left to
// right. Emoji among letters would move the line off its place.
func plain(text string) bool {
	for _, r := range text {
		if r >= 0x590 && (r < 0x2010 || r > 0x2027) { // punctuation such as “…” is in every font
			return false
		}
	}
	return true
}

// joined makes one span of the words of a left-to-right line: a row is drawn
// often and its text stays, so fewer objects count for more here than words
// that other lines share.
func joined(spans []Span) []Span {
	if len(spans) < 2 {
		return spans
	}
	var text strings.Builder
	end := spans[0].X
	for _, s := range spans {
		if s.X > end+0.5 {
			text.WriteByte(' ')
		}
		text.WriteString(s.Text)
		end = s.X + s.Width
	}
	return []Span{{Text: text.String(), X: spans[0].X, Width: end - spans[0].X}}
}

// recolor draws the line in its colour of the present theme.
func (l *textLine) recolor() {
	c := theme.Color(l.color)
	for _, part := range l.parts {
		part.Color = c
		part.Refresh()
	}
}

func (l *textLine) appendTo(objects []fyne.CanvasObject) []fyne.CanvasObject {
	for _, part := range l.parts {
		objects = append(objects, part)
	}
	return objects
}
