package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/emoji"
	"github.com/xappiens/buzon/views/ui"
)

// textArea is a field for a text of several lines. It lays out only the
// paragraph that changed and draws only the rows that are seen, so that a key
// costs the same in a long text as in a short one. It shows emoji as pictures.
type textArea struct {
	widget.BaseWidget
	edit
	onChanged   func(text string)
	onPaste     func(text string) bool // tells whether it did something else with it; may be nil
	placeholder string
	limit       int // characters, zero: no limit

	ctx      *ui.Context
	self     fyne.Widget // the field that this one is part of
	rows     editRows
	first    int     // row that is seen at the top
	goal     float32 // x that moving up and down keeps to; negative: none
	shift    int     // how many shift keys are down
	focused  bool
	minLines int

	ground *canvas.Rectangle
	hint   *canvas.Text
	caret  *canvas.Rectangle
	thumb  *canvas.Rectangle
	lights []*canvas.Rectangle
	texts  []*canvas.Text
	images []*canvas.Image
	shown  []fyne.CanvasObject
}

const (
	caretWidth = 2
	thumbWidth = 3
	thumbMin   = 8
)

func (a *textArea) init(ctx *ui.Context, self fyne.Widget) {
	a.ctx, a.self, a.minLines, a.goal = ctx, self, 1, -1
	a.rows.wrap = sharedWrapper(ctx)
	a.ground, a.caret, a.thumb = canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	a.hint = canvas.NewText("", nil)
}

// SetText replaces all, and forgets what could be undone.
func (a *textArea) SetText(text string) {
	changed := text != a.text
	a.reset(text)
	a.laidOut(changed)
}

func (a *textArea) lineHeight() float32 {
	return a.rows.wrap.LineHeight(theme.TextSize(), fyne.TextStyle{})
}

// visibleRows is how many rows fit whole.
func (a *textArea) visibleRows() int {
	return max(int((a.Size().Height-2*theme.InnerPadding()+0.5)/a.lineHeight()), 1)
}

// top is where the rows begin: what is left of the height is above them and below.
func (a *textArea) top() float32 {
	seen := a.Size().Height - 2*theme.InputBorderSize()
	return (seen - float32(a.visibleRows())*a.lineHeight()) / 2
}

// laidOut lays the text out anew and shows the cursor.
func (a *textArea) laidOut(changed bool) {
	a.layOut()
	a.reveal()
	a.draw()
	if changed && a.onChanged != nil {
		a.onChanged(a.text)
	}
}

func (a *textArea) layOut() {
	width := max(a.Size().Width-2*theme.InnerPadding()-thumbWidth, 20)
	a.rows.set(a.text, theme.TextSize(), width)
}

// lines returns how many rows the text takes.
func (a *textArea) lines() int {
	a.layOut()
	return a.rows.count
}

// reveal scrolls as little as needed to show the cursor.
func (a *textArea) reveal() {
	row, seen := a.rows.find(a.cursor), a.visibleRows()
	a.first = min(max(a.first, row-seen+1), row)
	a.first = max(min(a.first, a.rows.count-seen), 0)
}

// draw shows the rows that are seen.
func (a *textArea) draw() {
	pad, top, h := theme.InnerPadding(), a.top(), a.lineHeight()
	a.shown = append(a.shown[:0], a.ground)
	border := theme.InputBorderSize()
	a.ground.Move(fyne.NewSquareOffsetPos(border / 2)) // room for the border, half of which is outside
	a.ground.Resize(a.Size().SubtractWidthHeight(3*border, 3*border))
	last := min(a.first+a.visibleRows(), a.rows.count)
	a.light(last, pad, top, h)
	texts, images := 0, 0
	for n := a.first; n < last; n++ {
		row, _ := a.rows.row(n)
		x, y := pad+a.rows.left(row), top+float32(n-a.first)*h
		for i := range row.spans {
			s := &row.spans[i]
			if s.Emoji != "" && a.image(images, s, x, y, h) {
				images++
				continue
			}
			a.word(texts, s, x, y, h)
			texts++
		}
	}
	if a.text == "" {
		a.hint.Text, a.hint.TextSize = a.placeholder, theme.TextSize()
		a.hint.Color = theme.Color(theme.ColorNamePlaceHolder)
		a.hint.Move(fyne.NewPos(pad, top))
		a.hint.Resize(fyne.NewSize(a.Size().Width-2*pad, h))
		a.shown = append(a.shown, a.hint)
	}
	a.marks(last, pad, top, h)
	a.paint()
	canvas.Refresh(a.self)
}

func (a *textArea) word(i int, s *Span, x, y, h float32) {
	if i == len(a.texts) {
		a.texts = append(a.texts, canvas.NewText("", nil))
	}
	t := a.texts[i]
	t.Text, t.TextSize, t.TextStyle, t.FontSource = s.Text, theme.TextSize(), s.Style, s.Font
	t.Color = theme.Color(theme.ColorNameForeground)
	t.Move(fyne.NewPos(whole(x+s.X), y))
	t.Resize(fyne.NewSize(s.Width, h))
	a.shown = append(a.shown, t)
}

