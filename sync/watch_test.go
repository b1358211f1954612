package sync_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// condition returns what the engine says of a kind.
func (r *rig) condition(kind model.ConditionKind) (model.Condition, bool) {
	for _, c := range r.engine.Conditions(r.session.ID) {
		if c.Kind == kind {
			return c, true
		}
	}
	return model.Condition{}, false
}

func (r *rig) untilCondition(kind model.ConditionKind, holds bool) model.Condition {
	r.t.Helper()
	var c model.Condition
	r.until("the condition "+string(kind), func() bool {
		var ok bool
		c, ok = r.condition(kind)
		return ok == holds
	})
	return c
}

// actions counts the rows of the activity log with a name.
func (r *rig) actions(name string) int {
	r.t.Helper()
	rows, err := r.store.Activities(r.t.Context(), model.ActivityQuery{Limit: 500})
	require.NoError(r.t, err)
	n := 0
	for _, row := range rows {
		if row.Action == name {
			n++
		}
	}
	return n
}

func TestZombieIsRestartedOnce(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small, scheduled: true})
	r.connect()
	phone := r.server.Phone(sessionName)
	require.NoError(t, phone.Crash())
	r.until("it was restarted by itself", func() bool { return r.actions("auto_restart") == 1 })
	r.until("it is connected again", func() bool { return r.state() == model.StateConnected })
	require.Empty(t, r.engine.Conditions(r.session.ID))

	require.NoError(t, phone.Crash()) // at once again: a restart does not help
	r.untilCondition(model.ConditionZombie, true)
	require.Equal(t, 1, r.server.Count("GET /session/restart"))
	require.Equal(t, model.StateBroken, r.state())
	r.until("it is in the log", func() bool { return r.actions("condition_zombie") == 1 })

	require.NoError(t, r.engine.Reconnect(t.Context(), r.session.ID))
	r.until("the owner's restart helped", func() bool { return r.state() == model.StateConnected })
	r.untilCondition(model.ConditionZombie, false)
	require.Equal(t, 2, r.server.Count("GET /session/restart"))
}

// A page that only fails to tell its state may still be loading (contract §4.3): it is
// looked at once more first.
func TestPageThatCannotTellIsLookedAtTwice(t *testing.T) {
	var looks, before atomic.Int64 // looks, and those when it was restarted
	var breaks atomic.Bool         // at the next look
	var r *rig
	r = newRig(t, rigOptions{simulator: small, scheduled: true, between: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			switch {
			case strings.HasPrefix(q.URL.Path, "/session/status/"):
				if breaks.CompareAndSwap(true, false) {
					looks.Store(0)
					_ = r.server.Phone(sessionName).Break("Execution context was destroyed") // the looks tell whether it did
				}
				looks.Add(1)
			case strings.HasPrefix(q.URL.Path, "/session/restart/"):
				before.CompareAndSwap(0, looks.Load())
			}
			next.ServeHTTP(w, q)
		})
	}})
	r.connect()
	looks.Store(0)
	r.until("the start is over", func() bool { return looks.Load() > 3 })
	breaks.Store(true)
	r.until("it was restarted by itself", func() bool { return before.Load() != 0 })
	require.GreaterOrEqual(t, before.Load(), int64(2))
	r.until("it is connected again", func() bool { return r.state() == model.StateConnected })
}

func TestNobodyRestartsForACommandLine(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small})
	r.connect()
	require.NoError(t, r.server.Phone(sessionName).Crash())
	_, err := r.engine.CheckStatus(t.Context(), r.session.ID)
	require.NoError(t, err)
	_, broken := r.condition(model.ConditionBroken)
	require.True(t, broken)
	_, zombie := r.condition(model.ConditionZombie)
	require.False(t, zombie) // which would claim a restart
	require.Zero(t, r.server.Count("GET /session/restart"))
}

func TestLogoutOnThePhoneShowsANewQRAtOnce(t *testing.T) {
	var clock wall
	r := newRig(t, rigOptions{simulator: small, scheduled: true, now: clock.now})
	r.connect()
	clock.set(time.Hour) // what Connect opened is long over
	phone := r.server.Phone(sessionName)
	require.NoError(t, phone.Logout())
	r.untilCondition(model.ConditionLoggedOut, true)
	r.until("a new QR", func() bool { _, ok := r.engine.QR(r.session.ID); return ok })
	require.Equal(t, model.StateWaitingQR, r.state())
	require.NoError(t, phone.Scan())
	r.until("it is connected again", func() bool { return r.state() == model.StateConnected })
	r.untilCondition(model.ConditionLoggedOut, false)
	r.until("it is in the log, once", func() bool { return r.actions("condition_logged_out") == 1 })

	require.NoError(t, r.engine.Logout(t.Context(), r.session.ID))
	require.NoError(t, r.engine.Connect(t.Context(), r.session.ID))
	r.until("a QR", func() bool { _, ok := r.engine.QR(r.session.ID); return ok })
	_, told := r.condition(model.ConditionLoggedOut)
	require.False(t, told) // the owner knows
}

func TestStatesThatNoRestartHelpsAreNamed(t *testing.T) {
	for state, kind := range map[string]model.ConditionKind{
		"CONFLICT": model.ConditionConflict, "TOS_BLOCK": model.ConditionBlocked, "DEPRECATED_VERSION": model.ConditionBlocked,
		"PROXYBLOCK": model.ConditionBlocked, "TIMEOUT": model.ConditionPhoneAway,
	} {
		t.Run(state, func(t *testing.T) {
			r := newRig(t, rigOptions{simulator: small, scheduled: true})
			r.connect()
			phone := r.server.Phone(sessionName)
			require.NoError(t, phone.SetState(state))
			r.untilCondition(kind, true)
			require.Zero(t, r.server.Count("GET /session/restart"))
			require.NoError(t, phone.SetState("CONNECTED"))
			r.untilCondition(kind, false)
			require.Empty(t, r.engine.Conditions(r.session.ID))
		})
	}
}

