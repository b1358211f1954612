package views

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/start"
	"github.com/xappiens/buzon/views/ui"
)

// unreadLimit is how many unread conversations are counted: the badge says
// "99+" above that.
const unreadLimit = 100

// Main is the content of the window.
type Main struct {
	ctx *ui.Context
	svc Services

	root   *fyne.Container
	place  *fyne.Container
	rail   *rail
	status *status
	banner *demoBanner // nil outside of the demo

	screens map[Area]ui.Screen
	start   *start.Screen
	area    Area
	shown   ui.Screen // what is active; nil before Activate

	probes     *ui.Probes
	stopProbes func()

	active    bool
	stop      func()
	language  string
	theme     string
	unreadGen int
	outboxGen int

	front     bool // the window has the focus
	attention attention
	presence  *presence

	needs      int // what needed the owner when it was counted last
	needsKnown bool
}

// NewMain returns the content of the window. It reads nothing but the settings
// before Activate.
func NewMain(ctx *ui.Context, svc Services) *Main {
	m := &Main{ctx: ctx, svc: svc, root: container.NewStack(), area: AreaConversations}
	s := svc.Settings.Get()
	m.language, m.theme = s.Language, s.Theme
	m.presence = newPresence(m)
	m.probes = ui.NewProbes(ctx.Window, fyne.CurrentApp().Driver().CanvasForObject)
	m.build()
	return m
}

// build makes everything anew in the present language and theme. Screens are
// built when they are first shown.
func (m *Main) build() {
	m.screens = map[Area]ui.Screen{}
	m.start = nil
	m.place = container.NewStack()
	m.rail = newRail(m.ctx, m.Show)
	m.status = newStatus(m.ctx, m.svc, m.showStart)
	m.status.loaded = m.presence.tellSessions
	top := container.NewStack()
	if m.svc.Demo != nil {
		m.banner = newDemoBanner(m.ctx, m.svc.Demo)
		top.Add(m.banner.content)
	}
	body := container.NewBorder(top, m.status.content, m.rail.content, nil, m.place)
	m.root.Objects = []fyne.CanvasObject{body, m.ctx.Toasts.Overlay(), m.probes.Object}
	m.root.Refresh()
}

// Content returns what the window shows.
func (m *Main) Content() fyne.CanvasObject { return m.root }

// Activate sets the theme, the menu and the keys of the window, takes the hooks
// of the application for coming to and leaving the front, follows the events
// and shows the first screen. It is called once the application runs: a theme
// that is set before stops Fyne from following the system's.
func (m *Main) Activate() {
	if m.active {
		return
	}
	m.active = true
	fyne.CurrentApp().Settings().SetTheme(apptheme.New(m.theme))
	m.ctx.Window.SetMainMenu(m.newMenu())
	fyne.CurrentApp().Lifecycle().SetOnExitedForeground(func() { m.focused(false) })
	fyne.CurrentApp().Lifecycle().SetOnEnteredForeground(func() { m.focused(true) })
	m.ctx.Window.Canvas().SetOnTypedKey(m.typedKey)
	m.ctx.Window.SetOnDropped(m.dropped)
	m.stop = m.ctx.On(m.handle)
	m.stopProbes = m.probes.Start(m.ctx)
	m.presence.start()
	m.open()
}

// focused is called when the window comes to the front or leaves it.
func (m *Main) focused(front bool) {
	m.resetMenu()
	if m.active {
		m.setFront(front)
	}
}

// open shows what belongs on the screen after the content was built.
func (m *Main) open() {
	m.status.start()
	m.loadUnread()
	m.loadOutbox()
	if m.svc.Settings.Get().BaseURL == "" {
		m.showStart()
		return
	}
	m.Show(m.area)
}

// Close deactivates everything; the ui.Context is closed by its owner.
func (m *Main) Close() {
	if !m.active {
		return
	}
	m.active = false
	m.stop()
	m.stopProbes()
	m.presence.close()
	m.closeParts()
}

func (m *Main) closeParts() {
	m.status.close()
	if m.banner != nil {
		m.banner.close()
	}
	if m.shown != nil {
		m.shown.Deactivate()
		m.shown = nil
	}
}

// Area returns the area that is shown, or was last shown under the first steps.
func (m *Main) Area() Area { return m.area }

// Show leads to an area.
func (m *Main) Show(a Area) {
	s, ok := m.screens[a]
	if !ok {
		s = m.newScreen(a)
		m.screens[a] = s
	}
	m.area = a
	m.rail.set(a)
	m.put(s)
}

// showStart leads to the first steps.
func (m *Main) showStart() {
	if m.start == nil {
		m.start = start.New(m.ctx, m.svc.Settings, m.svc.Sessions, start.Options{
			Pairing: func(row model.Session, page fyne.Scrollable) ui.Screen {
				return session.NewPairing(m.ctx, m.svc.Sessions, m.svc.Sync, row, session.Options{Page: page, Gateway: m.svc.gateway})
			},
			OnLeave: func() { m.Show(AreaConversations) },
		})
	}
	m.rail.set("")
	m.put(m.start)
}

// put makes a screen the one that is shown.
func (m *Main) put(s ui.Screen) {
	if m.shown == s {
		return
	}
	if m.shown != nil {
		m.shown.Deactivate()
	}
	m.shown = s
	m.place.Objects = []fyne.CanvasObject{s.Content()}
	m.place.Refresh()
	m.status.setStarting(m.start != nil && s == ui.Screen(m.start))
	s.Activate()
	m.look()
}

