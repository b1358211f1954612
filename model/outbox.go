package model

// OutboxState is where an outgoing message stands.
type OutboxState string

// The states of an outgoing message: queued → sending → sent | failed | unknown.
const (
	OutboxQueued  OutboxState = "queued"
	OutboxSending OutboxState = "sending" // the call was made or is about to be
	OutboxSent    OutboxState = "sent"
	OutboxFailed  OutboxState = "failed"  // the gateway refused it; it was not sent
	OutboxUnknown OutboxState = "unknown" // it may or may not have been sent; never repeated by itself
)

// OutboxItem is one outgoing message. It is stored before anything is called.
type OutboxItem struct {
	ID             OutboxID       `gorm:"primaryKey" json:"id"`
	SessionID      SessionID      `json:"-"`
	ConversationID ConversationID `json:"-"`
	State          OutboxState    `json:"state"`
	Kind           string         `json:"kind"` // OutboxText or OutboxFile
	Text           string         `json:"text"`
	Payload        string         `json:"-"` // JSON of kinds other than text
	QuotedShortID  ShortID        `json:"-"`
	CreatedAt      Stamp          `gorm:"autoCreateTime:false" json:"created_at"`
	AttemptedAt    Stamp          `json:"attempted_at"` // committed before the call
	FinishedAt     Stamp          `json:"finished_at"`
	Attempts       int            `json:"attempts"`
	Error          string         `json:"error"`      // kind of the last failure
	ErrorText      string         `json:"error_text"` // the gateway's sentence, capped
	ShortID        ShortID        `json:"message_id"` // of the message that it became
}

// TableName is where outgoing messages are stored.
func (OutboxItem) TableName() string { return "outbox" }

// The kinds of outgoing message.
const (
	OutboxText = "text"
	OutboxFile = "file" // Payload is an OutgoingFile; Text is the caption
)

// MaxOutgoingFile is the largest file that is taken to be sent, in bytes. The
// gateway's own limit, about 8.2 MB as delivered, cannot be asked for; it is
// told by a refusal (contract §2 MAX_ATTACHMENT_SIZE).
const MaxOutgoingFile = 64 << 20

// OutgoingFile names the copy of a file that is to be sent, taken when it was queued.
type OutgoingFile struct {
	SHA256   string `json:"sha256"`
	MimeType string `json:"mimetype"`
	FileName string `json:"filename"`
	Size     int64  `json:"size"` // bytes
}
