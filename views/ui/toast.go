package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Toasts shows short messages that go away by themselves, and hints.
type Toasts struct {
	ctx   *Context
	layer *fyne.Container
}

func newToasts(c *Context) *Toasts {
	return &Toasts{ctx: c, layer: container.NewWithoutLayout()}
}

// Overlay is the layer that toasts appear on; the main window stacks it over
// its content. It lets all input through.
func (t *Toasts) Overlay() fyne.CanvasObject { return t.layer }

// Show shows a text for a few seconds.
func (t *Toasts) Show(text string) {}

// Tip shows a hint beside an object until hide is called.
func (t *Toasts) Tip(text string, beside fyne.CanvasObject) (hide func()) { return func() {} }

// Toast shows a text for a few seconds.
func (c *Context) Toast(text string) { c.Toasts.Show(text) }
