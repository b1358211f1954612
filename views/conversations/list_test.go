package conversations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// crowd is a store with many conversations.
func crowd(n int) *fake {
	f := newFake()
	for id := range n {
		f.add(model.ConversationID(id+1), fmt.Sprintf("Person %04d", id), 0)
	}
	return f
}

// click clicks a row with a key held.
func click(r *widgets.ConversationRow, held fyne.KeyModifier) {
	r.MouseDown(&desktop.MouseEvent{Modifier: held})
	r.Tapped(&fyne.PointEvent{})
}

func picked(s *conversations.Screen) []string {
	var names []string
	for _, r := range viewtest.All[*widgets.ConversationRow](s.Content()) {
		if r.Picked() {
			names = append(names, r.Row().Name)
		}
	}
	return names
}

func cursor(s *conversations.Screen) string {
	for _, r := range viewtest.All[*widgets.ConversationRow](s.Content()) {
		if r.Cursor() {
			return r.Row().Name
		}
	}
	return ""
}

func toast(b *viewtest.Bench) string {
	return strings.Join(viewtest.Texts(b.Toasts.Overlay()), " ")
}

// intoList moves the keyboard to the rows.
func intoList(b *viewtest.Bench, s *conversations.Screen) {
	viewtest.All[*widgets.SearchEntry](s.Content())[0].Focus()
	press(b, fyne.KeyDown)
}

func TestKeyboardMovesAndOpensConversations(t *testing.T) {
	b, s := show(t, crowd(300), offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 5)
	intoList(b, s)
	require.Equal(t, "Person 0000", cursor(s))
	press(b, fyne.KeyDown, fyne.KeyDown)
	require.Equal(t, "Person 0002", cursor(s))
	press(b, fyne.KeyReturn)
	b.WaitFor(func() bool { return viewtest.All[*widgets.ConversationRow](s.Content())[2].Selected() })
	press(b, fyne.KeyEnd)
	b.WaitFor(func() bool { return cursor(s) == "Person 0299" })
	press(b, fyne.KeyHome)
	b.WaitFor(func() bool { return cursor(s) == "Person 0000" })
}

func TestCursorStaysWithItsConversation(t *testing.T) {
	f := crowd(30)
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 5)
	intoList(b, s)
	press(b, fyne.KeyDown)
	f.set(func() { f.rows[20].LastAt = model.StampOf(viewtest.Start().Add(time.Hour)) })
	b.Bus.Publish(event.Batch{Conversations: event.Of[model.SessionID](1)})
	b.WaitFor(func() bool { return rowNames(s)[0] == "Person 0020" })
	require.Equal(t, "Person 0001", cursor(s))
}

func TestTypingInTheListFiltersIt(t *testing.T) {
	b, s := show(t, crowd(30), offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 5)
	intoList(b, s)
	typeInto(b, "0") // moves the keyboard to the field
	typeInto(b, "012")
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Person 0012"}) })
}

func TestTopRowThatMovesAwayTakesNobodyWithIt(t *testing.T) {
	f := crowd(600)
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 5)
	until(b, func() { test.Scroll(b.Window.Canvas(), fyne.NewPos(100, 400), 0, -200) }, func() bool { return rowNames(s)[0] > "Person 0200" })
	b.Settle()
	before := rowNames(s)
	require.NotContains(t, before, "")
	top := 0
	_, err := fmt.Sscanf(before[0], "Person %d", &top)
	require.NoError(t, err)
	f.set(func() { f.rows[top].LastAt = model.StampOf(viewtest.Start().Add(time.Hour)) })
	lists := f.called("Rows")
	b.Bus.Publish(event.Batch{Conversations: event.Of[model.SessionID](1)})
	b.Settle()
	require.Greater(t, f.called("Rows"), lists)
	require.NotContains(t, rowNames(s), before[0])
	require.Subset(t, rowNames(s), before[1:len(before)-1])
}

