package ui

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// wheel lies over a field and takes the wheel of the mouse, and nothing else: a
// field of Fyne keeps it, also where there is nothing to scroll in it.
type wheel struct {
	widget.BaseWidget
	entry *Entry
	own   *container.Scroll // of the field
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Scrolled implements fyne.Scrollable. What is longer than the field in which the
// cursor is moves first; the page moves when that is at its end.
func (w *wheel) Scrolled(ev *fyne.ScrollEvent) {
	sideways := math.Abs(float64(ev.Scrolled.DX)) > math.Abs(float64(ev.Scrolled.DY))
	if w.own != nil && (sideways || w.entry.focused) {
		before := w.own.Offset
		w.own.Scrolled(ev)
		if sideways || w.own.Offset != before {
			return
		}
	}
	w.entry.Page.Scrolled(ev)
}

// CreateRenderer implements fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	r := e.Entry.CreateRenderer()
	w := &wheel{entry: e}
	w.ExtendBaseWidget(w)
	for _, o := range r.Objects() {
		if s, ok := o.(*container.Scroll); ok {
			w.own = s
		}
	}
	return &wheelRenderer{WidgetRenderer: r, wheel: w}
}

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.focused = true
	e.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.focused = false
	e.Entry.FocusLost()
}

// wheelRenderer draws a field with its wheel in front.
type wheelRenderer struct {
	fyne.WidgetRenderer
	wheel *wheel
}

// Layout implements fyne.WidgetRenderer.
func (r *wheelRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.wheel.Resize(size)
}

// Objects implements fyne.WidgetRenderer.
func (r *wheelRenderer) Objects() []fyne.CanvasObject {
	if r.wheel.entry.Page == nil {
		return r.WidgetRenderer.Objects()
	}
	return append(append([]fyne.CanvasObject(nil), r.WidgetRenderer.Objects()...), r.wheel)
}
