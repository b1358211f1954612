package conversations_test

import (
	"context"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// outgoing is the fake as an outbox.
type outgoing struct{ *fake }

func (f outgoing) List(_ context.Context, q model.OutboxQuery) ([]model.OutboxRow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var rows []model.OutboxRow
	for _, r := range f.outbox[q.Conversation] {
		if q.Became != "" && r.ShortID != q.Became {
			continue
		}
		if len(q.States) == 0 && r.State != model.OutboxSent || slices.Contains(q.States, r.State) {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (f outgoing) Edit(_ context.Context, id model.OutboxID, text string) error {
	return f.enter("Edit", id, text)
}
func (f outgoing) Release(_ context.Context, id model.OutboxID) error { return f.enter("Release", id) }
func (f outgoing) SendAgain(_ context.Context, id model.OutboxID) error {
	return f.enter("SendAgain", id)
}
func (f outgoing) Forget(_ context.Context, id model.OutboxID) error { return f.enter("Forget", id) }

func goingOut(id model.OutboxID, state model.OutboxState, text string) model.OutboxRow {
	return model.OutboxRow{OutboxItem: model.OutboxItem{
		ID: id, ConversationID: 1, State: state, Kind: model.OutboxText, Text: text, CreatedAt: model.StampOf(viewtest.Start()),
	}}
}

// content returns what the row of the list shows.
func content(s *conversations.Screen, id widgets.ItemID) *widgets.Content {
	for _, item := range messageList(s).Items() {
		if item.ID == id {
			return item.Content
		}
	}
	return nil
}

func outgoingItem(id int64) widgets.ItemID { return widgets.ItemID{Kind: widgets.ItemOutbox, Key: id} }

func actionsOf(c *widgets.Content) []string {
	var list []string
	for _, a := range c.Actions {
		list = append(list, a.Text)
	}
	return list
}

func TestOutgoingMessagesSayWhereTheyStand(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	failed, lost, asks, paced := goingOut(7, model.OutboxFailed, "failed one"), goingOut(9, model.OutboxUnknown, "lost one"), goingOut(10, model.OutboxQueued, "old one"), goingOut(11, model.OutboxQueued, "later one")
	failed.Error = string(model.ProblemNotConnected)
	lost.NotFound, asks.Asks, asks.CreatedAt = true, true, model.StampOf(viewtest.Start().Add(-50*time.Hour))
	paced.Waits, paced.NextAt = "pace", model.StampOf(viewtest.Start().Add(3*time.Minute))
	away := goingOut(13, model.OutboxUnknown, "nobody can look")
	away.Waits = model.WaitsOffline
	f.outbox[1] = []model.OutboxRow{failed, goingOut(8, model.OutboxSending, "sending one"), goingOut(12, model.OutboxUnknown, "looked for"), away, lost, asks, paced}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "failed one")
	for id, want := range map[int64]struct {
		status  string
		actions []string
	}{
		7:  {"Not sent. The session must be connected, and no phone is connected to it now.", []string{"Send again", "Edit", "Forget"}},
		8:  {"Sending…", nil},
		12: {"Checking whether it was sent…", nil},
		13: {"It may have been sent. Buzón checks as soon as the connection is back.", []string{"Send again", "Forget"}},
		9:  {"Not found in the conversation. It may not have been sent.", []string{"Send again", "Forget"}},
		10: {"Written 2 days ago, so it asks before it goes", []string{"Send now", "Edit", "Do not send"}},
		11: {"Goes at 11:45", []string{"Edit", "Do not send"}},
	} {
		c := content(s, outgoingItem(id))
		require.NotNil(t, c, id)
		require.Equal(t, want.status, c.Status)
		require.Equal(t, want.actions, actionsOf(c), c.Text)
	}
}

// TestDetailsSayWhenAMessageMayBeAnotherOne holds that only the message is doubtful
// that was taken for a row although another one says the same.
func TestDetailsSayWhenAMessageMayBeAnotherOne(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 2)
	for i := range f.messages[1] {
		f.messages[1][i].FromMe = true
	}
	sure, unsure := goingOut(7, model.OutboxSent, "one"), goingOut(8, model.OutboxSent, "two")
	sure.ShortID, sure.Match = f.messages[1][0].ShortID, model.MatchFound
	unsure.ShortID, unsure.Match = f.messages[1][1].ShortID, model.MatchUnsure
	f.outbox[1] = []model.OutboxRow{sure, unsure}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 1 of Ana")
	doubt := b.T("conversations.details.unsure")
	for i, want := range []bool{false, true} {
		messageList(s).OnAction(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(f.messages[1][i].ID)}, widgets.ActionDetails)
		saysSoon(b, "Details")
		said := strings.Join(viewtest.Texts(b.Window.Canvas().Overlays().Top()), "\n")
		require.Equal(t, want, strings.Contains(said, doubt))
		viewtest.TapButton(t, b.Window, "Close")
	}
}

func TestOutgoingMessagesCanBeChanged(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	asks := goingOut(10, model.OutboxQueued, "old one")
	asks.Asks = true
	f.outbox[1] = []model.OutboxRow{goingOut(7, model.OutboxFailed, "failed one"), asks}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "failed one")
	test.Tap(button(s, "Send again"))
	b.WaitFor(func() bool { return f.called("SendAgain 7") == 1 })
	test.Tap(button(s, "Send now"))
	b.WaitFor(func() bool { return f.called("Release 10") == 1 })
	messageList(s).OnAction(outgoingItem(7), "edit")
	field, ok := b.Window.Canvas().Focused().(*widgets.TextField)
	require.True(t, ok)
	for _, r := range " again" {
		field.TypedRune(r)
	}
	viewtest.TapButton(t, b.Window, "Save")
	b.WaitFor(func() bool { return f.called("Edit 7 failed one again") == 1 })

	// what may have been sent is never sent again without asking
	away := goingOut(12, model.OutboxUnknown, "nobody can look")
	away.Waits = model.WaitsOffline
	f.set(func() { f.outbox[1] = []model.OutboxRow{away} })
	b.Bus.Publish(event.Batch{Outbox: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return has(s, "nobody can look") && !has(s, "failed one") })
	test.Tap(button(s, "Send again"))
	require.True(t, b.ModalOpen())
	require.Zero(t, f.called("SendAgain 12"))
	test.Tap(modalButton(b, "Cancel"))

	lost := goingOut(9, model.OutboxUnknown, "lost one")
	lost.NotFound = true
	f.set(func() { f.outbox[1] = []model.OutboxRow{lost} })
	b.Bus.Publish(event.Batch{Outbox: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return has(s, "lost one") && !has(s, "nobody can look") })
	test.Tap(button(s, "Send again"))
	require.True(t, b.ModalOpen())
	require.Zero(t, f.called("SendAgain 9"))
	test.Tap(modalButton(b, "Send again"))
	b.WaitFor(func() bool { return f.called("SendAgain 9") == 1 })
	test.Tap(button(s, "Forget"))
	require.Zero(t, f.called("Forget 9"))
	test.Tap(modalButton(b, "Forget"))
	b.WaitFor(func() bool { return f.called("Forget 9") == 1 })
}

