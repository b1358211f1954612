package conversations_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// typeInto types a text where the keyboard is and lets the pause after it pass.
func typeInto(b *viewtest.Bench, text string) {
	test.Type(b.Window.Canvas().Focused(), text)
	b.Clock.Advance(time.Second)
}

// press presses a key where the keyboard is.
func press(b *viewtest.Bench, keys ...fyne.KeyName) {
	for _, k := range keys {
		if on := b.Window.Canvas().Focused(); on != nil {
			on.TypedKey(&fyne.KeyEvent{Name: k})
		} else {
			b.Window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: k})
		}
	}
}

// searchRows returns what the rows of the search say.
func searchRows(s *conversations.Screen) []string {
	var list []string
	for _, r := range viewtest.All[*widgets.SearchRow](s.Content()) {
		list = append(list, strings.TrimSuffix(r.Item().Title+" | "+r.Item().Text, " | "))
	}
	return list
}

// chosenRow returns the title of the row that Enter opens.
func chosenRow(s *conversations.Screen) string {
	for _, r := range viewtest.All[*widgets.SearchRow](s.Content()) {
		if r.Chosen() {
			return r.Item().Title + " | " + r.Item().Text
		}
	}
	return ""
}

func library() *fake {
	f := newFake()
	f.add(1, "Ana", 3000)
	f.add(2, "Bruno", 300)
	f.messages[1][700].Text = "the golden recipe of the centeno bread"
	f.messages[2][20].Text = "another golden word"
	return f
}

func TestSearchFindsAsOneTypesAndEnterShowsTheMessage(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	s.FocusSearch()
	typeInto(b, "gold")
	b.WaitFor(func() bool { return len(searchRows(s)) == 2 })
	require.Equal(t, []string{"Bruno | another golden word", "Ana | the golden recipe of the centeno bread"}, searchRows(s))
	marks := viewtest.All[*widgets.SearchRow](s.Content())[0].Item().Marks
	require.Equal(t, []model.TextRange{{From: 8, To: 12}}, marks)

	press(b, fyne.KeyDown, fyne.KeyReturn)
	at := f.key(1, 700)
	b.WaitFor(func() bool { return seen(s, at) })
	require.Empty(t, viewtest.All[*widgets.SearchRow](s.Content()), "the search is closed")
	require.True(t, b.Window.Canvas().Focused() == fyne.Focusable(messageList(s)), "the keyboard is where one reads on")
	_, most := f.pages(1)
	require.LessOrEqual(t, most, 100)
	until(b, func() { messageList(s).ScrollBy(500) }, func() bool { return seen(s, f.key(1, 500)) })
	until(b, func() { messageList(s).ScrollBy(-500) }, func() bool { return seen(s, f.key(1, 900)) })
}

func TestEnterBeforeTheAnswerOpensWhatIsFound(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	s.FocusSearch()
	test.Type(b.Window.Canvas().Focused(), "another golden")
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return seen(s, f.key(2, 20)) })
}

func TestSearchFindsPeopleFirst(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	s.FocusSearch()
	typeInto(b, "brun")
	b.WaitFor(func() bool { return len(searchRows(s)) > 2 })
	require.Equal(t, b.T("search.section.places"), searchRows(s)[0])
	require.Equal(t, "Bruno | +34 600 11 12 02", searchRows(s)[1])
	require.Equal(t, b.T("search.section.messages"), searchRows(s)[2])
	require.Equal(t, "Bruno | +34 600 11 12 02", chosenRow(s))
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return has(s, "message 299 of Bruno") })
}

func TestSearchBeginsAConversationWithAContact(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	s.FocusSearch()
	typeInto(b, "zora")
	b.WaitFor(func() bool { return len(searchRows(s)) == 2 })
	require.Contains(t, searchRows(s)[1], b.T("search.place.new"))
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return f.called("Open 1 34600999888@c.us") == 1 && f.called("Get 90") == 1 })
}

func TestSearchPagesOnScrolling(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	s.FocusSearch()
	typeInto(b, "message of Ana")
	b.WaitFor(func() bool { return len(searchRows(s)) > 3 })
	until(b, func() { press(b, fyne.KeyPageDown) }, func() bool { return strings.Contains(chosenRow(s), "message 28") })
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, q := range f.searched {
		require.LessOrEqual(t, q.Limit, 50)
	}
	require.Greater(t, len(f.searched), 2)
}

