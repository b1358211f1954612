package widgets

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Measures of a calendar in device-independent pixels.
const (
	calendarCell = 40
	calendarDays = 7
	calendarRows = 6
	calendarHead = 42 // the month with its buttons
	calendarWeek = 26 // the names of the days
)

// Calendar lets one choose a day of a month that can be turned, with the
// pointer or the keyboard: arrows move by days and weeks, PgUp and PgDn by
// months, Enter chooses. Weeks begin on Monday.
type Calendar struct {
	widget.BaseWidget
	OnChosen func(day time.Time) // midnight in the owner's zone
	OnEscape func()              // may be nil

	ctx      *ui.Context
	first    time.Time // days before it cannot be chosen
	last     time.Time // nor those after it
	day      time.Time // where the keyboard is
	today    time.Time
	hovered  int // cell, -1: none
	focused  bool
	previous *IconButton
	next     *IconButton
}

var (
	_ fyne.Focusable    = (*Calendar)(nil)
	_ fyne.Tappable     = (*Calendar)(nil)
	_ desktop.Hoverable = (*Calendar)(nil)
)

// NewCalendar returns a calendar at the month of a day. Only days from first to
// last can be chosen; all three are taken in the owner's zone.
func NewCalendar(ctx *ui.Context, day, first, last time.Time) *Calendar {
	c := &Calendar{ctx: ctx, hovered: -1, today: midnight(ctx.Now().In(ctx.Location))}
	c.first, c.last = midnight(first.In(ctx.Location)), midnight(last.In(ctx.Location))
	c.day = c.within(midnight(day.In(ctx.Location)))
	c.previous = NewIconButton(ctx, apptheme.Icon(apptheme.IconBack), ctx.T("search.calendar.previous"), func() { c.month(-1) })
	c.next = NewIconButton(ctx, apptheme.Icon(apptheme.IconForward), ctx.T("search.calendar.next"), func() { c.month(1) })
	c.ExtendBaseWidget(c)
	return c
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Day returns the day that Enter would choose.
func (c *Calendar) Day() time.Time { return c.day }

func (c *Calendar) within(day time.Time) time.Time {
	switch {
	case day.After(c.last):
		return c.last
	case day.Before(c.first):
		return c.first
	}
	return day
}

func (c *Calendar) move(to time.Time) {
	if to = c.within(to); !to.Equal(c.day) {
		c.day = to
		c.hovered = -1
		c.Refresh()
	}
}

// month moves by months and stays within the one that it leads to.
func (c *Calendar) month(by int) {
	y, m, d := c.day.Date()
	last := time.Date(y, m+time.Month(by)+1, 0, 0, 0, 0, 0, c.day.Location())
	c.move(time.Date(y, m+time.Month(by), min(d, last.Day()), 0, 0, 0, 0, c.day.Location()))
}

// origin returns the Monday with which the first row begins.
func (c *Calendar) origin() time.Time {
	y, m, _ := c.day.Date()
	first := time.Date(y, m, 1, 0, 0, 0, 0, c.day.Location())
	return first.AddDate(0, 0, -(int(first.Weekday())+6)%calendarDays)
}

func (c *Calendar) cellDay(cell int) time.Time { return c.origin().AddDate(0, 0, cell) }

// open tells whether a cell can be chosen.
func (c *Calendar) open(day time.Time) bool {
	return day.Month() == c.day.Month() && !day.Before(c.first) && !day.After(c.last)
}

// cellAt returns the cell under a point, -1 for none.
func (c *Calendar) cellAt(p fyne.Position) int {
	x, y := int(p.X/calendarCell), int((p.Y-calendarHead-calendarWeek)/calendarCell)
	if p.X < 0 || p.Y < calendarHead+calendarWeek || x >= calendarDays || y >= calendarRows {
		return -1
	}
	return y*calendarDays + x
}

// Tapped chooses the day under the pointer.
func (c *Calendar) Tapped(e *fyne.PointEvent) {
	if cell := c.cellAt(e.Position); cell >= 0 && c.open(c.cellDay(cell)) {
		c.day = c.cellDay(cell)
		c.choose()
	}
}

func (c *Calendar) choose() {
	if c.OnChosen != nil && c.open(c.day) {
		c.OnChosen(c.day)
	}
}

// TypedKey moves the day, or chooses it.
func (c *Calendar) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		c.move(c.day.AddDate(0, 0, -1))
	case fyne.KeyRight:
		c.move(c.day.AddDate(0, 0, 1))
	case fyne.KeyUp:
		c.move(c.day.AddDate(0, 0, -calendarDays))
	case fyne.KeyDown:
		c.move(c.day.AddDate(0, 0, calendarDays))
	case fyne.KeyPageUp:
		c.month(-1)
	case fyne.KeyPageDown:
		c.month(1)
	case fyne.KeyHome:
		c.move(c.first)
	case fyne.KeyEnd:
		c.move(c.last)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		c.choose()
	case fyne.KeyEscape:
		if c.OnEscape != nil {
			c.OnEscape()
		}
	}
}

