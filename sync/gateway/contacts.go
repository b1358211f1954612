package gateway

import (
	"context"
	"net/http"
)

// Contacts hands over every contact as it arrives: oneself, groups, 0@c.us and
// @lid twins included, in no order (contract §5.1). Each *Contact belongs to fn.
// An error of fn ends the call and is returned as it is.
//
// GET /client/getContacts/:id
func (c *Client) Contacts(ctx context.Context, session string, fn func(*Contact) error) (ListReport, error) {
	return list(ctx, c, &call{op: "Contacts", method: http.MethodGet, route: "/client/getContacts/:id", session: session,
		class: classRead, timeout: max(c.timeout, ListTimeout)}, "contacts", decodeContactItem, fn)
}

// ContactByID asks for one contact; also for numbers outside the address list,
// then without names.
//
// POST /client/getContactById/:id
func (c *Client) ContactByID(ctx context.Context, session, contactID string) (*Contact, error) {
	return one(ctx, c, &call{op: "ContactByID", method: http.MethodPost, route: "/client/getContactById/:id", session: session,
		class: classRead, body: contactBody{contactID}}, "contact", decodeContactItem)
}

// ProfilePicURL asks for the address of a person's or group's picture; "" when
// there is none or it is private, which is no error (contract §12.10).
//
// POST /client/getProfilePicUrl/:id
func (c *Client) ProfilePicURL(ctx context.Context, session, contactID string) (string, error) {
	return c.text(ctx, &call{op: "ProfilePicURL", method: http.MethodPost, route: "/client/getProfilePicUrl/:id", session: session,
		class: classRead, body: contactBody{contactID}}, "result")
}

// About asks for the text that a person tells about himself; "" when hidden.
//
// POST /contact/getAbout/:id
func (c *Client) About(ctx context.Context, session, contactID string) (string, error) {
	return c.text(ctx, &call{op: "About", method: http.MethodPost, route: "/contact/getAbout/:id", session: session,
		class: classRead, body: contactBody{contactID}}, "result")
}

// Block blocks a contact; groups give KindRefused.
//
// POST /contact/block/:id
func (c *Client) Block(ctx context.Context, session, contactID string) error {
	return c.demand(ctx, &call{op: "Block", method: http.MethodPost, route: "/contact/block/:id", session: session,
		class: classOnce, body: contactBody{contactID}}, KindRefused)
}

// Unblock takes a block back.
//
// POST /contact/unblock/:id
func (c *Client) Unblock(ctx context.Context, session, contactID string) error {
	return c.demand(ctx, &call{op: "Unblock", method: http.MethodPost, route: "/contact/unblock/:id", session: session,
		class: classOnce, body: contactBody{contactID}}, KindRefused)
}

// CommonGroups lists the groups shared with a contact.
//
// POST /client/getCommonGroups/:id
func (c *Client) CommonGroups(ctx context.Context, session, contactID string) ([]ID, error) {
	var groups []ID
	err := c.do(ctx, &call{op: "CommonGroups", method: http.MethodPost, route: "/client/getCommonGroups/:id", session: session,
		class: classRead, body: contactBody{contactID},
		member: func(d *dec, key string) bool {
			if key != "groups" {
				return false
			}
			groups = d.ids()
			return true
		}})
	if err != nil {
		return nil, err
	}
	return groups, nil
}

// NumberID asks for the id behind a number (digits with country code). What
// comes back can be another number (Brazil, Mexico, Argentina) or a lid: use
// it. KindNotOnWhatsApp when there is no account.
//
// POST /client/getNumberId/:id
func (c *Client) NumberID(ctx context.Context, session, number string) (ID, error) {
	const route = "/client/getNumberId/:id"
	body := struct {
		Number string `json:"number"`
	}{number}
	var id ID
	err := c.do(ctx, &call{op: "NumberID", method: http.MethodPost, route: route, session: session, class: classRead, body: body,
		member: func(d *dec, key string) bool {
			if key != "result" {
				return false
			}
			id = d.id()
			return true
		}})
	if err != nil {
		return ID{}, err
	}
	if id.IsZero() {
		return ID{}, &Error{Op: "NumberID", Method: http.MethodPost, Path: route, Status: http.StatusOK, Kind: KindNotOnWhatsApp, permanent: true, unsent: true}
	}
	return id, nil
}

// ContactLidAndPhone joins hidden ids and phones, in the order of ids, each
// "…@lid" or "…@c.us". It may ask WhatsApp: use it sparingly. Generation A only.
//
// POST /client/getContactLidAndPhone/:id
func (c *Client) ContactLidAndPhone(ctx context.Context, session string, ids []string) ([]LidPhone, error) {
	body := struct {
		UserIDs []string `json:"userIds"`
	}{ids}
	var pairs []LidPhone
	err := c.do(ctx, &call{op: "ContactLidAndPhone", method: http.MethodPost, route: "/client/getContactLidAndPhone/:id", session: session,
		class: classRead, body: body,
		member: func(d *dec, key string) bool {
			if key != "data" {
				return false
			}
			pairs = decodeLidPhones(d)
			return true
		}})
	if err != nil {
		return nil, err
	}
	return pairs, nil
}
