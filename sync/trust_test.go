package sync_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/simulator"
)

func TestFailingPhaseDoesNotMakeSyncsWithoutPause(t *testing.T) {
	config := small
	config.Faults = []simulator.Fault{{Kind: simulator.Fault500, Rate: 1, Route: "getContacts"}}
	r := newRig(t, rigOptions{simulator: config, scheduled: true})
	r.connect()
	r.until("the first sync", func() bool {
		s, err := r.store.Session(t.Context(), r.session.ID)
		return err == nil && !s.LastSyncAt.IsZero()
	})
	looks := r.server.Count("GET /session/status")
	r.until("several looks at the session", func() bool { return r.server.Count("GET /session/status") > looks+5 })
	require.Equal(t, 1, r.server.Count("GET /client/getChats"), "the next sync is due in five minutes")
}

func TestShortAnswerIsNotTakenForTheBeginning(t *testing.T) {
	config := small
	config.LocalHistory = 3
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.Full())
	chat := r.someone()
	c, err := r.store.Conversation(t.Context(), chat.ID)
	require.NoError(t, err)
	require.False(t, c.Ledger.ReachedBeginning)
	for more := true; more; {
		_, more, err = r.engine.FetchOlder(t.Context(), chat.ID)
		require.NoError(t, err)
	}
	c, err = r.store.Conversation(t.Context(), chat.ID)
	require.NoError(t, err)
	require.True(t, c.Ledger.ReachedBeginning, "the phone itself had nothing older")
	held := 0
	for range r.server.TruthMessages(sessionName, string(chat.JID)) {
		held++
	}
	require.Len(t, allMessages(t, r.store, chat.ID), held)
}

func TestOwnerIsServedWhileAListComes(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultStall, Rate: 1, Route: "getChats"}))
	require.NoError(t, r.engine.StartSync(r.session.ID, model.SyncScope{Conversations: true}))
	r.until("the list is being asked for", func() bool {
		return r.engine.Progress(r.session.ID).Phase == model.PhaseConversations && r.server.Count("GET /client/getChats") > 1
	})
	require.NoError(t, r.engine.MarkUnread(t.Context(), chat.ID))
	item := r.send(chat.ID, "While the list comes")
	require.Equal(t, model.OutboxSent, item.State)
	require.True(t, r.engine.Progress(r.session.ID).Running)
	r.engine.CancelSync(r.session.ID)
}

func TestWhatThePhoneUndoesIsUndoneHere(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	require.NoError(t, r.engine.SetArchived(t.Context(), chat.ID, true))
	require.NoError(t, r.server.Phone(sessionName).Archive(string(chat.JID), false))
	r.sync(model.SyncScope{Conversations: true})
	c, err := r.store.Conversation(t.Context(), chat.ID)
	require.NoError(t, err)
	require.False(t, c.Archived)
}

func TestDocumentOfUnknownFateIsFoundByItsName(t *testing.T) {
	r, chat := ready(t, rigOptions{files: fileOf("the bytes of an invoice")})
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "sendMessage"}))
	payload, err := json.Marshal(model.OutboxPayload{File: &model.OutgoingFile{SHA256: "any", MimeType: "application/pdf", FileName: "Invoice 7.pdf", Size: 23}})
	require.NoError(t, err)
	queued, err := r.store.AddOutbox(t.Context(), model.OutboxItem{
		SessionID: r.session.ID, ConversationID: chat.ID, State: model.OutboxQueued, Kind: model.OutboxFile, Payload: string(payload),
		CreatedAt: model.StampOf(time.Now()),
	})
	require.NoError(t, err)
	item, err := r.engine.Send(t.Context(), queued.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, item.State)
	require.Equal(t, 1, r.server.Count(sendRoute))
}

// fileOf gives the same bytes for every name.
type fileOf string

func (f fileOf) Open(string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(f))), nil
}