func TestAStopElsewhereIsNamedAndOursIsNot(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small, scheduled: true})
	r.connect()
	require.NoError(t, r.engine.Disconnect(t.Context(), r.session.ID))
	require.Equal(t, model.StateStopped, r.state())
	require.Empty(t, r.engine.Conditions(r.session.ID))

	r.connect()
	require.NoError(t, r.client.Stop(t.Context(), sessionName))
	r.untilCondition(model.ConditionStopped, true)
	r.connect()
	r.untilCondition(model.ConditionStopped, false)
}

func TestASessionThatNeverLoadsIsNamed(t *testing.T) {
	config := small
	config.ReadyDelay = time.Hour
	r := newRig(t, rigOptions{simulator: config, scheduled: true})
	r.params.Timing.NotReadyFor = 100 * time.Millisecond
	r.restart()
	r.connect()
	r.untilCondition(model.ConditionNotReady, true)
	require.NoError(t, r.engine.Reconnect(t.Context(), r.session.ID))
	r.untilCondition(model.ConditionOutdated, true)
	_, both := r.condition(model.ConditionNotReady)
	require.False(t, both)
}

func TestOwnMessagesWithoutATickAreNamed(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small, scheduled: true, ackLate: 20 * time.Millisecond})
	r.connect()
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	chat, phone := r.someone(), r.server.Phone(sessionName)
	require.NoError(t, phone.HoldSends(true))
	_, err := phone.SendFromPhone(string(chat.JID), "Is anybody there?")
	require.NoError(t, err)
	r.sync(model.SyncScope{Conversations: true, Messages: true})
	c := r.untilCondition(model.ConditionAckStuck, true)
	require.Equal(t, 1, c.Count)
	require.NoError(t, phone.HoldSends(false))
	r.untilCondition(model.ConditionAckStuck, false) // the conversation was asked, though nothing new came
}

func TestTheSameFailureAgainAndAgainIsNamed(t *testing.T) {
	r := newRig(t, rigOptions{simulator: small, scheduled: true})
	r.connect()
	const words = "window.WWebJS.getIsMyContact is not a function"
	require.NoError(t, r.server.SetFaults(simulator.Fault{Kind: simulator.Fault500, Rate: 1, Route: "getContacts", Message: words}))
	r.until("it is named", func() bool {
		_, _ = r.engine.RunSync(t.Context(), r.session.ID, model.SyncScope{Contacts: true}) // fails, as it should
		_, named := r.condition(model.ConditionSameFailure)
		return named
	})
	c, _ := r.condition(model.ConditionSameFailure)
	require.Contains(t, c.Detail, words)
	require.GreaterOrEqual(t, c.Count, 5)
	require.NoError(t, r.server.SetFaults())
	r.sync(model.SyncScope{Contacts: true})
	require.Empty(t, r.engine.Conditions(r.session.ID))
}

// wall is a clock that a test sets.
type wall struct{ off atomic.Int64 }

func (w *wall) now() time.Time      { return time.Now().Add(time.Duration(w.off.Load())).Round(0) }
func (w *wall) set(d time.Duration) { w.off.Store(int64(d)) }

func TestAClockThatIsMovedIsNamedAndStopsNothing(t *testing.T) {
	for name, d := range map[string]time.Duration{"a day ahead": 24 * time.Hour, "a day behind": -24 * time.Hour, "an hour behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			var clock wall
			r := newRig(t, rigOptions{simulator: small, scheduled: true, now: clock.now})
			r.connect()
			synced := r.lastSync
			r.until("the first sync has ended", func() bool { return synced() != 0 && r.actions("scheduled_sync") > 0 })
			before, calls := synced(), r.actions("scheduled_sync")
			clock.set(d)
			r.until("a sync with the new clock", func() bool { return synced() != before && (synced() > before) == (d > 0) })
			c := r.untilCondition(model.ConditionClock, true)
			require.InDelta(t, d.Abs().Seconds(), c.Count, 90)
			r.until("the record of the sync", func() bool { return r.actions("scheduled_sync") > calls })
			require.Equal(t, calls+1, r.actions("scheduled_sync")) // one, not one for each that was missed

			chat := r.someone()
			_, err := r.server.Phone(sessionName).Receive(string(chat.JID), "Still there?")
			require.NoError(t, err)
			r.sync(model.SyncScope{Conversations: true, Messages: true})
			r.requireHeld(chat.ID, "Still there?")

			clock.set(0)
			r.untilCondition(model.ConditionClock, false)
		})
	}
}

func (r *rig) requireHeld(id model.ConversationID, text string) {
	r.t.Helper()
	require.True(r.t, r.holds(id, text), "the message is not held")
}

func TestAGatewayThatComesBackIsNoticedByAll(t *testing.T) {
	var away atomic.Bool
	r := newRig(t, rigOptions{simulator: small, scheduled: true, between: func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if away.Load() {
				panic(http.ErrAbortHandler)
			}
			h.ServeHTTP(w, req)
		})
	}})
	r.connect()
	away.Store(true)
	r.until("the gateway is missed", func() bool { s, known := r.engine.Reachability(); return known && !s.Reachable })
	away.Store(false)
	r.until("it is back", func() bool { s, _ := r.engine.Reachability(); return s.Reachable })
	r.until("the session is connected", func() bool { return r.state() == model.StateConnected })
	require.Empty(t, r.engine.Conditions(r.session.ID))
}
