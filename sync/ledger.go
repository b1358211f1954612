package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// reconcileDays is how far back conversations are compared that moved.
	reconcileDays = 7 * 24 * time.Hour
	// reconcileApart is the least time between two daily comparisons.
	reconcileApart = 12 * time.Hour
	// reconcileDeepest is the largest limit of a comparison.
	reconcileDeepest = 800
	// clockAhead is how far in the future a comparison may lie that is believed:
	// further ahead the clock was wrong then.
	clockAhead = 48 * time.Hour
	// historyLimit is the first limit of "whole history".
	historyLimit = 200
	// historyPhone is how often "whole history" looks again after the phone was asked.
	historyPhone = 2
)

// ledgerLane does the long work over all conversations of a session, one call at a
// time and with pauses, on a goroutine of its own: each call is made on the loop,
// when no sync runs. How far it is lies in the store, so that it goes on after a
// restart.
type ledgerLane struct {
	w    *worker
	wake chan struct{}

	mu     sync.Mutex
	repair map[model.ConversationID]struct{}
	cancel map[model.LedgerJobKind]context.CancelFunc // of what runs
}

func newLedgerLane(w *worker) *ledgerLane {
	return &ledgerLane{
		w: w, wake: make(chan struct{}, 1), repair: map[model.ConversationID]struct{}{},
		cancel: map[model.LedgerJobKind]context.CancelFunc{},
	}
}

// claim takes a conversation for a repair.
func (l *ledgerLane) claim(id model.ConversationID) (release func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, taken := l.repair[id]; taken {
		return nil, ErrBusy
	}
	l.repair[id] = struct{}{}
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.repair, id)
	}, nil
}

func (l *ledgerLane) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// loop runs until the engine closes.
func (l *ledgerLane) loop() {
	ctx := l.w.e.life
	timer := time.NewTimer(l.w.e.p.Timing.Ledger)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		case <-timer.C:
		}
		l.w.guard("the ledger", func() { l.look(ctx) })
		timer.Reset(l.w.e.p.Timing.Ledger)
	}
}

// look does what is due: the daily comparison, then what is left of "whole history".
func (l *ledgerLane) look(ctx context.Context) {
	if !l.w.connected.Load() {
		return
	}
	due, err := l.reconcileDue(ctx)
	if err == nil && due {
		_, err = l.run(ctx, model.JobReconcile, l.begin, nil)
	}
	if err == nil {
		var job model.LedgerJob
		if job, err = l.begun(ctx, model.JobHistory); err == nil && job.Running() {
			_, err = l.run(ctx, model.JobHistory, l.begun, nil) // unless it is ended by then
		}
	}
	if err != nil && ctx.Err() == nil {
		l.w.log.WithError(err).Info("the work on the ledger goes on later")
	}
}

// reconcileDue tells whether the comparison of this day is due: once for every day
// of the calendar, however the clock jumps.
func (l *ledgerLane) reconcileDue(ctx context.Context) (bool, error) {
	if s := l.w.e.p.Settings(); !s.ReconcileDaily || !s.AutoSync {
		return false, nil
	}
	if s, err := l.w.e.p.Store.Session(ctx, l.w.id); err != nil || s.LastSyncAt.IsZero() {
		return false, err
	}
	job, err := l.w.e.p.Store.LedgerJob(ctx, l.w.id, model.JobReconcile)
	if err != nil || job.Running() {
		return err == nil, err
	}
	if job.StartedAt.IsZero() { // the first sync has just read everything
		job.StartedAt = l.w.e.stamp()
		job.FinishedAt = job.StartedAt
		_, err = l.w.e.p.Store.SaveLedgerJob(ctx, job)
		return false, err
	}
	now, last := l.w.e.p.Now().Local(), job.StartedAt.Time().Local()
	if last.After(now) {
		return last.Sub(now) > clockAhead, nil
	}
	return (now.YearDay() != last.YearDay() || now.Year() != last.Year()) && now.Sub(last) >= reconcileApart, nil
}

