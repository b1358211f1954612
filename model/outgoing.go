package model

import (
	"encoding/json"
	"slices"
)

// OutboxPayload holds what only some kinds of outgoing rows need.
type OutboxPayload struct {
	File        *OutgoingFile `json:"file,omitempty"`
	FileOptions *FileOptions  `json:"file_options,omitempty"`
	Location    *Location     `json:"location,omitempty"`
	Contact     JID           `json:"contact,omitempty"` // whose card is sent
	Poll        *OutgoingPoll `json:"poll,omitempty"`
	Mentions    []JID         `json:"mentions,omitempty"`

	Emoji    string   `json:"emoji,omitempty"`    // react; "" takes the reaction back
	Everyone bool     `json:"everyone,omitempty"` // delete: for all, else for oneself
	On       bool     `json:"on,omitempty"`       // star, archive, pin, block: the wanted state
	Until    Stamp    `json:"until,omitempty"`    // mute: its end, MutedForever, or 0 to end it
	Labels   []string `json:"labels,omitempty"`   // labels: all ids that the conversation shall have
	// Before is what a conversation action replaced, to be put back when it is refused.
	Before *ConversationFlags `json:"before,omitempty"`
	// Tried says that an earlier call of an action may have done it all the same.
	Tried bool `json:"tried,omitempty"`
}

// ConversationFlags are the parts of a conversation that actions change.
type ConversationFlags struct {
	Unread       int      `json:"unread"`
	MarkedUnread bool     `json:"marked_unread"`
	Archived     bool     `json:"archived"`
	Pinned       bool     `json:"pinned"`
	MutedUntil   Stamp    `json:"muted_until"`
	Blocked      bool     `json:"blocked"`
	Labels       []string `json:"labels,omitempty"`
}

// FileOptions say how a file is sent.
type FileOptions struct {
	AsDocument bool `json:"as_document,omitempty"` // a picture or video with its name, unchanged
	AsVoice    bool `json:"as_voice,omitempty"`    // sound as a voice message
	AsSticker  bool `json:"as_sticker,omitempty"`
	HD         bool `json:"hd,omitempty"`
	ViewOnce   bool `json:"view_once,omitempty"`
}

// OutgoingPoll are the choices of a poll; its question is the text of the row.
type OutgoingPoll struct {
	Options  []string `json:"options"` // MinPollOptions to MaxPollOptions
	Multiple bool     `json:"multiple,omitempty"`
}

// WhatsApp takes polls of this many choices.
const (
	MinPollOptions = 2
	MaxPollOptions = 12
)

// Outgoing is a message that an owner wants to send. Exactly one of Text alone,
// File (with Text as its caption), Location, Contact or Poll (with Text as its
// question) is meant.
type Outgoing struct {
	Text        string
	Quote       MessageID // the message that is answered, 0 for none
	Mentions    []JID     // who is named in Text as "@" and the user part of the JID
	File        *OutgoingFile
	FileOptions FileOptions
	Location    *Location
	Contact     JID
	Poll        *OutgoingPoll
}

// Action is what an owner wants done with a message or a conversation.
type Action struct {
	Kind         OutboxKind     // of an action, or OutboxForward
	Conversation ConversationID // forward: where the message goes to
	Message      MessageID      // of message actions and forward
	Text         string         // edit
	Emoji        string         // react; "" takes the reaction back
	Everyone     bool           // delete
	On           bool           // star, archive, pin, block
	Until        Stamp          // mute
	Labels       []string       // labels
}

// PendingAction is an action on a message that is not done yet, or was refused.
type PendingAction struct {
	ID        OutboxID
	Kind      OutboxKind
	State     OutboxState
	Text      string
	Emoji     string
	Everyone  bool
	On        bool
	Error     string // kind of the failure
	ErrorText string
}

// Capabilities say what the connected generation of the gateway can do. A
// generation that was not heard yet can do everything, until it says no.
type Capabilities struct {
	Edit       bool // messages can be edited (A)
	ReplyMedia bool // an answer may be more than a text
	Labels     bool // business account
	Known      bool // the generation was heard
}

