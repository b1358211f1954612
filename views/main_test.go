package views_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
)

// window is the whole window on fakes.
type window struct {
	*viewtest.Bench
	t    *testing.T
	fake *world
	main *views.Main
}

func open(t *testing.T, w *world, demo views.Demo, options ...viewtest.Option) *window {
	t.Helper()
	svc := w.services()
	svc.Demo = demo
	return openOn(t, viewtest.NewTestContext(t, options...), w, svc)
}

func openOn(t *testing.T, b *viewtest.Bench, w *world, svc views.Services) *window {
	t.Helper()
	b.Window.SetPadded(false)
	m := views.NewMain(b.Context, svc)
	b.Window.SetContent(m.Content())
	m.Activate()
	t.Cleanup(m.Close)
	return &window{Bench: b, t: t, fake: w, main: m}
}

// hear lets something be heard of the gateway.
func (w *window) hear(state event.GatewayState) {
	w.fake.change(func() { w.fake.gateway = &state })
	w.Bus.Publish(event.Batch{Gateway: &state})
}

// texts returns every text on the screen.
func (w *window) texts() []string {
	var all []string
	for _, o := range viewtest.OnScreen[fyne.CanvasObject](w.Window) {
		switch o := o.(type) {
		case *canvas.Text:
			all = append(all, o.Text)
		case *widget.Label:
			all = append(all, o.Text)
		}
	}
	return all
}

func (w *window) sees(text string) bool {
	for _, t := range w.texts() {
		if t == text {
			return true
		}
	}
	return false
}

// tap presses the innermost thing that shows the text.
func (w *window) tap(text string) {
	w.t.Helper()
	var target fyne.Tappable
	for _, o := range viewtest.OnScreen[fyne.CanvasObject](w.Window) {
		tappable, ok := o.(fyne.Tappable)
		if !ok {
			continue
		}
		for _, t := range viewtest.All[*canvas.Text](o) {
			if t.Text == text {
				target = tappable
			}
		}
	}
	require.NotNil(w.t, target, "nothing to tap says %q", text)
	target.Tapped(&fyne.PointEvent{})
}

// press does what the window does with a shortcut: the main menu comes first.
func (w *window) press(key fyne.KeyName) {
	w.t.Helper()
	want := (&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}).ShortcutName()
	for _, menu := range w.Window.MainMenu().Items {
		for _, item := range menu.Items {
			if item.Shortcut != nil && item.Shortcut.ShortcutName() == want {
				item.Action()
				return
			}
		}
	}
	require.Fail(w.t, "the main menu has no shortcut for "+string(key))
}

// TestTheStripClaimsNothingBeforeTheSessionsAreRead: for a moment it said that there is none.
func TestTheStripClaimsNothingBeforeTheSessionsAreRead(t *testing.T) {
	w := open(t, newWorld(), nil)
	require.False(t, w.sees(w.T("main.status.no_session")))
	w.WaitFor(func() bool { return w.sees(w.T("session.state.connected")) })
}

func TestRailAndShortcutsLeadToEveryArea(t *testing.T) {
	w := open(t, newWorld(), nil)
	require.Equal(t, views.AreaConversations, w.main.Area())
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7} {
		w.press(key)
		require.Equal(t, views.Areas()[i], w.main.Area())
	}
	for word, area := range map[string]views.Area{
		"Chats": views.AreaConversations, "Contacts": views.AreaContacts, "Outbox": views.AreaOutbox, "Sessions": views.AreaSessions,
		"Activity": views.AreaActivity, "Settings": views.AreaSettings, "About": views.AreaAbout,
	} {
		w.main.Show(views.AreaConversations)
		w.tap(word)
		require.Equal(t, area, w.main.Area())
	}
}

func TestSearchShortcutLeadsToTheConversations(t *testing.T) {
	w := open(t, newWorld(), nil)
	w.press(fyne.Key5)
	w.press(fyne.KeyK)
	require.Equal(t, views.AreaConversations, w.main.Area())
	require.NotNil(t, w.Window.Canvas().Focused(), "the search field has not got the keyboard")
}

func TestShortcutsWaitBehindADialog(t *testing.T) {
	w := open(t, newWorld(), nil)
	w.ShowError("action.connect", viewtest.Fail(model.ProblemTimeout, ""))
	w.press(fyne.Key3)
	require.Equal(t, views.AreaConversations, w.main.Area())
}

