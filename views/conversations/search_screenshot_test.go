package conversations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// TestSearchIsDrawn draws the search in its states; see TestScreenIsDrawn.
func TestSearchIsDrawn(t *testing.T) {
	scenes := map[string]func(*viewtest.Bench, *conversations.Screen){
		"found": func(b *viewtest.Bench, s *conversations.Screen) {
			s.FocusSearch()
			typeInto(b, "ha")
			b.WaitFor(func() bool { return len(searchRows(s)) > 4 })
		},
		"completion": func(b *viewtest.Bench, s *conversations.Screen) {
			s.FocusSearch()
			typeInto(b, map[string]string{"es": "pan tiene:", "en": "pan has:"}[b.Text.Lang()])
			b.WaitFor(says(s, b.T("search.value.image")))
		},
		"names": func(b *viewtest.Bench, s *conversations.Screen) {
			s.FocusSearch()
			typeInto(b, "in:c")
			b.WaitFor(says(s, "Carmen Ruiz Fernández de la Vega y Sotomayor"))
		},
		"start": func(b *viewtest.Bench, s *conversations.Screen) {
			s.FocusSearch()
			b.WaitFor(func() bool { return len(searchRows(s)) > 1 })
		},
		"nothing": func(b *viewtest.Bench, s *conversations.Screen) {
			s.FocusSearch()
			typeInto(b, "zzzz")
			b.WaitFor(func() bool {
				return len(searchRows(s)) == 0 && states(s)[0].Notice().Title() == b.T("search.empty.title")
			})
		},
		"find": func(b *viewtest.Bench, s *conversations.Screen) {
			s.Open(1)
			b.WaitFor(func() bool { return messageList(s) != nil && len(messageList(s).Items()) > 3 })
			s.Find()
			typeInto(b, "la")
			b.WaitFor(func() bool { return f3(s) })
		},
		"day": func(b *viewtest.Bench, s *conversations.Screen) {
			s.Open(1)
			b.WaitFor(func() bool { return messageList(s) != nil && len(messageList(s).Items()) > 3 })
			messageList(s).OnDay(widgets.ItemID{})
		},
	}
	for scene, act := range scenes {
		viewtest.EachPicture(t, "search-"+scene, func(t *testing.T, p viewtest.Picture) {
			f := bakery()
			f.saved = []model.SavedSearch{{ID: 1, Name: "Facturas", Text: "factura tiene:documento"}, {ID: 2, Name: "Encargos sin leer", Text: `encargo is:unread`}}
			b, s := show(t, f, offline(), p.Options()...)
			b.Window.Resize(p.Size)
			b.Settle()
			require.Greater(t, len(rowNames(s)), 3)
			act(b, s)
			b.Settle()
			p.Capture(t, b.Window)
		})
	}
}

// f3 tells whether the button to the next match can be pressed.
func f3(s *conversations.Screen) bool {
	for _, b := range viewtest.All[*widgets.IconButton](s.Content()) {
		if !b.Disabled() && (b.Name() == "Older match (F3)" || b.Name() == "Coincidencia anterior (F3)") {
			return true
		}
	}
	return false
}
