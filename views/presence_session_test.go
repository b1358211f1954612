package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
)

func TestASessionThatNeedsItsOwnerIsToldOfOnce(t *testing.T) {
	w, d := openDesk(t, nil)
	news := func() { w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))}) }
	wrong := func(state model.SessionState, kinds ...model.ConditionKind) {
		w.fake.change(func() {
			w.fake.sessions[0].State, w.fake.conditions = state, nil
			for _, k := range kinds {
				w.fake.conditions = append(w.fake.conditions, model.Condition{Kind: k})
			}
		})
		news()
	}
	wrong(model.StateConnecting, model.ConditionPhoneAway) // comes back by itself
	wrong(model.StateWaitingQR, model.ConditionLoggedOut)
	eventually(w, d.told)
	d.mu.Lock()
	note := d.notes[0]
	d.mu.Unlock()
	require.Equal(t, "The phone has unlinked this account.", note.Body)
	require.Equal(t, "Panadería La Espiga", note.Title)
	news()
	w.Drain()
	d.mu.Lock()
	require.Len(t, d.notes, 1, "once")
	d.mu.Unlock()

	w.main.FollowNotice(note.Key)
	w.WaitFor(func() bool { return w.sees(w.T("session.title")) && w.sees(w.T("condition.logged_out.advice")) })

	wrong(model.StateConnected)
	eventually(w, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.back) == 1 && d.back[0] == note.Key
	})
}

// eventually waits for the desktop, which is served beside the window's queue.
func eventually(w *window, holds func() bool) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { w.Drain(); return holds() }, 10*time.Second, time.Millisecond)
}

func TestATroubleOfQuietHoursIsToldAfterThem(t *testing.T) {
	w, d := openDesk(t, func(w *world, _ *deskFake) {
		w.settings.QuietHours, w.settings.QuietFrom, w.settings.QuietTo = true, "11:00", "12:00" // it is 11:42
	})
	w.fake.change(func() {
		w.fake.sessions[0].State, w.fake.conditions = model.StateBroken, []model.Condition{{Kind: model.ConditionZombie}}
	})
	w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	w.WaitFor(func() bool { return w.sees("The session stopped working, and restarting it once did not help.") })
	w.Drain()
	require.False(t, d.told())
	eventually(w, func() bool { w.Clock.Advance(time.Minute); return d.told() })
	require.False(t, w.Clock.Now().Before(viewtest.Start().Add(18*time.Minute)), "not before their end")
}

func TestATroubleIsNotToldWhenNobodyWantsIt(t *testing.T) {
	w, d := openDesk(t, func(w *world, _ *deskFake) { w.settings.Notify = false })
	w.fake.change(func() {
		w.fake.sessions[0].State, w.fake.conditions = model.StateBroken, []model.Condition{{Kind: model.ConditionZombie}}
	})
	w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	w.WaitFor(func() bool { return w.sees("The session stopped working, and restarting it once did not help.") })
	require.False(t, d.told())
}
