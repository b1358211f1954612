package sync_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// looks waits until the engine has looked at its session so often.
func (r *rig) looks(n int) {
	r.t.Helper()
	from := r.server.Count("GET /session/status")
	r.until("it looks at the session", func() bool { return r.server.Count("GET /session/status") >= from+n })
}

// TestDrillClock lets the computer sleep and moves its clock, back and forth: of
// all that was due meanwhile one sync is made, and none of it waits for a time
// that has moved away. A message that came while it slept is there after it.
func TestDrillClock(t *testing.T) {
	d := drill.Start(t, 18, "sleep and clock")
	rounds := drill.Rounds(t, 6, 300)
	rng := rand.New(rand.NewPCG(18, uint64(rounds)))
	var clock wall
	config := small
	config.WebSocket = simulator.WebSocketPlain
	r := newRig(t, rigOptions{simulator: config, scheduled: true, now: clock.now})
	r.connect()
	r.until("the first sync has ended", func() bool { return r.lastSync() != 0 })
	chat := r.someone()
	offset, due, storms, lost := time.Duration(0), 0, 0, 0
	for range rounds {
		r.looks(3)
		before, held := r.actions("scheduled_sync"), r.lastSync()
		jump := []time.Duration{
			time.Duration(1+rng.IntN(4)) * time.Minute, time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour, time.Duration(rng.IntN(48)) * time.Hour,
		}[rng.IntN(6)]
		offset += jump
		text := "slept " + time.Duration(rng.Int64()).String()
		if _, err := r.server.Phone(sessionName).Receive(string(chat.JID), text); err != nil {
			t.Fatal(err)
		}
		clock.set(offset)
		r.looks(6)
		if jump >= 10*time.Minute { // more than the time between two syncs has passed
			// The catch-up of a socket that was opened anew may be it.
			r.until("the sync that was due", func() bool { return r.lastSync() != held })
			due++
		}
		made := r.actions("scheduled_sync") - before
		if made > 1 {
			storms += made - 1
		}
		r.sync(model.SyncScope{Conversations: true, Messages: true})
		if !r.holds(chat.ID, text) {
			lost++
		}
	}
	d.Told("jumps", rounds)
	d.Told("syncs that were due, and made", due)
	d.Zero("syncs too many", storms)
	d.Zero("messages lost", lost)
}

func (r *rig) lastSync() model.Stamp {
	r.t.Helper()
	s, err := r.store.Session(r.t.Context(), r.session.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.LastSyncAt
}

func (r *rig) holds(id model.ConversationID, text string) bool {
	r.t.Helper()
	for _, m := range allMessages(r.t, r.store, id) {
		if m.Text == text {
			return true
		}
	}
	return false
}
