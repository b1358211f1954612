package views_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// menuHeight is what the main menu takes of a window; the test's window draws none.
const menuHeight = 40

// A code that is cut cannot be scanned: it is whole in the smallest window that is
// supported, whatever is said above it, and its modules are large enough for a camera.
func TestTheCodeIsWholeInASmallWindow(t *testing.T) {
	unlinked := func(w *world) {
		waiting(w)
		s := &w.sessions[0]
		s.LastSyncAt, s.LastSeenAt, s.PushName, s.Phone = at(0), at(0), "La Espiga", "34600111222"
		w.conditions = []model.Condition{{Kind: model.ConditionLoggedOut}}
	}
	for name, c := range map[string]struct {
		world func(*world)
		demo  bool
		show  func(*window)
	}{
		"first steps": {waiting, false, func(w *window) { w.menu(0, 0) }},
		"new session": {waiting, false, func(w *window) { w.main.Show(views.AreaSessions) }},
		"demo":        {waiting, true, func(w *window) { w.main.Show(views.AreaSessions) }},
		"logged out":  {unlinked, false, func(w *window) { w.main.Show(views.AreaSessions) }},
		"logged out, and the gateway said much": {func(w *world) {
			unlinked(w)
			w.conditions[0].Detail = strings.Repeat("Max qrcode retries reached ", 5)
		}, true, func(w *window) { w.main.Show(views.AreaSessions) }},
		"logged out while it was looked at": {func(w *world) {
			unlinked(w)
			w.sessions[0].State, w.conditions = model.StateConnected, nil
		}, false, func(w *window) {
			w.main.Show(views.AreaSessions)
			w.Settle()
			w.fake.change(func() { unlinked(w.fake) })
			w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
		}},
	} {
		for _, lang := range []string{"es", "en"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				fake := newWorld()
				fake.settings.Language = lang
				c.world(fake)
				var demo views.Demo
				if c.demo {
					demo = fake
				}
				w := open(t, fake, demo, viewtest.Language(lang), viewtest.WindowSize(1280, 800))
				c.show(w)
				w.Settle()
				require.True(t, w.sees(w.T("session.qr.title")))
				require.Equal(t, float32(288), w.code(t).Size().Height, "there is room enough")
				for _, size := range []fyne.Size{{Width: 1000, Height: 640 - menuHeight}, {Width: 1000, Height: 520}, {Width: 1280, Height: 800}, {Width: 1000, Height: 640 - menuHeight}} {
					w.Window.Resize(size)
					w.Settle()
					code := w.code(t)
					top, bottom := w.span(code)
					from, to := w.span(w.page(t, code))
					if size.Height > 600-menuHeight {
						require.GreaterOrEqual(t, top, from, "%v", size)
						require.LessOrEqual(t, bottom, to, "%v", size)
					}
					require.GreaterOrEqual(t, code.Size().Height, float32(3*(61+2*4)), "a module has less than three pixels")
					require.Equal(t, code.Size().Width, code.Size().Height)
				}
			})
		}
	}
}

// code returns the QR on the screen.
func (w *window) code(t *testing.T) *widgets.QRImage {
	t.Helper()
	all := viewtest.OnScreen[*widgets.QRImage](w.Window)
	require.Len(t, all, 1)
	return all[0]
}

// page returns what scrolls an object.
func (w *window) page(t *testing.T, o fyne.CanvasObject) fyne.CanvasObject {
	t.Helper()
	for _, s := range viewtest.OnScreen[*container.Scroll](w.Window) {
		for _, inner := range viewtest.All[*widgets.QRImage](s) {
			if inner == o {
				return s
			}
		}
	}
	t.Fatal("nothing scrolls it")
	return nil
}

// span returns from where to where an object reaches, from the top of the window.
func (w *window) span(o fyne.CanvasObject) (top, bottom float32) {
	top = fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
	return top, top + o.Size().Height
}
