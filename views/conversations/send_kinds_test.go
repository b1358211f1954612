package conversations_test

import (
	"context"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

// people are contacts.
type people []model.ContactRow

func (p people) List(_ context.Context, q model.ContactQuery) ([]model.ContactRow, error) {
	var some []model.ContactRow
	for _, r := range p {
		if strings.Contains(r.DisplayName, q.Text) {
			some = append(some, r)
		}
	}
	return some, nil
}

// more chooses from the menu of what can be sent.
func more(t *testing.T, b *viewtest.Bench, s *conversations.Screen, key string) {
	t.Helper()
	test.Tap(iconButton(s, b.T("compose.more"))[0])
	viewtest.TapButton(t, b.Window, b.T(key))
}

// entries are the fields of the open dialog.
func entries(b *viewtest.Bench) []*ui.Entry {
	return viewtest.All[*ui.Entry](b.Window.Canvas().Overlays().Top())
}

// scrollOf returns what scrolls so many fields, nil when nothing does.
func scrollOf(o fyne.CanvasObject, fields int) *container.Scroll {
	for _, scroll := range viewtest.All[*container.Scroll](o) {
		if len(viewtest.All[*ui.Entry](scroll.Content)) == fields {
			return scroll
		}
	}
	return nil
}

func TestALocationIsReadAndSent(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	ctrl(writing(t, b, s), fyne.KeyUp)
	more(t, b, s, "compose.more.place")
	fields := entries(b)
	test.Type(fields[0], "the square")
	press(b, fyne.KeyReturn)
	viewtest.Find(t, b.Window, b.T("compose.place.not"))
	require.Empty(t, f.sentOut())
	fields[0].SetText("https://maps.google.com/?q=41.9253,-4.0228")
	fields[1].SetText("Obrador")
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 && answered(s) == "" })
	require.Equal(t, model.Outgoing{Quote: f.messages[1][2].ID, Location: &model.Location{Latitude: 41.9253, Longitude: -4.0228, Name: "Obrador"}}, f.sentOut()[0])
	require.False(t, b.ModalOpen())
}

func TestAPollIsCheckedAndSent(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	more(t, b, s, "compose.more.poll")
	test.Type(entries(b)[0], "¿Qué pan?")
	test.Type(entries(b)[1], "Espelta")
	viewtest.TapButton(t, b.Window, b.T("conversations.send"))
	viewtest.Find(t, b.Window, "A poll needs at least 2 answers.")
	test.Type(entries(b)[2], "espelta")
	require.Len(t, entries(b), 4, "there is always room for one more")
	viewtest.TapButton(t, b.Window, b.T("conversations.send"))
	require.Empty(t, f.sentOut(), "the same answer twice")
	entries(b)[2].SetText("Centeno")
	viewtest.TapButton(t, b.Window, b.T("conversations.send"))
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 })
	require.Equal(t, model.Outgoing{Text: "¿Qué pan?", Poll: &model.OutgoingPoll{Options: []string{"Espelta", "Centeno"}}}, f.sentOut()[0])
}

func TestTheWheelGoesOnOverTheAnswersOfAPoll(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	more(t, b, s, "compose.more.poll")
	for i := range 8 {
		test.Type(entries(b)[i+1], strings.Repeat("x", i+1))
	}
	answers := scrollOf(b.Window.Canvas().Overlays().Top(), 9)
	answers.Refresh() // a window looks by itself how high it became
	viewtest.TheWheelGoesOn(t, b.Window, answers)
}

func TestACardIsSentOnlyOfANumber(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := showWith(t, f, conversations.Options{Contacts: people{
		{ID: 1, DisplayName: "Bruno", JID: "34600111222@c.us", Phone: "34600111222"},
		{ID: 2, DisplayName: "Clara", JID: "99887766@lid"},
	}})
	opened(t, b, s, 1, "message 2 of Ana")
	more(t, b, s, "compose.more.contact")
	b.WaitFor(func() bool { return len(viewtest.Texts(b.Window.Canvas().Overlays().Top())) > 4 })
	viewtest.TapButton(t, b.Window, b.T("conversations.send"))
	viewtest.Find(t, b.Window, b.T("compose.contact.none"))
	entries(b)[0].SetText("Clara")
	b.WaitFor(func() bool {
		return strings.Contains(strings.Join(viewtest.Texts(b.Window.Canvas().Overlays().Top()), "\n"), "The number of Clara is hidden")
	})
	viewtest.TapButton(t, b.Window, b.T("conversations.send"))
	require.True(t, b.ModalOpen())
	entries(b)[0].SetText("Bruno")
	b.WaitFor(func() bool {
		return strings.Contains(strings.Join(viewtest.Texts(b.Window.Canvas().Overlays().Top()), "\n"), "The card of Bruno")
	})
	viewtest.TapButton(t, b.Window, b.T("conversations.send"))
	b.WaitFor(func() bool { return len(f.sentOut()) == 1 })
	require.Equal(t, model.Outgoing{Contact: "34600111222@c.us"}, f.sentOut()[0])
}
