package sync_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

var small = simulator.Config{Seed: 3, Contacts: 40, Conversations: 16, Messages: 500}

// everything is a Full sync without the limit on messages.
func everything(s *model.Settings) { s.LimitMessages = 0 }

func TestPairAndSyncEverything(t *testing.T) {
	variants := map[string]func(*simulator.Config){
		"wwebjs-api":   func(*simulator.Config) {},
		"whatsapp-api": func(c *simulator.Config) { c.Flavour = simulator.FlavourC },
		"base path":    func(c *simulator.Config) { c.BasePath = "/api/v1/wa" },
		"ids with $1":  func(c *simulator.Config) { c.DollarIDs = true },
		"slow start and ready": func(c *simulator.Config) {
			c.StartDelay, c.PairDelay, c.ReadyDelay = 200*time.Millisecond, 50*time.Millisecond, 300*time.Millisecond
		},
	}
	for name, change := range variants {
		t.Run(name, func(t *testing.T) {
			config := small
			change(&config)
			r := newRig(t, rigOptions{simulator: config, settings: everything})
			r.connect()
			report := r.sync(model.Full())
			require.Zero(t, report.Phases[model.PhaseContacts].Failed)
			require.Zero(t, report.Phases[model.PhaseConversations].Failed)
			require.Zero(t, report.Phases[model.PhaseMessages].Failed)
			r.requireTruth()
			require.NoError(t, r.store.Check(t.Context()))

			s, err := r.store.Session(t.Context(), r.session.ID)
			require.NoError(t, err)
			require.Equal(t, r.server.Phone(sessionName).Number(), string(s.Phone))
			require.Equal(t, 1, s.Connections)
			require.Equal(t, 1, r.server.Count("GET /session/start"))

			again := r.sync(model.Full())
			for phase, p := range again.Phases {
				require.Zero(t, p.Created, phase)
				require.Zero(t, p.Updated, phase)
				require.Zero(t, p.NotSeen, phase)
			}
		})
	}
}

func TestSyncWithoutChangesWritesNothing(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	scope := model.SyncScope{Contacts: true, Conversations: true}
	r.sync(scope)
	before, err := r.store.Changes(t.Context())
	require.NoError(t, err)
	report := r.sync(scope)
	after, err := r.store.Changes(t.Context())
	require.NoError(t, err)
	require.Positive(t, report.Phases[model.PhaseContacts].Unchanged)
	// One line of the activity log and the time of the sync: nothing else.
	require.LessOrEqual(t, after-before, int64(2))
}

func TestFailingContactsDoNotStopConversations(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "getContacts"}))
	report, err := r.engine.RunSync(t.Context(), r.session.ID, model.SyncScope{Contacts: true, Conversations: true})
	require.Error(t, err)
	require.NotEmpty(t, report.Phases[model.PhaseContacts].Error)
	require.Equal(t, small.Conversations, report.Phases[model.PhaseConversations].Created)

	rows, err := r.store.Activities(t.Context(), model.ActivityQuery{Kind: model.ActivitySync})
	require.NoError(t, err)
	require.Equal(t, model.OutcomeFailed, rows[0].Outcome)
	require.NotContains(t, rows[0].ErrorDetail, apiKey)
}

func TestListsThatComeShortDeleteNothing(t *testing.T) {
	for _, kind := range []simulator.FaultKind{
		simulator.FaultEmptyList, simulator.FaultTruncate, simulator.FaultHTML, simulator.FaultNulls, simulator.FaultWrongTypes,
		simulator.FaultReset, simulator.FaultRefuse, simulator.Fault503, simulator.Fault404,
	} {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t, rigOptions{simulator: small, settings: everything})
			r.connect()
			r.sync(model.Full())
			require.NoError(t, r.server.SetFaults(
				simulator.Fault{Kind: kind, Rate: 1, Route: "getContacts"}, simulator.Fault{Kind: kind, Rate: 1, Route: "getChats"},
				simulator.Fault{Kind: kind, Rate: 1, Route: "fetchMessages"}))
			_, _ = r.engine.RunSync(t.Context(), r.session.ID, model.Full()) // how it fails is the other tests' business
			require.NoError(t, r.server.SetFaults())
			report := r.sync(model.Full())
			require.Zero(t, report.Phases[model.PhaseContacts].Created)
			require.Zero(t, report.Phases[model.PhaseConversations].Created)
			require.Zero(t, report.Phases[model.PhaseMessages].Created)
			r.requireTruth()
		})
	}
}

