package model

// SessionState is what a session can do now (contract §4.3, suggested mapping).
type SessionState string

// The states of a session.
const (
	// StateUnknown: not asked yet, or the gateway cannot be reached.
	StateUnknown SessionState = "unknown"
	// StateStopped: the gateway does not hold the session in memory.
	StateStopped SessionState = "stopped"
	// StateConnecting: started, neither paired nor showing a QR yet.
	StateConnecting SessionState = "connecting"
	// StateWaitingQR: waits for the phone to scan the QR.
	StateWaitingQR SessionState = "waiting_qr"
	// StateConnected: usable.
	StateConnected SessionState = "connected"
	// StateBroken: the gateway holds a session that does not work; a restart is offered.
	StateBroken SessionState = "broken"
)

// Session is one paired account on the gateway, known by its name there.
type Session struct {
	ID             SessionID    `gorm:"primaryKey" json:"id"`
	Name           SessionName  `json:"name"`
	Title          string       `json:"title"`
	State          SessionState `json:"state"`
	StateDetail    string       `json:"state_detail"` // the gateway's own words, capped
	JID            JID          `gorm:"column:jid" json:"jid"`
	Phone          Phone        `json:"phone"`
	PushName       string       `json:"push_name"`
	Platform       string       `json:"platform"`
	Generation     string       `json:"generation"`
	ConnectedSince Stamp        `json:"connected_since"` // zero while not connected
	LastSeenAt     Stamp        `json:"last_seen_at"`    // last time that it was connected
	LastSyncAt     Stamp        `json:"last_sync_at"`
	Connections    int          `json:"connections"`
	Disconnections int          `json:"disconnections"`
	CreatedAt      Stamp        `gorm:"autoCreateTime:false" json:"created_at"`
}

// Statistics counts what the store holds of one session.
type Statistics struct {
	Contacts         int   `json:"contacts"`
	Conversations    int   `json:"conversations"`
	Groups           int   `json:"groups"`
	Messages         int   `json:"messages"`
	MessagesIn       int   `json:"messages_in"`
	MessagesOut      int   `json:"messages_out"`
	Unread           int   `json:"unread"`
	UnreadChats      int   `json:"unread_conversations"`
	ActiveChats      int   `json:"active_conversations"` // last message within 24 hours
	LastSyncAt       Stamp `json:"last_sync_at"`
	ConnectedSince   Stamp `json:"connected_since"`
	Connections      int   `json:"connections"`
	Disconnections   int   `json:"disconnections"`
	OutboxUnfinished int   `json:"outbox_unfinished"`
}

// QR is the code that a phone scans to pair.
type QR struct {
	Text    string // five fields joined by commas (contract §4.1); encode it whole
	FoundAt Stamp  // when this text was first seen
	Renews  Stamp  // when it is expected to change; an estimate
}
