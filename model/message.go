package model

// Ack is how far an own message got (contract §9.4).
type Ack int8

// The values of Ack.
const (
	AckError   Ack = -1
	AckPending Ack = 0
	AckServer  Ack = 1
	AckDevice  Ack = 2
	AckRead    Ack = 3
	AckPlayed  Ack = 4
)

// Merge returns the ack after next was heard: it only goes up, except that
// a message that has not reached a device may turn to error.
func (a Ack) Merge(next Ack) Ack {
	switch {
	case next < AckError || next > AckPlayed:
		return a
	case next == AckError:
		if a <= AckServer {
			return AckError
		}
		return a
	case next > a:
		return next
	default:
		return a
	}
}

// MessageType is the kind of a message, in the gateway's own words.
type MessageType string

// The message types that Buzón treats in a way of their own; others are kept
// by name and shown as unsupported.
const (
	TypeChat        MessageType = "chat"
	TypeImage       MessageType = "image"
	TypeVideo       MessageType = "video"
	TypeAudio       MessageType = "audio"
	TypeVoice       MessageType = "ptt"
	TypeDocument    MessageType = "document"
	TypeSticker     MessageType = "sticker"
	TypeLocation    MessageType = "location"
	TypeContact     MessageType = "vcard"
	TypeContacts    MessageType = "multi_vcard"
	TypePoll        MessageType = "poll_creation"
	TypeRevoked     MessageType = "revoked"
	TypeRemoved     MessageType = "removed" // not of the gateway: the owner deleted it for themself alone
	TypeCall        MessageType = "call_log"
	TypeCiphertext  MessageType = "ciphertext"
	TypeGroupInvite MessageType = "groups_v4_invite"
	TypeAlbum       MessageType = "album"
	TypeOrder       MessageType = "order"
	TypeProduct     MessageType = "product"
	TypeGroupNotice MessageType = "gp2"
	TypeE2ENotice   MessageType = "e2e_notification"
	TypeUnknown     MessageType = "unknown" // the gateway did not say
)

// IsMedia tells whether messages of the type carry a file.
func (t MessageType) IsMedia() bool {
	switch t {
	case TypeImage, TypeVideo, TypeAudio, TypeVoice, TypeDocument, TypeSticker:
		return true
	}
	return false
}

// IsGone tells whether what the message said was deleted, for everyone or by the
// owner on own devices; it is kept as an earlier version.
func (t MessageType) IsGone() bool { return t == TypeRevoked || t == TypeRemoved }

// IsNotice tells whether the type is a line about the conversation, not something said in it.
func (t MessageType) IsNotice() bool {
	switch t {
	case TypeGroupNotice, TypeE2ENotice, "notification", "notification_template", "group_notification", "broadcast_notification", "protocol", "debug":
		return true
	}
	return false
}

// MaxMessageText is the most that is kept of one text, in bytes. WhatsApp's own
// limit is 65,536 characters; more can only come from a broken or hostile gateway.
const MaxMessageText = 262_144

// Message is one message of a conversation. Its identity is (ConversationID,
// FromMe, ShortID); Serialized is a column only (contract §10.2).
type Message struct {
	ID             MessageID `gorm:"primaryKey;autoIncrement:false"`
	ConversationID ConversationID
	FromMe         bool
	ShortID        ShortID
	Serialized     string
	Type           MessageType
	Text           string // what a person reads and searches; never base64 or vCard source
	AuthorJID      JID    `gorm:"column:author_jid"` // who said it in a group, "" elsewhere
	AuthorName     string // the sender's own name at that time
	Ack            Ack
	HasMedia       bool // can be downloaded
	Starred        bool
	Forwarded      bool
	Ephemeral      bool
	EditedAt       Stamp
	RevokedAt      Stamp   // when Buzón learned that it was revoked
	QuotedShortID  ShortID // "" when it quotes nothing
	QuotedAuthor   JID
	QuotedText     string
	Details        string // MessageDetails as JSON, "" when there are none
}

// UnixSeconds returns when the message was sent, or zero before it has a key.
func (m *Message) UnixSeconds() int64 { return m.ID.Unix() }

