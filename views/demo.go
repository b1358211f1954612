package views

import (
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Demo is the phone of the demo. Waiting and ScansAt only read memory.
type Demo interface {
	// Waiting tells whether a QR waits to be scanned.
	Waiting() bool
	// ScansAt returns when the phone scans by itself; zero when it is not known.
	ScansAt() time.Time
	// Scan lets the phone scan now; it returns at once.
	Scan()
}

// demoBanner says that nothing is real and lets the phone scan at once.
type demoBanner struct {
	ctx     *ui.Context
	demo    Demo
	content fyne.CanvasObject
	words   *widget.Label
	scan    *widget.Button
	stop    func()
}

func newDemoBanner(ctx *ui.Context, demo Demo) *demoBanner {
	b := &demoBanner{ctx: ctx, demo: demo, words: widget.NewLabel("")}
	b.words.TextStyle.Bold = true
	b.words.Truncation = fyne.TextTruncateEllipsis
	b.scan = widget.NewButtonWithIcon(ctx.T("main.demo.scan"), apptheme.Icon(apptheme.IconQR), func() {
		b.demo.Scan()
		b.apply()
	})
	b.scan.Importance = widget.HighImportance
	b.content = newGround(apptheme.ColorNameNotice, container.NewPadded(container.NewBorder(nil, nil, nil, b.scan, b.words)))
	b.apply()
	return b
}

// apply is the only place that changes what is seen.
func (b *demoBanner) apply() {
	waiting := b.demo.Waiting()
	show(b.scan, waiting)
	at := b.demo.ScansAt()
	switch {
	case !waiting:
		setText(b.words, b.ctx.T("main.demo.text"))
	case at.IsZero() || !at.After(b.ctx.Now()):
		setText(b.words, b.ctx.T("main.demo.waiting"))
	default:
		left := int(math.Ceil(at.Sub(b.ctx.Now()).Seconds()))
		setText(b.words, b.ctx.T("main.demo.scans", translations.Data{"Seconds": left}))
	}
	b.tick(waiting)
}

// tick counts the seconds while the phone waits; otherwise nothing wakes up.
func (b *demoBanner) tick(waiting bool) {
	switch {
	case waiting && b.stop == nil:
		b.stop = b.ctx.Every(time.Second, b.apply)
	case !waiting && b.stop != nil:
		b.close()
	}
}

func (b *demoBanner) close() {
	if b.stop != nil {
		b.stop()
		b.stop = nil
	}
}
