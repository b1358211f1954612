package app

import (
	"context"
	"time"

	"github.com/xappiens/buzon/model"
)

// Ledgers are the use cases around how much of the conversations is held.
type Ledgers struct{ a *App }

// Summary tells how much of a conversation is held, of what is shown as one.
func (l *Ledgers) Summary(ctx context.Context, id model.ConversationID) (model.LedgerSummary, error) {
	rows, err := l.a.Store.LedgersOf(ctx, id)
	return model.Summarize(rows), err
}

// List returns the ledgers of a session's conversations, of all sessions for zero,
// the newest activity first.
func (l *Ledgers) List(ctx context.Context, id model.SessionID) ([]model.LedgerRow, error) {
	return l.a.Store.Ledgers(ctx, id)
}

// Totals counts the conversations of a session by how much of them is held.
func (l *Ledgers) Totals(ctx context.Context, id model.SessionID) (model.LedgerTotals, error) {
	return l.a.Store.LedgerTotals(ctx, id)
}

// Repair fills the gaps of a conversation and of those shown as one with it, or
// only of the one that is wished; see the engine's Repair. It may take minutes.
func (l *Ledgers) Repair(ctx context.Context, id model.ConversationID, wish model.RepairWish, tell func(model.RepairReport)) (model.RepairReport, error) {
	ids, err := l.a.Store.Thread(ctx, id)
	if err != nil {
		return model.RepairReport{}, err
	}
	var sum model.RepairReport
	for _, part := range ids {
		if wish.Only != 0 && wish.Only != part {
			continue
		}
		before := sum
		report, err := l.a.engine.Repair(ctx, part, wish, func(r model.RepairReport) {
			if tell != nil {
				tell(addRepairs(before, r))
			}
		})
		if sum = addRepairs(before, report); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// addRepairs adds up two parts of what is shown as one: the worse end counts.
func addRepairs(a, b model.RepairReport) model.RepairReport {
	if a.Calls == 0 {
		return b
	}
	a.Add(b.Counts)
	a.Calls, a.Asked, a.Gaps = a.Calls+b.Calls, a.Asked+b.Asked, a.Gaps+b.Gaps
	if b.End != model.RepairFilled {
		a.End = b.End
	}
	if b.State != model.LedgerComplete {
		a.State = b.State
	}
	if b.Oldest != 0 && (a.Oldest == 0 || b.Oldest < a.Oldest) {
		a.Oldest = b.Oldest
	}
	return a
}

// ThisWeek returns the beginning of the week, on a Monday, by the local calendar.
func (l *Ledgers) ThisWeek() model.Stamp {
	now := l.a.now().Local()
	day := (int(now.Weekday()) + 6) % 7
	return model.StampOf(time.Date(now.Year(), now.Month(), now.Day()-day, 0, 0, 0, 0, time.Local))
}

// StartHistory begins to fetch everything that gateway and phone can give, or goes
// on with it; events tell how far it is.
func (l *Ledgers) StartHistory(ctx context.Context, id model.SessionID) error {
	return l.a.engine.StartHistory(ctx, id)
}

// RunHistory does the same and waits for the end.
func (l *Ledgers) RunHistory(ctx context.Context, id model.SessionID, tell func(model.LedgerJob)) (model.LedgerJob, error) {
	return l.a.engine.RunHistory(ctx, id, tell)
}

// CancelHistory ends it; what was fetched stays.
func (l *Ledgers) CancelHistory(ctx context.Context, id model.SessionID) error {
	return l.a.engine.CancelHistory(ctx, id)
}

// History returns how far fetching everything is; a zero one when it was never begun.
func (l *Ledgers) History(ctx context.Context, id model.SessionID) (model.LedgerJob, error) {
	return l.a.Store.LedgerJob(ctx, id, model.JobHistory)
}
