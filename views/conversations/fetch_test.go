package conversations_test

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
)

// become changes the session and tells it.
func (s *sessions) become(b *viewtest.Bench, change func(*model.Session)) {
	s.mu.Lock()
	change(&s.list[0])
	s.mu.Unlock()
	b.Bus.Publish(event.Batch{Sessions: event.Of[model.SessionID](1)})
}

// seesTheSession waits until the list says whether older messages can be asked for.
func seesTheSession(b *viewtest.Bench, s *conversations.Screen, connected bool) {
	b.WaitFor(func() bool {
		return len(texts(s)) > 0 && has(s, b.T("conversations.older.offline")) != connected
	})
}

// bannerSays tells whether the banner is shown for a fetch that failed.
func bannerSays(b *viewtest.Bench, s *conversations.Screen) bool {
	return slices.ContainsFunc(labels(s), func(l string) bool { return strings.HasPrefix(l, b.T("action.fetch_messages")) })
}

// failing shows a conversation whose first fetch failed because the page was gone.
func failing(t *testing.T) (*fake, *sessions, *viewtest.Bench, *conversations.Screen) {
	f, ss := newFake(), connected()
	f.add(1, "Ana", 10)
	f.fail["FetchMessages"] = viewtest.Fail(model.ProblemSessionBroken, "browser tab closed")
	b, s := show(t, f, ss)
	opened(t, b, s, 1, "message 9 of Ana")
	require.True(t, bannerSays(b, s))
	seesTheSession(b, s, true)
	return f, ss, b, s
}

func TestAFetchThatFailedIsMadeAgainOnceTheSessionIsWell(t *testing.T) {
	for name, recover := range map[string]func(*model.Session){
		"connected again between two looks": func(s *model.Session) { s.Connections++ },
		"a sync was finished":               func(s *model.Session) { s.LastSyncAt = model.StampOf(viewtest.Start()) },
	} {
		t.Run(name, func(t *testing.T) {
			f, ss, b, s := failing(t)
			f.set(func() { delete(f.fail, "FetchMessages") })
			ss.become(b, recover)
			b.WaitFor(func() bool { return f.called("FetchMessages 1") == 2 && !bannerSays(b, s) })
		})
	}
	t.Run("seen to go and to come back", func(t *testing.T) {
		f, ss, b, s := failing(t)
		ss.become(b, func(s *model.Session) { s.State = model.StateConnecting })
		seesTheSession(b, s, false)
		require.True(t, bannerSays(b, s))
		require.Equal(t, 1, f.called("FetchMessages 1"))
		f.set(func() { delete(f.fail, "FetchMessages") })
		ss.become(b, func(s *model.Session) { s.State = model.StateConnected })
		b.WaitFor(func() bool { return f.called("FetchMessages 1") == 2 && !bannerSays(b, s) })
	})
	t.Run("messages came in another way", func(t *testing.T) {
		f, _, b, s := failing(t)
		f.set(func() { delete(f.fail, "FetchMessages") })
		f.say(1, "hola")
		b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
		b.WaitFor(func() bool { return f.called("FetchMessages 1") == 2 && !bannerSays(b, s) })
	})
}

func TestAFetchIsNotMadeAgainWithoutASign(t *testing.T) {
	f, ss, b, s := failing(t)
	shows := func(text string) {
		f.say(1, text)
		b.Bus.Publish(event.Batch{Messages: event.Of[model.ConversationID](1)})
		b.Settle()
		require.True(t, has(s, text))
	}
	shows("the first one is a sign")
	require.Equal(t, 2, f.called("FetchMessages 1"))
	ss.become(b, func(s *model.Session) { s.Title = "nothing else is new" })
	shows("a second one")
	shows("a third one")
	require.Equal(t, 2, f.called("FetchMessages 1"))
	require.True(t, bannerSays(b, s))
	ss.become(b, func(s *model.Session) { s.Connections++ })
	b.Settle()
	require.Equal(t, 3, f.called("FetchMessages 1"))
	require.True(t, bannerSays(b, s))
}

func TestWhoClosedTheBannerIsNotToldAgain(t *testing.T) {
	f, ss, b, s := failing(t)
	test.Tap(button(s, b.T("conversations.banner.close")))
	ss.become(b, func(s *model.Session) { s.Connections++ })
	b.Settle()
	require.Equal(t, 2, f.called("FetchMessages 1"))
	ss.become(b, func(s *model.Session) { s.Connections++ })
	b.Settle()
	require.Equal(t, 3, f.called("FetchMessages 1"), "the second one has failed")
	require.False(t, bannerSays(b, s))
}

func TestASessionThatCameBackWhileItWasAskedIsAskedAgain(t *testing.T) {
	f, ss := newFake(), connected()
	f.add(1, "Ana", 10)
	f.fail["FetchMessages"] = viewtest.Fail(model.ProblemSessionBroken, "browser tab closed")
	gate := make(chan struct{})
	f.hold["FetchMessages"] = gate
	b, s := show(t, f, ss)
	opened(t, b, s, 1, "message 9 of Ana")
	b.WaitFor(func() bool { return f.called("FetchMessages 1") == 1 })
	ss.become(b, func(s *model.Session) { s.State = model.StateConnecting })
	seesTheSession(b, s, false)
	ss.become(b, func(s *model.Session) { s.State, s.Connections = model.StateConnected, 2 })
	seesTheSession(b, s, true)
	close(gate)
	b.WaitFor(func() bool { return f.called("FetchMessages 1") == 2 })
}

func TestTheBannerEndsWhatItQuotes(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 10)
	f.fail["FetchMessages"] = &viewtest.ProblemError{Problem: model.Problem{Kind: model.ProblemSessionBroken, Said: "browser tab closed"}}
	b, s := show(t, f, connected())
	opened(t, b, s, 1, "message 9 of Ana")
	i := slices.IndexFunc(labels(s), func(l string) bool { return strings.HasPrefix(l, b.T("action.fetch_messages")) })
	require.Contains(t, labels(s)[i], "“browser tab closed”. "+b.T("problem.session_broken.do"))
}

// TestTheButtonOfABannerBeginsWhereItsTextDoes holds that the ground of its first button
// stands under the first letter of what it says.
func TestTheButtonOfABannerBeginsWhereItsTextDoes(t *testing.T) {
	_, _, b, s := failing(t)
	at := func(o fyne.CanvasObject) float32 { return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).X }
	retry := button(s, b.T("common.retry"))
	require.NotNil(t, retry)
	for _, l := range viewtest.All[*widget.Label](s.Content()) {
		if strings.HasPrefix(l.Text, b.T("action.fetch_messages")) {
			require.InDelta(t, at(l)+theme.InnerPadding(), at(retry), 0.5)
			return
		}
	}
	require.Fail(t, "there is no banner")
}
