package views

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ground is a coloured background behind an object; it follows the theme.
type ground struct {
	widget.BaseWidget
	color   fyne.ThemeColorName
	content fyne.CanvasObject
}

func newGround(color fyne.ThemeColorName, content fyne.CanvasObject) *ground {
	g := &ground{color: color, content: content}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	rect := canvas.NewRectangle(theme.Color(g.color))
	return &groundRenderer{ground: g, rect: rect, box: container.NewStack(rect, g.content)}
}

type groundRenderer struct {
	ground *ground
	rect   *canvas.Rectangle
	box    *fyne.Container
}

// Destroy implements fyne.WidgetRenderer.
func (r *groundRenderer) Destroy() {}

// Layout implements fyne.WidgetRenderer.
func (r *groundRenderer) Layout(size fyne.Size) { r.box.Resize(size) }

// MinSize implements fyne.WidgetRenderer.
func (r *groundRenderer) MinSize() fyne.Size { return r.box.MinSize() }

// Objects implements fyne.WidgetRenderer.
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.box} }

// Refresh implements fyne.WidgetRenderer.
func (r *groundRenderer) Refresh() {
	r.rect.FillColor = theme.Color(r.ground.color)
	r.box.Refresh()
}

func show(o fyne.CanvasObject, visible bool) {
	if visible == o.Visible() {
		return
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}