// StartHistory begins "whole history" of a session, or goes on with it. It runs
// beside everything else; events tell how far it is.
func (e *Engine) StartHistory(ctx context.Context, id model.SessionID) error {
	w, err := e.worker(id)
	if err != nil {
		return err
	}
	if _, err := w.ledger.begin(ctx, model.JobHistory); err != nil {
		return err
	}
	w.tellLedger()
	w.ledger.nudge()
	return nil
}

// RunHistory does "whole history" and waits for its end, or goes on with what an
// earlier one left. tell may be nil.
func (e *Engine) RunHistory(ctx context.Context, id model.SessionID, tell func(model.LedgerJob)) (model.LedgerJob, error) {
	w, err := e.worker(id)
	if err != nil {
		return model.LedgerJob{}, err
	}
	if err := w.ask(ctx, w.requireConnected); err != nil {
		return model.LedgerJob{}, err
	}
	return w.ledger.run(ctx, model.JobHistory, w.ledger.begin, tell)
}

// Reconcile compares the conversations that moved in the last days with the gateway
// now, and waits for the end. tell may be nil.
func (e *Engine) Reconcile(ctx context.Context, id model.SessionID, tell func(model.LedgerJob)) (model.LedgerJob, error) {
	w, err := e.worker(id)
	if err != nil {
		return model.LedgerJob{}, err
	}
	if err := w.ask(ctx, w.requireConnected); err != nil {
		return model.LedgerJob{}, err
	}
	return w.ledger.run(ctx, model.JobReconcile, w.ledger.begin, tell)
}

// CancelHistory ends "whole history"; what was fetched stays.
func (e *Engine) CancelHistory(ctx context.Context, id model.SessionID) error {
	w, err := e.worker(id)
	if err != nil {
		return err
	}
	l := w.ledger
	l.mu.Lock()
	cancel := l.cancel[model.JobHistory]
	l.mu.Unlock()
	job, err := e.p.Store.LedgerJob(ctx, id, model.JobHistory)
	if err == nil && job.Running() {
		job.Canceled = true
		if job, err = e.p.Store.SaveLedgerJob(ctx, job); err == nil && job.Canceled {
			l.record(&job, e.p.Now().Add(-time.Duration(job.WorkedMS)*time.Millisecond), context.Canceled)
		}
	}
	if cancel != nil {
		cancel()
	}
	w.tellLedger()
	if err != nil {
		return fmt.Errorf("end the whole history: %w", err)
	}
	return nil
}

// begin returns the work that was begun and not ended, or a new one.
func (l *ledgerLane) begin(ctx context.Context, kind model.LedgerJobKind) (model.LedgerJob, error) {
	s := l.w.e.p.Store
	job, err := s.LedgerJob(ctx, l.w.id, kind)
	if err != nil || job.Running() {
		return job, err
	}
	now := l.w.e.stamp()
	if now == job.StartedAt {
		now++ // it names the run
	}
	job = model.LedgerJob{SessionID: l.w.id, Kind: kind, StartedAt: now}
	ids, err := l.left(ctx, &job)
	if err != nil {
		return job, err
	}
	job.Total = len(ids)
	return s.SaveLedgerJob(ctx, job)
}

// begun returns the work that was begun and not ended, if there is any.
func (l *ledgerLane) begun(ctx context.Context, kind model.LedgerJobKind) (model.LedgerJob, error) {
	return l.w.e.p.Store.LedgerJob(ctx, l.w.id, kind)
}

// left returns the conversations that work has not done yet.
func (l *ledgerLane) left(ctx context.Context, job *model.LedgerJob) ([]model.ConversationID, error) {
	if job.Kind == model.JobHistory {
		return l.w.e.p.Store.ToFetchWhole(ctx, l.w.id, job.StartedAt)
	}
	moved := model.StampOf(l.w.e.p.Now().Add(-reconcileDays))
	return l.w.e.p.Store.ToReconcile(ctx, l.w.id, moved, job.StartedAt)
}

