package sync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// A session is connected before its page can do anything (contract §4.4): what
// waited for it goes when it can, and is not tried into the void.
func TestWhatWaitedIsNotSentBeforeTheSessionIsReady(t *testing.T) {
	for _, scheduled := range []bool{true, false} {
		config := small
		config.ReadyDelay = 300 * time.Millisecond
		r := newRig(t, rigOptions{simulator: config, scheduled: scheduled})
		r.connect()
		if !scheduled {
			r.sync(model.SyncScope{Conversations: true})
		}
		r.until("the conversations are there", func() bool {
			list, err := r.store.Conversations(t.Context(), model.ConversationQuery{SessionID: r.session.ID})
			return err == nil && len(list) > 0
		})
		chat := r.someone()
		require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
		item := r.write(chat.ID, "As soon as you are back")
		r.connect()
		if scheduled {
			r.engine.Carry(r.session.ID)
		} else {
			_, err := r.engine.Send(t.Context(), item.ID)
			require.NoError(t, err)
		}
		r.until("it was sent", func() bool {
			now, err := r.store.OutboxItem(t.Context(), item.ID)
			require.NoError(t, err)
			return now.State != model.OutboxQueued && now.State != model.OutboxSending
		})
		now, err := r.store.OutboxItem(t.Context(), item.ID)
		require.NoError(t, err)
		require.Equal(t, model.OutboxSent, now.State, "scheduled %v", scheduled)
		require.Equal(t, model.MatchAnswer, now.Match)
		require.Equal(t, 1, r.server.Count(sendRoute))
	}
}

// What the session is when a message is chosen may be over when it is to be sent:
// while it waited for its turn at the gateway, the session was stopped.
func TestNothingIsSentIntoASessionThatWasStoppedMeanwhile(t *testing.T) {
	r, chat := ready(t, rigOptions{scheduled: true})
	stopped := make(chan error, 1)
	stop := func() { stopped <- r.engine.Disconnect(t.Context(), r.session.ID) }
	item := r.write(chat.ID, "As soon as you are back")
	r.alive.onClaim.Store(&stop)
	r.engine.Carry(r.session.ID)
	require.NoError(t, <-stopped)
	r.connect()
	sent := r.reaches(item.ID, model.OutboxSent)
	require.Equal(t, model.MatchAnswer, sent.Match)
	require.Equal(t, 1, r.server.Count(sendRoute))
}

// Which account a session has is asked before anything goes out. While nobody
// answers that, what waits for one account must not go from another.
func TestNothingGoesFromAnAccountThatIsNotKnownYet(t *testing.T) {
	for _, kind := range []simulator.FaultKind{simulator.Fault502, simulator.Fault500, simulator.FaultReset, simulator.FaultStall} {
		t.Run(string(kind), func(t *testing.T) {
			r := newRig(t, rigOptions{simulator: small, scheduled: true})
			_, _, err := r.store.UpdateSession(t.Context(), r.session.ID, func(s *model.Session) { s.JID = "34600999888@c.us" })
			require.NoError(t, err)
			r.restart() // the engine reads it when it starts
			c, err := r.store.EnsureConversation(t.Context(), r.session.ID, "34600123456@c.us", "", model.StampOf(time.Now()))
			require.NoError(t, err)
			item := r.write(c.ID, "From the shop")
			r.fault(simulator.Fault{Kind: kind, Times: 4, Route: "client/getClassInfo"})
			r.connect()
			r.engine.Carry(r.session.ID)
			r.until("it is found to be another account", func() bool {
				rows, err := r.store.Activities(t.Context(), model.ActivityQuery{Limit: 50})
				require.NoError(t, err)
				for _, row := range rows {
					if row.ErrorKind == string(model.ProblemOtherAccount) {
						return true
					}
				}
				return false
			})
			require.Zero(t, r.server.Count(sendRoute))
			require.Equal(t, model.OutboxQueued, r.item(item.ID).State)
		})
	}
}
