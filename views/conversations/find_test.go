package conversations_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func says(s *conversations.Screen, text string) func() bool {
	return func() bool {
		for _, t := range viewtest.Texts(s.Content()) {
			if t == text {
				return true
			}
		}
		return false
	}
}

func TestFindGoesFromMatchToMatch(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3000)
	for _, n := range []int{100, 1500, 2900} {
		f.messages[1][n].Text = "the golden recipe"
	}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2999 of Ana")
	s.Find()
	typeInto(b, "golden")
	b.WaitFor(func() bool { return seen(s, f.key(1, 2900)) })
	at := func(n, of int) string {
		return b.T("search.find.position", translations.Data{"Number": n, "Count": of})
	}
	b.WaitFor(says(s, at(1, 3)))
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return seen(s, f.key(1, 1500)) })
	press(b, fyne.KeyF3)
	b.WaitFor(func() bool { return seen(s, f.key(1, 100)) })
	b.WaitFor(says(s, at(3, 3)))
	press(b, fyne.KeyF3) // there is no older one
	require.True(t, seen(s, f.key(1, 100)))
	press(b, fyne.KeyDown)
	b.WaitFor(func() bool { return seen(s, f.key(1, 1500)) })
	_, most := f.pages(1)
	require.LessOrEqual(t, most, 100, "what lies between is not read")
	f.mu.Lock()
	for _, q := range f.searched {
		require.Equal(t, model.ConversationID(1), q.ConversationID)
	}
	f.mu.Unlock()

	press(b, fyne.KeyEscape)
	require.True(t, seen(s, f.key(1, 1500)), "Escape stays where one is")
	require.True(t, b.Window.Canvas().Focused() == fyne.Focusable(messageList(s)))
	require.False(t, s.Escape())
}

func TestFindStepsThatComeBeforeTheAnswerAreDone(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 500)
	f.messages[1][100].Text, f.messages[1][200].Text = "golden", "golden"
	slow := make(chan struct{})
	f.hold["Search golden"] = slow
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 499 of Ana")
	s.Find()
	typeInto(b, "golden")
	b.WaitFor(func() bool { return f.called("Search golden") == 1 })
	press(b, fyne.KeyReturn)
	close(slow)
	b.WaitFor(func() bool { return seen(s, f.key(1, 100)) })
}

func TestFindReadsFurtherMatchesWhenTheyAreNeeded(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 400)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 399 of Ana")
	s.Find()
	typeInto(b, "message")
	b.WaitFor(says(s, b.T("search.find.position_more", translations.Data{"Number": 1, "Count": 100})))
	for range 100 {
		press(b, fyne.KeyReturn)
		b.Settle()
	}
	b.WaitFor(says(s, b.T("search.find.position_more", translations.Data{"Number": 101, "Count": 200})))
	b.WaitFor(func() bool { return seen(s, f.key(1, 299)) })
}

func TestFindBeginsAtThePlaceThatIsRead(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3000)
	for _, n := range []int{100, 700, 2900} {
		f.messages[1][n].Text = "the golden recipe"
	}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2999 of Ana")
	s.OpenAt(1, f.key(1, 1000))
	b.WaitFor(func() bool { return seen(s, f.key(1, 1000)) })
	s.Find()
	typeInto(b, "golden")
	at := func(n int) string { return b.T("search.find.position", translations.Data{"Number": n, "Count": 3}) }
	b.WaitFor(says(s, at(2)))
	b.WaitFor(func() bool { return seen(s, f.key(1, 700)) })
	press(b, fyne.KeyDown)
	b.WaitFor(func() bool { return seen(s, f.key(1, 2900)) })
	b.WaitFor(says(s, at(1)))
}

func TestFindGoesBothWaysAmongMany(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 900)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 899 of Ana")
	s.OpenAt(1, f.key(1, 300))
	b.WaitFor(func() bool { return seen(s, f.key(1, 300)) })
	b.Settle()
	s.Find()
	typeInto(b, "message")
	b.WaitFor(says(s, b.T("search.find.many", translations.Data{"Count": 200})))
	f.mu.Lock()
	begin := f.searched[0].Before
	f.mu.Unlock()
	for range 101 {
		press(b, fyne.KeyDown)
		b.Settle()
	}
	b.WaitFor(says(s, b.T("search.find.many", translations.Data{"Count": 300})))
	newest := model.MessageID(0)
	for i, m := range f.messages[1] {
		if m.ID < begin {
			newest = f.key(1, i+101)
		}
	}
	b.WaitFor(func() bool { return seen(s, newest) })
	for range 201 {
		press(b, fyne.KeyF3)
		b.Settle()
	}
	b.WaitFor(says(s, b.T("search.find.many", translations.Data{"Count": 400})))
}

