package outbox

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/views/ui"
)

// rowList is the list of rows for the keyboard. Its cursor is the row that is
// chosen: it stays with it when the order changes.
type rowList struct {
	widget.List
	pane    *list
	focused bool
	shift   bool
	height  float32 // of a row
}

var _ desktop.Keyable = (*rowList)(nil)

func newRowList(pane *list) *rowList {
	l := &rowList{pane: pane}
	l.Length = func() int { return len(pane.rows) }
	l.CreateItem, l.UpdateItem = pane.createRow, pane.updateRow
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// step is the distance from one row to the next.
func (l *rowList) step() float32 {
	if l.height == 0 {
		l.height = l.pane.createRow().MinSize().Height
	}
	return l.height + theme.Padding()
}

// FocusGained shows where the keyboard is.
func (l *rowList) FocusGained() {
	l.focused = true
	if p := l.pane; p.index(p.chosen) < 0 && len(p.rows) > 0 {
		p.choose(min(int(l.GetScrollOffset()/l.step()+0.5), len(p.rows)-1))
	}
	l.Refresh()
}

// FocusLost hides it.
func (l *rowList) FocusLost() {
	l.focused, l.shift = false, false
	l.Refresh()
}

// KeyDown implements desktop.Keyable.
func (l *rowList) KeyDown(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		l.shift = true
	}
}

// KeyUp implements desktop.Keyable.
func (l *rowList) KeyUp(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		l.shift = false
	}
}

// TypedRune does nothing.
func (l *rowList) TypedRune(rune) {}

// TypedShortcut leaves the shortcuts of the window to the window.
func (l *rowList) TypedShortcut(s fyne.Shortcut) { ui.ForwardShortcut(l, s) }

// TypedKey moves, opens, takes away, and asks for the menu.
func (l *rowList) TypedKey(k *fyne.KeyEvent) {
	page := max(int(l.Size().Height/l.step())-1, 1)
	switch k.Name {
	case fyne.KeyUp:
		l.move(-1)
	case fyne.KeyDown:
		l.move(1)
	case fyne.KeyPageUp:
		l.move(-page)
	case fyne.KeyPageDown:
		l.move(page)
	case fyne.KeyHome:
		l.move(-len(l.pane.rows))
	case fyne.KeyEnd:
		l.move(len(l.pane.rows))
	case desktop.KeyMenu:
		l.pane.menuAtCursor()
	case fyne.KeyF10:
		if l.shift {
			l.pane.menuAtCursor()
		}
	case fyne.KeyEscape:
		l.pane.ctx.Window.Canvas().Unfocus()
	default:
		if i := l.pane.index(l.pane.chosen); i >= 0 {
			l.pane.onKey(&l.pane.rows[i], k.Name)
		}
	}
}

func (l *rowList) move(by int) {
	p := l.pane
	if len(p.rows) == 0 {
		return
	}
	to := min(max(p.index(p.chosen)+by, 0), len(p.rows)-1)
	p.choose(to)
	l.ScrollTo(to)
}