func TestSearchDropsStaleAnswers(t *testing.T) {
	f := library()
	slow := make(chan struct{})
	f.hold["Search gold"] = slow
	b, s := show(t, f, offline())
	s.FocusSearch()
	typeInto(b, "gold")
	b.WaitFor(func() bool { return f.called("Search gold") == 1 })
	typeInto(b, "en rec")
	b.WaitFor(func() bool { return len(searchRows(s)) == 1 })
	close(slow)
	b.Settle()
	require.Equal(t, []string{"Ana | the golden recipe of the centeno bread"}, searchRows(s))
}

func TestSearchAsksOnceAfterFastTyping(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	s.FocusSearch()
	test.Type(b.Window.Canvas().Focused(), "golden")
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return len(searchRows(s)) == 2 })
	f.mu.Lock()
	defer f.mu.Unlock()
	require.Len(t, f.searched, 1)
}

func TestSearchHasFourStates(t *testing.T) {
	f := library()
	f.fail["Search"] = viewtest.Fail(model.ProblemStore, "disk I/O error")
	b, s := show(t, f, offline())
	s.FocusSearch()
	state := func() *widgets.StateView { return states(s)[0] }
	b.WaitFor(func() bool { return state().State() == widgets.StateEmpty })
	require.Equal(t, b.T("search.start.title"), state().Notice().Title())
	typeInto(b, "gold")
	b.WaitFor(func() bool { return state().State() == widgets.StateError })
	f.set(func() { delete(f.fail, "Search") })
	test.Tap(button(s, b.T("common.retry")))
	b.WaitFor(func() bool { return state().State() == widgets.StateData })
	typeInto(b, "xyz")
	b.WaitFor(func() bool { return state().State() == widgets.StateEmpty })
	require.Equal(t, b.T("search.empty.title"), state().Notice().Title())
	test.Tap(button(s, b.T("search.empty.clear")))
	b.WaitFor(func() bool { return state().Notice().Title() == b.T("search.start.title") })
}

func TestEscapeClosesTheSearchAndLeavesEverythingAsItWas(t *testing.T) {
	f := library()
	b, s := show(t, f, offline())
	opened(t, b, s, 1, "message 2999 of Ana")
	composer(s).Focus()
	before := b.Window.Canvas().Focused()
	s.FocusSearch()
	typeInto(b, "gold")
	b.WaitFor(func() bool { return len(searchRows(s)) == 2 })
	press(b, fyne.KeyEscape)
	require.Empty(t, searchRows(s))
	require.True(t, before == b.Window.Canvas().Focused())
	require.True(t, has(s, "message 2999 of Ana"))
	require.False(t, s.Escape(), "nothing is left to close")

	s.FocusSearch() // as it was left, and what was typed is selected
	b.WaitFor(func() bool { return len(searchRows(s)) == 2 })
	typeInto(b, "bruno")
	b.WaitFor(func() bool { return len(searchRows(s)) > 2 })
	require.True(t, s.Escape())
}

func TestOperatorsAreCompletedAndNamesQuoted(t *testing.T) {
	f := library()
	f.add(3, "Familia García", 2)
	b, s := show(t, f, offline())
	s.FocusSearch()
	says := func(text string) bool { return slices.Contains(viewtest.Texts(s.Content()), text) }
	typeInto(b, "fro")
	require.True(t, says("from:"))
	require.True(t, says(b.T("search.operator.from")))
	press(b, fyne.KeyTab)
	require.True(t, says("from:"), "it is in the field now")
	require.False(t, says(b.T("search.operator.from")))
	typeInto(b, "fam")
	b.WaitFor(func() bool { return says("Familia García") })
	press(b, fyne.KeyReturn)
	require.True(t, says(`from:"Familia García" `))
	typeInto(b, "is:st")
	require.True(t, says(b.T("search.value.starred")))
	press(b, fyne.KeyEscape)
	require.False(t, says(b.T("search.value.starred")), "Escape closes the list first")
	require.True(t, says(b.T("search.help")), "and not the search")
}