func TestLimitsSayThatTheyCut(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small, settings: func(s *model.Settings) { s.LimitContacts, s.LimitConversations = 10, 5 }})
	r.connect()
	report := r.sync(model.SyncScope{Contacts: true, Conversations: true})
	require.True(t, report.Phases[model.PhaseContacts].Cut)
	require.Equal(t, 10, report.Phases[model.PhaseContacts].Created)
	require.True(t, report.Phases[model.PhaseConversations].Cut)
	require.Equal(t, 5, report.Phases[model.PhaseConversations].Created)
	require.Zero(t, report.Phases[model.PhaseContacts].NotSeen)
}

func TestWindowSyncsByItself(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small, scheduled: true})
	box := r.bus.Subscribe()
	defer box.Close()
	r.connect()
	r.until("the first sync has ended", func() bool {
		s, err := r.store.Session(t.Context(), r.session.ID)
		return err == nil && !s.LastSyncAt.IsZero()
	})
	held, err := r.store.ConversationIndex(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Len(t, held, small.Conversations)

	chat := r.someone()
	_, err = r.server.Phone(sessionName).Receive(string(chat.JID), "Is the order ready?")
	require.NoError(t, err)
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	got, err := r.store.Conversation(t.Context(), chat.ID)
	require.NoError(t, err)
	require.Equal(t, "Is the order ready?", got.LastText)
	require.Equal(t, chat.Unread+1, got.Unread)
}

func TestStatesOfASession(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	s, err := r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateStopped, s.State)

	require.NoError(t, r.engine.Connect(t.Context(), r.session.ID))
	r.until("the QR", func() bool { return r.state() == model.StateWaitingQR })
	qr, _ := r.engine.QR(r.session.ID)
	require.Equal(t, r.server.Phone(sessionName).QRText(), qr.Text)

	phone := r.server.Phone(sessionName)
	require.NoError(t, phone.Scan())
	r.until("connected", func() bool { return r.state() == model.StateConnected })
	_, shown := r.engine.QR(r.session.ID)
	require.False(t, shown, "an old QR is not shown after pairing")

	require.NoError(t, phone.Crash())
	s, err = r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateBroken, s.State)
	require.Equal(t, 1, s.Disconnections)

	require.NoError(t, r.engine.Reconnect(t.Context(), r.session.ID))
	require.NoError(t, r.engine.WaitLaunch(t.Context(), r.session.ID))
	r.until("healed", func() bool { return r.state() == model.StateConnected })

	require.NoError(t, phone.Logout())
	s, err = r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Contains(t, []model.SessionState{model.StateConnecting, model.StateWaitingQR}, s.State)
	require.NoError(t, phone.SetState("CONFLICT"))
	s, err = r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateBroken, s.State)
}

func TestConnectStartsOnlyOnce(t *testing.T) {
	start := make(chan struct{})
	r := newRig(t, rigOptions{simulator: small, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if strings.Contains(q.URL.Path, "/session/start/") {
				select {
				case <-start:
				case <-q.Context().Done():
				}
			}
			next.ServeHTTP(w, q)
		})
	}})
	for range 4 {
		require.NoError(t, r.engine.Connect(t.Context(), r.session.ID))
	}
	require.Equal(t, model.StateConnecting, r.state())
	close(start)
	require.NoError(t, r.engine.WaitLaunch(t.Context(), r.session.ID))
	r.until("the QR", func() bool { _, shown := r.engine.QR(r.session.ID); return shown })
	require.Equal(t, 1, r.server.Launches(sessionName))
}

func TestSyncSaysWhyItCannotBegin(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	_, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full())
	require.Equal(t, model.ProblemSessionStopped, wasync.ProblemKind(err))

	r.http.CloseClientConnections()
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultRefuse, Rate: 1}))
	_, err = r.engine.RunSync(t.Context(), r.session.ID, model.Full())
	require.Equal(t, model.ProblemUnreachable, wasync.ProblemKind(err))
	require.Equal(t, model.StateUnknown, r.state())
	heard, known := r.engine.Reachability()
	require.True(t, known)
	require.False(t, heard.Reachable)
}

