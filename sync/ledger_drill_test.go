package sync_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// ledgersWrong counts the conversations of the truth of which the ledger is not
// complete, and the messages that it answers for and that are missing or differ.
func (r *rig) ledgersWrong() (notGreen, missing, differs int) {
	ctx := context.Background()
	for c := range r.server.TruthConversations(sessionName) {
		held, err := r.store.ConversationByJID(ctx, r.session.ID, model.JID(c.ID))
		if err != nil {
			notGreen++
			continue
		}
		if held.Ledger.State() != model.LedgerComplete {
			r.t.Logf("%s is not complete: %+v", held.JID, held.Ledger)
			notGreen++
		}
		m, d := r.unlike(&held)
		missing, differs = missing+m, differs+d
	}
	return notGreen, missing, differs
}

// unlike counts the messages of a conversation that its ledger answers for, and that
// are not held or not as the gateway has them.
func (r *rig) unlike(held *model.Conversation) (missing, differs int) {
	for m := range r.server.TruthMessages(sessionName, string(held.JID)) {
		if m.Timestamp <= held.Ledger.CompleteFrom.Unix() {
			continue
		}
		row, err := r.store.MessageByShortID(context.Background(), held.ID, m.FromMe, model.ShortID(m.ID))
		switch {
		case err != nil:
			missing++
		case m.Type == string(model.TypeChat) && row.Type != model.TypeChat, m.Type == string(model.TypeRevoked) && row.Type != model.TypeRevoked:
			differs++
		case m.Type == string(model.TypeChat):
			if text, _ := model.CleanText(m.Body, model.MaxMessageText); text != row.Text {
				differs++
			}
		}
	}
	return missing, differs
}

// falseClaims counts the conversations whose ledger says complete while something
// is missing that it had been told of.
func (r *rig) falseClaims() int {
	return r.claimed(func(l *model.Ledger) model.MessageID { return l.Newest })
}

// falseProofs counts those that miss something of what fetches proved to be whole.
// Where events are lost on their way, only that is certain before a comparison.
func (r *rig) falseProofs() int {
	return r.claimed(func(l *model.Ledger) model.MessageID { return l.ProvenTo })
}

// claimed counts the conversations whose ledger says complete while something is
// missing below to.
func (r *rig) claimed(to func(*model.Ledger) model.MessageID) (n int) {
	rows, err := r.store.Ledgers(context.Background(), r.session.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	for i := range rows {
		l := &rows[i].Ledger
		if l.State() != model.LedgerComplete {
			continue
		}
		for m := range r.server.TruthMessages(sessionName, string(rows[i].JID)) {
			if m.Timestamp <= l.CompleteFrom.Unix() || m.Timestamp >= to(l).Unix() {
				continue
			}
			if held, err := r.store.MessageHeld(context.Background(), rows[i].ID, m.FromMe, model.ShortID(m.ID)); err == nil && !held {
				r.t.Logf("%s of %d is not held in %s: %+v", m.ID, m.Timestamp, rows[i].JID, *l)
				n++
				break
			}
		}
	}
	return n
}

// TestDrillHistories lives through random courses of messages, edits, answers that
// are short, empty, mixed, twice, broken or late, lists that shrink, and kills. In
// between the ledger never claims what is not held; in the end it is complete and
// the store is as the gateway.
func TestDrillHistories(t *testing.T) {
	d := drill.Start(t, 5, "histories of snapshots")
	rounds := drill.Rounds(t, 4, 1000)
	claims, notGreen, missing, differs := 0, 0, 0, 0
	for seed := range uint64(rounds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := newSnapshots(t, seed)
			for range 12 {
				h.step()
				claims += h.falseClaims()
			}
			h.settle()
			g, m, x := h.ledgersWrong()
			if g+m+x > 0 {
				t.Logf("history %d: %d %d %d: %v", seed, g, m, x, h.told)
			}
			notGreen, missing, differs = notGreen+g, missing+m, differs+x
		})
	}
	d.Told("histories", rounds)
	d.Zero("false claims", claims)
	d.Zero("not complete in the end", notGreen)
	d.Zero("missing", missing)
	d.Zero("different", differs)
}

