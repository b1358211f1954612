package views

import (
	"context"
	"fmt"
	"image"
	"runtime"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/about"
	"github.com/xappiens/buzon/views/activity"
	"github.com/xappiens/buzon/views/contacts"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/doctor"
	"github.com/xappiens/buzon/views/gallery"
	"github.com/xappiens/buzon/views/outbox"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/settings"
	"github.com/xappiens/buzon/views/storage"
	"github.com/xappiens/buzon/views/ui"
)

// newScreen builds the screen of an area.
func (m *Main) newScreen(a Area) ui.Screen {
	switch a {
	case AreaConversations:
		return conversations.New(m.ctx, m.svc.Conversations, conversations.Options{
			Preview: m.preview(), OnOpened: m.look, Notify: m.svc.NotifyFrom,
			Sessions: m.svc.Sessions, Outbox: m.svc.Outbox, Actions: m.svc.Actions, Finder: m.svc.Finder, History: m.svc.History, EnterSends: func() bool { return m.svc.Settings.Get().EnterSends },
			Ledger: m.ledgers(), Media: m.files(), Attach: m.svc.Attach, Contacts: m.svc.Contacts, People: m.svc.People, Typing: m.svc.Typing, Player: m.svc.Player, OnGallery: m.gallery(),
		})
	case AreaActivity:
		return activity.New(m.ctx, m.svc.Activity, activity.Options{Sessions: m.svc.Sessions})
	case AreaDoctor:
		return doctor.New(m.ctx, m.svc.Doctor, doctor.Options{
			Version: fmt.Sprintf("Buzón %s, %s/%s, %s", m.svc.Version, runtime.GOOS, runtime.GOARCH, runtime.Version()),
		})
	case AreaAbout:
		return about.New(m.ctx, about.Options{Version: m.svc.Version, DataDir: m.svc.DataDir})
	case AreaContacts:
		return contacts.New(m.ctx, m.svc.Contacts, contacts.Options{Sessions: m.svc.Sessions, OnOpenConversation: m.OpenConversation})
	case AreaOutbox:
		return outbox.New(m.ctx, m.svc.Outbox, outbox.Options{Sessions: m.svc.Sessions, OnOpen: m.OpenConversation})
	case AreaSettings:
		return settings.New(m.ctx, m.svc.Settings, settings.Options{
			DataDir: m.svc.DataDir, SettingsFile: m.svc.SettingsFile, LogFile: m.svc.LogFile, KeyFile: m.svc.KeyFile,
			Problem: m.svc.SettingsProblem, Autostart: m.svc.Autostart, OnStorage: m.storage(), Safety: m.svc.Safety, OnRestart: m.svc.Restart,
		})
	}
	return session.New(m.ctx, m.svc.Sessions, m.svc.Sync, session.Options{
		OnOpenConversations: func() { m.Show(AreaConversations) }, OnOpenSettings: m.openGatewaySettings, Ledger: m.ledgers(), Gateway: m.svc.gateway,
	})
}

// openGatewaySettings shows the settings where the gateway's are.
func (m *Main) openGatewaySettings() {
	m.Show(AreaSettings)
	if s, ok := m.shown.(interface{ ShowGateway() }); ok {
		s.ShowGateway()
	}
}

// ledgers returns the service for the ledgers; no service is no interface.
func (m *Main) ledgers() Ledgers {
	if m.svc.Ledgers == nil {
		return nil
	}
	return m.svc.Ledgers
}

// files returns the service for files of messages; no service is no interface.
func (m *Main) files() conversations.Media {
	if m.svc.Media == nil {
		return nil
	}
	return m.svc.Media
}

// preview returns what shows pictures that go out, nil when none can.
func (m *Main) preview() func(context.Context, model.OutgoingFile, int) (image.Image, error) {
	if m.svc.Attach == nil {
		return nil
	}
	return m.svc.Attach.Preview
}

// gallery returns what shows the gallery of a conversation, nil without files.
func (m *Main) gallery() func(model.ConversationID) {
	if m.svc.Media == nil {
		return nil
	}
	return func(id model.ConversationID) {
		m.put(gallery.New(m.ctx, m.svc.Media, id, gallery.Options{
			OnBack:    func() { m.Show(AreaConversations) },
			OnMessage: m.openMessage,
		}))
	}
}

// openMessage shows a message in its conversation.
func (m *Main) openMessage(id model.ConversationID, at model.MessageID) {
	m.Show(AreaConversations)
	if s, ok := m.shown.(interface {
		OpenAt(model.ConversationID, model.MessageID)
	}); ok {
		s.OpenAt(id, at)
	}
}

// storage returns what shows the page of files, nil without files.
func (m *Main) storage() func() {
	if m.svc.Media == nil {
		return nil
	}
	return func() {
		m.put(storage.New(m.ctx, m.svc.Media, storage.Options{OnBack: func() { m.Show(AreaSettings) }}))
	}
}
