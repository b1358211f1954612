package widgets

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
)

// FocusGained shows the cursor.
func (a *textArea) FocusGained() {
	a.focused = true
	a.draw()
}

// FocusLost hides the cursor, and lets go of keys that will be released elsewhere.
func (a *textArea) FocusLost() {
	a.focused, a.shift = false, 0
	a.draw()
}

// KeyDown notes the shift key.
func (a *textArea) KeyDown(ev *fyne.KeyEvent) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		a.shift++
	}
}

// KeyUp notes that the shift key was let go.
func (a *textArea) KeyUp(ev *fyne.KeyEvent) {
	if (ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight) && a.shift > 0 {
		a.shift--
	}
}

// TypedRune adds a character.
func (a *textArea) TypedRune(r rune) { a.write(string(r)) }

// write puts a text at the cursor, or as much of it as there is room for.
func (a *textArea) write(text string) {
	if a.limit > 0 && len(a.text)+len(text) > a.limit {
		room := a.limit - utf8.RuneCountInString(a.text) + utf8.RuneCountInString(a.selected())
		text = capRunes(text, max(room, 0))
	}
	if text == "" {
		return
	}
	a.insert(text)
	a.goal = -1
	a.laidOut(true)
}

// erase deletes the selection, or up to a place.
func (a *textArea) erase(to int) {
	if a.remove(to) {
		a.goal = -1
		a.laidOut(true)
	}
}

// goTo moves the cursor.
func (a *textArea) goTo(at int, extend bool) {
	a.moveTo(at, extend)
	a.goal = -1
	a.laidOut(false)
}

// TypedKey moves and deletes.
func (a *textArea) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		a.write("\n")
	case fyne.KeyBackspace:
		a.erase(a.before(a.cursor))
	case fyne.KeyDelete:
		a.erase(a.after(a.cursor))
	default:
		a.move(ev.Name, a.shift > 0)
	}
}

// move moves the cursor; extend keeps the other end of the selection.
func (a *textArea) move(key fyne.KeyName, extend bool) {
	from, to := a.selection()
	row := a.rows.find(a.cursor)
	switch key {
	case fyne.KeyLeft:
		if from != to && !extend {
			a.goTo(from, false)
		} else {
			a.goTo(a.before(a.cursor), extend)
		}
	case fyne.KeyRight:
		if from != to && !extend {
			a.goTo(to, false)
		} else {
			a.goTo(a.after(a.cursor), extend)
		}
	case fyne.KeyHome:
		r, start := a.rows.row(row)
		a.goTo(start+r.from, extend)
	case fyne.KeyEnd:
		a.goTo(max(a.rowEnd(row), a.cursor), extend)
	case fyne.KeyUp:
		a.byRows(-1, extend)
	case fyne.KeyDown:
		a.byRows(1, extend)
	case fyne.KeyPageUp:
		a.byRows(-a.visibleRows(), extend)
	case fyne.KeyPageDown:
		a.byRows(a.visibleRows(), extend)
	}
}

// rowEnd returns the last place of a row that is still in it: where a word is
// broken, the place behind its last letter belongs to the next row.
func (a *textArea) rowEnd(n int) int {
	end := a.rows.end(n)
	if a.rows.find(end) != n {
		return a.before(end)
	}
	return end
}

// byRows moves the cursor up or down, to the same distance from the left; to
// the beginning or the end where there are no more rows.
func (a *textArea) byRows(n int, extend bool) {
	row := a.rows.find(a.cursor)
	goal := a.goal
	if goal < 0 {
		goal = a.rows.x(row, a.cursor)
	}
	switch {
	case row+n < 0 && row == 0:
		a.goTo(0, extend)
		return
	case row+n >= a.rows.count && row == a.rows.count-1:
		a.goTo(len(a.text), extend)
		return
	}
	row = min(max(row+n, 0), a.rows.count-1)
	a.goTo(min(a.rows.at(row, goal), a.rowEnd(row)), extend)
	a.goal = goal
}

// TypedShortcut does what text fields do; false is not for this field.
func (a *textArea) shortcut(s fyne.Shortcut) bool {
	switch s := s.(type) {
	case *fyne.ShortcutPaste:
		a.paste(s.Clipboard)
	case *fyne.ShortcutCopy:
		a.copy(s.Clipboard)
	case *fyne.ShortcutCut:
		a.cut(s.Clipboard)
	case *fyne.ShortcutSelectAll:
		a.selectAll()
	case *fyne.ShortcutUndo:
		a.undone(a.undo())
	case *fyne.ShortcutRedo:
		a.undone(a.redo())
	case *desktop.CustomShortcut:
		return a.customShortcut(s)
	default:
		return false
	}
	return true
}

