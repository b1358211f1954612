package sync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

const (
	sendRoute  = "POST /client/sendMessage"
	fetchRoute = "POST /chat/fetchMessages"
)

// ready returns a rig that is connected, with its conversations.
func ready(t *testing.T, o rigOptions) (*rig, model.ConversationRow) {
	t.Helper()
	o.simulator = small
	r := newRig(t, o)
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	return r, r.someone()
}

func (r *rig) write(chat model.ConversationID, text string) model.OutboxItem {
	r.t.Helper()
	item, err := r.store.AddOutbox(r.t.Context(), model.OutboxItem{
		SessionID: r.session.ID, ConversationID: chat, State: model.OutboxQueued, Kind: model.OutboxText, Text: text,
		CreatedAt: model.StampOf(time.Now()),
	})
	require.NoError(r.t, err)
	return item
}

func (r *rig) send(chat model.ConversationID, text string) model.OutboxItem {
	r.t.Helper()
	item, err := r.engine.Send(r.t.Context(), r.write(chat, text).ID)
	require.NoError(r.t, err)
	return item
}

// ownTexts counts the own messages with a text that the simulator holds.
func (r *rig) ownTexts(chat model.JID, text string) int {
	n := 0
	for m := range r.server.TruthMessages(sessionName, string(chat)) {
		if m.FromMe && m.Body == text {
			n++
		}
	}
	return n
}

func TestSendKeepsTheMessage(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	item := r.send(chat.ID, "Your bread is ready 🥖")
	require.Equal(t, model.OutboxSent, item.State)
	row, err := r.store.MessageByShortID(t.Context(), chat.ID, true, item.ShortID)
	require.NoError(t, err)
	require.Equal(t, "Your bread is ready 🥖", row.Text)
	pending, err := r.store.ListOutbox(t.Context(), model.OutboxQuery{Conversation: chat.ID})
	require.NoError(t, err)
	require.Empty(t, pending)

	// The same text twice on purpose is two messages.
	again := r.send(chat.ID, "Your bread is ready 🥖")
	require.Equal(t, model.OutboxSent, again.State)
	require.NotEqual(t, item.ShortID, again.ShortID)
	require.Equal(t, 2, r.ownTexts(chat.JID, "Your bread is ready 🥖"))
}

func TestSendThatFailsAfterDeliveryIsFoundAndNotRepeated(t *testing.T) {
	for _, kind := range []simulator.FaultKind{simulator.FaultAccepted500, simulator.FaultNoMessage} {
		t.Run(string(kind), func(t *testing.T) {
			r, chat := ready(t, rigOptions{})
			require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: kind, Times: 1, Route: "sendMessage"}))
			item := r.send(chat.ID, "Only once, please")
			require.Equal(t, model.OutboxSent, item.State)
			require.NotEmpty(t, item.ShortID)
			require.Equal(t, 1, r.server.Count(sendRoute))
			require.Equal(t, 1, r.ownTexts(chat.JID, "Only once, please"))
		})
	}
}

func TestSendWithoutAnAnswerIsUnknownAndNotRepeated(t *testing.T) {
	for _, kind := range []simulator.FaultKind{simulator.FaultStall, simulator.FaultRefuse, simulator.Fault500} {
		t.Run(string(kind), func(t *testing.T) {
			r, chat := ready(t, rigOptions{scheduled: true})
			require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: kind, Times: 1, Route: "sendMessage"}))
			item := r.send(chat.ID, "Are you there?")
			require.Equal(t, model.OutboxUnknown, item.State)
			r.until("it was looked for again", func() bool { return r.server.Count(fetchRoute) >= 3 })
			again, err := r.engine.Resolve(t.Context(), item.ID)
			require.NoError(t, err)
			require.Equal(t, model.OutboxUnknown, again.State, "what is not there is not sent")
			require.Equal(t, 1, r.server.Count(sendRoute))
			require.Zero(t, r.ownTexts(chat.JID, "Are you there?"))
		})
	}
}

func TestRefusedSendFailsWithTheReason(t *testing.T) {
	r, _ := ready(t, rigOptions{})
	c, err := r.store.EnsureConversation(t.Context(), r.session.ID, "34600123000@c.us", "", model.StampOf(time.Now()))
	require.NoError(t, err)
	item := r.send(c.ID, "Hello")
	require.Equal(t, model.OutboxFailed, item.State)
	require.Equal(t, string(model.ProblemNotOnWhatsApp), item.Error)
	require.NotEmpty(t, item.ErrorText)
}

func TestSendWhileDisconnectedFailsWithoutACall(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
	item := r.send(chat.ID, "Nobody hears this")
	require.Equal(t, model.OutboxFailed, item.State)
	require.Equal(t, string(model.ProblemSessionStopped), item.Error)
	require.Zero(t, r.server.Count(sendRoute))

	// The owner sends it again when the session is back.
	r.connect()
	require.NoError(t, r.store.RequeueOutbox(t.Context(), item.ID, model.StampOf(time.Now())))
	again, err := r.engine.Send(t.Context(), item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, again.State)
	require.Equal(t, 2, again.Attempts)
}

func TestMessageOfUnknownFateIsRecoveredAtTheNextStart(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	item := r.write(chat.ID, "Sent, then the power failed")
	_, claimed, err := r.store.ClaimOutbox(t.Context(), item.ID, model.StampOf(time.Now()), "")
	require.NoError(t, err)
	require.True(t, claimed)
	_, err = r.client.SendMessage(t.Context(), sessionName, string(chat.JID), gateway.Text("Sent, then the power failed"), gateway.SendOptions{})
	require.NoError(t, err) // what the gateway did before the kill

	n, err := r.store.RecoverOutbox(t.Context(), r.session.ID, model.StampOf(time.Now()))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	found, err := r.engine.Resolve(t.Context(), item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, found.State)
	require.Equal(t, model.MatchFound, found.Match)
	require.Equal(t, 1, r.server.Count(sendRoute))
}

func TestTwinThatWasHeldIsNotTakenForTheMessage(t *testing.T) {
	// The gateway's clock is behind, so that its messages look a little older than the attempt.
	config := small
	config.Now = func() time.Time { return time.Now().Add(-30 * time.Second) }
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	chat := r.someone()
	_, err := r.server.Phone(sessionName).SendFromPhone(string(chat.JID), "Good morning")
	require.NoError(t, err)
	_, err = r.engine.FetchMessages(t.Context(), chat.ID)
	require.NoError(t, err) // it is held before the attempt

	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultStall, Times: 1, Route: "sendMessage"}))
	item := r.send(chat.ID, "Good morning")
	require.Equal(t, model.OutboxUnknown, item.State)

	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "sendMessage"}))
	delivered := r.send(chat.ID, "Good night")
	require.Equal(t, model.OutboxSent, delivered.State, "a clock that is a little behind does not hide what was sent")
}
