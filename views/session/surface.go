package session

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// surface is a rounded ground that follows the theme.
type surface struct {
	widget.BaseWidget
	content fyne.CanvasObject
}

func newSurface(content fyne.CanvasObject) *surface {
	s := &surface{content: content}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	ground := canvas.NewRectangle(nil)
	ground.CornerRadius = 12
	ground.StrokeWidth = 1
	pad := 2 * theme.Padding()
	r := &surfaceRenderer{ground: ground, box: container.NewStack(ground, container.New(layout.NewCustomPaddedLayout(pad, pad, 2*pad, 2*pad), s.content))}
	r.color()
	return r
}

type surfaceRenderer struct {
	ground *canvas.Rectangle
	box    *fyne.Container
}

func (r *surfaceRenderer) color() {
	r.ground.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	r.ground.StrokeColor = theme.Color(theme.ColorNameSeparator)
}

// Destroy implements fyne.WidgetRenderer.
func (r *surfaceRenderer) Destroy() {}

// Layout implements fyne.WidgetRenderer.
func (r *surfaceRenderer) Layout(size fyne.Size) { r.box.Resize(size) }

// MinSize implements fyne.WidgetRenderer.
func (r *surfaceRenderer) MinSize() fyne.Size { return r.box.MinSize() }

// Objects implements fyne.WidgetRenderer.
func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.box} }

// Refresh implements fyne.WidgetRenderer.
func (r *surfaceRenderer) Refresh() {
	r.color()
	r.box.Refresh()
}

// wrapped returns a label that breaks its lines.
func wrapped(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// below puts buttons under a text so that their ground begins where its words do.
func below(buttons ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, theme.InnerPadding(), 0), container.NewHBox(buttons...))
}

// quiet returns a label in the secondary colour that ends in an ellipsis when it does not fit.
func quiet(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Importance = widget.LowImportance
	l.Truncation = fyne.TextTruncateEllipsis
	return l
}

// setText changes a label only when its text differs: a refresh wraps it again.
func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// show makes an object visible or not.
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
