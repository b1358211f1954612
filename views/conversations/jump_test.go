package conversations_test

import (
	"fmt"
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

// seen tells whether a message is in view.
func seen(s *conversations.Screen, id model.MessageID) bool {
	l := messageList(s)
	if l == nil {
		return false
	}
	y, ok := l.RowTop(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(id)})
	return ok && y < l.Size().Height
}

func (f *fake) key(id model.ConversationID, n int) model.MessageID { return f.messages[id][n].ID }

// read returns how many messages were asked for at most in one go, and how often.
func (f *fake) pages(id model.ConversationID) (times, most int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, q := range f.paged {
		if q.ConversationID == id {
			times++
			most = max(most, q.Limit)
		}
	}
	return times, most
}

func TestConversationOpensAroundAMessageFarBack(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 20_000)
	b, s := show(t, f, offline())
	at := f.key(1, 4321)
	s.OpenAt(1, at)
	b.WaitFor(func() bool { return seen(s, at) })
	times, most := f.pages(1)
	require.LessOrEqual(t, times, 2, "nothing between is read")
	require.LessOrEqual(t, most, 100)
	require.False(t, messageList(s).AtEnd())

	until(b, func() { messageList(s).ScrollBy(600) }, func() bool { return seen(s, f.key(1, 4100)) })
	until(b, func() { messageList(s).ScrollBy(-600) }, func() bool { return seen(s, f.key(1, 4600)) })
	messageList(s).ScrollToEnd()
	b.WaitFor(func() bool { return seen(s, f.key(1, 19_999)) && messageList(s).AtEnd() })
}

func TestJumpWithinTheConversationThatIsShown(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 5000)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 4999 of Ana")
	s.OpenAt(1, f.key(1, 10))
	b.WaitFor(func() bool { return seen(s, f.key(1, 10)) })
	s.OpenAt(1, f.key(1, 14)) // held already; what is around it may still be read on
	b.WaitFor(func() bool { return seen(s, f.key(1, 14)) })
	f.mu.Lock()
	defer f.mu.Unlock()
	around := 0
	for _, q := range f.paged {
		if q.Around != 0 {
			around++
		}
	}
	require.Equal(t, 1, around)
}

func TestJumpKeepsItsPlaceWhenMessagesComeAndTheWindowIsResized(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 5000)
	b, s := show(t, f, offline())
	at := f.key(1, 2500)
	s.OpenAt(1, at)
	b.WaitFor(func() bool { return seen(s, at) })
	f.say(1, "one more")
	n, _ := f.pages(1)
	b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
	b.Settle()
	now, _ := f.pages(1)
	require.Greater(t, now, n)
	require.True(t, seen(s, at))
	b.Window.Resize(fyne.NewSize(900, 600))
	require.True(t, seen(s, at))
	b.Window.Resize(fyne.NewSize(1200, 800))
	require.True(t, seen(s, at))
}

func TestJumpToAMessageThatIsGoneShowsItsNeighbour(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 500)
	b, s := show(t, f, offline())
	s.OpenAt(1, f.key(1, 100)+1)
	b.WaitFor(func() bool { return seen(s, f.key(1, 101)) })
}

func TestUnreadMessagesAreShownFromTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		unread, first int
		end           bool
	}{
		"they fit":            {2, 298, true},
		"more than a screen":  {40, 260, false},
		"more than is loaded": {200, 100, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			f.add(1, "Ana", 300)
			conv := f.convs[1]
			conv.Unread = c.unread
			f.convs[1] = conv
			b, s := show(t, f, offline())
			s.Open(1)
			b.WaitFor(func() bool { return seen(s, f.key(1, c.first)) })
			require.Equal(t, c.end, messageList(s).AtEnd())
			require.Equal(t, c.end, seen(s, f.key(1, 299)))
		})
	}
}

// Where it is not known whether a message went out, the owner sees that: its warning
// and its buttons are not left below the edge for the sake of the line above what is unread.
func TestAWarningBelowWhatIsUnreadIsSeen(t *testing.T) {
	warned := func(unread int, alarm bool) *conversations.Screen {
		f := newFake()
		f.add(1, "Ana", 300)
		conv := f.convs[1]
		conv.Unread = unread
		f.convs[1] = conv
		row := goingOut(7, model.OutboxUnknown, "looked for")
		row.NotFound = alarm
		f.outbox[1] = []model.OutboxRow{row}
		b, s := show(t, f, offline())
		s.Open(1)
		b.WaitFor(func() bool {
			if len(texts(s)) == 0 { // the messages are still being read
				return false
			}
			return seen(s, f.key(1, 300-unread)) || messageList(s).AtEnd()
		})
		return s
	}
	fits := 10
	for fits < 60 && messageList(warned(fits, false)).AtEnd() {
		fits++
	}
	require.Less(t, fits, 60)
	require.True(t, messageList(warned(fits, true)).AtEnd(), "just more than a screen")
	require.False(t, messageList(warned(fits, false)).AtEnd(), "nothing to be warned of")
	require.False(t, messageList(warned(100, true)).AtEnd(), "too far from what is unread")
}

func TestNothingUnreadOpensAtTheEnd(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 300)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 299 of Ana")
	require.True(t, messageList(s).AtEnd())
	require.Zero(t, f.called("FirstUnread 1"))
}

func TestJumpFailureIsToldAndTriedAgain(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 500)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 499 of Ana")
	f.set(func() { f.fail["Messages"] = viewtest.Fail(model.ProblemStore, "disk I/O error") })
	s.OpenAt(1, f.key(1, 20))
	b.WaitFor(func() bool { return button(s, b.T("common.retry")) != nil })
	f.set(func() { delete(f.fail, "Messages") })
	test.Tap(button(s, b.T("common.retry")))
	b.WaitFor(func() bool { return seen(s, f.key(1, 20)) })
}

// manyDays makes a conversation with a message on each of the last n days.
func (f *fake) manyDays(id model.ConversationID, name string, n int) {
	f.add(id, name, 0)
	for i := range n {
		at := viewtest.Start().Add(time.Duration(i-n+1) * 24 * time.Hour)
		f.messages[id] = append(f.messages[id], message(id, at, fmt.Sprintf("day %d", i)))
	}
	c := f.convs[id]
	c.Ledger.Oldest = f.messages[id][0].ID
	f.convs[id] = c
}