func TestOutgoingKindsLookLikeWhatTheyBecome(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	kind := func(id model.OutboxID, kind model.OutboxKind, text, payload string) model.OutboxRow {
		r := goingOut(id, model.OutboxQueued, text)
		r.Kind, r.Payload = kind, payload
		return r
	}
	forward := kind(6, model.OutboxForward, "", "")
	forward.Target = f.messages[1][1].ID
	answer := goingOut(7, model.OutboxQueued, "claro")
	answer.QuotedShortID, answer.Target = "Q", f.messages[1][0].ID
	f.outbox[1] = []model.OutboxRow{
		kind(1, model.OutboxFile, "pan", `{"file":{"sha256":"aa","mimetype":"image/png","filename":"pan.png","size":1000}}`),
		kind(2, model.OutboxFile, "", `{"file":{"sha256":"bb","mimetype":"application/pdf","filename":"lista.pdf","size":2000}}`),
		kind(3, model.OutboxLocation, "", `{"location":{"lat":40,"lon":-3,"name":"Obrador"}}`),
		kind(4, model.OutboxContact, "", `{"contact":"34600111201@c.us"}`),
		kind(5, model.OutboxPoll, "¿Cuál?", `{"poll":{"options":["uno","dos"],"multiple":true}}`),
		forward, answer, kind(8, model.OutboxReact, "", `{"emoji":"👍"}`),
	}
	b := viewtest.NewTestContext(t)
	f.notify = b.Queue.Do
	var asked model.OutgoingFile
	s := conversations.New(b.Context, f, conversations.Options{Outbox: outgoing{f}, Preview: func(_ context.Context, file model.OutgoingFile, _ int) (image.Image, error) {
		f.set(func() { asked = file })
		f.notify(func() {})
		return image.NewUniform(color.Black), nil
	}})
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 2400))
	s.Activate()
	t.Cleanup(s.Deactivate)
	s.Open(1)
	b.WaitFor(func() bool { return messageList(s) != nil && content(s, outgoingItem(7)) != nil })
	card := func(id int64) *widgets.Card { return content(s, outgoingItem(id)).Card }
	require.Equal(t, widgets.CardPicture, card(1).Kind)
	require.Equal(t, "pan", content(s, outgoingItem(1)).Text)
	require.Equal(t, widgets.CardDocument, card(2).Kind)
	require.Equal(t, "lista.pdf", card(2).Title)
	require.Equal(t, "Obrador", card(3).Title)
	require.Equal(t, "+34 600 11 12 01", card(4).Entries[0].Detail)
	require.Equal(t, []widgets.Entry{{Title: "uno"}, {Title: "dos"}}, card(5).Entries)
	require.Equal(t, "message 1 of Ana", content(s, outgoingItem(6)).Text)
	require.Equal(t, "Forwarded", content(s, outgoingItem(6)).Mark)
	require.Equal(t, "message 0 of Ana", content(s, outgoingItem(7)).Quote.Text)
	require.Nil(t, content(s, outgoingItem(8)), "an action is no message")
	b.WaitFor(func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return asked == model.OutgoingFile{SHA256: "aa", MimeType: "image/png"}
	})

	f.set(func() { f.outbox[1][0].State = model.OutboxSending })
	b.Bus.Publish(event.Batch{Outbox: event.Of[model.ConversationID](1), Sending: map[model.OutboxID]model.MediaProgress{1: {Done: 250, Total: 1000, State: model.MediaDownloading}}})
	b.WaitFor(func() bool { return content(s, outgoingItem(1)).Status == "Sending… 25 %" })
}

