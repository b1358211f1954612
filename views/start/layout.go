package start

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// centered keeps one object in a column of at most a width, in the middle.
type centered struct{ width float32 }

// Layout implements fyne.Layout.
func (c *centered) Layout(o []fyne.CanvasObject, size fyne.Size) {
	pad := 4 * theme.Padding()
	w := min(c.width, size.Width-2*pad)
	o[0].Move(fyne.NewPos((size.Width-w)/2, pad))
	o[0].Resize(fyne.NewSize(w, size.Height-2*pad))
}

// MinSize implements fyne.Layout.
func (c *centered) MinSize(o []fyne.CanvasObject) fyne.Size {
	pad := 4 * theme.Padding()
	s := o[0].MinSize()
	return fyne.NewSize(s.Width+2*pad, s.Height+2*pad)
}

func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// label names a field.
func label(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.TextStyle.Bold = true
	return l
}

// hint explains a field.
func hint(text string) *widget.Label {
	l := wrapped(text)
	l.Importance = widget.LowImportance
	return l
}

func show(o fyne.CanvasObject, visible bool) {
	if visible == o.Visible() {
		return
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

func enable(b *widget.Button, on bool) {
	if on != b.Disabled() {
		return
	}
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}
