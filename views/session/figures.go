package session

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// figures shows the statistics of a session, one tile each.
type figures struct {
	ctx    *ui.Context
	root   *fyne.Container
	tiles  *fyne.Container
	values []*widget.Label
	failed *widget.Label
}

func newFigures(ctx *ui.Context) *figures {
	f := &figures{ctx: ctx, failed: wrapped("")}
	f.failed.Importance = widget.WarningImportance
	f.failed.Hide()
	f.tiles = container.New(&flow{even: true})
	for _, name := range []string{
		ctx.T("session.stat.contacts"), ctx.T("session.stat.conversations"), ctx.T("session.stat.messages_in"),
		ctx.T("session.stat.messages_out"), ctx.T("session.stat.unread"), ctx.T("session.stat.active"), ctx.T("session.stat.unfinished"),
	} {
		value := widget.NewLabel("–")
		value.TextStyle.Bold = true
		value.SizeName = theme.SizeNameSubHeadingText
		caption := widget.NewLabel(name)
		caption.Importance = widget.LowImportance
		caption.SizeName = theme.SizeNameCaptionText
		f.values = append(f.values, value)
		f.tiles.Add(container.New(&pair{}, value, caption))
	}
	f.tiles.Objects[len(f.tiles.Objects)-1].Hide() // nothing to be sent is the usual case
	f.root = container.NewVBox(f.tiles, f.failed)
	return f
}

// set shows the figures.
func (f *figures) set(s model.Statistics) {
	for i, n := range []int{s.Contacts, s.Conversations, s.MessagesIn, s.MessagesOut, s.Unread, s.ActiveChats, s.OutboxUnfinished} {
		setText(f.values[i], f.ctx.FormatNumber(n))
	}
	if last := f.tiles.Objects[len(f.tiles.Objects)-1]; last.Visible() != (s.OutboxUnfinished > 0) {
		show(last, s.OutboxUnfinished > 0)
		f.root.Refresh() // the row makes room for it
	}
	show(f.failed, false)
}

// fail says why the figures could not be counted; the last ones stay.
func (f *figures) fail(p model.Problem) {
	why, _ := f.ctx.ProblemText(p)
	setText(f.failed, why)
	show(f.failed, true)
}

// pair puts a caption close under a value: labels bring more padding than a pair wants.
type pair struct{}

// Layout implements fyne.Layout.
func (p *pair) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[1].Move(fyne.NewPos(0, h-theme.InnerPadding()-theme.Padding()))
	o[1].Resize(fyne.NewSize(size.Width, o[1].MinSize().Height))
}

// MinSize implements fyne.Layout.
func (p *pair) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height-theme.InnerPadding()-theme.Padding())
}

// titled puts a quiet name beside a title, both cut where there is no room.
type titled struct{}

// Layout implements fyne.Layout.
func (t *titled) Layout(o []fyne.CanvasObject, size fyne.Size) {
	title, name := o[0], o[1]
	width := min(naturalWidth(title), size.Width)
	title.Move(fyne.NewPos(0, 0))
	title.Resize(fyne.NewSize(width, size.Height))
	height := name.MinSize().Height
	name.Move(fyne.NewPos(width-theme.Padding(), (size.Height-height)/2+1))
	name.Resize(fyne.NewSize(max(0, size.Width-width), height))
}

// MinSize implements fyne.Layout.
func (t *titled) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(120, o[0].MinSize().Height)
}

// naturalWidth is the width of a label that could be cut.
func naturalWidth(o fyne.CanvasObject) float32 {
	l, ok := o.(*widget.Label)
	if !ok {
		return o.MinSize().Width
	}
	return fyne.MeasureText(l.Text, theme.Size(l.SizeName), l.TextStyle).Width + 2*theme.InnerPadding() + 1
}
