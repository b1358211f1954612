package views_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

// scene is a state of the whole window that a person looks at.
type scene struct {
	name  string
	demo  bool
	world func(*world)       // before the window is built
	show  func(*window)      // what is pressed
	ready func(*window) bool // when it is complete; nil: when the status strip is
}

func scenes() []scene {
	to := func(a views.Area) func(*window) { return func(w *window) { w.main.Show(a) } }
	return []scene{
		{name: "start-gateway", world: func(w *world) { w.settings.BaseURL = ""; w.sessions = nil }},
		{name: "start-name", world: func(w *world) { w.sessions = nil }, show: func(w *window) { w.menu(0, 0) }},
		{name: "start-phone", world: waiting, show: func(w *window) { w.menu(0, 0) }, ready: seesSome("session.qr.title")},
		{name: "start-linked", world: waiting, show: func(w *window) {
			w.menu(0, 0)
			w.WaitFor(seesSome("session.qr.title").of(w))
			w.fake.change(func() { w.fake.sessions[0].State = model.StateConnected })
			w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
		}, ready: func(w *window) bool {
			return w.sees(w.T("start.phone.linked_title")) && !w.sees(w.T("session.qr.title"))
		}},
		{name: "session-starting", world: func(w *world) { w.sessions[0].State = model.StateConnecting }, show: func(w *window) {
			w.main.Show(views.AreaSessions)
			w.WaitFor(func() bool { return w.sees(w.T("session.button.qr")) })
			w.tap(w.T("session.button.qr"))
		}, ready: seesSome("session.starting.title")},
		{name: "session-qr", demo: true, world: func(w *world) {
			waiting(w)
			w.waiting, w.scansAt = true, viewtest.Start().Add(18*time.Second)
		}, show: to(views.AreaSessions), ready: seesSome("session.qr.title")},
		{name: "session-code", world: waiting, show: func(w *window) {
			w.main.Show(views.AreaSessions)
			w.WaitFor(func() bool { return w.sees(w.T("session.code.instead")) })
			w.tap(w.T("session.code.instead"))
		}, ready: seesSome("session.code.title")},
		{name: "session-paired", demo: true, world: waiting, show: func(w *window) {
			w.main.Show(views.AreaSessions)
			w.WaitFor(seesSome("session.qr.title").of(w))
			w.fake.change(func() {
				s := &w.fake.sessions[0]
				s.State, s.ConnectedSince, s.LastSyncAt = model.StateConnected, model.StampOf(viewtest.Start()), 0
				w.fake.progress = model.Progress{Session: 1, Running: true, Phase: model.PhaseConversations, Done: 61, Total: 96}
			})
			w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1)), Progress: map[model.SessionID]model.Progress{1: w.fake.progress}})
		}, ready: seesSome("session.done.syncing")},
		{name: "sessions", world: func(w *world) {
			w.sessions = append(w.sessions, model.Session{ID: 2, Name: "tienda", State: model.StateBroken, StateDetail: "browser tab closed", LastSeenAt: at(5 * time.Hour), LastSyncAt: at(5 * time.Hour), Phone: "34600333444"})
		}, show: to(views.AreaSessions), ready: seesSome("session.about.broken")},
		{name: "sessions-unsent", world: func(w *world) { w.unsent = 3 }, show: to(views.AreaSessions), ready: seesSome("session.stat.unfinished")},
		{name: "sessions-stopped", world: func(w *world) {
			w.sessions[0].State, w.sessions[0].ConnectedSince = model.StateStopped, 0
			w.sessions = append(w.sessions, model.Session{ID: 2, Name: "tienda", State: model.StateConnecting})
		}, show: to(views.AreaSessions), ready: seesSome("session.about.stopped")},
		{name: "sessions-empty", world: func(w *world) { w.sessions = nil }, show: to(views.AreaSessions), ready: seesSome("session.empty.text")},
		{name: "session-logout", show: func(w *window) {
			w.main.Show(views.AreaSessions)
			w.WaitFor(func() bool { return w.sees(w.T("session.button.logout")) })
			w.tap(w.T("session.button.logout"))
		}, ready: func(w *window) bool { return w.sees("214") }},
		{name: "session-add", show: func(w *window) {
			w.main.Show(views.AreaSessions)
			w.WaitFor(func() bool { return w.sees(w.T("session.add.open")) })
			w.tap(w.T("session.add.open"))
		}, ready: seesSome("session.add.heading")},
		{name: "conversations", ready: func(w *window) bool { return w.sees("Hotel Miramar") }},
		{name: "conversation", demo: true, show: func(w *window) { w.main.OpenConversation(1) }, ready: func(w *window) bool {
			return w.sees("Sliced") && w.sees("Repartos") // words are drawn one by one
		}},
		{name: "contacts", show: to(views.AreaContacts), ready: func(w *window) bool { return w.sees("Luis Ortega") }},
		{name: "outbox", world: func(w *world) {
			w.outbox = []model.OutboxRow{outgoing(1, model.OutboxFailed), outgoing(2, model.OutboxQueued)}
		}, show: to(views.AreaOutbox), ready: func(w *window) bool { return w.sees(w.T("outgoing.state.queued")) }},
		{name: "activity", show: to(views.AreaActivity), ready: func(w *window) bool { return w.sees("11:33") }},
		{name: "settings", show: to(views.AreaSettings)},
		{name: "doctor", show: to(views.AreaDoctor), ready: seesSome("doctor.cure.no_socket")},
		{name: "sessions-trouble", world: func(w *world) {
			w.sessions[0].State, w.sessions[0].StateDetail = model.StateBroken, "browser tab closed"
			w.conditions = []model.Condition{{Kind: model.ConditionZombie, Detail: "browser tab closed"}, {Kind: model.ConditionAckStuck, Count: 2}}
		}, show: to(views.AreaSessions), ready: seesSome("condition.zombie.advice")},
		{name: "sessions-away", world: func(w *world) {
			w.sessions[0].State, w.conditions = model.StateConnecting, []model.Condition{{Kind: model.ConditionPhoneAway, Detail: "TIMEOUT"}}
		}, show: to(views.AreaSessions), ready: seesSome("condition.phone_away.advice")},
		{name: "sessions-key", world: func(w *world) {
			w.sessions[0].State, w.sessions[0].StateDetail = model.StateUnknown, string(model.ProblemUnauthorized)
		}, show: to(views.AreaSessions), ready: func(w *window) bool {
			why, do := w.ProblemText(model.Problem{Kind: model.ProblemUnauthorized})
			return w.sees(why + " " + do)
		}},
		{name: "sessions-unlinked", world: func(w *world) {
			waiting(w)
			w.sessions[0].LastSyncAt, w.conditions = at(2*time.Hour), []model.Condition{{Kind: model.ConditionLoggedOut}}
		}, show: to(views.AreaSessions), ready: seesSome("session.qr.title")},
		{name: "sessions-offline", show: func(w *window) {
			w.main.Show(views.AreaSessions)
			w.hear(event.GatewayState{Kind: string(model.ProblemUnreachable)})
		}, ready: func(w *window) bool {
			why, do := w.ProblemText(model.Problem{Kind: model.ProblemUnreachable})
			return w.sees(why + " " + do)
		}},
		{name: "sessions-unlinked-said", demo: true, world: func(w *world) { // the code has the least room
			waiting(w)
			s := &w.sessions[0]
			s.LastSyncAt, s.LastSeenAt, s.PushName, s.Phone = at(2*time.Hour), at(time.Hour), "La Espiga", "34600111222"
			w.conditions = []model.Condition{{Kind: model.ConditionLoggedOut, Detail: strings.Repeat("Max qrcode retries reached ", 5)}}
		}, show: to(views.AreaSessions), ready: seesSome("session.qr.title")},
		{name: "about", show: to(views.AreaAbout)},
		{name: "offline", show: func(w *window) {
			w.hear(event.GatewayState{Kind: string(model.ProblemUnreachable)})
		}, ready: func(w *window) bool {
			return w.sees(w.T("main.status.unreachable")) && w.sees("Hotel Miramar") // what is stored stays
		}},
	}
}