// FocusSearch opens the search over everything with the keyboard in its field.
func (m *Main) FocusSearch() {
	m.Show(AreaConversations)
	if s, ok := m.shown.(interface{ FocusSearch() }); ok {
		s.FocusSearch()
	}
}

// NewConversation asks with whom a conversation is begun.
func (m *Main) NewConversation() {
	m.Show(AreaConversations)
	if s, ok := m.shown.(interface{ NewConversation() }); ok {
		s.NewConversation()
	}
}

// Find opens the search in the conversation that is shown.
func (m *Main) Find() {
	if s, ok := m.shown.(interface{ Find() }); ok {
		s.Find()
	}
}

// FindStep goes to the next older match of that search, or to the next newer one.
func (m *Main) FindStep(newer bool) {
	if s, ok := m.shown.(interface{ FindStep(newer bool) }); ok {
		s.FindStep(newer)
	}
}

// OpenConversation shows a conversation.
func (m *Main) OpenConversation(id model.ConversationID) {
	m.Show(AreaConversations)
	if s, ok := m.shown.(interface{ Open(model.ConversationID) }); ok {
		s.Open(id)
	}
}

// dropped hands files that were dropped on the window to the screen that takes
// them, or says what does. A window has one place only that hears of them.
func (m *Main) dropped(_ fyne.Position, dropped []fyne.URI) {
	var paths []string
	for _, u := range dropped {
		if u.Scheme() == "file" { // the driver makes a file of a link too; the tray says that there is none
			paths = append(paths, u.Path())
		}
	}
	m.guarded(func() {
		s, ok := m.shown.(interface{ Attach(paths []string) bool })
		switch {
		case !ok:
			m.ctx.Toast(m.ctx.T("compose.attach.nowhere"))
		case s.Attach(paths):
			m.ctx.Window.RequestFocus() // what is typed next is the caption
		}
	})()
}

// handle takes what has happened.
func (m *Main) handle(b event.Batch) {
	if b.Settings {
		m.applySettings()
	}
	if b.SettingsError != "" {
		why, _ := m.ctx.ProblemText(model.Problem{Kind: problemKind(b.SettingsError)})
		m.ctx.Toast(why)
	}
	m.status.handle(b)
	if m.banner != nil && len(b.Sessions) > 0 {
		m.banner.apply()
	}
	if len(b.Conversations)+len(b.Incoming)+len(b.Sessions) > 0 {
		m.loadUnread()
	}
	if len(b.Outbox)+len(b.Sessions) > 0 || b.Settings {
		m.loadOutbox()
	}
}

// applySettings builds the content anew when the language or the theme changed.
func (m *Main) applySettings() {
	s := m.svc.Settings.Get()
	if s.Language == m.language && s.Theme == m.theme {
		m.presence.update() // a pause of notifications may have begun or ended
		return
	}
	if s.Language != m.language {
		lang := s.Language
		if lang == "" {
			lang = translations.FromEnvironment()
		}
		text, err := translations.New(lang)
		if err != nil {
			m.ctx.ShowError("action.load_settings", err)
			return
		}
		m.ctx.Text = text
	}
	m.language, m.theme = s.Language, s.Theme
	fyne.CurrentApp().Settings().SetTheme(apptheme.New(m.theme))
	m.rebuild()
	m.presence.update()
}

// rebuild replaces everything and shows again what was shown.
func (m *Main) rebuild() {
	starting := m.status.starting
	m.closeParts()
	m.build()
	m.ctx.Window.SetMainMenu(m.newMenu())
	m.status.start()
	m.loadUnread()
	m.loadOutbox()
	if starting {
		m.showStart()
		return
	}
	m.Show(m.area)
}

// loadUnread counts the conversations with something unread for the badge. A
// failure leaves the badge as it is: the list says what is wrong.
func (m *Main) loadUnread() {
	m.unreadGen++
	gen := m.unreadGen
	m.ctx.Load(context.Background(), func(ctx context.Context) func() {
		rows, err := m.svc.Conversations.List(ctx, model.ConversationQuery{Filter: model.FilterUnread, Limit: unreadLimit})
		if err != nil {
			return nil
		}
		return func() {
			if gen == m.unreadGen {
				m.rail.setUnread(len(rows))
				m.presence.setUnread(len(rows))
			}
		}
	})
}

// sayNeeds says that something more needs the owner than a moment ago: what was
// asked for may be refused long after, and on no page but the outbox is it seen.
func (m *Main) sayNeeds(count int) {
	if m.needsKnown && count > m.needs && m.area != AreaOutbox {
		m.ctx.Toast(m.ctx.T("main.outbox.needs_you"))
	}
	m.needs, m.needsKnown = count, true
}

// loadOutbox counts what goes out for the badge and the status strip. A failure
// leaves both as they are: the screen says what is wrong.
func (m *Main) loadOutbox() {
	m.outboxGen++
	gen := m.outboxGen
	m.ctx.Load(context.Background(), func(ctx context.Context) func() {
		counts, err := m.svc.Outbox.Counts(ctx)
		if err != nil {
			return nil
		}
		return func() {
			if gen == m.outboxGen {
				m.sayNeeds(counts.NeedsOwner)
				m.rail.setNeedsOwner(counts.NeedsOwner)
				m.status.setWaiting(counts.Queued)
			}
		}
	})
}