func TestMessageThatASyncBroughtFirstIsStillFound(t *testing.T) {
	config := small
	config.Now = func() time.Time { return time.Now().Add(-30 * time.Second) } // this computer's clock is ahead
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	chat := r.someone()
	require.NoError(t, r.server.SetFaults(
		simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "sendMessage"},
		simulator.Fault{Kind: simulator.Fault500, Times: 2, Route: "fetchMessages"}))
	item := r.send(chat.ID, "Did it go out?")
	require.Equal(t, model.OutboxUnknown, item.State)
	_, err := r.engine.FetchMessages(t.Context(), chat.ID) // now it is held
	require.NoError(t, err)
	found, err := r.engine.Resolve(t.Context(), item.ID)
	require.NoError(t, err)
	require.Equal(t, model.OutboxSent, found.State)
}

func TestRefusalOfOneCallIsNotTheGatewayBeingAway(t *testing.T) {
	config := small
	config.Flavour = simulator.FlavourC
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	err := r.engine.Disconnect(t.Context(), r.session.ID)
	require.Equal(t, model.ProblemUnsupported, wasync.ProblemKind(err))
	heard, known := r.engine.Reachability()
	require.True(t, known)
	require.True(t, heard.Reachable)
}

func TestOldGatewayShowsNoUsedQR(t *testing.T) {
	config := small
	config.Flavour = simulator.FlavourC
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	require.NoError(t, r.server.Phone(sessionName).SetState("TIMEOUT"))
	s, err := r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateConnecting, s.State)
	_, shown := r.engine.QR(r.session.ID)
	require.False(t, shown)
}

func TestAnotherAccountIsNotMixedIn(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	_, _, err := r.store.UpdateSession(t.Context(), r.session.ID, func(s *model.Session) { s.JID = "34600999888@c.us" })
	require.NoError(t, err)
	r.engine.Close() // the engine reads it when it starts
	again := newRig(t, rigOptions{simulator: small, path: r.path})
	again.connect()
	_, err = again.engine.RunSync(t.Context(), again.session.ID, model.Full())
	require.Equal(t, model.ProblemOtherAccount, wasync.ProblemKind(err))
	n, err := again.store.CountConversations(t.Context(), again.session.ID)
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestCallerWhoLeavesIsNotWrittenTo(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultStall, Rate: 1, Route: "fetchMessages"}))
	r.waits.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	asked := r.server.Count(fetchRoute)
	done := make(chan error, 1)
	go func() {
		_, _, err := r.engine.FetchOlder(ctx, chat.ID)
		done <- err
	}()
	r.until("the call is under way", func() bool { return r.server.Count(fetchRoute) > asked })
	cancel()
	require.Equal(t, model.ProblemCanceled, wasync.ProblemKind(<-done))
}

func TestRememberedListsHideNoChange(t *testing.T) {
	r, chat := ready(t, rigOptions{})
	scope := model.SyncScope{Contacts: true, Conversations: true}
	r.sync(scope)
	r.sync(scope) // both lists are as they were: they are remembered now
	phone := r.server.Phone(sessionName)

	require.NoError(t, r.engine.SetArchived(t.Context(), chat.ID, true))
	require.NoError(t, phone.Archive(string(chat.JID), false))
	require.Equal(t, 1, r.sync(scope).Phases[model.PhaseConversations].Updated)
	c, err := r.store.Conversation(t.Context(), chat.ID)
	require.NoError(t, err)
	require.False(t, c.Archived)

	r.sync(scope)
	require.NoError(t, phone.Rename(string(chat.JID), "A new name"))
	require.Equal(t, 1, r.sync(scope).Phases[model.PhaseContacts].Updated)
	rows, err := r.store.Contacts(t.Context(), model.ContactQuery{SessionID: r.session.ID, Text: "a new name"})
	require.NoError(t, err)
	require.Len(t, rows, 1)

	_, err = phone.Receive("34611999888@c.us", "A new customer")
	require.NoError(t, err)
	require.Equal(t, 1, r.sync(scope).Phases[model.PhaseConversations].Created)
	require.Zero(t, r.sync(scope).Phases[model.PhaseConversations].Created)
}
