package sync_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// The random hours that the suite and the drill play.
const (
	shortHours = 4
	fullHours  = 1000
)

// TestDrillHours lets the gateway drop, double, swap and delay its events and
// fail its answers for an hour of simulated time. Amid it no ledger
// misses what fetches proved. After a last catch-up, and a comparison of what no event and no
// list could tell, the store is what the phone is and every ledger is complete.
func TestDrillHours(t *testing.T) {
	figures := drill.Start(t, 5, "hours of disturbed events")
	hours := drill.Rounds(t, shortHours, fullHours)
	var same atomic.Int64
	t.Cleanup(func() { figures.All("stores like the phone", int(same.Load()), hours) })
	first := rand.Uint64()
	if text := os.Getenv("BUZON_HOUR"); text != "" { // one of a failed run
		var err error
		first, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "BUZON_HOUR")
	}
	for i := range hours {
		seed := first + uint64(i)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			playHour(t, seed)
			same.Add(1)
		})
	}
}

// hour is an hour of a business: its phone, its gateway and Buzón.
type hour struct {
	*rig
	dice  *rand.Rand
	door  door
	ahead atomic.Int64 // of the real clock
	chats []model.ConversationRow
	refs  []simulator.MessageRef
	told  []string
}

func playHour(t *testing.T, seed uint64) {
	h := &hour{dice: rand.New(rand.NewPCG(seed, 9))}
	now := func() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }
	config := telling
	config.Seed, config.AckDelay, config.Now = int64(seed>>1), time.Second, now
	h.rig = newLiveRig(t, func(o *rigOptions) {
		o.simulator, o.now, o.between = config, now, h.door.guard
		o.settings = func(s *model.Settings) { s.LimitMessages, s.SendPerMinute = 0, 0 }
	})
	h.t = t
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("BUZON_HOUR=%d: %v", seed, h.told)
		}
	})
	h.chats = h.rig.chats(5)
	for end := time.Hour; time.Duration(h.ahead.Load()) < end; {
		h.step()
		h.ahead.Add(int64(h.dice.IntN(60)) * int64(time.Second))
	}
	require.Zero(t, h.falseProofs(), "ledgers that miss what they proved, amid it all")
	h.settle()
	h.requireTruth()
	notGreen, missing, differs := h.ledgersWrong()
	require.Zero(t, notGreen, "ledgers that are not complete")
	require.Zero(t, missing+differs, "messages that a ledger answers for and that are not held as they are")
}

func (h *hour) say(format string, args ...any) { h.told = append(h.told, fmt.Sprintf(format, args...)) }

// step lets one thing happen.
func (h *hour) step() {
	phone := h.server.Phone(sessionName)
	chat := h.chats[h.dice.IntN(len(h.chats))]
	jid := string(chat.JID)
	switch n := h.dice.IntN(40); {
	case n < 12:
		for i := range 1 + h.dice.IntN(4) {
			h.refs = append(h.refs, h.receive(chat.JID, fmt.Sprint("llega ", len(h.refs), i)))
		}
		h.say("receive in %s", jid)
	case n < 16:
		ref, err := phone.SendFromPhone(jid, fmt.Sprint("propio ", len(h.refs)))
		require.NoError(h.t, err)
		h.refs = append(h.refs, ref)
		h.say("the phone writes in %s", jid)
	case n < 18:
		h.write(chat.ID, fmt.Sprint("desde aquí ", len(h.told)))
		h.engine.Carry(h.session.ID)
		h.say("write in %s", jid)
	case n < 24 && len(h.refs) > 0:
		h.alter(phone, h.refs[h.dice.IntN(len(h.refs))])
	case n < 26:
		require.NoError(h.t, phone.Open(jid))
		h.say("read %s", jid)
	case n < 27:
		require.NoError(h.t, phone.Archive(jid, h.dice.IntN(2) == 0))
		h.say("archive %s", jid)
	case n < 29:
		h.receive(model.JID(fmt.Sprintf("346%07d7@c.us", h.dice.IntN(10_000_000))), "soy nueva")
		h.say("somebody new")
	case n < 32:
		h.server.CutSockets(sessionName)
		h.say("cut the socket")
	case n < 34:
		shut := !h.door.shut.Load()
		h.door.shut.Store(shut)
		if shut {
			h.server.CutSockets(sessionName)
		}
		h.say("shut the door: %v", shut)
	case n < 37:
		f := simulator.EventFaults{
			Drop: h.rate(), Double: h.rate(), Delay: h.rate(), Swap: h.rate(), MaxDelay: time.Duration(h.dice.IntN(100)) * time.Second,
		}
		require.NoError(h.t, h.server.SetEvents(f))
		h.say("events %+v", f)
	case n < 39:
		kinds := []simulator.FaultKind{simulator.Fault500, simulator.FaultReset, simulator.FaultTruncate, simulator.FaultHTML, simulator.FaultEmptyList, simulator.FaultNulls}
		routes := []string{"getChats", "fetchMessages", "getChatById", "status"}
		f := simulator.Fault{Kind: kinds[h.dice.IntN(len(kinds))], Times: 1 + h.dice.IntN(3), Route: routes[h.dice.IntN(len(routes))]}
		require.NoError(h.t, h.server.SetFaults(f))
		h.say("fault %+v", f)
	default:
		h.say("kill")
		h.kill()
	}
}

func (h *hour) rate() float64 { return float64(h.dice.IntN(4)) / 8 }

// alter changes a message on the phone; one that was taken back stays so.
func (h *hour) alter(phone *simulator.Phone, ref simulator.MessageRef) {
	switch h.dice.IntN(3) {
	case 0:
		require.NoError(h.t, phone.Edit(ref, fmt.Sprint("cambiado ", len(h.told))))
	case 1:
		require.NoError(h.t, phone.React(ref, "👍"))
	default:
		require.NoError(h.t, phone.Revoke(ref))
	}
	h.say("alter %s", ref.ID)
}

// settle ends what disturbs, and waits for the last catch-up. What was dropped
// between messages that came is told by nothing but a comparison.
func (h *hour) settle() {
	require.NoError(h.t, h.server.SetFaults())
	require.NoError(h.t, h.server.SetEvents(simulator.EventFaults{}))
	h.door.shut.Store(false)
	h.ahead.Add(int64(time.Minute))
	opened := h.live().Opened
	h.server.CutSockets(sessionName)
	h.engine.Wake()
	h.until("the socket is open again", func() bool { return h.live().Opened > opened })
	h.caughtUp()
	h.until("nothing is under way", func() bool {
		for _, state := range []model.OutboxState{model.OutboxQueued, model.OutboxSending} {
			items, err := h.store.OutboxByState(h.t.Context(), h.session.ID, state)
			require.NoError(h.t, err)
			if len(items) > 0 {
				return false
			}
		}
		return true
	})
	h.until("a comparison of everything that finds nothing new", func() bool {
		report, err := h.engine.RunSync(h.t.Context(), h.session.ID, model.Full())
		changed := false
		for _, p := range report.Phases {
			changed = changed || p.Changed()
		}
		return err == nil && !changed
	})
	_, err := h.engine.Reconcile(h.t.Context(), h.session.ID, nil)
	require.NoError(h.t, err)
	h.until("what events told of last is fetched", func() bool {
		rows, err := h.store.Ledgers(h.t.Context(), h.session.ID)
		require.NoError(h.t, err)
		return !slices.ContainsFunc(rows, func(r model.LedgerRow) bool { return r.Ledger.NeedsFetch })
	})
}
