package model_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func key(second int64) model.MessageID { return model.MessageIDAt(1_700_000_000 + second) }

// fetched is a ledger from one second to another of which everything is held.
func fetched(from, to int64) model.Ledger {
	return model.Ledger{Oldest: key(from), Newest: key(to), CompleteFrom: key(from), CompleteTo: key(to), ProvenTo: key(to), FetchLimit: 50, FetchEnd: model.EndLimit}
}

func TestSeamsSayWhereMessagesMayBeMissing(t *testing.T) {
	change := func(do func(*model.Ledger)) model.Ledger {
		l := fetched(0, 90)
		do(&l)
		return l
	}
	gap := model.Gap{ConversationID: 7, Below: key(10), Above: key(40), Cause: model.GapWindow}
	tried := gap
	tried.Tries, tried.Outcome = 1, model.EndDevice
	sent := gap
	sent.Cause = model.GapSent
	open := model.Gap{ConversationID: 7, Below: key(90), Cause: model.GapTold, FoundAt: key(95).Stamp()}
	for name, c := range map[string]struct {
		ledger model.Ledger
		gaps   []model.Gap
		want   []model.Seam
	}{
		"all is held":             {ledger: fetched(0, 90)},
		"nothing was asked yet":   {ledger: change(func(l *model.Ledger) { l.FetchLimit, l.CompleteFrom = 0, key(50) })},
		"a gap":                   {fetched(0, 90), []model.Gap{gap}, []model.Seam{{ConversationID: 7, After: key(10), Until: key(40), From: key(10), Cause: model.GapWindow}}},
		"a gap that was tried":    {fetched(0, 90), []model.Gap{tried}, []model.Seam{{ConversationID: 7, After: key(10), Until: key(40), From: key(10), Cause: model.GapWindow, Tries: 1, Outcome: model.EndDevice}}},
		"an own message's event":  {ledger: change(func(l *model.Ledger) { l.NeedsFetch = true }), gaps: []model.Gap{sent}},
		"an own message for good": {fetched(0, 90), []model.Gap{sent}, []model.Seam{{ConversationID: 7, After: key(10), Until: key(40), From: key(10), Cause: model.GapSent}}},
		"a newer one on its way":  {ledger: change(func(l *model.Ledger) { l.NeedsFetch, l.ToldNewer = true, true }), gaps: []model.Gap{open}},
		"a newer one that never came": {
			change(func(l *model.Ledger) { l.ToldNewer = true }), []model.Gap{open},
			[]model.Seam{{ConversationID: 7, After: key(96) - 1, From: key(90), Cause: model.GapTold}},
		},
		"older ones of a fetch that was cut off": {
			change(func(l *model.Ledger) { l.CompleteFrom = key(30) }), nil,
			[]model.Seam{{ConversationID: 7, After: key(30) - 1, Until: key(30), Floor: true, From: key(0)}},
		},
		"older ones that the device does not reach": {
			change(func(l *model.Ledger) { l.CompleteFrom, l.FetchEnd = key(30), model.EndDevice }), nil,
			[]model.Seam{{ConversationID: 7, After: key(30) - 1, Until: key(30), Floor: true, From: key(0), Outcome: model.EndDevice}},
		},
		"one second is not told apart": {ledger: change(func(l *model.Ledger) { l.Oldest, l.CompleteFrom = key(0), key(0)+3 })},
	} {
		t.Run(name, func(t *testing.T) {
			row := model.LedgerRow{ID: 7, Ledger: c.ledger, Gaps: c.gaps}
			require.Equal(t, c.want, row.Seams())
		})
	}
}

func TestSeamsOfOnePersonAreOneList(t *testing.T) {
	phone := model.LedgerRow{ID: 1, Ledger: fetched(0, 90), Gaps: []model.Gap{{ConversationID: 1, Below: key(50), Above: key(60)}}}
	hidden := model.LedgerRow{ID: 2, Ledger: fetched(20, 80), Gaps: []model.Gap{{ConversationID: 2, Below: key(30), Above: key(40)}, {ConversationID: 2, Below: key(70), Above: key(75)}}}
	var order []model.MessageID
	for _, s := range model.Summarize([]model.LedgerRow{phone, hidden}).Seams {
		order = append(order, s.After)
	}
	require.Equal(t, []model.MessageID{key(30), key(50), key(70)}, order)
}

func TestWhatASeamAsksForClosesIt(t *testing.T) {
	gap := model.Seam{ConversationID: 7, After: key(10), Until: key(40)}
	require.Equal(t, model.RepairWish{Only: 7}, gap.Wish())
	floor := model.Seam{ConversationID: 7, Floor: true, From: key(10)}
	require.Equal(t, model.RepairWish{Only: 7, Since: model.StampUnix(1_700_000_011)}, floor.Wish(), "what is proven begins with the second of the oldest one")
}
