package contacts_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/contacts"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// gate keeps an answer back: entered tells that it was asked for.
type gate struct {
	entered, release chan struct{}
	once             sync.Once
}

func newGate() *gate { return &gate{entered: make(chan struct{}), release: make(chan struct{})} }

func (g *gate) open() { g.once.Do(func() { close(g.release) }) }

// fake is a store of contacts and a gateway. hold keeps the answer to a search
// back, whatever became of the question.
type fake struct {
	mu      sync.Mutex
	rows    []model.ContactRow
	details map[model.ContactID]model.ContactDetail
	err     error
	fresh   func(model.ContactDetail) (model.ContactDetail, error)
	hold    map[string]*gate
	queries []model.ContactQuery
	opened  []model.ContactID
	decided []string // what was said about identifiers
}

func (f *fake) SamePerson(_ context.Context, _ model.SessionID, one, other model.JID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decided = append(f.decided, fmt.Sprint("same ", one, " ", other))
	return f.err
}

func (f *fake) NotSamePerson(_ context.Context, _ model.SessionID, id, from model.JID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decided = append(f.decided, fmt.Sprint("apart ", id, " ", from))
	return f.err
}

func (f *fake) List(ctx context.Context, q model.ContactQuery) ([]model.ContactRow, error) {
	f.mu.Lock()
	held := f.hold[q.Text]
	f.queries = append(f.queries, q)
	f.mu.Unlock()
	if held != nil {
		close(held.entered)
		<-held.release
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	var some []model.ContactRow
	after := q.AfterID == 0
	for _, r := range f.rows {
		if after && (q.SessionID == 0 || r.SessionID == q.SessionID) && strings.Contains(r.DisplayName, q.Text) {
			some = append(some, r)
		}
		after = after || r.ID == q.AfterID
		if q.Limit > 0 && len(some) == q.Limit {
			break
		}
	}
	return some, nil
}

func (f *fake) Get(_ context.Context, id model.ContactID) (model.ContactDetail, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return model.ContactDetail{}, f.err
	}
	if d, ok := f.details[id]; ok {
		return d, nil
	}
	for _, r := range f.rows {
		if r.ID == id {
			return model.ContactDetail{Contact: model.Contact{ID: id, SessionID: r.SessionID, JID: r.JID, DisplayName: r.DisplayName, Phone: r.Phone}}, nil
		}
	}
	return model.ContactDetail{}, viewtest.Fail(model.ProblemNotFound, "no such contact")
}

func (f *fake) Refresh(ctx context.Context, id model.ContactID) (model.ContactDetail, error) {
	d, err := f.Get(ctx, id)
	if err != nil {
		return d, err
	}
	return f.fresh(d)
}

func (f *fake) OpenConversation(_ context.Context, id model.ContactID) (model.ConversationID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened = append(f.opened, id)
	return model.ConversationID(id) + 1000, f.err
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) asked() []model.ContactQuery {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]model.ContactQuery(nil), f.queries...)
}

type sessions []model.Session

func (s sessions) List(context.Context) ([]model.Session, error) { return s, nil }

func people(n int) []model.ContactRow {
	rows := make([]model.ContactRow, n)
	for i := range rows {
		rows[i] = model.ContactRow{
			ID: model.ContactID(i + 1), SessionID: 1, DisplayName: fmt.Sprintf("Person %05d", i),
			JID: model.JID(fmt.Sprintf("346%08d@c.us", i)), Phone: model.Phone(fmt.Sprintf("346%08d", i)),
		}
	}
	return rows
}

func open(t *testing.T, f *fake, o contacts.Options, options ...viewtest.Option) (*viewtest.Bench, *contacts.Screen) {
	t.Helper()
	b := viewtest.NewTestContext(t, options...)
	s := contacts.New(b.Context, f, o)
	b.Window.SetContent(s.Content())
	b.Window.Resize(fyne.NewSize(1000, 640))
	s.Activate()
	t.Cleanup(s.Deactivate)
	return b, s
}

func states(s *contacts.Screen) (list, detail *widgets.StateView) {
	all := viewtest.All[*widgets.StateView](s.Content())
	return all[0], all[1]
}

func rowNames(s *contacts.Screen) []string {
	var names []string
	for _, r := range viewtest.All[*widgets.ContactRow](s.Content()) {
		names = append(names, r.Name())
	}
	return names
}

func says(o fyne.CanvasObject, text string) bool {
	for _, l := range viewtest.All[*widget.Label](o) {
		if strings.Contains(l.Text, text) {
			return true
		}
	}
	for _, l := range viewtest.All[*widgets.Line](o) {
		if strings.Contains(l.Text(), text) {
			return true
		}
	}
	for _, p := range viewtest.All[*widgets.Paragraph](o) {
		if strings.Contains(p.Text(), text) {
			return true
		}
	}
	return false
}

