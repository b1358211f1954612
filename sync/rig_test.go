package sync_test

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store"
	"github.com/xappiens/buzon/model/store/storetest"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/gateway"
	"github.com/xappiens/buzon/sync/simulator"
)

func TestMain(m *testing.M) {
	if serveGateway() {
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	sessionName = "empresa"
	apiKey      = "a-key-for-tests"
	patience    = 3 * time.Minute // for what takes a moment, on a machine with much else to do
)

// rig is an engine on a real store and a simulated gateway.
type rig struct {
	t        testing.TB
	server   *simulator.Server
	http     *httptest.Server
	client   *gateway.Client
	store    *store.Store
	bus      *event.Bus
	engine   *wasync.Engine
	setting  sync.Mutex
	settings model.Settings // read and changed under setting once the engine runs
	session  model.Session
	path     string // of the store
	params   wasync.Params
	alive    *mortal     // what the present engine writes through
	waits    atomic.Bool // a call that gets no answer is not given up
}

// mortal is a store whose writer can be killed: from then on nothing that it does
// about what goes out or comes in reaches the store.
type mortal struct {
	*store.Store
	dead    atomic.Bool
	refused atomic.Int64           // writes since then
	onClaim atomic.Pointer[func()] // called once, before a row is claimed
	stalled sync.RWMutex           // no message is written while it is held

	onRecover atomic.Pointer[func()] // called once, before interrupted sends are found

	onChanges atomic.Pointer[func(save func()) error] // called once, in the place of writing what happened to messages

	jobRead  atomic.Pointer[func(model.LedgerJob)]         // called after the whole history was read
	jobSaved atomic.Pointer[func(model.LedgerJob, func())] // called in the place of writing it

	blind atomic.Bool  // where messages are missing cannot be read, all of it at once
	asked atomic.Int64 // how often it was tried meanwhile
}

func (m *mortal) ConversationsToFetch(ctx context.Context, id model.SessionID, limit int) ([]model.ConversationID, error) {
	if all := limit <= 0 || limit > 1000; all && m.blind.Load() {
		m.asked.Add(1)
		return nil, errBlind
	}
	return m.Store.ConversationsToFetch(ctx, id, limit)
}

var errBlind = errors.New("the store is busy")

var errKilled = errors.New("the program was killed")

func (m *mortal) err() error {
	if m.dead.Load() {
		m.refused.Add(1)
		return errKilled
	}
	return nil
}

func (m *mortal) ClaimOutbox(ctx context.Context, id model.OutboxID, now model.Stamp, excluded string) (model.OutboxItem, bool, error) {
	if err := m.err(); err != nil {
		return model.OutboxItem{}, false, err
	}
	if f := m.onClaim.Swap(nil); f != nil {
		(*f)()
	}
	return m.Store.ClaimOutbox(ctx, id, now, excluded)
}

func (m *mortal) FinishOutbox(ctx context.Context, id model.OutboxID, o model.OutboxOutcome, now model.Stamp) error {
	return m.ifAlive(func() error { return m.Store.FinishOutbox(ctx, id, o, now) })
}

func (m *mortal) RecoverOutbox(ctx context.Context, id model.SessionID, now model.Stamp) (n int, err error) {
	if f := m.onRecover.Swap(nil); f != nil {
		(*f)()
	}
	err = m.ifAlive(func() error { n, err = m.Store.RecoverOutbox(ctx, id, now); return err })
	return n, err
}

func (m *mortal) ReturnOutbox(ctx context.Context, id model.OutboxID, kind, said string) error {
	return m.ifAlive(func() error { return m.Store.ReturnOutbox(ctx, id, kind, said) })
}

// stall keeps messages from being written while f runs.
func (m *mortal) stall(f func()) {
	m.stalled.Lock()
	defer m.stalled.Unlock()
	f()
}

func (m *mortal) SaveMessages(ctx context.Context, batches []model.MessageBatch, now model.Stamp) (results []model.BatchResult, err error) {
	m.stalled.RLock()
	defer m.stalled.RUnlock()
	if onlyChanges(batches) {
		if f := m.onChanges.Swap(nil); f != nil {
			failed := (*f)(func() { results, err = m.Store.SaveMessages(ctx, batches, now) })
			return results, cmp.Or(failed, err)
		}
	}
	err = m.ifAlive(func() error { results, err = m.Store.SaveMessages(ctx, batches, now); return err })
	return results, err
}

// onlyChanges tells whether a call makes nothing of messages that are not held.
func onlyChanges(batches []model.MessageBatch) bool {
	for _, b := range batches {
		for i := range b.Messages {
			if !b.Messages[i].Told.OnlyHeld() {
				return false
			}
		}
	}
	return true
}

func (m *mortal) ifAlive(write func() error) error {
	if err := m.err(); err != nil {
		return err
	}
	return write()
}

// kill ends the engine so that what it was doing is not written down, and starts
// another one on the same store.
func (r *rig) kill() {
	r.t.Helper()
	r.alive.dead.Store(true)
	r.restart()
}

// restart closes the engine and starts another one.
func (r *rig) restart() {
	r.t.Helper()
	r.engine.Close()
	r.start()
}

func (r *rig) start() {
	r.t.Helper()
	r.alive = &mortal{Store: r.store}
	params := r.params
	params.Store = r.alive
	r.engine = wasync.New(params)
	require.NoError(r.t, r.engine.Start(r.t.Context()))
}

// rigOptions change a rig before it is built.
type rigOptions struct {
	simulator simulator.Config
	settings  func(*model.Settings)
	scheduled bool
	path      string // of the store; "" = a new one
	files     wasync.OutgoingFiles
	reconcile time.Duration                   // zero: 20 ms
	silence   time.Duration                   // zero: a minute
	noSocket  time.Duration                   // between tries where the gateway has none; 0 = soon
	ackLate   time.Duration                   // zero: the engine's
	now       func() time.Time                // nil: the clock
	between   func(http.Handler) http.Handler // the engine and the simulator; may be nil
}

func newRig(t testing.TB, o rigOptions) *rig {
	t.Helper()
	r := &rig{t: t, bus: &event.Bus{}, settings: model.DefaultSettings()}
	r.settings.LimitContacts, r.settings.LimitConversations = 0, 0
	if o.settings != nil {
		o.settings(&r.settings)
	}
	o.simulator.APIKey = apiKey
	var err error
	r.server, err = simulator.New(o.simulator)
	require.NoError(t, err)
	handler := r.server.Handler()
	if o.between != nil {
		handler = o.between(handler)
	}
	r.http = httptest.NewServer(handler)
	r.client, err = gateway.New(gateway.Config{
		BaseURL: r.http.URL + o.simulator.BasePath, APIKey: apiKey, RetryWait: time.Millisecond, RetryAttempts: 2, Timeout: patience,
	})
	require.NoError(t, err)
	if o.path == "" {
		o.path = filepath.Join(t.TempDir(), "buzon.db")
		storetest.Fresh(t, o.path)
	}
	r.path = o.path
	r.store, err = store.Open(t.Context(), store.Options{Path: o.path})
	require.NoError(t, err)
	r.session, err = r.store.EnsureSession(t.Context(), sessionName)
	require.NoError(t, err)
	if o.reconcile == 0 {
		o.reconcile = 20 * time.Millisecond
	}
	calls := wasync.Gateway(impatient{Client: r.client, r: r})
	r.params = wasync.Params{
		Gateway: func() wasync.Gateway { return calls }, Settings: r.current,
		Bus: r.bus, User: "tester", Files: o.files, Scheduled: o.scheduled,
		Now: o.now,
		Timing: wasync.Timing{
			Status: 50 * time.Millisecond, Pairing: 10 * time.Millisecond, NotReady: 5 * time.Millisecond,
			NotReadyFor: patience, Reconcile: o.reconcile, NotFound: 100 * time.Millisecond, SendGap: time.Millisecond,
			StartGrace: 50 * time.Millisecond, AckLate: o.ackLate,
			Socket: 5 * time.Millisecond, NoSocket: cmp.Or(o.noSocket, 300*time.Millisecond), Settle: 60 * time.Millisecond, Silence: cmp.Or(o.silence, time.Minute), Poll: 30 * time.Millisecond,
			Between: time.Millisecond, Phone: 10 * time.Millisecond, Ledger: 20 * time.Millisecond,
		},
	}
	r.start()
	t.Cleanup(func() {
		r.engine.Close()
		r.client.Close()
		r.http.Close()
		require.NoError(t, r.server.Close())
		require.NoError(t, r.store.Close())
	})
	return r
}

// set changes the settings while the engine runs.
func (r *rig) set(change func(*model.Settings)) {
	r.setting.Lock()
	defer r.setting.Unlock()
	change(&r.settings)
}

func (r *rig) current() model.Settings {
	r.setting.Lock()
	defer r.setting.Unlock()
	return r.settings
}

// until waits for events until the condition holds.
func (r *rig) until(what string, holds func() bool) {
	r.t.Helper()
	box := r.bus.Subscribe()
	defer box.Close()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond) // what the simulator does makes no events
	defer tick.Stop()
	for !holds() {
		select {
		case <-box.Ready():
			box.Take()
		case <-tick.C:
		case <-deadline.C:
			require.FailNow(r.t, "waited in vain", what)
		}
	}
}

