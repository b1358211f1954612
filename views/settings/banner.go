package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/theme"
)

// bannerButton is one of the buttons of a banner.
type bannerButton struct {
	text   string
	tapped func()
}

// banner is a line over the form about the settings as a whole. It is hidden at first.
type banner struct {
	widget.BaseWidget
	title, text *widget.Label
	buttons     *fyne.Container
	body        *fyne.Container
	ground      *canvas.Rectangle
}

func newBanner() *banner {
	b := &banner{
		title: widget.NewLabel(""), text: wrapped("", widget.MediumImportance),
		buttons: container.NewHBox(), ground: canvas.NewRectangle(nil),
	}
	b.title.Wrapping = fyne.TextWrapWord
	b.title.TextStyle.Bold = true
	b.ground.CornerRadius = 8
	icon := container.NewVBox(widget.NewIcon(theme.Icon(theme.IconWarning)))
	words := container.New(lines{gap: 6}, b.title, b.text, container.NewHBox(layout.NewSpacer(), b.buttons))
	inner := container.New(layout.NewCustomPaddedLayout(12, 8, 12, 12),
		container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, 8), icon), nil, words))
	b.body = container.New(layout.NewCustomPaddedLayout(12, 4, 0, 0), container.NewStack(b.ground, inner))
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// show says something; text may be "".
func (b *banner) show(title, text string, buttons ...bannerButton) {
	b.title.SetText(title)
	b.text.SetText(text)
	if text == "" {
		b.text.Hide()
	} else {
		b.text.Show()
	}
	b.buttons.RemoveAll()
	for _, o := range buttons {
		b.buttons.Add(widget.NewButton(o.text, o.tapped))
	}
	b.Show()
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *banner) CreateRenderer() fyne.WidgetRenderer {
	return &bannerRenderer{WidgetRenderer: widget.NewSimpleRenderer(b.body), b: b}
}

type bannerRenderer struct {
	fyne.WidgetRenderer
	b *banner
}

// Refresh takes the colours from the theme again.
func (r *bannerRenderer) Refresh() {
	th, variant := fyne.CurrentApp().Settings().Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	r.b.ground.FillColor = th.Color(theme.ColorNameNotice, variant)
	r.b.ground.Refresh()
	r.WidgetRenderer.Refresh()
}