func TestQuitShortcut(t *testing.T) {
	fake := newWorld()
	w := open(t, fake, nil)
	w.press(fyne.KeyQ)
	require.Equal(t, 1, fake.quits)
}

func TestStatusStripSpeaksInWords(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		event  event.Batch
		words  []string
	}{
		"connected": {func(*world) {}, event.Batch{}, []string{"Connected", "+34 600 11 12 22 · synced 2 min ago"}},
		"stopped":   {func(w *world) { w.sessions[0].State = model.StateStopped }, event.Batch{}, []string{"Stopped"}},
		"no session": {func(w *world) { w.sessions = nil }, event.Batch{},
			[]string{"No session yet", "Add one under Sessions."}},
		"several": {func(w *world) {
			w.sessions = append(w.sessions, model.Session{ID: 2, Name: "tienda", State: model.StateBroken})
		}, event.Batch{}, []string{"Panadería La Espiga: Connected"}},
		"default one": {func(w *world) {
			w.sessions = append(w.sessions, model.Session{ID: 2, Name: "tienda", State: model.StateBroken})
			w.settings.DefaultSession = "tienda"
		}, event.Batch{}, []string{"tienda: Needs a restart"}},
		"switched off": {func(w *world) { w.settings.Enabled = false }, event.Batch{},
			[]string{"Switched off in Settings", "What is stored can be read and searched."}},
		"gateway away while something waits": {func(w *world) {
			w.outbox = []model.OutboxRow{outgoing(1, model.OutboxQueued), outgoing(2, model.OutboxQueued)}
		},
			event.Batch{Gateway: &event.GatewayState{Kind: string(model.ProblemUnreachable)}}, []string{"No gateway", "Nothing answers at the address of the gateway. 2 messages wait to be sent."}},
		"phone away while something waits": {func(w *world) {
			w.sessions[0].State, w.outbox = model.StateStopped, []model.OutboxRow{outgoing(1, model.OutboxQueued)}
		}, event.Batch{}, []string{"+34 600 11 12 22 · synced 2 min ago · 1 message waits to be sent."}},
		"a condition": {func(w *world) {
			w.sessions[0].State, w.conditions = model.StateBroken, []model.Condition{{Kind: model.ConditionZombie}}
		}, event.Batch{}, []string{"Needs a restart", "The session stopped working, and restarting it once did not help."}},
		"a condition of before": {func(w *world) { // the state was read after it had ended
			w.conditions = []model.Condition{{Kind: model.ConditionStopped}}
		}, event.Batch{}, []string{"Connected", "+34 600 11 12 22 · synced 2 min ago"}},
		"phone away": {func(w *world) {
			w.sessions[0].State, w.conditions = model.StateConnecting, []model.Condition{{Kind: model.ConditionPhoneAway}}
		}, event.Batch{}, []string{"Phone cannot be reached", "WhatsApp cannot reach the phone or the internet."}},
		"a minor condition": {func(w *world) { w.conditions = []model.Condition{{Kind: model.ConditionAckStuck, Count: 2}} },
			event.Batch{}, []string{"Connected", "2 messages have not left the gateway yet."}},
		"key not accepted": {func(*world) {}, event.Batch{Gateway: &event.GatewayState{Kind: string(model.ProblemUnauthorized)}}, []string{"No access"}},
		"unreachable":      {func(*world) {}, event.Batch{Gateway: &event.GatewayState{Kind: string(model.ProblemUnreachable)}}, []string{"No gateway"}},
	} {
		t.Run(name, func(t *testing.T) {
			fake := newWorld()
			c.change(fake)
			w := open(t, fake, nil)
			if c.event.Gateway != nil {
				w.hear(*c.event.Gateway)
			}
			w.WaitFor(func() bool {
				for _, words := range c.words {
					if !w.sees(words) {
						return false
					}
				}
				return true
			})
		})
	}
}

func TestASessionWhoseKeyIsRefusedLeadsToTheGatewaysSettings(t *testing.T) {
	fake := newWorld()
	fake.sessions = fake.sessions[:1]
	fake.sessions[0].State, fake.sessions[0].StateDetail = model.StateUnknown, string(model.ProblemUnauthorized)
	w := open(t, fake, nil)
	w.main.Show(views.AreaSessions)
	w.WaitFor(func() bool { return w.sees(w.T("session.button.check")) })
	w.tap(w.T("session.button.settings")) // the innermost one: that of the card
	w.WaitFor(func() bool { return w.sees(w.T("settings.gateway")) })
}