// TypedRune does nothing.
func (c *Calendar) TypedRune(rune) {}

// FocusGained shows that the keyboard is here.
func (c *Calendar) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost shows that the keyboard has left.
func (c *Calendar) FocusLost() { c.focused = false; c.Refresh() }

// MouseIn does what MouseMoved does.
func (c *Calendar) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved shows which day would be chosen.
func (c *Calendar) MouseMoved(e *desktop.MouseEvent) {
	cell := c.cellAt(e.Position)
	if cell >= 0 && !c.open(c.cellDay(cell)) {
		cell = -1
	}
	if cell != c.hovered {
		c.hovered = cell
		c.Refresh()
	}
}

// MouseOut ends what MouseMoved began.
func (c *Calendar) MouseOut() {
	if c.hovered >= 0 {
		c.hovered = -1
		c.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (c *Calendar) CreateRenderer() fyne.WidgetRenderer {
	r := &calendarRenderer{c: c, title: canvas.NewText("", nil), chosen: canvas.NewRectangle(nil), hover: canvas.NewRectangle(nil), today: canvas.NewRectangle(nil)}
	r.title.TextStyle.Bold = true
	r.title.Alignment = fyne.TextAlignCenter
	r.objects = []fyne.CanvasObject{r.hover, r.today, r.chosen, r.title, c.previous, c.next}
	for i := range calendarDays {
		name := []rune(c.ctx.T("format.weekday." + strconv.Itoa((i+1)%calendarDays))) //translations: format.weekday.*
		t := canvas.NewText(string(name[:min(len(name), 2)]), nil)
		t.Alignment = fyne.TextAlignCenter
		r.names = append(r.names, t)
		r.objects = append(r.objects, t)
	}
	for range calendarDays * calendarRows {
		t := canvas.NewText("", nil)
		t.Alignment = fyne.TextAlignCenter
		r.cells = append(r.cells, t)
		r.objects = append(r.objects, t)
	}
	r.Refresh()
	return r
}

type calendarRenderer struct {
	c                    *Calendar
	title                *canvas.Text
	names, cells         []*canvas.Text
	chosen, hover, today *canvas.Rectangle
	objects              []fyne.CanvasObject
}

// MinSize implements fyne.WidgetRenderer.
func (r *calendarRenderer) MinSize() fyne.Size {
	return fyne.NewSize(calendarCell*calendarDays, calendarHead+calendarWeek+calendarCell*calendarRows)
}

// Layout implements fyne.WidgetRenderer.
func (r *calendarRenderer) Layout(fyne.Size) {
	const width = calendarCell * calendarDays
	middle := func(t *canvas.Text, x, y, w, h float32) {
		needs := t.MinSize()
		t.Resize(fyne.NewSize(w, needs.Height))
		t.Move(fyne.NewPos(x, whole(y+(h-needs.Height)/2)))
	}
	for i, b := range []*IconButton{r.c.previous, r.c.next} {
		b.Resize(fyne.NewSquareSize(calendarHead - 6))
		b.Move(fyne.NewPos(float32(i)*(width-calendarHead+6), 0))
	}
	middle(r.title, calendarHead, 0, width-2*calendarHead, calendarHead-6)
	for i, t := range r.names {
		middle(t, float32(i)*calendarCell, calendarHead, calendarCell, calendarWeek)
	}
	for i, t := range r.cells {
		p := r.place(i)
		middle(t, p.X, p.Y, calendarCell, calendarCell)
	}
}

func (r *calendarRenderer) place(cell int) fyne.Position {
	return fyne.NewPos(float32(cell%calendarDays)*calendarCell, calendarHead+calendarWeek+float32(cell/calendarDays)*calendarCell)
}

// mark puts a rectangle behind a cell, or hides it.
func (r *calendarRenderer) mark(m *canvas.Rectangle, cell int) {
	setVisible(m, cell >= 0)
	if cell < 0 {
		return
	}
	m.CornerRadius = theme.Size(theme.SizeNameSelectionRadius) + 3
	m.Resize(fyne.NewSquareSize(calendarCell - 6))
	m.Move(r.place(cell).AddXY(3, 3))
}

// Refresh implements fyne.WidgetRenderer.
func (r *calendarRenderer) Refresh() {
	c := r.c
	y, m, _ := c.day.Date()
	r.title.Text = c.ctx.T("search.calendar.month", translations.Data{
		"Month": c.ctx.T("format.month." + strconv.Itoa(int(m))), "Year": strconv.Itoa(y), //translations: format.month.*
	})
	r.title.Color, r.title.TextSize = theme.Color(theme.ColorNameForeground), theme.TextSize()
	for _, t := range r.names {
		t.Color, t.TextSize = theme.Color(apptheme.ColorNameMuted), theme.CaptionTextSize()
	}
	chosen, today := -1, -1
	for i, t := range r.cells {
		day := c.cellDay(i)
		t.Text, t.TextSize = strconv.Itoa(day.Day()), theme.TextSize()
		t.Color, t.TextStyle = theme.Color(theme.ColorNameForeground), fyne.TextStyle{}
		if day.Month() != m {
			t.Text = ""
		}
		if !c.open(day) {
			t.Color = theme.Color(theme.ColorNameInputBorder) // as good as not there
		}
		if day.Equal(c.today) {
			today = i
		}
		if day.Equal(c.day) {
			chosen = i
			t.Color, t.TextStyle = theme.Color(theme.ColorNameForegroundOnPrimary), fyne.TextStyle{Bold: true}
		}
	}
	if today >= 0 && c.today.Month() != m {
		today = -1
	}
	r.hover.FillColor = theme.Color(theme.ColorNameHover)
	r.chosen.FillColor = theme.Color(theme.ColorNamePrimary)
	r.chosen.StrokeWidth, r.chosen.StrokeColor = 0, theme.Color(theme.ColorNameForeground)
	if c.focused {
		r.chosen.StrokeWidth = 2
	}
	r.today.FillColor, r.today.StrokeWidth, r.today.StrokeColor = nil, 1, theme.Color(theme.ColorNamePrimary)
	r.mark(r.hover, c.hovered)
	r.mark(r.chosen, chosen)
	r.mark(r.today, today)
	enable(c.previous, c.first.Before(time.Date(y, m, 1, 0, 0, 0, 0, c.day.Location())))
	enable(c.next, !c.last.Before(time.Date(y, m+1, 1, 0, 0, 0, 0, c.day.Location())))
	r.Layout(c.Size())
	canvas.Refresh(c)
}

func enable(b *IconButton, on bool) {
	if b.Disabled() != on {
		return
	}
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

// Objects implements fyne.WidgetRenderer.
func (r *calendarRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *calendarRenderer) Destroy() {}
