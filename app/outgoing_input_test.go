package app_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

func TestWhatNoGatewayTakesIsRefusedBeforeItIsQueued(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	chat := r.person()
	poll := func(question string, options ...string) model.Outgoing {
		return model.Outgoing{Text: question, Poll: &model.OutgoingPoll{Options: options}}
	}
	for what, cases := range map[string][]model.Outgoing{
		"text":    {{}, {Text: " \n"}, {Text: "\x00\x01"}, {Text: strings.Repeat("ñ", 70_000)}},
		"poll":    {poll("¿Cuál?", "una"), poll("", "una", "otra"), poll("¿Cuál?", "una", " "), poll("¿Cuál?", "una", "\x00"), poll("¿Cuál?", "una", "una ")},
		"contact": {{Contact: "123456789012345@lid"}, {Contact: "34600111222-1600000000@g.us"}},
		"location": {
			{Location: &model.Location{Latitude: 91}}, {Location: &model.Location{Longitude: -181}}, {Location: &model.Location{Latitude: math.NaN()}},
		},
	} {
		for _, out := range cases {
			_, err := r.Conversations.Send(t.Context(), chat.ID, out)
			require.Equal(t, what, invalid(t, err), "%+v", out)
		}
	}
	counts, err := r.Outbox.Counts(t.Context())
	require.NoError(t, err)
	require.Zero(t, counts)

	id, err := r.Conversations.Send(t.Context(), chat.ID, poll("¿Cuál?", " una\x00", "otra"))
	require.NoError(t, err)
	item, err := r.Outbox.Get(t.Context(), id)
	require.NoError(t, err)
	payload := item.DecodedPayload()
	require.Equal(t, []string{"una", "otra"}, payload.Poll.Options)
}