// snapshots is one random history.
type snapshots struct {
	*rig
	dice  *rand.Rand
	chats []model.ConversationRow
	sent  []simulator.MessageRef
	told  []string
}

func newSnapshots(t *testing.T, seed uint64) *snapshots {
	t.Helper()
	config := simulator.Config{Seed: int64(seed), Contacts: 6, Conversations: 3, Messages: 90}
	if seed%3 == 0 {
		config.LocalHistory = 8
	}
	h := &snapshots{dice: rand.New(rand.NewPCG(seed, 5))}
	h.rig = newRig(t, rigOptions{simulator: config, settings: func(s *model.Settings) { s.LimitMessages = []int{0, 5, 20}[seed%3] }})
	h.connect()
	h.sync(model.SyncScope{Contacts: true, Conversations: true})
	rows, err := h.store.Conversations(t.Context(), model.ConversationQuery{SessionID: h.session.ID, Filter: model.FilterEverything})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Kind == model.KindPerson && row.JID.Phone() != "" && row.JID.User() != "0" {
			h.chats = append(h.chats, row)
		}
	}
	if len(h.chats) == 0 {
		h.chats = rows[:1]
	}
	return h
}

func (h *snapshots) step() {
	chat := h.chats[h.dice.IntN(len(h.chats))]
	phone := h.server.Phone(sessionName)
	n := h.dice.IntN(16)
	h.told = append(h.told, fmt.Sprint(n))
	switch {
	case n < 5:
		for i := range 1 + h.dice.IntN(25) {
			if ref, err := phone.Receive(string(chat.JID), fmt.Sprint("m", i)); err == nil {
				h.sent = append(h.sent, ref)
			}
		}
	case n < 6:
		if ref, err := phone.SendFromPhone(string(chat.JID), "mine"); err == nil {
			h.sent = append(h.sent, ref)
		}
	case n < 8 && len(h.sent) > 0:
		ref := h.sent[h.dice.IntN(len(h.sent))]
		if h.dice.IntN(2) == 0 {
			_ = phone.Edit(ref, "edited")
		} else {
			_ = phone.Revoke(ref)
		}
	case n < 11:
		h.disturb()
	case n < 12:
		h.alive.dead.Store(true) // what comes now is not written down
		_, _ = h.engine.RunSync(h.t.Context(), h.session.ID, model.SyncScope{Conversations: true, Messages: true})
		h.restart()
	case n < 13:
		_, _ = h.engine.Repair(h.t.Context(), chat.ID, model.RepairWish{AskPhone: h.dice.IntN(2) == 0}, nil)
	default:
		_, _ = h.engine.RunSync(h.t.Context(), h.session.ID, model.SyncScope{Conversations: true, Messages: true})
	}
}

func (h *snapshots) disturb() {
	kinds := []simulator.FaultKind{
		simulator.FaultShortList, simulator.FaultEmptyList, simulator.FaultMixedList, simulator.FaultWrongTypes, simulator.FaultNulls,
		simulator.FaultTruncate, simulator.Fault500, simulator.FaultReset,
	}
	kind := kinds[h.dice.IntN(len(kinds))]
	faults := []simulator.Fault{{Kind: kind, Rate: 0.5, Route: "fetchMessages", Delay: time.Duration(h.dice.IntN(3)) * time.Millisecond}}
	if h.dice.IntN(3) == 0 {
		faults = append(faults, simulator.Fault{Kind: simulator.FaultEmptyList, Rate: 0.5, Route: "getChats"})
	}
	if h.dice.IntN(3) == 0 {
		faults = nil
	}
	if err := h.server.SetFaults(faults...); err != nil {
		h.t.Fatal(err)
	}
}

// settle lets everything come that can come.
func (h *snapshots) settle() {
	if err := h.server.SetFaults(); err != nil {
		h.t.Fatal(err)
	}
	h.sync(model.SyncScope{Contacts: true, Conversations: true, Messages: true, AllMessages: true})
	if _, err := h.engine.Reconcile(h.t.Context(), h.session.ID, nil); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.engine.RunHistory(h.t.Context(), h.session.ID, nil); err != nil {
		h.t.Fatal(err)
	}
}
