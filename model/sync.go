package model

import (
	"encoding/json"
	"strings"
)

// Counts says what a phase did with the items of a list.
type Counts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
	NotSeen   int `json:"not_seen"` // held, but no longer named by the gateway; nothing is deleted
}

// Add adds the counts of another batch.
func (c *Counts) Add(o Counts) {
	c.Created += o.Created
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
	c.Failed += o.Failed
	c.NotSeen += o.NotSeen
}

// Changed tells whether anything was written.
func (c Counts) Changed() bool { return c.Created+c.Updated > 0 }

// Phase is a step of a sync.
type Phase string

// The phases, in their order.
const (
	PhaseSession       Phase = "session"
	PhaseContacts      Phase = "contacts"
	PhaseConversations Phase = "conversations"
	PhaseMessages      Phase = "messages"
)

// SyncScope says what a sync fetches.
type SyncScope struct {
	Contacts      bool
	Conversations bool
	Messages      bool           // of the conversations whose newest message is not held
	AllMessages   bool           // of every conversation, ignoring the per-run limit
	Conversation  ConversationID // only this one's messages
}

// Full returns the scope of "Sync all data".
func Full() SyncScope {
	return SyncScope{Contacts: true, Conversations: true, Messages: true, AllMessages: true}
}

// PhaseReport is what one phase did.
type PhaseReport struct {
	Counts
	Cut         bool   `json:"cut,omitempty"`          // a limit of the settings left items out
	Error       string `json:"error,omitempty"`        // kind of the error that ended the phase
	ErrorDetail string `json:"error_detail,omitempty"` // the gateway's sentence
}

// SyncReport is what a sync did.
type SyncReport struct {
	Phases     map[Phase]PhaseReport `json:"phases"`
	DurationMS int64                 `json:"duration_ms"`
	Canceled   bool                  `json:"canceled,omitempty"`
}

// Failed tells whether any phase ended with an error.
func (r SyncReport) Failed() bool {
	for _, p := range r.Phases {
		if p.Error != "" {
			return true
		}
	}
	return false
}

// Progress is how far the work on a session is. Total zero means unknown.
type Progress struct {
	Session SessionID
	Running bool
	Phase   Phase
	Done    int
	Total   int
}

// EncodeDetails returns the stored form of d, "" when it holds nothing.
func EncodeDetails(d MessageDetails) string {
	b, err := json.Marshal(d)
	if err != nil || string(b) == "{}" {
		return ""
	}
	return string(b)
}

// TimeGuessed tells MessageDetails.TimeGuessed, and is cheap where it does not hold.
func (m *Message) TimeGuessed() bool {
	return strings.Contains(m.Details, `"time_guessed"`) && m.DecodedDetails().TimeGuessed
}

// DecodedDetails returns the details of the message; a value that cannot be read gives none.
func (m *Message) DecodedDetails() MessageDetails {
	var d MessageDetails
	if m.Details == "" {
		return d
	}
	if err := json.Unmarshal([]byte(m.Details), &d); err != nil {
		return MessageDetails{}
	}
	return d
}
