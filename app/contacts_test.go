package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// The gateway gives the picture of a person to one identifier at times: the card shows
// it as the list of conversations does, whichever it is.
func TestAContactHasThePictureOfThePersonsOtherID(t *testing.T) {
	const number, lid, picture = model.JID("34600111222@c.us"), model.JID("284088457691106@lid"), "0123456789abcdef"
	for name, contacts := range map[string][]model.Contact{
		"known as a contact":         {{JID: number, Phone: "34600111222", DisplayName: "Ana"}, {JID: lid, DisplayName: "Anita"}},
		"known by conversation only": {{JID: number, Phone: "34600111222", DisplayName: "Ana"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
			for i := range contacts {
				contacts[i].SessionID = r.session.ID
			}
			require.NoError(t, r.Store.SaveContacts(t.Context(), r.session.ID, contacts, 1))
			due := model.AvatarDue{JID: lid}
			if len(contacts) > 1 {
				hidden, err := r.Store.ContactByJID(t.Context(), r.session.ID, lid)
				require.NoError(t, err)
				due.ContactID = hidden.ID
			} else {
				hidden, err := r.Store.EnsureConversation(t.Context(), r.session.ID, lid, "Anita", 1)
				require.NoError(t, err)
				due.ConversationID = hidden.ID
			}
			require.NoError(t, r.Store.SaveAvatar(t.Context(), due, picture, 2, false))
			ana, err := r.Store.ContactByJID(t.Context(), r.session.ID, number)
			require.NoError(t, err)

			card, err := r.Contacts.Get(t.Context(), ana.ID)
			require.NoError(t, err)
			require.Empty(t, card.AvatarHash, "somebody else so far")
			require.NoError(t, r.Contacts.SamePerson(t.Context(), r.session.ID, number, lid))
			card, err = r.Contacts.Get(t.Context(), ana.ID)
			require.NoError(t, err)
			require.Equal(t, picture, card.AvatarHash)

			require.NoError(t, r.Store.SaveAvatar(t.Context(), model.AvatarDue{JID: number, ContactID: ana.ID}, "fedcba9876543210", 3, false))
			card, err = r.Contacts.Get(t.Context(), ana.ID)
			require.NoError(t, err)
			require.Equal(t, "fedcba9876543210", card.AvatarHash, "their own comes first")
		})
	}
}
