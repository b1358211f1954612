package viewtest

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// All returns the visible objects of a type at and below an object, from the outside
// in and from top to bottom; what a widget is drawn with belongs to it, what is in a
// hidden object does not. Below nil is nothing: no dialog is open, for one.
//
// test.LaidOutObjects is not for this: it gives widgets a second renderer, and lists
// draw nothing from then on.
func All[T fyne.CanvasObject](root fyne.CanvasObject) []T {
	if root == nil || !root.Visible() {
		return nil
	}
	var all []T
	if is, ok := root.(T); ok {
		all = append(all, is)
	}
	var inner []fyne.CanvasObject
	switch o := root.(type) {
	case *fyne.Container:
		inner = o.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(o).Objects()
	}
	for _, o := range inner {
		all = append(all, All[T](o)...)
	}
	return all
}

// OnScreen is All of a window: what is in its dialogs and menus, which lie in front,
// before what is in its content.
func OnScreen[T fyne.CanvasObject](w fyne.Window) []T {
	var all []T
	for _, o := range append(w.Canvas().Overlays().List(), w.Content()) {
		all = append(all, All[T](o)...)
	}
	return all
}
