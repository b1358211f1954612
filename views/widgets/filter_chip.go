package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// FilterChip is a small button that stays pressed.
type FilterChip struct {
	widget.BaseWidget
	text    string
	tapped  func()
	on      bool
	hovered bool
	focused bool
}

var (
	_ fyne.Tappable     = (*FilterChip)(nil)
	_ fyne.Focusable    = (*FilterChip)(nil)
	_ desktop.Hoverable = (*FilterChip)(nil)
)

// NewFilterChip returns a chip that is not pressed.
func NewFilterChip(text string, tapped func()) *FilterChip {
	c := &FilterChip{text: text, tapped: tapped}
	c.ExtendBaseWidget(c)
	return c
}

// SetOn shows whether the chip is pressed.
func (c *FilterChip) SetOn(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// On tells whether the chip is pressed.
func (c *FilterChip) On() bool { return c.on }

// Text returns what the chip says.
func (c *FilterChip) Text() string { return c.text }

// SetText changes what the chip says.
func (c *FilterChip) SetText(text string) {
	if c.text != text {
		c.text = text
		c.Refresh()
	}
}

// Tapped presses the chip.
func (c *FilterChip) Tapped(*fyne.PointEvent) { c.tapped() }

// TypedKey presses the chip.
func (c *FilterChip) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace || ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter {
		c.tapped()
	}
}

// TypedRune does nothing.
func (c *FilterChip) TypedRune(rune) {}

// FocusGained shows that the keyboard is here.
func (c *FilterChip) FocusGained() { c.focused = true; c.Refresh() }

// FocusLost shows that the keyboard has left.
func (c *FilterChip) FocusLost() { c.focused = false; c.Refresh() }

// MouseIn shows that the chip can be pressed.
func (c *FilterChip) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.Refresh() }

// MouseMoved does nothing.
func (c *FilterChip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (c *FilterChip) MouseOut() { c.hovered = false; c.Refresh() }

// CreateRenderer implements fyne.Widget.
func (c *FilterChip) CreateRenderer() fyne.WidgetRenderer {
	r := &filterChipRenderer{c: c, box: canvas.NewRectangle(nil), hover: canvas.NewRectangle(nil), label: canvas.NewText(c.text, nil)}
	r.label.Alignment = fyne.TextAlignCenter
	r.objects = []fyne.CanvasObject{r.box, r.hover, r.label}
	r.Refresh()
	return r
}

// Measures of a chip in device-independent pixels.
const (
	chipPadX = 9
	chipPadY = 5
)

type filterChipRenderer struct {
	c          *FilterChip
	box, hover *canvas.Rectangle
	label      *canvas.Text
	objects    []fyne.CanvasObject
}

// Layout implements fyne.WidgetRenderer.
func (r *filterChipRenderer) Layout(size fyne.Size) {
	for _, b := range []*canvas.Rectangle{r.box, r.hover} {
		b.CornerRadius = size.Height / 2
		b.Resize(size)
	}
	h := r.label.MinSize().Height
	r.label.Move(fyne.NewPos(0, (size.Height-h)/2))
	r.label.Resize(fyne.NewSize(size.Width, h))
}

// MinSize implements fyne.WidgetRenderer. Being on changes no width.
func (r *filterChipRenderer) MinSize() fyne.Size {
	s := fyne.MeasureText(r.c.text, theme.CaptionTextSize(), fyne.TextStyle{})
	return s.AddWidthHeight(2*chipPadX, 2*chipPadY)
}

// Objects implements fyne.WidgetRenderer.
func (r *filterChipRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *filterChipRenderer) Destroy() {}

// Refresh implements fyne.WidgetRenderer.
func (r *filterChipRenderer) Refresh() {
	ground, ink := theme.ColorNameButton, theme.ColorNameForeground
	if r.c.on {
		ground, ink = theme.ColorNamePrimary, theme.ColorNameForegroundOnPrimary
	}
	r.box.FillColor = theme.Color(ground)
	r.box.StrokeWidth = 0
	if r.c.focused {
		r.box.StrokeWidth, r.box.StrokeColor = 2, theme.Color(theme.ColorNameForeground)
	}
	r.hover.FillColor = theme.Color(theme.ColorNameHover)
	r.hover.Hidden = !r.c.hovered
	r.label.Text, r.label.TextSize, r.label.Color = r.c.text, theme.CaptionTextSize(), theme.Color(ink)
	canvas.Refresh(r.c)
}

// NewFlow returns a layout that puts objects side by side with a gap between
// them, in device-independent pixels, and on another line what does not fit.
func NewFlow(gap float32) fyne.Layout { return &flow{gap: gap} }

// flow puts objects side by side, and on another line what does not fit.
type flow struct {
	gap   float32
	width float32 // that was laid out for
}

// MinSize implements fyne.Layout.
func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := float32(0)
	for _, o := range objects {
		width = max(width, o.MinSize().Width)
	}
	return fyne.NewSize(width, f.place(objects, max(f.width, width), false))
}

// Layout implements fyne.Layout.
func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.place(objects, size.Width, true)
}

// place returns the height that is needed at a width, and moves the objects there.
func (f *flow) place(objects []fyne.CanvasObject, width float32, move bool) float32 {
	x, y, line := float32(0), float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		needs := o.MinSize()
		if x > 0 && x+needs.Width > width {
			x, y = 0, y+line+f.gap
			line = 0
		}
		if move {
			o.Move(fyne.NewPos(x, y))
			o.Resize(needs)
		}
		x += needs.Width + f.gap
		line = max(line, needs.Height)
	}
	return y + line
}
