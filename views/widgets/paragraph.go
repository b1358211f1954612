package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
)

// Paragraph is a label for some lines of what people write, such as what they say
// about themselves: in every script, with emoji as pictures, broken where there is
// no room. It has the padding of a label. Its text cannot be selected.
type Paragraph struct {
	widget.BaseWidget
	wrap  *Wrapper
	text  string
	width float32 // that it was wrapped for
	size  float32 // of the letters
	lines []*textLine
	used  int
	new   func() *textLine
}

// NewParagraph returns a text that is as wide as given, in logical pixels, until
// it is laid out wider or narrower.
func NewParagraph(ctx *ui.Context, text string, width float32) *Paragraph {
	p := &Paragraph{wrap: sharedWrapper(ctx), text: text, new: func() *textLine {
		return newTextLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{})
	}}
	p.fold(width)
	p.ExtendBaseWidget(p)
	return p
}

// Text returns what is shown.
func (p *Paragraph) Text() string { return p.text }

// fold breaks the text into lines for a width.
func (p *Paragraph) fold(width float32) {
	size := theme.Size(theme.SizeNameText)
	if width == p.width && size == p.size {
		return
	}
	p.width, p.size = width, size
	wrapped := p.wrap.Wrap(p.text, size, fyne.TextStyle{}, max(width-2*theme.InnerPadding(), 1), 0)
	for len(p.lines) < len(wrapped.Lines) {
		p.lines = append(p.lines, p.new())
	}
	p.used = len(wrapped.Lines)
	for i, line := range wrapped.Lines {
		p.lines[i].fitted = fittedLine{size: size, width: width}
		p.lines[i].show(line)
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Paragraph) CreateRenderer() fyne.WidgetRenderer { return &paragraphRenderer{p} }

type paragraphRenderer struct{ p *Paragraph }

// Layout breaks the text anew where the width has changed.
func (r *paragraphRenderer) Layout(size fyne.Size) {
	r.p.fold(size.Width)
	pad := theme.InnerPadding()
	for i, line := range r.p.lines[:r.p.used] {
		for _, part := range line.shown {
			part.object.Move(fyne.NewPos(pad+part.x, pad+float32(i)*line.height()+part.y))
		}
	}
}

// MinSize is the height of the lines; any width will do.
func (r *paragraphRenderer) MinSize() fyne.Size {
	height := float32(0)
	if r.p.used > 0 {
		height = float32(r.p.used) * r.p.lines[0].height()
	}
	return fyne.NewSize(3*theme.InnerPadding(), height+2*theme.InnerPadding())
}

// Objects returns the parts of all lines.
func (r *paragraphRenderer) Objects() []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for _, line := range r.p.lines[:r.p.used] {
		objects = line.appendTo(objects)
	}
	return objects
}

// Destroy does nothing.
func (r *paragraphRenderer) Destroy() {}

// Refresh takes sizes and colours again.
func (r *paragraphRenderer) Refresh() {
	r.Layout(r.p.Size())
	for _, line := range r.p.lines[:r.p.used] {
		line.recolor()
	}
}
