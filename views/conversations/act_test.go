package conversations_test

import (
	"context"
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
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// actions is the fake as what acts on messages and conversations.
type actions struct {
	*fake
	caps    model.Capabilities
	blocked bool
	check   model.NumberCheck
	labels  []string
	did     *[]model.Action
}

func (a *actions) Act(_ context.Context, what model.Action) (model.OutboxID, error) {
	a.set(func() { *a.did = append(*a.did, what) })
	return 1, a.enter("Act", what.Kind)
}

func (a *actions) Capabilities(context.Context, model.SessionID) (model.Capabilities, error) {
	err := a.enter("Capabilities")
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.caps, err
}

func (a *actions) CheckNumber(_ context.Context, _ model.SessionID, text string) (model.NumberCheck, error) {
	return a.check, a.enter("CheckNumber", text)
}

func (a *actions) Blocked(context.Context, model.ConversationID) (bool, error) {
	err := a.enter("Blocked")
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.blocked, err
}

func (a *actions) LabelsOf(context.Context, model.ConversationID) ([]string, error) {
	err := a.enter("LabelsOf")
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.labels, err
}

func (a *actions) done() []model.Action {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(*a.did)
}

// desk is a screen on which something can be done.
type desk struct {
	*viewtest.Bench
	t *testing.T
	f *fake
	a *actions
	s *conversations.Screen
}

func newDesk(t *testing.T, f *fake, options ...viewtest.Option) *desk {
	t.Helper()
	return newDeskWith(t, f, nil, options...)
}

// newDeskWith is newDesk with other options of the screen.
func newDeskWith(t *testing.T, f *fake, change func(*conversations.Options), options ...viewtest.Option) *desk {
	t.Helper()
	d := &desk{t: t, f: f, a: &actions{fake: f, caps: model.Capabilities{Edit: true, Known: true}, did: &[]model.Action{}}}
	d.Bench = viewtest.NewTestContext(t, options...)
	f.notify = d.Queue.Do
	o := conversations.Options{Finder: f, Outbox: outgoing{f}, Actions: d.a, Sessions: connected()}
	if change != nil {
		change(&o)
	}
	d.s = conversations.New(d.Context, f, o)
	d.Window.SetPadded(false)
	d.Window.SetContent(d.s.Content())
	d.Window.Resize(fyne.NewSize(1200, 800))
	d.s.Activate()
	t.Cleanup(d.s.Deactivate)
	d.Settle()
	require.NotEmpty(t, rowNames(d.s))
	return d
}

// open shows a conversation and waits until it is known what can be done in it.
func (d *desk) open(id model.ConversationID, text string) {
	d.t.Helper()
	opened(d.t, d.Bench, d.s, id, text)
	require.Positive(d.t, d.f.called("Blocked"))
}

// message asks for the menu of the message with a text.
func (d *desk) message(text string) {
	d.t.Helper()
	for _, item := range messageList(d.s).Items() {
		if item.Content.Text == text {
			messageList(d.s).OnMenu(item.ID, fyne.NewPos(300, 200))
			return
		}
	}
	d.t.Fatalf("nothing says %q", text)
}

// menuItem finds an item of the menus that are open.
func (d *desk) menuItem(text string) fyne.Tappable {
	d.t.Helper()
	var seen []string
	for _, menu := range viewtest.All[*widget.PopUpMenu](d.Window.Canvas().Overlays().Top()) {
		if o := findItem(menu.Menu, text, &seen); o != nil {
			return o
		}
	}
	d.t.Fatalf("no menu offers %q; there is %q", text, seen)
	return nil
}

func findItem(m *widget.Menu, text string, seen *[]string) fyne.Tappable {
	for _, child := range test.WidgetRenderer(m).Objects() {
		if sub, ok := child.(*widget.Menu); ok && sub.Visible() {
			if found := findItem(sub, text, seen); found != nil {
				return found
			}
		}
	}
	for _, o := range m.Items {
		for _, s := range viewtest.Texts(o) {
			*seen = append(*seen, s)
			if s == text {
				return o.(fyne.Tappable)
			}
		}
	}
	return nil
}

// choose takes items of a menu, one inside of the other.
func (d *desk) choose(texts ...string) {
	d.t.Helper()
	for _, text := range texts {
		item := d.menuItem(text)
		item.(desktop.Hoverable).MouseIn(&desktop.MouseEvent{}) // a menu within opens so
		item.Tapped(&fyne.PointEvent{})
	}
}

// dismiss closes the menu that is open.
func (d *desk) dismiss() {
	overlays := d.Window.Canvas().Overlays()
	overlays.Remove(overlays.Top())
}

// offers tells whether the menus that are open have an item of that text.
func (d *desk) offers(text string) bool {
	var seen []string
	for _, menu := range viewtest.All[*widget.PopUpMenu](d.Window.Canvas().Overlays().Top()) {
		findItem(menu.Menu, text, &seen)
	}
	return slices.Contains(seen, text)
}

func (d *desk) awaitDone(want ...model.Action) {
	d.t.Helper()
	d.Settle()
	require.Equal(d.t, want, d.a.done())
}

func (d *desk) says(text string) bool {
	top := d.Window.Canvas().Overlays().Top()
	return top != nil && slices.ContainsFunc(viewtest.Texts(top), func(s string) bool { return strings.Contains(s, text) })
}

// talk is a conversation with an own message of a minute ago, one of an hour
// ago, and one of the other.
func talk() (f *fake, own, old, other model.MessageID) {
	f = newFake()
	f.add(1, "Ana", 0)
	f.add(2, "Bruno", 0)
	f.add(3, "Carmen", 0)
	for i, text := range []string{"an hour ago", "from Ana", "just now"} {
		m := message(1, viewtest.Start().Add([]time.Duration{-time.Hour, -10 * time.Minute, -time.Minute}[i]), text)
		m.FromMe = i != 1
		f.messages[1] = append(f.messages[1], m)
	}
	all := f.messages[1]
	return f, all[2].ID, all[0].ID, all[1].ID
}

func TestMessageMenuActs(t *testing.T) {
	f, own, _, other := talk()
	d := newDesk(t, f)
	d.open(1, "just now")
	d.message("from Ana")
	d.choose("React", "thumbs up")
	d.awaitDone(model.Action{Kind: model.OutboxReact, Conversation: 1, Message: other, Emoji: "👍"})
	*d.a.did = nil

	d.message("just now")
	d.choose("Star")
	d.awaitDone(model.Action{Kind: model.OutboxStar, Conversation: 1, Message: own, On: true})
	*d.a.did = nil

	d.message("just now")
	d.choose("Edit")
	d.Window.Canvas().Focused().TypedRune('.')
	viewtest.TapButton(t, d.Window, "Save")
	d.awaitDone(model.Action{Kind: model.OutboxEdit, Conversation: 1, Message: own, Text: "just now."})
	*d.a.did = nil

	d.message("just now")
	d.choose("Delete", "Delete for everyone")
	require.Empty(t, d.a.done(), "it asks first")
	viewtest.TapButton(t, d.Window, "Delete")
	d.awaitDone(model.Action{Kind: model.OutboxDelete, Conversation: 1, Message: own, Everyone: true})
}

func TestOwnReactionsAreMarkedAndTakenBack(t *testing.T) {
	f, _, _, other := talk()
	f.messages[1][1].Reactions = []model.ReactionSummary{{Emoji: "❤️", Count: 1, Mine: true}}
	d := newDesk(t, f)
	d.open(1, "just now")
	d.message("from Ana")
	d.choose("React", "Take the reaction back")
	d.awaitDone(model.Action{Kind: model.OutboxReact, Conversation: 1, Message: other})
}

func TestMenuSaysWhyNot(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	d.open(1, "just now")
	d.message("an hour ago")
	require.True(t, d.offers("Edit (only within 15 minutes)"))
	d.dismiss()
	d.message("from Ana")
	require.False(t, d.offers("Edit"), "what others said is not edited")
	d.choose("Delete")
	require.True(t, d.offers("Delete for everyone (only your own messages)"))
	d.dismiss()

	f.set(func() { d.a.caps.Edit = false })
	d.Bus.Publish(event.Batch{Sessions: event.Of[model.SessionID](1)})
	until(d.Bench, func() { d.message("just now") }, func() bool {
		if d.Window.Canvas().Overlays().Top() == nil {
			return false
		}
		defer d.dismiss()
		return d.offers("Edit (this gateway cannot)")
	})
}

func TestWhatTheOwnerDeletedForThemselfIsSaidSo(t *testing.T) {
	f, _, _, _ := talk()
	removed := &f.messages[1][2]
	removed.Type, removed.Text, removed.Versions, removed.Ack = model.TypeRemoved, "", 1, model.AckRead
	removed.QuotedShortID = "X" // what it answered is not told any more
	d := newDesk(t, f)
	const said = "You deleted this message for yourself. Its earlier text is kept."
	d.open(1, said)
	d.message(said)
	for _, text := range []string{"Reply", "React", "Forward…", "Edit", "Star", "Delete", "Copy the text"} {
		require.False(t, d.offers(text), text)
	}
	require.True(t, d.offers("Details"))
	for _, item := range messageList(d.s).Items() {
		if item.Content.Text == said {
			require.False(t, item.Content.HasAck)
			require.Nil(t, item.Content.Quote)
			return
		}
	}
}

func TestForwardGoesToAllThatAreChosen(t *testing.T) {
	f, _, _, other := talk()
	d := newDesk(t, f)
	d.open(1, "just now")
	d.message("from Ana")
	d.choose("Forward…")
	d.WaitFor(func() bool { return d.says("Carmen") })
	viewtest.TapButton(t, d.Window, "Forward")
	require.Empty(t, d.a.done(), "nothing was chosen")
	search := d.Window.Canvas().Focused()
	for _, r := range "bru" {
		search.TypedRune(r)
	}
	d.WaitFor(func() bool { return !d.says("Carmen") && d.says("Bruno") })
	search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.True(t, d.says("1 conversation chosen."))
	for range 3 {
		search.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	d.WaitFor(func() bool { return d.says("Carmen") })
	lists := viewtest.All[*widget.List](d.Window.Canvas().Overlays().Top())
	lists[0].Select(2)
	require.True(t, d.says("2 conversations chosen. They go one after another"))
	viewtest.TapButton(t, d.Window, "Forward")
	d.awaitDone(model.Action{Kind: model.OutboxForward, Conversation: 2, Message: other, Text: "from Ana"}, model.Action{Kind: model.OutboxForward, Conversation: 3, Message: other, Text: "from Ana"})
}

func TestForwardSaysThatNotAllConversationsAreListed(t *testing.T) {
	const cut = "The 200 latest are listed; search for others."
	f, _, _, _ := talk()
	for i := range 200 {
		f.add(model.ConversationID(10+i), fmt.Sprint("Customer ", i), 0)
	}
	d := newDesk(t, f)
	d.open(1, "just now")
	d.message("from Ana")
	d.choose("Forward…")
	d.WaitFor(func() bool { return d.says(cut) })
	entries(d.Bench)[0].SetText("Customer 17")
	d.WaitFor(func() bool { return !d.says(cut) })
}

func TestARefusedActionIsSaid(t *testing.T) {
	f, _, _, _ := talk()
	f.fail["Act"] = viewtest.Fail(model.ProblemStore, "disk I/O error")
	d := newDesk(t, f)
	d.open(1, "just now")
	d.message("just now")
	d.choose("Star")
	d.WaitFor(func() bool {
		return slices.ContainsFunc(labels(d.s), func(s string) bool { return strings.Contains(s, "Could not star the message") })
	})
}

func TestBlockingAsks(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	d.open(1, "just now")
	test.Tap(button(d.s, "More"))
	d.choose("Block…")
	require.True(t, d.says("Block Ana?"))
	require.Empty(t, d.a.done())
	viewtest.TapButton(t, d.Window, "Block")
	d.awaitDone(model.Action{Kind: model.OutboxBlock, Conversation: 1, On: true})
	*d.a.did = nil

	d.a.set(func() { d.a.blocked = true })
	test.TapSecondary(viewtest.All[*widgets.ConversationRow](d.s.Content())[1])
	d.WaitFor(func() bool { return d.Window.Canvas().Overlays().Top() != nil })
	d.choose("Unblock…")
	viewtest.TapButton(t, d.Window, "Unblock")
	d.awaitDone(model.Action{Kind: model.OutboxBlock, Conversation: 2})
}

func TestMutingForAnHour(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	d.open(1, "just now")
	test.Tap(button(d.s, "More"))
	d.choose("Mute", "Mute for 1 hour")
	call := fmt.Sprint("SetMuted 1 ", model.StampOf(viewtest.Start().Add(time.Hour)))
	d.WaitFor(func() bool { return f.called(call) == 1 })
}

func TestLabelsAreChosen(t *testing.T) {
	f, _, _, _ := talk()
	f.labels = map[model.SessionID][]model.Label{1: {{ID: 1, WireID: "4", Name: "Paid"}, {ID: 2, WireID: "9", Name: "New"}}}
	d := newDesk(t, f)
	d.open(1, "just now")
	test.Tap(button(d.s, "More"))
	require.True(t, d.offers("Labels… (business accounts only)"))
	d.dismiss()

	d.a.set(func() { d.a.caps.Labels, d.a.labels = true, []string{"4"} })
	test.TapSecondary(viewtest.All[*widgets.ConversationRow](d.s.Content())[0])
	d.WaitFor(func() bool { return d.Window.Canvas().Overlays().Top() != nil })
	d.choose("Labels…")
	boxes := func() []*widget.Check {
		if top := d.Window.Canvas().Overlays().Top(); top != nil {
			return viewtest.All[*widget.Check](top)
		}
		return nil
	}
	d.WaitFor(func() bool { return len(boxes()) == 2 })
	require.True(t, boxes()[0].Checked)
	require.False(t, boxes()[1].Checked)
	test.Tap(boxes()[0])
	test.Tap(boxes()[1])
	viewtest.TapButton(t, d.Window, "Save")
	d.awaitDone(model.Action{Kind: model.OutboxLabels, Conversation: 1, Labels: []string{"9"}})
}

// begin opens the dialog for a new conversation and types a text.
func (d *desk) begin(text string) fyne.Focusable {
	d.t.Helper()
	d.Settle()
	require.Len(d.t, rowNames(d.s), 3)
	d.s.NewConversation()
	d.WaitFor(func() bool { return !d.says(d.T("conversations.begin.no_session")) })
	field := d.Window.Canvas().Focused()
	for _, r := range text {
		field.TypedRune(r)
	}
	return field
}

func TestANumberIsCheckedAndItsConversationOpened(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	gate := make(chan struct{})
	f.set(func() { f.hold["CheckNumber"] = gate })
	d.a.check = model.NumberCheck{Asked: "34600111203", Registered: true, JID: "34600111203@c.us"}
	field := d.begin("600 11 12 03")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.WaitFor(func() bool { return d.says("Asking WhatsApp…") && f.called("CheckNumber 600 11 12 03") == 1 })
	close(gate)
	d.WaitFor(func() bool {
		return f.called("Open 1 34600111203@c.us") == 1 && d.Window.Canvas().Overlays().Top() == nil
	})
	d.WaitFor(func() bool { return d.Window.Canvas().Focused() != nil })
}

func TestANumberThatWhatsAppKnowsOtherwise(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	d.a.check = model.NumberCheck{Asked: "5215512345678", Registered: true, Changed: true, JID: "525512345678@c.us"}
	d.begin("+52 1 55 1234 5678").TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.WaitFor(func() bool { return d.says("WhatsApp knows this person as +52 55 1234 5678.") })
	require.Zero(t, f.called("Open 1 525512345678@c.us"))
	viewtest.TapButton(t, d.Window, "Write to +52 55 1234 5678")
	d.WaitFor(func() bool { return f.called("Open 1 525512345678@c.us") == 1 })
}

func TestANumberThatCannotBeUsed(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	d.a.check = model.NumberCheck{Asked: "34600111299"}
	field := d.begin("600111299")
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.WaitFor(func() bool { return d.says("+34 600 11 12 99 has no WhatsApp account.") })

	f.set(func() { f.fail["CheckNumber"] = viewtest.Fail(model.ProblemNotConnected, "") })
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.WaitFor(func() bool { return d.says("The number could not be checked. The session must be connected") })
	viewtest.TapButton(t, d.Window, "Write without checking")
	d.WaitFor(func() bool { return f.called("Open 1 600111299") == 1 })
}

func TestAPersonIsFoundByName(t *testing.T) {
	f, _, _, _ := talk()
	d := newDesk(t, f)
	field := d.begin("carm")
	d.WaitFor(func() bool { return d.says("Carmen") })
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.WaitFor(func() bool { return f.called("Get 3") > 0 && d.Window.Canvas().Overlays().Top() == nil })
	require.Zero(t, f.called("CheckNumber carm"))
}
