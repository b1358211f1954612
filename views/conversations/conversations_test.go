package conversations_test

import (
	"fmt"
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

// opened shows a conversation and waits until its messages are there, and all else
// that is read with them.
func opened(t *testing.T, b *viewtest.Bench, s *conversations.Screen, id model.ConversationID, text string) {
	t.Helper()
	s.Open(id)
	b.Settle()
	require.True(t, has(s, text))
}

func TestListLoadsAndShowsRows(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.add(2, "Bruno", 3)
	gate := make(chan struct{})
	f.hold["List"] = gate
	b, s := show(t, f, connected())
	require.Equal(t, widgets.StateLoading, states(s)[0].State())
	close(gate)
	b.WaitFor(func() bool { return states(s)[0].State() == widgets.StateData })
	require.Equal(t, []string{"Ana", "Bruno"}, rowNames(s))
	require.Equal(t, widgets.StateData, states(s)[0].State())
}

func TestListSaysWhyItIsEmpty(t *testing.T) {
	b, s := show(t, newFake(), connected())
	b.WaitFor(func() bool { return states(s)[0].State() == widgets.StateEmpty })
	require.Equal(t, b.T("conversations.no_rows.all.title"), states(s)[0].Notice().Title())
}

func TestListShowsItsErrorAndTriesAgain(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.fail["List"] = viewtest.Fail(model.ProblemStore, "disk I/O error")
	b, s := show(t, f, connected())
	b.WaitFor(func() bool { return states(s)[0].State() == widgets.StateError })
	require.Equal(t, b.T("action.load_conversations"), states(s)[0].Notice().Title())
	f.set(func() { delete(f.fail, "List") })
	test.Tap(button(s, b.T("common.retry")))
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Ana"}) })
}

func TestListDropsStaleAnswers(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	f.add(2, "Bruno", 3)
	b, s := show(t, f, connected())
	b.Settle()
	require.Len(t, rowNames(s), 2)
	slow := make(chan struct{})
	f.set(func() { f.hold["List ana"] = slow })
	search := viewtest.All[*widgets.SearchEntry](s.Content())[0]
	search.SetText("ana")
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return f.called("List ana") == 1 })
	search.SetText("bruno")
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Bruno"}) })
	close(slow)
	search.SetText("nadie")
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return states(s)[0].State() == widgets.StateEmpty })
	require.Equal(t, b.T("conversations.empty.found.title"), states(s)[0].Notice().Title())
}

func TestFiltersNarrowTheList(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 0)
	f.add(2, "Bruno", 0)
	f.rows[1].Unread = 2
	b, s := show(t, f, connected())
	b.Settle()
	require.Len(t, rowNames(s), 2)
	test.TapCanvas(b.Window.Canvas(), fyne.NewPos(75, 62)) // "Unread"
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Bruno"}) })
}

func TestListPagesAndKeepsSelectionAndPlace(t *testing.T) {
	f := newFake()
	for id := range 1000 {
		f.add(model.ConversationID(id+1), fmt.Sprintf("Person %04d", id), 0)
	}
	b, s := show(t, f, connected())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 0)
	row := viewtest.All[*widgets.ConversationRow](s.Content())[2]
	test.Tap(row)
	require.Equal(t, "Person 0002", row.Row().Name)
	read := func() bool { return !slices.Contains(rowNames(s), "") }
	until(b, func() {
		if read() { // so that it ends at the same rows however long reading takes
			test.Scroll(b.Window.Canvas(), fyne.NewPos(100, 400), 0, -100)
		}
	}, func() bool { return read() && rowNames(s)[0] > "Person 0450" })
	before := rowNames(s)
	require.NotContains(t, before, "Person 0700")
	f.set(func() { // somebody writes: the row moves to the top
		f.rows[700].LastAt = model.StampOf(viewtest.Start().Add(time.Hour))
	})
	lists := f.called("List")
	b.Bus.Publish(event.Batch{Conversations: event.Of[model.SessionID](1)})
	b.Settle()
	require.Greater(t, f.called("List"), lists)
	require.Equal(t, before, rowNames(s))

	f.mu.Lock()
	defer f.mu.Unlock()
	require.LessOrEqual(t, f.rowsAsked, 120, "never all at once")
}

