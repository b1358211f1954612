package gateway

import (
	"context"
	"net/http"
	"time"
)

// Chats hands over every chat as it arrives; sort them yourself. Each *Chat
// belongs to fn. An error of fn ends the call and is returned as it is. A short
// or empty list is no proof that chats are gone (contract §12.2).
//
// GET /client/getChats/:id
func (c *Client) Chats(ctx context.Context, session string, fn func(*Chat) error) (ListReport, error) {
	return list(ctx, c, &call{op: "Chats", method: http.MethodGet, route: "/client/getChats/:id", session: session,
		class: classRead, timeout: max(c.timeout, ListTimeout)}, "chats", decodeChatItem, fn)
}

// ChatsFilter narrows ChatsSince; both members can be combined.
type ChatsFilter struct {
	Since  int64 // unix seconds: chats with activity from then on; 0 all
	Unread bool  // only chats with an unread count other than 0, -1 included
}

// ChatsSince hands over the chats that pass the filter: the cheap way to keep
// up. Generation A from v1.33.2-1; others give KindEndpointMissing.
//
// POST /client/getChats/:id
func (c *Client) ChatsSince(ctx context.Context, session string, f ChatsFilter, fn func(*Chat) error) (ListReport, error) {
	type options struct {
		Since  int64 `json:"since,omitempty"`
		Unread bool  `json:"unread,omitempty"`
	}
	body := struct {
		SearchOptions options `json:"searchOptions"`
	}{options(f)}
	return list(ctx, c, &call{op: "ChatsSince", method: http.MethodPost, route: "/client/getChats/:id", session: session,
		class: classRead, body: body, timeout: max(c.timeout, ListTimeout)}, "chats", decodeChatItem, fn)
}

// ChatByID asks for one chat. The gateway makes a chat object for a registered
// number that has none yet.
//
// POST /client/getChatById/:id
func (c *Client) ChatByID(ctx context.Context, session, chatID string) (*Chat, error) {
	return one(ctx, c, &call{op: "ChatByID", method: http.MethodPost, route: "/client/getChatById/:id", session: session,
		class: classRead, body: chatBody{chatID}}, "chat", decodeChatItem)
}

// GroupInfo asks for a group with its participants; KindRefused when the chat
// is no group.
//
// POST /groupChat/getClassInfo/:id
func (c *Client) GroupInfo(ctx context.Context, session, chatID string) (*Chat, error) {
	return one(ctx, c, &call{op: "GroupInfo", method: http.MethodPost, route: "/groupChat/getClassInfo/:id", session: session,
		class: classRead, body: chatBody{chatID}}, "chat", decodeChatItem)
}

// SendSeen marks the whole chat read; KindNotFound when there is no such chat.
// After any error the chat must be taken as still unread (contract §12.9).
//
// POST /client/sendSeen/:id
func (c *Client) SendSeen(ctx context.Context, session, chatID string) error {
	return c.demand(ctx, &call{op: "SendSeen", method: http.MethodPost, route: "/client/sendSeen/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}}, KindNotFound)
}

// MarkUnread marks the chat unread by hand: its count becomes -1.
//
// POST /client/markChatUnread/:id
func (c *Client) MarkUnread(ctx context.Context, session, chatID string) error {
	return c.do(ctx, &call{op: "MarkUnread", method: http.MethodPost, route: "/client/markChatUnread/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}})
}

// Archive archives the chat and returns the state it is in now: true archived.
//
// POST /client/archiveChat/:id
func (c *Client) Archive(ctx context.Context, session, chatID string) (archived bool, err error) {
	return c.flag(ctx, &call{op: "Archive", method: http.MethodPost, route: "/client/archiveChat/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}}, "result", true)
}

// Unarchive takes the chat out of the archive and returns the state it is in
// now: false is success (contract §5.3).
//
// POST /client/unarchiveChat/:id
func (c *Client) Unarchive(ctx context.Context, session, chatID string) (archived bool, err error) {
	return c.flag(ctx, &call{op: "Unarchive", method: http.MethodPost, route: "/client/unarchiveChat/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}}, "result", false)
}

// Pin pins the chat; KindRefused when three chats are pinned already.
//
// POST /client/pinChat/:id
func (c *Client) Pin(ctx context.Context, session, chatID string) error {
	return c.demand(ctx, &call{op: "Pin", method: http.MethodPost, route: "/client/pinChat/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}}, KindRefused)
}

// Unpin unpins the chat and returns the state it is in now: false is success.
//
// POST /client/unpinChat/:id
func (c *Client) Unpin(ctx context.Context, session, chatID string) (pinned bool, err error) {
	return c.flag(ctx, &call{op: "Unpin", method: http.MethodPost, route: "/client/unpinChat/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}}, "result", false)
}

// Mute silences the chat until a moment; the zero time means for ever. The
// generations disagree on the unit of the moment, so it may ask for the
// generation first.
//
// POST /client/muteChat/:id
func (c *Client) Mute(ctx context.Context, session, chatID string, until time.Time) error {
	body := struct {
		ChatID     string `json:"chatId"`
		UnmuteDate int64  `json:"unmuteDate,omitempty"`
	}{ChatID: chatID}
	if !until.IsZero() {
		generation, err := c.Generation(ctx)
		if err != nil {
			return err
		}
		body.UnmuteDate = until.Unix()
		if generation == GenerationC {
			body.UnmuteDate = until.UnixMilli()
		}
	}
	return c.do(ctx, &call{op: "Mute", method: http.MethodPost, route: "/client/muteChat/:id", session: session,
		class: classIdempotent, body: body})
}

// Unmute ends the silence.
//
// POST /client/unmuteChat/:id
func (c *Client) Unmute(ctx context.Context, session, chatID string) error {
	return c.do(ctx, &call{op: "Unmute", method: http.MethodPost, route: "/client/unmuteChat/:id", session: session,
		class: classIdempotent, body: chatBody{chatID}})
}

// SyncHistory asks the phone for more history of the chat. more is false when
// there is none. What comes arrives within half a minute, without an event:
// fetch again. Generation A only.
//
// POST /client/syncHistory/:id
func (c *Client) SyncHistory(ctx context.Context, session, chatID string) (more bool, err error) {
	return c.flag(ctx, &call{op: "SyncHistory", method: http.MethodPost, route: "/client/syncHistory/:id", session: session,
		class: classOnce, body: chatBody{chatID}}, "result", false)
}

// SendTyping shows "typing…" to the other side for 25 seconds.
//
// POST /chat/sendStateTyping/:id
func (c *Client) SendTyping(ctx context.Context, session, chatID string) error {
	return c.do(ctx, &call{op: "SendTyping", method: http.MethodPost, route: "/chat/sendStateTyping/:id", session: session,
		class: classOnce, body: chatBody{chatID}})
}

// ClearState ends what SendTyping shows.
//
// POST /chat/clearState/:id
func (c *Client) ClearState(ctx context.Context, session, chatID string) error {
	return c.do(ctx, &call{op: "ClearState", method: http.MethodPost, route: "/chat/clearState/:id", session: session,
		class: classOnce, body: chatBody{chatID}})
}

// demand makes a call whose result false means that it was not done, for the
// reason in kind.
func (c *Client) demand(ctx context.Context, k *call, kind Kind) error {
	done, err := c.flag(ctx, k, "result", true)
	if err == nil && !done {
		e := k.fail(kind, http.StatusOK, "", nil)
		e.unsent = true
		return e
	}
	return err
}
