package conversations_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// TestListIsDrawn draws what is done with the rows of the list; see TestScreenIsDrawn.
func TestListIsDrawn(t *testing.T) {
	scenes := map[string]func(*viewtest.Bench, *conversations.Screen){
		"picked": func(b *viewtest.Bench, s *conversations.Screen) {
			rows := viewtest.All[*widgets.ConversationRow](s.Content())
			for _, i := range []int{1, 2, 5} {
				click(rows[i], fyne.KeyModifierControl)
			}
		},
		"label": func(b *viewtest.Bench, s *conversations.Screen) {
			viewtest.All[*widget.Select](s.Content())[0].SetSelectedIndex(1)
			b.WaitFor(func() bool { return len(rowNames(s)) == 3 })
		},
		"menu": func(b *viewtest.Bench, s *conversations.Screen) {
			intoList(b, s)
			press(b, fyne.KeyDown, fyne.KeyDown, desktop.KeyMenu)
		},
	}
	for scene, act := range scenes {
		viewtest.EachPicture(t, "list-"+scene, func(t *testing.T, p viewtest.Picture) {
			f := bakery()
			f.labels = map[model.SessionID][]model.Label{1: {{ID: 1, Name: "Pagado", Color: "#55ccb3"}, {ID: 2, Name: "Nuevo pedido"}}}
			f.labelled = map[model.LabelID][]model.ConversationID{1: {1, 2, 5}}
			for i, colors := range map[model.ConversationID]string{1: "#55ccb3", 2: "#55ccb3 #ffd429 #64c4ff", 5: "#55ccb3 #ff9485", 4: "#ffd429"} {
				f.rows[i-1].LabelColors = colors
			}
			b, s := show(t, f, offline(), p.Options()...)
			b.Window.Resize(p.Size)
			b.Settle()
			require.Greater(t, len(rowNames(s)), 5)
			act(b, s)
			b.Settle()
			p.Capture(t, b.Window)
		})
	}
}
