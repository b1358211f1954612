package cli_test

import (
	"database/sql"
	"path/filepath"
	"time"

	_ "github.com/glebarez/go-sqlite" // to look at the store of a program that runs
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

const (
	sendCall  = "POST /client/sendMessage"
	fetchCall = "POST /chat/fetchMessages"
	downFor   = 300 * time.Millisecond
)

// drillCase is one way in which what goes out is disturbed.
type drillCase struct {
	fault, state string
	call         simulator.FaultKind                           // strikes the call that sends
	look         simulator.FaultKind                           // strikes the call that finds out what became of it
	before       func(*drilled)                                // done before the send
	kill         func(*drilled, *drillWish) (when func() bool) // when to kill -9; nil: never
	queue        bool                                          // the owner lets it wait when nobody is there
	file         bool                                          // only a file is long enough for it
}

// faults are the rules for the gateway. Where what became of an action is found out
// by doing it once more, the second rule strikes that second call.
func (c *drillCase) faults(w *drillWish) []simulator.Fault {
	var faults []simulator.Fault
	if c.call != "" {
		faults = append(faults, once(c.call, w.call))
	}
	if c.look != "" {
		faults = append(faults, once(c.look, w.look))
	}
	return faults
}

// once is a fault that strikes one call.
func once(kind simulator.FaultKind, route string) simulator.Fault {
	return simulator.Fault{Kind: kind, Times: 1, Route: route, Delay: map[simulator.FaultKind]time.Duration{
		simulator.FaultRestart: downFor, simulator.FaultAcceptedRestart: downFor, simulator.FaultSlow: time.Minute,
	}[kind]}
}

// called is met when the call that sends has come.
func called(d *drilled, w *drillWish) func() bool {
	before := d.server.Count(w.call)
	return func() bool { return d.server.Count(w.call) > before }
}

// looked is met when the call has come that finds out what became of it.
func looked(d *drilled, w *drillWish) func() bool {
	before := d.server.Count(w.look)
	if w.look == w.call {
		before++
	}
	return func() bool { return d.server.Count(w.look) > before }
}

// taken is met when WhatsApp has taken another message, or another change of one.
func taken(d *drilled, _ *drillWish) func() bool {
	count := func() int { return len(d.server.Accepted()) + len(d.server.Acted()) }
	before := count()
	return func() bool { return count() > before }
}

// stands is met when the store of the program says that a row is in a state.
func stands(state model.OutboxState) func(*drilled, *drillWish) func() bool {
	return func(d *drilled, _ *drillWish) func() bool {
		db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(filepath.Join(d.p.dataDir, "buzon.db"))+"?mode=ro")
		require.NoError(d.t, err)
		d.t.Cleanup(func() { _ = db.Close() })
		before := int64(0) // rows of earlier rounds
		_ = db.QueryRowContext(d.t.Context(), "SELECT coalesce(max(id), 0) FROM outbox").Scan(&before)
		return func() bool {
			n := 0
			err := db.QueryRowContext(d.t.Context(), "SELECT count(*) FROM outbox WHERE id > ? AND state = ?", before, string(state)).Scan(&n)
			return err == nil && n > 0
		}
	}
}

// anywhere is met at a random moment of a send.
func anywhere(d *drilled, _ *drillWish) func() bool {
	at := time.Now().Add(time.Duration(d.dice.Int64N(int64(d.whole * 11 / 10))))
	return func() bool { return time.Now().After(at) }
}

func drillCases() []drillCase {
	lost, gone := simulator.FaultAccepted500, simulator.FaultRefuse
	logout := func(d *drilled) { require.NoError(d.t, d.server.Phone(sessionName).Logout()) }
	restart := func(d *drilled) { d.server.Restart(2 * time.Second) }
	return []drillCase{
		{fault: "kill -9", state: "any", kill: anywhere, queue: true},
		{fault: "kill -9", state: "queued", kill: stands(model.OutboxQueued)},
		{fault: "kill -9", state: "claimed", kill: stands(model.OutboxSending)},
		{fault: "kill -9", state: "called", call: simulator.FaultStall, kill: called},
		{fault: "kill -9", state: "body", call: simulator.FaultSlowBody, kill: called, file: true},
		{fault: "kill -9", state: "accepted", call: simulator.FaultAcceptedStall, kill: taken},
		{fault: "kill -9", state: "answer", call: simulator.FaultSlow, kill: taken},
		{fault: "kill -9", state: "reconcile", call: lost, look: simulator.FaultStall, kill: looked},
		{fault: "kill -9", state: "reconcile, not sent", call: gone, look: simulator.FaultStall, kill: looked},
		{fault: "refused", state: "called", call: gone},
		{fault: "500", state: "called", call: simulator.Fault500},
		{fault: "502", state: "called", call: simulator.Fault502},
		{fault: "hang", state: "called", call: simulator.FaultStall},
		{fault: "reset", state: "body", call: simulator.FaultCutBody, file: true},
		{fault: "500", state: "accepted", call: lost},
		{fault: "no message", state: "accepted", call: simulator.FaultNoMessage},
		{fault: "reset", state: "accepted", call: simulator.FaultAcceptedCut},
		{fault: "hang", state: "accepted", call: simulator.FaultAcceptedStall},
		{fault: "cut", state: "answer", call: simulator.FaultTruncate},
		{fault: "reset", state: "answer", call: simulator.FaultReset},
		{fault: "slow", state: "answer", call: simulator.FaultSlow},
		{fault: "500", state: "reconcile", call: lost, look: simulator.Fault500},
		{fault: "hang", state: "reconcile", call: lost, look: simulator.FaultStall},
		{fault: "empty", state: "reconcile", call: lost, look: simulator.FaultNulls},
		{fault: "restart", state: "queued", before: restart, queue: true},
		{fault: "restart", state: "called", call: simulator.FaultRestart},
		{fault: "restart", state: "accepted", call: simulator.FaultAcceptedRestart},
		{fault: "restart", state: "reconcile", call: lost, look: simulator.FaultRestart},
		{fault: "logout", state: "queued", before: logout, queue: true},
		{fault: "logout", state: "called", call: simulator.FaultLogout},
		{fault: "logout", state: "accepted", call: simulator.FaultAcceptedLogout},
		{fault: "logout", state: "reconcile", call: lost, look: simulator.FaultLogout},
	}
}