func TestActionsOnMessagesShowAtOnceAndSayWhyTheyWereRefused(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 4)
	m := f.messages[1]
	m[0].Pending = []model.PendingAction{{ID: 1, Kind: model.OutboxEdit, State: model.OutboxQueued, Text: "new words"}}
	m[1].Reactions = []model.ReactionSummary{{Emoji: "❤️", Count: 1, Mine: true}}
	m[1].Pending = []model.PendingAction{{ID: 2, Kind: model.OutboxReact, State: model.OutboxSending, Emoji: "👍"}}
	m[2].Pending = []model.PendingAction{{ID: 3, Kind: model.OutboxDelete, State: model.OutboxQueued, Everyone: true}}
	m[3].Pending = []model.PendingAction{{ID: 4, Kind: model.OutboxEdit, State: model.OutboxFailed, Text: "other", Error: string(model.ProblemUnsupported)}}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "new words")
	at := func(i int) *widgets.Content {
		return content(s, widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(m[i].ID)})
	}
	require.Equal(t, "Saving…", at(0).Status)
	require.Equal(t, []widgets.Chip{{Emoji: "👍", Count: 1, Mine: true, Faint: true}}, at(1).Chips)
	require.Equal(t, "Deleting for everyone…", at(2).Status)
	require.Equal(t, "message 3 of Ana", at(3).Text, "what was refused is put back")
	require.Contains(t, at(3).Status, "Not changed.")
	test.Tap(button(s, "Dismiss"))
	b.WaitFor(func() bool { return f.called("Forget 4") == 1 })
	test.Tap(button(s, "Try again"))
	b.WaitFor(func() bool { return f.called("SendAgain 4") == 1 })
}

func TestAChangeOfTheConversationThatWasRefusedIsSaid(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 2)
	pin := goingOut(5, model.OutboxFailed, "")
	pin.Kind, pin.Payload, pin.Error = model.OutboxPin, `{"on":true}`, string(model.ProblemRefused)
	f.outbox[1] = []model.OutboxRow{pin}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 1 of Ana")
	require.True(t, has(s, "Pin. Not done. WhatsApp or the gateway refused it."))
	test.Tap(button(s, "Dismiss"))
	b.WaitFor(func() bool { return f.called("Forget 5") == 1 })
}