func TestSelectionStaysWithItsConversation(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 1)
	f.add(2, "Bruno", 1)
	b, s := show(t, f, connected())
	b.Settle()
	require.Len(t, rowNames(s), 2)
	test.Tap(viewtest.All[*widgets.ConversationRow](s.Content())[1])
	b.WaitFor(func() bool { return has(s, "message 0 of Bruno") })
	f.set(func() { f.rows[1].LastAt = model.StampOf(viewtest.Start().Add(time.Hour)) })
	b.Bus.Publish(event.Batch{Conversations: event.Of[model.SessionID](1)})
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Bruno", "Ana"}) })
	rows := viewtest.All[*widgets.ConversationRow](s.Content())
	require.True(t, rows[0].Selected())
	require.False(t, rows[1].Selected())
}

func TestOpeningMarksNothingAndFetchesWhenConnected(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 10)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 9 of Ana")
	b.WaitFor(func() bool { return f.called("FetchMessages 1") == 1 })
	require.Zero(t, f.called("MarkRead 1"))

	f2 := newFake()
	f2.add(1, "Ana", 10)
	b, s = show(t, f2, offline())
	opened(t, b, s, 1, "message 9 of Ana")
	require.Zero(t, f2.called("FetchMessages 1"))
}

func TestFetchFailureLeavesTheMessagesReadable(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 10)
	f.fail["FetchMessages"] = viewtest.Fail(model.ProblemUnreachable, "connection refused")
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 9 of Ana")
	says := func() bool {
		return slices.ContainsFunc(labels(s), func(l string) bool { return strings.HasPrefix(l, b.T("action.fetch_messages")) })
	}
	b.WaitFor(says)
	require.True(t, has(s, "message 9 of Ana"))
	f.set(func() { delete(f.fail, "FetchMessages") })
	test.Tap(button(s, b.T("common.retry")))
	b.WaitFor(func() bool { return f.called("FetchMessages 1") == 2 && !says() })
}

func TestMessagesHaveFourStates(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 0)
	gate := make(chan struct{})
	f.hold["Get"] = gate
	f.fail["Messages"] = viewtest.Fail(model.ProblemStore, "disk I/O error")
	b, s := show(t, f, offline())
	s.Open(1)
	detail := func() widgets.State { return states(s)[1].State() }
	require.Equal(t, widgets.StateLoading, detail())
	close(gate)
	b.WaitFor(func() bool { return detail() == widgets.StateError })
	f.set(func() { delete(f.fail, "Messages") })
	test.Tap(button(s, b.T("common.retry")))
	b.WaitFor(func() bool { return detail() == widgets.StateEmpty })
	f.say(1, "hola")
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return detail() == widgets.StateData && has(s, "hola") })
}

func TestAnswersForAnotherConversationAreDropped(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 5)
	f.add(2, "Bruno", 5)
	gate := make(chan struct{})
	f.hold["Get 1"] = gate
	b, s := show(t, f, offline())
	s.Open(1)
	b.WaitFor(func() bool { return f.called("Get 1") == 1 })
	opened(t, b, s, 2, "message 4 of Bruno")
	close(gate)
	b.Settle()
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](2)})
	b.Settle()
	require.Equal(t, 2, f.called("Get 2"))
	require.True(t, has(s, "message 4 of Bruno"))
	require.False(t, has(s, "message 4 of Ana"))
}

// TestWhatHappensWhileAConversationIsReadIsShown: an event may tell of what the reading
// was just too early for.
func TestWhatHappensWhileAConversationIsReadIsShown(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 5)
	gate := make(chan struct{})
	f.hold["Messages"] = gate
	b, s := show(t, f, offline())
	s.Open(1)
	b.WaitFor(func() bool { return f.called("Messages 1") == 1 })
	f.set(func() {
		c := f.convs[1]
		c.Name = "Ana García"
		f.convs[1] = c
	})
	b.Bus.Publish(event.Batch{Conversations: event.Of(f.convs[1].SessionID)})
	b.Settle()
	close(gate)
	b.Settle()
	require.True(t, has(s, "message 4 of Ana"))
	require.Equal(t, 2, f.called("Get 1"))
	require.Contains(t, viewtest.Texts(s.Content()), "Ana García")
}

