package ui_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// forgetful is a window whose driver forgets to which window an object belongs when
// nobody asks for a minute, as Fyne's does.
type forgetful struct {
	fyne.Window
	canvas repainted
	clock  *viewtest.Clock
	known  map[fyne.CanvasObject]time.Time
	looks  int
}

type repainted struct {
	fyne.Canvas
	painted []fyne.CanvasObject
}

func (r *repainted) Refresh(o fyne.CanvasObject) { r.painted = append(r.painted, o) }

func (f *forgetful) Canvas() fyne.Canvas { return &f.canvas }

func (f *forgetful) find(o fyne.CanvasObject) fyne.Canvas {
	f.looks++
	if _, known := f.known[o]; !known {
		return nil
	}
	f.known[o] = f.clock.Now()
	return &f.canvas
}

func (f *forgetful) forget() {
	for o, asked := range f.known {
		if f.clock.Now().Sub(asked) > time.Minute {
			delete(f.known, o)
		}
	}
}

func TestProbesHaveAForgottenWindowPainted(t *testing.T) {
	b := viewtest.NewTestContext(t)
	f := &forgetful{Window: b.Window, clock: b.Clock, known: map[fyne.CanvasObject]time.Time{}}
	probes := ui.NewProbes(f, f.find)
	b.Window.SetContent(container.NewStack(probes.Object))
	for _, o := range probes.Object.(*fyne.Container).Objects {
		f.known[o] = b.Clock.Now()
	}
	stop := probes.Start(b.Context)
	defer stop()
	look := func() {
		before := f.looks
		b.Clock.WaitForTimers(1)
		b.Clock.Advance(10 * time.Second)
		b.WaitFor(func() bool { return f.looks > before })
	}
	for range 30 { // however long it has looked for them before
		look()
	}
	require.Empty(t, f.canvas.painted, "all is known")
	f.forget()
	look()
	require.Equal(t, []fyne.CanvasObject{b.Window.Content()}, f.canvas.painted)
}
