package model

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Settings are the owner's choices. The API key is not among them: it lives in
// the keyring or a file of its own.
type Settings struct {
	Version              int    `json:"version"`
	Enabled              bool   `json:"enabled"`
	BaseURL              string `json:"base_url"`
	TimeoutSeconds       int    `json:"timeout_seconds"`
	RetryAttempts        int    `json:"retry_attempts"` // tries in all, for reading calls
	AutoSync             bool   `json:"auto_sync"`
	SyncIntervalMinutes  int    `json:"sync_interval_minutes"`
	ReconcileDaily       bool   `json:"reconcile_daily"`        // once a day what changed lately is compared with the gateway
	LimitContacts        int    `json:"limit_contacts"`         // 0 = no limit
	LimitConversations   int    `json:"limit_conversations"`    // 0 = no limit
	LimitMessages        int    `json:"limit_messages"`         // per conversation and fetch; 0 = no limit
	ConversationsPerSync int    `json:"conversations_per_sync"` // whose messages one scheduled run fetches
	Country              string `json:"country"`                // ISO 3166 two letters, for national numbers
	Language             string `json:"language"`               // "", "es" or "en"; "" follows the system
	Theme                string `json:"theme"`                  // "system", "light" or "dark"
	EnterSends           bool   `json:"enter_sends"`            // else Ctrl+Enter sends
	PlainHTTPAccepted    string `json:"plain_http_accepted"`    // host for which plain http was accepted
	DefaultSession       string `json:"default_session"`

	MediaAutoDownloadMB int  `json:"media_auto_download_mb"` // files up to this come by themselves; 0 = none
	MediaAutoImages     bool `json:"media_auto_images"`      // which kinds do; stickers count as images
	MediaAutoVideos     bool `json:"media_auto_videos"`
	MediaAutoAudio      bool `json:"media_auto_audio"` // voice messages too
	MediaAutoDocuments  bool `json:"media_auto_documents"`
	AutoDeleteMediaDays int  `json:"auto_delete_media_days"` // stored files of older messages are removed; 0 = never

	SendPerMinute  int  `json:"send_per_minute"`  // messages of a session that go out at most; 0 = no limit
	SendPerHour    int  `json:"send_per_hour"`    // 0 = no limit
	SendPerDay     int  `json:"send_per_day"`     // 0 = no limit
	OutboxAskHours int  `json:"outbox_ask_hours"` // what waited longer asks before it goes; 0 = never asks
	MaxSendMB      int  `json:"max_send_mb"`      // the gateway's limit on files, in MB; 0 = not known
	SendTyping     bool `json:"send_typing"`      // others see that the owner is writing

	BackupEveryHours int  `json:"backup_every_hours"` // 0 = backups are made by hand only
	BackupKeep       int  `json:"backup_keep"`        // how many of those made by themselves stay, at least one
	BackupKeepDays   int  `json:"backup_keep_days"`   // older ones go, but never the newest; 0 = never
	BackupMedia      bool `json:"backup_media"`       // files of messages are in them

	Notify            bool   `json:"notify"`              // new messages are told of on the desktop
	NotifyContent     string `json:"notify_content"`      // "none", "name" or "text": what is told
	NotifySound       bool   `json:"notify_sound"`        // where the desktop can
	NotifyPausedUntil string `json:"notify_paused_until"` // RFC 3339, "" = not paused
	NotifyMuted       string `json:"notify_muted"`        // SESSION/JID of conversations not told of, with spaces between
	QuietHours        bool   `json:"quiet_hours"`
	QuietFrom         string `json:"quiet_from"`    // "22:00"
	QuietTo           string `json:"quiet_to"`      // before QuietFrom: on the next day
	QuietDays         string `json:"quiet_days"`    // on which they begin: "mon tue"; "" = every day
	CloseToTray       bool   `json:"close_to_tray"` // closing the window leaves Buzón running, where there is a tray
}

// SettingsVersion is the version that this program writes.
const SettingsVersion = 1

// DefaultSettings returns the settings of a first start.
func DefaultSettings() Settings {
	return Settings{
		Version: SettingsVersion, Enabled: true, TimeoutSeconds: 30, RetryAttempts: 3,
		AutoSync: true, SyncIntervalMinutes: 5, ReconcileDaily: true,
		LimitContacts: 1000, LimitConversations: 1000, LimitMessages: 50, ConversationsPerSync: 20,
		Country: "ES", Theme: "system", EnterSends: true,
		MediaAutoDownloadMB: 16, MediaAutoImages: true, MediaAutoVideos: true, MediaAutoAudio: true, MediaAutoDocuments: true,
		SendPerMinute: 20, SendPerHour: 1000, SendPerDay: 10_000, OutboxAskHours: 24, MaxSendMB: 8,
		BackupEveryHours: 24, BackupKeep: 7, BackupKeepDays: 60,
		Notify: true, NotifyContent: NotifyName, NotifySound: true, QuietFrom: "22:00", QuietTo: "08:00",
	}
}

// Timeout returns how long an ordinary call may take.
func (s Settings) Timeout() time.Duration { return time.Duration(s.TimeoutSeconds) * time.Second }

// SyncInterval returns the time between scheduled syncs.
func (s Settings) SyncInterval() time.Duration {
	return time.Duration(s.SyncIntervalMinutes) * time.Minute
}

