package sync_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/simulator"
)

// receive lets messages come on the phone.
func (r *rig) flood(chat model.ConversationRow, n int) {
	r.t.Helper()
	for i := range n {
		_, err := r.server.Phone(sessionName).Receive(string(chat.JID), fmt.Sprint("message ", i))
		require.NoError(r.t, err)
	}
}

func (r *rig) ledger(id model.ConversationID) model.Ledger {
	r.t.Helper()
	c, err := r.store.Conversation(r.t.Context(), id)
	require.NoError(r.t, err)
	return c.Ledger
}

func (r *rig) ledgerState(id model.ConversationID) model.LedgerState {
	l := r.ledger(id)
	return l.State()
}

func (r *rig) gapsOf(id model.ConversationID) []model.Gap {
	r.t.Helper()
	gaps, err := r.store.Gaps(r.t.Context(), id)
	require.NoError(r.t, err)
	return gaps
}

// requireAllHeld fails unless everything is held of a conversation that the gateway
// and the phone have.
func (r *rig) requireAllHeld(chat model.ConversationRow) {
	r.t.Helper()
	n := 0
	for range r.server.TruthMessages(sessionName, string(chat.JID)) {
		n++
	}
	require.Equal(r.t, n, len(allMessages(r.t, r.store, chat.ID)))
}

// deepGap leaves a gap that the syncs do not fill by themselves.
func deepGap(t *testing.T, o rigOptions) (*rig, model.ConversationRow) {
	t.Helper()
	r, chat := ready(t, o)
	r.sync(model.SyncScope{Messages: true, AllMessages: true})
	require.Equal(t, model.LedgerComplete, r.ledgerState(chat.ID))
	r.flood(chat, 2100)
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	require.Equal(t, model.LedgerGaps, r.ledgerState(chat.ID))
	gaps := r.gapsOf(chat.ID)
	require.Len(t, gaps, 1)
	require.Equal(t, model.GapWindow, gaps[0].Cause)
	return r, chat
}

func TestRepairFillsAGapWithGrowingLimits(t *testing.T) {
	r, chat := deepGap(t, rigOptions{})
	calls := r.server.Count(fetchRoute)
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	require.Equal(t, calls, r.server.Count(fetchRoute), "what was tried is left to a repair")

	told := 0
	report, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{}, func(model.RepairReport) { told++ })
	require.NoError(t, err)
	require.Equal(t, model.RepairFilled, report.End)
	require.Equal(t, model.LedgerComplete, report.State)
	require.Equal(t, 4, report.Calls, "50, 200, 800, 3200")
	require.Equal(t, report.Calls, told)
	require.Empty(t, r.gapsOf(chat.ID))
	requireHonest(t, r, chat)
}

func TestRepairOfWhatTheDeviceDoesNotHaveAsksThePhone(t *testing.T) {
	config := small
	config.LocalHistory = 3
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.Full())
	chat := r.someone()
	require.Equal(t, model.LedgerComplete, r.ledgerState(chat.ID), "from where the device's history begins")
	require.Equal(t, model.EndDevice, r.ledger(chat.ID).FetchEnd)

	report, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{Since: 1}, nil)
	require.NoError(t, err)
	require.Equal(t, model.RepairDevice, report.End)
	report, err = r.engine.Repair(t.Context(), chat.ID, model.RepairWish{Whole: true, AskPhone: true}, nil)
	require.NoError(t, err)
	require.Equal(t, model.RepairPhone, report.End)
	require.Positive(t, report.Asked)
	require.True(t, r.ledger(chat.ID).ReachedBeginning)
	r.requireAllHeld(chat)
}

func TestRepairSaysWhenThePhoneCannotBeAsked(t *testing.T) {
	config := small
	config.LocalHistory, config.Flavour = 3, simulator.FlavourC
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.Full())
	report, err := r.engine.Repair(t.Context(), r.someone().ID, model.RepairWish{Since: 1, AskPhone: true}, nil)
	require.NoError(t, err)
	require.Equal(t, model.RepairUnable, report.End)
}

func TestPhoneThatSendsNothingIsNotWaitedForForEver(t *testing.T) {
	config := small
	config.LocalHistory = 3
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.Full())
	chat := r.someone()
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.FaultShortList, Rate: 1}))
	report, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{Since: 1, AskPhone: true}, nil)
	require.NoError(t, err)
	require.Contains(t, []model.RepairEnd{model.RepairLater, model.RepairPhone}, report.End)
}