func (a *textArea) customShortcut(s *desktop.CustomShortcut) bool {
	if s.Modifier&^fyne.KeyModifierShift != fyne.KeyModifierShortcutDefault && s.Modifier&^fyne.KeyModifierShift != fyne.KeyModifierControl {
		return false
	}
	extend := s.Modifier&fyne.KeyModifierShift != 0
	switch s.KeyName {
	case fyne.KeyLeft:
		a.goTo(a.wordBefore(a.cursor), extend)
	case fyne.KeyRight:
		a.goTo(a.wordAfter(a.cursor), extend)
	case fyne.KeyHome, fyne.KeyUp:
		a.goTo(0, extend)
	case fyne.KeyEnd, fyne.KeyDown:
		a.goTo(len(a.text), extend)
	case fyne.KeyBackspace:
		a.erase(a.wordBefore(a.cursor))
	case fyne.KeyDelete:
		a.erase(a.wordAfter(a.cursor))
	default:
		return false
	}
	return true
}

func (a *textArea) undone(did bool) {
	if did {
		a.goal = -1
		a.laidOut(true)
	}
}

// maxPasted is the most that is looked at of what is pasted, in bytes: characters
// that cannot be sent are taken out of it.
const maxPasted = 8 * MaxComposed

func (a *textArea) paste(c fyne.Clipboard) {
	if a.onPaste != nil && a.onPaste(c.Content()) {
		return
	}
	text := strings.ReplaceAll(c.Content(), "\r\n", "\n")
	text, _ = model.CleanText(strings.ReplaceAll(text, "\r", "\n"), maxPasted)
	a.write(text)
}

func (a *textArea) copy(c fyne.Clipboard) {
	if text := a.selected(); text != "" {
		c.SetContent(text)
	}
}

func (a *textArea) cut(c fyne.Clipboard) {
	a.copy(c)
	a.erase(a.cursor)
}

func (a *textArea) selectAll() {
	a.moveTo(0, false)
	a.goTo(len(a.text), true)
}

// placeAt returns the place of the text that is nearest to a point.
func (a *textArea) placeAt(pos fyne.Position) int {
	pad, top := theme.InnerPadding(), a.top()
	row := a.first + int((pos.Y-top)/a.lineHeight())
	if pos.Y < top {
		row = a.first - 1
	}
	row = min(max(row, 0), a.rows.count-1)
	return min(a.rows.at(row, pos.X-pad), a.rowEnd(row))
}

func (a *textArea) requestFocus(as fyne.Focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(as.(fyne.CanvasObject)); c != nil {
		c.Focus(as)
	}
}

// mouseDown puts the cursor where the mouse is; with shift it extends the selection.
func (a *textArea) mouseDown(ev *desktop.MouseEvent) {
	at := a.placeAt(ev.Position)
	if ev.Button == desktop.MouseButtonSecondary {
		if from, to := a.selection(); at >= from && at <= to && from != to {
			return
		}
	}
	a.goTo(at, ev.Modifier&fyne.KeyModifierShift != 0)
}

// MouseUp does nothing: dragging tells where the mouse is.
func (a *textArea) MouseUp(*desktop.MouseEvent) {}

// Dragged extends the selection.
func (a *textArea) Dragged(ev *fyne.DragEvent) { a.goTo(a.placeAt(ev.Position), true) }

// DragEnd does nothing.
func (a *textArea) DragEnd() {}

// DoubleTapped selects the word.
func (a *textArea) DoubleTapped(ev *fyne.PointEvent) {
	from, to := a.wordAround(a.placeAt(ev.Position))
	a.moveTo(from, false)
	a.goTo(to, true)
}

// Scrolled moves the rows.
func (a *textArea) Scrolled(ev *fyne.ScrollEvent) {
	rows := int(-ev.Scrolled.DY / a.lineHeight())
	if rows == 0 && ev.Scrolled.DY != 0 {
		rows = 1
		if ev.Scrolled.DY > 0 {
			rows = -1
		}
	}
	a.first = max(min(a.first+rows, a.rows.count-a.visibleRows()), 0)
	a.draw()
}

// Cursor is the one for texts.
func (a *textArea) Cursor() desktop.Cursor { return desktop.TextCursor }

// menu shows what can be done with the text.
func (a *textArea) menu(at fyne.Position, o fyne.CanvasObject) {
	clipboard := fyne.CurrentApp().Clipboard()
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	item := func(key string, enabled bool, f func()) *fyne.MenuItem {
		m := fyne.NewMenuItem(a.ctx.T("conversations.edit_"+key), f) //translations:conversations.edit_*
		m.Disabled = !enabled
		return m
	}
	some := a.selected() != ""
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		item("undo", len(a.past) > 0, func() { a.undone(a.undo()) }),
		item("redo", len(a.future) > 0, func() { a.undone(a.redo()) }),
		fyne.NewMenuItemSeparator(),
		item("cut", some, func() { a.cut(clipboard) }),
		item("copy", some, func() { a.copy(clipboard) }),
		item("paste", true, func() { a.paste(clipboard) }),
		item("select_all", a.text != "", a.selectAll),
	), c, at)
}
