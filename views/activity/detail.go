package activity

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	margin = 16 // labels keep 8 more around their text
	// labelSpace is what a label keeps around its text; what is no label gets
	// the same, so that all begins at one edge.
	labelSpace = 8
	// tight brings a value near to its caption: labels carry space of their own.
	tight = -12
)

// detail is the right pane: all that is kept of one operation. The list hands
// the whole row over, so there is nothing to read.
type detail struct {
	ctx    *ui.Context
	shown  *model.Activity
	scroll *container.Scroll
	states *widgets.StateView
	body   fyne.CanvasObject
}

func newDetail(ctx *ui.Context) *detail {
	d := &detail{ctx: ctx, scroll: container.NewVScroll(container.NewStack())}
	d.states = widgets.NewStateView(ctx, d.scroll)
	d.states.ShowEmpty(widgets.Empty{
		Icon: theme.Icon(theme.IconActivity), Title: ctx.T("activity.nobody.title"), Text: ctx.T("activity.nobody.text"),
	})
	d.body = d.states
	return d
}

// show shows an operation.
func (d *detail) show(a *model.Activity) {
	if d.shown != nil && *d.shown == *a {
		return
	}
	d.shown = a
	d.scroll.Content = d.page(a)
	d.scroll.Refresh()
	d.scroll.ScrollToOffset(fyne.Position{})
	d.states.ShowData()
}

func (d *detail) page(a *model.Activity) fyne.CanvasObject {
	width := max(d.scroll.Size().Width-2*margin, 200)
	title := wrapped(actionText(d.ctx, a.Action), width)
	title.TextStyle.Bold = true
	title.SizeName = fynetheme.SizeNameHeadingText

	name, color := outcomeSign(a.Outcome)
	sign := container.NewGridWrap(fyne.NewSquareSize(rowIcon), widget.NewIcon(theme.ColoredIcon(name, color)))
	outcome := container.NewHBox(container.New(layout.NewCustomPaddedLayout(0, 0, labelSpace, 0), container.NewCenter(sign)), widget.NewLabel(endText(d.ctx, a)))
	copyText := widget.NewButtonWithIcon(d.ctx.T("activity.copy"), theme.Icon(theme.IconCopy), func() {
		d.ctx.Copy(plainText(d.ctx, a))
		d.ctx.Toast(d.ctx.T("activity.copied"))
	})
	rows := container.NewVBox(
		container.New(layout.NewCustomPaddedVBoxLayout(-6), title, outcome),
		container.New(layout.NewCustomPaddedLayout(4, 8, labelSpace, 0), container.NewHBox(copyText)),
	)
	if why, do := problem(d.ctx, a); why != "" {
		reason := wrapped(why, width)
		reason.Importance = widget.DangerImportance
		if a.Outcome != model.OutcomeFailed {
			reason.Importance = widget.WarningImportance
		}
		rows.Add(field(d.ctx.T("activity.field.problem"), reason, wrapped(do, width)))
	}
	for _, l := range lines(d.ctx, a) {
		rows.Add(field(l.caption, wrapped(l.value, width)))
	}
	if detail := errorDetail(a); detail != "" {
		raw := wrapped(detail, width)
		raw.TextStyle.Monospace = true
		raw.Wrapping = fyne.TextWrapBreak
		raw.Refresh()
		rows.Add(field(d.ctx.T("activity.field.detail"), raw))
	}
	return container.New(layout.NewCustomPaddedLayout(margin, margin, margin, margin), rows)
}

func field(caption string, values ...fyne.CanvasObject) fyne.CanvasObject {
	head := &widget.Label{
		Text: caption, SizeName: fynetheme.SizeNameCaptionText, Importance: widget.LowImportance,
		Truncation: fyne.TextTruncateEllipsis,
	}
	return container.New(layout.NewCustomPaddedVBoxLayout(tight), append([]fyne.CanvasObject{head}, values...)...)
}

// wrapped returns a label over as many lines as it needs. It gets its width
// before its text: measuring a label without a width is slow.
func wrapped(value string, width float32) *widget.Label {
	label := &widget.Label{Wrapping: fyne.TextWrapWord, Selectable: true}
	label.ExtendBaseWidget(label)
	label.Resize(fyne.NewSize(width, 0))
	label.SetText(value)
	return label
}
