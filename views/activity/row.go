package activity

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

const (
	rowSide = 12 // free space left and right of a row
	rowTop  = 8
	rowGap  = 3
	rowIcon = 20
)

// row is one line of the list: what was done, how it ended, how much, when.
type row struct {
	widget.BaseWidget
	ctx *ui.Context

	shown    model.Activity
	named    bool // the session is named
	selected bool

	ground *canvas.Rectangle
	icon   *widget.Icon
	title  *widget.Label
	info   *widget.Label
	at     *widget.Label
}

func newRow(ctx *ui.Context) *row {
	r := &row{ctx: ctx, ground: canvas.NewRectangle(nil), icon: widget.NewIcon(nil)}
	r.ground.CornerRadius = 6
	r.title = &widget.Label{Truncation: fyne.TextTruncateEllipsis, TextStyle: fyne.TextStyle{Bold: true}}
	r.info = &widget.Label{Truncation: fyne.TextTruncateEllipsis, SizeName: fynetheme.SizeNameCaptionText, Importance: widget.LowImportance}
	r.at = &widget.Label{SizeName: fynetheme.SizeNameCaptionText, Importance: widget.LowImportance, Alignment: fyne.TextAlignTrailing}
	r.ExtendBaseWidget(r)
	return r
}

// rowPitch is the distance from one row of the list to the next.
func rowPitch(ctx *ui.Context) float32 {
	return newRow(ctx).MinSize().Height + fynetheme.Padding()
}

// set shows a row; the same again costs nothing.
func (r *row) set(a model.Activity, selected, named bool) {
	if a == r.shown && selected == r.selected && named == r.named {
		return
	}
	r.shown, r.selected, r.named = a, selected, named
	icon, color := outcomeSign(a.Outcome)
	r.icon.SetResource(theme.ColoredIcon(icon, color))
	r.title.SetText(actionText(r.ctx, a.Action))
	r.at.SetText(r.ctx.FormatWhen(a.At))
	r.info.SetText(r.summary())
	r.Refresh()
}

func (r *row) summary() string {
	parts := []string{endText(r.ctx, &r.shown)}
	if r.named && r.shown.Session != "" {
		parts = append(parts, string(r.shown.Session))
	}
	if counts := countsText(r.ctx, &r.shown); counts != "" {
		parts = append(parts, counts)
	}
	if r.shown.DurationMS > 0 {
		parts = append(parts, r.ctx.FormatMillis(r.shown.DurationMS))
	}
	return strings.Join(parts, " · ")
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	return &rowRenderer{r: r, objects: []fyne.CanvasObject{r.ground, r.icon, r.title, r.info, r.at}}
}

type rowRenderer struct {
	r       *row
	objects []fyne.CanvasObject
}

func (o *rowRenderer) Objects() []fyne.CanvasObject { return o.objects }
func (o *rowRenderer) Destroy()                     {}

// text returns the height of a label without the space that it keeps around itself.
func text(l *widget.Label) float32 { return l.MinSize().Height - 2*fynetheme.InnerPadding() }

func (o *rowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(160, 2*rowTop+text(o.r.title)+rowGap+text(o.r.info))
}

func (o *rowRenderer) Layout(size fyne.Size) {
	r, in := o.r, fynetheme.InnerPadding()
	r.ground.Resize(size)
	r.icon.Move(fyne.NewPos(rowSide, (size.Height-rowIcon)/2))
	r.icon.Resize(fyne.NewSquareSize(rowIcon))
	left := float32(rowSide + rowIcon + rowSide)
	width := size.Width - left - rowSide
	atWidth := r.at.MinSize().Width - 2*in
	place := func(l *widget.Label, x, y, w float32) {
		l.Move(fyne.NewPos(x-in, y-in))
		l.Resize(fyne.NewSize(w+2*in, l.MinSize().Height))
	}
	place(r.title, left, rowTop, width-atWidth-rowSide)
	place(r.at, left+width-atWidth, rowTop+(text(r.title)-text(r.at))/2, atWidth)
	place(r.info, left, rowTop+text(r.title)+rowGap, width)
}

func (o *rowRenderer) Refresh() {
	settings := fyne.CurrentApp().Settings()
	o.r.ground.Hidden = !o.r.selected
	o.r.ground.FillColor = settings.Theme().Color(fynetheme.ColorNameSelection, settings.ThemeVariant())
	o.r.ground.Refresh()
	for _, c := range o.objects[1:] {
		c.Refresh()
	}
	o.Layout(o.r.Size())
}
