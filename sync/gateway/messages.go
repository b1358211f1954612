package gateway

import (
	"context"
	"net/http"
	"time"
)

// FetchOptions narrows FetchMessages. Since and FromMe with a Limit make the
// gateway walk all local history when too few match: prefer Limit alone, and
// growing (contract §6).
type FetchOptions struct {
	Limit     int           // newest n; 0 only what the page has in memory, often one message
	FromMe    *bool         // nil both
	Since     int64         // unix seconds; generation A from v1.33.2-1
	MessageID string        // short id; generation A from v1.34.7
	Timeout   time.Duration // deadline of a try when longer than the setting's, for large limits
}

// FetchMessages hands over the newest messages of a chat, oldest first. Fewer
// than Limit is normal and does not mean "all history". Each *Message belongs
// to fn. An error of fn ends the call and is returned as it is.
//
// POST /chat/fetchMessages/:id
func (c *Client) FetchMessages(ctx context.Context, session, chatID string, o FetchOptions, fn func(*Message) error) (ListReport, error) {
	type options struct {
		Limit     int    `json:"limit,omitempty"`
		FromMe    *bool  `json:"fromMe,omitempty"`
		Since     int64  `json:"since,omitempty"`
		MessageID string `json:"messageId,omitempty"`
	}
	body := struct {
		ChatID        string  `json:"chatId"`
		SearchOptions options `json:"searchOptions"`
	}{chatID, options{o.Limit, o.FromMe, o.Since, o.MessageID}}
	return list(ctx, c, &call{op: "FetchMessages", method: http.MethodPost, route: "/chat/fetchMessages/:id", session: session,
		class: classRead, body: body, timeout: max(c.timeout, o.Timeout)}, "messages", decodeMessageItem, fn)
}

// refBody is the body of the calls that name only a message.
type refBody struct {
	ChatID    string `json:"chatId"`
	MessageID string `json:"messageId"` // the short id
}

func (r MessageRef) body() refBody { return refBody{r.ChatID, r.ShortID} }

// MessageByRef asks for one message. Older gateways look only through the last
// 100 of the chat; beyond, KindNotFound.
//
// POST /message/getClassInfo/:id
func (c *Client) MessageByRef(ctx context.Context, session string, ref MessageRef) (*Message, error) {
	return one(ctx, c, &call{op: "MessageByRef", method: http.MethodPost, route: "/message/getClassInfo/:id", session: session,
		class: classRead, body: ref.body()}, "message", decodeMessageItem)
}

// Reactions lists the reactions to a message. Generation A only.
//
// POST /message/getReactions/:id
func (c *Client) Reactions(ctx context.Context, session string, ref MessageRef) ([]ReactionList, error) {
	var lists []ReactionList
	err := c.do(ctx, &call{op: "Reactions", method: http.MethodPost, route: "/message/getReactions/:id", session: session,
		class: classRead, body: ref.body(),
		member: func(d *dec, key string) bool {
			if key != "result" {
				return false
			}
			lists = decodeReactionLists(d)
			return true
		}})
	if err != nil {
		return nil, err
	}
	return lists, nil
}

// React puts a reaction on a message; an empty emoji takes it back.
//
// POST /message/react/:id
func (c *Client) React(ctx context.Context, session string, ref MessageRef, emoji string) error {
	body := struct {
		refBody
		Reaction string `json:"reaction"`
	}{ref.body(), emoji}
	return c.do(ctx, &call{op: "React", method: http.MethodPost, route: "/message/react/:id", session: session, class: classOnce, body: body})
}

// Forward sends a message on to another chat; nothing is told about the new
// message.
//
// POST /message/forward/:id
func (c *Client) Forward(ctx context.Context, session string, ref MessageRef, toChatID string) error {
	body := struct {
		refBody
		Destination string `json:"destinationChatId"`
	}{ref.body(), toChatID}
	return c.do(ctx, &call{op: "Forward", method: http.MethodPost, route: "/message/forward/:id", session: session, class: classOnce, body: body})
}

// DeleteMessage deletes a message, for everyone or on own devices. For everyone
// on somebody else's message without the right silently deletes on own devices.
//
// POST /message/delete/:id
func (c *Client) DeleteMessage(ctx context.Context, session string, ref MessageRef, everyone bool) error {
	body := struct {
		refBody
		Everyone bool `json:"everyone"`
	}{ref.body(), everyone}
	return c.do(ctx, &call{op: "DeleteMessage", method: http.MethodPost, route: "/message/delete/:id", session: session, class: classOnce, body: body})
}

// EditMessage changes the text of an own message; KindRefused when that is not
// possible (not mine, too old, no text). Generation A only.
//
// POST /message/edit/:id
func (c *Client) EditMessage(ctx context.Context, session string, ref MessageRef, text string) (*Message, error) {
	body := struct {
		refBody
		Content string `json:"content"`
	}{ref.body(), text}
	k := &call{op: "EditMessage", method: http.MethodPost, route: "/message/edit/:id", session: session, class: classOnce, body: body}
	m, err := maybe(ctx, c, k, "message", decodeMessageItem)
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, k.fail(KindRefused, http.StatusOK, "", nil)
	}
	return m, nil
}

// Star marks a message with a star.
//
// POST /message/star/:id
func (c *Client) Star(ctx context.Context, session string, ref MessageRef) error {
	return c.do(ctx, &call{op: "Star", method: http.MethodPost, route: "/message/star/:id", session: session, class: classOnce, body: ref.body()})
}

// Unstar takes the star away.
//
// POST /message/unstar/:id
func (c *Client) Unstar(ctx context.Context, session string, ref MessageRef) error {
	return c.do(ctx, &call{op: "Unstar", method: http.MethodPost, route: "/message/unstar/:id", session: session, class: classOnce, body: ref.body()})
}
