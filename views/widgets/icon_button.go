package widgets

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
)

// tipDelay is how long the pointer rests before the hint appears.
const tipDelay = 500 * time.Millisecond

// IconButton is a button with only an icon; its name appears as a hint under
// the pointer and while it has the focus.
type IconButton struct {
	widget.Button
	ctx  *ui.Context
	name string
	hide func() // the hint, or the wait for it
}

// NewIconButton returns a button.
func NewIconButton(ctx *ui.Context, icon fyne.Resource, name string, tapped func()) *IconButton {
	b := &IconButton{ctx: ctx, name: name, hide: func() {}}
	b.Icon = icon
	b.Importance = widget.LowImportance
	b.OnTapped = func() {
		b.hide()
		if tapped != nil {
			tapped()
		}
	}
	b.ExtendBaseWidget(b)
	return b
}

// Name returns what the button does, in words.
func (b *IconButton) Name() string { return b.name }

// SetIcon changes the icon and the name.
func (b *IconButton) SetIcon(icon fyne.Resource, name string) {
	b.hide()
	b.name = name
	b.Button.SetIcon(icon)
}

// MouseIn implements desktop.Hoverable.
func (b *IconButton) MouseIn(e *desktop.MouseEvent) {
	b.Button.MouseIn(e)
	b.hide()
	b.hide = b.ctx.Later(tipDelay, b.tip)
}

// MouseOut implements desktop.Hoverable.
func (b *IconButton) MouseOut() {
	b.Button.MouseOut()
	b.hide()
}

// FocusGained implements fyne.Focusable.
func (b *IconButton) FocusGained() {
	b.Button.FocusGained()
	b.hide()
	b.tip()
}

// FocusLost implements fyne.Focusable.
func (b *IconButton) FocusLost() {
	b.Button.FocusLost()
	b.hide()
}

// Hide implements fyne.CanvasObject.
func (b *IconButton) Hide() {
	b.hide()
	b.Button.Hide()
}

func (b *IconButton) tip() { b.hide = b.ctx.Toasts.Tip(b.name, b) }
