package conversations

import (
	"context"
	"image"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Service is what the screen asks of the program. Every method may block.
type Service interface {
	List(ctx context.Context, q model.ConversationQuery) ([]model.ConversationRow, error)
	// Order returns the keys of all conversations of a query in the order of the list.
	Order(ctx context.Context, q model.ConversationQuery) ([]model.ConversationID, error)
	// Rows returns rows of the list by their keys, in that order.
	Rows(ctx context.Context, ids []model.ConversationID) ([]model.ConversationRow, error)
	// Labels returns the labels of a business account; others have none.
	Labels(ctx context.Context, id model.SessionID) ([]model.Label, error)
	Get(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	Group(ctx context.Context, id model.ConversationID) (model.Group, error)
	Messages(ctx context.Context, q model.MessageQuery) ([]model.MessageRow, error)
	// FirstUnread returns the first message that was not read, zero when there is none.
	FirstUnread(ctx context.Context, id model.ConversationID) (model.MessageID, error)
	// Quoted returns the newest message with the gateway's id, zero when it is not held.
	Quoted(ctx context.Context, id model.ConversationID, short model.ShortID) (model.MessageID, error)
	// FetchMessages asks the gateway for the newest messages and stores them.
	FetchMessages(ctx context.Context, id model.ConversationID) (model.Counts, error)
	// FetchOlder asks the gateway for messages from before the oldest one held;
	// more says whether asking again may give more.
	FetchOlder(ctx context.Context, id model.ConversationID) (counts model.Counts, more bool, err error)
	// Send stores a message to be sent and returns at once.
	Send(ctx context.Context, id model.ConversationID, out model.Outgoing) (model.OutboxID, error)
	MarkRead(ctx context.Context, id model.ConversationID) error
	MarkUnread(ctx context.Context, id model.ConversationID) error
	SetArchived(ctx context.Context, id model.ConversationID, archived bool) error
	SetPinned(ctx context.Context, id model.ConversationID, pinned bool) error
	// SetMuted silences the conversation until then: model.MutedForever, or zero to end it.
	SetMuted(ctx context.Context, id model.ConversationID, until model.Stamp) error
	SaveDraft(ctx context.Context, id model.ConversationID, text string) error
}

// Outbox holds what goes out. Every method may block.
type Outbox interface {
	// List returns outgoing rows in the order of sending.
	List(ctx context.Context, q model.OutboxQuery) ([]model.OutboxRow, error)
	// Edit changes the text of a row that waits or was refused.
	Edit(ctx context.Context, id model.OutboxID, text string) error
	// SendAgain queues a row once more that was refused or whose fate is unknown.
	SendAgain(ctx context.Context, id model.OutboxID) error
	// Release lets a row go that asks first.
	Release(ctx context.Context, id model.OutboxID) error
	// Forget takes a row away, also one that waits.
	Forget(ctx context.Context, id model.OutboxID) error
}

// Actions change messages and conversations by way of the outbox. Every method
// may block.
type Actions interface {
	// Act stores what is to be done and returns at once.
	Act(ctx context.Context, a model.Action) (model.OutboxID, error)
	// Capabilities say what the gateway of a session can do.
	Capabilities(ctx context.Context, id model.SessionID) (model.Capabilities, error)
	// CheckNumber asks WhatsApp who has a number, written in any form.
	CheckNumber(ctx context.Context, id model.SessionID, text string) (model.NumberCheck, error)
	// Blocked tells whether the person of a conversation is blocked.
	Blocked(ctx context.Context, id model.ConversationID) (bool, error)
	// LabelsOf returns the gateway's ids of the labels of a conversation.
	LabelsOf(ctx context.Context, id model.ConversationID) ([]string, error)
}

// Notify keeps of which conversations the owner is told on this computer. Both
// methods may block.
type Notify interface {
	NotifiesFrom(ctx context.Context, id model.ConversationID) (bool, error)
	NotifyFrom(ctx context.Context, id model.ConversationID, on bool) error
}

// Finder searches what is held. Every method may block.
type Finder interface {
	// Search returns messages by a query in the language of package query, newest first.
	Search(ctx context.Context, q model.SearchQuery) (model.SearchResult, error)
	// SearchConversations returns conversations and contacts by name or number.
	SearchConversations(ctx context.Context, text string, limit int) ([]model.PlaceHit, error)
	// SearchNames returns names that begin so, for from: and in:.
	SearchNames(ctx context.Context, prefix string, limit int) ([]model.NameHit, error)
	SavedSearches(ctx context.Context) ([]model.SavedSearch, error)
	SaveSearch(ctx context.Context, s model.SavedSearch) (model.SavedSearch, error)
	DeleteSearch(ctx context.Context, id model.SavedSearchID) error
	// Open returns the conversation with an identifier; one that is not known yet is made.
	Open(ctx context.Context, session model.SessionID, jid string) (model.Conversation, error)
}

// Attach looks at files that are to be sent and copies them. Every method may
// block; the errors are *model.FileError where the file is the reason.
type Attach interface {
	// Limit returns how large a file may be, in bytes.
	Limit() int64
	// Look tells what a file is and whether it can be taken, from its beginning.
	Look(ctx context.Context, path string) (model.FileLook, error)
	// Take copies a file, or a smaller picture of it.
	Take(ctx context.Context, path string, o model.TakeOptions) (model.OutgoingFile, error)
	// Preview returns a picture of a file that was taken, PreviewPath of one that
	// was not, at most maxSide pixels wide and high.
	Preview(ctx context.Context, file model.OutgoingFile, maxSide int) (image.Image, error)
	PreviewPath(ctx context.Context, path string, maxSide int) (image.Image, error)
}

// Typing shows the other side that the owner is writing.
type Typing interface {
	// SetTyping may be called at every key; it may block.
	SetTyping(ctx context.Context, id model.ConversationID, on bool) error
}

// Contacts lists the contacts whose cards can be sent.
type Contacts interface {
	List(ctx context.Context, q model.ContactQuery) ([]model.ContactRow, error)
}

// Sessions names the sessions and says which are connected.
type Sessions interface {
	List(ctx context.Context) ([]model.Session, error)
}

// Options connect the screen with its surroundings.
type Options struct {
	Sessions Sessions // nil: one session that is connected
	Finder   Finder   // nil: messages cannot be searched
	Outbox   Outbox   // nil: what goes out is not shown
	Actions  Actions  // nil: messages cannot be acted on, and no new conversation can be begun
	// Preview returns a file that goes out as a picture, its longest side at most
	// maxSide pixels; nil: such files are only named.
	Preview func(ctx context.Context, f model.OutgoingFile, maxSide int) (image.Image, error)
	History History // nil: who reacted, voted and what was edited is not shown
	Ledger  Ledger  // nil: how much is held is not shown
	Media   Media   // nil: files of messages are only named
	Attach  Attach  // nil: no files can be sent
	// Contacts lists whose cards can be sent; nil: none can.
	Contacts Contacts
	People   People    // nil: under which identifiers somebody is known is not shown
	Typing   Typing    // nil: nobody sees that the owner is writing
	Player   ui.Player // nil: sound is played by another program
	Notify   Notify    // nil: it cannot be chosen of which conversations the owner is told
	// OnOpened is called when another conversation is shown, see Screen.Opened; may be nil.
	OnOpened func()
	// OnGallery shows the pictures, files and links of a conversation; nil: there is no gallery.
	OnGallery  func(id model.ConversationID)
	EnterSends func() bool // whether Enter sends, else Ctrl+Enter; nil: Enter sends
}
