package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/outbox"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// fake is an outbox in memory. A call is noted as "Name id argument".
type fake struct {
	mu     sync.Mutex
	rows   []model.OutboxRow
	err    error
	refuse error
	calls  []string
	asked  []model.OutboxQuery
}

func (f *fake) List(_ context.Context, q model.OutboxQuery) ([]model.OutboxRow, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, q)
	var some []model.OutboxRow
	after := q.After == 0
	for _, r := range f.rows {
		switch {
		case !after:
			after = r.ID == q.After
		case len(q.States) > 0 && !slices.Contains(q.States, r.State), q.NeedsOwner && !needsOwner(r), q.Conversation != 0 && r.ConversationID != q.Conversation:
		default:
			some = append(some, r)
		}
	}
	if q.Limit > 0 {
		some = some[:min(q.Limit, len(some))]
	}
	return some, f.err
}

func needsOwner(r model.OutboxRow) bool {
	return r.State == model.OutboxFailed || r.NotFound || r.Asks
}

func (f *fake) Counts(context.Context) (c model.OutboxCounts, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rows {
		switch r.State {
		case model.OutboxQueued:
			c.Queued++
		case model.OutboxSending:
			c.Sending++
		case model.OutboxFailed:
			c.Failed++
		case model.OutboxUnknown:
			c.Unknown++
		}
		if needsOwner(r) {
			c.NeedsOwner++
		}
	}
	return c, f.err
}

func (f *fake) note(call string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, strings.TrimSuffix(call+" "+fmt.Sprintln(args...), "\n"))
	return f.refuse
}

func (f *fake) Edit(_ context.Context, id model.OutboxID, text string) error {
	return f.note("Edit", id, text)
}

func (f *fake) Move(_ context.Context, id, before model.OutboxID) error {
	return f.note("Move", id, before)
}
func (f *fake) SendAgain(_ context.Context, id model.OutboxID) error { return f.note("SendAgain", id) }
func (f *fake) Release(_ context.Context, id model.OutboxID) error   { return f.note("Release", id) }
func (f *fake) Forget(_ context.Context, id model.OutboxID) error    { return f.note("Forget", id) }

func (f *fake) called() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func at(before time.Duration) model.Stamp { return model.StampOf(viewtest.Start().Add(-before)) }

func newRow(id model.OutboxID, conversation model.ConversationID, state model.OutboxState, text string) model.OutboxRow {
	names := map[model.ConversationID]string{1: "Ana García", 2: "Harinas del Sur", 3: "Hotel Miramar"}
	r := model.OutboxRow{Session: "obrador", Conversation: names[conversation], Chat: model.JID(fmt.Sprintf("3460011122%d@c.us", conversation))}
	r.ID, r.ConversationID, r.SessionID, r.State, r.Kind, r.Text = id, conversation, 1, state, model.OutboxText, text
	r.CreatedAt = at(time.Duration(id) * time.Minute)
	return r
}

// busy is an outbox with a row of every sort.
func busy() *fake {
	sending := newRow(1, 1, model.OutboxSending, "Our new loaf")
	sending.Kind, sending.Payload = model.OutboxFile, `{"file":{"sha256":"aa","mimetype":"image/jpeg","filename":"loaf.jpg","size":2400000}}`
	sending.AttemptedAt, sending.Attempts = at(0), 1
	unknown := newRow(2, 2, model.OutboxUnknown, "Forty rolls for Friday, as always")
	unknown.AttemptedAt, unknown.Attempts = at(time.Minute), 1
	lost := newRow(3, 2, model.OutboxUnknown, "And two of rye")
	lost.NotFound, lost.Attempts = true, 1
	failed := newRow(4, 3, model.OutboxFailed, "Good morning")
	failed.Error, failed.ErrorText, failed.Attempts = string(model.ProblemNotOnWhatsApp), "", 2
	paced := newRow(5, 1, model.OutboxQueued, "See you tomorrow 👍")
	paced.NextAt, paced.Waits = model.StampOf(viewtest.Start().Add(4*time.Minute)), "pace"
	second := newRow(6, 1, model.OutboxQueued, "And bring the list, please")
	second.Waits = "order"
	third := newRow(7, 1, model.OutboxQueued, "Thanks")
	third.Waits = "offline"
	old := newRow(8, 3, model.OutboxQueued, "Do you open today?")
	old.CreatedAt, old.Asks, old.Waits = at(50*time.Hour), true, "asks"
	react := newRow(9, 2, model.OutboxFailed, "")
	react.Kind, react.Payload, react.Error = model.OutboxReact, `{"emoji":"👍"}`, string(model.ProblemUnsupported)
	return &fake{rows: []model.OutboxRow{sending, unknown, lost, failed, paced, second, third, old, react}}
}