// top returns how far down a text stands.
func (w *window) top(text string) float32 {
	w.t.Helper()
	for _, l := range viewtest.OnScreen[*widget.Label](w.Window) {
		if l.Text == text {
			return fyne.CurrentApp().Driver().AbsolutePositionForObject(l).Y
		}
	}
	w.t.Fatalf("nothing says %q", text)
	return 0
}

func TestRunningWorkMovesNothing(t *testing.T) {
	const words = "+34 600 11 12 22 · synced 2 min ago"
	fake := newWorld()
	w := open(t, fake, nil)
	w.WaitFor(func() bool { return w.sees(words) })
	before := w.top(words)
	p := model.Progress{Session: 1, Running: true, Phase: model.PhaseSession}
	fake.change(func() { fake.progress = p })
	w.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: p}})
	w.WaitFor(func() bool { return w.sees("Cancel") })
	w.Window.Content().Refresh()
	require.InDelta(t, before, w.top(words), 0.01)
}

func TestRunningWorkCanBeCancelled(t *testing.T) {
	fake := newWorld()
	w := open(t, fake, nil)
	w.WaitFor(func() bool { return w.sees("Connected") })
	p := model.Progress{Session: 1, Running: true, Phase: model.PhaseMessages, Done: 640, Total: 1000}
	fake.change(func() { fake.progress = p })
	w.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: p}})
	w.WaitFor(func() bool { return w.sees("Messages: 640 of 1,000") })
	w.tap("Cancel")
	require.Equal(t, 1, fake.cancelled)
	require.True(t, w.sees("Stopping…"))
	fake.change(func() { fake.progress.Running = false })
	w.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: {Session: 1}}})
	w.WaitFor(func() bool { return !w.sees("Stopping…") })
}

func TestBadgeCountsUnreadConversations(t *testing.T) {
	fake := newWorld()
	w := open(t, fake, nil)
	w.press(fyne.Key7) // no other "3" is on the screen there
	w.WaitFor(func() bool { return w.sees("3") })
	fake.change(func() { fake.conversations[0].Unread = 2 })
	w.Bus.Publish(event.Batch{Conversations: event.Of(model.SessionID(1))})
	w.WaitFor(func() bool { return w.sees("4") && !w.sees("3") })
}

func outgoing(id model.OutboxID, state model.OutboxState) model.OutboxRow {
	return model.OutboxRow{OutboxItem: model.OutboxItem{ID: id, ConversationID: 1, State: state, Kind: model.OutboxText, Text: "Rolls"}, Conversation: "Ana García"}
}

func TestBadgeCountsWhatNeedsTheOwner(t *testing.T) {
	fake := newWorld()
	fake.conversations = nil
	w := open(t, fake, nil)
	w.press(fyne.Key7)
	fake.change(func() {
		fake.outbox = []model.OutboxRow{outgoing(1, model.OutboxFailed), outgoing(2, model.OutboxQueued)}
	})
	w.Bus.Publish(event.Batch{Outbox: event.Of(model.ConversationID(1))})
	w.WaitFor(func() bool { return w.sees("1") })
}

func TestWhatFailsInTheBackgroundIsSaid(t *testing.T) {
	const said = "The outbox has something that needs you."
	fake := newWorld()
	fake.conversations, fake.outbox = nil, []model.OutboxRow{outgoing(1, model.OutboxFailed)}
	w := open(t, fake, nil)
	w.WaitFor(func() bool { return w.sees("1") })
	require.Empty(t, w.Toasts.Texts(), "it was there at the start")
	add := func(id model.OutboxID) {
		fake.change(func() { fake.outbox = append(fake.outbox, outgoing(id, model.OutboxFailed)) })
		w.Bus.Publish(event.Batch{Outbox: event.Of(model.ConversationID(1))})
	}
	add(2)
	w.WaitFor(func() bool { return w.sees("2") })
	require.Equal(t, []string{said}, w.Toasts.Texts())
	w.main.Show(views.AreaOutbox) // there it is seen
	add(3)
	w.WaitFor(func() bool { return w.sees("3") })
	require.Equal(t, []string{said}, w.Toasts.Texts())
}

