package about

// work is something by others that is built into Buzón.
type work struct{ name, licence string }

// thirdParty returns the works that Buzón itself asks for; a test holds the
// list against go.mod.
func thirdParty() []work {
	const (
		mit    = "MIT"
		bsd    = "BSD"
		apache = "Apache 2.0"
	)
	return []work{
		{"fyne.io/fyne", bsd},
		{"gorm.io/gorm", mit},
		{"github.com/glebarez/sqlite", mit},
		{"github.com/glebarez/go-sqlite", bsd},
		{"github.com/go-gormigrate/gormigrate", mit},
		{"github.com/hashicorp/go-retryablehttp", "MPL 2.0"},
		{"github.com/coder/websocket", "ISC"},
		{"github.com/nyaruka/phonenumbers", mit},
		{"github.com/nicksnyder/go-i18n", mit},
		{"github.com/zalando/go-keyring", mit},
		{"github.com/godbus/dbus", bsd},
		{"github.com/fsnotify/fsnotify", bsd},
		{"github.com/gofrs/flock", bsd},
		{"github.com/sirupsen/logrus", mit},
		{"gopkg.in/natefinch/lumberjack", mit},
		{"github.com/spf13/cobra", apache},
		{"github.com/skip2/go-qrcode", mit},
		{"github.com/go-text/typesetting", bsd},
		{"github.com/pion/opus", mit},
		{"github.com/hajimehoshi/go-mp3", apache},
		{"github.com/jfreymuth/pulse", mit},
		{"github.com/ebitengine/oto", apache},
		{"golang.org/x/image, sync, sys, term, text, time", bsd},
	}
}