func TestShortEmptyAndMixedAnswersClaimNothing(t *testing.T) {
	for _, kind := range []simulator.FaultKind{simulator.FaultShortList, simulator.FaultEmptyList, simulator.FaultMixedList, simulator.FaultWrongTypes, simulator.FaultNulls, simulator.FaultTruncate} {
		t.Run(string(kind), func(t *testing.T) {
			r, chat := ready(t, rigOptions{})
			r.sync(model.SyncScope{Messages: true, AllMessages: true})
			r.flood(chat, 30)
			require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: kind, Rate: 1, Route: "fetchMessages"}))
			_, _ = r.engine.RunSync(t.Context(), r.session.ID, model.SyncScope{Conversations: true, Messages: true})
			requireHonest(t, r, chat)
			require.NoError(t, r.server.SetFaults())
			_, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{}, nil)
			require.NoError(t, err)
			_, err = r.engine.FetchMessages(t.Context(), chat.ID)
			require.NoError(t, err)
			require.Equal(t, model.LedgerComplete, r.ledgerState(chat.ID))
			requireHonest(t, r, chat)
		})
	}
}

// requireHonest fails when the ledger of a conversation says complete, and something
// is missing that the gateway has.
func requireHonest(t testing.TB, r *rig, chat model.ConversationRow) {
	t.Helper()
	l := r.ledger(chat.ID)
	if l.State() != model.LedgerComplete {
		return
	}
	for m := range r.server.TruthMessages(sessionName, string(chat.JID)) {
		if m.Timestamp <= l.CompleteFrom.Unix() {
			continue
		}
		held, err := r.store.MessageHeld(t.Context(), chat.ID, m.FromMe, model.ShortID(m.ID))
		require.NoError(t, err)
		require.True(t, held, "the ledger says complete, and message %s is missing", m.ID)
	}
}

func TestKillInTheMiddleOfARepairLeavesTheGap(t *testing.T) {
	r, chat := deepGap(t, rigOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.engine.Repair(ctx, chat.ID, model.RepairWish{}, func(report model.RepairReport) {
		if report.Calls == 2 {
			r.alive.dead.Store(true)
			cancel()
		}
	})
	require.Error(t, err)
	r.restart()
	require.NotEmpty(t, r.gapsOf(chat.ID))
	requireHonest(t, r, chat)
	report, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{}, nil)
	require.NoError(t, err)
	require.Equal(t, model.RepairFilled, report.End)
	requireHonest(t, r, chat)
}

func TestOneConversationIsRepairedOnceAtATime(t *testing.T) {
	r, chat := deepGap(t, rigOptions{})
	_, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{}, func(model.RepairReport) {
		_, err := r.engine.Repair(t.Context(), chat.ID, model.RepairWish{}, nil)
		require.ErrorIs(t, err, wasync.ErrBusy)
	})
	require.NoError(t, err)
}

