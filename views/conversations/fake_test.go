package conversations_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// fake is a store of conversations and a gateway. What is set in hold keeps a
// call of that name waiting until the channel is closed.
type fake struct {
	mu        sync.Mutex
	rows      []model.ConversationRow
	convs     map[model.ConversationID]model.Conversation
	groups    map[model.ConversationID]model.Group
	messages  map[model.ConversationID][]model.MessageRow
	outbox    map[model.ConversationID][]model.OutboxRow
	drafts    map[model.ConversationID][]string
	refuse    string // one call that is refused
	rowsAsked int    // the most rows in one go
	labels    map[model.SessionID][]model.Label
	labelled  map[model.LabelID][]model.ConversationID
	saved     []model.SavedSearch
	searched  []model.SearchQuery
	older     func() (model.Counts, bool, error)
	fail      map[string]error
	hold      map[string]chan struct{}
	calls     []string
	queries   []model.ConversationQuery
	paged     []model.MessageQuery
	sent      []model.Outgoing
	notify    func(func()) // wakes a test that waits for a call
}

func newFake() *fake {
	return &fake{
		convs: map[model.ConversationID]model.Conversation{}, groups: map[model.ConversationID]model.Group{},
		messages: map[model.ConversationID][]model.MessageRow{}, outbox: map[model.ConversationID][]model.OutboxRow{},
		drafts: map[model.ConversationID][]string{}, fail: map[string]error{}, hold: map[string]chan struct{}{},
		older: func() (model.Counts, bool, error) { return model.Counts{}, false, nil },
	}
}

