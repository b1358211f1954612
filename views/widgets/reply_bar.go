package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// Sizes of a ReplyBar in device-independent pixels.
const (
	replyStrip = 3
	replyPad   = 8
	replyClose = 30
)

// ReplyBar shows the message that is being answered: its author above its text,
// one line each, and a button that takes the answer off.
type ReplyBar struct {
	widget.BaseWidget
	OnClose func()

	author, text string
	first        *textLine
	second       *textLine
	leave        *IconButton
	ground       *canvas.Rectangle
	strip        *canvas.Rectangle
}

// NewReplyBar returns a bar that says nothing yet.
func NewReplyBar(ctx *ui.Context) *ReplyBar {
	b := &ReplyBar{
		first:  newTextLine(ctx, theme.SizeNameText, theme.ColorNamePrimary, fyne.TextStyle{Bold: true}),
		second: newTextLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{}),
		ground: canvas.NewRectangle(nil), strip: canvas.NewRectangle(nil),
	}
	b.leave = NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("compose.reply.close"), func() {
		if b.OnClose != nil {
			b.OnClose()
		}
	})
	b.ground.CornerRadius, b.strip.CornerRadius = 5, 1.5
	b.ExtendBaseWidget(b)
	return b
}

// Set shows an author and a text.
func (b *ReplyBar) Set(author, text string) {
	b.author, b.text = author, text
	b.first.text, b.second.text = author, text
	b.Refresh()
}

// Says returns what is shown.
func (b *ReplyBar) Says() (author, text string) { return b.author, b.text }

// CreateRenderer implements fyne.Widget.
func (b *ReplyBar) CreateRenderer() fyne.WidgetRenderer {
	r := &replyRenderer{b: b}
	r.colors()
	return r
}

type replyRenderer struct{ b *ReplyBar }

// Layout implements fyne.WidgetRenderer.
func (r *replyRenderer) Layout(size fyne.Size) {
	b := r.b
	b.ground.Resize(size)
	b.strip.Resize(fyne.NewSize(replyStrip, size.Height))
	x, room := float32(replyStrip+replyPad), size.Width-replyStrip-2*replyPad-replyClose
	y := (size.Height - b.first.height() - b.second.height()) / 2
	for _, l := range []*textLine{b.first, b.second} {
		l.place(x, y, max(room, 0))
		y += l.height()
	}
	b.leave.Move(fyne.NewPos(size.Width-replyClose-replyPad/2, (size.Height-replyClose)/2))
	b.leave.Resize(fyne.NewSquareSize(replyClose))
}

// MinSize implements fyne.WidgetRenderer.
func (r *replyRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, r.b.first.height()+r.b.second.height()+2*replyPad)
}

// Objects implements fyne.WidgetRenderer.
func (r *replyRenderer) Objects() []fyne.CanvasObject {
	b := r.b
	return append(b.second.appendTo(b.first.appendTo([]fyne.CanvasObject{b.ground, b.strip})), b.leave)
}

// Destroy implements fyne.WidgetRenderer.
func (r *replyRenderer) Destroy() {}

// Refresh implements fyne.WidgetRenderer.
func (r *replyRenderer) Refresh() {
	r.colors()
	r.Layout(r.b.Size())
	r.b.first.recolor()
	r.b.second.recolor()
	canvas.Refresh(r.b)
}

func (r *replyRenderer) colors() {
	r.b.ground.FillColor = theme.Color(theme.ColorNameHover)
	r.b.strip.FillColor = theme.Color(theme.ColorNamePrimary)
}
