package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

const (
	// probeEvery is how often one probe is looked for.
	probeEvery = 7 * time.Second
	// probes is how many take turns: each is left alone for longer than Fyne keeps
	// an object that nobody asks for, which is a minute.
	probes = 10
)

// Probes notice that a window has stopped painting, and have it painted again.
//
// Fyne remembers for a minute to which window an object belongs, and renews that
// only in frames in which nothing is painted. When a frame is painted after the
// program stood still for a while, because the computer was busy or asleep, all of
// it is forgotten right after the painting: no Refresh of any object reaches the
// window any more (internal/cache of Fyne 2.7.1). To ask for an object renews it,
// so the probes, which have no size and are asked for by nobody else, take turns.
type Probes struct {
	Object fyne.CanvasObject // to be put into the window

	all    []fyne.CanvasObject
	next   int
	window fyne.Window
	find   func(fyne.CanvasObject) fyne.Canvas
}

// NewProbes returns the probes of a window. find tells to which window an object
// belongs, nil when it is not known; it is the driver's CanvasForObject.
func NewProbes(window fyne.Window, find func(fyne.CanvasObject) fyne.Canvas) *Probes {
	p := &Probes{window: window, find: find}
	for range probes {
		p.all = append(p.all, canvas.NewRectangle(color.Transparent))
	}
	p.Object = container.NewWithoutLayout(p.all...)
	return p
}

// Start looks for a probe every few seconds, until stop is called on the UI goroutine.
func (p *Probes) Start(c *Context) (stop func()) { return c.Every(probeEvery, p.look) }

// look has all painted when the window is not known any more to which a probe belongs.
func (p *Probes) look() {
	probe := p.all[p.next]
	p.next = (p.next + 1) % len(p.all)
	if p.find(probe) == nil && p.window.Content() != nil {
		p.window.Canvas().Refresh(p.window.Content())
	}
}
