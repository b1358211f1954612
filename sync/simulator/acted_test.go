package simulator_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

// TestChangesOfAMessageAreRecordedWhateverIsAnswered: the record tells what WhatsApp
// took, and a fault strikes the change that its route names and no other.
func TestChangesOfAMessageAreRecordedWhateverIsAnswered(t *testing.T) {
	s := listening(t, simulator.Config{Contacts: 10, Conversations: 10, Messages: 600})
	chat := conversation(t, s, person)
	sent := member[obj](t, post(t, s, "/client/sendMessage/s1", obj{"chatId": chat.ID, "contentType": "string", "content": "bread"}), "message")
	id, _ := at(sent, "id", "id").(string)
	ask := func(call string, more obj) int {
		more["chatId"], more["messageId"] = chat.ID, id
		return dialPost(t.Context(), t, s, "/message/"+call+"/s1", more).status
	}
	require.NoError(t, s.SetFaults(
		simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "/message/react"},
		simulator.Fault{Kind: simulator.FaultRefuse, Times: 1, Route: "/message/edit"},
		simulator.Fault{Kind: simulator.FaultAcceptedCut, Times: 1, Route: "/message/delete"},
		simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1}, // names none: it is for what makes a message
	))
	require.Equal(t, 200, ask("star", obj{}))
	require.Equal(t, 500, ask("react", obj{"reaction": "👍"}))
	require.Zero(t, ask("edit", obj{"content": "lost"}))
	require.Equal(t, 200, ask("edit", obj{"content": "rolls"}))
	require.Zero(t, ask("delete", obj{"everyone": true}))
	var got [][]string
	for _, a := range s.Acted() {
		require.Equal(t, chat.ID, a.ChatID)
		require.Equal(t, id, a.ID)
		got = append(got, []string{a.Call, a.Value})
	}
	require.Equal(t, [][]string{{"star", ""}, {"react", "👍"}, {"edit", "rolls"}, {"delete", "everyone"}}, got)
	require.Len(t, s.Accepted(), 1)
	working := func(r simulator.RequestLog) bool { return !r.Ended }
	require.Eventually(t, func() bool { return !slices.ContainsFunc(s.Requests(), working) }, patience, time.Millisecond)
}

// TestFaultsStrikeBelowABasePathToo: a route is named without the base path.
func TestFaultsStrikeBelowABasePathToo(t *testing.T) {
	s, err := simulator.New(simulator.Config{Contacts: 10, Conversations: 10, Messages: 600, BasePath: "/api", Paired: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Listen("127.0.0.1:0"))
	require.Equal(t, 200, dial(t.Context(), t, s, "/session/start/s1").status)
	chat := conversation(t, s, person)
	require.NoError(t, s.SetFaults(simulator.Fault{Kind: simulator.FaultAccepted500, Times: 1, Route: "POST /client/sendMessage"}))
	body := obj{"chatId": chat.ID, "contentType": "string", "content": "bread"}
	require.Equal(t, 500, dialPost(t.Context(), t, s, "/client/sendMessage/s1", body).status)
}