func TestLiveMessagesFollowOnlyAtTheEnd(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 300)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 299 of Ana")
	l := messageList(s)
	require.True(t, l.AtEnd())
	f.say(1, "one more")
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return has(s, "one more") })
	require.True(t, l.AtEnd())

	l.ScrollBy(900)
	require.False(t, l.AtEnd())
	held, at := topmost(l)
	f.say(1, "and another")
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return has(s, "and another") })
	y, seen := l.RowTop(held)
	require.True(t, seen)
	require.InDelta(t, at, y, 0.01)
	pill := button(s, b.N("conversations.new_messages", 1))
	require.NotNil(t, pill)
	test.Tap(pill)
	require.True(t, l.AtEnd())
}

// topmost returns the first message whose beginning is in view.
func topmost(l *widgets.MessageList) (widgets.ItemID, float32) {
	for _, item := range l.Items() {
		if y, seen := l.RowTop(item.ID); seen && y >= 0 && item.ID.Kind == widgets.ItemMessage {
			return item.ID, y
		}
	}
	return widgets.ItemID{}, 0
}

func TestAcksAndEditsChangeInPlace(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 100)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 99 of Ana")
	l := messageList(s)
	l.ScrollBy(500)
	held, at := topmost(l)
	f.set(func() {
		f.messages[1][98].Text, f.messages[1][98].EditedAt = strings.Repeat("edited and longer ", 30), 1
	})
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.WaitFor(func() bool { return has(s, strings.Repeat("edited and longer ", 30)) })
	y, seen := l.RowTop(held)
	require.True(t, seen)
	require.InDelta(t, at, y, 0.01)
	require.Nil(t, button(s, b.N("conversations.new_messages", 1)))
}

func TestOlderMessagesComeFromTheStoreThenTheGateway(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 250)
	older := f.messages[1][:50]
	f.messages[1] = f.messages[1][50:]
	f.older = func() (model.Counts, bool, error) {
		f.set(func() {
			f.messages[1] = append(slices.Clone(older), f.messages[1]...)
			c := f.convs[1]
			c.Ledger.ReachedBeginning = true
			f.convs[1] = c
		})
		return model.Counts{Created: 50}, false, nil
	}
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 249 of Ana")
	require.Equal(t, 1, f.called("FetchMessages 1"))
	l := messageList(s)
	require.False(t, has(s, "message 50 of Ana"), "only a page is read at first")
	up := func() { l.ScrollBy(400) }
	until(b, up, func() bool { return has(s, "message 50 of Ana") })
	until(b, up, func() bool { return has(s, "message 0 of Ana") })
	until(b, up, func() bool { return has(s, b.T("conversations.older.beginning")) })
	require.Equal(t, 1, f.called("FetchOlder 1"))
}

func TestThePhoneMayHaveNothingOlder(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	b.WaitFor(func() bool { return f.called("FetchMessages 1") == 1 })
	require.Zero(t, f.called("FetchOlder 1"), "nobody asked for more than what fits")
	b.WaitFor(func() bool { return button(s, b.T("conversations.older.ask")) != nil })
	test.Tap(button(s, b.T("conversations.older.ask")))
	b.WaitFor(func() bool { return has(s, b.T("conversations.older.end")) })

	f.set(func() { f.fail["FetchOlder"] = viewtest.Fail(model.ProblemTimeout, "late") })
	test.Tap(button(s, b.T("conversations.older.ask_again")))
	b.WaitFor(func() bool {
		return slices.ContainsFunc(texts(s), func(x string) bool { return strings.HasPrefix(x, "Older messages could not be fetched") })
	})
	require.True(t, has(s, "message 2 of Ana"))
}

