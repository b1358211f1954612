package conversations

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
)

// keyEntry is a field of one line whose keys are offered to somebody else first.
type keyEntry struct {
	widget.Entry
	onKey func(key fyne.KeyName, shift bool) bool // tells whether it took the key

	takesTab bool // the Tab key goes to onKey and does not leave the field
	shift    bool
}

func newKeyEntry() *keyEntry {
	e := &keyEntry{}
	e.Scroll = fyne.ScrollHorizontalOnly
	e.Wrapping = fyne.TextWrapOff
	e.ExtendBaseWidget(e)
	return e
}

// AcceptsTab implements fyne.Tabbable.
func (e *keyEntry) AcceptsTab() bool { return e.takesTab }

// KeyDown implements desktop.Keyable.
func (e *keyEntry) KeyDown(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		e.shift = true
	}
	e.Entry.KeyDown(k)
}

// KeyUp implements desktop.Keyable.
func (e *keyEntry) KeyUp(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		e.shift = false
	}
	e.Entry.KeyUp(k)
}

// FocusLost implements fyne.Focusable.
func (e *keyEntry) FocusLost() {
	e.shift = false
	e.Entry.FocusLost()
}

// TypedKey implements fyne.Focusable.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	if e.onKey == nil || !e.onKey(k.Name, e.shift) {
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (e *keyEntry) TypedShortcut(s fyne.Shortcut) {
	e.Entry.TypedShortcut(s)
	ui.ForwardShortcut(e, s)
}

// cursor returns where the cursor is, in bytes of the text.
func (e *keyEntry) cursor() int {
	at := 0
	for i := range e.Text {
		if at == e.CursorColumn {
			return i
		}
		at++
	}
	return len(e.Text)
}

// put replaces a part of the text, in bytes, and sets the cursor behind it.
func (e *keyEntry) put(from, to int, text string) {
	before := e.Text[:from] + text
	e.SetText(before + e.Text[to:])
	e.CursorColumn = len([]rune(before))
	e.Refresh()
}
