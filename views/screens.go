package views

import (
	"github.com/xappiens/buzon/views/about"
	"github.com/xappiens/buzon/views/activity"
	"github.com/xappiens/buzon/views/contacts"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/settings"
	"github.com/xappiens/buzon/views/ui"
)

// newScreen builds the screen of an area.
func (m *Main) newScreen(a Area) ui.Screen {
	switch a {
	case AreaConversations:
		return conversations.New(m.ctx, m.svc.Conversations, conversations.Options{
			Sessions: m.svc.Sessions, Finder: m.svc.Finder, History: m.svc.History, EnterSends: func() bool { return m.svc.Settings.Get().EnterSends },
			Media: m.svc.Media, Player: m.svc.Player,
		})
	case AreaActivity:
		return activity.New(m.ctx, m.svc.Activity, activity.Options{Sessions: m.svc.Sessions})
	case AreaAbout:
		return about.New(m.ctx, about.Options{Version: m.svc.Version, DataDir: m.svc.DataDir})
	case AreaContacts:
		return contacts.New(m.ctx, m.svc.Contacts, contacts.Options{Sessions: m.svc.Sessions, OnOpenConversation: m.OpenConversation})
	case AreaSettings:
		return settings.New(m.ctx, m.svc.Settings, settings.Options{
			DataDir: m.svc.DataDir, SettingsFile: m.svc.SettingsFile, LogFile: m.svc.LogFile, KeyFile: m.svc.KeyFile,
			Problem: m.svc.SettingsProblem,
		})
	}
	return session.New(m.ctx, m.svc.Sessions, m.svc.Sync, session.Options{OnOpenConversations: func() { m.Show(AreaConversations) }})
}
