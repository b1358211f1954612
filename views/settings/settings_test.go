package settings_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func TestFormShowsTheSettingsInForce(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.key.keyring")) })
	require.Equal(t, "http://192.168.1.20:3000", entry(s, address).Text)
	require.Equal(t, "30", entry(s, timeout).Text)
	require.Equal(t, "1000", entry(s, limitContacts).Text)
	require.Empty(t, entry(s, key).Text, "the key is never shown")
	require.True(t, entry(s, key).Password)
	require.False(t, s.Unsaved())
	require.True(t, button(t, s.Content(), b.T("settings.save")).Disabled())
	for _, path := range []string{"/home/ana/.local/share/buzon", "settings.json", "buzon.log", "api-key"} {
		require.True(t, says(s.Content(), path), path)
	}
}

func TestSaveKeepsWhatTheFormDoesNotShow(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	entry(s, timeout).SetText(" 45 ")
	require.True(t, s.Unsaved())
	require.True(t, says(s.Content(), b.T("settings.unsaved")))
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 1 && !s.Unsaved() })
	want := newFake().now
	want.TimeoutSeconds = 45
	require.Equal(t, want, f.saves[0])
	require.Nil(t, f.keys[0], "the key stays as it is")
	require.True(t, button(t, s.Content(), b.T("settings.save")).Disabled())
}

func TestSendingIsSet(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	require.Equal(t, "20", entry(s, perMinute).Text)
	require.Equal(t, "24", entry(s, askHours).Text)
	entry(s, perMinute).SetText("5")
	entry(s, perHour).SetText("50")
	entry(s, perDay).SetText("500")
	entry(s, askHours).SetText("12")
	entry(s, largestFile).SetText("100")
	for _, box := range viewtest.All[*widget.Check](s.Content()) {
		if box.Text == b.T("settings.send.typing") {
			test.Tap(box)
		}
	}
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.Settle()
	require.Zero(t, f.saved(), "more than is ever sent")
	require.True(t, says(s.Content(), b.T("settings.problem.range", map[string]any{"Min": "0", "Max": "64"})))
	entry(s, largestFile).SetText("16")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 1 })
	want := newFake().now
	want.SendPerMinute, want.SendPerHour, want.SendPerDay, want.OutboxAskHours, want.MaxSendMB, want.SendTyping = 5, 50, 500, 12, 16, true
	require.Equal(t, want, f.saves[0])
}

func TestProblemsAreShownUnderTheirFields(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	entry(s, address).SetText("192.168.1.20:3000")
	entry(s, retries).SetText("eleven")
	entry(s, interval).SetText("0")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.Settle()
	require.Zero(t, f.saved())
	require.True(t, says(s.Content(), b.T("settings.problem.url")))
	require.True(t, says(s.Content(), b.T("settings.problem.number")))
	require.True(t, says(s.Content(), b.T("settings.problem.range", map[string]any{"Min": "1", "Max": b.FormatNumber(1440)})))
	require.Equal(t, fyne.Focusable(entry(s, address)), b.Window.Canvas().Focused(), "the first one takes the keyboard")

	entry(s, address).SetText("http://192.168.1.20:3000")
	entry(s, retries).SetText("3")
	entry(s, interval).SetText("10")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 1 })
	require.False(t, says(s.Content(), b.T("settings.problem.url")))
}

func TestRefusalOfTheProgramIsShownUnderItsField(t *testing.T) {
	f := newFake()
	f.err = fmt.Errorf("save: %w", &model.SettingsError{Fields: []model.FieldError{{Field: "limit_contacts", Code: "range", Min: 0, Max: 9}}})
	b, s := open(t, f, places())
	entry(s, limitContacts).SetText("10")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool {
		return says(s.Content(), b.T("settings.problem.range", map[string]any{"Min": "0", "Max": "9"}))
	})
	require.True(t, s.Unsaved(), "what was typed stays")
	require.Empty(t, b.Logged)
}

func TestFailedSaveExplainsAndKeepsTheForm(t *testing.T) {
	f := newFake()
	f.err = viewtest.Fail(model.ProblemSettingsWrite, "read-only file system")
	b, s := open(t, f, places())
	entry(s, timeout).SetText("45")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return len(b.Logged) == 1 })
	require.Equal(t, "45", entry(s, timeout).Text)
	require.False(t, button(t, s.Content(), b.T("settings.save")).Disabled())
}

func TestRevertBringsTheSettingsBack(t *testing.T) {
	b, s := open(t, newFake(), places())
	entry(s, timeout).SetText("x")
	entry(s, key).SetText("secret")
	test.Tap(button(t, s.Content(), b.T("settings.revert")))
	require.Equal(t, "30", entry(s, timeout).Text)
	require.Empty(t, entry(s, key).Text)
	require.False(t, s.Unsaved())
}

