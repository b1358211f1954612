package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
)

// Line is a label for one line of what people write, such as a name: in every
// script, with emoji as pictures, ended by an ellipsis where there is no room.
// It has the padding of a label.
type Line struct {
	widget.BaseWidget
	line *textLine
}

// NewLine returns an empty line.
func NewLine(ctx *ui.Context, size fyne.ThemeSizeName, color fyne.ThemeColorName, style fyne.TextStyle) *Line {
	l := &Line{line: newTextLine(ctx, size, color, style)}
	l.ExtendBaseWidget(l)
	return l
}

// SetText shows a text.
func (l *Line) SetText(text string) {
	if l.line.text != text {
		l.line.text = text
		l.Refresh()
	}
}

// Text returns what is shown, uncut.
func (l *Line) Text() string { return l.line.text }

// CreateRenderer implements fyne.Widget.
func (l *Line) CreateRenderer() fyne.WidgetRenderer { return &lineRenderer{l} }

type lineRenderer struct{ l *Line }

// Layout fits the text.
func (r *lineRenderer) Layout(size fyne.Size) {
	pad := theme.InnerPadding()
	r.l.line.place(pad, pad, size.Width-2*pad)
}

// MinSize is the height of a label; any width will do.
func (r *lineRenderer) MinSize() fyne.Size {
	return fyne.NewSize(3*theme.InnerPadding(), r.l.line.height()+2*theme.InnerPadding())
}

// Objects returns the parts of the line.
func (r *lineRenderer) Objects() []fyne.CanvasObject { return r.l.line.appendTo(nil) }

// Destroy does nothing.
func (r *lineRenderer) Destroy() {}

// Refresh takes text, sizes and colours again.
func (r *lineRenderer) Refresh() {
	r.Layout(r.l.Size())
	r.l.line.recolor()
}