func TestCancelKeepsWhatWasWritten(t *testing.T) {
	fetches := &withheld{call: "/fetchMessages/"}
	r := newRig(t, rigOptions{simulator: small, between: fetches.between})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	fetches.shutAfter(3)
	require.NoError(t, r.engine.StartSync(r.session.ID, model.SyncScope{AllMessages: true}))
	require.ErrorIs(t, r.engine.StartSync(r.session.ID, model.Full()), wasync.ErrBusy)
	r.until("some messages", func() bool { return fetches.any() && r.engine.Progress(r.session.ID).Done >= 3 })
	r.engine.CancelSync(r.session.ID)
	r.until("the sync ended", func() bool { return !r.engine.Progress(r.session.ID).Running })
	fetches.open()
	rows, err := r.store.Activities(t.Context(), model.ActivityQuery{Kind: model.ActivitySync, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, model.OutcomeCanceled, rows[0].Outcome)
	r.set(func(s *model.Settings) { s.LimitMessages = 0 })
	r.sync(model.Full())
	r.requireTruth()
}

func TestCommandsGoBetweenTheCallsOfASync(t *testing.T) {
	fetches := &withheld{call: "/fetchMessages/"}
	r := newRig(t, rigOptions{simulator: small, between: fetches.between})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	chat := r.someone()
	fetches.shutAfter(1)
	require.NoError(t, r.engine.StartSync(r.session.ID, model.SyncScope{AllMessages: true}))
	r.until("the sync runs", func() bool { return fetches.any() && r.engine.Progress(r.session.ID).Done >= 1 })
	done := make(chan error, 1)
	go func() { done <- r.engine.MarkRead(t.Context(), chat.ID) }()
	r.until("it is to be done", func() bool {
		rows, err := r.store.OutboxByState(t.Context(), r.session.ID, model.OutboxQueued)
		require.NoError(t, err)
		return len(rows) > 0 || r.server.Count("POST /client/sendSeen") > 0
	})
	r.until("it is done", func() bool {
		if len(done) == 0 && fetches.any() { // one call more
			fetches.open()
			fetches.shutAfter(0)
		}
		return len(done) > 0
	})
	require.NoError(t, <-done)
	require.True(t, r.engine.Progress(r.session.ID).Running, "the sync is still running")
	r.engine.CancelSync(r.session.ID)
	fetches.open()
}

func TestConversationCommands(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	chat := r.someone()
	ctx := t.Context()
	get := func() model.Conversation {
		c, err := r.store.Conversation(ctx, chat.ID)
		require.NoError(t, err)
		return c
	}
	require.NoError(t, r.engine.MarkUnread(ctx, chat.ID))
	require.True(t, get().MarkedUnread)
	require.NoError(t, r.engine.MarkRead(ctx, chat.ID))
	require.False(t, get().MarkedUnread)
	require.Zero(t, get().Unread)
	require.NoError(t, r.engine.SetArchived(ctx, chat.ID, true))
	require.True(t, get().Archived)
	require.NoError(t, r.engine.SetArchived(ctx, chat.ID, false))
	require.False(t, get().Archived)
	until := model.StampOf(time.Now().Add(8 * time.Hour))
	require.NoError(t, r.engine.SetMuted(ctx, chat.ID, until))
	require.Equal(t, until-until%1000, get().MutedUntil)
	require.NoError(t, r.engine.SetMuted(ctx, chat.ID, model.MutedForever))
	require.Equal(t, model.MutedForever, get().MutedUntil)
	r.sync(model.SyncScope{Conversations: true})
	require.Equal(t, model.MutedForever, get().MutedUntil, "the gateway says so too")
	require.NoError(t, r.engine.SetMuted(ctx, chat.ID, 0))
	require.Zero(t, get().MutedUntil)

	rows, err := r.store.Conversations(ctx, model.ConversationQuery{SessionID: r.session.ID, Filter: model.FilterAll})
	require.NoError(t, err)
	pinned, refused := 0, false
	for _, row := range rows {
		err := r.engine.SetPinned(ctx, row.ID, true)
		if err != nil {
			require.Equal(t, model.ProblemPinLimit, wasync.ProblemKind(err))
			c, err := r.store.Conversation(ctx, row.ID)
			require.NoError(t, err)
			require.False(t, c.Pinned)
			refused = true
			break
		}
		pinned++
	}
	require.True(t, refused)
	require.LessOrEqual(t, pinned, 3)

	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "sendSeen"}))
	require.NoError(t, r.engine.MarkUnread(ctx, chat.ID))
	require.Error(t, r.engine.MarkRead(ctx, chat.ID))
	require.True(t, get().MarkedUnread, "what the gateway refused is not done here either")
}

