package outbox

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	margin     = 16 // labels keep 8 more around their text
	labelSpace = 8  // what a label keeps around its text
	tight      = -12
	mostShown  = 2000 // characters of a text; the dialog to edit it shows all
)

// detail is the right pane: what is known of the row that is chosen, and what
// can be done to it.
type detail struct {
	ctx     *ui.Context
	choices func(*model.OutboxRow) []choice
	shown   *model.OutboxRow

	scroll *container.Scroll
	states *widgets.StateView
}

func newDetail(ctx *ui.Context, choices func(*model.OutboxRow) []choice) *detail {
	d := &detail{ctx: ctx, choices: choices, scroll: container.NewVScroll(container.NewStack())}
	d.states = widgets.NewStateView(ctx, d.scroll)
	d.none()
	return d
}

func (d *detail) none() {
	d.shown = nil
	d.states.ShowEmpty(widgets.Empty{Icon: apptheme.Icon(apptheme.IconOutbox), Title: d.ctx.T("outbox.none.title"), Text: d.ctx.T("outbox.none.text")})
}

// show shows a row; nil: that none is chosen. The same again costs little.
func (d *detail) show(o *model.OutboxRow) {
	if o == nil {
		if d.shown != nil {
			d.none()
		}
		return
	}
	other := d.shown == nil || d.shown.ID != o.ID
	held := *o
	if !other && *d.shown == held {
		return
	}
	d.shown = &held
	d.scroll.Content = d.page(&held)
	d.scroll.Refresh()
	if other {
		d.scroll.ScrollToOffset(fyne.Position{})
	}
	d.states.ShowData()
}

func (d *detail) page(o *model.OutboxRow) fyne.CanvasObject {
	width := max(d.scroll.Size().Width-2*margin, 200)
	name := widgets.NewLine(d.ctx, theme.SizeNameSubHeadingText, theme.ColorNameForeground, fyne.TextStyle{Bold: true})
	name.SetText(conversationName(d.ctx, o))
	state, alarm := d.ctx.OutgoingState(o, nil)
	words := wrapped(state, width)
	words.Importance = widget.MediumImportance
	if alarm {
		words.Importance = widget.WarningImportance
	}
	words.Refresh()
	page := container.NewVBox(container.New(layout.NewCustomPaddedVBoxLayout(tight), name, words))
	if o.State == model.OutboxFailed {
		_, do := d.ctx.ProblemText(model.Problem{Kind: model.ProblemKind(o.Error)})
		page.Add(wrapped(do, width))
	}
	page.Add(d.buttons(o))
	text, _ := model.CleanText(o.Text, 4*mostShown)
	if runes := []rune(text); len(runes) > mostShown {
		text = string(runes[:mostShown]) + "…"
	}
	if what := d.ctx.OutgoingText(&o.OutboxItem); text == "" || o.Kind != model.OutboxText {
		page.Add(field(d.ctx.T("outbox.field.what"), wrapped(what, width)))
	}
	if text != "" {
		page.Add(field(d.ctx.T("outbox.field.text"), wrapped(text, width)))
	}
	for _, f := range d.lines(o) {
		page.Add(field(f[0], wrapped(f[1], width)))
	}
	return container.New(layout.NewCustomPaddedLayout(margin, margin, margin, margin), page)
}

// lines returns the times and places of a row, each with its caption.
func (d *detail) lines(o *model.OutboxRow) [][2]string {
	t := d.ctx.T
	lines := [][2]string{{t("outbox.field.written"), d.ctx.FormatDateTime(o.CreatedAt)}}
	if !o.NextAt.IsZero() && o.State == model.OutboxQueued {
		lines = append(lines, [2]string{t("outbox.field.next"), d.ctx.FormatDateTime(o.NextAt)})
	}
	if !o.AttemptedAt.IsZero() {
		lines = append(lines, [2]string{t("outbox.field.attempted"), d.ctx.FormatDateTime(o.AttemptedAt)},
			[2]string{t("outbox.field.attempts"), d.ctx.FormatNumber(o.Attempts)})
	}
	if p := o.DecodedPayload(); p.File != nil && p.File.Size > 0 {
		lines = append(lines, [2]string{t("outbox.field.size"), d.ctx.FormatBytes(p.File.Size)})
	}
	if o.Session != "" {
		lines = append(lines, [2]string{t("outbox.field.session"), string(o.Session)})
	}
	return lines
}

func (d *detail) buttons(o *model.OutboxRow) fyne.CanvasObject {
	bar := container.New(widgets.NewFlow(6))
	for _, c := range d.choices(o) {
		b := widget.NewButtonWithIcon(c.text, apptheme.Icon(c.icon), c.do)
		if c.main {
			b.Importance = widget.HighImportance
			b.Icon = apptheme.ColoredIcon(c.icon, theme.ColorNameForegroundOnPrimary)
		}
		bar.Add(b)
	}
	return container.New(layout.NewCustomPaddedLayout(4, 8, labelSpace, 0), bar)
}

func field(caption string, value fyne.CanvasObject) fyne.CanvasObject {
	head := &widget.Label{Text: caption, SizeName: theme.SizeNameCaptionText, Importance: widget.LowImportance, Truncation: fyne.TextTruncateEllipsis}
	return container.New(layout.NewCustomPaddedVBoxLayout(tight), head, value)
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
