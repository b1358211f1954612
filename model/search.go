package model

import (
	"cmp"
	"time"
)

// SearchQuery selects messages in the language of package query, newest first.
type SearchQuery struct {
	SessionID      SessionID      // zero: of all sessions
	ConversationID ConversationID // zero: of all conversations
	Text           string         // words and operators; the last word may be a beginning
	Before         MessageID      // keyset: SearchResult.Next of the page before
	// After turns the direction: the page holds the first messages after that key,
	// and SearchResult.Next is the After of the page after it. Not with Before.
	After MessageID
	Limit int // zero: 50
	// Location is where days begin and end in the dates of Text; nil means UTC.
	Location *time.Location
}

// SearchResult is a page of what was found.
type SearchResult struct {
	Hits []SearchHit // newest first
	// Next is the Before of the page after this one, or its After when the query
	// had one; zero when there is none.
	Next MessageID
	// Cut says that so much had to be looked through that the search stopped
	// early: everything up to Next was seen, what is beyond it was not. The page
	// may then hold fewer hits than asked for, even none.
	Cut bool
}

// SearchHit is a message that was found, with where it belongs.
type SearchHit struct {
	ID               MessageID
	ConversationID   ConversationID
	ConversationJID  JID `gorm:"column:conversation_jid"`
	ConversationName string
	ConversationKind ConversationKind
	AvatarHash       string // of the conversation
	SessionID        SessionID
	ShortID          ShortID
	FromMe           bool
	Author           string
	Type             MessageType
	Text             string // of a long text the part around the first match
	Ack              Ack
	Starred          bool
	At               Stamp          `gorm:"-"` // when it was sent, to the second
	Marks            []TextRange    `gorm:"-"` // what matched in Text, in order, not overlapping
	Names            map[JID]string `gorm:"-"` // of those whom Text mentions, see NameMarked
}

// TextRange is a part of a text, in bytes; To is not part of it.
type TextRange struct{ From, To int }

// NameHit is a name that can stand behind from: or in:.
type NameHit struct {
	Name           string
	JID            JID              `gorm:"column:jid"`
	Kind           ConversationKind // KindPerson, or what the conversation is
	ContactID      ContactID        // zero: no contact
	ConversationID ConversationID   // zero: no conversation
	SessionID      SessionID
	AvatarHash     string
}

// PlaceHit is a conversation, or a contact without one, that was found by name or number.
type PlaceHit struct {
	ConversationID ConversationID // zero: there is no conversation yet
	ContactID      ContactID      // zero: no contact
	JID            JID            `gorm:"column:jid"`
	Name           string
	Kind           ConversationKind
	AvatarHash     string
	SessionID      SessionID
	Main           JID `gorm:"column:main_jid"`
}

// PersonJID returns the identifier by which the person goes, the present number
// where one is known, else its own.
func (h *PlaceHit) PersonJID() JID { return cmp.Or(h.Main, h.JID) }

// SavedSearchID is the local key of a saved search.
type SavedSearchID int64

// SavedSearch is a query that the owner gave a name.
type SavedSearch struct {
	ID   SavedSearchID `gorm:"primaryKey" json:"id"`
	Name string        `json:"name"` // not empty, at most MaxName runes, unique
	Text string        `json:"text"` // in the language of package query
}
