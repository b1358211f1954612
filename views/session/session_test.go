package session_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/viewtest"
)

func TestEveryStateOffersItsActions(t *testing.T) {
	const (
		connect = "Connect"
		qr      = "Show QR"
		hideQR  = "Hide QR"
		check   = "Check status"
		off     = "Disconnect"
		again   = "Reconnect"
		restart = "Restart"
		logout  = "Log out"
		all     = "Sync all data"
		people  = "Sync contacts"
		chats   = "Sync conversations"
	)
	for _, c := range []struct {
		state   model.SessionState
		word    string
		enabled []string
		off     []string
		best    string
	}{
		{model.StateConnected, "Ready to read and send messages.", []string{check, off, again, logout, all, people, chats}, []string{connect, qr}, all},
		{model.StateWaitingQR, "Scan the code with the phone to link this account.", []string{hideQR, check, off, again}, []string{connect, logout, all, people, chats}, ""},
		{model.StateConnecting, "The gateway is starting WhatsApp. This can take a minute.", []string{qr, check, off}, []string{connect, again, logout, all}, ""},
		{model.StateStopped, "The gateway is not running this session. Press Connect to start it; if the phone is still linked, no code is needed.", []string{connect, check}, []string{qr, off, again, logout, all, people, chats}, connect},
		{model.StateBroken, "The gateway holds this session, but it does not work any more. Press Restart; the phone stays linked.", []string{check, off, restart, logout}, []string{connect, qr, all}, restart},
		{model.StateUnknown, "The gateway has not said yet how this session is. Check that the gateway is running and that its address is right in Settings, then press Check status.", []string{connect, check}, []string{off, again, logout, all}, check},
		{"a word of tomorrow", "The gateway has not said yet how this session is. Check that the gateway is running and that its address is right in Settings, then press Check status.", []string{check}, []string{all}, check},
	} {
		t.Run(string(c.state), func(t *testing.T) {
			f := newFake(bakery(c.state))
			f.setQR(1, model.QR{Text: qrText, Renews: model.StampOf(viewtest.Start().Add(20 * time.Second))})
			b, _ := page(t, f)
			require.True(t, sees(b, c.word), "the page does not say %q", c.word)
			for _, name := range c.enabled {
				require.False(t, button(t, b, name).Disabled(), "%s cannot be pressed", name)
			}
			for _, name := range c.off {
				require.True(t, button(t, b, name).Disabled(), "%s can be pressed", name)
			}
			for _, btn := range viewtest.OnScreen[*widget.Button](b.Window) {
				if btn.Importance == widget.HighImportance && !btn.Disabled() {
					require.Equal(t, c.best, btn.Text, "the highlighted action")
				}
			}
			if c.best != "" {
				require.Equal(t, widget.HighImportance, button(t, b, c.best).(*widget.Button).Importance)
			}
		})
	}
}

