package model

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// SessionID is the local key of a session.
type SessionID int64

// ContactID is the local key of a contact.
type ContactID int64

// ConversationID is the local key of a conversation.
type ConversationID int64

// MessageID is the local, time-ordered key of a message: unix seconds shifted
// left by MessageIDBits, plus a number that tells messages of one second apart. The
// first one saved of a second gets the number in the middle: older ones may follow.
type MessageID int64

// OutboxID is the local key of an outgoing message.
type OutboxID int64

// ActivityID is the local key of an activity row.
type ActivityID int64

// LabelID is the local key of a label.
type LabelID int64

// MessageIDBits is the width of the part of a MessageID that counts within one second.
const MessageIDBits = 20

// MessageIDAt returns the first possible key of a message sent at that unix second.
// Seconds outside of what fits (before 1970, after the year 10000) are clamped.
func MessageIDAt(unixSeconds int64) MessageID {
	const last = 253402300799 // 9999-12-31T23:59:59Z
	return MessageID(min(max(unixSeconds, 0), last) << MessageIDBits)
}

// PossibleKeys returns the bounds of the keys of PossibleSecond: from, and before.
func PossibleKeys() (from, before MessageID) {
	return MessageIDAt(firstSecond), MessageIDAt(lastSecond)
}

// Unix returns the second at which the message was sent.
func (id MessageID) Unix() int64 { return int64(id) >> MessageIDBits }

// Stamp returns the time at which the message was sent, to the second.
func (id MessageID) Stamp() Stamp { return Stamp(id.Unix() * 1000) }

// ShortID is the gateway's id of a message, unique within one conversation
// and direction (contract §10.2). It is the id.id of the wire, not _serialized.
type ShortID string

// SessionName names a session on the gateway.
type SessionName string

// MaxSessionName is the longest session name that is accepted, in bytes.
const MaxSessionName = 64

var sessionNamePattern = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// Valid tells whether the gateway would accept the name (contract §3, step 4).
func (n SessionName) Valid() bool {
	return len(n) <= MaxSessionName && sessionNamePattern.MatchString(string(n))
}

// Servers are the parts of a JID after the @ (contract §10.1).
const (
	ServerPhone      = "c.us"
	ServerLID        = "lid"
	ServerGroup      = "g.us"
	ServerBroadcast  = "broadcast"
	ServerNewsletter = "newsletter"
)

// StatusJID is the conversation of status posts.
const StatusJID JID = "status@broadcast"

// MaxJID is the longest identifier that is accepted, in bytes.
const MaxJID = 128

// JID identifies a person, group or list: user@server.
// Rows are keyed by the exact text; a phone is never derived from a hidden id.
type JID string

// ErrInvalidJID says that a text is not a usable identifier.
var ErrInvalidJID = errors.New("invalid identifier")

// ParseJID checks and normalises an identifier that comes from outside.
// The s.whatsapp.net server of other programs becomes c.us, which is the same person.
func ParseJID(s string) (JID, error) {
	user, server, ok := strings.Cut(s, "@")
	if !ok || user == "" || server == "" || len(s) > MaxJID || strings.Contains(server, "@") {
		return "", ErrInvalidJID
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || r == '/' || r == '\\' || r > 0x7f && invisible(r) {
			return "", ErrInvalidJID
		}
	}
	if server == "s.whatsapp.net" {
		return JID(user + "@" + ServerPhone), nil
	}
	return JID(s), nil
}

// invisible tells whether a character cannot be seen, or stands for a broken one.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
}

// User returns the part before the @.
func (j JID) User() string {
	user, _, _ := strings.Cut(string(j), "@")
	return user
}

// Server returns the part after the @.
func (j JID) Server() string {
	_, server, _ := strings.Cut(string(j), "@")
	return server
}

// IsGroup tells whether the JID names a group.
func (j JID) IsGroup() bool { return j.Server() == ServerGroup }

// IsLID tells whether the JID is a hidden id, whose digits are no phone number.
func (j JID) IsLID() bool { return j.Server() == ServerLID }

// Phone returns the phone number that the JID states, or "" when it states none.
func (j JID) Phone() Phone {
	if j.Server() != ServerPhone {
		return ""
	}
	user, _, _ := strings.Cut(j.User(), ":") // a device part, as in 34600111222:12
	p := Phone(user)
	if !p.Valid() {
		return ""
	}
	return p
}

// Kind returns what sort of conversation the JID stands for.
func (j JID) Kind() ConversationKind {
	switch j.Server() {
	case ServerGroup:
		return KindGroup
	case ServerNewsletter:
		return KindChannel
	case ServerBroadcast:
		if j == StatusJID {
			return KindStatus
		}
		return KindBroadcast
	default:
		return KindPerson
	}
}

// Phone is a phone number in international form: digits only, country code first, no plus.
type Phone string

// Valid tells whether the value can be a number: 5 to 15 digits, no leading zero (E.164).
func (p Phone) Valid() bool {
	if len(p) < 5 || len(p) > 15 || p[0] == '0' {
		return false
	}
	for _, r := range p {
		if r < '0' || r > '9' {
			return false
		}
	}
	return true
}

// Plus returns the number with its plus sign, or "" for no number.
func (p Phone) Plus() string {
	if p == "" {
		return ""
	}
	return "+" + string(p)
}

// Digits returns only the digits of a text; searching by number uses it.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
