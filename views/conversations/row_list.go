package conversations

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// rowList is the list of conversations for the keyboard. Its cursor belongs to a
// conversation, not to a line: it stays with it when the order changes.
type rowList struct {
	widget.List
	pane    *listPane
	focused bool
	shift   bool
}

var _ desktop.Keyable = (*rowList)(nil)

func newRowList(pane *listPane) *rowList {
	l := &rowList{pane: pane}
	l.Length = func() int { return len(pane.order) }
	l.CreateItem, l.UpdateItem = pane.createRow, pane.updateRow
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// FocusGained shows where the keyboard is.
func (l *rowList) FocusGained() {
	l.focused = true
	if p := l.pane; p.index(p.picks.cursor) < 0 {
		switch v := p.inView(); {
		case p.index(p.chosen) >= 0:
			p.picks.set(p.chosen)
		case len(v.ids) > 0:
			p.picks.set(v.ids[0])
		}
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

// TypedRune filters the list.
func (l *rowList) TypedRune(r rune) {
	if r == ' ' { // a key of its own
		return
	}
	l.pane.search.Focus()
	l.pane.search.Field().TypedRune(r)
}

// TypedKey moves, opens, and asks for the menu.
func (l *rowList) TypedKey(k *fyne.KeyEvent) {
	p := l.pane
	page := max(p.inView().count-3, 1)
	switch k.Name {
	case fyne.KeyUp:
		p.move(-1, l.shift)
	case fyne.KeyDown:
		p.move(1, l.shift)
	case fyne.KeyPageUp:
		p.move(-page, l.shift)
	case fyne.KeyPageDown:
		p.move(page, l.shift)
	case fyne.KeyHome:
		p.move(-len(p.order), l.shift)
	case fyne.KeyEnd:
		p.move(len(p.order), l.shift)
	case fyne.KeyReturn, fyne.KeyEnter:
		l.open()
	case fyne.KeySpace:
		if len(p.picks.ids) > 0 {
			p.toggle(p.picks.cursor)
		} else {
			l.open()
		}
	case fyne.KeyEscape:
		if !p.bar.clear() {
			p.search.Focus()
		}
	case desktop.KeyMenu:
		p.menuAtCursor()
	case fyne.KeyF10:
		if l.shift {
			p.menuAtCursor()
		}
	}
}

func (l *rowList) open() {
	if l.pane.index(l.pane.picks.cursor) >= 0 {
		l.pane.choose(l.pane.picks.cursor)
	}
}

// TypedShortcut selects everything with Ctrl+A.
func (l *rowList) TypedShortcut(s fyne.Shortcut) {
	if _, all := s.(*fyne.ShortcutSelectAll); all {
		l.pane.pickAll()
		return
	}
	ui.ForwardShortcut(l, s)
}

// move moves the cursor; extend picks the rows from where the moving began.
func (l *listPane) move(by int, extend bool) {
	if len(l.order) == 0 {
		return
	}
	from := l.index(l.picks.cursor)
	to := min(max(from+by, 0), len(l.order)-1)
	if from < 0 {
		to = l.inView().first
	}
	if extend {
		l.picks.extend(l.order, to)
	} else {
		l.picks.set(l.order[to])
	}
	l.bar.update()
	l.list.ScrollTo(to)
}

// pick adds a row to what is picked or takes it away; upTo adds all rows from
// the cursor to it.
func (l *listPane) pick(row model.ConversationRow, upTo bool) {
	l.ctx.Window.Canvas().Focus(l.list)
	if i := l.index(row.ID); upTo && i >= 0 {
		l.picks.extend(l.order, i)
		l.bar.update()
		l.list.Refresh()
		return
	}
	l.toggle(row.ID)
}

func (l *listPane) toggle(id model.ConversationID) {
	l.picks.toggle(id)
	l.bar.update()
	l.list.Refresh()
}

// pickAll picks all rows of the list, also those that were never seen.
func (l *listPane) pickAll() {
	l.picks.all(l.order)
	l.bar.update()
	l.list.Refresh()
}