func TestOneClickPairs(t *testing.T) {
	f := newFake(bakery(model.StateStopped))
	b, _ := page(t, f)

	test.Tap(button(t, b, "Connect"))
	require.True(t, button(t, b, "Check status").Disabled(), "two calls at once")
	b.WaitFor(func() bool { return f.count("connect") == 1 && !button(t, b, "Check status").Disabled() })

	f.change(1, func(s *model.Session) { s.State, s.StateDetail = model.StateConnecting, "session_not_found" })
	changed(b, "Waiting for the code")
	require.True(t, sees(b, "The gateway is starting WhatsApp. This can take a minute."), "with a word of the protocol about a start that goes well")

	f.change(1, func(s *model.Session) { s.State = model.StateWaitingQR })
	f.setQR(1, model.QR{Text: qrText, FoundAt: model.StampOf(b.Clock.Now()), Renews: model.StampOf(b.Clock.Now().Add(20 * time.Second))})
	changed(b, "Scan this code with the phone")
	require.True(t, sees(b, "The code changes in 20 s."))
	b.Clock.Advance(time.Second)
	b.WaitFor(func() bool { return sees(b, "The code changes in 19 s.") })
	b.Clock.Advance(30 * time.Second)
	b.WaitFor(func() bool { return sees(b, "Waiting for the next code…") })

	f.change(1, func(s *model.Session) {
		s.State, s.PushName, s.Phone, s.ConnectedSince = model.StateConnected, "La Espiga", "34600111222", model.StampOf(b.Clock.Now())
	})
	changed(b, "The first sync begins in a moment.")
	require.True(t, sees(b, "Linked: La Espiga · +34 600 11 12 22"))

	running := model.Progress{Session: 1, Running: true, Phase: model.PhaseContacts, Done: 640, Total: 1000}
	f.setProgress(running)
	b.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: running}})
	b.WaitFor(func() bool { return sees(b, "Contacts: 640 of 1,000") })
	require.True(t, button(t, b, "Sync all data").Disabled(), "a second sync while one runs")
	test.Tap(button(t, b, "Cancel"))
	require.Equal(t, 1, f.count("cancel"))

	f.setProgress(model.Progress{Session: 1})
	f.change(1, func(s *model.Session) { s.LastSyncAt = model.StampOf(b.Clock.Now()) })
	b.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: {Session: 1}}})
	changed(b, "The first sync is done.")

	f.setProgress(running) // a later one, of the schedule
	b.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: running}})
	b.WaitFor(func() bool { return sees(b, "Contacts: 640 of 1,000") })
	require.True(t, sees(b, "The first sync is done."), "the first sync is told of twice")
	f.setProgress(model.Progress{Session: 1})
	b.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{1: {Session: 1}}})
	b.WaitFor(func() bool { return !sees(b, "Contacts: 640 of 1,000") })
	test.Tap(button(t, b, "Open the conversations"))
	require.Equal(t, 1, f.count("open conversations"))
	require.Equal(t, apptheme.Icon(apptheme.IconCheck).Name(), button(t, b, "Done").(*widget.Button).Icon.Name(), "there is no code any more")
	test.Tap(button(t, b, "Done"))
	require.False(t, sees(b, "The first sync is done."), "the success cannot be put away")
}

func TestASessionThatIsLinkedAgainHasNoFirstSync(t *testing.T) {
	f := newFake(bakery(model.StateWaitingQR))
	f.change(1, func(s *model.Session) { s.Connections, s.LastSyncAt = 1, 1 })
	f.setQR(1, model.QR{Text: qrText})
	b, _ := page(t, f)
	b.WaitFor(func() bool { return sees(b, "Scan this code with the phone") })
	f.change(1, func(s *model.Session) {
		s.State, s.ConnectedSince, s.Connections = model.StateConnected, model.StampOf(b.Clock.Now()), 2
	})
	changed(b, "The sync begins in a moment.")
	f.change(1, func(s *model.Session) { s.LastSyncAt = model.StampOf(b.Clock.Now()) })
	changed(b, "The sync is done.")
}

func TestCountdownStopsOffTheScreen(t *testing.T) {
	f := newFake(bakery(model.StateWaitingQR))
	f.setQR(1, model.QR{Text: qrText, Renews: model.StampOf(viewtest.Start().Add(50 * time.Second))})
	b, s := page(t, f)
	require.True(t, sees(b, "The code changes in 50 s."))
	s.Deactivate()
	b.Clock.Advance(10 * time.Second)
	b.Settle()
	require.True(t, sees(b, "The code changes in 50 s."), "it goes on ticking on a page that is not shown")
	s.Activate()
	b.WaitFor(func() bool { return sees(b, "The code changes in 40 s.") })
}

func TestUsedCodeIsNotShown(t *testing.T) {
	// An older gateway goes on naming the code that was scanned.
	f := newFake(bakery(model.StateConnected))
	f.setQR(1, model.QR{Text: qrText})
	b, _ := page(t, f)
	require.False(t, sees(b, "Scan this code with the phone"))
}

func TestLogOutAsksFirst(t *testing.T) {
	f := newFake(bakery(model.StateConnected))
	b, _ := page(t, f)
	test.Tap(button(t, b, "Log out"))
	require.True(t, sees(b, "Log out La Espiga?"))
	require.True(t, sees(b, "WhatsApp removes this linked device. To use La Espiga again, the phone must be paired again with a new code. What Buzón has stored stays here."))
	b.Settle()
	require.Zero(t, f.count("logout"), "logged out before it was confirmed")
	test.Tap(button(t, b, "Log out La Espiga"))
	b.Settle()
	require.Equal(t, 1, f.count("logout"))
	require.False(t, button(t, b, "Check status").Disabled())
}

func TestLogOutCanBeLeft(t *testing.T) {
	f := newFake(bakery(model.StateConnected))
	b, _ := page(t, f)
	test.Tap(button(t, b, "Log out"))
	test.Tap(button(t, b, "Cancel"))
	b.Settle()
	require.Zero(t, f.count("logout"))
	require.False(t, sees(b, "Log out La Espiga?"))
}

