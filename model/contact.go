package model

// Contact is one person (or oneself, or a company) that the gateway named.
type Contact struct {
	ID           ContactID   `gorm:"primaryKey" json:"id"`
	SessionID    SessionID   `json:"session_id"`
	JID          JID         `gorm:"column:jid" json:"jid"`
	Phone        Phone       `json:"phone"`
	DisplayName  string      `json:"display_name"` // of the person, see PersonName
	OwnName      string      `json:"-"`            // of this identifier alone, see ContactDisplayName
	PersonID     ContactID   `json:"-"`            // zero when it is alone, else that of the one which stands for the person
	SearchText   string      `json:"-"`            // folded names and digits, see Fold
	Name         string      `json:"name"`         // in the phone's address book
	PushName     string      `json:"push_name"`    // what the person calls themself
	ShortName    string      `json:"short_name"`
	VerifiedName string      `json:"verified_name"`
	IsBusiness   bool        `json:"is_business"`
	IsEnterprise bool        `json:"is_enterprise"`
	IsMe         bool        `json:"is_me"`
	IsMyContact  bool        `json:"is_my_contact"`
	IsWAContact  bool        `gorm:"column:is_wa_contact" json:"is_wa_contact"`
	IsBlocked    bool        `json:"is_blocked"`
	IsGroup      bool        `json:"is_group"`
	Business     string      `json:"-"` // BusinessProfile as JSON, "" when there is none
	Fingerprint  Fingerprint `json:"-"`
	NotSeenSince Stamp       `json:"not_seen_since"` // zero while the gateway names it
	FirstSeenAt  Stamp       `json:"first_seen_at"`

	// The following come from calls of their own, never from the contact list.

	About       string `json:"about"`
	DetailsAt   Stamp  `json:"details_at"` // when About and Business were last asked
	AvatarHash  string `json:"-"`          // file name of the picture, "" when none is held
	AvatarAt    Stamp  `json:"-"`          // when the picture was last asked
	AvatarTries int    `json:"-"`          // failures in a row
}

// BusinessProfile is what a company says of itself (contract §9.2).
type BusinessProfile struct {
	Description string   `json:"description,omitempty"`
	Categories  []string `json:"categories,omitempty"`
	Email       string   `json:"email,omitempty"`
	Websites    []string `json:"websites,omitempty"`
	Address     string   `json:"address,omitempty"`
}

// ContactRow is what a row of the contact list shows.
type ContactRow struct {
	ID           ContactID `json:"id"`
	SessionID    SessionID `json:"session_id"`
	JID          JID       `gorm:"column:jid" json:"jid"`
	DisplayName  string    `json:"name"`
	Phone        Phone     `json:"phone"`
	PushName     string    `json:"push_name"`
	IsBusiness   bool      `json:"is_business"`
	IsMyContact  bool      `json:"is_my_contact"`
	IsBlocked    bool      `json:"is_blocked"`
	AvatarHash   string    `json:"-"`
	NotSeenSince Stamp     `json:"not_seen_since"`
}

// ContactQuery selects contacts, ordered by folded display name, then key.
type ContactQuery struct {
	SessionID SessionID // zero: of all sessions
	Text      string    // part of a name or number; "" = all
	Groups    bool      // also the groups that the contact list names
	AfterName string    // keyset: folded name and key of the last row held
	AfterID   ContactID
	Limit     int // zero: no limit
}

// ContactDetail is what the detail pane of a contact shows.
type ContactDetail struct {
	Contact
	Profile        BusinessProfile
	LID            JID        // the hidden id of the same person, "" when unknown
	IDs            []PersonID `json:"ids"` // every identifier of the person, and those that could be
	GroupsInCommon []ConversationRow
	ConversationID ConversationID // zero when there is none
}
