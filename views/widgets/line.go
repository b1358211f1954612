package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/resources/emoji"
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

	parts  []*canvas.Text
	images []*canvas.Image // of emoji
	shown  []linePart
	fitted fittedLine
	width  float32 // of what is drawn
}

// linePart is a part that is shown, and where it is in the line.
type linePart struct {
	object fyne.CanvasObject
	x, y   float32
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
	for _, p := range l.shown {
		p.object.Move(fyne.NewPos(x+p.x, y+p.y))
	}
}

func (l *textLine) fit() {
	var line WrappedLine
	if l.text != "" {
		line = l.wrap.Fit(l.text, l.fitted.size, l.style, l.fitted.width)
		if !line.RTL {
			line.Spans = joined(line.Spans)
		}
	}
	l.show(line)
}

// show draws a line that was fitted.
func (l *textLine) show(line WrappedLine) {
	l.shown = l.shown[:0]
	l.width = line.Width
	shift := float32(0)
	if line.RTL {
		shift = max(l.fitted.width-line.Width, 0)
	}
	texts, images := 0, 0
	for i := range line.Spans {
		span := &line.Spans[i]
		if span.Emoji != "" && l.image(images, span, shift) {
			images++
			continue
		}
		l.part(texts, span, shift)
		texts++
	}
	for _, part := range l.parts[texts:] {
		part.Hide()
	}
	for _, img := range l.images[images:] {
		img.Hide()
	}
}

func (l *textLine) part(i int, span *Span, shift float32) {
	if i == len(l.parts) {
		l.parts = append(l.parts, canvas.NewText("", nil))
	}
	part := l.parts[i]
	part.Text, part.TextSize, part.TextStyle, part.FontSource = span.Text, l.fitted.size, span.Style, span.Font
	part.Color = theme.Color(l.color)
	part.Resize(fyne.NewSize(span.Width, l.height()))
	part.Show()
	part.Refresh()
	l.shown = append(l.shown, linePart{part, shift + span.X, 0})
}

// image shows an emoji; false when it has no picture.
func (l *textLine) image(i int, span *Span, shift float32) bool {
	if i == len(l.images) {
		l.images = append(l.images, newImage())
	}
	img := l.images[i]
	picture := emoji.Image(span.Emoji, int(span.Width*pixelScale(img)+0.5))
	if picture == nil {
		return false
	}
	img.Image = picture
	img.Resize(fyne.NewSquareSize(span.Width))
	img.Show()
	img.Refresh()
	l.shown = append(l.shown, linePart{img, shift + span.X, whole((l.height() - span.Width) / 2)})
	return true
}

// pixelScale returns how many pixels a logical one is where an object is
// shown, or will be.
func pixelScale(o fyne.CanvasObject) float32 {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(o)
	if windows := driver.AllWindows(); c == nil && len(windows) > 0 {
		c = windows[0].Canvas()
	}
	if c == nil || c.Scale() <= 0 {
		return 1
	}
	return c.Scale()
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

// joined makes one span of neighbouring words of a left-to-right line: a row is
// drawn often and its text stays, so fewer objects count for more here than
// words that other lines share.
func joined(spans []Span) []Span {
	out := spans[:0]
	for i := range spans {
		s := spans[i]
		if n := len(out); n > 0 && alike(&out[n-1], &s) {
			last := &out[n-1]
			if s.X > last.X+last.Width+0.5 {
				last.Text += " "
			}
			last.Text += s.Text
			last.Width = s.X + s.Width - last.X
			continue
		}
		out = append(out, s)
	}
	return out
}

// alike tells whether two spans can be drawn as one.
func alike(a, b *Span) bool {
	return a.Emoji == "" && b.Emoji == "" && a.Style == b.Style && a.Font == b.Font && plain(a.Text) && plain(b.Text)
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
	for _, img := range l.images {
		objects = append(objects, img)
	}
	return objects
}
