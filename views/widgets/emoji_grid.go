package widgets

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/emoji"
)

// Sizes of an EmojiGrid in device-independent pixels.
const (
	emojiCell  = 40
	emojiSide  = 28
	emojiTitle = 30
)

// EmojiSection is a part of an EmojiGrid, with a title above it.
type EmojiSection struct {
	Title string // "" for none
	Seqs  []string
}

// EmojiGrid shows emoji as pictures, as many beside each other as fit. Only
// those in view are drawn, so that thousands open at once.
type EmojiGrid struct {
	OnChoose func(seq string)
	// OnMark is told of the one under the pointer or the keyboard, "" for none; may be nil.
	OnMark func(seq string)
	// OnMenu is told of a secondary tap on one; may be nil.
	OnMenu func(seq string, at fyne.Position)

	Scroll *container.Scroll // what is shown

	field    *emojiField
	sections []EmojiSection
	rows     []emojiRow
	cols     int
	height   float32
	marked   int // place among all, -1 for none
	total    int
}

// emojiRow is a title, or emoji beside each other.
type emojiRow struct {
	section int
	title   bool
	from    int // the first one within its section
	count   int
	place   int // of the first one among all
	y       float32
}

// NewEmojiGrid returns an empty grid.
func NewEmojiGrid() *EmojiGrid {
	g := &EmojiGrid{marked: -1}
	g.field = &emojiField{g: g}
	g.field.ExtendBaseWidget(g.field)
	g.Scroll = container.NewVScroll(g.field)
	g.Scroll.OnScrolled = func(fyne.Position) { g.field.Refresh() }
	return g
}

// Set shows other emoji, from the top, with the first one marked when mark is true.
func (g *EmojiGrid) Set(sections []EmojiSection, mark bool) {
	g.sections, g.marked = sections, -1
	if mark {
		g.marked = 0
	}
	g.cols = 0
	g.lay(g.Scroll.Size().Width)
	g.Scroll.ScrollToTop()
	g.Scroll.Refresh()
	g.field.Refresh()
	g.tell()
}

// ShowSection scrolls to a part.
func (g *EmojiGrid) ShowSection(n int) {
	for i := range g.rows {
		if g.rows[i].section == n {
			g.Scroll.ScrollToOffset(fyne.NewPos(0, g.rows[i].y))
			g.field.Refresh()
			return
		}
	}
}

// Marked returns the one under the keyboard or the pointer, "" for none.
func (g *EmojiGrid) Marked() string {
	row, ok := g.rowOf(g.marked)
	if !ok {
		return ""
	}
	return g.sections[row.section].Seqs[row.from+g.marked-row.place]
}

