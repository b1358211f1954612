package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Status is what a StatusDot stands for; each has a shape and a colour.
type Status int

// The statuses.
const (
	StatusOff     Status = iota // stopped or not known: an empty ring
	StatusGood                  // works: a full disc
	StatusBusy                  // is on its way: a ring with a point
	StatusWaiting               // waits for the owner: a square
	StatusBad                   // failed: a cross
)

// StatusDot is a small sign with a text: colour, shape and words say the same.
type StatusDot struct {
	widget.BaseWidget
	status Status
	text   *widget.Label
}

// NewStatusDot returns a dot that is off and says nothing.
func NewStatusDot() *StatusDot {
	d := &StatusDot{text: widget.NewLabel("")}
	d.text.Truncation = fyne.TextTruncateEllipsis
	d.ExtendBaseWidget(d)
	return d
}

// Set changes the sign and the text beside it.
func (d *StatusDot) Set(s Status, text string) {
	if d.status == s && d.text.Text == text {
		return
	}
	d.status = s
	d.text.SetText(text)
	d.Refresh()
}

// Status returns the present status.
func (d *StatusDot) Status() Status { return d.status }

// Text returns the words beside the sign.
func (d *StatusDot) Text() string { return d.text.Text }

// CreateRenderer implements fyne.Widget.
func (d *StatusDot) CreateRenderer() fyne.WidgetRenderer {
	r := &dotRenderer{
		d: d, ring: canvas.NewCircle(color.Transparent), point: canvas.NewCircle(nil), square: canvas.NewRectangle(nil),
		cross: [2]*canvas.Line{canvas.NewLine(nil), canvas.NewLine(nil)},
	}
	r.style()
	return r
}

const dotSide float32 = 12

type dotRenderer struct {
	d      *StatusDot
	ring   *canvas.Circle
	point  *canvas.Circle
	square *canvas.Rectangle
	cross  [2]*canvas.Line
}

func (r *dotRenderer) Destroy() {}
func (r *dotRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ring, r.point, r.square, r.cross[0], r.cross[1], r.d.text}
}

// color names the colour of each status.
func (s Status) color() fyne.ThemeColorName {
	switch s {
	case StatusGood:
		return theme.ColorNameSuccess
	case StatusBusy:
		return theme.ColorNamePrimary
	case StatusWaiting:
		return theme.ColorNameWarning
	case StatusBad:
		return theme.ColorNameError
	default:
		return apptheme.ColorNameMuted
	}
}

func (r *dotRenderer) style() {
	s := r.d.status
	c := theme.Color(s.color())
	r.ring.StrokeColor, r.ring.StrokeWidth = c, 2
	r.ring.FillColor = color.Transparent
	if s == StatusGood {
		r.ring.FillColor = c
	}
	r.point.FillColor = c
	r.square.FillColor = c
	r.square.CornerRadius = 2
	for _, l := range r.cross {
		l.StrokeColor, l.StrokeWidth = c, 2.5
		setVisible(l, s == StatusBad)
	}
	setVisible(r.ring, s == StatusOff || s == StatusGood || s == StatusBusy)
	setVisible(r.point, s == StatusBusy)
	setVisible(r.square, s == StatusWaiting)
	setVisible(r.d.text, r.d.text.Text != "")
}

func (r *dotRenderer) MinSize() fyne.Size {
	h := r.d.text.MinSize().Height
	if !r.d.text.Visible() {
		return fyne.NewSize(dotSide+4, h)
	}
	return fyne.NewSize(dotSide+4+r.natural(), h)
}

// natural is the width of the whole text; the label alone, which may be cut,
// asks for next to nothing.
func (r *dotRenderer) natural() float32 {
	width := fyne.MeasureText(r.d.text.Text, theme.TextSize(), r.d.text.TextStyle).Width
	return min(width+2*theme.InnerPadding()+1, 320)
}

func (r *dotRenderer) Layout(size fyne.Size) {
	at := fyne.NewPos(4, (size.Height-dotSide)/2)
	r.ring.Resize(fyne.NewSquareSize(dotSide))
	r.ring.Move(at)
	r.point.Resize(fyne.NewSquareSize(dotSide / 3))
	r.point.Move(at.AddXY(dotSide/3, dotSide/3))
	r.square.Resize(fyne.NewSquareSize(dotSide - 1))
	r.square.Move(at.AddXY(0.5, 0.5))
	r.cross[0].Position1, r.cross[0].Position2 = at.AddXY(1, 1), at.AddXY(dotSide-1, dotSide-1)
	r.cross[1].Position1, r.cross[1].Position2 = at.AddXY(dotSide-1, 1), at.AddXY(1, dotSide-1)
	h := r.d.text.MinSize().Height
	r.d.text.Resize(fyne.NewSize(max(size.Width-dotSide-4, 0), h))
	r.d.text.Move(fyne.NewPos(dotSide+4, (size.Height-h)/2))
}

func (r *dotRenderer) Refresh() {
	r.style()
	r.Layout(r.d.Size())
	for _, o := range r.Objects() {
		o.Refresh()
	}
}