func TestFloodOfNewsReadsTheListAFewTimes(t *testing.T) {
	f := crowd(1000)
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 5)
	b.Settle()
	before := f.called("List")
	for i := range 1000 {
		b.Bus.Publish(event.Batch{Conversations: event.Of[model.SessionID](1), Incoming: map[model.ConversationID]int{1: i}})
		b.Drain()
	}
	b.Settle()
	require.LessOrEqual(t, f.called("List"), before+2)
	f.set(func() { f.rows[5].Name = "The last one" })
	b.Bus.Publish(event.Batch{Conversations: event.Of[model.SessionID](1)})
	until(b, func() { b.Clock.Advance(time.Second) }, func() bool { return slices.Contains(rowNames(s), "The last one") })
}

func TestManyConversationsAreMarkedRead(t *testing.T) {
	f := crowd(40)
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 6)
	rows := viewtest.All[*widgets.ConversationRow](s.Content())
	click(rows[1], fyne.KeyModifierControl)
	click(rows[3], fyne.KeyModifierControl)
	require.Equal(t, []string{"Person 0001", "Person 0003"}, picked(s))
	click(rows[5], fyne.KeyModifierShift)
	require.Equal(t, []string{"Person 0003", "Person 0004", "Person 0005"}, picked(s))
	click(rows[4], fyne.KeyModifierControl)
	require.Equal(t, []string{"Person 0003", "Person 0005"}, picked(s))
	require.Zero(t, f.called("Get 4"), "picking opens nothing")

	test.Tap(button(s, b.T("conversations.mark.mark_read")))
	b.WaitFor(func() bool { return f.called("MarkRead 4") == 1 && f.called("MarkRead 6") == 1 && len(picked(s)) == 0 })
	require.Equal(t, b.N("conversations.select.done", 2), toast(b))
	require.Nil(t, button(s, b.T("conversations.mark.archive")), "the bar is gone")
}

func TestPartialFailureIsToldAndStaysPicked(t *testing.T) {
	f := crowd(40)
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 6)
	intoList(b, s)
	on := b.Window.Canvas().Focused().(desktop.Keyable)
	on.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	press(b, fyne.KeyDown, fyne.KeyDown)
	on.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
	require.Equal(t, []string{"Person 0000", "Person 0001", "Person 0002"}, picked(s))
	f.refuse = "SetArchived 2 true"
	test.Tap(button(s, b.T("conversations.mark.archive")))
	b.WaitFor(func() bool {
		return slices.Equal(picked(s), []string{"Person 0001"}) && f.called("SetArchived 3 true") == 1
	})
	why, _ := b.ProblemText(model.Problem{Kind: model.ProblemRefused})
	require.Equal(t, b.T("conversations.select.failed", translations.Data{"Done": 2, "Count": 3, "Why": why}), toast(b))

	f.set(func() { f.fail["MarkRead"] = viewtest.Fail(model.ProblemUnreachable, "") })
	press(b, fyne.KeyEscape)
	require.Empty(t, picked(s))
	b.WaitFor(func() bool { return rowNames(s)[0] == "Person 0001" })
	b.Window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	require.Contains(t, viewtest.Texts(s.Content()), b.N("conversations.selected", 38), "also those that are not seen")
	test.Tap(button(s, b.T("conversations.mark.mark_read")))
	b.Settle()
	require.NotNil(t, button(s, b.T("conversations.mark.mark_read")))
	n := 0
	for id := range 41 {
		n += f.called(fmt.Sprint("MarkRead ", id))
	}
	require.Equal(t, 1, n, "what all would answer alike is asked once")
}

func TestWorkOnManyCanBeStopped(t *testing.T) {
	f := crowd(40)
	gate := make(chan struct{})
	f.hold["MarkRead 2"] = gate
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 6)
	intoList(b, s)
	b.Window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	test.Tap(button(s, b.T("conversations.mark.mark_read")))
	b.WaitFor(func() bool { return f.called("MarkRead 2") == 1 })
	test.Tap(button(s, b.T("conversations.select.stop")))
	close(gate)
	b.WaitFor(func() bool { return button(s, b.T("conversations.select.stop")) == nil })
	require.Contains(t, []string{
		b.T("conversations.select.stopped", translations.Data{"Done": 1, "Count": 40}),
		b.T("conversations.select.stopped", translations.Data{"Done": 2, "Count": 40}),
	}, toast(b))
	require.Zero(t, f.called("MarkRead 4"))
}