func TestKeyIsReplacedAndRemoved(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.key.keyring")) })
	entry(s, key).SetText("new-key")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 1 && !s.Unsaved() })
	require.Equal(t, "new-key", *f.keys[0])
	require.Empty(t, entry(s, key).Text)

	test.Tap(button(t, s.Content(), b.T("settings.key.remove")))
	require.True(t, says(s.Content(), b.T("settings.key.removing")))
	f.set(func() { f.place = model.KeyPlace{Kind: model.KeyNone} })
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 2 && says(s.Content(), b.T("settings.key.none")) })
	require.Empty(t, *f.keys[1])
}

func TestKeyOfTheEnvironmentCannotBeTyped(t *testing.T) {
	f := newFake()
	f.place = model.KeyPlace{Kind: model.KeyEnvironment}
	b, s := open(t, f, places())
	b.WaitFor(func() bool { return says(s.Content(), "BUZON_API_KEY") })
	require.True(t, entry(s, key).Disabled())
}

func TestConnectionTestTellsWhatIsThere(t *testing.T) {
	outcomes := []model.ConnectionStatus{
		model.ConnectionUnreachable, model.ConnectionTLS, model.ConnectionNotGateway, model.ConnectionWrongKey, model.ConnectionGood,
	}
	f := newFake()
	for _, o := range outcomes {
		f.tests = append(f.tests, model.ConnectionReport{Status: o, Generation: "wwebjs-api", Sessions: []model.SessionName{"a", "b"}, Detail: "raw detail", DurationMS: 12})
	}
	b, s := open(t, f, places())
	entry(s, key).SetText("typed")
	for _, o := range outcomes {
		test.Tap(button(t, s.Content(), b.T("settings.test")))
		require.True(t, button(t, s.Content(), b.T("settings.test")).Disabled())
		title := b.T("settings.outcome."+string(o), map[string]any{"Generation": "wwebjs-api", "Time": b.FormatMillis(12)})
		b.WaitFor(func() bool {
			dots := viewtest.All[*widgets.StatusDot](s.Content())
			return len(dots) == 1 && dots[0].Text() == title
		})
		dot := viewtest.All[*widgets.StatusDot](s.Content())[0]
		require.Equal(t, o == model.ConnectionGood, dot.Status() == widgets.StatusGood)
		require.Equal(t, o != model.ConnectionGood, says(s.Content(), "raw detail"))
	}
	require.True(t, says(s.Content(), b.N("settings.outcome.sessions", 2)))
	require.Equal(t, "typed", *f.probes[0])
	require.Zero(t, f.saved(), "a test saves nothing")

	entry(s, address).SetText("http://192.168.1.21:3000")
	require.Empty(t, viewtest.All[*widgets.StatusDot](s.Content()), "the result was of another address")
}

func TestLateTestOfAnEarlierAddressIsDropped(t *testing.T) {
	f := newFake()
	f.hold = make(chan struct{})
	f.tests = []model.ConnectionReport{{Status: model.ConnectionGood}}
	b, s := open(t, f, places())
	test.Tap(button(t, s.Content(), b.T("settings.test")))
	entry(s, address).SetText("http://192.168.1.99:3000")
	close(f.hold)
	b.Settle()
	require.Len(t, f.tested, 1)
	require.Empty(t, viewtest.All[*widgets.StatusDot](s.Content()))
}

func TestPlainHTTPIsAskedOnce(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	entry(s, address).SetText("http://gateway.example:3000")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.Settle()
	require.Zero(t, f.saved())
	inDialog(t, b, b.T("common.cancel"))
	b.Settle()
	require.Zero(t, f.saved())

	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.Settle()
	inDialog(t, b, b.T("settings.plain.button"))
	b.WaitFor(func() bool { return f.saved() == 1 && !s.Unsaved() })
	require.Equal(t, "gateway.example:3000", f.saves[0].PlainHTTPAccepted)

	entry(s, timeout).SetText("31")
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 2 })
}

func TestTestOfPlainHTTPAsksBeforeTheKeyLeaves(t *testing.T) {
	f := newFake()
	f.tests = []model.ConnectionReport{{Status: model.ConnectionGood}}
	b, s := open(t, f, places())
	entry(s, address).SetText("http://gateway.example:3000")
	test.Tap(button(t, s.Content(), b.T("settings.test")))
	b.Settle()
	require.Empty(t, f.tested)
	inDialog(t, b, b.T("settings.plain.button"))
	b.WaitFor(func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.tested) == 1 })
}

func TestEditOfTheFileFromOutsideIsShown(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	f.set(func() { f.now.TimeoutSeconds = 60 })
	b.Bus.Publish(event.Batch{Settings: true})
	b.WaitFor(func() bool { return entry(s, timeout).Text == "60" })
	require.False(t, s.Unsaved())
}

func TestEditFromOutsideIsOfferedWhileTheFormIsChanged(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	entry(s, retries).SetText("5")
	f.set(func() { f.now.TimeoutSeconds = 60 })
	b.Bus.Publish(event.Batch{Settings: true})
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.outside.text")) })
	require.Equal(t, "5", entry(s, retries).Text)

	test.Tap(button(t, s.Content(), b.T("settings.outside.keep")))
	require.Equal(t, "5", entry(s, retries).Text, "the owner's change stays")
	require.Equal(t, "60", entry(s, timeout).Text, "what the owner did not touch is the new one")
	require.True(t, s.Unsaved())

	f.set(func() { f.now.TimeoutSeconds = 70 })
	b.Bus.Publish(event.Batch{Settings: true})
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.outside.text")) })
	test.Tap(button(t, s.Content(), b.T("settings.outside.load")))
	require.Equal(t, "70", entry(s, timeout).Text)
	require.Equal(t, "3", entry(s, retries).Text)
	require.False(t, s.Unsaved())
}

