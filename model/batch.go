package model

// ContactEntry is what the engine must know of a held contact to tell whether it changed.
type ContactEntry struct {
	ID          ContactID
	Fingerprint Fingerprint
	NotSeen     bool
}

// ConversationEntry is what the engine must know of a held conversation to tell whether it changed.
type ConversationEntry struct {
	ID          ConversationID
	Fingerprint Fingerprint
	NotSeen     bool
}

// ConversationIn is a conversation as the chat list gave it.
type ConversationIn struct {
	Conversation Conversation
	Group        *Group // nil: not a group, or nothing known of it
}

// MessageIn is a message as the gateway gave it. The store sets its ID and ConversationID.
type MessageIn struct {
	Message
	Unix           int64  // seconds at which it was sent
	Media          *Media // nil when it has no file
	Reactions      []Reaction
	ReactionsKnown bool // Reactions is the whole list, also when it is empty
	Told           Told
}

// Told says how much a MessageIn tells of its message.
type Told int

// The ways in which a message is told.
const (
	// ToldWhole is the message as an answer of the gateway gives it.
	ToldWhole Told = iota
	// ToldByEvent is the same out of an event, which can be late: whether the
	// message is starred, of which no event tells, stays as it is held.
	ToldByEvent
	// ToldChange is a change of a message that is nothing by itself. It is left
	// out, and named in BatchResult.Unheld, when the message is not held.
	ToldChange
	// ToldParts is only how far the message has come and what others said under
	// it; the rest is empty, and stays. It is left out like ToldChange.
	ToldParts
)

// OnlyHeld tells whether nothing is made of the message when it is not held.
func (t Told) OnlyHeld() bool { return t == ToldChange || t == ToldParts }

// MessageBatch is messages of one conversation, in the gateway's order.
type MessageBatch struct {
	ConversationID ConversationID
	Messages       []MessageIn
	Fetch          *FetchResult // nil: the ledger's fetch columns stay
	Live           bool         // came by an event while the socket had been open and caught up
}

// FetchResult is how a fetch of a conversation's messages ended.
type FetchResult struct {
	Outcome          string // "ok", or the kind of the error
	Limit            int    // how many were asked for; 0: all
	ReachedBeginning bool   // the gateway has nothing older
	GapBefore        bool   // a hole may lie just before the oldest message of this batch
}

// BatchResult is what became of a MessageBatch.
type BatchResult struct {
	ConversationID ConversationID
	Counts         Counts
	NewIncoming    int   // new messages from others, notices left out
	HeldBefore     bool  // the conversation held messages before this batch
	NewestNew      int64 // unix seconds of the newest message that was not held, 0 when there is none
	Unheld         []int // which messages of the batch were left out because they are not held, see Told
}

// AvatarDue is a person or group whose picture should be asked for.
type AvatarDue struct {
	ContactID      ContactID      // zero when only a conversation is known
	ConversationID ConversationID // zero when only a contact is known
	JID            JID            `gorm:"column:jid"`
}
