package views

import (
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// Area is one of the screens that the rail leads to.
type Area string

// The areas.
const (
	AreaConversations Area = "conversations"
	AreaContacts      Area = "contacts"
	AreaOutbox        Area = "outbox"
	AreaSessions      Area = "sessions"
	AreaActivity      Area = "activity"
	AreaSettings      Area = "settings"
	AreaDoctor        Area = "doctor"
	AreaAbout         Area = "about"
)

// Areas returns the areas in the order of the rail and of Ctrl+1, Ctrl+2…
func Areas() []Area {
	return []Area{AreaConversations, AreaContacts, AreaOutbox, AreaSessions, AreaActivity, AreaSettings, AreaDoctor, AreaAbout}
}

func areaIcon(a Area) apptheme.IconName {
	switch a {
	case AreaConversations:
		return apptheme.IconChat
	case AreaContacts:
		return apptheme.IconContacts
	case AreaOutbox:
		return apptheme.IconOutbox
	case AreaSessions:
		return apptheme.IconSession
	case AreaActivity:
		return apptheme.IconActivity
	case AreaDoctor:
		return apptheme.IconDoctor
	case AreaSettings:
		return apptheme.IconSettings
	}
	return apptheme.IconAbout
}

// areaName returns the short word of the rail and the menu.
func areaName(ctx *ui.Context, a Area) string {
	return ctx.T("main.area." + string(a)) //translations: main.area.*
}