func TestFailureSaysWhatWasTriedAndWhy(t *testing.T) {
	f := newFake(bakery(model.StateStopped))
	f.errs["connect"] = viewtest.Fail(model.ProblemStartFailed, "Failed to launch the browser process")
	b, _ := page(t, f)
	test.Tap(button(t, b, "Connect"))
	b.WaitFor(func() bool { return sees(b, "Could not connect the session") })
	why, _ := b.ProblemText(model.Problem{Kind: model.ProblemStartFailed})
	require.True(t, sees(b, why), "the reason %q is not said", why)
	require.Len(t, b.Logged, 1)
}

func TestEveryButtonCallsItsService(t *testing.T) {
	for label, call := range map[string]string{
		"Check status": "check", "Disconnect": "disconnect", "Reconnect": "reconnect",
		"Sync all data": "sync all", "Sync contacts": "sync contacts", "Sync conversations": "sync conversations",
	} {
		t.Run(label, func(t *testing.T) {
			f := newFake(bakery(model.StateConnected))
			b, _ := page(t, f)
			test.Tap(button(t, b, label))
			b.WaitFor(func() bool { return f.count(call) == 1 })
		})
	}
}

func TestPairingCode(t *testing.T) {
	open := func(t *testing.T, f *fake) (*viewtest.Bench, *ui.Entry) {
		f.setQR(1, model.QR{Text: qrText, Renews: model.StampOf(viewtest.Start().Add(20 * time.Second))})
		b, _ := page(t, f)
		test.Tap(button(t, b, "Link with the phone number instead"))
		fields := viewtest.OnScreen[*ui.Entry](b.Window)
		require.NotEmpty(t, fields, "no field for the number")
		return b, fields[0]
	}
	t.Run("shown in two halves", func(t *testing.T) {
		f := newFake(bakery(model.StateWaitingQR))
		f.code = "ABCD1234"
		b, field := open(t, f)
		test.Type(field, "+34 600 11 12 22")
		test.Tap(button(t, b, "Get a code"))
		b.WaitFor(func() bool { return sees(b, "ABCD-1234") })
		require.Equal(t, 1, f.count("code +34 600 11 12 22"))
		test.Tap(button(t, b, "Copy"))
		require.Equal(t, []string{"ABCD-1234"}, b.Copied)
	})
	t.Run("a number that is too short is not sent", func(t *testing.T) {
		f := newFake(bakery(model.StateWaitingQR))
		b, field := open(t, f)
		test.Type(field, "600")
		test.Tap(button(t, b, "Get a code"))
		require.True(t, sees(b, "Write the whole number with its country code, such as +34 600 11 12 22."))
		require.Zero(t, f.count("code 600"))
	})
	t.Run("a gateway that cannot says so", func(t *testing.T) {
		f := newFake(bakery(model.StateWaitingQR))
		f.errs["code"] = viewtest.Fail(model.ProblemUnsupported, "404")
		b, field := open(t, f)
		why, do := b.ProblemText(model.Problem{Kind: model.ProblemUnsupported})
		test.Type(field, "+34 600 11 12 22")
		test.Tap(button(t, b, "Get a code"))
		b.WaitFor(func() bool { return sees(b, why+" "+do) })
		require.False(t, button(t, b, "Get a code").Disabled())
	})
}

func TestAddValidatesTheName(t *testing.T) {
	f := newFake(bakery(model.StateStopped))
	b, _ := page(t, f)
	test.Tap(button(t, b, "Add a session"))
	var name *ui.Entry
	for _, e := range viewtest.OnScreen[*ui.Entry](b.Window) {
		if e.PlaceHolder == "shop" {
			name = e
		}
	}
	require.NotNil(t, name)
	for text, problem := range map[string]string{
		"mi tienda": "Only letters without accents, digits, - and _ can be used.",
		"obrador":   "There is a session of that name already.",
		"":          "Write a name for the session.",
	} {
		name.SetText(text)
		test.Tap(button(t, b, "Add"))
		require.True(t, sees(b, problem), "%q: %s", text, problem)
	}
	b.Settle()
	require.Zero(t, f.count("add"))
	name.SetText("tienda_2")
	test.Tap(button(t, b, "Add"))
	b.WaitFor(func() bool { return sees(b, "tienda_2") && find(b, "Add") == nil })
}

