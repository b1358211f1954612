package views

import (
	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/activity"
	"github.com/xappiens/buzon/views/contacts"
	"github.com/xappiens/buzon/views/conversations"
	"github.com/xappiens/buzon/views/doctor"
	"github.com/xappiens/buzon/views/gallery"
	"github.com/xappiens/buzon/views/outbox"
	"github.com/xappiens/buzon/views/session"
	"github.com/xappiens/buzon/views/settings"
	"github.com/xappiens/buzon/views/start"
	"github.com/xappiens/buzon/views/storage"
	"github.com/xappiens/buzon/views/ui"
)

// Services are what the window works with. Everything but Demo, Quit and the
// texts of places is needed.
type Services struct {
	Sessions      session.Service
	Sync          session.Sync
	Ledgers       Ledgers // nil: how complete the conversations are is not shown
	Conversations conversations.Service
	Actions       conversations.Actions // nil: messages cannot be acted on, and no conversation begun
	Finder        conversations.Finder  // nil: messages cannot be searched
	History       conversations.History // nil: who reacted, voted and what was edited is not shown
	Attach        conversations.Attach  // nil: no files can be sent
	Typing        conversations.Typing  // nil: nobody sees that the owner is writing
	Contacts      contacts.Service
	People        conversations.People // nil: under which identifiers somebody is known is not shown
	Outbox        outbox.Service
	Activity      activity.Service
	Doctor        doctor.Service
	Settings      Settings
	Media         Media           // nil: files of messages are only named
	Player        ui.Player       // nil: sound is played by another program
	Safety        settings.Safety // nil: nothing is known of backups and of the disk

	Autostart settings.Autostart // nil: it cannot be chosen whether the system starts Buzón

	Desktop Desktop // what there is beside the window
	Notices Notices // nil: nobody is told of new messages
	// NotifyFrom keeps of which conversations the owner is told; nil: of all.
	NotifyFrom conversations.Notify
	// Look is told what the owner looks at: whether the window is in front, and the
	// conversation that it shows, zero for none. It must not block; may be nil.
	Look func(inFront bool, open model.ConversationID)

	Demo Demo   // nil outside of the demo
	Quit func() // ends the program; nil: closes the window
	// Restart ends the program and starts it again, to restore a backup or repair
	// the store; nil: that cannot be done here.
	Restart func()

	// Reachability returns what was last heard of the gateway, false before anything
	// was. It must not block; nil: nothing is ever heard of it.
	Reachability func() (event.GatewayState, bool)

	// SettingsProblem returns why the last edit of the settings file by hand
	// could not be used, nil when it could. It must not block; a nil function:
	// not known until an event says it.
	SettingsProblem func() error

	DataDir      string // the store and the pictures
	SettingsFile string
	LogFile      string
	KeyFile      string // where the key goes when there is no keyring
	Version      string
}

// gateway returns why the gateway is of no use now, "" when it answers or nobody has
// asked it yet. Whatever is shown of it comes from here, so that no two places differ.
func (svc Services) gateway() model.ProblemKind {
	switch settings := svc.Settings.Get(); {
	case settings.BaseURL == "":
		return model.ProblemNotConfigured
	case !settings.Enabled:
		return model.ProblemDisabled
	case svc.Reachability == nil:
		return ""
	}
	if state, known := svc.Reachability(); known && !state.Reachable {
		return problemKind(state.Kind)
	}
	return ""
}

// Ledgers is what the window needs to tell how complete the conversations are.
type Ledgers interface {
	conversations.Ledger
	session.Ledger
}

// Settings is what the window needs of the settings.
type Settings interface {
	settings.Service
	start.Settings
}

// Media is what the window needs of the files of messages.
type Media interface {
	conversations.Media
	gallery.Service
	storage.Service
}
