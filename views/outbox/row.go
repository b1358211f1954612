package outbox

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// The measures of a row in device-independent pixels.
const (
	rowSide  = 12
	rowTop   = 7
	rowIcon  = 20
	rowTight = -12 // lines carry the space of labels
)

// row is one outgoing row: whose, what, where it stands, since when.
type row struct {
	widget.BaseWidget
	ctx     *ui.Context
	tapped  func(model.OutboxID)
	menu    func(model.OutboxID, fyne.Position)
	id      model.OutboxID
	icon    apptheme.IconName
	alarm   bool
	chosen  bool
	focused bool

	ground *canvas.Rectangle
	sign   *widget.Icon
	name   *widgets.Line
	text   *widgets.Line
	state  *widget.Label
	since  *widget.Label
}

func newRow(ctx *ui.Context, tapped func(model.OutboxID), menu func(model.OutboxID, fyne.Position)) *row {
	r := &row{ctx: ctx, tapped: tapped, menu: menu, ground: canvas.NewRectangle(nil), sign: widget.NewIcon(nil)}
	r.ground.CornerRadius = 6
	r.name = widgets.NewLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	r.text = widgets.NewLine(ctx, theme.SizeNameText, apptheme.ColorNameMuted, fyne.TextStyle{})
	r.state = &widget.Label{Truncation: fyne.TextTruncateEllipsis, SizeName: theme.SizeNameCaptionText}
	r.since = &widget.Label{SizeName: theme.SizeNameCaptionText, Importance: widget.LowImportance, Alignment: fyne.TextAlignTrailing}
	r.ExtendBaseWidget(r)
	return r
}

// set shows a row; named says that its session is named.
func (r *row) set(o *model.OutboxRow, sent *model.MediaProgress, chosen, focused, named bool) {
	r.id = o.ID
	r.name.SetText(conversationName(r.ctx, o))
	r.text.SetText(r.ctx.OutgoingText(&o.OutboxItem))
	state, alarm := r.ctx.OutgoingState(o, sent)
	r.since.SetText(r.ctx.FormatWhen(o.CreatedAt))
	parts := []string{state}
	if o.Attempts > 1 {
		parts = append(parts, r.ctx.N("outbox.attempts", o.Attempts))
	}
	if named && o.Session != "" {
		parts = append(parts, string(o.Session))
	}
	if importance := stateImportance(alarm); r.state.Importance != importance {
		r.state.Importance = importance
		r.state.Refresh()
	}
	if all := strings.Join(parts, " · "); r.state.Text != all {
		r.state.SetText(all)
	}
	if icon := ui.OutgoingIcon(&o.OutboxItem); icon != r.icon || alarm != r.alarm {
		r.icon, r.alarm = icon, alarm
		color := apptheme.ColorNameMuted
		if alarm {
			color = theme.ColorNameWarning
		}
		r.sign.SetResource(apptheme.ColoredIcon(icon, color))
	}
	if chosen != r.chosen || focused != r.focused {
		r.chosen, r.focused = chosen, focused
		r.paint()
	}
}

func stateImportance(alarm bool) widget.Importance {
	if alarm {
		return widget.WarningImportance
	}
	return widget.LowImportance
}

// conversationName returns the name of the conversation of a row, or its number.
func conversationName(ctx *ui.Context, o *model.OutboxRow) string {
	return widgets.ConversationName(ctx, model.ConversationRow{Name: o.Conversation, JID: o.Chat})
}

// Tapped chooses the row.
func (r *row) Tapped(*fyne.PointEvent) { r.tapped(r.id) }

// TappedSecondary shows what can be done to the row.
func (r *row) TappedSecondary(e *fyne.PointEvent) { r.menu(r.id, e.AbsolutePosition) }

func (r *row) paint() {
	r.ground.Hidden = !r.chosen && !r.focused
	r.ground.FillColor = theme.Color(theme.ColorNameBackground)
	if r.chosen {
		r.ground.FillColor = theme.Color(theme.ColorNameSelection)
	}
	r.ground.StrokeWidth = 0
	if r.focused {
		r.ground.StrokeWidth, r.ground.StrokeColor = 2, theme.Color(theme.ColorNamePrimary)
	}
	r.ground.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	r.paint()
	return &rowRenderer{r: r, objects: []fyne.CanvasObject{r.ground, r.sign, r.name, r.text, r.state, r.since}}
}

type rowRenderer struct {
	r       *row
	objects []fyne.CanvasObject
}

func (o *rowRenderer) Objects() []fyne.CanvasObject { return o.objects }
func (o *rowRenderer) Destroy()                     {}

func (o *rowRenderer) MinSize() fyne.Size {
	r := o.r
	inner := 2 * theme.InnerPadding()
	lines := r.name.MinSize().Height + r.text.MinSize().Height + r.state.MinSize().Height - 3*inner
	return fyne.NewSize(200, lines+2*rowTop+2*(inner+rowTight))
}

func (o *rowRenderer) Layout(size fyne.Size) {
	r, in := o.r, theme.InnerPadding()
	r.ground.Resize(size)
	r.sign.Move(fyne.NewPos(rowSide, (size.Height-rowIcon)/2))
	r.sign.Resize(fyne.NewSquareSize(rowIcon))
	left := float32(2*rowSide+rowIcon) - in
	width := size.Width - left - rowSide + in
	since := r.since.MinSize()
	y := float32(rowTop) - in
	put := func(c fyne.CanvasObject, width float32) {
		h := c.MinSize().Height
		c.Move(fyne.NewPos(left, y))
		c.Resize(fyne.NewSize(width, h))
		y += h + rowTight
	}
	r.since.Move(fyne.NewPos(left+width-since.Width, y))
	r.since.Resize(since)
	put(r.name, width-since.Width)
	put(r.text, width)
	put(r.state, width)
}

func (o *rowRenderer) Refresh() {
	o.r.paint()
	for _, c := range o.objects[1:] {
		c.Refresh()
	}
	o.Layout(o.r.Size())
}