func TestWorkOnManyEndsWithTheScreen(t *testing.T) {
	f := crowd(40)
	gate := make(chan struct{})
	f.hold["MarkRead 2"] = gate
	b, s := show(t, f, offline())
	b.Settle()
	require.Greater(t, len(rowNames(s)), 6)
	intoList(b, s)
	b.Window.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutSelectAll{})
	test.Tap(button(s, b.T("conversations.mark.mark_read")))
	b.WaitFor(func() bool { return f.called("MarkRead 2") == 1 })
	s.Deactivate()
	close(gate)
	s.Activate()
	b.WaitFor(func() bool { return button(s, b.T("conversations.mark.mark_read")) != nil })
	require.Nil(t, button(s, b.T("conversations.select.stop")))
	test.Tap(button(s, b.T("conversations.mark.mark_read")))
	b.WaitFor(func() bool { return f.called("MarkRead 1") > 0 && len(picked(s)) == 0 })
}

func TestRowMenuMutesAndCopies(t *testing.T) {
	f := crowd(5)
	b, s := show(t, f, offline())
	b.Settle()
	require.Len(t, rowNames(s), 5)
	intoList(b, s)
	press(b, desktop.KeyMenu)
	require.NotNil(t, b.Window.Canvas().Overlays().Top(), "the menu key opens the menu")
	choose := func(texts ...string) {
		items := viewtest.All[*widget.PopUpMenu](b.Window.Canvas().Overlays().Top())[0].Items
		for len(texts) > 0 {
			found := false
			for _, o := range items {
				for _, text := range viewtest.Texts(o) {
					if text == texts[0] {
						o.(fyne.Tappable).Tapped(&fyne.PointEvent{})
						found = true
					}
				}
			}
			require.True(t, found, texts[0])
			texts = texts[1:]
		}
	}
	choose(b.T("conversations.copy_name"))
	require.Equal(t, []string{"Person 0000"}, b.Copied)
	test.TapSecondary(viewtest.All[*widgets.ConversationRow](s.Content())[1])
	choose(b.T("conversations.copy_phone"))
	require.Equal(t, "+34 600 11 12 02", b.Copied[1])
}

func TestLabelsNarrowTheList(t *testing.T) {
	f := crowd(10)
	b, s := show(t, f, offline())
	b.Settle()
	require.Len(t, rowNames(s), 10)
	require.Empty(t, viewtest.All[*widget.Select](s.Content()), "there are no labels and one session")

	f.set(func() {
		f.labels = map[model.SessionID][]model.Label{1: {{ID: 7, Name: "Nuevo cliente", Color: "#64c4ff"}, {ID: 8, Name: "Pagado"}}}
		f.labelled = map[model.LabelID][]model.ConversationID{7: {2, 5}}
	})
	b.Bus.Publish(event.Batch{Sessions: event.Of[model.SessionID](1)})
	b.WaitFor(func() bool { return len(viewtest.All[*widget.Select](s.Content())) == 1 })
	viewtest.All[*widget.Select](s.Content())[0].SetSelected("Nuevo cliente")
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Person 0001", "Person 0004"}) })
	viewtest.All[*widget.Select](s.Content())[0].SetSelected("Pagado")
	b.WaitFor(func() bool { return states(s)[0].State() == widgets.StateEmpty })
	test.Tap(button(s, b.T("conversations.empty.show_all")))
	b.WaitFor(func() bool { return len(rowNames(s)) == 10 })

	f.set(func() { // another account has a label of the same name
		f.labels[1] = append(f.labels[1], model.Label{ID: 9, Name: "Nuevo cliente"})
		f.labelled[9] = []model.ConversationID{3}
	})
	b.Bus.Publish(event.Batch{Sessions: event.Of[model.SessionID](1)})
	chooser := func() *widget.Select { return viewtest.All[*widget.Select](s.Content())[0] }
	b.WaitFor(func() bool { return len(chooser().Options) == 4 })
	chooser().SetSelectedIndex(3)
	b.WaitFor(func() bool { return slices.Equal(rowNames(s), []string{"Person 0002"}) })
}
