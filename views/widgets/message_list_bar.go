package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Measures of the scroll bar in device-independent pixels.
const (
	listBarWidth = 12
	listThumbMin = 32
	listThumb    = 6
)

// listScroll is the scroll bar of a MessageList, over the rows that are held.
type listScroll struct {
	widget.BaseWidget
	list    *MessageList
	thumb   *canvas.Rectangle
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
	s.thumb.FillColor = theme.Color(theme.ColorNameScrollBar)
	view := float64(l.Size().Height)
	total := l.index.total() + listEndSpace
	if len(l.seen) == 0 || total <= view {
		s.thumb.Hide()
		return
	}
	s.thumb.Show()
	share := (l.index.above(l.first) - float64(l.offset)) / (total - view)
	if l.atEnd {
		share = 1
	}
	height := max(s.Size().Height*float32(view/total), listThumbMin)
	s.thumb.Resize(fyne.NewSize(listThumb, height))
	s.thumb.Move(fyne.NewPos((listBarWidth-listThumb)/2, (s.Size().Height-height)*float32(min(max(share, 0), 1))))
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
	y := float64(share) * max(l.index.total()+listEndSpace-float64(l.Size().Height), 0)
	i, into := l.index.at(y)
	l.first, l.offset = i, -float32(into)
	l.day.moved()
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
