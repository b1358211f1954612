package simulator

// Truth is what a perfect client that has fetched everything would hold of one
// session.
type Truth struct {
	// Contacts counts the unique ids of getContacts: people, oneself, WhatsApp, groups.
	Contacts int `json:"contacts"`
	// ContactEntries is the length of getContacts, repeated ids included.
	ContactEntries int `json:"contact_entries"`
	// ContactPeople counts the unique ids of people (c.us and lid), oneself and
	// WhatsApp's own contact included.
	ContactPeople int `json:"contact_people"`
	// ContactLIDs counts those of ContactPeople that are hidden ids.
	ContactLIDs int `json:"contact_lids"`
	// ContactGroups counts the groups among Contacts.
	ContactGroups int `json:"contact_groups"`
	// Conversations is the length of getChats.
	Conversations int `json:"conversations"`
	// Groups counts the conversations that are groups.
	Groups int `json:"groups"`
	// Broadcasts counts status@broadcast and broadcast lists among Conversations.
	Broadcasts int `json:"broadcasts"`
	// Messages counts all messages that fetchMessages can ever return.
	Messages int `json:"messages"`
	// MessagesSent and MessagesReceived split Messages by fromMe.
	MessagesSent     int `json:"messages_sent"`
	MessagesReceived int `json:"messages_received"`
	// Unread is the sum of the positive unread counts.
	Unread int `json:"unread"`
	// UnreadConversations counts conversations with unread messages or marked unread.
	UnreadConversations int `json:"unread_conversations"`
	// MarkedUnread counts conversations whose unread count is -1.
	MarkedUnread int `json:"marked_unread"`
	// Archived, Pinned, Muted and Empty count conversations; Empty ones have no message.
	Archived int `json:"archived"`
	Pinned   int `json:"pinned"`
	Muted    int `json:"muted"`
	Empty    int `json:"empty"`
}

// TruthConversation is one conversation of the truth.
type TruthConversation struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Group    bool   `json:"group"`
	Messages int    `json:"messages"`
	Unread   int    `json:"unread"` // -1 = marked unread by hand
	Archived bool   `json:"archived"`
	Pinned   bool   `json:"pinned"`
	Muted    bool   `json:"muted"`
}

// TruthMessage is one message of the truth. Its identity is (conversation, FromMe, ID).
type TruthMessage struct {
	FromMe    bool   `json:"from_me"`
	ID        string `json:"id"` // the short id
	Type      string `json:"type"`
	Body      string `json:"body"`
	Timestamp int64  `json:"timestamp"` // unix seconds
	Ack       int    `json:"ack"`       // as the gateway gives it; without meaning for incoming ones
}
