package views_test

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
)

const qrText = "2@YbtSDq1AXPF9GjcsSiIrZ2RpmVFqJBNvEsLU2whQXIW0WcFvI5,9aMwYlZ1CqY8c3VZJwSo0rXuH2n1mTbQxk5pPpQe1Ec=,Xk1tq4VfM7c9N0bP2sJ8yLw3aRdEzUoK6iHgTfBvCnY=,S0m3Adv5ecretKey1234567890abcdefghijklmnopq=,1"

// world is a small bakery: everything that the window works with, in memory.
type world struct {
	mu            sync.Mutex
	settings      model.Settings
	sessions      []model.Session
	qr            model.QR
	progress      model.Progress
	conditions    []model.Condition
	conversations []model.ConversationRow
	outbox        []model.OutboxRow
	gateway       *event.GatewayState // what was last heard of it
	unsent        int
	cancelled     int
	quits         int

	waiting bool
	scansAt time.Time
	scans   int
}

func at(before time.Duration) model.Stamp { return model.StampOf(viewtest.Start().Add(-before)) }

func newWorld() *world {
	w := &world{settings: model.DefaultSettings()}
	w.settings.BaseURL = "http://192.168.1.20:8084"
	w.sessions = []model.Session{{
		ID: 1, Name: "obrador", Title: "Panadería La Espiga", State: model.StateConnected, Phone: "34600111222", PushName: "La Espiga",
		ConnectedSince: at(26 * time.Hour), LastSyncAt: at(2 * time.Minute), LastSeenAt: at(0), Generation: "wwebjs-api",
	}}
	names := []string{"Ana García", "Harinas del Sur", "Repartos", "Café Central", "Luis Ortega", "Proveedores", "Marta Vidal", "Hotel Miramar", "Familia"}
	texts := []string{"Thanks, see you tomorrow 👍", "The invoice is on its way", "Running ten minutes late", "Twelve croissants for Friday, please", "Do you open on Sunday?", "New price list", "Perfect", "40 rolls, as always", "Who brings the cake?"}
	for i, name := range names {
		row := model.ConversationRow{
			ID: model.ConversationID(i + 1), SessionID: 1, JID: model.JID("3460000000" + string(rune('0'+i)) + "@c.us"), Kind: model.KindPerson,
			Name: name, LastAt: at(time.Duration(i*i*37+5) * time.Minute), LastText: texts[i], LastType: model.TypeChat, LastFromMe: i%3 == 0, LastAck: model.AckRead, Pinned: i == 0,
		}
		if i == 1 || i == 3 || i == 7 {
			row.Unread, row.LastFromMe = i, false
		}
		if i == 5 || i == 8 {
			row.Kind, row.JID, row.LastAuthor = model.KindGroup, model.JID("12036300000000000"+string(rune('0'+i))+"@g.us"), "Marta"
		}
		w.conversations = append(w.conversations, row)
	}
	return w
}

func (w *world) services() views.Services {
	return views.Services{
		Sessions: sessionsFake{w}, Sync: syncFake{w}, Conversations: conversationsFake{w}, Contacts: contactsFake{w}, Outbox: outboxFake{w}, Doctor: doctorFake{},
		Activity: activityFake{w}, Settings: settingsFake{w},
		Quit: func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.quits++
		},
		DataDir: "/home/ana/.local/share/buzon", SettingsFile: "/home/ana/.config/buzon/settings.json",
		Reachability: func() (event.GatewayState, bool) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.gateway == nil {
				return event.GatewayState{}, false
			}
			return *w.gateway, true
		},
		LogFile: "/home/ana/.local/state/buzon/buzon.log", KeyFile: "/home/ana/.config/buzon/key", Version: "1.0.0",
	}
}

func (w *world) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// Waiting implements views.Demo.
func (w *world) Waiting() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.waiting }

// ScansAt implements views.Demo.
func (w *world) ScansAt() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.scansAt }

// Scan implements views.Demo.
func (w *world) Scan() { w.change(func() { w.scans++; w.waiting = false }) }

type sessionsFake struct{ w *world }

