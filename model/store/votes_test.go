package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestVotesThatAreNotNamedStay(t *testing.T) {
	f := newFixture(t)
	poll := text("P", second, "¿Qué relleno?")
	poll.Type = model.TypePoll
	f.save(t, poll)
	rows, err := f.Messages(f.ctx, model.MessageQuery{ConversationID: f.conversation, Limit: 1})
	require.NoError(t, err)
	id := rows[0].ID
	f.identify(t, model.Identity{SessionID: f.session, LID: "77@lid", PhoneJID: ana, FoundAt: now})
	save := func(votes ...model.PollVote) bool {
		t.Helper()
		changed, err := f.SavePollVotes(f.ctx, id, votes)
		require.NoError(t, err)
		return changed
	}
	voters := func() map[model.JID]string {
		t.Helper()
		list, err := f.PollVotes(f.ctx, id)
		require.NoError(t, err)
		found := map[model.JID]string{}
		for _, v := range list {
			found[v.VoterJID] = v.Options[0]
		}
		return found
	}
	crema, nata := []string{"Crema"}, []string{"Nata"}
	require.True(t, save(model.PollVote{VoterJID: "77@lid", Options: crema}, model.PollVote{VoterJID: "1@c.us", Options: crema}, model.PollVote{VoterJID: "2@c.us", Options: nata}))
	require.False(t, save(model.PollVote{VoterJID: "2@c.us", Options: nata}))
	require.True(t, save(model.PollVote{VoterJID: ana, Options: nata}), "the same person by phone")
	require.Equal(t, map[model.JID]string{ana: "Nata", "1@c.us": "Crema", "2@c.us": "Nata"}, voters())
	require.True(t, save(model.PollVote{VoterJID: "1@c.us"}), "taken back")
	require.Equal(t, map[model.JID]string{ana: "Nata", "2@c.us": "Nata"}, voters())
}
