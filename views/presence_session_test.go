package views_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
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
	w.Settle()
	require.Len(t, d.notes, 1)
	note := d.notes[0]
	require.Equal(t, "The phone has unlinked this account.", note.Body)
	require.Equal(t, "Panadería La Espiga", note.Title)
	news()
	w.Settle()
	require.Len(t, d.notes, 1, "once")

	w.main.FollowNotice(note.Key)
	w.WaitFor(func() bool { return w.sees(w.T("session.title")) && w.sees(w.T("condition.logged_out.advice")) })

	wrong(model.StateConnected)
	w.Settle()
	require.Equal(t, []string{note.Key}, d.back)
}

func TestATroubleOfQuietHoursIsToldAfterThem(t *testing.T) {
	w, d := openDesk(t, func(w *world, _ *deskFake) {
		w.settings.QuietHours, w.settings.QuietFrom, w.settings.QuietTo = true, "11:00", "12:00" // it is 11:42
	})
	w.fake.change(func() {
		w.fake.sessions[0].State, w.fake.conditions = model.StateBroken, []model.Condition{{Kind: model.ConditionZombie}}
	})
	w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	w.Settle()
	require.True(t, w.sees("The session stopped working, and restarting it once did not help."))
	for range 17 {
		require.False(t, d.told(), "not before their end")
		w.Clock.Advance(time.Minute)
		w.Settle()
	}
	require.False(t, d.told(), "not before their end")
	w.Clock.Advance(2 * time.Minute)
	w.Settle()
	require.True(t, d.told())
}

func TestATroubleIsNotToldWhenNobodyWantsIt(t *testing.T) {
	w, d := openDesk(t, func(w *world, _ *deskFake) { w.settings.Notify = false })
	w.fake.change(func() {
		w.fake.sessions[0].State, w.fake.conditions = model.StateBroken, []model.Condition{{Kind: model.ConditionZombie}}
	})
	w.Bus.Publish(event.Batch{Sessions: event.Of(model.SessionID(1))})
	w.Settle()
	require.True(t, w.sees("The session stopped working, and restarting it once did not help."))
	require.False(t, d.told())
}
