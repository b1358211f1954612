package sync_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// defaultHistories is how many random histories the suite lives through;
// BUZON_HISTORIES asks for more.
const defaultHistories = 6

// history is a random course of sends, of what the phone writes meanwhile, of
// syncs, faults and kills, and what an oracle knows of it.
type history struct {
	*rig
	dice  *rand.Rand
	chats []model.ConversationRow
	rows  map[model.ConversationID][]model.OutboxID
	told  []string // for whom reads a failure
}

// TestHistories holds the store against the simulator's record after random
// histories: nothing that was written went out twice or was lost in silence, and
// of everything it is known whether it was sent.
func TestHistories(t *testing.T) {
	histories := defaultHistories
	if text := os.Getenv("BUZON_HISTORIES"); text != "" {
		var err error
		histories, err = strconv.Atoi(text)
		require.NoError(t, err, "BUZON_HISTORIES")
	}
	first := rand.Uint64()
	if text := os.Getenv("BUZON_HISTORY"); text != "" { // one of a failed run
		var err error
		first, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "BUZON_HISTORY")
	}
	for i := range histories {
		seed := first + uint64(i)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			live(t, seed)
		})
	}
}

func live(t *testing.T, seed uint64) {
	h := &history{dice: rand.New(rand.NewPCG(seed, 4)), rows: map[model.ConversationID][]model.OutboxID{}}
	r, chat := ready(t, rigOptions{scheduled: true, reconcile: 5 * time.Millisecond, settings: func(s *model.Settings) {
		s.SendPerMinute, s.AutoSync = 0, false
	}})
	h.rig, h.chats = r, []model.ConversationRow{chat, r.someoneElse(chat.ID)}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("BUZON_HISTORY=%d: %v", seed, h.told)
		}
	})
	for range 6 + h.dice.IntN(10) {
		h.step()
	}
	h.settle()
	h.judge()
}

func (h *history) say(format string, args ...any) {
	h.told = append(h.told, fmt.Sprintf(format, args...))
}

// step lets one thing happen.
func (h *history) step() {
	c := h.dice.IntN(len(h.chats))
	chat := h.chats[c]
	text := []string{"yes", "no"}[h.dice.IntN(2)]
	switch n := h.dice.IntN(20); {
	case n < 9:
		h.say("write %q in %d", text, c)
		h.rows[chat.ID] = append(h.rows[chat.ID], h.write(chat.ID, text).ID)
		h.engine.Carry(h.session.ID)
	case n < 11:
		h.say("the phone writes %q in %d", text, c)
		_, err := h.server.Phone(sessionName).SendFromPhone(string(chat.JID), text)
		require.NoError(h.t, err)
	case n < 15:
		h.disturb()
	case n < 17:
		h.say("read %d", c)
		_, _ = h.engine.FetchMessages(h.t.Context(), chat.ID) // it may meet a fault
	case n < 18:
		h.say("let what is queued go")
		h.until("something became of it", func() bool { return h.at(model.OutboxQueued)+h.at(model.OutboxSending) == 0 || h.blocked() })
	default:
		h.say("kill")
		h.kill()
		_, _ = h.engine.CheckStatus(h.t.Context(), h.session.ID)
	}
}

// disturb sets how the gateway will fail.
func (h *history) disturb() {
	sends := []simulator.FaultKind{
		simulator.FaultAccepted500, simulator.FaultNoMessage, simulator.FaultReset, simulator.FaultTruncate, simulator.FaultAcceptedCut,
		simulator.FaultAcceptedStall, simulator.FaultStall, simulator.FaultRefuse, simulator.FaultCutBody, simulator.Fault500,
		simulator.Fault502, simulator.Fault404, simulator.Fault413, simulator.Fault429, simulator.FaultWrongTypes, simulator.FaultNulls,
	}
	faults := []simulator.Fault{{Kind: sends[h.dice.IntN(len(sends))], Times: 1 + h.dice.IntN(2), Route: "sendMessage"}}
	if h.dice.IntN(2) == 0 {
		reads := []simulator.FaultKind{simulator.Fault500, simulator.FaultReset, simulator.FaultStall, simulator.FaultTruncate}
		faults = append(faults, simulator.Fault{Kind: reads[h.dice.IntN(len(reads))], Times: 1 + h.dice.IntN(3), Route: "fetchMessages"})
	}
	h.say("faults %v", faults)
	require.NoError(h.t, h.server.SetFaults(faults...))
}

// at counts the rows in a state.
func (h *history) at(state model.OutboxState) int {
	items, err := h.store.OutboxByState(h.t.Context(), h.session.ID, state)
	require.NoError(h.t, err)
	return len(items)
}

// blocked tells whether what is queued waits for what is looked for.
func (h *history) blocked() bool {
	items, err := h.store.OutboxByState(h.t.Context(), h.session.ID, model.OutboxUnknown)
	require.NoError(h.t, err)
	return slices.ContainsFunc(items, func(o model.OutboxItem) bool { return !o.NotFound })
}

// settle ends the faults and waits until nothing is under way.
func (h *history) settle() {
	require.NoError(h.t, h.server.SetFaults())
	_, err := h.engine.CheckStatus(h.t.Context(), h.session.ID)
	require.NoError(h.t, err)
	h.engine.Carry(h.session.ID)
	h.until("all is known", func() bool { return h.at(model.OutboxQueued)+h.at(model.OutboxSending) == 0 && !h.blocked() })
	for _, chat := range h.chats {
		_, err := h.engine.FetchMessages(h.t.Context(), chat.ID)
		require.NoError(h.t, err)
	}
	unknown, err := h.store.OutboxByState(h.t.Context(), h.session.ID, model.OutboxUnknown)
	require.NoError(h.t, err)
	for _, item := range unknown {
		_, err := h.engine.Resolve(h.t.Context(), item.ID)
		require.NoError(h.t, err)
	}
}

// judge holds the store against the record of the simulator.
func (h *history) judge() {
	for _, chat := range h.chats {
		place := map[model.ShortID]int{} // of what the gateway took, in its order
		var took []simulator.Accepted
		for _, a := range h.server.Accepted() {
			if a.ChatID != string(chat.JID) {
				continue
			}
			held, err := h.store.MessageHeld(h.t.Context(), chat.ID, true, model.ShortID(a.ID))
			require.NoError(h.t, err)
			require.True(h.t, held, "every own message is held")
			if !a.Phone {
				place[model.ShortID(a.ID)] = len(took)
				took = append(took, a)
			}
		}
		claims := map[model.ShortID]model.OutboxID{}
		want := make([]string, len(took))
		order := []string{}
		for _, id := range h.rows[chat.ID] {
			item := h.item(id)
			h.say("%d %q: %s %s attempts %d", item.ID, item.Text, item.State, item.Match, item.Attempts)
			switch item.State {
			case model.OutboxSent:
				n, ok := place[item.ShortID]
				require.True(h.t, ok, "the gateway took what is said to be sent")
				require.Equal(h.t, item.Text, took[n].Text)
				require.Zero(h.t, claims[item.ShortID], "one message, one row")
				claims[item.ShortID] = id
				want[n] = item.Text
				order = append(order, item.Text)
			case model.OutboxUnknown:
				require.True(h.t, item.NotFound, "it is offered to the owner")
			case model.OutboxFailed:
				require.NotEmpty(h.t, item.Error)
			default:
				require.Fail(h.t, "a row is under way", item.State)
			}
		}
		// What nobody claims was sent twice, or is said not to have been sent.
		require.Len(h.t, claims, len(took), "the gateway took exactly what is said to be sent")
		require.Equal(h.t, want, order, "in the order in which it was written")
	}
}
