package gateway

// Message is one message (contract §9.4), with what an inbox needs out of its
// raw model (_data). The same message comes again with changed members when it
// was edited, revoked, decrypted, starred or acknowledged.
type Message struct {
	ID        MessageID
	Type      string // chat, image, ptt, revoked … Unknown types are passed on as they came
	Body      string // text, or caption; see the traps in contract §9.4
	Ack       *int   // -1 error … 4 played; nil when missing
	HasMedia  bool
	Timestamp int64 // unix seconds
	From      string
	To        string
	Author    string // sender inside groups and status
	FromMe    bool

	DeviceType      string
	IsForwarded     bool
	ForwardingScore int
	IsStatus        bool
	IsStarred       bool
	Broadcast       bool
	IsEphemeral     bool
	IsGif           bool
	HasReaction     bool

	HasQuotedMsg bool
	Quoted       *Quoted // nil when nothing is known about the quoted message

	Duration      float64 // seconds of audio and video; 0 unknown
	Location      *MessageLocation
	VCards        []string
	MentionedIDs  []string // serialized wids
	GroupMentions []GroupMention
	Links         []Link
	Invite        *GroupInvite
	Poll          *MessagePoll
	Commerce      *Commerce

	LatestEditTimestamp int64      // unix milliseconds of the last edit; 0 never
	Protocol            *MessageID // of a revoked one: the original

	// Out of _data.
	NotifyName string // the sender's own name at that time
	Mimetype   string
	Filename   string // directories and control characters removed
	Size       int64  // bytes of the file
	Width      int
	Height     int
	Caption    string
	PageCount  int
	Subtype    string
	Recipients []string // of a notice: serialized wids of whom it is about
	IsViewOnce bool
	Thumbnail  string       // base64 of the small picture, at most about 90 KB; see the traps in contract §9.4
	Call       *MessageCall // nil: nothing is known of a call
}

// MessageCall is what a call_log tells of its call.
type MessageCall struct {
	Outcome string // such as "Missed" or "Completed"
	Video   bool
	Seconds float64
}

// Quoted is what a reply tells about the message that it answers.
type Quoted struct {
	ShortID     string // quotedStanzaID
	Participant string // serialized wid of the quoted one's sender
	Type        string
	Body        string
	Caption     string
}

// MessageLocation is a place in a message.
type MessageLocation struct {
	Latitude    float64
	Longitude   float64
	Name        string
	Address     string
	URL         string
	Description string
}

// GroupMention is a group named in a text.
type GroupMention struct {
	Subject string
	ID      ID
}

// Link is an address in a text.
type Link struct {
	URL        string
	Suspicious bool
}

// GroupInvite is an invitation sent as a message.
type GroupInvite struct {
	Code      string
	Expires   int64 // unix seconds; 0 unknown
	GroupID   string
	GroupName string
	FromID    string
	ToID      string
}

// MessagePoll is a poll that was asked.
type MessagePoll struct {
	Name          string
	Options       []PollOption
	AllowMultiple bool
	Invalidated   bool
}

// PollOption is one answer of a poll.
type PollOption struct {
	Name    string
	LocalID int
}

// Commerce holds the members of order, product and button messages.
type Commerce struct {
	OrderID          string
	Token            string
	Title            string
	Description      string
	BusinessOwner    string
	ProductID        string
	SelectedButtonID string
	SelectedRowID    string
}