// waiting lets the only session wait for the phone.
func waiting(w *world) {
	s := &w.sessions[0]
	s.State, s.Phone, s.PushName, s.LastSyncAt, s.ConnectedSince, s.LastSeenAt = model.StateWaitingQR, "", "", 0, 0, 0
	w.qr = model.QR{Text: qrText, FoundAt: at(2 * time.Second), Renews: model.StampOf(viewtest.Start().Add(18 * time.Second))}
}

type condition func(*window) bool

func (c condition) of(w *window) func() bool { return func() bool { return c(w) } }

// seesSome is met when the sentence of a key, without its values, is on the screen.
func seesSome(key string) condition {
	return func(w *window) bool { return w.sees(w.T(key)) }
}

// menu chooses an item of the main menu.
func (w *window) menu(menu, item int) { w.Window.MainMenu().Items[menu].Items[item].Action() }

var untranslated = regexp.MustCompile(`^[a-z]+(\.[a-z_0-9]+)+$`)

// TestScreenshots builds the whole window in every scene, theme, language and
// size and draws it; BUZON_SCREENSHOTS names a folder for the pictures.
func TestScreenshots(t *testing.T) {
	for _, sc := range scenes() {
		viewtest.SomePictures(t, sc.name, func(t *testing.T, p viewtest.Picture) { capture(t, sc, p) })
	}
}

func capture(t *testing.T, sc scene, p viewtest.Picture) {
	fake := newWorld()
	fake.settings.Theme, fake.settings.Language = p.Variant, p.Lang
	if sc.world != nil {
		sc.world(fake)
	}
	var demo views.Demo
	if sc.demo {
		demo = fake
	}
	w := open(t, fake, demo, p.Options()...)
	if sc.show != nil {
		sc.show(w)
	}
	w.Settle()
	require.True(t, w.stripRead())
	require.True(t, w.qrDrawn())
	if sc.ready != nil {
		require.True(t, sc.ready(w))
	}
	p.Capture(t, w.Window)
	for _, text := range w.texts() {
		require.NotContains(t, text, "\ufffd")
		require.NotRegexp(t, untranslated, text, "a key instead of its sentence")
	}
}

// qrDrawn tells whether no QR on the screen is still being computed.
func (w *window) qrDrawn() bool {
	for _, q := range viewtest.OnScreen[*widgets.QRImage](w.Window) {
		if q.Text() != "" && !q.Ready() {
			return false
		}
	}
	return true
}

// stripRead tells whether the status strip says how the session is.
func (w *window) stripRead() bool {
	known := len(w.fake.sessions) == 0 || w.fake.sessions[0].State != model.StateUnknown
	return !known || !w.sees(w.T("session.state.unknown"))
}
