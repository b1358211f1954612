package gateway

import (
	"context"
	"net/http"
)

// State asks for WhatsApp's own connection state (CONNECTED, OPENING …), empty
// when there is none. It skips the gateway's check of the session.
//
// GET /client/getState/:id
func (c *Client) State(ctx context.Context, session string) (string, error) {
	return c.text(ctx, &call{op: "State", method: http.MethodGet, route: "/client/getState/:id", session: session, class: classRead}, "state")
}

// ClassInfo asks who the paired account is; KindNotReady until the page knows.
//
// GET /client/getClassInfo/:id
func (c *Client) ClassInfo(ctx context.Context, session string) (*Account, error) {
	const route = "/client/getClassInfo/:id"
	var account *Account
	err := c.do(ctx, &call{op: "ClassInfo", method: http.MethodGet, route: route, session: session, class: classRead,
		member: func(d *dec, key string) bool {
			if key != "sessionInfo" {
				return false
			}
			account = decodeAccount(d)
			return true
		}})
	if err != nil {
		return nil, err
	}
	if account == nil || account.ID.IsZero() {
		return nil, &Error{Op: "ClassInfo", Method: http.MethodGet, Path: route, Status: http.StatusOK, Kind: KindNotReady}
	}
	return account, nil
}

// WWebVersion asks for the build of WhatsApp Web in the gateway's browser.
//
// GET /client/getWWebVersion/:id
func (c *Client) WWebVersion(ctx context.Context, session string) (string, error) {
	return c.text(ctx, &call{op: "WWebVersion", method: http.MethodGet, route: "/client/getWWebVersion/:id", session: session, class: classRead}, "result")
}

// Labels lists the labels of a WhatsApp Business account; empty for others.
//
// POST /client/getLabels/:id
func (c *Client) Labels(ctx context.Context, session string) ([]Label, error) {
	return c.labels(ctx, &call{op: "Labels", method: http.MethodPost, route: "/client/getLabels/:id", session: session,
		class: classRead, body: struct{}{}}, "labels")
}

// ChatLabels lists the labels of one chat.
//
// POST /client/getChatLabels/:id
func (c *Client) ChatLabels(ctx context.Context, session, chatID string) ([]Label, error) {
	return c.labels(ctx, &call{op: "ChatLabels", method: http.MethodPost, route: "/client/getChatLabels/:id", session: session,
		class: classRead, body: chatBody{chatID}}, "chatLabels")
}

// ChatsByLabel hands over the id of every chat that carries a label of a WhatsApp
// Business account, as it arrives. KindRefused when there is no such label.
//
// POST /client/getChatsByLabelId/:id
func (c *Client) ChatsByLabel(ctx context.Context, session, labelID string, fn func(*ID) error) (ListReport, error) {
	body := struct {
		LabelID string `json:"labelId"`
	}{labelID}
	return list(ctx, c, &call{op: "ChatsByLabel", method: http.MethodPost, route: "/client/getChatsByLabelId/:id", session: session,
		class: classRead, body: body, timeout: max(c.timeout, ListTimeout)}, "chats", decodeChatID, fn)
}

// AddOrRemoveLabels gives chats exactly these labels and takes all others off
// them. KindRefused when it is no business account.
//
// POST /client/addOrRemoveLabels/:id
func (c *Client) AddOrRemoveLabels(ctx context.Context, session string, labelIDs, chatIDs []string) error {
	body := struct {
		LabelIDs []string `json:"labelIds"`
		ChatIDs  []string `json:"chatIds"`
	}{append([]string{}, labelIDs...), append([]string{}, chatIDs...)} // an empty list, never null
	return c.do(ctx, &call{op: "AddOrRemoveLabels", method: http.MethodPost, route: "/client/addOrRemoveLabels/:id", session: session,
		class: classIdempotent, body: body})
}

func (c *Client) labels(ctx context.Context, k *call, member string) ([]Label, error) {
	var labels []Label
	k.member = func(d *dec, key string) bool {
		if key != member {
			return false
		}
		labels = decodeLabels(d)
		return true
	}
	if err := c.do(ctx, k); err != nil {
		return nil, err
	}
	return labels, nil
}

// text makes a call whose answer is one text; a missing or null one is "".
func (c *Client) text(ctx context.Context, k *call, member string) (string, error) {
	value := ""
	k.member = func(d *dec, key string) bool {
		if key != member {
			return false
		}
		value = d.str()
		return true
	}
	if err := c.do(ctx, k); err != nil {
		return "", err
	}
	return value, nil
}

// flag makes a call whose answer is a truth value; otherwise is what a missing
// one means.
func (c *Client) flag(ctx context.Context, k *call, member string, otherwise bool) (bool, error) {
	value := otherwise
	k.member = func(d *dec, key string) bool {
		if key != member {
			return false
		}
		if d.null() {
			return true
		}
		value = d.bool()
		return true
	}
	if err := c.do(ctx, k); err != nil {
		return false, err
	}
	return value, nil
}

// chatBody is the body of the many calls that name only a chat.
type chatBody struct {
	ChatID string `json:"chatId"`
}

// contactBody is the body of the calls that name only a contact.
type contactBody struct {
	ContactID string `json:"contactId"`
}
