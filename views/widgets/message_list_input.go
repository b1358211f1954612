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

// Tapped takes the keyboard.
func (l *MessageList) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(l); c != nil {
		c.Focus(l)
	}
}

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
	l.focused = on
	l.decorate()
	canvas.Refresh(l)
}

// TypedRune does nothing: the list is not written to.
func (l *MessageList) TypedRune(rune) {}

// TypedKey scrolls.
func (l *MessageList) TypedKey(ev *fyne.KeyEvent) {
	page := l.Size().Height * 0.9
	switch ev.Name {
	case fyne.KeyPageUp:
		l.ScrollBy(page)
	case fyne.KeyPageDown, fyne.KeySpace:
		l.ScrollBy(-page)
	case fyne.KeyUp:
		l.ScrollBy(listArrowStep)
	case fyne.KeyDown:
		l.ScrollBy(-listArrowStep)
	case fyne.KeyHome:
		l.ScrollToTop()
	case fyne.KeyEnd:
		l.ScrollToEnd()
	}
}

// far tells whether the end is so far away that the way back is offered.
func (l *MessageList) far() bool {
	if len(l.seen) == 0 {
		return false
	}
	last := l.first + len(l.seen) - 1
	return l.newer || last < len(l.items)-1 && !l.near(last, 1, 0)
}

// decorate places what lies over the rows: scroll bar, focus, way to the end.
func (l *MessageList) decorate() {
	size := l.Size()
	l.bar.Resize(fyne.NewSize(listBarWidth, size.Height))
	l.bar.Move(fyne.NewPos(size.Width-listBarWidth, 0))
	l.bar.update()
	l.ring.StrokeColor = theme.Color(theme.ColorNameFocus)
	l.ring.FillColor = color.Transparent
	l.ring.Resize(size)
	l.ring.Hidden = !l.focused
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
	return &listRenderer{l, []fyne.CanvasObject{l.clip, l.ring, l.bar, l.pill}}
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
	l.laid = size
	if l.atEnd {
		fresh := l.fresh
		l.toEnd()
		l.fresh = fresh
	} else {
		l.place(l.anchor())
	}
	l.relayout()
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
		fresh := l.fresh
		l.toEnd()
		l.fresh = fresh
	} else {
		l.place(at)
	}
	l.relayout()
	l.bar.Refresh()
	l.pill.Refresh()
	canvas.Refresh(l)
}

// Measures of the scroll bar in device-independent pixels.
const (
	listBarWidth = 12
	listThumbMin = 32
	listThumb    = 6
)

// listScroll is the scroll bar of a MessageList. Rows that are not seen have
// no known height, so it counts rows, not pixels.
type listScroll struct {
	widget.BaseWidget
	list    *MessageList
	thumb   *canvas.Rectangle
	visible float32 // rows in view
	grabbed bool
}

func newListScroll(l *MessageList) *listScroll {
	s := &listScroll{list: l, thumb: canvas.NewRectangle(nil)}
	s.thumb.CornerRadius = listThumb / 2
	s.ExtendBaseWidget(s)
	return s
}

// update places the thumb for what the list shows.
func (s *listScroll) update() {
	l := s.list
	n := float32(len(l.items))
	s.visible = float32(len(l.seen))
	s.thumb.FillColor = theme.Color(theme.ColorNameScrollBar)
	if len(l.seen) == 0 || l.first == 0 && l.offset >= 0 && l.atEnd {
		s.thumb.Hide()
		return
	}
	s.thumb.Show()
	pos := float32(0)
	if h := l.height(l.first); h > 0 {
		pos = float32(l.first) - l.offset/h
	}
	share := float32(1)
	if n > s.visible {
		share = min(pos/(n-s.visible), 1)
	}
	if l.atEnd {
		share = 1
	}
	height := max(s.Size().Height*min(s.visible/n, 1), listThumbMin)
	s.thumb.Resize(fyne.NewSize(listThumb, height))
	s.thumb.Move(fyne.NewPos((listBarWidth-listThumb)/2, (s.Size().Height-height)*share))
}

// Dragged scrolls so that the thumb follows the pointer.
func (s *listScroll) Dragged(ev *fyne.DragEvent) {
	room := s.Size().Height - s.thumb.Size().Height
	if room <= 0 || s.thumb.Hidden {
		return
	}
	y := s.thumb.Position().Y + ev.Dragged.DY
	if s.grabbed { // the pointer decides; small steps would be lost in rounding
		y = ev.Position.Y - s.thumb.Size().Height/2
	}
	s.grabbed = true
	s.list.scrollToShare(min(max(y/room, 0), 1))
}

// DragEnd lets the thumb go.
func (s *listScroll) DragEnd() { s.grabbed = false }

// Tapped moves by a page towards the pointer.
func (s *listScroll) Tapped(ev *fyne.PointEvent) {
	page := s.list.Size().Height * 0.9
	switch y := s.thumb.Position().Y; {
	case s.thumb.Hidden:
	case ev.Position.Y < y:
		s.list.ScrollBy(page)
	case ev.Position.Y > y+s.thumb.Size().Height:
		s.list.ScrollBy(-page)
	}
}

// scrollToShare shows the rows at that share of the way, 0 to 1.
func (l *MessageList) scrollToShare(share float32) {
	if share >= 1 && !l.newer {
		l.ScrollToEnd()
		return
	}
	pos := share * max(float32(len(l.items))-l.bar.visible, 0)
	l.first = min(int(pos), max(len(l.items)-1, 0))
	l.offset = 0
	if l.ready() && len(l.items) > 0 {
		l.offset = -(pos - float32(l.first)) * l.height(l.first)
	}
	l.relayout()
	l.tell()
}

// CreateRenderer implements fyne.Widget.
func (s *listScroll) CreateRenderer() fyne.WidgetRenderer { return &scrollRenderer{s} }

type scrollRenderer struct{ s *listScroll }

// Layout does nothing: update places the thumb.
func (r *scrollRenderer) Layout(fyne.Size) {}

// MinSize is the width of the bar.
func (r *scrollRenderer) MinSize() fyne.Size { return fyne.NewSize(listBarWidth, listThumbMin) }

// Objects returns the thumb.
func (r *scrollRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.s.thumb} }

// Destroy does nothing.
func (r *scrollRenderer) Destroy() {}

// Refresh takes the colour of the theme again.
func (r *scrollRenderer) Refresh() {
	r.s.update()
	canvas.Refresh(r.s)
}
