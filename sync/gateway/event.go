package gateway

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
	EventVote              EventType = "vote_update"
	EventGroupJoin         EventType = "group_join"
	EventGroupLeave        EventType = "group_leave"
	EventGroupUpdate       EventType = "group_update"
	EventGroupAdmin        EventType = "group_admin_changed"
	EventGroupRequest      EventType = "group_membership_request"
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
	Message  *Message  // message…, media, media_uploaded, contact_changed
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
	Vote     *PollVote // vote_update
	Group    string    // group_…: serialized wid of the group
}

// PollVote is somebody's choice in a poll, as an event tells it.
type PollVote struct {
	Vote
	Poll MessageID
}

// decodeEvent reads a frame; ok is false when it is none.
func decodeEvent(frame []byte) (e Event, ok bool) {
	d := newDec(frame)
	var data []byte
	if !d.object() {
		return Event{}, false
	}
	for d.next() {
		switch string(d.key) {
		case "dataType":
			e.Type = EventType(d.name())
		case "sessionId":
			e.Session = d.name()
		case "data":
			data = d.raw()
		default:
			d.skip()
		}
	}
	if d.err != nil || e.Type == "" {
		return Event{}, false
	}
	// data can come before dataType, and is missing for some types.
	if data != nil {
		e.decode(newDec(data))
	}
	return e, true
}

func (e *Event) decode(d *dec) {
	if !d.object() {
		return
	}
	for d.next() {
		switch string(d.key) {
		case "message":
			// In loading_screen this is a word; then the message stays nil.
			e.Message = decodeLastMessage(d)
		case "ack":
			e.Ack = d.intPtr()
		case "newBody":
			e.NewBody = d.str()
		case "prevBody":
			e.PrevBody = d.str()
		case "revokedMsg":
			e.Revoked = decodeLastMessage(d)
		case "reaction":
			e.Reaction = decodeReaction(d)
		case "chat":
			e.Chat = decodeEventChat(d)
		case "call":
			e.Call = decodeCall(d)
		case "vote":
			e.Vote = decodePollVote(d)
		case "notification":
			e.Group = decodeNotification(d)
		default:
			e.decodeSession(d)
		}
	}
}

func (e *Event) decodeSession(d *dec) {
	switch string(d.key) {
	case "qr":
		e.QR = d.str()
	case "code":
		e.Code = d.name()
	case "percent":
		e.Percent = min(max(d.int(), 0), 100)
	case "state":
		e.State = d.name()
	case "reason", "msg":
		e.Reason = oneLine(d.sentence())
	case "currState":
		e.Archived = d.bool()
	case "oldId":
		e.OldID = d.idText()
	case "newId":
		e.NewID = d.idText()
	default:
		d.skip()
	}
}

// decodeNotification gives the group that a notice is about.
func decodeNotification(d *dec) (group string) {
	if !d.object() {
		return ""
	}
	for d.next() {
		switch string(d.key) {
		case "chatId":
			if id := d.idText(); id != "" {
				group = id
			}
		case "id":
			if id := d.messageID(); group == "" {
				group = id.Remote
			}
		default:
			d.skip()
		}
	}
	return group
}

func decodeEventChat(d *dec) *Chat {
	c := &Chat{}
	decodeChat(d, c)
	if c.ID.IsZero() {
		return nil
	}
	return c
}
