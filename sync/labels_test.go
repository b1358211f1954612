package sync_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// labelled returns which conversations carry each label, by its name.
func (r *rig) labelled() map[string][]string {
	r.t.Helper()
	list, err := r.store.Labels(r.t.Context(), r.session.ID)
	require.NoError(r.t, err)
	out := map[string][]string{}
	for _, l := range list {
		rows, err := r.store.Conversations(r.t.Context(), model.ConversationQuery{
			SessionID: r.session.ID, Filter: model.FilterEverything, LabelID: l.ID})
		require.NoError(r.t, err)
		out[l.Name] = []string{}
		for _, row := range rows {
			out[l.Name] = append(out[l.Name], string(row.JID))
		}
		slices.Sort(out[l.Name])
	}
	return out
}

func (r *rig) syncConversations() model.PhaseReport {
	r.t.Helper()
	return r.sync(model.SyncScope{Conversations: true}).Phases[model.PhaseConversations]
}

func business(flavour simulator.Flavour) simulator.Config {
	return simulator.Config{Contacts: 60, Conversations: 40, Messages: 40, Labels: 3, Flavour: flavour}
}

func TestLabelsFollowTheAccount(t *testing.T) {
	for _, flavour := range []simulator.Flavour{simulator.FlavourA, simulator.FlavourC} {
		t.Run(string(flavour), func(t *testing.T) {
			r := newRig(t, rigOptions{simulator: business(flavour)})
			r.connect()
			require.Zero(t, r.syncConversations().Failed)
			held := r.labelled()
			require.Len(t, held, 3)
			require.NotEmpty(t, held["New customer"])

			before, err := r.store.Changes(t.Context())
			require.NoError(t, err)
			require.Zero(t, r.syncConversations().Updated)
			after, err := r.store.Changes(t.Context())
			require.NoError(t, err)
			require.LessOrEqual(t, after-before, int64(2), "an unchanged label writes nothing")

			moved := held["New customer"][0]
			require.NoError(t, r.server.Phone(sessionName).Label(moved, "2"))
			require.Positive(t, r.syncConversations().Updated)
			held = r.labelled()
			require.NotContains(t, held["New customer"], moved)
			require.Contains(t, held["New order"], moved)
		})
	}
}

func TestAccountsWithoutLabelsAreAskedForNone(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	r.syncConversations()
	require.Empty(t, r.labelled())
	require.Zero(t, r.server.Count("POST /client/getChatsByLabelId"))
}

func TestLastConversationLosesItsLabel(t *testing.T) {
	r := newRig(t, rigOptions{simulator: business(simulator.FlavourA)})
	r.connect()
	r.syncConversations()
	for _, jid := range r.labelled()["New customer"] {
		require.NoError(t, r.server.Phone(sessionName).Label(jid))
	}
	r.syncConversations()
	require.Empty(t, r.labelled()["New customer"])
}

func TestLabelsThatComeShortTakeNothingAway(t *testing.T) {
	for _, kind := range []simulator.FaultKind{
		simulator.FaultTruncate, simulator.FaultHTML, simulator.FaultNulls, simulator.FaultWrongTypes,
		simulator.FaultReset, simulator.FaultRefuse, simulator.Fault503, simulator.Fault500,
	} {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t, rigOptions{simulator: business(simulator.FlavourA)})
			r.connect()
			r.syncConversations()
			held := r.labelled()
			require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: kind, Rate: 1, Route: "getChatsByLabelId"}))
			report, err := r.engine.RunSync(t.Context(), r.session.ID, model.SyncScope{Conversations: true, Messages: true})
			require.NoError(t, err, "a label is no reason to fail")
			require.Empty(t, report.Phases[model.PhaseConversations].Error)
			require.Equal(t, held, r.labelled())
		})
	}
}
