package model

import "strings"

// ActivityOutcome is how an operation ended.
type ActivityOutcome string

// The outcomes of an operation.
const (
	OutcomeSuccess  ActivityOutcome = "success"
	OutcomeWarning  ActivityOutcome = "warning" // done, but with failed items
	OutcomeFailed   ActivityOutcome = "failed"
	OutcomeCanceled ActivityOutcome = "canceled"
	OutcomeUnknown  ActivityOutcome = "unknown" // a send whose fate is not known
)

// ActivityKind groups operations.
type ActivityKind string

// The kinds of operation.
const (
	ActivitySession      ActivityKind = "session"
	ActivitySync         ActivityKind = "sync"
	ActivityMessage      ActivityKind = "message"
	ActivityConversation ActivityKind = "conversation"
	ActivityContact      ActivityKind = "contact"
	ActivitySettings     ActivityKind = "settings"
	ActivitySystem       ActivityKind = "system"
)

// Activity is one line of the log that the owner sees. It holds no message
// text and no secret.
type Activity struct {
	ID          ActivityID      `gorm:"primaryKey" json:"id"`
	At          Stamp           `json:"at"`
	SessionID   SessionID       `json:"-"`
	Session     SessionName     `json:"session"`
	Kind        ActivityKind    `json:"kind"`
	Action      string          `json:"action"` // a stable word such as "sync_contacts"
	Outcome     ActivityOutcome `json:"outcome"`
	User        string          `json:"user"` // of the operating system
	Chat        JID             `json:"chat,omitempty"`
	Contact     JID             `json:"contact,omitempty"`
	MessageID   ShortID         `json:"message_id,omitempty"`
	DurationMS  int64           `json:"duration_ms"`
	Created     int             `json:"created"`
	Updated     int             `json:"updated"`
	Unchanged   int             `json:"unchanged"`
	Failed      int             `json:"failed"`
	NotSeen     int             `json:"not_seen"`
	ErrorKind   string          `json:"error_kind,omitempty"`
	ErrorDetail string          `json:"error_detail,omitempty"`
}

// TableName is where activity is stored.
func (Activity) TableName() string { return "activity" }

// Happened tells whether an action tells of a fact: nobody set about it here, so
// it was not done, well or badly.
func Happened(action string) bool {
	switch action {
	case "session_connected", "session_disconnected", "contact_changed":
		return true
	}
	return strings.HasPrefix(action, ConditionAction)
}

// ActivityQuery selects activity, newest first.
type ActivityQuery struct {
	SessionID SessionID // zero: all
	Kind      ActivityKind
	Outcome   ActivityOutcome
	Before    ActivityID // keyset
	Limit     int        // zero: 100
}