func (f sessionsFake) List(context.Context) ([]model.Session, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return append([]model.Session(nil), f.w.sessions...), nil
}

func (f sessionsFake) Add(_ context.Context, name model.SessionName, title string) (model.Session, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	s := model.Session{ID: model.SessionID(len(f.w.sessions) + 1), Name: name, Title: title, State: model.StateStopped}
	f.w.sessions = append(f.w.sessions, s)
	return s, nil
}

func (f sessionsFake) Connect(context.Context, model.SessionID) error    { return nil }
func (f sessionsFake) Disconnect(context.Context, model.SessionID) error { return nil }
func (f sessionsFake) Reconnect(context.Context, model.SessionID) error  { return nil }
func (f sessionsFake) Logout(context.Context, model.SessionID) error     { return nil }

func (f sessionsFake) CheckStatus(_ context.Context, id model.SessionID) (model.Session, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return f.w.sessions[id-1], nil
}

func (f sessionsFake) PairingCode(context.Context, model.SessionID, string) (string, error) {
	return "ABCD1234", nil
}

func (f sessionsFake) Conditions(model.SessionID) []model.Condition {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return f.w.conditions
}

func (f syncFake) Live(model.SessionID) model.LiveState {
	return model.LiveState{Status: model.LiveOn}
}

func (f sessionsFake) QR(model.SessionID) (model.QR, bool) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	return f.w.qr, f.w.qr.Text != ""
}

func (f sessionsFake) Statistics(context.Context, model.SessionID) (model.Statistics, error) {
	return model.Statistics{
		Contacts: 214, Conversations: 96, Groups: 7, Messages: 12480, MessagesIn: 8120, MessagesOut: 4360, Unread: 11, UnreadChats: 3, ActiveChats: 12,
		OutboxUnfinished: f.w.unsent,
	}, nil
}

type syncFake struct{ w *world }

func (f syncFake) Start(context.Context, model.SessionID, model.SyncScope) error { return nil }
func (f syncFake) Cancel(model.SessionID)                                        { f.w.change(func() { f.w.cancelled++ }) }

func (f syncFake) Progress(id model.SessionID) model.Progress {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if f.w.progress.Session != id {
		return model.Progress{}
	}
	return f.w.progress
}

type settingsFake struct{ w *world }

func (f settingsFake) Get() model.Settings { f.w.mu.Lock(); defer f.w.mu.Unlock(); return f.w.settings }

func (f settingsFake) Save(_ context.Context, s model.Settings, _ *string) error {
	f.w.change(func() { f.w.settings = s })
	return nil
}

func (f settingsFake) KeyPlace(context.Context) model.KeyPlace {
	return model.KeyPlace{Kind: model.KeyKeyring}
}

func (f settingsFake) TestConnection(context.Context, string, *string) model.ConnectionReport {
	return model.ConnectionReport{Status: model.ConnectionGood, Generation: "wwebjs-api", DurationMS: 12, Sessions: []model.SessionName{"obrador"}}
}

type conversationsFake struct{ w *world }

