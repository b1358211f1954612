package session_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/viewtest"
)

// What is not sent yet may wait, be unknown or have failed: the card names the page
// that tells them apart, and counts what that page lists.
func TestTheFiguresStandInOneRow(t *testing.T) {
	for _, lang := range translations.Languages() {
		t.Run(lang, func(t *testing.T) {
			f := newFake(bakery(model.StateConnected))
			f.stats = model.Statistics{Contacts: 41, Conversations: 27, MessagesIn: 419, MessagesOut: 155, Unread: 12, ActiveChats: 13, OutboxUnfinished: 1}
			b := viewtest.NewTestContext(t, viewtest.WindowSize(896, 700), viewtest.Language(lang)) // 1000 less the rail
			s := session.New(b.Context, f, f, session.Options{})
			b.Window.SetContent(s.Content())
			s.Activate()
			t.Cleanup(s.Deactivate)
			b.Settle()
			require.True(t, sees(b, "419"))
			at := map[string]fyne.Position{}
			for _, l := range viewtest.OnScreen[*widget.Label](b.Window) {
				at[l.Text] = fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
			}
			first, last := b.T("session.stat.contacts"), b.T("session.stat.unfinished")
			require.Contains(t, at, last)
			require.Equal(t, at[first].Y, at[last].Y)
			require.Contains(t, last, b.T("main.area.outbox")[1:])
		})
	}
}
