package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

const (
	toastsShown = 3
	toastRunes  = 240
	toastBase   = 3 * time.Second       // how long the shortest text stays
	toastRune   = 50 * time.Millisecond // more for each letter
	tipDistance = 6
)

// Toasts shows short messages that go away by themselves, and hints.
type Toasts struct {
	ctx   *Context
	layer *fyne.Container
	shown []*toast
	tip   *note
}

func newToasts(c *Context) *Toasts {
	t := &Toasts{ctx: c}
	t.layer = container.New(t)
	return t
}

// Overlay is the layer that toasts appear on; the main window stacks it over
// its content. It lets all input through but taps on a toast, which close it.
func (t *Toasts) Overlay() fyne.CanvasObject { return t.layer }

// Show shows a text for a few seconds, longer the more there is to read.
func (t *Toasts) Show(text string) {
	text = model.CleanLine(text, toastRunes)
	if text == "" {
		return
	}
	if n := len(t.shown); n > 0 && t.shown[n-1].text == text {
		t.remove(t.shown[n-1])
	}
	if len(t.shown) >= toastsShown {
		t.remove(t.shown[0])
	}
	n := &toast{}
	n.fill(text, theme.TextSize())
	n.ExtendBaseWidget(n)
	stay := toastBase + time.Duration(len([]rune(text)))*toastRune
	cancel := t.ctx.Later(stay, func() { t.remove(n) })
	n.tapped = func() {
		cancel()
		t.remove(n)
	}
	t.shown = append(t.shown, n)
	t.layer.Add(n)
}

// Texts returns the texts that are shown, the oldest first.
func (t *Toasts) Texts() []string {
	texts := make([]string, len(t.shown))
	for i, n := range t.shown {
		texts[i] = n.text
	}
	return texts
}

func (t *Toasts) remove(n *toast) {
	for i, s := range t.shown {
		if s == n {
			t.shown = append(t.shown[:i:i], t.shown[i+1:]...)
			t.layer.Remove(n)
			return
		}
	}
}

// Tip shows a hint beside an object until hide is called or another hint appears.
func (t *Toasts) Tip(text string, beside fyne.CanvasObject) (hide func()) {
	t.hideTip(t.tip)
	text = model.CleanLine(text, toastRunes)
	if text == "" {
		return func() {}
	}
	n := &note{beside: beside}
	n.fill(text, theme.CaptionTextSize())
	n.ExtendBaseWidget(n)
	t.tip = n
	t.layer.Add(n)
	return func() { t.hideTip(n) }
}

// TipText returns the hint that is shown, "" when there is none.
func (t *Toasts) TipText() string {
	if t.tip == nil {
		return ""
	}
	return t.tip.text
}

func (t *Toasts) hideTip(n *note) {
	if n == nil || t.tip != n {
		return
	}
	t.tip = nil
	t.layer.Remove(n)
}

// MinSize implements fyne.Layout: the layer takes what it is given.
func (t *Toasts) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout: toasts pile up from the bottom, in the middle.
func (t *Toasts) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	y := size.Height - 27*theme.Padding() // above the status strip and the field for writing
	for i := len(t.shown) - 1; i >= 0; i-- {
		n := t.shown[i]
		n.limit(min(size.Width-8*theme.Padding(), 560))
		s := n.MinSize()
		y -= s.Height + theme.Padding()
		n.Resize(s)
		n.Move(fyne.NewPos((size.Width-s.Width)/2, y))
	}
	if t.tip != nil {
		t.placeTip(size)
	}
}

func (t *Toasts) placeTip(size fyne.Size) {
	n := t.tip
	n.limit(280)
	s := n.MinSize()
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(n.beside).Subtract(driver.AbsolutePositionForObject(t.layer))
	of := n.beside.Size()
	pos := fyne.NewPos(at.X+(of.Width-s.Width)/2, at.Y+of.Height+tipDistance)
	switch {
	case at.X < 3*theme.IconInlineSize(): // the rail at the edge: beside it, so that the next icon stays visible
		pos = fyne.NewPos(at.X+of.Width+tipDistance, at.Y+(of.Height-s.Height)/2)
	case pos.Y+s.Height > size.Height:
		pos.Y = at.Y - s.Height - tipDistance
	}
	pos.X = max(theme.Padding(), min(pos.X, size.Width-s.Width-theme.Padding()))
	n.Resize(s)
	n.Move(pos)
}

// note is a text on a rounded ground. It lets input through.
type note struct {
	widget.BaseWidget
	text   string
	size   float32
	width  float32
	beside fyne.CanvasObject
	lines  *fyne.Container
	ground *canvas.Rectangle
}

// toast is a note that a tap closes.
type toast struct {
	note
	tapped func()
}

// Tapped implements fyne.Tappable.
func (t *toast) Tapped(*fyne.PointEvent) { t.tapped() }

func (n *note) fill(text string, size float32) {
	n.text, n.size = text, size
	n.ground = canvas.NewRectangle(theme.Color(apptheme.ColorNameTip))
	n.ground.CornerRadius = 8
	n.lines = container.NewVBox()
	n.limit(560)
}

// CreateRenderer implements fyne.Widget.
func (n *note) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(n.ground,
		container.New(layout.NewCustomPaddedLayout(6, 6, 12, 12), n.lines)))
}

// limit wraps the text to a width.
func (n *note) limit(width float32) {
	if width == n.width {
		return
	}
	n.width = width
	n.lines.Objects = nil
	for _, line := range wrapLines(n.text, n.size, width-6*theme.Padding()) {
		text := canvas.NewText(line, theme.Color(apptheme.ColorNameOnTip))
		text.TextSize = n.size
		n.lines.Objects = append(n.lines.Objects, text)
	}
	n.lines.Refresh()
}

// wrapLines breaks a text at spaces; a word that is too long gets a line of its own.
func wrapLines(text string, size, width float32) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if line != "" && fyne.MeasureText(longer, size, fyne.TextStyle{}).Width > width {
			lines = append(lines, line)
			longer = word
		}
		line = longer
	}
	return append(lines, line)
}

// Toast shows a text for a few seconds.
func (c *Context) Toast(text string) { c.Toasts.Show(text) }
