package session

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
)

// column stacks the parts of a card. Each knows its width before it is asked for its
// height, which depends on it, and the code is fitted in between.
type column struct {
	stack fyne.Layout
	fit   func() bool
}

func newColumn(fit func() bool) *column { return &column{stack: layout.NewVBoxLayout(), fit: fit} }

// MinSize implements fyne.Layout.
func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size { return c.stack.MinSize(objects) }

// Layout implements fyne.Layout.
func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		if o.Visible() && o.Size().Width != size.Width {
			o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		}
	}
	c.fit()
	c.stack.Layout(objects, size)
}

// fit gives the code as much room as the page leaves it beside what its card says
// above it, so that all of it is in view: a code that is cut cannot be scanned.
func (c *card) fit() bool {
	page, ok := c.opts.Page.(fyne.CanvasObject)
	if !ok || c.frame == nil || !c.frame.Visible() || page.Size().Height == 0 {
		return false
	}
	// Around the cards, within the card, beside the separator and around the panel.
	const paddings = 1 + 2 + 1 + 1
	taken := paddings*theme.Padding() + theme.SeparatorThicknessSize()
	for _, part := range c.box.Objects {
		if part == fyne.CanvasObject(c.frame) {
			break
		}
		if part.Visible() {
			taken += part.MinSize().Height + theme.Padding()
		}
	}
	return c.panel.qr.fit(page.Size().Height - taken)
}

// watched fills its place with an object and tells when its size has changed.
type watched struct {
	stack   fyne.Layout
	changed func()
}

func newWatched(changed func()) *watched {
	return &watched{stack: layout.NewStackLayout(), changed: changed}
}

// MinSize implements fyne.Layout.
func (w *watched) MinSize(objects []fyne.CanvasObject) fyne.Size { return w.stack.MinSize(objects) }

// Layout implements fyne.Layout.
func (w *watched) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w.stack.Layout(objects, size)
	w.changed()
}
