package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/storetest"
)

// stretch returns messages of successive seconds.
func stretch(from, to int) []model.MessageIn {
	var list []model.MessageIn
	for i := from; i < to; i++ {
		list = append(list, text(model.ShortID(fmt.Sprint("M", i)), second+int64(i), "x"))
	}
	return list
}

func (f fixture) gaps(t testing.TB) []model.Gap {
	t.Helper()
	gaps, err := f.Gaps(f.ctx, f.conversation)
	require.NoError(t, err)
	return gaps
}

func (f fixture) ledger(t testing.TB) model.Ledger {
	t.Helper()
	return f.held(t).Ledger
}

// from is the first key that a second can have.
func from(i int64) model.MessageID { return model.MessageIDAt(second + i) }

// at is the key of the first message that was saved of a second: the middle one.
func at(i int64) model.MessageID {
	return model.MessageIDAt(second+i) + 1<<(model.MessageIDBits-1)
}

func TestMessageThatCameByItselfLeavesAGapUntilAFetchMeetsWhatIsHeld(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	f.save(t, stretch(20, 21)...)
	l := f.ledger(t)
	require.Equal(t, model.LedgerFilling, l.State(), "a fetch is due: others may have come before it")
	require.Equal(t, at(9), l.CompleteTo)
	require.Equal(t, []model.Gap{{ConversationID: f.conversation, Below: at(9), Above: at(20), Cause: model.GapReconnect, FoundAt: now}}, f.gaps(t))
	due, err := f.ConversationsToFetch(f.ctx, f.session, 10)
	require.NoError(t, err)
	require.Equal(t, []model.ConversationID{f.conversation}, due)

	f.fetch(t, model.FetchResult{Limit: 14}, stretch(7, 21)...)
	l = f.ledger(t)
	require.Equal(t, model.LedgerComplete, l.State())
	require.Empty(t, f.gaps(t))
	require.Equal(t, at(20), l.ProvenTo)
}

func TestLiveMessageExtendsWhatIsHeld(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Live: true, Messages: stretch(20, 21)})
	l := f.ledger(t)
	require.Equal(t, model.LedgerComplete, l.State())
	require.Equal(t, at(20), l.CompleteTo)
	require.Equal(t, at(9), l.ProvenTo, "events are no proof")

	chat := model.Conversation{JID: ana, LastShortID: "M30", LastType: model.TypeChat, LastAt: model.StampUnix(second + 30)}
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{{Conversation: chat}}, now))
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Live: true, Messages: stretch(40, 41)})
	require.Equal(t, model.GapTold, f.gaps(t)[0].Cause, "the one that was told lies before it")
	require.True(t, f.ledger(t).NeedsFetch)
}

func TestNewestThatWasToldAndNeverComesIsAGap(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	chat := model.Conversation{JID: ana, LastShortID: "M30", LastType: model.TypeChat, LastAt: model.StampUnix(second + 30)}
	require.NoError(t, f.SaveConversations(f.ctx, f.session, []model.ConversationIn{{Conversation: chat}}, now))
	for range 2 {
		f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
		require.True(t, f.ledger(t).NeedsFetch, "the device's history may still grow")
	}
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	l := f.ledger(t)
	require.Equal(t, model.LedgerGaps, l.State(), "it is not asked for for ever, and not forgotten")
	require.Equal(t, []model.Gap{{ConversationID: f.conversation, Below: at(9), Cause: model.GapTold, FoundAt: model.StampUnix(second + 30)}}, f.gaps(t))
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(21, 31)...)
	l = f.ledger(t)
	require.False(t, l.ToldNewer)
	require.Equal(t, at(9), f.gaps(t)[0].Below)
}

func TestFetchThatWasCutOffClaimsNothing(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Part: true, Messages: stretch(5, 30)})
	require.Equal(t, model.GapCut, f.gaps(t)[0].Cause)
	require.Equal(t, model.LedgerFilling, ptr(f.ledger(t)).State())
	f.fetch(t, model.FetchResult{Outcome: "timeout"}, stretch(30, 32)...)
	require.Equal(t, at(31), f.gaps(t)[0].Above)
	f.fetch(t, model.FetchResult{Limit: 40, Total: 30, Oldest: second + 5, Newest: second + 34}, stretch(30, 35)...)
	require.Equal(t, model.LedgerComplete, ptr(f.ledger(t)).State(), "the last piece says how much the whole fetch brought")
}