type bench struct {
	*viewtest.Bench
	t      *testing.T
	screen *outbox.Screen
	opened []model.ConversationID
}

func open(t *testing.T, f *fake, options ...viewtest.Option) *bench {
	t.Helper()
	b := &bench{Bench: viewtest.NewTestContext(t, options...), t: t}
	b.Window.SetPadded(false)
	b.screen = outbox.New(b.Context, f, outbox.Options{OnOpen: func(id model.ConversationID) { b.opened = append(b.opened, id) }})
	b.Window.SetContent(b.screen.Content())
	b.Window.Resize(fyne.NewSize(1100, 700))
	b.screen.Activate()
	t.Cleanup(b.screen.Deactivate)
	return b
}

func (b *bench) says(text string) bool {
	root := b.Window.Content()
	if o := b.Window.Canvas().Overlays().Top(); o != nil {
		root = o
	}
	return slices.ContainsFunc(viewtest.Texts(root), func(s string) bool { return strings.Contains(s, text) })
}

func (b *bench) await(text string) {
	b.t.Helper()
	b.WaitFor(func() bool { return b.says(text) })
}

// choose taps the row that says the text.
func (b *bench) choose(text string) {
	b.t.Helper()
	b.await(text)
	viewtest.TapButton(b.t, b.Window, text)
}

// list returns what has the keyboard of the rows.
func (b *bench) list() fyne.Focusable {
	for _, o := range viewtest.All[fyne.CanvasObject](b.Window.Content()) {
		if k, ok := o.(desktop.Keyable); ok {
			return k
		}
	}
	b.t.Fatal("there is no list")
	return nil
}

func (b *bench) calls(f *fake, want ...string) {
	b.t.Helper()
	b.WaitFor(func() bool { return slices.Equal(f.called(), want) })
}

func TestEveryRowSaysWhereItStands(t *testing.T) {
	b := open(t, busy())
	b.await("Thanks")
	for _, text := range []string{
		"Photo: Our new loaf", "Sending…", "Checking whether it was sent…", "Not found in the conversation",
		"Not sent. That number has no WhatsApp account. · 2 attempts", "Goes at 11:46", "Waits for the message before it",
		"Waits for the connection", "Written 2 days ago, so it asks before it goes", "Not done.", "Needs you 4", "Failed 2",
	} {
		require.True(t, b.says(text), text)
	}
	b.Bus.Publish(event.Batch{Sending: map[model.OutboxID]model.MediaProgress{1: {Done: 1_200_000, Total: 2_400_000, State: model.MediaDownloading}}})
	b.await("Sending… 50 %")
}

func TestFiltersNarrowTheRows(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.await("Needs you 4")
	viewtest.TapButton(t, b.Window, "Needs you 4")
	b.WaitFor(func() bool { return !b.says("Thanks") && b.says("And two of rye") })
	viewtest.TapButton(t, b.Window, "Unknown 2")
	b.WaitFor(func() bool { return !b.says("Good morning") && b.says("Forty rolls") })
	f.mu.Lock()
	f.rows = f.rows[4:5]
	f.mu.Unlock()
	b.Bus.Publish(event.Batch{Outbox: event.Of(model.ConversationID(2))})
	b.await("Nothing is unknown")
	viewtest.TapButton(t, b.Window, "Show all")
	b.await("See you tomorrow")
}

func TestSendingAgainAsksWhenItMayHaveBeenSent(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.choose("And two of rye")
	viewtest.TapButton(t, b.Window, "Send again")
	b.await("Send it again?")
	require.Empty(t, f.called(), "nothing goes twice before the owner has agreed")
	viewtest.TapButton(t, b.Window, "Cancel")
	viewtest.TapButton(t, b.Window, "Send again")
	b.await("Send it again?")
	viewtest.TapButton(t, b.Window, "Send again")
	b.calls(f, "SendAgain 3")

	b.choose("Good morning")
	viewtest.TapButton(t, b.Window, "Send again")
	b.calls(f, "SendAgain 3", "SendAgain 4")
}

