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
	Group        *Group     // nil: not a group, or nothing known of it
	Same         []Identity // members who were told under two identifiers
}

// MessageIn is a message as the gateway gave it. The store sets its ID and ConversationID.
type MessageIn struct {
	Message
	Unix           int64  // seconds at which it was sent
	Media          *Media // nil when it has no file
	Reactions      []Reaction
	ReactionsKnown bool       // Reactions is the whole list, also when it is empty
	Same           []Identity // the two identifiers of its author, when it names both
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

// MessageBatch is messages of one conversation, in the gateway's order. What the
// ledger makes of them depends on how they came: see Ledger.Take.
type MessageBatch struct {
	ConversationID ConversationID
	Messages       []MessageIn
	Fetch          *FetchResult // how the fetch ended that these are the last messages of; nil for others
	Part           bool         // the first messages of a fetch whose end comes in another batch
	Sent           bool         // the answer to sending them
	Live           bool         // came by an event while the socket had been open and caught up
}

// FetchOK is the outcome of a fetch without error.
const FetchOK = "ok"

// FetchResult is how a fetch of a conversation's newest messages ended.
type FetchResult struct {
	Outcome          string    // FetchOK, or the kind of the error
	Limit            int       // how many were asked for; 0: all
	Total            int       // how many came, those in earlier batches too; 0: those of this batch
	Oldest           int64     // second of the oldest that came, in earlier batches too; 0: of this batch
	Newest           int64     // second of the newest that came; as Oldest
	ReachedBeginning bool      // the phone has nothing older
	Unreadable       []Hole    // where messages came that could not be read
	HeldTo           MessageID // newest message held when the fetch began; zero: not known
	Named            ShortID   // newest message told when the fetch began; "": not known
	Purpose          FetchPurpose
}

// FetchPurpose says what a fetch was made for.
type FetchPurpose string

// The purposes of a fetch.
const (
	ForNews      FetchPurpose = ""          // to bring what is new
	ForRepair    FetchPurpose = "repair"    // to fill gaps; they count it as a try
	ForReconcile FetchPurpose = "reconcile" // to compare what is held with what the gateway has
)

// Hole is a stretch of time, in unix seconds, both ends included. After zero: from the beginning.
type Hole struct{ After, Before int64 }

// BatchResult is what became of a MessageBatch.
type BatchResult struct {
	ConversationID ConversationID
	// ThreadID is the conversation that stands for all of those with the person, zero when this one is alone.
	ThreadID    ConversationID
	Counts      Counts
	NewIncoming int   // new messages from others, notices left out
	NewestNew   int64 // unix seconds of the newest message that was not held, 0 when there is none
	Unheld      []int // which messages of the batch were left out because they are not held, see Told
	State       LedgerState
	Deepen      bool // a fetch filled its limit and left a gap that a larger one may fill
}

// AvatarDue is a person or group whose picture should be asked for.
type AvatarDue struct {
	ContactID      ContactID      // zero when only a conversation is known
	ConversationID ConversationID // zero when only a contact is known
	JID            JID            `gorm:"column:jid"`
}
