package conversations

import "fyne.io/fyne/v2"

// narrow lets one object be as narrow as its room, whatever it would like: a
// long title is cut, not the list widened.
type narrow struct{}

// MinSize implements fyne.Layout.
func (narrow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if len(objects) == 0 || !objects[0].Visible() {
		return fyne.Size{}
	}
	return fyne.NewSize(0, objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (narrow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// atLeast gives what it holds at least a width.
type atLeast struct{ width float32 }

// MinSize implements fyne.Layout.
func (a *atLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	needs := fyne.NewSize(a.width, 0)
	for _, o := range objects {
		needs = needs.Max(o.MinSize())
	}
	return needs
}

// Layout implements fyne.Layout.
func (a *atLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}
