package widgets

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// dayLabel says on which day the topmost row was said, while the row that says
// so is scrolled away. It may lie on what is read while that moves and shortly
// after, else only where nothing is. Tapping it calls MessageList.OnDay.
type dayLabel struct {
	widget.BaseWidget
	list   *MessageList
	day    ItemID
	text   string
	edge   *canvas.Rectangle
	ground *canvas.Rectangle
	words  *canvas.Text
	over   bool
	moving bool // the rows have been moved lately
	again  bool // and once more since that is waited for
}

// dayRest is how long after the last movement the label stays on what is read.
const dayRest = 2 * time.Second

// moved shows the label for a while.
func (d *dayLabel) moved() {
	d.again = d.moving
	if !d.moving {
		d.moving = true
		d.wait()
	}
}

func (d *dayLabel) wait() {
	d.list.ctx.Later(dayRest, func() {
		if d.again {
			d.again = false
			d.wait()
			return
		}
		d.moving = false
		d.update()
	})
}

const (
	dayPadX = 12
	dayPadY = 5
	dayTop  = 6 // from the top of the list
)

func newDayLabel(l *MessageList) *dayLabel {
	d := &dayLabel{list: l, edge: canvas.NewRectangle(nil), ground: canvas.NewRectangle(nil), words: canvas.NewText("", nil)}
	d.words.TextStyle.Bold = true
	d.words.Alignment = fyne.TextAlignCenter
	d.ExtendBaseWidget(d)
	d.Hide()
	return d
}

// update places the label for what the list shows.
func (d *dayLabel) update() {
	l := d.list
	i := -1
	if len(l.seen) > 0 && len(l.items) > 0 && len(l.index.heights) == len(l.items) {
		i = l.index.dayOf(l.first)
	}
	if i < 0 {
		d.Hide()
		return
	}
	if y, seen := l.RowTop(l.items[i].ID); seen && y > -dayTop {
		d.Hide()
		return
	}
	d.day = l.items[i].ID
	if text := l.items[i].Content.Text; text != d.text {
		d.text = text
		d.words.Text = text
	}
	d.style()
	size := d.MinSize()
	y := d.top(size)
	x := whole((l.Size().Width - size.Width) / 2)
	if !d.moving && d.covers(x, y, size) {
		d.Hide()
		return
	}
	d.Resize(size)
	d.Move(fyne.NewPos(x, y))
	d.Show()
}

// top returns where the label stands: the next day pushes it away, and so does where
// the unread begin.
func (d *dayLabel) top(size fyne.Size) float32 {
	l, y := d.list, float32(dayTop)
	for _, s := range l.seen {
		next := s.id.Kind == ItemDay && s.y > 0
		unread := l.unread != ItemID{} && s.id == l.unread && s.y > -size.Height-2*unreadSpace
		if (next || unread) && s.y < dayTop+size.Height {
			y = min(y, s.y-size.Height)
		}
	}
	return y
}

// covers tells whether the label would lie on a bubble there.
func (d *dayLabel) covers(x, y float32, size fyne.Size) bool {
	return slices.ContainsFunc(d.list.seen, func(s seenRow) bool {
		if s.row.layout == nil {
			return false
		}
		body := s.row.layout.body
		top := s.y + body.y
		return body.x < x+size.Width && x < body.x+body.w && top < y+size.Height && y < top+body.h
	})
}

func (d *dayLabel) style() {
	d.words.TextSize = theme.CaptionTextSize()
	d.words.Color = theme.Color(apptheme.ColorNameMuted)
	d.ground.FillColor = theme.Color(apptheme.ColorNameBubbleIn)
	d.edge.FillColor = theme.Color(theme.ColorNameSeparator)
	if d.over {
		d.words.Color = theme.Color(theme.ColorNamePrimary)
	}
}

// MinSize fits the text.
func (d *dayLabel) MinSize() fyne.Size { return d.words.MinSize().AddWidthHeight(2*dayPadX, 2*dayPadY) }

// Tapped asks for another day.
func (d *dayLabel) Tapped(*fyne.PointEvent) {
	if d.list.OnDay != nil {
		d.list.OnDay(d.day)
	}
}

// Scrolled scrolls the list below.
func (d *dayLabel) Scrolled(ev *fyne.ScrollEvent) { d.list.Scrolled(ev) }

// MouseIn shows that the label can be tapped.
func (d *dayLabel) MouseIn(*desktop.MouseEvent) { d.hover(d.list.OnDay != nil) }

// MouseMoved does nothing.
func (d *dayLabel) MouseMoved(*desktop.MouseEvent) {}

// MouseOut shows it at rest.
func (d *dayLabel) MouseOut() { d.hover(false) }

func (d *dayLabel) hover(on bool) {
	d.over = on
	d.style()
	canvas.Refresh(d)
}

// Cursor is a hand when the label can be tapped.
func (d *dayLabel) Cursor() desktop.Cursor {
	if d.list.OnDay != nil {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// CreateRenderer implements fyne.Widget.
func (d *dayLabel) CreateRenderer() fyne.WidgetRenderer { return &dayRenderer{d} }

type dayRenderer struct{ d *dayLabel }

// Layout fills the label.
func (r *dayRenderer) Layout(size fyne.Size) {
	d := r.d
	d.edge.Resize(size)
	d.edge.CornerRadius = size.Height / 2
	d.ground.Move(fyne.NewPos(1, 1))
	d.ground.Resize(size.SubtractWidthHeight(2, 2))
	d.ground.CornerRadius = size.Height/2 - 1
	d.words.Resize(size)
}

// MinSize fits the text.
func (r *dayRenderer) MinSize() fyne.Size { return r.d.MinSize() }

// Objects returns the layers of the label.
func (r *dayRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.d.edge, r.d.ground, r.d.words}
}

// Destroy does nothing.
func (r *dayRenderer) Destroy() {}

// Refresh takes the colours of the theme again.
func (r *dayRenderer) Refresh() {
	r.d.style()
	canvas.Refresh(r.d)
}
