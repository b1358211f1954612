package model

// MediaState is how far the file of a message got.
type MediaState string

// The states of a media file.
const (
	MediaRemote      MediaState = "remote"      // only the gateway has it
	MediaDownloading MediaState = "downloading" // being fetched
	MediaStored      MediaState = "stored"      // held locally, verified
	MediaFailed      MediaState = "failed"      // can be tried again; Error says why
	MediaGone        MediaState = "gone"        // the phone must upload it again
	MediaNone        MediaState = "none"        // there is no file, only a small picture: the map of a place
)

// Media is the record of a message's file; the bytes are a file named by SHA-256.
type Media struct {
	MessageID MessageID `gorm:"primaryKey"`
	State     MediaState
	SHA256    string `gorm:"column:sha256"`
	MimeType  string // once stored, what the bytes really are
	FileName  string // as the sender named it, not yet fit for a disk
	Size      int64  // bytes; until stored, the sender's word
	Error     string // kind of the problem of the last download, see ProblemKind
	Thumb     string // digest of the small picture that came with the message, "" when there was none
	Width     int    // pixels, 0 unknown
	Height    int    // pixels, 0 unknown
	Tries     int    // failed downloads in a row; MediaByHand or more: only when the owner asks
	UpdatedAt Stamp  `gorm:"autoUpdateTime:false"`
}

// MediaByHand is a number of tries that no automatic download goes beyond: the
// file comes only when the owner asks for it.
const MediaByHand = 100

// TableName is where media records are stored.
func (Media) TableName() string { return "media" }

// MaxMediaFile is the largest file that is ever fetched, in bytes. WhatsApp shows
// pictures and video up to 16 MB; the gateway hands a file over as base64 inside
// the memory of one web page and gives up on much larger documents (contract §2, §7).
const MaxMediaFile = 25 << 20

// MediaProgress is how far the download of one file is.
type MediaProgress struct {
	Done, Total int64      // bytes; Total zero means unknown
	State       MediaState // MediaDownloading while it runs, then how it ended
}

// MediaRef is what a download needs to know of a message.
type MediaRef struct {
	Media
	ConversationID ConversationID
	SessionID      SessionID
	JID            JID `gorm:"column:jid"` // of the conversation
	ShortID        ShortID
	FromMe         bool
	Type           MessageType
}

// OpenedAs says what was handed to the system: the file, or only its folder.
type OpenedAs string

// The ways of opening.
const (
	OpenedFile   OpenedAs = "file"
	OpenedFolder OpenedAs = "folder" // the file is of a kind that could do harm
)

// GalleryKind is a part of a conversation's gallery.
type GalleryKind string

// The parts of the gallery.
const (
	GalleryPictures GalleryKind = "pictures" // images and videos
	GalleryFiles    GalleryKind = "files"    // documents and audio; voice messages are left out
	GalleryLinks    GalleryKind = "links"    // messages with web addresses
)

// MediaQuery selects a page of a conversation's gallery, the newest first.
type MediaQuery struct {
	ConversationID ConversationID
	Kind           GalleryKind
	Before         MessageID // keyset: the last item held
	Limit          int       // zero: 60
}

// MediaItem is one entry of a gallery.
type MediaItem struct {
	MessageID      MessageID
	ConversationID ConversationID
	Type           MessageType
	FromMe         bool
	Author         string // display name, "" outside of groups
	State          MediaState
	SHA256         string `gorm:"column:sha256"`
	Thumb          string
	MimeType       string
	FileName       string
	Size           int64 // bytes
	Width, Height  int   // pixels
	Seconds        int   // of video and audio
	Text           string
	Links          []string `gorm:"-"` // of GalleryLinks
}

// MediaUsage is what the stored files of a conversation weigh.
type MediaUsage struct {
	ConversationID ConversationID // zero: of all conversations together
	Name           string
	Files          int
	Bytes          int64
	Oldest, Newest MessageID // zero when there are none
}

// ReactionDetail is who put which emoji on a message.
type ReactionDetail struct {
	SenderJID JID `gorm:"column:sender_jid"`
	Name      string
	Emoji     string
	At        Stamp
	Mine      bool
}

// PollVote is what one person chose in a poll.
type PollVote struct {
	VoterJID JID `gorm:"column:voter_jid"`
	Name     string
	Options  []string // never empty
	At       Stamp
	Mine     bool
}

// VoteCount counts one option of a poll.
type VoteCount struct {
	Option string
	Count  int
	Mine   bool
}

// MediaWish selects files that may be downloaded by themselves.
type MediaWish struct {
	SessionID    SessionID
	Types        []MessageType
	MaxBytes     int64
	FailedBefore Stamp     // a failed one is tried again when its last try was before this
	Before       MessageID // keyset: the last one held
	Limit        int
}