func ptr[T any](v T) *T { return &v }

func TestMessageThatCouldNotBeReadIsAGap(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	broken := stretch(12, 13)
	broken[0].ShortID = ""
	f.fetch(t, model.FetchResult{Limit: 20}, append(append(stretch(5, 12), broken...), stretch(13, 20)...)...)
	gaps := f.gaps(t)
	require.Len(t, gaps, 1)
	require.Equal(t, model.GapUnreadable, gaps[0].Cause)
	require.Equal(t, from(12), gaps[0].Below)
	require.Equal(t, second+12, gaps[0].Above.Unix())
	f.fetch(t, model.FetchResult{Limit: 20, Purpose: model.ForRepair}, stretch(5, 20)...)
	require.Empty(t, f.gaps(t))
}

func TestLedgersTotalsAndWork(t *testing.T) {
	f := newFixture(t)
	require.Equal(t, model.LedgerNotBegun, ptr(f.ledger(t)).State())
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	f.fetch(t, model.FetchResult{Limit: 5, Purpose: model.ForRepair}, stretch(20, 25)...)
	rows, err := f.Ledgers(f.ctx, f.session)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, ana, rows[0].JID)
	require.Equal(t, 1, rows[0].Gaps[0].Tries)
	require.Equal(t, model.EndLimit, rows[0].Gaps[0].Outcome)
	totals, err := f.LedgerTotals(f.ctx, f.session)
	require.NoError(t, err)
	require.Equal(t, model.LedgerTotals{Gaps: 1}, totals)

	changed, err := f.NoteGaps(f.ctx, f.conversation, model.EndPhone, now+1)
	require.NoError(t, err)
	require.True(t, changed)
	require.Equal(t, model.EndPhone, f.gaps(t)[0].Outcome)

	due, err := f.ToReconcile(f.ctx, f.session, now, now)
	require.NoError(t, err)
	require.Equal(t, []model.ConversationID{f.conversation}, due, "it did not move lately, but it has a gap")
	f.fetch(t, model.FetchResult{Limit: 50, Purpose: model.ForReconcile}, stretch(0, 25)...)
	due, err = f.ToReconcile(f.ctx, f.session, now, now)
	require.NoError(t, err)
	require.Empty(t, due)
	require.Equal(t, now, f.ledger(t).ReconciledAt)

	job := model.LedgerJob{SessionID: f.session, Kind: model.JobHistory, StartedAt: 5, Total: 3}
	held, err := f.SaveLedgerJob(f.ctx, job)
	require.NoError(t, err)
	require.Equal(t, job, held)
	held, err = f.LedgerJob(f.ctx, f.session, model.JobHistory)
	require.NoError(t, err)
	require.Equal(t, job, held)
	require.True(t, held.Running())
	ended := held
	ended.Canceled = true
	_, err = f.SaveLedgerJob(f.ctx, ended)
	require.NoError(t, err)
	job.Done = 1
	held, err = f.SaveLedgerJob(f.ctx, job)
	require.NoError(t, err)
	require.True(t, held.Canceled, "who writes how far it is may not know yet that it was ended")
	require.Equal(t, 1, held.Done)
	none, err := f.LedgerJob(f.ctx, f.session, model.JobReconcile)
	require.NoError(t, err)
	require.False(t, none.Running())
	whole, err := f.ToFetchWhole(f.ctx, f.session, 5)
	require.NoError(t, err)
	require.Equal(t, []model.ConversationID{f.conversation}, whole)
}

func TestHoleOfAnOlderSchemaIsKept(t *testing.T) {
	path := released(t, 5)
	_, err := raw(t, path).ExecContext(t.Context(), "UPDATE conversations SET ledger_gap_before = 1700000001 * 1048576, ledger_fetch_limit = 50 WHERE id = 1")
	require.NoError(t, err)
	s := storetest.Open(t, path)
	gaps, err := s.Gaps(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, []model.Gap{{ConversationID: 1, Below: model.MessageIDAt(1700000000), Above: model.MessageIDAt(1700000001), Cause: model.GapWindow}}, gaps)
	c, err := s.Conversation(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, model.LedgerGaps, c.Ledger.State())
}

