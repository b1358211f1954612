package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// NewColumn stacks objects in a column of a given width, which wrapped text
// needs to know its height. Where there is less room, the column is narrower.
func NewColumn(width float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{width: width}, objects...)
}

type column struct{ width float32 }

// MinSize implements fyne.Layout.
func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	h := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		if h > 0 {
			h += theme.Padding()
		}
		h += heightAt(o, c.width)
	}
	return fyne.NewSize(c.width, h)
}

// Layout implements fyne.Layout.
func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := heightAt(o, size.Width)
		o.Resize(fyne.NewSize(size.Width, h))
		o.Move(fyne.NewPos(0, y))
		y += h + theme.Padding()
	}
}

// heightAt asks for the height of an object at a width; a wrapped text only
// knows it once it has that width.
func heightAt(o fyne.CanvasObject, width float32) float32 {
	if o.Size().Width != width {
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
	}
	return o.MinSize().Height
}