// errTaken says that the work runs already.
var errTaken = fmt.Errorf("the work on the ledger: %w", ErrBusy)

// run does the work that which gives to its end, or until the context or the session
// ends; nothing when that has ended.
func (l *ledgerLane) run(
	ctx context.Context, kind model.LedgerJobKind, which func(context.Context, model.LedgerJobKind) (model.LedgerJob, error), tell func(model.LedgerJob),
) (model.LedgerJob, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.w.e.life, cancel)()
	l.mu.Lock()
	if l.cancel[kind] != nil {
		l.mu.Unlock()
		return model.LedgerJob{}, errTaken
	}
	l.cancel[kind] = cancel
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.cancel, kind)
	}()
	job, err := which(ctx, kind)
	if err != nil || !job.Running() {
		return job, err
	}
	began := l.w.e.p.Now()
	walk := &ledgerWalk{l: l, job: job, tell: tell}
	err = walk.all(ctx)
	if err == nil {
		l.record(&walk.job, began, nil)
	}
	l.w.tellLedger()
	return walk.job, err
}

// record writes the activity row of work that came to its end, or with an error was ended.
func (l *ledgerLane) record(job *model.LedgerJob, began time.Time, err error) {
	action := "reconcile"
	if job.Kind == model.JobHistory {
		action = "whole_history"
	}
	l.w.record(model.ActivitySync, action, began, err, func(a *model.Activity) {
		a.Created, a.Unchanged, a.Failed = job.Found, job.Done-job.Failed, job.Failed
		if job.Failed > 0 && err == nil {
			a.Outcome = model.OutcomeWarning
		}
	})
}

// ledgerWalk is one pass over the conversations of a session.
type ledgerWalk struct {
	l    *ledgerLane
	job  model.LedgerJob
	tell func(model.LedgerJob)
}

// due is a conversation that is still to be done.
type due struct {
	id     model.ConversationID
	repair *repair
	asked  int       // looks since the phone was asked
	after  time.Time // not before
}

func (k *ledgerWalk) all(ctx context.Context) error {
	ids, err := k.l.left(ctx, &k.job)
	if err != nil {
		return err
	}
	k.job.Total = max(k.job.Total, k.job.Done+len(ids)) // some may have come since it began
	k.job.Done = k.job.Total - len(ids)
	queue := make([]due, len(ids))
	for i, id := range ids {
		queue[i].id = id
	}
	k.report()
	for len(queue) > 0 {
		d := queue[0]
		queue = queue[1:]
		if err := k.rest(ctx, d.after); err != nil {
			return err
		}
		began := k.l.w.e.p.Now()
		again, err := k.one(ctx, &d)
		k.job.WorkedMS += max(k.l.w.e.p.Now().Sub(began).Milliseconds(), 0)
		switch {
		case err != nil && (ctx.Err() != nil || sessionLost(err) || errors.Is(err, ErrClosed)):
			return err
		case err != nil:
			k.job.Failed++
			k.l.w.log.WithError(err).Warn("read a conversation for the ledger")
		case again:
			at := slices.IndexFunc(queue, func(o due) bool { return o.after.After(d.after) })
			if at < 0 {
				at = len(queue)
			}
			queue = slices.Insert(queue, at, d)
			continue
		}
		if err := k.done(ctx, d.id); err != nil {
			return err
		}
	}
	k.job.FinishedAt = k.l.w.e.stamp()
	return k.save(ctx)
}

// save writes how far the work is. It fails when that was ended.
func (k *ledgerWalk) save(ctx context.Context) (err error) {
	if k.job, err = k.l.w.e.p.Store.SaveLedgerJob(ctx, k.job); err != nil {
		return fmt.Errorf("note how far the work is: %w", err)
	}
	if k.job.Canceled {
		return context.Canceled
	}
	return nil
}