// NumberCheck is what WhatsApp says of a number.
type NumberCheck struct {
	Asked      Phone // the number as it was read
	Registered bool
	JID        JID  // what to write to; it may differ from what was asked (Brazil, Mexico, Argentina)
	Changed    bool // JID is another number than the one asked
}

// TakeOptions say how a file is taken to be sent.
type TakeOptions struct {
	MaxSide int // longest side of a picture in pixels, larger ones are made smaller; 0 = as it is
	// Progress is told, on the goroutine of the call, how many bytes of how many
	// were copied; may be nil.
	Progress func(done, total int64)
}

// OutboxQuery says which outgoing rows to list, over all sessions, in the order of sending.
type OutboxQuery struct {
	States       []OutboxState  // none = all but sent
	Session      SessionID      // 0 = all
	Conversation ConversationID // 0 = all
	NeedsOwner   bool           // only what waits for the owner: failed, not found, too old
	Became       ShortID        // only the row that became this message of Conversation; "" = all
	After        OutboxID       // page by key: rows behind this one
	Limit        int            // 0 = 200
}

// OutboxRow is an outgoing row as a list shows it.
type OutboxRow struct {
	OutboxItem
	Session      SessionName
	Conversation string // its name
	Chat         JID
	NextAt       Stamp  // when it goes at the earliest because of the pace; 0 = at once, or not known
	Waits        string // stable word why a queued row waits: "offline", "pace", "order", "asks"; "" when it goes. "offline" also says that one of unknown fate cannot be looked for
}

// OutboxCounts are how many outgoing rows stand where, over all sessions.
type OutboxCounts struct {
	Queued, Sending, Failed, Unknown int
	NeedsOwner                       int // failed, not found, too old: what the badge of the rail shows
}

// DecodedPayload returns what Payload holds; what cannot be read is as if it was not there.
func (o *OutboxItem) DecodedPayload() OutboxPayload {
	var p OutboxPayload
	if o.Payload == "" {
		return p
	}
	if err := json.Unmarshal([]byte(o.Payload), &p); err != nil {
		return OutboxPayload{}
	}
	return p
}

// Wanted returns what an action of a kind makes of a conversation.
func (p *OutboxPayload) Wanted(kind OutboxKind, f ConversationFlags) ConversationFlags {
	switch kind {
	case OutboxRead:
		f.Unread, f.MarkedUnread = 0, false
	case OutboxUnread:
		f.MarkedUnread = true
	case OutboxArchive:
		f.Archived = p.On
	case OutboxPin:
		f.Pinned = p.On
	case OutboxMute:
		f.MutedUntil = p.Until
	case OutboxBlock:
		f.Blocked = p.On
	case OutboxLabels:
		f.Labels = slices.Sorted(slices.Values(p.Labels))
	}
	return f
}

// Replaced returns what a conversation is when an action of a kind is taken back:
// only what such an action changes is as it was before.
func (p *OutboxPayload) Replaced(kind OutboxKind, f ConversationFlags) ConversationFlags {
	if p.Before == nil {
		return f
	}
	switch kind {
	case OutboxRead, OutboxUnread:
		f.Unread, f.MarkedUnread = p.Before.Unread, p.Before.MarkedUnread
	case OutboxArchive:
		f.Archived = p.Before.Archived
	case OutboxPin:
		f.Pinned = p.Before.Pinned
	case OutboxMute:
		f.MutedUntil = p.Before.MutedUntil
	case OutboxBlock:
		f.Blocked = p.Before.Blocked
	case OutboxLabels:
		f.Labels = p.Before.Labels
	}
	return f
}

// Equal compares all flags; labels by their order.
func (f ConversationFlags) Equal(other ConversationFlags) bool {
	return slices.Equal(f.Labels, other.Labels) && f.Unread == other.Unread && f.MarkedUnread == other.MarkedUnread && f.Archived == other.Archived &&
		f.Pinned == other.Pinned && f.MutedUntil == other.MutedUntil && f.Blocked == other.Blocked
}