func TestOwnMessageIsCertainWhenItsEventComes(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(0, 10)...)
	mine := own("MINE", second+20, "hola", model.AckServer)
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Sent: true, Messages: []model.MessageIn{mine}})
	require.Equal(t, model.GapSent, f.gaps(t)[0].Cause, "the events before it may still be on their way")
	require.True(t, f.ledger(t).NeedsFetch, "and are gone when the program is killed now")
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Live: true, Messages: stretch(19, 20)})
	require.Len(t, f.gaps(t), 1)
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Live: true, Messages: []model.MessageIn{mine}})
	require.Empty(t, f.gaps(t))
	require.Equal(t, model.LedgerComplete, ptr(f.ledger(t)).State())
}

func TestSeamsOfOnePersonLieBetweenTheMessagesOfBothConversations(t *testing.T) {
	f := newFixture(t)
	c, err := f.EnsureConversation(f.ctx, f.session, anaLID, "", now)
	require.NoError(t, err)
	fetch := func(id model.ConversationID, limit int, from, to int64) {
		var list []model.MessageIn
		for i := from; i < to; i += 2 {
			list = append(list, text(model.ShortID(fmt.Sprint("M", i)), second+i, fmt.Sprint(i)))
		}
		f.saveBatch(t, model.MessageBatch{ConversationID: id, Messages: list, Fetch: &model.FetchResult{Outcome: model.FetchOK, Limit: limit}})
	}
	fetch(f.conversation, 50, 0, 20) // even seconds under the number, odd ones under the hidden id
	fetch(c.ID, 50, 1, 31)
	fetch(f.conversation, 5, 40, 50)
	fetch(c.ID, 5, 61, 71)
	f.identify(t, model.Identity{LID: anaLID, PhoneJID: ana, Source: model.SourceContact, FoundAt: now})

	for _, id := range []model.ConversationID{f.conversation, c.ID} {
		rows, err := f.LedgersOf(f.ctx, id)
		require.NoError(t, err)
		seams := model.Summarize(rows).Seams
		require.Len(t, seams, 2)
		after := make([]string, len(seams))
		for i, s := range seams {
			page, err := f.Messages(f.ctx, model.MessageQuery{ConversationID: id, Before: s.After + 1, Limit: 1})
			require.NoError(t, err)
			require.Len(t, page, 1)
			after[i] = page[0].Text
			require.Equal(t, s.ConversationID, page[0].ConversationID)
		}
		require.Equal(t, []string{"18", "29"}, after)
	}

	f.saveBatch(t, model.MessageBatch{ConversationID: c.ID, Messages: []model.MessageIn{text("M29", second+29, "29"), text("M30", second+30, "30"), text("M61", second+61, "61")},
		Fetch: &model.FetchResult{Outcome: model.FetchOK, Limit: 200, Oldest: second + 25, Newest: second + 69}})
	rows, err := f.LedgersOf(f.ctx, f.conversation)
	require.NoError(t, err)
	seams := model.Summarize(rows).Seams
	require.Len(t, seams, 1, "the one that was filled is gone")
	require.Equal(t, f.conversation, seams[0].ConversationID)
}

func TestOlderMessagesOfAFetchThatWasKilledAreASeam(t *testing.T) {
	f := newFixture(t)
	f.fetch(t, model.FetchResult{Limit: 10}, stretch(100, 110)...)
	f.saveBatch(t, model.MessageBatch{ConversationID: f.conversation, Part: true, Messages: stretch(10, 30)}) // the oldest come first
	seams := func() []model.Seam {
		rows, err := f.LedgersOf(f.ctx, f.conversation)
		require.NoError(t, err)
		return model.Summarize(rows).Seams
	}
	require.Equal(t, []model.Seam{{ConversationID: f.conversation, After: from(100) - 1, Until: from(100), Floor: true, From: at(10)}}, seams())
	f.fetch(t, model.FetchResult{Limit: 200, Purpose: model.ForRepair}, stretch(10, 110)...)
	require.Empty(t, seams())
}