func TestOlderMessagesComeOnDemand(t *testing.T) {
	r := newRig(t, rigOptions{simulator: simulator.Config{Seed: 3, Conversations: 4, Messages: 1000}})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	var big simulator.TruthConversation
	for c := range r.server.TruthConversations(sessionName) {
		if c.Messages > big.Messages {
			big = c
		}
	}
	require.Greater(t, big.Messages, 200)
	c, err := r.store.ConversationByJID(t.Context(), r.session.ID, model.JID(big.ID))
	require.NoError(t, err)
	counts, err := r.engine.FetchMessages(t.Context(), c.ID)
	require.NoError(t, err)
	require.Equal(t, r.settings.LimitMessages, counts.Created)
	for more := true; more; {
		_, more, err = r.engine.FetchOlder(t.Context(), c.ID)
		require.NoError(t, err)
	}
	require.Len(t, allMessages(t, r.store, c.ID), big.Messages)
}

func TestClosedEngineRefuses(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.engine.Close()
	_, err := r.engine.CheckStatus(context.Background(), r.session.ID)
	require.ErrorIs(t, err, wasync.ErrClosed)
	require.ErrorIs(t, r.engine.StartSync(r.session.ID, model.Full()), wasync.ErrClosed)
}

func TestEveryGatewayErrorHasAProblem(t *testing.T) {
	for _, kind := range []gateway.Kind{
		gateway.KindNotConfigured, gateway.KindDisabled, gateway.KindUnreachable, gateway.KindTLS, gateway.KindTimeout,
		gateway.KindCanceled, gateway.KindUnauthorized, gateway.KindInvalidSessionName, gateway.KindAlreadyExists,
		gateway.KindStartFailed, gateway.KindSessionNotFound, gateway.KindSessionNotConnected, gateway.KindSessionBroken,
		gateway.KindNotReady, gateway.KindEndpointMissing, gateway.KindNoWebSocket, gateway.KindInvalidChat,
		gateway.KindNotOnWhatsApp, gateway.KindNotFound, gateway.KindMediaGone, gateway.KindRefused, gateway.KindTooLarge,
		gateway.KindRateLimited, gateway.KindServer, gateway.KindMalformed, gateway.KindRedirected, gateway.KindInvalidRequest,
	} {
		require.NotEqual(t, model.ProblemInternal, wasync.ProblemKind(&gateway.Error{Kind: kind}), kind)
	}
}

func TestAConversationThatTheGatewayRefusesDoesNotFailTheSync(t *testing.T) {
	for words, failed := range map[string]bool{"wid error: invalid wid": false, "No LID for user": false, "r": true} {
		t.Run(words, func(t *testing.T) {
			r := newRig(t, rigOptions{simulator: small, settings: everything})
			r.connect()
			require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Times: 1, Skip: 3, Route: "fetchMessages", Message: words}))
			report, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full())
			require.Equal(t, failed, err != nil, "%v", err)
			require.Equal(t, 1, report.Phases[model.PhaseMessages].Failed)
			rows, err := r.store.Activities(t.Context(), model.ActivityQuery{Kind: model.ActivitySync})
			require.NoError(t, err)
			require.Equal(t, !failed, rows[0].Outcome == model.OutcomeWarning, rows[0].Outcome)
		})
	}
}

// TestWhatIsShownIsToldWhileASessionIsAdded: the window asks for it on the goroutine that
// draws, and the store may be busy for long.
func TestWhatIsShownIsToldWhileASessionIsAdded(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	other, err := r.store.EnsureSession(t.Context(), "otra")
	require.NoError(t, err)
	added := make(chan error, 1)
	told := false
	recovering := func() {
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			_, told = r.engine.Reachability()
			r.engine.Progress(r.session.ID)
			r.engine.Conditions(r.session.ID)
		}()
		select {
		case <-answered:
		case <-time.After(patience): // only of a test that fails
			added <- context.DeadlineExceeded
		}
	}
	r.alive.onRecover.Store(&recovering)
	require.NoError(t, r.engine.Add(t.Context(), other))
	require.Empty(t, added, "the store was waited for")
	require.True(t, told)
	require.NoError(t, r.engine.Add(t.Context(), other), "it is served already")
}