func TestMemoryStaysBoundedOverALongConversation(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 2600)
	c := f.convs[1]
	c.Ledger.ReachedBeginning = true
	f.convs[1] = c
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2599 of Ana")
	l := messageList(s)
	bounded := func() { require.LessOrEqual(t, len(l.Items()), 2100) }
	until(b, func() { l.ScrollToTop(); bounded() }, func() bool { return has(s, "message 0 of Ana") })
	require.False(t, has(s, "message 2599 of Ana"))
	require.False(t, l.AtEnd())
	down := func() { l.ScrollBy(-20_000); bounded() }
	until(b, down, func() bool { return has(s, "message 2100 of Ana") }) // page by page
	pill := func() {                                                     // at once
		if p := button(s, b.T("conversations.to_newest")); p != nil {
			test.Tap(p)
		}
	}
	until(b, pill, func() bool { return has(s, "message 2599 of Ana") })
	require.True(t, l.AtEnd())
}

// modalButton finds a button of the dialog that is open.
func modalButton(b *viewtest.Bench, text string) fyne.Tappable {
	for _, o := range test.LaidOutObjects(b.Window.Canvas().Overlays().Top()) {
		if w, ok := o.(interface {
			fyne.Tappable
			fyne.Focusable
		}); ok && strings.Contains(test.RenderObjectToMarkup(o), ">"+text+"<") {
			return w
		}
	}
	return nil
}

func TestMarksAreMadeByTheHeader(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	c := f.convs[1]
	c.Unread = 2
	f.convs[1] = c
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2 of Ana")
	for _, step := range []struct{ button, call, then string }{
		{"mark_read", "MarkRead 1", "mark_unread"},
		{"archive", "SetArchived 1 true", "unarchive"},
		{"pin", "SetPinned 1 true", "unpin"},
		{"unpin", "SetPinned 1 false", "pin"},
	} {
		if w := button(s, b.T("conversations.mark."+step.button)); w != nil { // a button without room is in the menu
			test.Tap(w)
			b.WaitFor(func() bool { return button(s, b.T("conversations.mark."+step.then)) != nil })
			require.Equal(t, 1, f.called(step.call))
		} else {
			require.Contains(t, step.button, "pin")
		}
	}
}

func TestANumberStandsInTheHeaderOnce(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3)
	c := f.convs[1]
	c.JID, c.Name = "34600111222@c.us", "+34 600 11 12 22"
	f.convs[1] = c
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 2 of Ana")
	require.NotContains(t, labels(s), "+34 600 11 12 22", "the name says it")
	require.Contains(t, labels(s), "No name is known")
}

func TestGroupsNameTheirAuthors(t *testing.T) {
	f := bakery()
	b, s := show(t, f, offline())
	opened(t, b, s, 2, "Recibido")
	var authors []string
	for _, item := range messageList(s).Items() {
		if item.Content.Author != "" {
			authors = append(authors, item.Content.Author)
		}
	}
	require.Contains(t, authors, "Marta")
	require.True(t, slices.ContainsFunc(labels(s), func(l string) bool {
		return strings.HasPrefix(l, "Not seen since: 14 Nov") && strings.HasSuffix(l, b.N("conversations.participants", 3))
	}))
}

func TestActivateAndDeactivateMayBeCalledAgain(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 30)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 29 of Ana")
	s.Activate()
	s.Deactivate()
	s.Deactivate()
	f.say(1, "meanwhile")
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.Settle()
	require.False(t, has(s, "meanwhile"))
	s.Activate()
	b.WaitFor(func() bool { return has(s, "meanwhile") })
}

func BenchmarkOpenConversation20000(b *testing.B) {
	f := newFake()
	f.add(1, "Ana", 20_000)
	f.add(2, "Bruno", 20_000)
	bench, s := show(b, f, offline())
	id := model.ConversationID(1)
	b.ReportAllocs()
	for b.Loop() {
		s.Open(id)
		want := "message 19999 of " + f.convs[id].Name
		bench.WaitFor(func() bool { return has(s, want) })
		id = 3 - id
	}
}