func button(t *testing.T, o fyne.CanvasObject, text string) *widget.Button {
	t.Helper()
	for _, b := range viewtest.All[*widget.Button](o) {
		if b.Text == text {
			return b
		}
	}
	t.Fatalf("no button %q", text)
	return nil
}

func TestListShowsItsFourStates(t *testing.T) {
	f := &fake{err: viewtest.Fail(model.ProblemStore, "disk I/O error")}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	require.Equal(t, widgets.StateLoading, list.State())

	b.WaitFor(func() bool { return list.State() == widgets.StateError })
	require.Equal(t, b.T("action.load_contacts"), list.Notice().Title())

	f.set(func() { f.err = nil })
	test.Tap(list.Notice().Button(b.T("common.retry")))
	b.WaitFor(func() bool { return list.State() == widgets.StateEmpty })
	require.Equal(t, b.T("contacts.empty.title"), list.Notice().Title())

	f.set(func() { f.rows = people(3) })
	b.Bus.Publish(event.Batch{Contacts: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	require.Equal(t, []string{"Person 00000", "Person 00001", "Person 00002"}, rowNames(s))
}

func TestSearchThatFindsNothingOffersToClear(t *testing.T) {
	f := &fake{rows: people(3)}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })

	search := viewtest.All[*widgets.SearchEntry](s.Content())[0]
	search.SetText("nobody")
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return list.State() == widgets.StateEmpty })
	require.Contains(t, list.Notice().Text(), "nobody")

	test.Tap(list.Notice().Button(b.T("contacts.nothing.clear")))
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	require.Empty(t, search.Text())
	require.Len(t, rowNames(s), 3)
}

func TestLateAnswerOfAnEarlierSearchIsDropped(t *testing.T) {
	slow := newGate()
	f := &fake{rows: people(30), hold: map[string]*gate{"0001": slow}}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	search := viewtest.All[*widgets.SearchEntry](s.Content())[0]
	field, ok := search.Field().(interface{ TypedKey(*fyne.KeyEvent) })
	require.True(t, ok)
	typed := func(text string) {
		search.SetText(text)
		field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) // does not wait for the pause in typing
	}

	typed("0001")
	<-slow.entered
	defer slow.open() // also when the test fails
	typed("00029")
	b.WaitFor(func() bool { n := rowNames(s); return len(n) == 1 && n[0] == "Person 00029" })

	slow.open()
	b.Settle()
	require.Equal(t, []string{"Person 00029"}, rowNames(s))
}

func TestListIsReadByPages(t *testing.T) {
	f := &fake{rows: people(1000)}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	l := viewtest.All[*widget.List](s.Content())[0]
	require.Equal(t, 200, l.Length())

	for l.Length() < 1000 {
		held := l.Length()
		l.ScrollTo(held - 1)
		b.WaitFor(func() bool { return l.Length() > held })
	}
	l.ScrollToBottom()
	require.Contains(t, rowNames(s), "Person 00999")
	for i, q := range f.asked() {
		require.LessOrEqual(t, q.Limit, 200, "page %d", i)
	}
}

func TestFailingPageCanBeAskedAgain(t *testing.T) {
	f := &fake{rows: people(300)}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	l := viewtest.All[*widget.List](s.Content())[0]

	f.set(func() { f.err = viewtest.Fail(model.ProblemStore, "busy") })
	l.ScrollTo(199)
	var again *widget.Button
	b.WaitFor(func() bool {
		for _, found := range viewtest.All[*widget.Button](s.Content()) {
			if found.Text == b.T("contacts.more_failed") {
				again = found
			}
		}
		return again != nil
	})
	require.Equal(t, widgets.StateData, list.State(), "what is held stays")

	f.set(func() { f.err = nil })
	test.Tap(again)
	b.WaitFor(func() bool { return l.Length() == 300 })
	require.False(t, again.Visible())
}

func TestSelectionIsKeptByIdWhenRowsMove(t *testing.T) {
	f := &fake{rows: people(5)}
	b, s := open(t, f, contacts.Options{})
	list, detail := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	test.Tap(viewtest.All[*widgets.ContactRow](s.Content())[2])
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })

	f.set(func() {
		f.rows = append([]model.ContactRow{{ID: 99, SessionID: 1, DisplayName: "Aaron", JID: "34700@c.us"}}, f.rows...)
	})
	b.Bus.Publish(event.Batch{Contacts: event.Of(model.SessionID(1))})
	b.WaitFor(func() bool { return len(rowNames(s)) == 6 })
	for _, r := range viewtest.All[*widgets.ContactRow](s.Content()) {
		require.Equal(t, r.Row().ID == 3, r.Selected(), r.Name())
	}
	require.True(t, says(detail, "Person 00002"))
}

