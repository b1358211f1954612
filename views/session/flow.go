package session

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// flow puts objects side by side and breaks into rows where they do not fit.
type flow struct {
	even  bool    // all objects as wide as the widest
	width float32 // of the last layout; the height depends on it
}

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.walk(objects, size.Width, func(o fyne.CanvasObject, pos fyne.Position, s fyne.Size) {
		o.Move(pos)
		o.Resize(s)
	})
}

// MinSize implements fyne.Layout. It is as wide as the widest object and as
// high as the rows that the last width needed.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var widest float32
	for _, o := range objects {
		if o.Visible() {
			widest = max(widest, o.MinSize().Width)
		}
	}
	width := f.width
	if width == 0 {
		width = 10 * widest // not laid out yet: one row is the best guess
	}
	return fyne.NewSize(widest, f.walk(objects, width, func(fyne.CanvasObject, fyne.Position, fyne.Size) {}))
}

// walk calls place with where each object belongs and returns the height of all rows.
func (f *flow) walk(objects []fyne.CanvasObject, width float32, place func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var x, y, row, widest float32
	gap := theme.Padding()
	for _, o := range objects {
		widest = max(widest, o.MinSize().Width)
	}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		if f.even {
			s.Width = widest
		}
		if x > 0 && x+s.Width > width {
			x, y, row = 0, y+row+gap, 0
		}
		place(o, fyne.NewPos(x, y), s)
		x += s.Width + gap
		row = max(row, s.Height)
	}
	return y + row
}
