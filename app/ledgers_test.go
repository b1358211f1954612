package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

func TestRepairOfOneConversationOfAPersonLeavesTheOtherAlone(t *testing.T) {
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	r.sync()
	who := r.person()
	const lid = model.JID("111222333444555@lid")
	other, err := r.Store.EnsureConversation(t.Context(), r.session.ID, lid, "", 1)
	require.NoError(t, err)
	_, err = r.Store.SaveIdentities(t.Context(), []model.Identity{{SessionID: r.session.ID, LID: lid, PhoneJID: who.JID, Source: model.SourceContact, FoundAt: 1}})
	require.NoError(t, err)
	ids, err := r.Store.Thread(t.Context(), other.ID)
	require.NoError(t, err)
	require.ElementsMatch(t, []model.ConversationID{who.ID, other.ID}, ids)

	calls := r.server.Count("POST /chat/fetchMessages")
	for _, shown := range ids {
		report, err := r.Ledgers.Repair(t.Context(), shown, model.RepairWish{Only: who.ID}, nil)
		require.NoError(t, err)
		require.Equal(t, model.RepairFilled, report.End)
		require.Equal(t, 1, report.Calls)
	}
	require.Equal(t, calls+2, r.server.Count("POST /chat/fetchMessages"), "nothing was asked about the other one")
}
