package session

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// progressView shows running work: words, a bar once the total is known, Cancel.
type progressView struct {
	ctx    *ui.Context
	root   *fyne.Container
	words  *widget.Label
	bar    *widget.ProgressBar
	cancel *widget.Button
}

func newProgressView(ctx *ui.Context, cancel func()) *progressView {
	v := &progressView{ctx: ctx, words: widget.NewLabel(""), bar: widget.NewProgressBar()}
	v.cancel = widget.NewButton(ctx.T("session.button.cancel_sync"), cancel)
	v.bar.TextFormatter = func() string { return "" } // the words say the numbers
	v.root = container.NewBorder(nil, nil, v.words, v.cancel, container.New(&thin{}, v.bar))
	v.root.Hide()
	return v
}

// set shows how far the work is, or nothing when none is running.
func (v *progressView) set(p model.Progress) {
	show(v.root, p.Running)
	if !p.Running {
		return
	}
	setText(v.words, ProgressText(v.ctx, p))
	show(v.bar, p.Total > 0)
	if p.Total > 0 {
		if value := float64(min(p.Done, p.Total)) / float64(p.Total); value != v.bar.Value {
			v.bar.SetValue(value)
		}
	}
}

// thin draws a bar eight pixels high, in the middle of the room that it gets.
type thin struct{}

const thinHeight = 8

// Layout implements fyne.Layout.
func (t *thin) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, (size.Height-thinHeight)/2))
	o[0].Resize(fyne.NewSize(size.Width, thinHeight))
}

// MinSize implements fyne.Layout.
func (t *thin) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(80, thinHeight) }