func (a *textArea) image(i int, s *Span, x, y, h float32) bool {
	picture := emoji.Image(s.Emoji, int(s.Width*pixelScale(a.self)+0.5))
	if picture == nil {
		return false
	}
	if i == len(a.images) {
		a.images = append(a.images, newImage())
	}
	img := a.images[i]
	if img.Image != picture {
		img.Image = picture
		img.Refresh()
	}
	img.Move(fyne.NewPos(x+s.X, whole(y+(h-s.Width)/2)))
	img.Resize(fyne.NewSquareSize(s.Width))
	a.shown = append(a.shown, img)
	return true
}

// light draws the selection of the rows up to last.
func (a *textArea) light(last int, pad, top, h float32) {
	from, to := a.selection()
	if from == to {
		return
	}
	used := 0
	for n := max(a.first, a.rows.find(from)); n < min(last, a.rows.find(to)+1); n++ {
		row, start := a.rows.row(n)
		x := pad + a.rows.left(row)
		for i := range row.pieces {
			p := &row.pieces[i]
			lo, hi := max(from-start, p.from), min(to-start, p.end)
			if lo < hi {
				text := a.rows.paragraphAt(n).text
				left, right := a.rows.wrap.partWidth(text, p, lo, a.rows.size), a.rows.wrap.partWidth(text, p, hi, a.rows.size)
				if p.level&1 == 1 {
					left, right = p.width-right, p.width-left
				}
				a.lit(used, x+left, top+float32(n-a.first)*h, right-left, h)
				used++
			}
			x += p.width
		}
		if len(row.pieces) == 0 { // an empty line is seen to be selected
			a.lit(used, x, top+float32(n-a.first)*h, 4, h)
			used++
		}
	}
}

func (a *textArea) lit(i int, x, y, w, h float32) {
	if i == len(a.lights) {
		a.lights = append(a.lights, canvas.NewRectangle(nil))
	}
	r := a.lights[i]
	r.FillColor = theme.Color(theme.ColorNameSelection)
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(w, h))
	a.shown = append(a.shown, r)
}

// marks places the cursor and the mark of how far the text was scrolled.
func (a *textArea) marks(last int, pad, top, h float32) {
	if row := a.rows.find(a.cursor); a.focused && row >= a.first && row < last {
		a.caret.Move(fyne.NewPos(pad+a.rows.x(row, a.cursor)-caretWidth/2, top+float32(row-a.first)*h))
		a.caret.Resize(fyne.NewSize(caretWidth, h))
		a.shown = append(a.shown, a.caret)
	}
	if seen := a.visibleRows(); a.rows.count > seen {
		room := a.Size().Height - 2*pad
		size := max(room*float32(seen)/float32(a.rows.count), thumbMin)
		y := pad + (room-size)*float32(a.first)/float32(a.rows.count-seen)
		a.thumb.Move(fyne.NewPos(a.Size().Width-thumbWidth-3, y))
		a.thumb.Resize(fyne.NewSize(thumbWidth, size))
		a.thumb.CornerRadius = thumbWidth / 2
		a.shown = append(a.shown, a.thumb)
	}
}

// paint takes the colours of the theme.
func (a *textArea) paint() {
	a.ground.FillColor = theme.Color(theme.ColorNameInputBackground)
	a.ground.CornerRadius = theme.InputRadiusSize()
	a.ground.StrokeWidth = theme.InputBorderSize()
	a.ground.StrokeColor = theme.Color(theme.ColorNameInputBorder)
	a.caret.FillColor = theme.Color(theme.ColorNamePrimary)
	a.thumb.FillColor = theme.Color(theme.ColorNameScrollBar)
	if a.focused {
		a.ground.StrokeColor = theme.Color(theme.ColorNamePrimary)
	}
}

// CreateRenderer implements fyne.Widget.
func (a *textArea) CreateRenderer() fyne.WidgetRenderer { return &textAreaRenderer{a} }

type textAreaRenderer struct{ a *textArea }

// Layout breaks the text at the new width.
func (r *textAreaRenderer) Layout(fyne.Size) {
	r.a.layOut()
	r.a.reveal()
	r.a.draw()
}

// MinSize is the height of the rows that are asked for.
func (r *textAreaRenderer) MinSize() fyne.Size {
	return fyne.NewSize(60, float32(r.a.minLines)*r.a.lineHeight()+2*theme.InnerPadding())
}

// Objects returns what is seen.
func (r *textAreaRenderer) Objects() []fyne.CanvasObject { return r.a.shown }

// Destroy does nothing.
func (r *textAreaRenderer) Destroy() {}

// Refresh takes text, sizes and colours again.
func (r *textAreaRenderer) Refresh() { r.Layout(r.a.Size()) }
