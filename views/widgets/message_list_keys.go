package widgets

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

var (
	_ desktop.Hoverable  = (*MessageList)(nil)
	_ desktop.Cursorable = (*MessageList)(nil)
	_ desktop.Keyable    = (*MessageList)(nil)
)

// TypedKey scrolls by pages, moves from message to message (and to lines on which
// something can be done), and acts on the one
// that was chosen: Enter does what is most wanted of it, the menu key (or Shift
// and F10) opens its menu, Escape leaves it.
func (l *MessageList) TypedKey(ev *fyne.KeyEvent) {
	page := l.Size().Height * 0.9
	switch ev.Name {
	case fyne.KeyPageUp:
		l.ScrollBy(page)
	case fyne.KeyPageDown, fyne.KeySpace:
		l.ScrollBy(-page)
	case fyne.KeyUp:
		l.step(-1)
	case fyne.KeyDown:
		l.step(1)
	case fyne.KeyHome:
		l.ScrollToTop()
	case fyne.KeyEnd:
		l.ScrollToEnd()
	case fyne.KeyEscape:
		l.choose(ItemID{})
	case fyne.KeyReturn, fyne.KeyEnter:
		if i := l.indexOf(l.selected); i >= 0 && l.items[i].Content.Main != "" {
			l.act(l.selected, l.items[i].Content.Main)
		}
	case desktop.KeyMenu:
		l.openMenu()
	case fyne.KeyF10:
		if l.shift {
			l.openMenu()
		}
	default:
		if l.OnKey != nil {
			l.OnKey(ev.Name, l.shift)
		}
	}
}

// KeyDown notes Shift, which makes F10 the menu key and changes what others mean.
func (l *MessageList) KeyDown(ev *fyne.KeyEvent) { l.noteShift(ev, true) }

// KeyUp notes Shift.
func (l *MessageList) KeyUp(ev *fyne.KeyEvent) { l.noteShift(ev, false) }

func (l *MessageList) noteShift(ev *fyne.KeyEvent, down bool) {
	if ev.Name == desktop.KeyShiftLeft || ev.Name == desktop.KeyShiftRight {
		l.shift = down
	}
}

// Selected returns the message that the keyboard is on, the zero id for none.
func (l *MessageList) Selected() ItemID { return l.selected }

func (l *MessageList) choose(id ItemID) {
	l.selected = id
	l.markRows()
	l.decorate()
	canvas.Refresh(l)
}

// stop tells whether a row is one that the keyboard goes to: what was said, and
// lines on which Enter does something.
func stop(item *Item) bool {
	switch item.ID.Kind {
	case ItemMessage, ItemOutbox:
		return true
	case ItemStatus, ItemSeam:
		return item.Content.Main != ""
	}
	return false
}

// step moves to the next such row in a direction; from none, to the one that is
// nearest to where the step comes from. A message that is taller than the list
// is read to its end first.
func (l *MessageList) step(by int) {
	if len(l.seen) == 0 {
		return
	}
	i := l.indexOf(l.selected)
	if i < 0 {
		if i = l.first; by < 0 {
			i = l.first + len(l.seen) - 1
		}
		i -= by
	} else if l.readOn(i, by) {
		return
	}
	for i += by; i >= 0 && i < len(l.items); i += by {
		if stop(&l.items[i]) {
			l.selected = l.items[i].ID
			l.reveal(i)
			return
		}
	}
	if by < 0 {
		l.ScrollToTop()
	} else {
		l.ScrollToEnd()
	}
}

// readOn scrolls within a row whose end in that direction is not in view.
func (l *MessageList) readOn(i, by int) bool {
	y, seen := l.RowTop(l.items[i].ID)
	if !seen {
		return false
	}
	if bottom := y + l.height(i); by > 0 && bottom > l.Size().Height && y < 0 {
		l.ScrollBy(-min(bottom-l.Size().Height, l.Size().Height*0.8))
		return true
	}
	if by < 0 && y < 0 && y+l.height(i) > l.Size().Height {
		l.ScrollBy(min(-y, l.Size().Height*0.8))
		return true
	}
	return false
}

// reveal brings a row into view by as little as possible.
func (l *MessageList) reveal(i int) {
	const margin = 36 // the label of the day lies over the top
	y, seen := l.RowTop(l.items[i].ID)
	h := l.height(i)
	space := l.Size().Height - listEndSpace
	switch {
	case !seen && i < l.first, seen && y < margin && h < space:
		l.first, l.offset, l.atEnd = i, margin, false
	case !seen || y+h > space:
		l.first, l.offset = i, max(space-h, 0)
	}
	l.relayout()
	l.tell()
}

// openMenu asks for the menu of the chosen message.
func (l *MessageList) openMenu() {
	if l.OnMenu == nil {
		return
	}
	for _, s := range l.seen {
		if s.id == l.selected {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
			body := s.row.layout.body
			l.OnMenu(s.id, at.AddXY(body.x+bubblePadX, min(max(s.y+body.y+bubblePadY, 0), l.Size().Height-8)))
			return
		}
	}
}

// Tapped takes the keyboard, and does what the place that was tapped offers.
func (l *MessageList) Tapped(ev *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
	if l.selected.Kind != 0 {
		l.choose(ItemID{})
	}
	if id, action, ok := l.zoneAt(ev.Position); ok {
		l.act(id, action)
	}
}

// zoneAt returns what a place offers. Later zones lie above earlier ones.
func (l *MessageList) zoneAt(at fyne.Position) (id ItemID, action string, ok bool) {
	for _, s := range l.seen {
		lay := s.row.layout
		if at.Y < s.y || at.Y >= s.y+lay.height {
			continue
		}
		for i := len(lay.zones) - 1; i >= 0; i-- {
			z := &lay.zones[i]
			x, y := at.X-z.x, at.Y-s.y-z.y
			if x < 0 || y < 0 || x >= z.w || y >= z.h {
				continue
			}
			if z.action == ActionSeek {
				return s.id, ActionSeek + strconv.FormatFloat(float64(x/z.w), 'f', 3, 32), true
			}
			return s.id, z.action, true
		}
	}
	return ItemID{}, "", false
}

// MouseIn notes where the pointer is.
func (l *MessageList) MouseIn(ev *desktop.MouseEvent) { l.pointer = ev.Position }

// MouseMoved notes where the pointer is.
func (l *MessageList) MouseMoved(ev *desktop.MouseEvent) { l.pointer = ev.Position }

// MouseOut does nothing.
func (l *MessageList) MouseOut() {}

// Cursor is a hand over what can be tapped.
func (l *MessageList) Cursor() desktop.Cursor {
	if _, _, ok := l.zoneAt(l.pointer); ok {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}
