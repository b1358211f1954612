package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Entry is a field of one line that hears Escape and Down, and that leaves the
// shortcuts of the window to the window: a focused field of Fyne keeps them.
// In a dialog, Escape closes it unless OnEscape says something else.
type Entry struct {
	widget.Entry
	OnEscape func()
	OnDown   func()
	// Page scrolls what the field lies in. It gets the wheel of the mouse over the
	// field; nil leaves it to the field.
	Page fyne.Scrollable

	focused bool
}

// NewEntry returns an empty field.
func NewEntry() *Entry {
	e := &Entry{}
	e.ExtendBaseWidget(e)
	return e
}

// NewPasswordEntry returns an empty field that hides what is typed.
func NewPasswordEntry() *Entry {
	e := &Entry{}
	e.Password = true
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyEscape && e.OnEscape != nil:
		e.OnEscape()
	case k.Name == fyne.KeyDown && e.OnDown != nil:
		e.OnDown()
	default:
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	e.Entry.TypedShortcut(s)
	ForwardShortcut(e, s)
}

// ForwardShortcut gives a shortcut that a focused object has no use for to the
// canvas. Those of editing (copy, paste, undo …) are not custom ones and stay.
func ForwardShortcut(from fyne.CanvasObject, s fyne.Shortcut) {
	if _, ok := s.(*desktop.CustomShortcut); !ok {
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(from).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}