func TestEmptyAndFailingLists(t *testing.T) {
	t.Run("empty says what to do", func(t *testing.T) {
		b, _ := page(t, newFake())
		require.True(t, sees(b, "No session yet"))
	})
	t.Run("an error can be tried again", func(t *testing.T) {
		f := newFake(bakery(model.StateStopped))
		f.errs["list"] = viewtest.Fail(model.ProblemStoreCorrupt, "malformed")
		b, _ := page(t, f)
		b.WaitFor(func() bool { return find(b, "Try again") != nil })
		f.mu.Lock()
		delete(f.errs, "list")
		f.mu.Unlock()
		test.Tap(button(t, b, "Try again"))
		b.WaitFor(func() bool { return sees(b, "La Espiga") })
	})
}

func TestHostileTextIsTamed(t *testing.T) {
	s := bakery(model.StateBroken)
	s.Title = "La\u202e Espiga\x00\n" + string(make([]rune, 0))
	s.StateDetail = "browser\ttab\nclosed\u2066"
	b, _ := page(t, newFake(s))
	require.True(t, sees(b, "La Espiga"))
	require.True(t, sees(b, "The gateway holds this session, but it does not work any more. Press Restart; the phone stays linked.\nThe gateway says: browser tab closed"))
}

func TestTheWheelGoesOnOverTheFieldForTheNumber(t *testing.T) {
	f := newFake(bakery(model.StateWaitingQR))
	f.setQR(1, model.QR{Text: qrText, Renews: model.StampOf(viewtest.Start().Add(20 * time.Second))})
	b, s := page(t, f)
	test.Tap(button(t, b, "Link with the phone number instead"))
	b.Window.Resize(fyne.NewSize(1000, 300))
	viewtest.TheWheelGoesOn(t, b.Window, viewtest.All[*container.Scroll](s.Content())[0])

	outer := container.NewVScroll(container.NewStack())
	p := session.NewPairing(b.Context, f, f, bakery(model.StateWaitingQR), session.Options{Page: outer})
	outer.Content = p.Content()
	b.Window.SetContent(outer)
	p.Activate()
	t.Cleanup(p.Deactivate)
	test.Tap(button(t, b, "Link with the phone number instead"))
	b.Window.Resize(fyne.NewSize(1000, 200))
	viewtest.TheWheelGoesOn(t, b.Window, outer)
}

func TestPairingConnectsOnceByItself(t *testing.T) {
	f := newFake(bakery(model.StateStopped))
	b := viewtest.NewTestContext(t)
	p := session.NewPairing(b.Context, f, f, bakery(model.StateStopped), session.Options{})
	b.Window.SetContent(p.Content())
	p.Activate()
	t.Cleanup(p.Deactivate)
	b.WaitFor(func() bool { return f.count("connect") == 1 })
	b.WaitFor(func() bool { return find(b, "Connect") != nil })
	changed(b, "The gateway is not running this session. Press Connect to start it; if the phone is still linked, no code is needed.")
	require.Equal(t, 1, f.count("connect"), "a session that does not start must not be started for ever")
	f.change(1, func(s *model.Session) { s.State = model.StateBroken })
	changed(b, "The gateway holds this session, but it does not work any more. Press Restart; the phone stays linked.")
	test.Tap(button(t, b, "Restart"))
	b.WaitFor(func() bool { return f.count("reconnect") == 1 })
}

// TestButtonsBeginWhereTheirTextDoes holds that the ground of a button of the pairing
// stands under the first letter of what is said above it.
func TestButtonsBeginWhereTheirTextDoes(t *testing.T) {
	scanning := func(f *fake) { f.setQR(1, model.QR{Text: qrText}) }
	for _, c := range []struct {
		text, button string
		state        model.SessionState
		change       func(*fake)
	}{
		{"The code is not being renewed any more, because nobody scanned it for a while.", "Show QR", model.StateWaitingQR, func(*fake) {}},
		{"Scan this code with the phone", "Link with the phone number instead", model.StateWaitingQR, scanning},
	} {
		t.Run(c.button, func(t *testing.T) {
			f := newFake(bakery(c.state))
			c.change(f)
			b, _ := page(t, f)
			at := func(o fyne.CanvasObject) float32 {
				return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).X
			}
			for _, l := range viewtest.OnScreen[*widget.Label](b.Window) {
				if l.Text == c.text {
					require.InDelta(t, at(l)+theme.InnerPadding(), at(button(t, b, c.button)), 0.5)
					return
				}
			}
			require.Fail(t, "the text is not on the screen")
		})
	}
}
