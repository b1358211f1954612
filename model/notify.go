package model

import (
	"slices"
	"strings"
	"time"
)

// The values of Settings.NotifyContent: what a notification shows to whoever
// looks at the screen.
const (
	NotifyNothing = "none" // only that there is a message
	NotifyName    = "name" // whose conversation it is
	NotifyText    = "text" // what was written, too
)

// maxNotifyMuted is the most that NotifyMuted may hold, in bytes: hundreds of conversations.
const maxNotifyMuted = 64 << 10

// Weekdays are the words of Settings.QuietDays, Monday first.
func Weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// QuietDay tells whether quiet hours begin on a weekday; no days at all mean every day.
func (s Settings) QuietDay(day time.Weekday) bool {
	days := strings.Fields(s.QuietDays)
	return len(days) == 0 || slices.Contains(days, Weekdays()[(int(day)+6)%7])
}

// Quiet tells whether an instant lies in the quiet hours, by the clock on the
// wall of its location. Hours that go over midnight belong to the day on which
// they begin; equal ends mean the whole day.
func (s Settings) Quiet(at time.Time) bool {
	from, okFrom := clockMinutes(s.QuietFrom)
	to, okTo := clockMinutes(s.QuietTo)
	if !s.QuietHours || !okFrom || !okTo {
		return false
	}
	now := at.Hour()*60 + at.Minute()
	if from < to {
		return from <= now && now < to && s.QuietDay(at.Weekday())
	}
	if now >= from {
		return s.QuietDay(at.Weekday())
	}
	return now < to && s.QuietDay((at.Weekday()+6)%7) // the night of yesterday
}

// clockMinutes reads "22:30" as minutes since midnight.
func clockMinutes(text string) (int, bool) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// NotifyPause returns until when notifications are paused, the zero time when
// they are not.
func (s Settings) NotifyPause() time.Time {
	t, err := time.Parse(time.RFC3339, s.NotifyPausedUntil)
	if err != nil {
		return time.Time{}
	}
	return t
}

// notifyKey names a conversation in NotifyMuted. Neither part can hold a space or a slash.
func notifyKey(session SessionName, jid JID) string { return string(session) + "/" + string(jid) }

// NotifiesFrom tells whether the owner wants to be told of a conversation. It is
// a choice of this computer: WhatsApp's own mute is another one.
func (s Settings) NotifiesFrom(session SessionName, jid JID) bool {
	return !slices.Contains(strings.Fields(s.NotifyMuted), notifyKey(session, jid))
}

// WithNotifiesFrom returns the settings with that choice made.
func (s Settings) WithNotifiesFrom(session SessionName, jid JID, on bool) Settings {
	key := notifyKey(session, jid)
	kept := slices.DeleteFunc(strings.Fields(s.NotifyMuted), func(k string) bool { return k == key })
	if !on {
		kept = append(kept, key)
	}
	s.NotifyMuted = strings.Join(kept, " ")
	return s
}

// validateNotify checks the settings on notifications.
func (s Settings) validateNotify() []FieldError {
	var errs []FieldError
	if !slices.Contains([]string{NotifyNothing, NotifyName, NotifyText}, s.NotifyContent) {
		errs = append(errs, FieldError{Field: "notify_content", Code: "choice"})
	}
	if s.NotifyPausedUntil != "" && s.NotifyPause().IsZero() {
		errs = append(errs, FieldError{Field: "notify_paused_until", Code: "instant"})
	}
	if len(s.NotifyMuted) > maxNotifyMuted || slices.ContainsFunc(strings.Fields(s.NotifyMuted), wrongNotifyKey) {
		errs = append(errs, FieldError{Field: "notify_muted", Code: "conversations"})
	}
	for _, f := range []struct{ name, value string }{{"quiet_from", s.QuietFrom}, {"quiet_to", s.QuietTo}} {
		if _, ok := clockMinutes(f.value); !ok {
			errs = append(errs, FieldError{Field: f.name, Code: "clock"})
		}
	}
	if slices.ContainsFunc(strings.Fields(s.QuietDays), func(day string) bool { return !slices.Contains(Weekdays(), day) }) {
		errs = append(errs, FieldError{Field: "quiet_days", Code: "days"})
	}
	return errs
}

func wrongNotifyKey(key string) bool {
	_, _, err := ParseConversationRef(key)
	return err != nil
}

// ParseConversationRef reads SESSION/JID, by which a conversation is named outside
// of the store.
func ParseConversationRef(text string) (SessionName, JID, error) {
	name, id, _ := strings.Cut(text, "/")
	if !SessionName(name).Valid() {
		return "", "", ErrInvalidJID
	}
	jid, err := ParseJID(id)
	return SessionName(name), jid, err
}
