package gateway

// Generation says which of the two servers answers.
type Generation string

// The generations of the gateway. The server tells no version; they are told
// apart by the routes that exist (contract §1).
const (
	GenerationUnknown Generation = ""
	// GenerationA is avoylenko/wwebjs-api.
	GenerationA Generation = "wwebjs-api"
	// GenerationC is chrishubert/whatsapp-api, archived.
	GenerationC Generation = "whatsapp-api"
)

// ID is a wid: the identifier of a person, group, broadcast or channel. A wid
// that came as plain text has its parts filled by cutting at the "@".
type ID struct {
	Server     string // "c.us", "lid", "g.us", "broadcast", "newsletter"
	User       string
	Serialized string // "<user>@<server>"
}

// IsZero says whether the gateway gave no id.
func (id ID) IsZero() bool { return id.Serialized == "" }

// MessageID identifies one message. (chat, FromMe, Short) is its identity: the
// participant part of Serialized differs between answers (contract §10.2).
type MessageID struct {
	FromMe      bool
	Remote      string // serialized wid of the chat
	Short       string // what the /message routes want
	Participant string // serialized wid of the sender, in groups
	Self        string // "out" or "in", only in the chat with oneself
	Serialized  string // what options.quotedMessageId wants; taken, or built from the parts
}

// MessageRef names a message for the /message routes: its chat and short id.
type MessageRef struct {
	ChatID  string
	ShortID string
}

// Status is the answer of the status call. It is an answer, not an error, also
// when the session does not exist (contract §4.3).
type Status struct {
	Success bool
	State   string // CONNECTED, UNPAIRED, OPENING …; empty when the gateway said null
	Message string // session_connected, session_not_found, session_not_connected, browser tab closed …
}

// QRReason says why there is no QR.
type QRReason string

// Reasons for an absent QR.
const (
	QRReady    QRReason = ""
	QRNotReady QRReason = "not ready" // not made yet, or scanned already
	QRNotFound QRReason = "not found" // no such session in memory
)

// QRAnswer is the text to draw, or why there is none. Generation C goes on
// answering an old QR after pairing: look at the status first (contract §4.1).
type QRAnswer struct {
	Text   string
	Reason QRReason
}

// QRImageAnswer is the gateway's own picture of the QR, or why there is none.
type QRImageAnswer struct {
	PNG    []byte
	Reason QRReason
}

// Account is the paired account itself (contract §9.8).
type Account struct {
	ID       ID // ID.User holds the digits of the phone
	PushName string
	Platform string // android, iphone, smba, smbi …
}

// Contact is a person, business or group of the address list (contract §9.2).
type Contact struct {
	ID            ID
	Number        string // digits of the real id: of a lid when Lid differs from ID. Never a phone by itself
	Name          string // as in the phone's address book
	PushName      string
	ShortName     string
	VerifiedName  string
	VerifiedLevel int
	Type          string
	IsBusiness    bool
	IsEnterprise  bool
	IsMe          bool
	IsUser        bool
	IsGroup       bool
	IsWAContact   bool
	IsMyContact   bool
	IsBlocked     bool
	StatusMute    bool
	Labels        []string
	Business      *BusinessProfile // nil when the gateway gave none
	Sum           uint64           // of the item's bytes; within this process equal sums mean equal items
}

// BusinessProfile is what a business tells about itself.
type BusinessProfile struct {
	Tag         string
	Description string
	Categories  []string // localized names
	Email       string
	Websites    []string
	Address     string
	Latitude    *float64
	Longitude   *float64
	Hours       string // businessHours as the gateway's JSON, for a later use
}

// Chat is a conversation (contract §9.3).
type Chat struct {
	ID             ID
	Name           string
	IsGroup        bool
	IsReadOnly     bool
	IsChannel      bool
	IsLocked       bool
	Archived       bool
	Pinned         bool
	IsMuted        bool
	MuteExpiration int64 // unix seconds; 0 not muted, -1 for ever
	UnreadCount    int   // -1: marked unread by hand
	Timestamp      int64 // unix seconds of the last activity; 0 when missing. Can be older than LastMessage
	Description    string
	LastMessage    *Message       // nil when the page has none loaded
	Group          *GroupMetadata // groups only
	Sum            uint64         // of the item's bytes; within this process equal sums mean equal items
}

// GroupMetadata describes a group.
type GroupMetadata struct {
	ID                 ID
	Subject            string
	SubjectTime        int64 // unix seconds
	Description        string
	DescriptionTime    int64 // unix seconds
	Owner              ID
	Creation           int64 // unix seconds
	Restrict           bool  // only admins edit the info
	Announce           bool  // only admins send
	EphemeralDuration  int64 // seconds
	MembershipApproval bool
	IsParentGroup      bool
	DefaultSubgroup    bool
	IsLidAddressing    bool
	Size               int // as told; 0 when missing
	Participants       []Participant
}

// Participant is a member of a group.
type Participant struct {
	ID           ID
	Other        ID // the same member by number or hidden id, where the gateway tells both
	IsAdmin      bool
	IsSuperAdmin bool
}

// Label is a label of WhatsApp Business.
type Label struct {
	ID       string
	Name     string
	HexColor string
}

// LidPhone joins the hidden id and the phone of one person; either half may be
// empty when the gateway does not know it (contract §5.1).
type LidPhone struct {
	Lid   string // serialized, @lid
	Phone string // serialized, @c.us
}

// Media is a downloaded file.
type Media struct {
	Mimetype string // may carry parameters: "audio/ogg; codecs=opus"
	Filename string // the sender's wish with directories and control characters removed; may be empty
	Data     []byte
}

// Reaction is one person's reaction to a message (contract §9.6).
type Reaction struct {
	ID        MessageID
	Target    MessageID // the message reacted to
	Emoji     string    // empty: taken back
	SenderID  string
	Timestamp float64 // unix seconds, with a fraction in events
	Read      bool
	Ack       *int
	Orphan    int
}

// ReactionList is all reactions with one emoji to one message.
type ReactionList struct {
	Emoji   string
	ByMe    bool
	Senders []Reaction
}

// Call is a voice or video call.
type Call struct {
	ID        string
	From      string
	Timestamp int64
	IsVideo   bool
	IsGroup   bool
	FromMe    bool
}

// ItemProblem is one item of a list that could not be read.
type ItemProblem struct {
	Index int // place in the gateway's list, from 0
	Err   error
}

// ListReport says how a list went.
type ListReport struct {
	Items    int           // items handed to the callback
	Bad      int           // items that could not be read
	Problems []ItemProblem // the first of the bad ones, at most 20
	Missing  bool          // the answer has null in the list's place, or nothing
}
