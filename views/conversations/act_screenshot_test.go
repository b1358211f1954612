package conversations_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
)

// TestActionsAreDrawn draws what acts on messages and conversations in every
// language, theme and size; with BUZON_SCREENSHOTS set, the pictures are kept
// for a person to look at.
func TestActionsAreDrawn(t *testing.T) {
	for name, scene := range actScenes() {
		viewtest.SomePictures(t, "act-"+name, func(t *testing.T, p viewtest.Picture) {
			f := bakery()
			last := message(1, viewtest.Start().Add(-time.Minute), "Te las aparto, Ana.")
			last.FromMe, last.Ack = true, model.AckRead
			f.messages[1] = append(f.messages[1], last)
			f.labels = map[model.SessionID][]model.Label{1: {{ID: 1, WireID: "4", Name: "Pagado", Color: "#64c4ff"}, {ID: 2, WireID: "9", Name: "Nuevo cliente"}, {ID: 3, WireID: "10", Name: "Pedido pendiente"}}}
			d := newDesk(t, f, p.Options()...)
			d.Window.Resize(p.Size)
			f.set(func() { d.a.caps.Labels, d.a.labels = true, []string{"4"} })
			d.open(1, "Te las aparto, Ana.")
			scene(d)
			d.Settle()
			p.Capture(t, d.Window)
			for _, text := range viewtest.Texts(d.Window.Canvas().Overlays().Top()) {
				require.NotContains(t, text, "\ufffd")
			}
		})
	}
}

func actScenes() map[string]func(*desk) {
	hover := func(d *desk, key string) {
		d.menuItem(d.T(key)).(desktop.Hoverable).MouseIn(&desktop.MouseEvent{})
	}
	return map[string]func(*desk){
		"menu": func(d *desk) {
			d.message("Te las aparto, Ana.")
			hover(d, "conversations.menu.react")
		},
		"delete": func(d *desk) {
			d.message("Te las aparto, Ana.")
			hover(d, "conversations.menu.delete")
			d.choose(d.T("conversations.menu.delete_all"))
		},
		"forward": func(d *desk) {
			d.message("Te las aparto, Ana.")
			d.choose(d.T("conversations.menu.forward"))
			d.WaitFor(func() bool { return d.says("Harinas del Sur") })
			viewtest.TapButton(d.t, d.Window, d.T("conversations.forward.button")) // nothing is chosen: it says so
			search := d.Window.Canvas().Focused()
			search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		},
		"edit": func(d *desk) {
			d.message("Te las aparto, Ana.")
			d.choose(d.T("conversations.menu.edit"))
		},
		"more": func(d *desk) {
			test.Tap(button(d.s, d.T("conversations.more")))
			hover(d, "conversations.mute.title")
		},
		"labels": func(d *desk) {
			test.Tap(button(d.s, d.T("conversations.more")))
			d.choose(d.T("conversations.labels.open"))
			d.WaitFor(func() bool { return d.says(d.T("conversations.labels.title")) })
		},
		"begin": func(d *desk) {
			d.s.NewConversation()
			field := d.Window.Canvas().Focused()
			for _, r := range "ar" {
				field.TypedRune(r)
			}
			d.WaitFor(func() bool { return d.says("Bar La Plaza") })
		},
		"begin-changed": func(d *desk) {
			f := d.f
			f.set(func() {
				d.a.check = model.NumberCheck{Asked: "5215512345678", Registered: true, Changed: true, JID: "525512345678@c.us"}
			})
			d.s.NewConversation()
			field := d.Window.Canvas().Focused()
			for _, r := range "+52 1 55 1234 5678" {
				field.TypedRune(r)
			}
			field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			d.WaitFor(func() bool { return d.says("+52 55 1234 5678") })
		},
	}
}
