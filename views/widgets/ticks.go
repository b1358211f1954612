package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Ticks draws how far an own message got: a warning sign, a clock, one tick,
// two ticks, two bold ticks, and two bold ticks with a line below them when it
// was played. Each differs in shape, not only in colour;
// ui.Context.FormatAck says it in words.
type Ticks struct {
	widget.BaseWidget
	size  float32
	ack   model.Ack
	shown bool
}

// NewTicks returns ticks that fit beside text of that size; it draws nothing until Set.
func NewTicks(textSize float32) *Ticks {
	t := &Ticks{size: textSize}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows an ack.
func (t *Ticks) Set(a model.Ack) {
	if t.shown && t.ack == a {
		return
	}
	t.ack, t.shown = a, true
	t.Refresh()
}

// Ack returns what is shown.
func (t *Ticks) Ack() model.Ack { return t.ack }

// CreateRenderer implements fyne.Widget.
func (t *Ticks) CreateRenderer() fyne.WidgetRenderer {
	r := &ticksRenderer{t: t, circle: canvas.NewCircle(nil)}
	r.objects = append(r.objects, r.circle)
	for i := range r.lines {
		r.lines[i] = canvas.NewLine(nil)
		r.objects = append(r.objects, r.lines[i])
	}
	r.Refresh()
	return r
}

type ticksRenderer struct {
	t       *Ticks
	circle  *canvas.Circle
	lines   [5]*canvas.Line
	objects []fyne.CanvasObject
}

func (r *ticksRenderer) Destroy()                     {}
func (r *ticksRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *ticksRenderer) Layout(fyne.Size)             { r.draw() }

// MinSize implements fyne.WidgetRenderer.
func (r *ticksRenderer) MinSize() fyne.Size {
	if r.t.ack <= model.AckServer {
		return fyne.NewSquareSize(r.t.size)
	}
	return fyne.NewSize(r.t.size*tickShape, r.t.size)
}

func (r *ticksRenderer) Refresh() {
	r.draw()
	for _, o := range r.objects {
		o.Refresh()
	}
}

// stroke is a line between two points of a sign, in parts of the text size.
type stroke struct{ x1, y1, x2, y2 float32 }

var (
	tickStrokes  = [2]stroke{{0.08, 0.52, 0.32, 0.78}, {0.32, 0.78, 0.84, 0.22}}
	clockStrokes = [2]stroke{{0.5, 0.5, 0.5, 0.26}, {0.5, 0.5, 0.68, 0.6}}
	errorStrokes = [2]stroke{{0.5, 0.26, 0.5, 0.56}, {0.5, 0.68, 0.5, 0.76}}
)

// tickShape is the width of two ticks for their height.
const tickShape = 1.35

// secondTick is how far the second tick stands right of the first one.
const secondTick = 0.42

func (r *ticksRenderer) draw() {
	r.circle.Hide()
	for _, l := range r.lines {
		l.Hide()
	}
	if !r.t.shown {
		return
	}
	thin := max(r.t.size*0.09, 1)
	switch a := r.t.ack; {
	case a <= model.AckError:
		r.round(theme.ColorNameError, thin)
		r.strokes(0, errorStrokes, 0, theme.ColorNameError, thin*1.3)
	case a == model.AckPending:
		r.round(apptheme.ColorNameTick, thin)
		r.strokes(0, clockStrokes, 0, apptheme.ColorNameTick, thin)
	case a == model.AckServer:
		r.strokes(0, tickStrokes, 0, apptheme.ColorNameTick, thin)
	case a == model.AckDevice:
		r.strokes(0, tickStrokes, 0, apptheme.ColorNameTick, thin)
		r.strokes(2, tickStrokes, secondTick, apptheme.ColorNameTick, thin)
	default:
		r.strokes(0, tickStrokes, 0, apptheme.ColorNameTickRead, thin*1.7)
		r.strokes(2, tickStrokes, secondTick, apptheme.ColorNameTickRead, thin*1.7)
		if a >= model.AckPlayed {
			r.line(4, stroke{0.1, 0.96, 1.24, 0.96}, 0, apptheme.ColorNameTickRead, thin)
		}
	}
}

func (r *ticksRenderer) round(color fyne.ThemeColorName, width float32) {
	s := r.t.size
	r.circle.StrokeColor, r.circle.StrokeWidth = theme.Color(color), width
	r.circle.Position1 = fyne.NewPos(s*0.06, s*0.06)
	r.circle.Position2 = fyne.NewPos(s*0.94, s*0.94)
	r.circle.Show()
}

func (r *ticksRenderer) strokes(first int, of [2]stroke, dx float32, color fyne.ThemeColorName, width float32) {
	for i, s := range of {
		r.line(first+i, s, dx, color, width)
	}
}

func (r *ticksRenderer) line(i int, s stroke, dx float32, color fyne.ThemeColorName, width float32) {
	l, size := r.lines[i], r.t.size
	l.StrokeColor, l.StrokeWidth = theme.Color(color), width
	l.Position1 = fyne.NewPos((s.x1+dx)*size, s.y1*size)
	l.Position2 = fyne.NewPos((s.x2+dx)*size, s.y2*size)
	l.Show()
}
