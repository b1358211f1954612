package gateway

import "context"

// EventType names what happened. The names are the gateway's dataType.
type EventType string

// The events (contract §11.3). Types not listed here are passed on as they came
// with no payload.
const (
	// EventOpen is the client's own: the socket is open, so catch up now.
	// Nothing that happened before is told again.
	EventOpen              EventType = "open"
	EventQR                EventType = "qr"
	EventCode              EventType = "code"
	EventLoadingScreen     EventType = "loading_screen"
	EventAuthenticated     EventType = "authenticated"
	EventReady             EventType = "ready"
	EventStatus            EventType = "status"
	EventChangeState       EventType = "change_state"
	EventDisconnected      EventType = "disconnected"
	EventMessage           EventType = "message"
	EventMessageCreate     EventType = "message_create"
	EventMessageCiphertext EventType = "message_ciphertext"
	EventMessageAck        EventType = "message_ack"
	EventMessageEdit       EventType = "message_edit"
	EventRevokeEveryone    EventType = "message_revoke_everyone"
	EventRevokeMe          EventType = "message_revoke_me"
	EventReaction          EventType = "message_reaction"
	EventMedia             EventType = "media"
	EventMediaUploaded     EventType = "media_uploaded"
	EventUnreadCount       EventType = "unread_count"
	EventChatArchived      EventType = "chat_archived"
	EventChatRemoved       EventType = "chat_removed"
	EventContactChanged    EventType = "contact_changed"
	EventCall              EventType = "call"
)

// Event is one frame of the WebSocket. Only the members of its type are set.
type Event struct {
	Type    EventType
	Session string

	QR       string    // qr
	Code     string    // code
	Percent  int       // loading_screen
	State    string    // change_state
	Reason   string    // disconnected; status: what went wrong with the pairing
	Message  *Message  // message…, media_uploaded, contact_changed
	Ack      *int      // message_ack
	NewBody  string    // message_edit
	PrevBody string    // message_edit
	Revoked  *Message  // message_revoke_me: the original, when told
	Reaction *Reaction // message_reaction
	Chat     *Chat     // unread_count, chat_archived, chat_removed (only its ID is to be trusted)
	Archived bool      // chat_archived: the state now
	OldID    string    // contact_changed
	NewID    string    // contact_changed
	Call     *Call     // call
}

// Listen reads the session's events until ctx ends or the connection breaks,
// and always returns an error: KindCanceled, KindUnreachable when it broke
// (reconnect, and catch up: nothing is told again), KindNoWebSocket when this
// gateway has none or the session is not started (poll instead). fn runs on
// Listen's goroutine, one event at a time; the first is EventOpen. Events come
// in no reliable order, and some twice.
//
// GET /ws/:id, GET /.//ws/:id (contract §11.1)
func (c *Client) Listen(ctx context.Context, session string, fn func(Event)) error {
	return c.listen(ctx, session, fn)
}
