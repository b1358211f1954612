package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/translations"
)

var (
	_ fyne.Scrollable        = (*MessageList)(nil)
	_ fyne.Focusable         = (*MessageList)(nil)
	_ fyne.Tappable          = (*MessageList)(nil)
	_ fyne.SecondaryTappable = (*MessageList)(nil)
)

// Scrolled moves the rows with the wheel.
func (l *MessageList) Scrolled(ev *fyne.ScrollEvent) { l.ScrollBy(ev.Scrolled.DY) }

// TappedSecondary asks for the menu of the row under the pointer.
func (l *MessageList) TappedSecondary(ev *fyne.PointEvent) {
	if l.OnMenu == nil {
		return
	}
	for _, s := range l.seen {
		if ev.Position.Y >= s.y && ev.Position.Y < s.y+s.row.Size().Height {
			l.OnMenu(s.id, ev.AbsolutePosition)
			return
		}
	}
}

// FocusGained shows that the keyboard is here.
func (l *MessageList) FocusGained() { l.setFocus(true) }

// FocusLost shows that the keyboard has left.
func (l *MessageList) FocusLost() { l.setFocus(false) }

func (l *MessageList) setFocus(on bool) {
	l.focused, l.shift = on, false
	l.markRows()
	l.decorate()
	canvas.Refresh(l)
}

// TypedRune does nothing: the list is not written to.
func (l *MessageList) TypedRune(rune) {}

// far tells whether the end is so far away that the way back is offered.
func (l *MessageList) far() bool {
	return len(l.seen) > 0 && (l.newer || l.below() > float64(l.Size().Height*listNear))
}

// decorate places what lies over the rows: scroll bar, focus, way to the end.
func (l *MessageList) decorate() {
	size := l.Size()
	l.bar.Resize(fyne.NewSize(listBarWidth, size.Height))
	l.bar.Move(fyne.NewPos(size.Width-listBarWidth, 0))
	l.bar.update()
	l.day.update()
	l.ring.StrokeColor = theme.Color(theme.ColorNameFocus)
	l.ring.FillColor = color.Transparent
	l.ring.Resize(size)
	l.ring.Hidden = !l.focused || l.selected.Kind != 0
	switch {
	case l.AtEnd() || l.fresh == 0 && !l.far():
		l.pill.Hide()
		return
	case l.fresh > 0:
		l.pill.Importance = widget.HighImportance
		l.setPill(l.ctx.N("conversations.new_messages", l.fresh, translations.Data{"Count": l.fresh}))
	default:
		l.pill.Importance = widget.MediumImportance
		l.setPill(l.ctx.T("conversations.to_newest"))
	}
	needs := l.pill.MinSize()
	l.pill.Resize(needs)
	l.pill.Move(fyne.NewPos((size.Width-needs.Width)/2, size.Height-needs.Height-10))
	l.pill.Show()
}

func (l *MessageList) setPill(text string) {
	if l.pill.Text != text {
		l.pill.SetText(text)
	}
}

// CreateRenderer implements fyne.Widget.
func (l *MessageList) CreateRenderer() fyne.WidgetRenderer {
	return &listRenderer{l, []fyne.CanvasObject{l.clip, l.day, l.ring, l.bar, l.pill}}
}

type listRenderer struct {
	l       *MessageList
	objects []fyne.CanvasObject
}

// Layout gives the rows another size and keeps the place.
func (r *listRenderer) Layout(size fyne.Size) {
	l := r.l
	r.objects[0].Resize(size)
	l.holder.Resize(size)
	if size == l.laid {
		return
	}
	if size.Width != l.laid.Width {
		l.index.renew(l.items, l.guess)
	}
	l.laid = size
	l.keepPlace()
	l.tell()
}

// MinSize is small: the list takes what is left.
func (r *listRenderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

// Objects returns the layers of the list.
func (r *listRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy does nothing.
func (r *listRenderer) Destroy() {}

// Refresh takes colours, sizes and fonts of the theme again, keeping the place.
func (r *listRenderer) Refresh() {
	l := r.l
	at, end := l.anchor(), l.atEnd
	l.measure.wrap.Reset()
	l.measure.retheme()
	l.forget()
	if end {
		l.refit()
	} else {
		l.place(at)
	}
	l.relayout()
	l.bar.Refresh()
	l.pill.Refresh()
	l.day.Refresh()
	canvas.Refresh(l)
}
