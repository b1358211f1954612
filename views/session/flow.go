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

// room returns how wide objects of an even flow are: all as the widest, or where only
// that breaks the row, each as it is and with the same share of what is left over.
func (f *flow) room(objects []fyne.CanvasObject, width float32) func(fyne.CanvasObject) float32 {
	var widest, sum float32
	n := 0
	for _, o := range objects {
		w := o.MinSize().Width
		widest = max(widest, w)
		if o.Visible() {
			sum += w
			n++
		}
	}
	left := width - sum - theme.Padding()*float32(n-1)
	if n > 0 && left >= 0 && left < widest*float32(n)-sum {
		return func(o fyne.CanvasObject) float32 { return o.MinSize().Width + left/float32(n) }
	}
	return func(fyne.CanvasObject) float32 { return widest }
}

// walk calls place with where each object belongs and returns the height of all rows.
func (f *flow) walk(objects []fyne.CanvasObject, width float32, place func(fyne.CanvasObject, fyne.Position, fyne.Size)) float32 {
	var x, y, row float32
	gap := theme.Padding()
	even := f.room(objects, width)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		s := o.MinSize()
		if f.even {
			s.Width = even(o)
		}
		const slack = 0.1 // that sums of widths are out by
		if x > 0 && x+s.Width > width+slack {
			x, y, row = 0, y+row+gap, 0
		}
		place(o, fyne.NewPos(x, y), s)
		x += s.Width + gap
		row = max(row, s.Height)
	}
	return y + row
}
