package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/xappiens/buzon/views/ui"
)

// TextField is a field of a dialog for a text of several lines. Enter begins a
// line, Ctrl+Enter submits.
type TextField struct {
	textArea
	OnChanged func(text string)
	OnSubmit  func() // Ctrl+Enter; may be nil
	OnEscape  func() // may be nil
}

// NewTextField returns an empty field that is lines high and takes at most limit
// characters; zero stands for no limit.
func NewTextField(ctx *ui.Context, lines, limit int) *TextField {
	f := &TextField{}
	f.init(ctx, f)
	f.minLines, f.limit = max(lines, 1), limit
	f.onChanged = func(text string) {
		if f.OnChanged != nil {
			f.OnChanged(text)
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// Text returns what was written.
func (f *TextField) Text() string { return f.text }

// AdoptEscape lets Escape do something, unless it does already.
func (f *TextField) AdoptEscape(do func()) {
	if f.OnEscape == nil {
		f.OnEscape = do
	}
}

// TypedKey implements fyne.Focusable.
func (f *TextField) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape && f.OnEscape != nil {
		f.OnEscape()
		return
	}
	f.textArea.TypedKey(k)
}

// TypedShortcut implements fyne.Shortcutable.
func (f *TextField) TypedShortcut(s fyne.Shortcut) {
	if k, ok := s.(*desktop.CustomShortcut); ok && (k.KeyName == fyne.KeyReturn || k.KeyName == fyne.KeyEnter) && f.OnSubmit != nil {
		f.OnSubmit()
		return
	}
	if !f.shortcut(s) {
		ui.ForwardShortcut(f, s)
	}
}

// Tapped implements fyne.Tappable: it moves the keyboard here.
func (f *TextField) Tapped(*fyne.PointEvent) { f.requestFocus(f) }

// MouseDown implements desktop.Mouseable: it moves the keyboard and the cursor here.
func (f *TextField) MouseDown(ev *desktop.MouseEvent) {
	f.requestFocus(f)
	f.mouseDown(ev)
}

// TappedSecondary implements fyne.SecondaryTappable: it shows what can be done with the text.
func (f *TextField) TappedSecondary(ev *fyne.PointEvent) {
	f.requestFocus(f)
	f.menu(ev.AbsolutePosition, f)
}