func (r *rig) state() model.SessionState {
	s, err := r.store.Session(context.Background(), r.session.ID)
	require.NoError(r.t, err)
	return s.State
}

// connect pairs the session.
func (r *rig) connect() {
	r.t.Helper()
	require.NoError(r.t, r.engine.Connect(r.t.Context(), r.session.ID))
	r.until("a QR or a connection", func() bool {
		_, shown := r.engine.QR(r.session.ID)
		return shown || r.state() == model.StateConnected
	})
	if r.state() != model.StateConnected {
		require.NoError(r.t, r.server.Phone(sessionName).Scan())
	}
	r.until("the session is connected", func() bool { return r.state() == model.StateConnected })
}

func (r *rig) sync(scope model.SyncScope) model.SyncReport {
	r.t.Helper()
	report, err := r.engine.RunSync(r.t.Context(), r.session.ID, scope)
	require.NoError(r.t, err)
	return report
}

// requireTruth holds the whole store against what the simulator would tell a
// perfect client.
func (r *rig) requireTruth() {
	r.t.Helper()
	requireTruth(r.t, r.store, r.server, r.session.ID)
}

func requireTruth(t testing.TB, s *store.Store, server *simulator.Server, id model.SessionID) {
	t.Helper()
	ctx := t.Context()
	want := map[string]bool{}
	for jid := range server.TruthContacts(sessionName) {
		want[jid] = true
	}
	index, err := s.ContactIndex(ctx, id)
	require.NoError(t, err)
	require.Len(t, index, len(want))
	for jid := range index {
		require.True(t, want[string(jid)], "contact %s", jid)
	}
	conversations, messages := 0, 0
	for c := range server.TruthConversations(sessionName) {
		conversations++
		held, err := s.ConversationByJID(ctx, id, model.JID(c.ID))
		require.NoError(t, err, c.ID)
		require.Equal(t, max(c.Unread, 0), held.Unread, c.ID)
		require.Equal(t, c.Unread < 0, held.MarkedUnread, c.ID)
		require.Equal(t, c.Archived, held.Archived, c.ID)
		require.Equal(t, c.Pinned, held.Pinned, c.ID)
		type key struct {
			fromMe bool
			id     string
		}
		rows := map[key]model.MessageRow{}
		for _, row := range allMessages(t, s, held.ID) {
			if row.ConversationID != held.ID {
				continue // of another conversation with the same person
			}
			rows[key{row.FromMe, string(row.ShortID)}] = row
		}
		n := 0
		for m := range server.TruthMessages(sessionName, c.ID) {
			n++
			row, ok := rows[key{m.FromMe, m.ID}]
			require.True(t, ok, "message %s of %s", m.ID, c.ID)
			require.Equal(t, m.Timestamp, row.UnixSeconds(), m.ID)
			require.Equal(t, m.Type, string(row.Type), m.ID)
			if m.Type == string(model.TypeChat) {
				text, _ := model.CleanText(m.Body, model.MaxMessageText)
				require.Equal(t, text, row.Text, m.ID)
			}
		}
		require.Len(t, rows, n, c.ID)
		messages += n
	}
	held, err := s.ConversationIndex(ctx, id)
	require.NoError(t, err)
	require.Len(t, held, conversations)
	count, err := s.CountMessages(ctx, id)
	require.NoError(t, err)
	require.Equal(t, messages, count)
}

func allMessages(t testing.TB, s *store.Store, id model.ConversationID) []model.MessageRow {
	t.Helper()
	var all []model.MessageRow
	q := model.MessageQuery{ConversationID: id, Limit: 500}
	for {
		page, err := s.Messages(t.Context(), q)
		require.NoError(t, err)
		all = append(page, all...)
		if len(page) < q.Limit {
			return all
		}
		q.Before = page[0].ID
	}
}

// someone returns a conversation with a person that holds messages.
func (r *rig) someone() model.ConversationRow {
	r.t.Helper()
	rows, err := r.store.Conversations(r.t.Context(), model.ConversationQuery{SessionID: r.session.ID, Filter: model.FilterAll})
	require.NoError(r.t, err)
	for _, row := range rows {
		if row.Kind == model.KindPerson && row.LastType == model.TypeChat && row.JID.Phone() != "" && row.JID.User() != "0" {
			return row
		}
	}
	require.Fail(r.t, "no conversation with a person")
	return model.ConversationRow{}
}