// enter notes a call, waits if it is held, and returns the error that it is to have.
func (f *fake) enter(name string, args ...any) error {
	call := strings.TrimSpace(name + " " + strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
	f.mu.Lock()
	f.calls = append(f.calls, call)
	gate := f.hold[call]
	if gate == nil {
		gate = f.hold[name]
	}
	f.mu.Unlock()
	defer f.notify(func() {})
	f.notify(func() {})
	if gate != nil {
		<-gate // a store that answers late, whatever became of the question
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if call == f.refuse {
		return viewtest.Fail(model.ProblemRefused, "")
	}
	return f.fail[name]
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) called(call string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, c := range f.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (f *fake) List(_ context.Context, q model.ConversationQuery) ([]model.ConversationRow, error) {
	f.set(func() { f.queries = append(f.queries, q) })
	if err := f.enter("List", q.Text); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	rows := slices.Clone(f.rows)
	slices.SortFunc(rows, func(a, b model.ConversationRow) int {
		if a.Pinned != b.Pinned {
			if a.Pinned {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.LastAt, a.LastAt), cmp.Compare(b.ID, a.ID))
	})
	var some []model.ConversationRow
	after := q.After == nil
	for _, r := range rows {
		if !after {
			after = r.ID == q.After.ID
			continue
		}
		if !strings.Contains(strings.ToLower(r.Name), strings.ToLower(q.Text)) || q.SessionID != 0 && r.SessionID != q.SessionID || !passes(r, q.Filter) ||
			q.LabelID != 0 && !slices.Contains(f.labelled[q.LabelID], r.ID) {
			continue
		}
		if some = append(some, r); q.Limit > 0 && len(some) == q.Limit {
			break
		}
	}
	return some, nil
}

func (f *fake) Order(_ context.Context, q model.ConversationQuery) ([]model.ConversationID, error) {
	rows, err := f.List(context.Background(), q)
	ids := make([]model.ConversationID, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids, err
}

func (f *fake) Rows(_ context.Context, ids []model.ConversationID) ([]model.ConversationRow, error) {
	f.set(func() { f.rowsAsked = max(f.rowsAsked, len(ids)) })
	if err := f.enter("Rows"); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	held := make(map[model.ConversationID]model.ConversationRow, len(f.rows))
	for _, r := range f.rows {
		held[r.ID] = r
	}
	var rows []model.ConversationRow
	for _, id := range ids {
		if r, ok := held[id]; ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func (f *fake) Labels(_ context.Context, id model.SessionID) ([]model.Label, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.labels[id]), nil
}

func passes(r model.ConversationRow, f model.ConversationFilter) bool {
	switch f {
	case model.FilterUnread:
		return r.Unread > 0
	case model.FilterPinned:
		return r.Pinned
	case model.FilterGroups:
		return r.Kind == model.KindGroup
	case model.FilterArchived:
		return r.Archived
	default:
		return !r.Archived
	}
}

func (f *fake) Get(_ context.Context, id model.ConversationID) (model.Conversation, error) {
	if err := f.enter("Get", id); err != nil {
		return model.Conversation{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c, ok := f.convs[id]
	if !ok {
		return c, viewtest.Fail(model.ProblemNotFound, "no such conversation")
	}
	return c, nil
}

func (f *fake) Group(_ context.Context, id model.ConversationID) (model.Group, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, ok := f.groups[id]
	if !ok {
		return g, viewtest.Fail(model.ProblemNotFound, "no such group")
	}
	return g, nil
}

func (f *fake) Messages(_ context.Context, q model.MessageQuery) ([]model.MessageRow, error) {
	f.set(func() { f.paged = append(f.paged, q) })
	if err := f.enter("Messages", q.ConversationID); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.messages[q.ConversationID]
	switch {
	case q.After != 0:
		i, _ := slices.BinarySearchFunc(all, q.After+1, byID)
		return slices.Clone(all[i:min(i+q.Limit, len(all))]), nil
	case q.Around != 0:
		i, _ := slices.BinarySearchFunc(all, q.Around+1, byID)
		return slices.Clone(all[max(i-(q.Limit-q.Limit/2), 0):min(i+q.Limit/2, len(all))]), nil
	case q.Before != 0:
		i, _ := slices.BinarySearchFunc(all, q.Before, byID)
		return slices.Clone(all[max(i-q.Limit, 0):i]), nil
	}
	return slices.Clone(all[max(len(all)-q.Limit, 0):]), nil
}

func (f *fake) FirstUnread(_ context.Context, id model.ConversationID) (model.MessageID, error) {
	if err := f.enter("FirstUnread", id); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	all, left := f.messages[id], f.convs[id].Unread
	for i := len(all) - 1; i >= 0 && left > 0; i-- {
		if all[i].FromMe {
			continue
		}
		if left--; left == 0 || i == 0 {
			return all[i].ID, nil
		}
	}
	return 0, nil
}

func (f *fake) Quoted(_ context.Context, id model.ConversationID, short model.ShortID) (model.MessageID, error) {
	if err := f.enter("Quoted", id, short); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range slices.Backward(f.messages[id]) {
		if m.ShortID == short {
			return m.ID, nil
		}
	}
	return 0, nil
}

func byID(r model.MessageRow, id model.MessageID) int { return cmp.Compare(r.ID, id) }

func (f *fake) FetchMessages(_ context.Context, id model.ConversationID) (model.Counts, error) {
	return model.Counts{Created: 2}, f.enter("FetchMessages", id)
}

func (f *fake) FetchOlder(_ context.Context, id model.ConversationID) (model.Counts, bool, error) {
	if err := f.enter("FetchOlder", id); err != nil {
		return model.Counts{}, false, err
	}
	return f.older()
}

func (f *fake) Send(_ context.Context, id model.ConversationID, out model.Outgoing) (model.OutboxID, error) {
	text := out.Text
	if err := f.enter("Send", id, text); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, out)
	n := model.OutboxID(len(f.outbox[id]) + 100)
	f.outbox[id] = append(f.outbox[id], model.OutboxRow{OutboxItem: model.OutboxItem{ID: n, ConversationID: id, State: model.OutboxQueued, Kind: "text", Text: text, CreatedAt: model.StampOf(viewtest.Start())}})
	return n, nil
}

func (f *fake) change(name string, id model.ConversationID, do func(*model.Conversation), args ...any) error {
	if err := f.enter(name, append([]any{id}, args...)...); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.convs[id]
	do(&c)
	f.convs[id] = c
	for i := range f.rows {
		if f.rows[i].ID == id {
			f.rows[i].Unread, f.rows[i].Pinned, f.rows[i].Archived, f.rows[i].MarkedUnread = c.Unread, c.Pinned, c.Archived, c.MarkedUnread
			f.rows[i].MutedUntil = c.MutedUntil
		}
	}
	return nil
}

func (f *fake) MarkRead(_ context.Context, id model.ConversationID) error {
	return f.change("MarkRead", id, func(c *model.Conversation) { c.Unread, c.MarkedUnread = 0, false })
}

func (f *fake) MarkUnread(_ context.Context, id model.ConversationID) error {
	return f.change("MarkUnread", id, func(c *model.Conversation) { c.MarkedUnread = true })
}

func (f *fake) SetArchived(_ context.Context, id model.ConversationID, on bool) error {
	return f.change("SetArchived", id, func(c *model.Conversation) { c.Archived = on }, on)
}

func (f *fake) SetPinned(_ context.Context, id model.ConversationID, on bool) error {
	return f.change("SetPinned", id, func(c *model.Conversation) { c.Pinned = on }, on)
}

func (f *fake) SetMuted(_ context.Context, id model.ConversationID, until model.Stamp) error {
	return f.change("SetMuted", id, func(c *model.Conversation) { c.MutedUntil = until }, until)
}

func (f *fake) SaveDraft(_ context.Context, id model.ConversationID, text string) error {
	f.set(func() { f.drafts[id] = append(f.drafts[id], text) })
	return f.enter("SaveDraft", id, text)
}

func (f *fake) draftsOf(id model.ConversationID) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.drafts[id])
}

// add makes a conversation with that many messages, one a minute, the last one now.
func (f *fake) add(id model.ConversationID, name string, messages int) {
	jid := model.JID(fmt.Sprintf("346001112%02d@c.us", id))
	at := model.StampOf(viewtest.Start().Add(-time.Duration(id) * time.Minute))
	f.rows = append(f.rows, model.ConversationRow{ID: id, SessionID: 1, JID: jid, Kind: model.KindPerson, Name: name, LastAt: at, LastText: "hola", LastType: model.TypeChat})
	f.convs[id] = model.Conversation{ID: id, SessionID: 1, JID: jid, Kind: model.KindPerson, Name: name, LastAt: at}
	for n := range messages {
		f.messages[id] = append(f.messages[id], message(id, viewtest.Start().Add(time.Duration(n-messages)*time.Minute), fmt.Sprintf("message %d of %s", n, name)))
	}
}

func message(id model.ConversationID, at time.Time, text string) model.MessageRow {
	return model.MessageRow{Message: model.Message{
		ID: model.MessageIDAt(at.Unix()), ConversationID: id, Type: model.TypeChat, Text: text, ShortID: model.ShortID(fmt.Sprint(at.Unix())),
	}}
}

// say appends a message.
func (f *fake) say(id model.ConversationID, text string) {
	f.set(func() {
		all := f.messages[id]
		at := viewtest.Start()
		if n := len(all); n > 0 {
			at = all[n-1].ID.Stamp().Time().Add(time.Second)
		}
		f.messages[id] = append(all, message(id, at, text))
	})
}

type sessions struct {
	mu   sync.Mutex
	list []model.Session
}

func (s *sessions) List(context.Context) ([]model.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list), nil
}

func connected() *sessions {
	return &sessions{list: []model.Session{{ID: 1, Name: "obrador", State: model.StateConnected, JID: "34699999999@c.us"}}}
}

func offline() *sessions {
	return &sessions{list: []model.Session{{ID: 1, Name: "obrador", State: model.StateStopped}}}
}

// show puts an active screen into the window.
func show(t testing.TB, f *fake, ss *sessions, options ...viewtest.Option) (*viewtest.Bench, *conversations.Screen) {
	b := viewtest.NewTestContext(t, options...)
	f.notify = b.Queue.Do
	o := conversations.Options{Finder: f, Outbox: outgoing{f}}
	if ss != nil {
		o.Sessions = ss
	}
	s := conversations.New(b.Context, f, o)
	b.Window.SetPadded(false)
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1200, 800))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

// until does a step again and again, with what it brings about, until cond is true.
func until(b *viewtest.Bench, step func(), cond func() bool) {
	b.WaitFor(func() bool {
		if cond() {
			return true
		}
		step()
		b.Queue.Do(func() {}) // come back
		return false
	})
}

func rowNames(s *conversations.Screen) []string {
	var names []string
	for _, r := range viewtest.All[*widgets.ConversationRow](s.Content()) {
		names = append(names, r.Row().Name)
	}
	return names
}

// states returns the views of the list and, once a conversation was opened, of the messages.
func states(s *conversations.Screen) []*widgets.StateView {
	return viewtest.All[*widgets.StateView](s.Content())
}

func messageList(s *conversations.Screen) *widgets.MessageList {
	if l := viewtest.All[*widgets.MessageList](s.Content()); len(l) > 0 {
		return l[0]
	}
	return nil
}

func composer(s *conversations.Screen) *widgets.Composer {
	return viewtest.All[*widgets.Composer](s.Content())[0]
}

func button(s *conversations.Screen, text string) *widget.Button {
	for _, b := range viewtest.All[*widget.Button](s.Content()) {
		if b.Text == text {
			return b
		}
	}
	return nil
}

// texts returns what the rows of the message list say.
func texts(s *conversations.Screen) []string {
	l := messageList(s)
	if l == nil {
		return nil
	}
	var list []string
	for _, item := range l.Items() {
		list = append(list, item.Content.Text)
	}
	return list
}

func has(s *conversations.Screen, text string) bool { return slices.Contains(texts(s), text) }

// labels returns what the labels of the screen say.
func labels(s *conversations.Screen) []string {
	var list []string
	for _, l := range viewtest.All[*widget.Label](s.Content()) {
		list = append(list, l.Text)
	}
	return list
}
