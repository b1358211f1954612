package app

import (
	"context"
	"fmt"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// Contacts are the use cases on contacts.
type Contacts struct{ a *App }

// List returns a page of the contact list.
func (c *Contacts) List(ctx context.Context, q model.ContactQuery) ([]model.ContactRow, error) {
	return c.a.Store.Contacts(ctx, q)
}

// Get returns one contact with all that is stored of it.
func (c *Contacts) Get(ctx context.Context, id model.ContactID) (model.ContactDetail, error) {
	return c.a.Store.Contact(ctx, id)
}

// Find returns the contact with an identifier or number.
func (c *Contacts) Find(ctx context.Context, session model.SessionID, text string) (model.ContactDetail, error) {
	jid, err := c.a.readChat(text)
	if err != nil {
		return model.ContactDetail{}, err
	}
	held, err := c.a.Store.ContactByJID(ctx, session, jid)
	if err != nil {
		return model.ContactDetail{}, err
	}
	return c.a.Store.Contact(ctx, held.ID)
}

// Refresh asks the gateway for what the contact list does not say.
func (c *Contacts) Refresh(ctx context.Context, id model.ContactID) (model.ContactDetail, error) {
	if err := c.a.engine.RefreshContact(ctx, id); err != nil {
		return model.ContactDetail{}, err
	}
	return c.a.Store.Contact(ctx, id)
}

// OpenConversation returns the conversation with a contact; one that does not
// exist yet is made here, and on the gateway when something is sent.
func (c *Contacts) OpenConversation(ctx context.Context, id model.ContactID) (model.ConversationID, error) {
	held, err := c.a.Store.Contact(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("load the contact: %w", err)
	}
	if held.ConversationID != 0 {
		return held.ConversationID, nil
	}
	made, err := c.a.Store.EnsureConversation(ctx, held.SessionID, held.JID, held.DisplayName, model.StampOf(c.a.now()))
	if err != nil {
		return 0, fmt.Errorf("open the conversation: %w", err)
	}
	c.a.Events.Publish(event.Batch{Conversations: event.Of(held.SessionID)})
	return made.ID, nil
}
