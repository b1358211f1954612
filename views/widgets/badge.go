package widgets

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Badge is a count on a rounded ground; it hides at zero.
type Badge struct {
	widget.BaseWidget
	text  string
	dot   bool
	quiet bool
}

// NewBadge returns a hidden badge.
func NewBadge() *Badge {
	b := &Badge{}
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// Set shows a count; above 99 it says "99+", and zero or less hides it.
func (b *Badge) Set(n int) {
	text := ""
	switch {
	case n > 99:
		text = "99+"
	case n > 0:
		text = strconv.Itoa(n)
	}
	b.show(text, false)
}

// SetDot shows a badge without a count.
func (b *Badge) SetDot() { b.show("", true) }

// SetQuiet draws the badge in a quiet colour, for what is mute.
func (b *Badge) SetQuiet(quiet bool) {
	if b.quiet == quiet {
		return
	}
	b.quiet = quiet
	b.Refresh()
}

// Text returns what the badge says.
func (b *Badge) Text() string { return b.text }

func (b *Badge) show(text string, dot bool) {
	if b.text == text && b.dot == dot {
		return
	}
	b.text, b.dot = text, dot
	if text == "" && !dot {
		b.Hide()
		return
	}
	b.Show()
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *Badge) CreateRenderer() fyne.WidgetRenderer {
	r := &badgeRenderer{b: b, ground: canvas.NewRectangle(nil), text: canvas.NewText("", nil)}
	r.text.Alignment = fyne.TextAlignCenter
	r.text.TextStyle.Bold = true
	r.style()
	return r
}

type badgeRenderer struct {
	b      *Badge
	ground *canvas.Rectangle
	text   *canvas.Text
}

func (r *badgeRenderer) Destroy() {}
func (r *badgeRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.text}
}

func (r *badgeRenderer) style() {
	ground, text := apptheme.ColorNameBadge, apptheme.ColorNameOnBadge
	if r.b.quiet {
		ground, text = apptheme.ColorNameBadgeQuiet, apptheme.ColorNameOnBadgeQuiet
	}
	r.ground.FillColor = theme.Color(ground)
	r.text.Color = theme.Color(text)
	r.text.Text = r.b.text
	r.text.TextSize = theme.CaptionTextSize()
}

func (r *badgeRenderer) MinSize() fyne.Size {
	if r.b.dot {
		return fyne.NewSize(12, 12)
	}
	h := theme.CaptionTextSize() + 8
	return fyne.NewSize(max(h, r.text.MinSize().Width+12), h)
}

func (r *badgeRenderer) Layout(size fyne.Size) {
	r.ground.CornerRadius = size.Height / 2
	r.ground.Resize(size)
	h := r.text.MinSize().Height
	r.text.Resize(fyne.NewSize(size.Width, h))
	r.text.Move(fyne.NewPos(0, (size.Height-h)/2))
}

func (r *badgeRenderer) Refresh() {
	r.style()
	r.Layout(r.b.Size())
	r.ground.Refresh()
	r.text.Refresh()
}