// rest waits between two calls, and while a sync or an owner's command runs.
func (k *ledgerWalk) rest(ctx context.Context, after time.Time) error {
	w := k.l.w
	wait := w.e.p.Timing.Between
	if left := after.Sub(w.e.p.Now()); left > wait {
		wait = min(left, w.e.p.Timing.Phone*2)
	}
	if err := pause(ctx, wait); err != nil {
		return err
	}
	for w.busy() {
		if err := pause(ctx, max(w.e.p.Timing.Between, 10*time.Millisecond)); err != nil {
			return err
		}
	}
	return nil
}

// one makes the calls of one conversation; again says that it is to be looked at
// once more, after the others.
func (k *ledgerWalk) one(ctx context.Context, d *due) (again bool, err error) {
	if k.job.Kind == model.JobReconcile {
		return false, k.compare(ctx, d.id)
	}
	return k.whole(ctx, d)
}

// compare fetches the newest messages of a conversation, more of them while they do
// not reach what was proven before: the store finds what differs.
func (k *ledgerWalk) compare(ctx context.Context, id model.ConversationID) error {
	w := k.l.w
	for limit := firstPage; ; limit *= repairGrowth {
		var more bool
		err := w.ask(ctx, func(ctx context.Context) error {
			if err := w.requireConnected(ctx); err != nil {
				return err
			}
			before, err := w.e.p.Store.Conversation(ctx, id)
			if err != nil {
				return fmt.Errorf("load the conversation: %w", err)
			}
			counts, err := w.fetchOne(ctx, id, fetchWish{limit: limit, purpose: model.ForReconcile})
			w.lookIfLost(err)
			if err != nil {
				return err
			}
			k.job.Found += counts.Created
			after, err := w.e.p.Store.Conversation(ctx, id)
			l := &after.Ledger
			more = l.FetchEnd == model.EndLimit && (l.ProvenTo == before.Ledger.ProvenTo && l.ProvenTo != l.Newest || l.HasGaps())
			return err
		})
		if err != nil || !more || limit*repairGrowth > reconcileDeepest {
			return err
		}
		if err := k.rest(ctx, time.Time{}); err != nil {
			return err
		}
	}
}

// whole makes the next steps of fetching all of a conversation. While the phone
// sends, others go on.
func (k *ledgerWalk) whole(ctx context.Context, d *due) (again bool, err error) {
	w := k.l.w
	if d.repair == nil {
		d.repair = w.newRepair(d.id, model.RepairWish{Whole: true, AskPhone: true})
		d.repair.limit = historyLimit
	}
	r := d.repair
	for {
		asked, found := r.report.Asked, r.report.Created
		wait, err := r.next(ctx)
		k.job.Found += r.report.Created - found
		if err != nil {
			return false, err
		}
		switch {
		case r.report.End != "":
			return false, nil
		case r.report.Asked > asked:
			d.asked = 0
		case r.asked && r.report.Created == found:
			if d.asked++; d.asked >= historyPhone {
				return false, nil
			}
		}
		if r.asked && wait >= w.e.p.Timing.Phone {
			d.after = w.e.p.Now().Add(wait)
			return true, nil
		}
		if err := k.rest(ctx, time.Time{}); err != nil {
			return false, err
		}
	}
}

// done notes that a conversation is done.
func (k *ledgerWalk) done(ctx context.Context, id model.ConversationID) error {
	s := k.l.w.e.p.Store
	run, now, reconcile := k.job.StartedAt, k.l.w.e.stamp(), k.job.Kind == model.JobReconcile
	_, err := s.UpdateConversation(ctx, id, func(c *model.Conversation) {
		if reconcile { // one that failed is not tried again before tomorrow
			c.Ledger.ReconciledAt = max(c.Ledger.ReconciledAt, run, now)
			return
		}
		c.Ledger.HistoryRun = run
	})
	if err != nil {
		return fmt.Errorf("note that a conversation is done: %w", err)
	}
	k.job.Done++
	err = k.save(ctx)
	if err == nil || k.job.Canceled {
		k.report()
	}
	return err
}

func (k *ledgerWalk) report() {
	k.l.w.tellLedger()
	if k.tell != nil {
		k.tell(k.job)
	}
}
