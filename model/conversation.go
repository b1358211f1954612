package model

import "cmp"

// ConversationKind is the sort of a conversation.
type ConversationKind string

// The kinds of conversation.
const (
	KindPerson    ConversationKind = "person"
	KindGroup     ConversationKind = "group"
	KindStatus    ConversationKind = "status"
	KindBroadcast ConversationKind = "broadcast"
	KindChannel   ConversationKind = "channel"
)

// MutedForever is the MutedUntil of a conversation that stays mute (contract §9.3).
const MutedForever Stamp = -1

// Conversation is a chat with a person or group, and the ledger of what is held of it.
type Conversation struct {
	ID            ConversationID   `gorm:"primaryKey" json:"id"`
	SessionID     SessionID        `json:"session_id"`
	JID           JID              `gorm:"column:jid" json:"jid"`
	Kind          ConversationKind `json:"kind"`
	Name          string           `json:"name"`
	OwnName       string           `json:"-"` // as the gateway told it; Name is that of the person
	ThreadID      ConversationID   `json:"-"` // zero when it is alone, else that of the one which stands for all of the person's
	SearchText    string           `json:"-"` // folded name and digits
	ContactID     *ContactID       `json:"contact_id"`
	Unread        int              `json:"unread"` // never negative
	MarkedUnread  bool             `json:"marked_unread"`
	Pinned        bool             `json:"pinned"`
	Archived      bool             `json:"archived"`
	ReadOnly      bool             `json:"read_only"`
	Locked        bool             `json:"locked"`
	MutedUntil    Stamp            `json:"muted_until"` // 0 not muted, MutedForever, else when it ends
	LastAt        Stamp            `json:"last_message_at"`
	LastMessageID MessageID        `json:"-"` // newest message held, zero when none
	LastShortID   ShortID          `json:"-"` // newest message that the gateway named
	LastFromMe    bool             `json:"last_from_me"`
	LastType      MessageType      `json:"last_type"`
	LastText      string           `json:"last_text"` // at most PreviewRunes
	LastAuthor    JID              `json:"-"`
	LastAck       Ack              `json:"-"`
	Draft         string           `json:"-"`
	Fingerprint   Fingerprint      `json:"-"`
	NotSeenSince  Stamp            `json:"not_seen_since"`
	FirstSeenAt   Stamp            `json:"first_seen_at"`
	AvatarHash    string           `json:"-"`
	AvatarAt      Stamp            `json:"-"`
	AvatarTries   int              `json:"-"`

	// Main is the identifier by which the person goes, see PersonJID.
	Main JID `gorm:"-" json:"-"`

	Ledger Ledger `gorm:"embedded;embeddedPrefix:ledger_" json:"-"`
}

// PreviewRunes is the most that a conversation row keeps of its last message.
const PreviewRunes = 200

// ConversationRow is what a row of the conversation list shows.
type ConversationRow struct {
	ID           ConversationID   `json:"id"`
	SessionID    SessionID        `json:"session_id"`
	JID          JID              `gorm:"column:jid" json:"jid"`
	Kind         ConversationKind `json:"kind"`
	Name         string           `json:"name"`
	Unread       int              `json:"unread"`
	MarkedUnread bool             `json:"marked_unread"`
	Pinned       bool             `json:"pinned"`
	Archived     bool             `json:"archived"`
	MutedUntil   Stamp            `json:"muted_until"`
	LastAt       Stamp            `json:"last_message_at"`
	LastFromMe   bool             `json:"last_from_me"`
	LastType     MessageType      `json:"last_type"`
	LastText     string           `json:"last_text"`
	LastAck      Ack              `json:"last_ack"`
	LastAuthor   string           `json:"last_author"` // display name, groups only
	Draft        string           `json:"-"`
	AvatarHash   string           `json:"-"`
	NotSeenSince Stamp            `json:"not_seen_since"`
	LabelColors  string           `json:"-"` // #rrggbb of its labels, with spaces between
	Main         JID              `gorm:"column:main_jid" json:"-"`
}

// PersonJID returns the identifier by which the person of a conversation goes, the
// present number where one is known, else its own.
func (r *ConversationRow) PersonJID() JID { return cmp.Or(r.Main, r.JID) }

// PersonJID returns what that of a row does.
func (c *Conversation) PersonJID() JID { return cmp.Or(c.Main, c.JID) }

// ConversationFilter narrows the conversation list.
type ConversationFilter string

// The filters of the conversation list. FilterAll leaves out archived ones.
const (
	FilterAll        ConversationFilter = "all"
	FilterUnread     ConversationFilter = "unread"
	FilterPinned     ConversationFilter = "pinned"
	FilterGroups     ConversationFilter = "groups"
	FilterArchived   ConversationFilter = "archived"
	FilterEverything ConversationFilter = "everything" // archived ones too
)

// ConversationQuery selects conversations: pinned first, then the newest activity.
type ConversationQuery struct {
	SessionID SessionID // zero: of all sessions
	Filter    ConversationFilter
	LabelID   LabelID             // zero: with any label or none
	Text      string              // part of a name or number
	After     *ConversationCursor // keyset: the last row held
	Limit     int                 // zero: no limit
}

// ConversationCursor is the place of a row in the order of the list.
type ConversationCursor struct {
	Pinned bool
	LastAt Stamp
	ID     ConversationID
}

// Group is what is known of a group beyond its conversation.
type Group struct {
	ConversationID ConversationID `gorm:"primaryKey" json:"-"`
	Subject        string         `json:"subject"`
	Description    string         `json:"description"`
	OwnerJID       JID            `gorm:"column:owner_jid" json:"owner"`
	CreatedAt      Stamp          `gorm:"autoCreateTime:false" json:"created_at"`
	AnnounceOnly   bool           `json:"announce_only"` // only admins may send
	InfoLocked     bool           `json:"info_locked"`   // only admins may edit
	Participants   []Participant  `gorm:"-" json:"participants"`
}

// Participant is a member of a group.
type Participant struct {
	ConversationID ConversationID `gorm:"primaryKey" json:"-"`
	JID            JID            `gorm:"primaryKey;column:jid" json:"jid"`
	IsAdmin        bool           `json:"is_admin"`
	IsSuperAdmin   bool           `json:"is_super_admin"`
	Name           string         `gorm:"->;-:migration" json:"name"` // read only, joined from contacts
	IDs            []JID          `gorm:"-" json:"-"`                 // every identifier of somebody who has several, the main one first
	IsMe           bool           `gorm:"-" json:"-"`                 // it is the account itself
}

// TableName is where participants are stored.
func (Participant) TableName() string { return "group_participants" }

// Label is a mark of a business account on conversations.
type Label struct {
	ID        LabelID   `gorm:"primaryKey" json:"id"`
	SessionID SessionID `json:"-"`
	WireID    string    `json:"wire_id"`
	Name      string    `json:"name"`
	Color     string    `json:"color"` // #rrggbb
}
