package model

import "time"

// OutboxState is where an outgoing message or action stands.
type OutboxState string

// The states of an outgoing row: queued → sending → sent | failed | unknown.
const (
	OutboxQueued  OutboxState = "queued"
	OutboxSending OutboxState = "sending" // the call was made or is about to be
	OutboxSent    OutboxState = "sent"
	OutboxFailed  OutboxState = "failed"  // the gateway refused it; it was not sent
	OutboxUnknown OutboxState = "unknown" // it may or may not have been sent; never repeated by itself
)

// OutboxKind is what an outgoing row asks of the gateway.
type OutboxKind = string

// The kinds of messages. Each becomes one message of the conversation.
const (
	OutboxText     OutboxKind = "text"
	OutboxFile     OutboxKind = "file" // Text is the caption
	OutboxLocation OutboxKind = "location"
	OutboxContact  OutboxKind = "contact"
	OutboxPoll     OutboxKind = "poll"    // Text is the question
	OutboxForward  OutboxKind = "forward" // Target is the message that is forwarded to this conversation
)

// The kinds of actions on the message Target, and on the conversation.
const (
	OutboxReact  OutboxKind = "react"
	OutboxEdit   OutboxKind = "edit" // Text is the new text
	OutboxDelete OutboxKind = "delete"
	OutboxStar   OutboxKind = "star"

	OutboxRead    OutboxKind = "read"
	OutboxUnread  OutboxKind = "unread"
	OutboxArchive OutboxKind = "archive"
	OutboxPin     OutboxKind = "pin"
	OutboxMute    OutboxKind = "mute"
	OutboxBlock   OutboxKind = "block"
	OutboxLabels  OutboxKind = "labels"
)

// BecomesMessage tells whether a row of the kind becomes a message. Only those
// count for the pace, and repeating one would send it twice.
func BecomesMessage(kind OutboxKind) bool {
	switch kind {
	case OutboxText, OutboxFile, OutboxLocation, OutboxContact, OutboxPoll, OutboxForward:
		return true
	}
	return false
}

// ActsOnMessage tells whether a row of the kind changes the message Target.
func ActsOnMessage(kind OutboxKind) bool {
	switch kind {
	case OutboxReact, OutboxEdit, OutboxDelete, OutboxStar:
		return true
	}
	return false
}

// OutboxMatch says how a row that was sent became sure of it.
type OutboxMatch string

// The ways in which a sent row became sure.
const (
	MatchAnswer OutboxMatch = "answer" // the gateway's answer named the message
	MatchEvent  OutboxMatch = "event"  // an event told of it
	MatchFound  OutboxMatch = "found"  // it was found in the conversation
	// MatchUnsure: it was found, but another own message of that time says the
	// same, as one typed in another browser would, and they cannot be told apart.
	MatchUnsure OutboxMatch = "unsure"
)

// Why a queued row waits, as OutboxRow.Waits says it.
const (
	WaitsOffline = "offline" // the session is not connected
	WaitsPace    = "pace"    // for the time that the settings leave between messages
	WaitsOrder   = "order"   // for an earlier message of its conversation
	WaitsAsks    = "asks"    // for the owner: it is too old to go by itself
)

// OutboxItem is one outgoing message or action. It is stored before anything is called.
type OutboxItem struct {
	ID             OutboxID       `gorm:"primaryKey" json:"id"`
	SessionID      SessionID      `json:"-"`
	ConversationID ConversationID `json:"-"`
	State          OutboxState    `json:"state"`
	Kind           OutboxKind     `json:"kind"`
	Text           string         `json:"text"`
	Payload        string         `json:"-"` // OutboxPayload as JSON, "" when there is none
	QuotedShortID  ShortID        `json:"-"` // of the message that is answered
	CreatedAt      Stamp          `gorm:"autoCreateTime:false" json:"created_at"`
	AttemptedAt    Stamp          `json:"attempted_at"` // committed before the call
	FinishedAt     Stamp          `json:"finished_at"`  // when it came into its state, 0 since it was written
	Attempts       int            `json:"attempts"`
	Error          string         `json:"error"`      // kind of the last failure
	ErrorText      string         `json:"error_text"` // the gateway's sentence, capped
	ShortID        ShortID        `json:"message_id"` // of the message that it became

	Position int64       `json:"-"`                                     // order within the conversation
	Target   MessageID   `gorm:"column:target_id" json:"-"`             // the message that is acted on or forwarded
	Asks     bool        `json:"asks,omitempty"`                        // too old to go by itself: the owner must say
	NotFound bool        `json:"not_found,omitempty"`                   // unknown, and looked for long enough
	Match    OutboxMatch `gorm:"column:matched" json:"match,omitempty"` // how a sent one became sure
	Looks    int         `json:"-"`                                     // how often the conversation was read for it
	LookedAt Stamp       `json:"-"`                                     // when that was last
	Excluded string      `json:"-"`                                     // JSON list of own short ids that it cannot have become
}

// QueuedAt returns since when a queued row waits: since it was written, or since the
// owner let it go again.
func (o *OutboxItem) QueuedAt() Stamp { return max(o.CreatedAt, o.FinishedAt) }

// TooOld tells whether a queued row waits for longer than so many hours, so that it
// must not go without asking; zero hours: never.
func (o *OutboxItem) TooOld(now time.Time, hours int) bool {
	return hours > 0 && now.Sub(o.QueuedAt().Time()) > time.Duration(hours)*time.Hour
}

// OutboxOutcome is how an attempt ended.
type OutboxOutcome struct {
	State     OutboxState // OutboxSent, OutboxFailed or OutboxUnknown
	ShortID   ShortID     // of the message that it became, if known
	Match     OutboxMatch // how that is known
	Error     string      // kind of the failure
	ErrorText string      // the gateway's sentence, capped
	Unsure    bool        // of an action that failed: it may have been done all the same
}

// AnsweredSend is a message of which the gateway's answer told: what its ids look
// like, and how its clock stands to this computer's.
type AnsweredSend struct {
	ShortID     ShortID
	AttemptedAt Stamp // by this computer's clock, before the call
	FinishedAt  Stamp // after it
	MessageID   MessageID
}

// TableName is where outgoing messages are stored.
func (OutboxItem) TableName() string { return "outbox" }

// MaxOutgoingFile is the largest file that is taken to be sent, in bytes. The
// gateway's own limit, about 8.2 MB as delivered, cannot be asked for; it is
// told by a refusal (contract §2 MAX_ATTACHMENT_SIZE).
const MaxOutgoingFile = 64 << 20

// OutgoingFile names the copy of a file that is to be sent, taken when it was queued.
type OutgoingFile struct {
	SHA256   string `json:"sha256"`
	MimeType string `json:"mimetype"`
	FileName string `json:"filename"`
	Size     int64  `json:"size"` // bytes
}

// PaceLimit is how many messages may be tried in a time.
type PaceLimit struct {
	Most   int // zero: any number
	Within time.Duration
}