func (f conversationsFake) List(_ context.Context, q model.ConversationQuery) ([]model.ConversationRow, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	var rows []model.ConversationRow
	for _, r := range f.w.conversations {
		if q.After != nil || q.Filter == model.FilterUnread && r.Unread == 0 || q.Filter == model.FilterGroups && r.Kind != model.KindGroup || q.Filter == model.FilterArchived {
			continue
		}
		if strings.Contains(strings.ToLower(r.Name), strings.ToLower(q.Text)) {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (f conversationsFake) Get(_ context.Context, id model.ConversationID) (model.Conversation, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	r := f.w.conversations[id-1]
	return model.Conversation{ID: r.ID, SessionID: 1, JID: r.JID, Kind: r.Kind, Name: r.Name, Unread: r.Unread, Pinned: r.Pinned, LastAt: r.LastAt, Ledger: model.Ledger{ReachedBeginning: true, FetchedAt: at(time.Minute)}}, nil
}

func (f conversationsFake) Group(_ context.Context, id model.ConversationID) (model.Group, error) {
	return model.Group{ConversationID: id, Subject: "Proveedores", Participants: []model.Participant{{JID: "34600000001@c.us", Name: "Marta", IsAdmin: true}}}, nil
}

func (f conversationsFake) Messages(_ context.Context, q model.MessageQuery) ([]model.MessageRow, error) {
	texts := []string{
		"Good morning", "Good morning Ana, what can I do for you?", "Could you keep two rye loaves for me? I will come by around one.",
		"Of course. Sliced or whole?", "One of each, please.", "They are on the shelf with your name. It is 7,40 € in all.", "Thanks, see you tomorrow 👍",
	}
	var rows []model.MessageRow
	for i, text := range texts {
		when := viewtest.Start().Add(time.Duration(i-len(texts)) * 7 * time.Minute)
		id := model.MessageIDAt(when.Unix())
		if q.Before != 0 && id >= q.Before || q.After != 0 && id <= q.After {
			continue
		}
		rows = append(rows, model.MessageRow{Message: model.Message{
			ID: id, ConversationID: q.ConversationID, FromMe: i%2 == 1, ShortID: model.ShortID(rune('A' + i)), Type: model.TypeChat, Text: text, Ack: model.AckRead,
		}})
	}
	return rows, nil
}

func (f conversationsFake) Order(ctx context.Context, q model.ConversationQuery) ([]model.ConversationID, error) {
	rows, err := f.List(ctx, q)
	ids := make([]model.ConversationID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids, err
}

func (f conversationsFake) Rows(ctx context.Context, _ []model.ConversationID) ([]model.ConversationRow, error) {
	return f.List(ctx, model.ConversationQuery{})
}

func (f conversationsFake) Labels(context.Context, model.SessionID) ([]model.Label, error) {
	return nil, nil
}

func (f conversationsFake) FirstUnread(context.Context, model.ConversationID) (model.MessageID, error) {
	return 0, nil
}

func (f conversationsFake) Quoted(context.Context, model.ConversationID, model.ShortID) (model.MessageID, error) {
	return 0, nil
}

func (f conversationsFake) SetMuted(context.Context, model.ConversationID, model.Stamp) error {
	return nil
}

func (f conversationsFake) FetchMessages(context.Context, model.ConversationID) (model.Counts, error) {
	return model.Counts{}, nil
}

func (f conversationsFake) FetchOlder(context.Context, model.ConversationID) (model.Counts, bool, error) {
	return model.Counts{}, false, nil
}

func (f conversationsFake) Send(context.Context, model.ConversationID, model.Outgoing) (model.OutboxID, error) {
	return 1, nil
}
func (f conversationsFake) MarkRead(context.Context, model.ConversationID) error   { return nil }
func (f conversationsFake) MarkUnread(context.Context, model.ConversationID) error { return nil }
func (f conversationsFake) SetArchived(context.Context, model.ConversationID, bool) error {
	return nil
}
func (f conversationsFake) SetPinned(context.Context, model.ConversationID, bool) error { return nil }
func (f conversationsFake) SaveDraft(context.Context, model.ConversationID, string) error {
	return nil
}

type contactsFake struct{ w *world }

func (f contactsFake) SamePerson(context.Context, model.SessionID, model.JID, model.JID) error {
	return nil
}

func (f contactsFake) NotSamePerson(context.Context, model.SessionID, model.JID, model.JID) error {
	return nil
}

func (f contactsFake) List(_ context.Context, q model.ContactQuery) ([]model.ContactRow, error) {
	if q.AfterID != 0 {
		return nil, nil
	}
	var rows []model.ContactRow
	for i, name := range []string{"Ana García", "Café Central", "Harinas del Sur", "Hotel Miramar", "Luis Ortega", "Marta Vidal"} {
		rows = append(rows, model.ContactRow{
			ID: model.ContactID(i + 1), SessionID: 1, JID: model.JID("3460000000" + string(rune('0'+i)) + "@c.us"), DisplayName: name,
			Phone: model.Phone("3460000000" + string(rune('0'+i))), IsMyContact: true, IsBusiness: i == 1 || i == 2,
		})
	}
	return rows, nil
}

func (f contactsFake) Get(_ context.Context, id model.ContactID) (model.ContactDetail, error) {
	return model.ContactDetail{
		Contact: model.Contact{ID: id, SessionID: 1, JID: "34600000000@c.us", Phone: "34600000000", DisplayName: "Ana García", Name: "Ana García", PushName: "Ana", IsMyContact: true, About: "Available", FirstSeenAt: at(time.Hour), DetailsAt: at(time.Hour)},
	}, nil
}

func (f contactsFake) Refresh(ctx context.Context, id model.ContactID) (model.ContactDetail, error) {
	return f.Get(ctx, id)
}

func (f contactsFake) OpenConversation(context.Context, model.ContactID) (model.ConversationID, error) {
	return 1, nil
}

type activityFake struct{ w *world }

func (f activityFake) List(_ context.Context, q model.ActivityQuery) ([]model.Activity, error) {
	if q.Before != 0 {
		return nil, nil
	}
	return []model.Activity{
		{ID: 3, At: at(2 * time.Minute), SessionID: 1, Session: "obrador", Kind: model.ActivitySync, Action: "sync_contacts", Outcome: model.OutcomeSuccess, User: "ana", DurationMS: 412, Created: 3, Unchanged: 211},
		{ID: 2, At: at(9 * time.Minute), SessionID: 1, Session: "obrador", Kind: model.ActivityMessage, Action: "send_message", Outcome: model.OutcomeFailed, User: "ana", DurationMS: 30000, ErrorKind: string(model.ProblemTimeout), ErrorDetail: "no answer in 30 s"},
		{ID: 1, At: at(26 * time.Hour), SessionID: 1, Session: "obrador", Kind: model.ActivitySession, Action: "connect_session", Outcome: model.OutcomeSuccess, User: "ana", DurationMS: 8200},
	}, nil
}

type outboxFake struct{ w *world }

func (f outboxFake) List(_ context.Context, q model.OutboxQuery) ([]model.OutboxRow, error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	var rows []model.OutboxRow
	for _, r := range f.w.outbox {
		if q.Conversation == 0 || q.Conversation == r.ConversationID {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (f outboxFake) Counts(context.Context) (c model.OutboxCounts, err error) {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	for _, r := range f.w.outbox {
		switch r.State {
		case model.OutboxQueued:
			c.Queued++
		case model.OutboxFailed:
			c.Failed++
			c.NeedsOwner++
		}
	}
	return c, nil
}

func (f outboxFake) Edit(context.Context, model.OutboxID, string) error         { return nil }
func (f outboxFake) Move(context.Context, model.OutboxID, model.OutboxID) error { return nil }
func (f outboxFake) SendAgain(context.Context, model.OutboxID) error            { return nil }
func (f outboxFake) Release(context.Context, model.OutboxID) error              { return nil }
func (f outboxFake) Forget(context.Context, model.OutboxID) error               { return nil }

type doctorFake struct{}

func (doctorFake) Examine(_ context.Context, report func(model.Check)) []model.Check {
	all := []model.Check{
		{Name: "store", Status: model.CheckOK, Detail: "buzon.db, 42 MB"},
		{Name: "keyring", Status: model.CheckSkipped},
		{Name: "address", Status: model.CheckOK, Detail: "http://192.168.1.20:8084"},
		{Name: "key_accepted", Status: model.CheckOK, Detail: "wwebjs-api"},
		{Name: "open_door", Status: model.CheckWarning, Detail: "192.168.1.20:8084", Cure: "doctor.cure.open_door"},
		{Name: "session", Subject: "obrador", Status: model.CheckFailed, Reason: "browser tab closed", Says: "problem.session_broken.why", Cure: "problem.session_broken.do"},
		{Name: "socket", Subject: "obrador", Status: model.CheckWarning, Cure: "doctor.cure.no_socket"},
	}
	for _, c := range all {
		report(c)
	}
	return all
}

func (doctorFake) Mask(text string) string { return text }