func TestFindIsSteppedFromMessagesAndComposer(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 3000)
	for _, n := range []int{100, 1500, 2900} {
		f.messages[1][n].Text = "the golden recipe"
	}
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2999 of Ana")
	b.Window.Canvas().Focus(messageList(s))
	press(b, fyne.KeyF3)
	typeInto(b, "golden") // F3 opened the bar
	b.WaitFor(func() bool { return seen(s, f.key(1, 2900)) })
	withShift := func(on fyne.Focusable) {
		keyable, ok := on.(desktop.Keyable)
		require.True(t, ok)
		keyable.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
		on.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF3})
		keyable.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	}

	b.Window.Canvas().Focus(messageList(s))
	press(b, fyne.KeyF3)
	b.WaitFor(func() bool { return seen(s, f.key(1, 1500)) })
	withShift(messageList(s))
	b.WaitFor(func() bool { return seen(s, f.key(1, 2900)) })

	viewtest.All[*widgets.Composer](s.Content())[0].Focus()
	press(b, fyne.KeyF3)
	b.WaitFor(func() bool { return seen(s, f.key(1, 1500)) })
	withShift(b.Window.Canvas().Focused())
	b.WaitFor(func() bool { return seen(s, f.key(1, 2900)) })
	require.Empty(t, viewtest.All[*widgets.Composer](s.Content())[0].Text())

	s.FindStep(false) // the menu of the window
	b.WaitFor(func() bool { return seen(s, f.key(1, 1500)) })
}

func TestFindSaysThatThereIsNothing(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 40)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 39 of Ana")
	s.Find()
	typeInto(b, "nothing like it")
	b.WaitFor(says(s, b.T("search.find.none")))
	require.True(t, messageList(s).AtEnd())
	f.set(func() { f.fail["Search"] = viewtest.Fail(model.ProblemStore, "disk I/O error") })
	typeInto(b, "s")
	b.WaitFor(func() bool { return button(s, b.T("common.retry")) != nil })
}

func TestFindClosesWithItsConversation(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 40)
	f.add(2, "Bruno", 40)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 39 of Ana")
	s.Find()
	typeInto(b, "message")
	opened(t, b, s, 2, "message 39 of Bruno")
	require.False(t, s.Escape(), "nothing is open any more")
}

func TestDayPickerLeadsToADay(t *testing.T) {
	f := newFake()
	f.manyDays(1, "Ana", 900)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "day 899")
	messageList(s).OnDay(widgets.ItemID{})
	require.True(t, b.ModalOpen())
	calendar, ok := b.Window.Canvas().Focused().(*widgets.Calendar)
	require.True(t, ok)
	require.Equal(t, "2026-11-23", calendar.Day().Format(time.DateOnly))
	for range 24 { // two years back
		press(b, fyne.KeyPageUp)
	}
	press(b, fyne.KeyLeft, fyne.KeyReturn)
	require.False(t, b.ModalOpen())
	day := time.Date(2024, time.November, 22, 0, 0, 0, 0, viewtest.Zone())
	n := -1
	for i, m := range f.messages[1] {
		if !m.ID.Stamp().Time().Before(day) {
			n = i
			break
		}
	}
	b.WaitFor(func() bool { return seen(s, f.key(1, n)) })
	require.Equal(t, fmt.Sprint("day ", n), f.messages[1][n].Text)
}

func TestDayWithoutMessagesLeadsToTheNext(t *testing.T) {
	f := newFake()
	f.manyDays(1, "Ana", 100)
	f.messages[1] = append(f.messages[1][:40], f.messages[1][60:]...)
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "day 99")
	messageList(s).OnDay(widgets.ItemID{})
	for range 50 {
		press(b, fyne.KeyLeft)
	}
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return seen(s, f.key(1, 40)) }) // day 60
	require.Equal(t, strings.Join(viewtest.Texts(b.Toasts.Overlay()), " "), b.T("conversations.day.none"))
}

func TestQuotesLeadToWhatTheyAnswer(t *testing.T) {
	f := newFake()
	f.add(1, "Ana", 2000)
	f.messages[1][1990].QuotedShortID = f.messages[1][30].ShortID
	f.messages[1][1991].QuotedShortID = "gone"
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 1999 of Ana")
	tap := func(n int) {
		messageList(s).OnAction(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(f.key(1, n))}, widgets.ActionQuote)
	}
	tap(1991)
	b.Settle()
	require.Equal(t, 1, f.called("Quoted 1 gone"))
	require.Equal(t, strings.Join(viewtest.Texts(b.Toasts.Overlay()), " "), b.T("conversations.quote.not_held"))
	require.True(t, messageList(s).AtEnd())
	tap(1990)
	b.WaitFor(func() bool { return seen(s, f.key(1, 30)) })
}
