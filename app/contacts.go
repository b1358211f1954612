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
	held, err := c.a.Store.ContactOf(ctx, session, jid)
	if err != nil {
		return model.ContactDetail{}, err
	}
	return c.a.Store.Contact(ctx, held)
}

// SamePerson says that two identifiers are one person: they are shown as one from now on.
func (c *Contacts) SamePerson(ctx context.Context, session model.SessionID, one, other model.JID) error {
	if err := c.a.Store.JoinPeople(ctx, session, one, other); err != nil {
		return err
	}
	c.a.Events.Publish(event.Batch{Contacts: event.Of(session), Conversations: event.Of(session)})
	return nil
}

// NotSamePerson takes an identifier from the person that it is joined with. It is
// remembered: only SamePerson joins them again.
func (c *Contacts) NotSamePerson(ctx context.Context, session model.SessionID, id, from model.JID) error {
	if err := c.a.Store.SplitPerson(ctx, session, id, from); err != nil {
		return err
	}
	c.a.Events.Publish(event.Batch{Contacts: event.Of(session), Conversations: event.Of(session)})
	return nil
}

// IDs returns every identifier of a person and those that could be, the main one first.
func (c *Contacts) IDs(ctx context.Context, session model.SessionID, jid model.JID) ([]model.PersonID, error) {
	return c.a.Store.PersonIDs(ctx, session, jid)
}

// AllIDs returns the identifiers of the people with some identifiers.
func (c *Contacts) AllIDs(ctx context.Context, session model.SessionID, jids []model.JID) (map[model.JID][]model.JID, error) {
	return c.a.Store.IDsOf(ctx, session, jids)
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
