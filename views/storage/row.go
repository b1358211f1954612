package storage

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	rowHeight = 56
	rowPad    = 12
	barHeight = 6
)

// row is one conversation: its name, a bar as long as its share of the
// heaviest, how many files and how much.
type row struct {
	widget.BaseWidget
	ctx    *ui.Context
	share  float32
	chosen bool

	ground, track, bar *canvas.Rectangle
	name               *widgets.Line
	size               *widget.Label
}

func newRow(ctx *ui.Context) *row {
	r := &row{ctx: ctx, ground: canvas.NewRectangle(nil), track: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil)}
	r.ground.CornerRadius = 6
	r.track.CornerRadius, r.bar.CornerRadius = barHeight/2, barHeight/2
	r.name = widgets.NewLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{})
	r.size = widget.NewLabelWithStyle("", fyne.TextAlignTrailing, fyne.TextStyle{})
	r.ExtendBaseWidget(r)
	return r
}

func (r *row) set(u model.MediaUsage, most int64, chosen bool) {
	r.share, r.chosen = 0, chosen
	if most > 0 {
		r.share = float32(float64(u.Bytes) / float64(most))
	}
	r.name.SetText(rowName(r.ctx, u))
	r.size.SetText(r.ctx.N("storage.row", u.Files, translations.Data{"Size": r.ctx.FormatBytes(u.Bytes)}))
	r.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	o := &rowRenderer{r}
	o.Refresh()
	return o
}

type rowRenderer struct{ r *row }

// Destroy implements fyne.WidgetRenderer.
func (o *rowRenderer) Destroy() {}

// MinSize implements fyne.WidgetRenderer.
func (o *rowRenderer) MinSize() fyne.Size { return fyne.NewSize(300, rowHeight) }

// Objects implements fyne.WidgetRenderer.
func (o *rowRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{o.r.ground, o.r.track, o.r.bar, o.r.name, o.r.size}
}

// Layout implements fyne.WidgetRenderer.
func (o *rowRenderer) Layout(size fyne.Size) {
	r := o.r
	r.ground.Resize(size)
	wide := r.size.MinSize()
	r.size.Resize(wide)
	r.size.Move(fyne.NewPos(size.Width-wide.Width-rowPad/2, 2))
	r.name.Resize(fyne.NewSize(max(size.Width-wide.Width-rowPad, 0), wide.Height))
	r.name.Move(fyne.NewPos(rowPad/2, 2))
	width := size.Width - 2*rowPad - 2
	y := size.Height - barHeight - 10
	r.track.Resize(fyne.NewSize(width, barHeight))
	r.track.Move(fyne.NewPos(rowPad, y))
	r.bar.Resize(fyne.NewSize(max(width*r.share, barHeight), barHeight))
	r.bar.Move(fyne.NewPos(rowPad, y))
}

// Refresh implements fyne.WidgetRenderer.
func (o *rowRenderer) Refresh() {
	r := o.r
	r.ground.Hidden = !r.chosen
	r.ground.FillColor = theme.Color(theme.ColorNameSelection)
	r.track.FillColor = theme.Color(theme.ColorNameSeparator)
	r.bar.FillColor = theme.Color(theme.ColorNamePrimary)
	o.Layout(r.Size())
	for _, c := range o.Objects() {
		c.Refresh()
	}
}
