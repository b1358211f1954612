package sync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// repairGrowth is by how much a limit grows while it does not reach what is wished.
const repairGrowth = 4

// phoneWaits is how often it is looked whether history came that the phone was
// asked for; each wait is longer than the one before it (contract §5.3: 5–30 s).
const phoneWaits = 3

// repair fetches one conversation with growing limits until it reaches what is
// wished or there is no more. Between two calls everything else goes on.
type repair struct {
	w      *worker
	id     model.ConversationID
	wish   model.RepairWish
	limit  int
	taken  int // by the last fetch
	waits  int // since the phone was asked last
	asked  bool
	report model.RepairReport
}

func (w *worker) newRepair(id model.ConversationID, wish model.RepairWish) *repair {
	return &repair{w: w, id: id, wish: wish, limit: firstPage}
}

// Repair fills the gaps of a conversation as far as the gateway can, and tells after
// every call how far it is; tell may be nil. It may take minutes. ErrBusy says that
// the conversation is being repaired already.
func (e *Engine) Repair(ctx context.Context, id model.ConversationID, wish model.RepairWish, tell func(model.RepairReport)) (model.RepairReport, error) {
	c, err := e.p.Store.Conversation(ctx, id)
	if err != nil {
		return model.RepairReport{}, fmt.Errorf("load the conversation: %w", err)
	}
	w, err := e.worker(c.SessionID)
	if err != nil {
		return model.RepairReport{}, err
	}
	release, err := w.ledger.claim(id)
	if err != nil {
		return model.RepairReport{}, err
	}
	defer release()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.life, cancel)()
	began := e.p.Now()
	r := w.newRepair(id, wish)
	for err == nil && r.report.End == "" {
		var wait time.Duration
		wait, err = r.next(ctx)
		if tell != nil {
			tell(r.report)
		}
		if err == nil && r.report.End == "" {
			err = pause(ctx, wait)
		}
	}
	w.record(model.ActivityMessage, "repair", began, err, func(a *model.Activity) {
		a.Chat, a.Created, a.Updated, a.Unchanged, a.Failed = c.JID, r.report.Created, r.report.Updated, r.report.Unchanged, r.report.Failed
		if err == nil && r.report.Gaps > 0 {
			a.Outcome = model.OutcomeWarning
		}
	})
	return r.report, err
}

// next makes one step on the loop, and returns how long to wait before the next one.
func (r *repair) next(ctx context.Context) (wait time.Duration, err error) {
	err = r.w.ask(ctx, func(ctx context.Context) error {
		if err := r.w.requireConnected(ctx); err != nil {
			return err
		}
		wait, err = r.step(ctx)
		r.w.lookIfLost(err)
		return err
	})
	return wait, err
}

func (r *repair) step(ctx context.Context) (time.Duration, error) {
	timing := r.w.e.p.Timing
	counts, err := r.w.fetchOne(ctx, r.id, fetchWish{limit: r.limit, purpose: model.ForRepair})
	r.report.Calls++
	if err != nil {
		return 0, err
	}
	taken := counts.Created + counts.Updated + counts.Unchanged + counts.Failed
	grew := taken > r.taken || counts.Created > 0
	r.taken = taken
	r.add(counts)
	l, gaps, err := r.look(ctx)
	if err != nil {
		return 0, err
	}
	switch {
	case r.reached(l, gaps):
		r.report.End = model.RepairFilled
		return 0, nil
	case l.FetchEnd == model.EndLimit && r.limit < noLimit:
		r.limit = min(r.limit*repairGrowth, noLimit)
		return timing.Between, nil
	case r.unreadable(gaps):
		r.report.End = model.RepairUnread
		return 0, nil
	case !r.wish.AskPhone:
		r.report.End = model.RepairDevice
		return 0, nil
	case r.asked && !grew && r.waits < phoneWaits:
		r.waits++
		return timing.Phone * time.Duration(r.waits+1), nil
	case r.asked && !grew:
		r.report.End = model.RepairLater
		return 0, nil
	}
	return r.askPhone(ctx, len(gaps))
}

// unreadable tells whether all that is missing of what was wished came and could not
// be read.
func (r *repair) unreadable(gaps []model.Gap) bool {
	readable := slices.ContainsFunc(gaps, func(g model.Gap) bool { return g.Cause != model.GapUnreadable })
	return len(gaps) > 0 && !readable && !r.wish.Whole && r.wish.Since == 0
}

// add counts what a fetch brought; what was held before is counted once.
func (r *repair) add(counts model.Counts) {
	r.report.Created += counts.Created
	r.report.Updated += counts.Updated
	r.report.Unchanged, r.report.Failed = counts.Unchanged, counts.Failed
}

// look reads the ledger as the fetch left it.
func (r *repair) look(ctx context.Context) (*model.Ledger, []model.Gap, error) {
	c, err := r.w.e.p.Store.Conversation(ctx, r.id)
	if err != nil {
		return nil, nil, fmt.Errorf("read the ledger: %w", err)
	}
	gaps, err := r.w.e.p.Store.Gaps(ctx, r.id)
	if err != nil {
		return nil, nil, fmt.Errorf("read the gaps: %w", err)
	}
	r.report.State, r.report.Gaps, r.report.Oldest = c.Ledger.State(), len(gaps), c.Ledger.Oldest.Stamp()
	r.w.tellLedger()
	return &c.Ledger, gaps, nil
}

// reached tells whether nothing is missing any more of what was wished.
func (r *repair) reached(l *model.Ledger, gaps []model.Gap) bool {
	switch {
	case r.wish.Whole:
		return l.ReachedBeginning && l.FetchEnd != model.EndLimit && len(gaps) == 0
	case r.wish.Since != 0:
		since := r.wish.Since.Time().Unix()
		if l.CompleteFrom != 0 && l.CompleteFrom.Unix() >= since && !l.ReachedBeginning {
			return false
		}
		return !slices.ContainsFunc(gaps, func(g model.Gap) bool { return g.Above == 0 || g.Above.Unix() >= since })
	}
	return len(gaps) == 0
}

// askPhone asks the phone for more history, which comes later.
func (r *repair) askPhone(ctx context.Context, gaps int) (time.Duration, error) {
	w := r.w
	c, err := w.e.p.Store.Conversation(ctx, r.id)
	if err != nil {
		return 0, fmt.Errorf("load the conversation: %w", err)
	}
	var more bool
	err = w.whenReady(ctx, func() (err error) {
		more, err = w.e.p.Gateway().SyncHistory(ctx, w.name, string(c.JID))
		return err
	})
	w.e.heard(err)
	switch {
	case gateway.KindOf(err) == gateway.KindEndpointMissing:
		r.report.End = model.RepairUnable
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("ask the phone for more history: %w", err)
	case more:
		r.asked, r.waits = true, 0
		r.report.Asked++
		return w.e.p.Timing.Phone, nil
	}
	r.report.End = model.RepairPhone
	if _, err := w.e.p.Store.UpdateConversation(ctx, r.id, func(c *model.Conversation) { c.Ledger.ReachedBeginning = true }); err != nil {
		return 0, fmt.Errorf("note that the phone has nothing older: %w", err)
	}
	if gaps > 0 {
		if _, err := w.e.p.Store.NoteGaps(ctx, r.id, model.EndPhone, w.e.stamp()); err != nil {
			return 0, fmt.Errorf("note that the phone has nothing for a gap: %w", err)
		}
	}
	return 0, nil
}

// tellLedger tells the views that ledgers of the session changed.
func (w *worker) tellLedger() {
	w.e.p.Bus.Publish(event.Batch{Ledger: event.Of(w.id)})
}
