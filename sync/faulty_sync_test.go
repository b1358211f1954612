package sync_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	wasync "github.com/xappiens/buzon/sync"
	"github.com/xappiens/buzon/sync/simulator"
)

// TestDrillFaultySync lets every call that a sync makes fail in every way: each sync
// must come back with a reason that an owner can do something about, and the next one
// after it, on a gateway that is well, must hold everything.
func TestDrillFaultySync(t *testing.T) {
	figures := drill.Start(t, 3, "syncs on a gateway that fails at one call")
	routes := []string{"getChats", "fetchMessages"}
	kinds := []simulator.FaultKind{simulator.FaultTruncate, simulator.FaultHTML, simulator.Fault404, simulator.FaultStall, simulator.Fault500}
	if drill.Full() {
		routes = []string{"getChats", "fetchMessages", "getContacts", "session/status", "getClassInfo", "getLabels", "getProfilePicUrl", "getSessions", ""}
		kinds = []simulator.FaultKind{
			simulator.FaultRefuse, simulator.FaultReset, simulator.FaultStall, simulator.FaultTruncate, simulator.FaultHTML, simulator.FaultWrongTypes, simulator.FaultNulls,
			simulator.Fault400, simulator.Fault403, simulator.Fault404, simulator.Fault413, simulator.Fault422, simulator.Fault429, simulator.Fault500, simulator.Fault502, simulator.Fault503,
			simulator.FaultSlow, simulator.FaultEmptyList,
		}
	}
	seen := &panics{t: t}
	log := logrus.New()
	log.SetOutput(io.Discard)
	log.AddHook(seen)
	cases, wordless, unwhole := 0, 0, 0
	for _, flavour := range []simulator.Flavour{simulator.FlavourA, simulator.FlavourC} {
		config := simulator.Config{Contacts: 20, Conversations: 6, Messages: 60, Paired: true, Labels: 2, Flavour: flavour}
		r := newRig(t, rigOptions{simulator: config, settings: func(s *model.Settings) { s.LimitMessages = 0 }})
		r.waits.Store(true) // it is the owner who gives up
		r.params.Log = logrus.NewEntry(log)
		r.restart()
		r.connect()
		for _, kind := range kinds {
			for _, route := range routes {
				cases++
				fault := simulator.Fault{Kind: kind, Rate: 1, Route: route}
				patience := time.Minute
				if kind == simulator.FaultStall || kind == simulator.FaultSlow {
					patience = 300 * time.Millisecond // then the owner gives up
				}
				require.NoError(t, r.server.SetFaults(fault))
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				came := make(chan error, 1)
				go func() {
					_, err := r.engine.RunSync(ctx, r.session.ID, model.Full())
					came <- err
				}()
				var err error
				select {
				case err = <-came:
				case <-time.After(2 * time.Minute):
					figures.Zero("hung", 1)
					t.Fatalf("%s of %q on %s: the sync does not come back", kind, route, flavour)
				}
				cancel()
				if err != nil && wasync.ProblemKind(err) == model.ProblemInternal {
					wordless++
					t.Errorf("%s of %q on %s: %v", kind, route, flavour, err)
				}
				require.NoError(t, r.server.SetFaults())
				r.until("the session is connected again", func() bool { return r.state() == model.StateConnected })
				if !becomesWhole(t, r) {
					unwhole++
					t.Errorf("%s of %q on %s: not whole afterwards", kind, route, flavour)
				}
			}
		}
		r.engine.Close()
	}
	figures.Told("cases", cases)
	figures.Zero("panics", seen.n)
	figures.Zero("hung", 0)
	figures.Zero("without words for the owner", wordless)
	figures.Zero("not whole afterwards", unwhole)
}

// becomesWhole syncs until that is possible, and looks whether everything is held.
func becomesWhole(t *testing.T, r *rig) bool {
	t.Helper()
	r.until("a sync", func() bool {
		_, err := r.engine.RunSync(t.Context(), r.session.ID, model.Full())
		return err == nil
	})
	ok := true
	for c := range r.server.TruthConversations(sessionName) {
		held, err := r.store.ConversationByJID(t.Context(), r.session.ID, model.JID(c.ID))
		if err != nil {
			ok = false
			continue
		}
		for m := range r.server.TruthMessages(sessionName, c.ID) {
			row, err := r.store.MessageByShortID(t.Context(), held.ID, m.FromMe, model.ShortID(m.ID))
			ok = ok && err == nil && row.UnixSeconds() == m.Timestamp
		}
	}
	return ok
}
