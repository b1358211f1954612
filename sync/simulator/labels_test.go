package simulator_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

func TestLabelsOfBusinessAccounts(t *testing.T) {
	for name, cfg := range map[string]simulator.Config{
		"generated": {Contacts: 60, Conversations: 40, Messages: 40, Labels: 4},
		"bakery":    {Business: true},
		"old":       {Contacts: 60, Conversations: 40, Messages: 40, Labels: 4, Flavour: simulator.FlavourC},
	} {
		t.Run(name, func(t *testing.T) {
			s := started(t, cfg)
			labels := member[[]obj](t, post(t, s, "/client/getLabels/s1", obj{}), "labels")
			require.NotEmpty(t, labels)
			carried := 0
			for _, l := range labels {
				id := l["id"].(string)
				require.Regexp(t, "^#[0-9a-f]{6}$", l["hexColor"])
				require.Equal(t, l, member[obj](t, post(t, s, "/client/getLabelById/s1", obj{"labelId": id}), "label"))
				for _, chat := range member[[]obj](t, post(t, s, "/client/getChatsByLabelId/s1", obj{"labelId": id}), "chats") {
					carried++
					of := member[[]obj](t, post(t, s, "/client/getChatLabels/s1", obj{"chatId": at(chat, "id", "_serialized")}), "chatLabels")
					require.Contains(t, of, l)
				}
			}
			require.Positive(t, carried)
			require.Equal(t, http.StatusInternalServerError, post(t, s, "/client/getChatsByLabelId/s1", obj{"labelId": "99"}).Code)
		})
	}
	s := started(t, simulator.Config{Contacts: 60, Conversations: 40, Messages: 40})
	require.Empty(t, member[[]obj](t, post(t, s, "/client/getLabels/s1", obj{}), "labels"))
}

func TestPhoneLabelsAConversation(t *testing.T) {
	s := started(t, simulator.Config{Contacts: 60, Conversations: 40, Messages: 400, Labels: 4})
	chat := conversation(t, s, func(c simulator.TruthConversation) bool { return c.Messages > 0 }).ID
	require.NoError(t, s.Phone("s1").Label(chat, "2", "4"))
	require.ErrorIs(t, s.Phone("s1").Label(chat, "5"), simulator.ErrNoSuchLabel)
	labels := member[[]obj](t, post(t, s, "/client/getChatLabels/s1", obj{"chatId": chat}), "chatLabels")
	require.Len(t, labels, 2)
	require.Equal(t, "2", labels[0]["id"])
	require.Equal(t, "4", labels[1]["id"])
}