func TestRefusedEditByHandIsTold(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	b.Bus.Publish(event.Batch{SettingsError: string(model.ProblemSettingsInvalid)})
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.refused.title")) })
	b.Bus.Publish(event.Batch{Settings: true})
	b.WaitFor(func() bool { return !says(s.Content(), b.T("settings.refused.title")) })
}

func TestRefusedFileCanBeReplacedByWhatIsInForce(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places())
	b.Bus.Publish(event.Batch{SettingsError: string(model.ProblemSettingsInvalid)})
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.refused.title")) })
	test.Tap(button(t, s.Content(), b.T("settings.refused.replace")))
	b.WaitFor(func() bool { return f.saved() == 1 && !says(s.Content(), b.T("settings.refused.title")) })
	require.Equal(t, newFake().now, f.saves[0])
}

func TestRefusedEditBeforeTheScreenOpenedIsTold(t *testing.T) {
	o := places()
	o.Problem = func() error { return viewtest.Fail(model.ProblemSettingsInvalid, "line 3") }
	b, s := open(t, newFake(), o)
	require.True(t, says(s.Content(), b.T("settings.refused.title")))
}

func TestCountryIsFoundByNameAndCode(t *testing.T) {
	f := newFake()
	b, s := open(t, f, places(), viewtest.Spanish())
	test.Tap(button(t, s.Content(), "España (ES, +34)"))
	b.Settle()
	top := b.Window.Canvas().Overlays().Top()
	list := viewtest.All[*widget.List](top)[0]
	require.Greater(t, list.Length(), 200)
	search := viewtest.All[*widgets.SearchEntry](top)[0]
	search.SetText("mexico") // without its accent
	field, ok := search.Field().(interface{ TypedKey(*fyne.KeyEvent) })
	require.True(t, ok)
	field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.Settle()
	require.NotNil(t, button(t, s.Content(), "México (MX, +52)"))
	test.Tap(button(t, s.Content(), b.T("settings.save")))
	b.WaitFor(func() bool { return f.saved() == 1 })
	require.Equal(t, "MX", f.saves[0].Country)
}

// TestScreenIsDrawn draws the screen in every language and theme; with
// BUZON_SCREENSHOTS set, the pictures are kept for a person to look at.
func TestScreenIsDrawn(t *testing.T) {
	viewtest.EachPicture(t, "settings", func(t *testing.T, p viewtest.Picture) {
		f := newFake()
		f.tests = []model.ConnectionReport{{Status: model.ConnectionWrongKey, Detail: "403 Invalid API key", DurationMS: 12}}
		o := places()
		o.Problem = func() error { return viewtest.Fail(model.ProblemSettingsInvalid, "line 3") }
		b, s := open(t, f, o, p.Options()...)
		b.Window.Resize(p.Size)
		b.WaitFor(func() bool { return says(s.Content(), b.T("settings.key.keyring")) })
		test.Tap(button(t, s.Content(), b.T("settings.test")))
		b.WaitFor(func() bool { return says(s.Content(), "403 Invalid API key") })
		entry(s, timeout).SetText("0")
		test.Tap(button(t, s.Content(), b.T("settings.save")))
		b.Settle()
		p.Capture(t, b.Window)
	}, fyne.NewSize(1280, 800), fyne.NewSize(1000, 640), fyne.NewSize(1000, 2450)) // the last shows the form whole
}

func TestTheWheelGoesOnOverAField(t *testing.T) {
	b, s := open(t, newFake(), places())
	b.Window.Resize(fyne.NewSize(1000, 640))
	viewtest.TheWheelGoesOn(t, b.Window, viewtest.All[*container.Scroll](s.Content())[0])
}

func TestTheWheelMovesALongTextBeforeThePage(t *testing.T) {
	b, s := open(t, newFake(), places())
	b.Window.Resize(fyne.NewSize(1000, 640))
	page, field := viewtest.All[*container.Scroll](s.Content())[0], entry(s, 0)
	field.SetText("https://" + strings.Repeat("a-long-name.", 40) + "example.com")
	b.Window.Canvas().Focus(field)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(field).AddXY(field.Size().Width/2, field.Size().Height/2)
	test.Scroll(b.Window.Canvas(), at, 0, -50)
	require.Zero(t, page.Offset.Y)
	test.Scroll(b.Window.Canvas(), at, 0, -20_000) // to the end of the text
	test.Scroll(b.Window.Canvas(), at, 0, -50)
	require.Positive(t, page.Offset.Y)

	page.ScrollToTop()
	b.Window.Canvas().Unfocus()
	test.Scroll(b.Window.Canvas(), at, 0, -50)
	require.Positive(t, page.Offset.Y, "nobody writes there")
}