// Move moves the mark by some places and some rows.
func (g *EmojiGrid) Move(places, rows int) {
	if g.total == 0 {
		return
	}
	if g.marked < 0 {
		g.mark(0)
		return
	}
	to := g.marked + places
	for ; rows != 0; rows -= sign(rows) {
		row, _ := g.rowOf(to)
		at := to - row.place
		next, ok := g.rowOf(row.place + row.count)
		if rows < 0 {
			next, ok = g.rowOf(row.place - 1)
		}
		if !ok {
			break
		}
		to = next.place + min(at, next.count-1)
	}
	g.mark(min(max(to, 0), g.total-1))
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// mark marks a place and scrolls as little as needed to show it.
func (g *EmojiGrid) mark(place int) {
	g.marked = place
	if row, ok := g.rowOf(place); ok {
		top, seen := g.Scroll.Offset.Y, g.Scroll.Size().Height
		switch {
		case row.y < top:
			g.Scroll.ScrollToOffset(fyne.NewPos(0, row.y))
		case row.y+emojiCell > top+seen:
			g.Scroll.ScrollToOffset(fyne.NewPos(0, row.y+emojiCell-seen))
		}
	}
	g.field.Refresh()
	g.tell()
}

func (g *EmojiGrid) tell() {
	if g.OnMark != nil {
		g.OnMark(g.Marked())
	}
}

// rowOf returns the row that a place among all is in.
func (g *EmojiGrid) rowOf(place int) (emojiRow, bool) {
	if place < 0 || place >= g.total {
		return emojiRow{}, false
	}
	i := sort.Search(len(g.rows), func(i int) bool { return g.rows[i].place > place }) - 1
	return g.rows[i], i >= 0 && !g.rows[i].title
}

// lay arranges the emoji for a width; nothing is done when as many fit as before.
func (g *EmojiGrid) lay(width float32) {
	cols := max(int(width/emojiCell), 1)
	if cols == g.cols {
		return
	}
	g.cols, g.rows, g.height, g.total = cols, nil, 0, 0
	for s, section := range g.sections {
		if section.Title != "" && len(section.Seqs) > 0 {
			g.rows = append(g.rows, emojiRow{section: s, title: true, place: g.total, y: g.height})
			g.height += emojiTitle
		}
		for from := 0; from < len(section.Seqs); from += cols {
			n := min(cols, len(section.Seqs)-from)
			g.rows = append(g.rows, emojiRow{section: s, from: from, count: n, place: g.total, y: g.height})
			g.total += n
			g.height += emojiCell
		}
	}
}

// at returns the place under a point of the field, -1 for none.
func (g *EmojiGrid) at(p fyne.Position) int {
	i := sort.Search(len(g.rows), func(i int) bool { return g.rows[i].y > p.Y }) - 1
	col := int(p.X / emojiCell)
	if i < 0 || g.rows[i].title || col >= g.rows[i].count || p.X < 0 {
		return -1
	}
	return g.rows[i].place + col
}

// emojiField is what a grid scrolls.
type emojiField struct {
	widget.BaseWidget
	g      *EmojiGrid
	ground *canvas.Rectangle
	images []*canvas.Image
	titles []*canvas.Text
	shown  []fyne.CanvasObject
}

var (
	_ fyne.Tappable          = (*emojiField)(nil)
	_ fyne.SecondaryTappable = (*emojiField)(nil)
	_ desktop.Hoverable      = (*emojiField)(nil)
)

// Tapped chooses.
func (f *emojiField) Tapped(ev *fyne.PointEvent) {
	if at := f.g.at(ev.Position); at >= 0 {
		f.g.mark(at)
		if f.g.OnChoose != nil {
			f.g.OnChoose(f.g.Marked())
		}
	}
}

// TappedSecondary offers more.
func (f *emojiField) TappedSecondary(ev *fyne.PointEvent) {
	if at := f.g.at(ev.Position); at >= 0 && f.g.OnMenu != nil {
		f.g.mark(at)
		f.g.OnMenu(f.g.Marked(), ev.AbsolutePosition)
	}
}

// MouseIn marks what is under the pointer.
func (f *emojiField) MouseIn(ev *desktop.MouseEvent) { f.MouseMoved(ev) }

// MouseMoved marks what is under the pointer.
func (f *emojiField) MouseMoved(ev *desktop.MouseEvent) {
	if at := f.g.at(ev.Position); at >= 0 && at != f.g.marked {
		f.g.marked = at
		f.Refresh()
		f.g.tell()
	}
}

// MouseOut leaves the mark where it is: the keyboard goes on from there.
func (f *emojiField) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (f *emojiField) CreateRenderer() fyne.WidgetRenderer {
	f.ground = canvas.NewRectangle(nil)
	f.ground.CornerRadius = 6
	return &emojiRenderer{f}
}

type emojiRenderer struct{ f *emojiField }

// MinSize implements fyne.WidgetRenderer.
func (r *emojiRenderer) MinSize() fyne.Size { return fyne.NewSize(emojiCell, r.f.g.height) }

// Layout implements fyne.WidgetRenderer.
func (r *emojiRenderer) Layout(size fyne.Size) {
	r.f.g.lay(size.Width)
	r.draw()
}

// Refresh implements fyne.WidgetRenderer.
func (r *emojiRenderer) Refresh() {
	r.draw()
	canvas.Refresh(r.f)
}

// Objects implements fyne.WidgetRenderer.
func (r *emojiRenderer) Objects() []fyne.CanvasObject { return r.f.shown }

// Destroy implements fyne.WidgetRenderer.
func (r *emojiRenderer) Destroy() {}

// draw places what is in view.
func (r *emojiRenderer) draw() {
	f, g := r.f, r.f.g
	f.shown = f.shown[:0]
	top, seen := g.Scroll.Offset.Y, g.Scroll.Size().Height
	images, titles := 0, 0
	for i := sort.Search(len(g.rows), func(i int) bool { return g.rows[i].y+emojiCell > top }); i < len(g.rows) && g.rows[i].y < top+seen; i++ {
		row := &g.rows[i]
		if row.title {
			f.title(titles, g.sections[row.section].Title, row.y)
			titles++
			continue
		}
		if g.marked >= row.place && g.marked < row.place+row.count {
			f.ground.FillColor = theme.Color(theme.ColorNameHover)
			f.ground.Move(fyne.NewPos(float32(g.marked-row.place)*emojiCell, row.y))
			f.ground.Resize(fyne.NewSquareSize(emojiCell))
			f.shown = append(f.shown, f.ground)
		}
		for n, seq := range g.sections[row.section].Seqs[row.from : row.from+row.count] {
			f.image(images, seq, float32(n)*emojiCell, row.y)
			images++
		}
	}
}

func (f *emojiField) title(i int, text string, y float32) {
	if i == len(f.titles) {
		f.titles = append(f.titles, canvas.NewText("", nil))
	}
	t := f.titles[i]
	t.Text, t.TextSize, t.Color = text, theme.CaptionTextSize(), theme.Color(theme.ColorNamePlaceHolder)
	t.TextStyle.Bold = true
	t.Move(fyne.NewPos(6, y))
	t.Resize(fyne.NewSize(200, emojiTitle))
	f.shown = append(f.shown, t)
}

func (f *emojiField) image(i int, seq string, x, y float32) {
	if i == len(f.images) {
		f.images = append(f.images, newImage())
	}
	img := f.images[i]
	if picture := emoji.Image(seq, int(emojiSide*pixelScale(f)+0.5)); picture != nil && img.Image != picture {
		img.Image = picture
		img.Refresh()
	}
	const inset = (emojiCell - emojiSide) / 2
	img.Move(fyne.NewPos(x+inset, y+inset))
	img.Resize(fyne.NewSquareSize(emojiSide))
	f.shown = append(f.shown, img)
}