func TestDetailShowsErrorAndRetries(t *testing.T) {
	f := &fake{rows: people(1)}
	b, s := open(t, f, contacts.Options{})
	list, detail := states(s)
	require.Equal(t, b.T("contacts.nobody.title"), detail.Notice().Title())
	b.WaitFor(func() bool { return list.State() == widgets.StateData })

	f.set(func() { f.err = viewtest.Fail(model.ProblemStore, "disk I/O error") })
	s.Show(1)
	b.WaitFor(func() bool { return detail.State() == widgets.StateError })
	f.set(func() { f.err = nil })
	test.Tap(detail.Notice().Button(b.T("common.retry")))
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })
	require.True(t, says(detail, "Person 00000"))
}

func TestDetailTellsWhatIsKnown(t *testing.T) {
	f := &fake{details: map[model.ContactID]model.ContactDetail{7: bakery()}}
	b, s := open(t, f, contacts.Options{})
	_, detail := states(s)
	s.Show(7)
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })
	for _, text := range []string{
		"Harinas del Sur", "+34 600 11 12 22", "Juan (harinas)", "Juan Molinero", b.T("contacts.mark.blocked"), "Molino desde 1931",
		"Calle del Molino 4", b.T("contacts.note.not_seen", map[string]any{"Date": b.FormatDateTime(bakery().NotSeenSince)}),
	} {
		require.True(t, says(detail, text), text)
	}
	require.False(t, says(detail, b.T("contacts.note.hidden")))
	links := viewtest.All[*widget.Hyperlink](detail)
	require.Len(t, links, 1, "only a plain web address is a link")
	links[0].OnTapped() // a tap must hit the text, whose place depends on the font
	require.Equal(t, "https://harinas.example", b.Opened[0].String())

	copyPhone := viewtest.All[*widgets.IconButton](detail)[0]
	test.Tap(copyPhone)
	require.Equal(t, []string{"+34600111222"}, b.Copied)
}

func TestHiddenIdentifierIsExplained(t *testing.T) {
	hidden := model.ContactDetail{Contact: model.Contact{ID: 8, SessionID: 1, JID: "1234567890@lid", DisplayName: "Lola"}}
	f := &fake{details: map[model.ContactID]model.ContactDetail{8: hidden}}
	b, s := open(t, f, contacts.Options{})
	_, detail := states(s)
	s.Show(8)
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })
	require.True(t, says(detail, b.T("contacts.note.hidden")))
}

func TestOpenConversationAndGroupInCommon(t *testing.T) {
	var shown []model.ConversationID
	f := &fake{details: map[model.ContactID]model.ContactDetail{7: bakery()}}
	b, s := open(t, f, contacts.Options{OnOpenConversation: func(id model.ConversationID) { shown = append(shown, id) }})
	_, detail := states(s)
	s.Show(7)
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })
	test.Tap(button(t, detail, b.T("contacts.open")))
	require.True(t, button(t, detail, b.T("contacts.open")).Disabled(), "no second question while the first runs")
	b.WaitFor(func() bool { return len(shown) == 1 })
	test.Tap(button(t, detail, "Proveedores"))
	require.Equal(t, []model.ConversationID{1007, 55}, shown)
}

func TestRefreshShowsNewsAndReportsFailure(t *testing.T) {
	f := &fake{details: map[model.ContactID]model.ContactDetail{7: bakery()}}
	f.fresh = func(d model.ContactDetail) (model.ContactDetail, error) {
		d.About = "De vacaciones"
		return d, nil
	}
	b, s := open(t, f, contacts.Options{})
	_, detail := states(s)
	s.Show(7)
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })
	test.Tap(button(t, detail, b.T("contacts.refresh")))
	require.True(t, button(t, detail, b.T("contacts.refreshing")).Disabled())
	b.WaitFor(func() bool { return says(detail, "De vacaciones") })

	f.fresh = func(d model.ContactDetail) (model.ContactDetail, error) {
		return d, viewtest.Fail(model.ProblemUnreachable, "refused")
	}
	test.Tap(button(t, detail, b.T("contacts.refresh")))
	b.WaitFor(func() bool { return len(b.Logged) == 1 })
	require.False(t, button(t, detail, b.T("contacts.refresh")).Disabled())
	require.True(t, says(detail, "De vacaciones"), "what was known stays")
}