func TestFirstStartAndLeavingIt(t *testing.T) {
	fake := newWorld()
	fake.settings.BaseURL, fake.sessions = "", nil
	w := open(t, fake, nil)
	require.True(t, w.sees("Step 1 of 3"))
	require.True(t, w.sees("No gateway yet"))
	w.tap("Go on later")
	require.False(t, w.sees("Step 1 of 3"))
	w.tap("First steps")
	require.True(t, w.sees("Step 1 of 3"))
}

func TestDemoBannerCountsDownAndScans(t *testing.T) {
	fake := newWorld()
	fake.waiting, fake.scansAt = true, viewtest.Start().Add(20*time.Second)
	w := open(t, fake, fake)
	require.True(t, w.sees("Demo: an invented business. The phone scans the code by itself in 20 s."))
	w.Clock.Advance(time.Second)
	w.WaitFor(func() bool {
		return w.sees("Demo: an invented business. The phone scans the code by itself in 19 s.")
	})
	w.tap("Scan now")
	require.Equal(t, 1, fake.scans)
	require.True(t, w.sees("Demo: an invented business on a simulated gateway. Nothing is sent and nothing is kept."))
	require.False(t, w.sees("Scan now"))
}

func TestLanguageAndThemeBuildTheContentAnew(t *testing.T) {
	fake := newWorld()
	w := open(t, fake, nil)
	w.press(fyne.Key4)
	w.WaitFor(func() bool { return w.sees("Log out") })
	light := w.App.Settings().Theme().Color(theme.ColorNameBackground, theme.VariantLight)
	fake.change(func() { fake.settings.Language, fake.settings.Theme = "es", "dark" })
	w.Bus.Publish(event.Batch{Settings: true})
	w.WaitFor(func() bool { return w.sees("Cerrar sesión") })
	require.Equal(t, views.AreaSessions, w.main.Area())
	require.NotEqual(t, light, w.App.Settings().Theme().Color(theme.ColorNameBackground, theme.VariantLight))
	require.Equal(t, "Salir", w.Window.MainMenu().Items[0].Items[2].Label)
}

func TestRefusedSettingsFileIsReported(t *testing.T) {
	w := open(t, newWorld(), nil)
	w.Bus.Publish(event.Batch{SettingsError: string(model.ProblemSettingsInvalid)})
	w.WaitFor(func() bool { return len(w.Toasts.Texts()) == 1 })
	why, _ := w.ProblemText(model.Problem{Kind: model.ProblemSettingsInvalid})
	require.Equal(t, []string{why}, w.Toasts.Texts())
}

func TestNothingIsFollowedAfterClose(t *testing.T) {
	fake := newWorld()
	w := open(t, fake, nil)
	w.WaitFor(func() bool { return w.sees("Connected") })
	w.main.Close()
	fake.change(func() { fake.sessions[0].State = model.StateStopped })
	w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	w.Settle()
	require.False(t, w.sees("Stopped"))
}

func TestStripSaysWhyTheStateOfASessionIsNotKnown(t *testing.T) {
	f := newWorld()
	f.sessions[0].State, f.sessions[0].StateDetail = model.StateUnknown, string(model.ProblemUnauthorized)
	w := open(t, f, nil)
	why, _ := w.ProblemText(model.Problem{Kind: model.ProblemUnauthorized})
	w.WaitFor(func() bool { return w.sees(w.T("main.status.refused")) })
	require.True(t, w.sees(why+" "+w.T("main.status.offline")))

	f.change(func() { f.sessions[0].State, f.sessions[0].StateDetail = model.StateConnected, "" })
	w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	w.WaitFor(func() bool { return w.sees(w.T("session.state.connected")) && !w.sees(w.T("main.status.refused")) })
}

func TestFailureSaysWhyNothingStarts(t *testing.T) {
	b := viewtest.NewTestContext(t)
	quits := 0
	b.Window.SetContent(views.NewFailure(b.Context, "action.start", viewtest.Fail(model.ProblemStoreNewer, "schema 9"), func() { quits++ }))
	w := &window{Bench: b, t: t}
	require.True(t, w.sees("Could not start Buzón"))
	why, do := b.ProblemText(model.Problem{Kind: model.ProblemStoreNewer})
	require.True(t, w.sees(why+"\n"+do))
	w.tap("Quit")
	require.Equal(t, 1, quits)
}
