package app_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/simulator"
)

// owner is a Buzón that works by itself with a simulated gateway, as the window does.
type owner struct {
	*testing.T
	*app.App
	dir    string
	sim    *simulator.Server
	id     model.SessionID
	person string // somebody to write with
}

func newOwner(t *testing.T, c simulator.Config) *owner {
	t.Helper()
	return newOwnerWith(t, c, wasync.Timing{Status: 50 * time.Millisecond, Socket: 5 * time.Millisecond, Settle: 60 * time.Millisecond})
}

func newOwnerWith(t *testing.T, c simulator.Config, timing wasync.Timing) *owner {
	t.Helper()
	c.Paired, c.Seed, c.Contacts, c.Conversations, c.Messages, c.AckDelay = true, 3, 40, 30, 300, 50*time.Millisecond
	sim, err := simulator.New(c)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	require.NoError(t, sim.Listen("127.0.0.1:0"))
	o := &owner{T: t, dir: filepath.Join(t.TempDir(), "buzon"), sim: sim} // which Buzón makes, closed to others
	o.App, err = app.New(t.Context(), app.Options{DataDir: o.dir, Mode: app.ModeWindow, Keyring: noKeyring{}, Timing: timing})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.Close()) })
	settings, key := o.Settings.Get(), c.APIKey
	settings.BaseURL = sim.URL()
	require.NoError(t, o.Settings.Save(t.Context(), settings, &key))
	require.NoError(t, o.Start(t.Context()))
	session, err := o.Sessions.Add(t.Context(), "empresa", "")
	require.NoError(t, err)
	o.id = session.ID
	require.NoError(t, o.Sessions.Connect(t.Context(), o.id))
	o.until("everything is held", func() bool {
		now, err := o.Sessions.Get(t.Context(), o.id)
		require.NoError(t, err)
		live := o.Sync.Live(o.id)
		return now.LastSyncAt != 0 && live.CaughtUp && live.Status == model.LiveOn
	})
	for conversation := range sim.TruthConversations("empresa") {
		if model.JID(conversation.ID).Kind() == model.KindPerson && conversation.Messages > 0 && !conversation.Archived {
			o.person = conversation.ID
			break
		}
	}
	return o
}

// until waits until the condition holds.
func (o *owner) until(what string, holds func() bool) {
	o.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-tick.C {
		require.True(o, time.Now().Before(deadline), "waited in vain: %s", what)
	}
}

// writes lets the owner write from the phone.
func (o *owner) writes(n int) {
	o.Helper()
	for i := range n {
		_, err := o.sim.Phone("empresa").SendFromPhone(o.person, fmt.Sprint("propio ", i))
		require.NoError(o, err)
	}
}

// oddities are the checks that are neither good nor skipped.
func oddities(t *testing.T, checks []app.Check) map[string]app.Check {
	t.Helper()
	odd := map[string]app.Check{}
	for _, c := range checks {
		requireWords(t, c)
		if c.Status == app.CheckWarning || c.Status == app.CheckFailed {
			odd[c.Name] = c
		}
	}
	return odd
}

// requireOdd examines beside the window and, once that is closed, by the command:
// the only things that are not good are these, with their cures.
func (o *owner) requireOdd(window, command map[string]string) {
	o.Helper()
	cures := func(checks []app.Check) map[string]string {
		all := map[string]string{}
		for name, c := range oddities(o.T, checks) {
			require.Equal(o, app.CheckWarning, c.Status, name)
			all[name] = c.Cure
		}
		return all
	}
	require.Equal(o, window, cures(o.Doctor.Examine(o.Context(), nil)))
	require.NoError(o, o.Close())
	checks, err := app.Examine(o.Context(), o.dir, nil)
	require.NoError(o, err)
	require.Equal(o, command, cures(checks))
}

// TestDoctorLearnsFromWhatEventsTell: what shows only to who has listened for a while.
func TestDoctorLearnsFromWhatEventsTell(t *testing.T) {
	telling := simulator.Config{APIKey: "right-key", WebSocket: simulator.WebSocketQuirk}

	t.Run("nothing is wrong", func(t *testing.T) {
		t.Parallel()
		o := newOwner(t, telling)
		o.writes(3)
		o.until("ticks are told", func() bool { return o.Sync.Live(o.id).Acks > 0 })
		none := map[string]string{}
		checks := o.Doctor.Examine(t.Context(), nil)
		for _, c := range checks {
			switch c.Name {
			case app.CheckKeyring, app.CheckProxy, app.CheckTLS: // there is none
				require.Equal(t, app.CheckSkipped, c.Status, c.Name)
			default:
				require.Equal(t, app.CheckOK, c.Status, c.Name)
			}
		}
		o.requireOdd(none, none)
	})

	t.Run("events are disabled", func(t *testing.T) {
		t.Parallel()
		config := telling
		config.Events.Disabled = []string{"message_ack"}
		o := newOwner(t, config)
		o.writes(3)
		o.until("it is noticed", func() bool { return o.Sync.Live(o.id).TicksMissing() })
		found := map[string]string{app.CheckTicks: "doctor.cure.ticks"}
		o.requireOdd(found, found)
	})

	t.Run("the socket is silent", func(t *testing.T) {
		t.Parallel()
		config := telling
		config.Events.Drop = 1
		o := newOwnerWith(t, config, wasync.Timing{
			Status: 50 * time.Millisecond, Socket: 5 * time.Millisecond, Settle: 60 * time.Millisecond, Silence: time.Second,
		})
		began := time.Now()
		o.until("the clock has moved on", func() bool { return time.Since(began) > 2500*time.Millisecond })
		_, err := o.sim.Phone("empresa").Receive(o.person, "nadie lo cuenta")
		require.NoError(t, err)
		began = time.Now()
		o.until("it is old enough", func() bool { return time.Since(began) > 2500*time.Millisecond })
		require.NoError(t, o.Sync.Start(t.Context(), o.id, model.SyncScope{Conversations: true, Messages: true}))
		o.until("it is noticed", func() bool { return o.Sync.Live(o.id).Status == model.LiveSilent })
		found := map[string]string{app.CheckSocket: "condition.silent.advice"} // what the window has named is not said twice
		o.requireOdd(found, found)
	})

	t.Run("everything is marked as read", func(t *testing.T) {
		t.Parallel()
		config := telling
		config.MarksSeen = true
		found := map[string]string{app.CheckSeen: "doctor.cure.seen"}
		newOwner(t, config).requireOdd(found, found)
	})

	t.Run("everything was read here", func(t *testing.T) {
		t.Parallel()
		o := newOwner(t, telling)
		rows, err := o.Conversations.List(t.Context(), model.ConversationQuery{SessionID: o.id, Filter: model.FilterUnread})
		require.NoError(t, err)
		require.NotEmpty(t, rows)
		for _, row := range rows {
			require.NoError(t, o.Conversations.MarkRead(t.Context(), row.ID))
		}
		o.requireOdd(map[string]string{}, map[string]string{})
	})
}
