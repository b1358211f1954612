package gallery_test

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/viewtest"
)

// lists returns the lists of the window.
func lists(b *viewtest.Bench) []*widget.List {
	var all []*widget.List
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if l, ok := o.(*widget.List); ok {
			all = append(all, l)
			return
		}
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(b.Window.Content())
	return all
}