// AutoMedia returns which kinds of messages get their file by themselves, and up
// to which size in bytes; no kinds when none do.
func (s Settings) AutoMedia() (types []MessageType, maxBytes int64) {
	if s.MediaAutoDownloadMB <= 0 {
		return nil, 0
	}
	for _, kind := range []struct {
		on    bool
		types []MessageType
	}{
		{s.MediaAutoImages, []MessageType{TypeImage, TypeSticker}},
		{s.MediaAutoVideos, []MessageType{TypeVideo}},
		{s.MediaAutoAudio, []MessageType{TypeAudio, TypeVoice}},
		{s.MediaAutoDocuments, []MessageType{TypeDocument}},
	} {
		if kind.on {
			types = append(types, kind.types...)
		}
	}
	return types, int64(s.MediaAutoDownloadMB) << 20
}

// FieldError says what is wrong with one setting.
type FieldError struct {
	Field string // JSON name of the setting
	Code  string // stable word: "url", "range", "choice", "country"; the key of the sentence
	Min   int    // for "range"
	Max   int
}

// Validate returns what is wrong, field by field; nothing when all is well.
// An empty address is well: it means that no gateway was named yet.
func (s Settings) Validate() []FieldError {
	var errs []FieldError
	if s.BaseURL != "" && !validBaseURL(s.BaseURL) {
		errs = append(errs, FieldError{Field: "base_url", Code: "url"})
	}
	for _, r := range []struct {
		field      string
		value      int
		low, above int
	}{
		{"timeout_seconds", s.TimeoutSeconds, 1, 600},
		{"retry_attempts", s.RetryAttempts, 1, 10},
		{"sync_interval_minutes", s.SyncIntervalMinutes, 1, 1440},
		{"limit_contacts", s.LimitContacts, 0, 1_000_000},
		{"limit_conversations", s.LimitConversations, 0, 1_000_000},
		{"limit_messages", s.LimitMessages, 0, 1_000_000},
		{"conversations_per_sync", s.ConversationsPerSync, 1, 10_000},
		{"media_auto_download_mb", s.MediaAutoDownloadMB, 0, MaxMediaFile >> 20},
		{"auto_delete_media_days", s.AutoDeleteMediaDays, 0, 36_500},
		{"send_per_minute", s.SendPerMinute, 0, 600},
		{"send_per_hour", s.SendPerHour, 0, 36_000},
		{"send_per_day", s.SendPerDay, 0, 100_000},
		{"outbox_ask_hours", s.OutboxAskHours, 0, 8760},
		{"backup_every_hours", s.BackupEveryHours, 0, 8760},
		{"backup_keep", s.BackupKeep, 1, 1000},
		{"backup_keep_days", s.BackupKeepDays, 0, 36_500},
		{"max_send_mb", s.MaxSendMB, 0, MaxOutgoingFile >> 20},
	} {
		if r.value < r.low || r.value > r.above {
			errs = append(errs, FieldError{Field: r.field, Code: "range", Min: r.low, Max: r.above})
		}
	}
	if !slices.Contains([]string{"", "es", "en"}, s.Language) {
		errs = append(errs, FieldError{Field: "language", Code: "choice"})
	}
	if !slices.Contains([]string{"system", "light", "dark"}, s.Theme) {
		errs = append(errs, FieldError{Field: "theme", Code: "choice"})
	}
	if len(s.Country) != 2 || strings.ToUpper(s.Country) != s.Country || Digits(s.Country) != "" {
		errs = append(errs, FieldError{Field: "country", Code: "country"})
	}
	if s.DefaultSession != "" && !SessionName(s.DefaultSession).Valid() {
		errs = append(errs, FieldError{Field: "default_session", Code: "session_name"})
	}
	return append(errs, s.validateNotify()...)
}

// validBaseURL accepts http and https with a host and optionally a path.
func validBaseURL(s string) bool {
	if len(s) > 2048 || strings.ContainsAny(s, " \t\r\n") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" &&
		u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

// NeedsPlainHTTPConsent tells whether the address sends the key unencrypted to
// a machine that is not local, and the owner has not agreed to that host yet.
func (s Settings) NeedsPlainHTTPConsent() bool {
	u, err := url.Parse(s.BaseURL)
	if err != nil || u.Scheme != "http" || localHost(u.Hostname()) {
		return false
	}
	return !strings.EqualFold(u.Host, s.PlainHTTPAccepted)
}

// PlainHTTPHost returns the host that NeedsPlainHTTPConsent is about, as
// PlainHTTPAccepted keeps it.
func (s Settings) PlainHTTPHost() string {
	u, err := url.Parse(s.BaseURL)
	if err != nil {
		return ""
	}
	return u.Host
}

// localHost tells whether a host is this machine or one of a private network.
func localHost(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || !strings.Contains(host, ".") && net.ParseIP(host) == nil {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}

// ConnectionStatus is what a test of the address and key found.
type ConnectionStatus string

// The outcomes of a connection test.
const (
	ConnectionGood          ConnectionStatus = "good"
	ConnectionUnreachable   ConnectionStatus = "unreachable"
	ConnectionTLS           ConnectionStatus = "tls"
	ConnectionNotGateway    ConnectionStatus = "not_gateway"
	ConnectionWrongKey      ConnectionStatus = "wrong_key"
	ConnectionNotConfigured ConnectionStatus = "not_configured"
)

// ConnectionReport is the result of "Test connection".
type ConnectionReport struct {
	Status     ConnectionStatus `json:"status"`
	Generation string           `json:"generation,omitempty"` // "wwebjs-api" or "whatsapp-api"
	Sessions   []SessionName    `json:"sessions,omitempty"`
	Detail     string           `json:"detail,omitempty"`
	DurationMS int64            `json:"duration_ms"`
}

// SettingsError says that settings were not accepted, and why.
type SettingsError struct {
	Fields []FieldError
}

// Error names the fields; the sentences for people are in the translations.
func (e *SettingsError) Error() string {
	names := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		names[i] = f.Field + " (" + f.Code + ")"
	}
	return "settings not valid: " + strings.Join(names, ", ")
}
