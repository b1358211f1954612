package views

import (
	"github.com/xappiens/buzon/app/notice"
	"github.com/xappiens/buzon/model"
)

// attention is what the owner looks at. It is known here only: the rest of the
// program is told through Services.Look when it changes. UI goroutine only.
type attention struct {
	front bool                 // the window has the focus
	open  model.ConversationID // zero: none is shown
}

// setFront takes note that the window came to the front, or left it.
func (m *Main) setFront(front bool) {
	m.front = front
	if front { // the toolkit's own tray shows the window without asking
		m.presence.hidden = false
	}
	m.look()
}

// look tells what the owner looks at, if that has changed.
func (m *Main) look() {
	now := attention{front: m.front && !m.presence.hidden}
	if s, ok := m.shown.(interface{ Opened() model.ConversationID }); ok && now.front {
		now.open = s.Opened()
	}
	if now == m.attention {
		return
	}
	m.attention = now
	if m.svc.Look != nil {
		m.svc.Look(now.front, now.open)
	}
}

// CloseWindow is what the button of the window does: it ends the program, or
// leaves it in the tray when the owner wants that and the tray is there.
func (m *Main) CloseWindow() {
	if m.svc.Settings.Get().CloseToTray && m.InTray() {
		m.Hide()
		return
	}
	m.quit()
}

// InTray tells whether the desktop shows the program's icon now.
func (m *Main) InTray() bool {
	return m.presence.desktop.Tray != nil && m.presence.desktop.Tray.Shown()
}

// Hide takes the window off the screen; only the tray brings it back.
func (m *Main) Hide() {
	m.presence.hidden = true
	m.ctx.Window.Hide()
	m.look()
}

// StartHidden says that the window was not shown in the first place.
func (m *Main) StartHidden() { m.presence.hidden = true }

// Raise brings the window to the front, wherever it was.
func (m *Main) Raise() {
	m.presence.hidden = false
	m.ctx.Window.Show()
	m.ctx.Window.RequestFocus()
	m.look()
}

// TrayChanged is called when the desktop began to show the icon or ceased to. A
// window that nothing could bring back any more comes back by itself.
func (m *Main) TrayChanged(shown bool) {
	if !shown && m.presence.hidden {
		m.Raise()
	}
}

// Tell shows what there is to tell of new messages.
func (m *Main) Tell(news notice.News) { m.presence.tell(news) }

// FollowNotice brings the window to what a notification was about.
func (m *Main) FollowNotice(key string) {
	if m.svc.Notices != nil {
		m.svc.Notices.Closed(notice.Key(key))
	}
	m.Raise()
	if m.ctx.ModalOpen() { // what is asked there comes first
		return
	}
	if m.presence.aboutSession(key) {
		m.Show(AreaSessions)
		return
	}
	if id, ok := notice.Key(key).Conversation(); ok {
		m.OpenConversation(id)
		return
	}
	m.Show(AreaConversations)
}