// MessageDetails are the parts of a message that only some kinds have.
type MessageDetails struct {
	Media     *MediaInfo   `json:"media,omitempty"`
	Location  *Location    `json:"location,omitempty"`
	VCards    []string     `json:"vcards,omitempty"`
	Poll      *Poll        `json:"poll,omitempty"`
	Invite    *GroupInvite `json:"invite,omitempty"`
	Commerce  *Commerce    `json:"commerce,omitempty"`
	Mentions  []JID        `json:"mentions,omitempty"`
	Links     []string     `json:"links,omitempty"`
	Call      *CallInfo    `json:"call,omitempty"`
	Notice    *NoticeInfo  `json:"notice,omitempty"`
	Forwards  int          `json:"forwards,omitempty"` // how often it was forwarded, as far as the gateway counts
	Thumbnail string       `json:"-"`
	Truncated bool         `json:"truncated,omitempty"` // the text was longer than MaxMessageText
	// TimeGuessed says that nobody told when it was sent: the key holds the time of the clock here.
	TimeGuessed bool `json:"time_guessed,omitempty"`
}

// MediaInfo describes the file of a message.
type MediaInfo struct {
	MimeType string `json:"mimetype,omitempty"`
	FileName string `json:"filename,omitempty"`
	Size     int64  `json:"size,omitempty"`    // bytes
	Seconds  int    `json:"seconds,omitempty"` // length of sound and video
	Width    int    `json:"width,omitempty"`   // pixels
	Height   int    `json:"height,omitempty"`  // pixels
	Pages    int    `json:"pages,omitempty"`
	ViewOnce bool   `json:"view_once,omitempty"`
	Gif      bool   `json:"gif,omitempty"`
}

// Location is a place that was shared.
type Location struct {
	Latitude  float64 `json:"lat"`
	Longitude float64 `json:"lon"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
	URL       string  `json:"url,omitempty"`
}

// Poll is a question with options.
type Poll struct {
	Name     string   `json:"name"`
	Options  []string `json:"options"`
	Multiple bool     `json:"multiple,omitempty"`
}

// GroupInvite is an invitation to join a group.
type GroupInvite struct {
	GroupName string `json:"group"`
	Code      string `json:"code,omitempty"`
	Expires   int64  `json:"expires,omitempty"` // unix seconds, 0 unknown
}

// CallInfo is what is known of a call.
type CallInfo struct {
	Missed  bool `json:"missed,omitempty"`
	Video   bool `json:"video,omitempty"`
	Seconds int  `json:"seconds,omitempty"` // 0 unknown
}

// NoticeInfo is what a notice of a group is about.
type NoticeInfo struct {
	Kind   string `json:"kind"`             // the gateway's word, such as "add" (contract §9.6)
	People []JID  `json:"people,omitempty"` // who was added, removed, …
}

// Commerce is an order or a product.
type Commerce struct {
	OrderID     string `json:"order_id,omitempty"`
	ProductID   string `json:"product_id,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

// MessageVersion is an earlier text of a message that was edited or revoked.
type MessageVersion struct {
	MessageID MessageID `gorm:"primaryKey"`
	Number    int       `gorm:"primaryKey"` // 1 = the first text
	Type      MessageType
	Text      string
	UntilAt   Stamp // when the next version was learned
}

// Reaction is an emoji that somebody put on a message.
type Reaction struct {
	MessageID MessageID `gorm:"primaryKey"`
	SenderJID JID       `gorm:"primaryKey;column:sender_jid"`
	Emoji     string
	At        Stamp
}

// MessageRow is a message as a conversation shows it.
type MessageRow struct {
	Message
	Author     string            // display name of AuthorJID, "" outside of groups
	Names      map[JID]string    `gorm:"-"` // of those who are quoted, mentioned or told of, where they have one
	Own        []JID             `gorm:"-"` // those among them who are oneself
	MediaState MediaState        // "" when there is no file
	MediaHash  string            // "" until stored
	MediaThumb string            // digest of its small picture, "" when there is none
	MediaError string            // kind of the problem when the last download failed
	MediaSize  int64             // bytes; until stored, the sender's word
	Versions   int               // earlier texts kept
	Reactions  []ReactionSummary `gorm:"-"`
	Votes      []VoteCount       `gorm:"-"` // of a poll: every option in its order, once votes are known
	Pending    []PendingAction   `gorm:"-"` // actions on it that are not done, the oldest first
}

// ReactionSummary counts one emoji on a message.
type ReactionSummary struct {
	Emoji string
	Count int
	Mine  bool
}

// MessageQuery selects a page of one conversation. Pages come oldest first.
// At most one of Before, After and Around is set; none of them means the newest page.
type MessageQuery struct {
	ConversationID ConversationID
	Before         MessageID
	After          MessageID
	Around         MessageID
	Limit          int // zero: 50
}