func TestWhatIsOldGoesWhenTheOwnerSaysSo(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.choose("Do you open today?")
	viewtest.TapButton(t, b.Window, "Send now")
	b.calls(f, "Release 8")
}

func TestForgettingAMessageAsks(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.choose("Thanks")
	b.list().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	b.await("It has not been sent, and it is deleted here.")
	require.Empty(t, f.called())
	viewtest.TapButton(t, b.Window, "Do not send")
	b.calls(f, "Forget 7")
}

func TestEditChangesATextThatWaits(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.choose("Thanks")
	viewtest.TapButton(t, b.Window, "Edit")
	b.await("Edit before it is sent")
	field, ok := b.Window.Canvas().Focused().(*widgets.TextField)
	require.True(t, ok)
	require.Equal(t, "Thanks", field.Text())
	for _, r := range " a lot" {
		field.TypedRune(r)
	}
	viewtest.TapButton(t, b.Window, "Save")
	b.calls(f, "Edit 7 Thanks a lot")
}

func TestMovingKeepsToTheConversation(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.choose("And bring the list, please")
	viewtest.TapButton(t, b.Window, "Move up")
	b.calls(f, "Move 6 5")
	viewtest.TapButton(t, b.Window, "Move down")
	b.calls(f, "Move 6 5", "Move 6 0")
	b.choose("Thanks")
	viewtest.TapButton(t, b.Window, "Move down")
	b.WaitFor(func() bool { return slices.Contains(b.Toasts.Texts(), "It goes last in its conversation already.") })
	b.calls(f, "Move 6 5", "Move 6 0")
}

func TestKeysMoveAndOpen(t *testing.T) {
	f := busy()
	b := open(t, f)
	b.choose("Photo: Our new loaf")
	b.list().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	b.await("Forty rolls for Friday, as always")
	b.list().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	require.Equal(t, []model.ConversationID{2}, b.opened)
	b.list().TypedKey(&fyne.KeyEvent{Name: desktop.KeyMenu})
	require.True(t, b.says("Send again"), "the menu of the row")
	require.True(t, b.says("Copy the text"))
}

func TestARefusalIsSaid(t *testing.T) {
	f := busy()
	f.refuse = viewtest.Fail(model.ProblemStore, "disk I/O error")
	b := open(t, f)
	b.choose("Good morning")
	viewtest.TapButton(t, b.Window, "Send again")
	b.await("Could not send the message again")
}

func TestFailureAndEmptySayWhatToDo(t *testing.T) {
	f := &fake{err: viewtest.Fail(model.ProblemStore, "disk I/O error")}
	b := open(t, f)
	b.await("Could not load the outbox")
	f.mu.Lock()
	f.err = nil
	f.mu.Unlock()
	viewtest.TapButton(t, b.Window, "Try again")
	b.await("Nothing is waiting")
}

func TestManyRowsAreReadByPages(t *testing.T) {
	f := &fake{}
	for i := range 10_000 {
		f.rows = append(f.rows, newRow(model.OutboxID(i+1), 1, model.OutboxQueued, fmt.Sprintf("message %d", i+1)))
	}
	b := open(t, f)
	b.await("message 1")
	f.mu.Lock()
	first := len(f.asked)
	f.mu.Unlock()
	require.Equal(t, 1, first, "what is far away is not read")
	list := b.list()
	b.WaitFor(func() bool {
		if b.says("message 10000") {
			return true
		}
		list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
		b.Queue.Do(func() {}) // come back
		return false
	})
	require.True(t, b.says("All 10,000"))
}

func TestScreenshots(t *testing.T) {
	viewtest.EachPicture(t, "outbox", func(t *testing.T, p viewtest.Picture) {
		b := open(t, busy(), p.Options()...)
		b.Window.Resize(p.Size)
		b.choose("Do you open today?")
		b.Settle()
		p.Capture(t, b.Window)
		b.choose("Good morning")
		b.Settle()
		p.Of("outbox-failed").Capture(t, b.Window)
		for _, text := range viewtest.Texts(b.Window.Content()) {
			require.NotContains(t, text, "\ufffd")
		}
	}, fyne.NewSize(1188, 740), fyne.NewSize(908, 580)) // what the rail and the strip leave of the window
}