func TestWholeHistoryGoesOnAfterAKill(t *testing.T) {
	config := small
	config.LocalHistory = 5
	r := newRig(t, rigOptions{simulator: config})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.engine.RunHistory(ctx, r.session.ID, func(job model.LedgerJob) {
		if job.Done == 5 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	job, err := r.store.LedgerJob(t.Context(), r.session.ID, model.JobHistory)
	require.NoError(t, err)
	require.True(t, job.Running())
	require.Equal(t, 5, job.Done)

	r.restart()
	first := true
	job, err = r.engine.RunHistory(t.Context(), r.session.ID, func(job model.LedgerJob) {
		if first {
			require.Equal(t, 5, job.Done, "what was done is not done again")
			first = false
		}
	})
	require.NoError(t, err)
	require.False(t, job.Running())
	require.Equal(t, job.Total, job.Done)
	require.Zero(t, job.Failed)
	r.requireTruth()
	for c := range r.server.TruthConversations(sessionName) {
		held, err := r.store.ConversationByJID(t.Context(), r.session.ID, model.JID(c.ID))
		require.NoError(t, err)
		require.Equal(t, model.LedgerComplete, held.Ledger.State(), c.ID)
	}
}

// TestWholeHistoryThatGoesOnCountsWhatCameMeanwhile: how far it is never goes back, nor
// beyond all.
func TestWholeHistoryThatGoesOnCountsWhatCameMeanwhile(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	r.sync(model.SyncScope{Contacts: true, Conversations: true})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := r.engine.RunHistory(ctx, r.session.ID, func(job model.LedgerJob) {
		if job.Done == 5 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	for _, jid := range []model.JID{"34600999881@c.us", "34600999882@c.us", "34600999883@c.us"} {
		_, err := r.store.EnsureConversation(t.Context(), r.session.ID, jid, "", 1)
		require.NoError(t, err)
	}
	last := 5
	job, err := r.engine.RunHistory(t.Context(), r.session.ID, func(job model.LedgerJob) {
		require.GreaterOrEqual(t, job.Done, last)
		require.LessOrEqual(t, job.Done, job.Total)
		last = job.Done
	})
	require.NoError(t, err)
	require.Equal(t, job.Total, job.Done)
	ids, err := r.store.ConversationIDs(t.Context(), r.session.ID)
	require.NoError(t, err)
	require.Len(t, ids, job.Total)
}

func TestOwnerIsServedDuringTheWholeHistory(t *testing.T) {
	config := small
	r := newRig(t, rigOptions{simulator: config, scheduled: true})
	r.connect()
	r.until("the first sync", func() bool {
		s, err := r.store.Session(t.Context(), r.session.ID)
		return err == nil && !s.LastSyncAt.IsZero()
	})
	chat := r.someone()
	require.NoError(t, r.engine.StartHistory(t.Context(), r.session.ID))
	item := r.send(chat.ID, "meanwhile")
	require.Equal(t, model.OutboxSent, item.State)
	r.until("the whole history", func() bool {
		job, err := r.store.LedgerJob(t.Context(), r.session.ID, model.JobHistory)
		return err == nil && job.FinishedAt != 0
	})
	require.NoError(t, r.engine.StartHistory(t.Context(), r.session.ID))
	require.NoError(t, r.engine.CancelHistory(t.Context(), r.session.ID))
	job, err := r.store.LedgerJob(t.Context(), r.session.ID, model.JobHistory)
	require.NoError(t, err)
	require.False(t, job.Running())
}

func TestWholeHistoryThatIsCanceledIsInTheActivity(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small}) // not connected: it stays where it is
	require.NoError(t, r.engine.StartHistory(t.Context(), r.session.ID))
	require.Zero(t, r.actions("whole_history"))
	require.NoError(t, r.engine.CancelHistory(t.Context(), r.session.ID))
	require.NoError(t, r.engine.CancelHistory(t.Context(), r.session.ID))
	require.Equal(t, 1, r.actions("whole_history"), "what does not run is not canceled")
	rows, err := r.store.Activities(t.Context(), model.ActivityQuery{Kind: model.ActivitySync})
	require.NoError(t, err)
	require.Equal(t, "whole_history", rows[0].Action)
	require.Equal(t, model.OutcomeCanceled, rows[0].Outcome)
}

func TestDailyComparisonFindsWhatWasMissedAndChanged(t *testing.T) {
	var ahead atomic.Int64
	r, chat := ready(t, rigOptions{now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }})
	r.sync(model.SyncScope{Messages: true, AllMessages: true})
	r.flood(chat, 60)
	ref, err := r.server.Phone(sessionName).Receive(string(chat.JID), "will be edited")
	require.NoError(t, err)
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	require.NoError(t, r.server.Phone(sessionName).Edit(ref, "was edited"))

	job, err := r.engine.Reconcile(t.Context(), r.session.ID, nil)
	require.NoError(t, err)
	require.Equal(t, job.Total, job.Done)
	require.NotZero(t, r.ledger(chat.ID).ReconciledAt)
	row, err := r.store.MessageByShortID(t.Context(), chat.ID, false, model.ShortID(ref.ID))
	require.NoError(t, err)
	require.Equal(t, "was edited", row.Text)
}

func TestDailyComparisonRunsOnceADayHoweverTheClockJumps(t *testing.T) {
	var ahead atomic.Int64
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.Local)
	began := time.Now()
	now := func() time.Time { return noon.Add(time.Since(began)).Add(time.Duration(ahead.Load())) }
	r := newRig(t, rigOptions{simulator: small, scheduled: true, now: now})
	r.connect()
	job := func() model.LedgerJob {
		job, err := r.store.LedgerJob(t.Context(), r.session.ID, model.JobReconcile)
		require.NoError(t, err)
		return job
	}
	r.until("the first day is noted", func() bool { j := job(); return j.FinishedAt != 0 })
	first := job().StartedAt
	for _, jump := range []struct {
		by   time.Duration
		runs bool
	}{{time.Hour, false}, {-24 * time.Hour, false}, {24 * time.Hour, true}, {48 * time.Hour, true}, {24 * time.Hour, false}} {
		ahead.Store(int64(jump.by))
		r.engine.Wake()
		if jump.runs {
			r.until(fmt.Sprint("the comparison after a jump to ", jump.by), func() bool { j := job(); return j.StartedAt > first && j.FinishedAt != 0 })
			first = job().StartedAt
			continue
		}
		looks := r.server.Count("GET /session/status")
		r.until("some looks", func() bool { return r.server.Count("GET /session/status") > looks+3 })
		require.Equal(t, first, job().StartedAt, jump.by)
	}
}