func TestSessionChooserAppearsWithTheSecondSession(t *testing.T) {
	rows := people(4)
	rows[3].SessionID = 2
	f := &fake{rows: rows}
	b, s := open(t, f, contacts.Options{Sessions: sessions{{ID: 1, Name: "one"}, {ID: 2, Name: "two", Title: "Second"}}})
	list, _ := states(s)
	b.WaitFor(func() bool {
		return list.State() == widgets.StateData && len(viewtest.All[*widget.Select](s.Content())) == 1
	})
	chooser := viewtest.All[*widget.Select](s.Content())[0]
	require.Equal(t, []string{b.T("contacts.sessions.all"), "one", "Second"}, chooser.Options)
	chooser.SetSelectedIndex(2)
	b.WaitFor(func() bool { return len(rowNames(s)) == 1 })
	require.Equal(t, []string{"Person 00003"}, rowNames(s))
}

func TestGroupsAreListedWhenAsked(t *testing.T) {
	f := &fake{rows: people(1)}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	viewtest.All[*widget.Check](s.Content())[0].SetChecked(true)
	b.WaitFor(func() bool { q := f.asked(); return q[len(q)-1].Groups })
}

func TestDeactivatedScreenFollowsNothing(t *testing.T) {
	f := &fake{rows: people(1)}
	b, s := open(t, f, contacts.Options{})
	list, _ := states(s)
	b.WaitFor(func() bool { return list.State() == widgets.StateData })
	s.Deactivate()
	s.Deactivate()
	asked := len(f.asked())
	b.Bus.Publish(event.Batch{Contacts: event.Of(model.SessionID(1))})
	b.Settle()
	require.Len(t, f.asked(), asked)
}

func bakery() model.ContactDetail {
	return model.ContactDetail{
		Contact: model.Contact{
			ID: 7, SessionID: 1, JID: "34600111222@c.us", Phone: "34600111222", DisplayName: "Harinas del Sur",
			Name: "Juan (harinas)", PushName: "Juan Molinero", VerifiedName: "Harinas del Sur", IsBusiness: true,
			IsMyContact: true, IsBlocked: true, About: "Pedidos hasta las 18 h", NotSeenSince: model.StampOf(viewtest.Start().AddDate(0, 0, -3)),
			FirstSeenAt: model.StampOf(viewtest.Start().AddDate(0, -2, 0)), DetailsAt: model.StampOf(viewtest.Start().Add(-2 * 3600e9)),
		},
		Profile: model.BusinessProfile{
			Description: "Molino desde 1931. Harinas de trigo, centeno y espelta para panaderías; reparto en toda la provincia de martes a sábado.",
			Categories:  []string{"Mayorista", "Alimentación"}, Email: "pedidos@harinas.example",
			Websites: []string{"https://harinas.example", "https://good.example@evil.example"}, Address: "Calle del Molino 4, Utrera",
		},
		LID: "987654321@lid",
		GroupsInCommon: []model.ConversationRow{
			{ID: 55, JID: "120363-1@g.us", Name: "Proveedores"}, {ID: 56, JID: "120363-2@g.us", Name: "Feria del pan"},
		},
	}
}

func TestEveryIdentifierSaysWhyAndCanBeTakenApart(t *testing.T) {
	ana := model.ContactDetail{
		Contact: model.Contact{ID: 8, SessionID: 1, JID: "34600111222@c.us", Phone: "34600111222", DisplayName: "Ana"},
		IDs: []model.PersonID{
			{JID: "34600111222@c.us", Standing: model.StandingMain},
			{JID: "111222333444555@lid", Standing: model.StandingJoined, With: "34600111222@c.us", Source: model.SourceLookup},
			{JID: "34600999888@c.us", Standing: model.StandingApart, With: "34600111222@c.us", Source: model.SourceChange},
		},
	}
	f := &fake{details: map[model.ContactID]model.ContactDetail{8: ana}}
	b, s := open(t, f, contacts.Options{})
	_, detail := states(s)
	s.Show(8)
	b.WaitFor(func() bool { return detail.State() == widgets.StateData })
	require.True(t, says(detail, b.T("contacts.ids.title")))
	require.True(t, says(detail, "111222333444555@lid"), "a hidden id is no number")
	require.True(t, says(detail, b.T("contacts.ids.source.lookup")))
	decided := func() []string {
		f.mu.Lock()
		defer f.mu.Unlock()
		return slices.Clone(f.decided)
	}
	test.Tap(button(t, detail, b.T("contacts.ids.apart")))
	b.WaitFor(func() bool { return len(decided()) == 1 })
	test.Tap(button(t, detail, b.T("contacts.ids.same")))
	b.WaitFor(func() bool { return len(decided()) == 2 })
	require.Equal(t, []string{"apart 111222333444555@lid 34600111222@c.us", "same 34600999888@c.us 34600111222@c.us"}, decided())
}
