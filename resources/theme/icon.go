package theme

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/resources"
)

// IconName names one of Buzón's icons.
type IconName string

// The icons. Each follows the foreground colour of the theme.
const (
	IconAbout      IconName = "about"
	IconActivity   IconName = "activity"
	IconAdd        IconName = "add"
	IconArchive    IconName = "archive"
	IconAttach     IconName = "attach"
	IconBack       IconName = "back"
	IconBusiness   IconName = "business"
	IconChat       IconName = "chat"
	IconCheck      IconName = "check"
	IconCallIn     IconName = "call_in"
	IconCallOut    IconName = "call_out"
	IconDownload   IconName = "download"
	IconFile       IconName = "file"
	IconMic        IconName = "mic"
	IconMusic      IconName = "music"
	IconPause      IconName = "pause"
	IconPlace      IconName = "place"
	IconPlay       IconName = "play"
	IconPoll       IconName = "poll"
	IconVideo      IconName = "video"
	IconBlock      IconName = "block"
	IconBookmark   IconName = "bookmark"
	IconCalendar   IconName = "calendar"
	IconClock      IconName = "clock"
	IconClose      IconName = "close"
	IconConnect    IconName = "connect"
	IconContacts   IconName = "contacts"
	IconCopy       IconName = "copy"
	IconDisconnect IconName = "disconnect"
	IconDoctor     IconName = "doctor"
	IconDown       IconName = "down"
	IconEdit       IconName = "edit"
	IconEmpty      IconName = "empty"
	IconForward    IconName = "forward"
	IconGroup      IconName = "group"
	IconLabel      IconName = "label"
	IconLink       IconName = "link"
	IconLogout     IconName = "logout"
	IconMedia      IconName = "media"
	IconMore       IconName = "more"
	IconMute       IconName = "mute"
	IconOutbox     IconName = "outbox"
	IconPerson     IconName = "person"
	IconPhone      IconName = "phone"
	IconPin        IconName = "pin"
	IconQR         IconName = "qr"
	IconReact      IconName = "react"
	IconRead       IconName = "read"
	IconRefresh    IconName = "refresh"
	IconReply      IconName = "reply"
	IconSearch     IconName = "search"
	IconSend       IconName = "send"
	IconSession    IconName = "session"
	IconSettings   IconName = "settings"
	IconStar       IconName = "star"
	IconSync       IconName = "sync"
	IconTrash      IconName = "trash"
	IconUnarchive  IconName = "unarchive"
	IconUnread     IconName = "unread"
	IconUp         IconName = "up"
	IconWarning    IconName = "warning"
)

// Icon returns an icon in the foreground colour of the theme. An unknown name
// gives Fyne's sign for a broken image.
func Icon(name IconName) fyne.Resource {
	res := source(name)
	if res == nil {
		return theme.BrokenImageIcon()
	}
	return theme.NewThemedResource(res)
}

// ColoredIcon returns an icon in another colour of the theme.
func ColoredIcon(name IconName, color fyne.ThemeColorName) fyne.Resource {
	res := source(name)
	if res == nil {
		return theme.BrokenImageIcon()
	}
	return theme.NewColoredResource(res, color)
}

// AppIcon returns the mark of the application, in its own colours.
func AppIcon() fyne.Resource {
	if res := source("buzon"); res != nil {
		return res
	}
	return theme.BrokenImageIcon()
}

// WindowIcon returns the mark as the desktop wants it: pixels.
func WindowIcon() fyne.Resource {
	return fyne.NewStaticResource("buzon.png", resources.WindowIcon())
}

func source(name IconName) fyne.Resource {
	b, err := resources.Icon(string(name))
	if err != nil {
		return nil
	}
	return fyne.NewStaticResource("buzon-"+string(name)+".svg", b)
}
