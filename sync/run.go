package sync

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// syncRun is one sync that was asked for.
type syncRun struct {
	ctx    context.Context
	cancel context.CancelFunc
	scope  model.SyncScope
	syncKind
	meets  uint64 // of liveStream.need, when it comes to its end; 0: nothing
	lost   bool   // the session or the gateway could not be used
	done   chan struct{}
	report model.SyncReport
	err    error
	leave  func() bool // ends the tie to the engine's life
}

// syncKind says why a sync is done.
type syncKind struct {
	byself  bool                 // nobody asked for it
	catchUp bool                 // it brings what was missed while no events came
	poll    bool                 // it asks what is new where no events come, and is not talked about
	also    model.ConversationID // whose messages are fetched whatever the list says; 0: nobody's
}

func (r *syncRun) finish(report model.SyncReport, err error) {
	r.report, r.err = report, err
	r.leave()
	r.cancel()
	close(r.done)
}

// StartSync begins a sync and returns; progress and end are events. ErrBusy
// says that one that was asked for is running or waiting already; a scheduled
// one is waited for.
func (e *Engine) StartSync(id model.SessionID, scope model.SyncScope) error {
	_, err := e.queueSync(context.Background(), id, scope)
	return err
}

// RunSync does a sync and waits for its end. The error is that of the first
// phase that failed; the report tells of all of them.
func (e *Engine) RunSync(ctx context.Context, id model.SessionID, scope model.SyncScope) (model.SyncReport, error) {
	run, err := e.queueSync(ctx, id, scope)
	if err != nil {
		return model.SyncReport{}, err
	}
	<-run.done // ends soon after ctx does
	return run.report, run.err
}

func (e *Engine) queueSync(ctx context.Context, id model.SessionID, scope model.SyncScope) (*syncRun, error) {
	w, err := e.worker(id)
	if err != nil {
		return nil, err
	}
	return w.queue(ctx, scope, syncKind{})
}

func (w *worker) queue(ctx context.Context, scope model.SyncScope, kind syncKind) (*syncRun, error) {
	run := &syncRun{scope: scope, syncKind: kind, done: make(chan struct{})}
	run.ctx, run.cancel = context.WithCancel(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused {
		run.cancel()
		return nil, ErrClosed
	}
	if w.taken(kind.byself) {
		run.cancel()
		return nil, ErrBusy
	}
	run.leave = context.AfterFunc(w.e.life, run.cancel)
	w.runs = append(w.runs, run)
	w.nudge()
	return run, nil
}

// taken tells whether a sync has to be turned away: a scheduled one by any other,
// one that an owner asked for only by another of these. The caller holds mu.
func (w *worker) taken(byself bool) bool {
	if w.running != nil && (byself || !w.running.byself) {
		return true
	}
	for _, r := range w.runs {
		if byself || !r.byself {
			return true
		}
	}
	return false
}

// queueScheduled queues the sync that is due by the clock: all of it the first
// time after pairing and once in a while, otherwise what is new.
func (w *worker) queueScheduled() {
	scope := model.SyncScope{Contacts: true, Conversations: true, Messages: true}
	if _, err := w.queue(w.e.life, scope, syncKind{byself: true}); err != nil {
		w.log.WithError(err).Debug("queue the scheduled sync")
	}
}

// CancelSync ends a running or waiting sync of the session; what was written stays.
func (e *Engine) CancelSync(id model.SessionID) {
	w, err := e.worker(id)
	if err != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.runs {
		r.cancel()
	}
	if w.running != nil {
		w.running.cancel()
	}
}

// Progress returns how far the work on the session is.
func (e *Engine) Progress(id model.SessionID) model.Progress {
	w, err := e.worker(id)
	if err != nil {
		return model.Progress{Session: id}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress
}

func (w *worker) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.running != nil || len(w.runs) > 0
}

func (w *worker) takeRun() *syncRun {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.runs) == 0 {
		return nil
	}
	run := w.runs[0]
	w.runs = w.runs[1:]
	w.running = run
	return run
}

// execute does a sync, phase by phase. A failing contact phase does not stop
// the conversations; a session that is not connected stops everything.
func (w *worker) execute(run *syncRun) {
	began := w.e.p.Now()
	report := model.SyncReport{Phases: map[model.Phase]model.PhaseReport{}}
	var first error
	finished := false
	w.live.begun(run)
	defer func() {
		if !finished { // a panic in a phase: who waits must not wait for ever
			first = errors.New("the sync failed inside the program")
		}
		w.conclude(run, report, began, first)
	}()
	for _, p := range w.plan(run) {
		w.advance(run, p.name, 0, 0)
		w.runJobs()
		result, err := p.do(run.ctx, run)
		if err != nil {
			result.Error, result.ErrorDetail = string(ProblemKind(err)), errorDetail(err)
			w.failed(err)
			if first == nil {
				first = err
			}
			run.lost = run.lost || sessionLost(err) || p.vital
			w.log.WithField("phase", p.name).WithError(err).Warn("sync phase ended early")
		}
		if err == nil {
			w.worked(operation(p.name))
		}
		if p.name != model.PhaseSession { // which asks nothing of the page
			w.watchLoading(err)
		}
		report.Phases[p.name] = result
		if run.ctx.Err() != nil || p.vital && err != nil || sessionLost(err) {
			break
		}
	}
	report.Canceled = run.ctx.Err() != nil
	finished = true
}

// phase is one step of a sync: resumable, and idempotent when nothing changed.
type phase struct {
	name  model.Phase
	vital bool // nothing after it makes sense when it fails
	do    func(context.Context, *syncRun) (model.PhaseReport, error)
}

func (w *worker) plan(run *syncRun) (phases []phase) {
	scope := run.scope
	if !run.poll { // the session was looked at a moment ago
		phases = append(phases, phase{name: model.PhaseSession, vital: true, do: w.syncSession})
	}
	if scope.Contacts {
		phases = append(phases, phase{name: model.PhaseContacts, do: w.syncContacts})
	}
	if scope.Conversations {
		phases = append(phases, phase{name: model.PhaseConversations, do: w.syncConversations})
	}
	if scope.Messages || scope.AllMessages || scope.Conversation != 0 {
		phases = append(phases, phase{name: model.PhaseMessages, do: w.syncMessages})
	}
	return phases
}

// conclude writes down how the sync ended, and tells who waits.
func (w *worker) conclude(run *syncRun, report model.SyncReport, began time.Time, err error) {
	now := w.e.p.Now()
	report.DurationMS = now.Sub(began).Milliseconds()
	if err == nil && run.ctx.Err() != nil {
		err = run.ctx.Err()
	}
	if !run.poll {
		w.record(model.ActivitySync, syncAction(run), began, err, func(a *model.Activity) { fillCounts(a, report) })
	}
	w.live.ended(run, report)
	w.live.keep()
	w.mu.Lock()
	w.running = nil
	w.progress = model.Progress{Session: w.id}
	w.mu.Unlock()
	w.polled(run, report, now)
	if run.poll {
		w.lookIfLost(err)
		run.finish(report, err)
		return
	}
	if p, done := report.Phases[model.PhaseConversations]; done && p.Error == "" {
		w.noteSynced(model.StampOf(now))
	}
	if !run.catchUp || run.scope.Contacts || w.due.sync.IsZero() {
		w.triedAt = now
		w.due.sync = time.Time{}
		if w.e.p.Scheduled {
			if s := w.e.p.Settings(); s.AutoSync {
				w.due.sync = now.Add(s.SyncInterval())
			}
		}
	}
	run.finish(report, err)
	w.wantMedia()
	w.e.p.Bus.Publish(event.Batch{
		Sessions: event.Of(w.id),
		Progress: map[model.SessionID]model.Progress{w.id: {Session: w.id}},
	})
}

func (w *worker) noteSynced(now model.Stamp) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.e.life), 5*time.Second)
	defer cancel()
	s, _, err := w.e.p.Store.UpdateSession(ctx, w.id, func(s *model.Session) { s.LastSyncAt, s.LastSeenAt = now, now })
	if err != nil {
		w.log.WithError(err).Warn("write the time of the sync")
		return
	}
	w.session = s
}

func syncAction(run *syncRun) string {
	scope := run.scope
	switch {
	case run.catchUp && !scope.Contacts:
		return "catch_up"
	case run.byself:
		return "scheduled_sync"
	case scope.Contacts && scope.Conversations:
		return "full_sync"
	case scope.Contacts:
		return "sync_contacts"
	case scope.Conversations:
		return "sync_conversations"
	default:
		return "sync_messages"
	}
}

func fillCounts(a *model.Activity, report model.SyncReport) {
	var sum model.Counts
	for _, p := range report.Phases {
		sum.Add(p.Counts)
	}
	a.Created, a.Updated, a.Unchanged, a.Failed, a.NotSeen = sum.Created, sum.Updated, sum.Unchanged, sum.Failed, sum.NotSeen
	if a.Outcome == model.OutcomeSuccess && sum.Failed > 0 {
		a.Outcome = model.OutcomeWarning
	}
}

// syncSession makes sure that the session is connected.
func (w *worker) syncSession(ctx context.Context, run *syncRun) (model.PhaseReport, error) {
	if _, err := w.observe(ctx); err != nil {
		return model.PhaseReport{}, err
	}
	if err := w.requireConnected(ctx); err != nil {
		return model.PhaseReport{}, err
	}
	if w.needAccount || w.session.JID == "" {
		err := w.whenReady(ctx, func() error { return w.learnAccount(ctx) })
		if err != nil {
			w.log.WithError(err).Debug("ask for the account")
		}
	}
	var report model.PhaseReport
	if run.scope.Conversations {
		report.Counts = w.syncLabels(ctx)
	}
	return report, nil
}

// whenReady calls f again while the gateway says that the session, though
// connected, has not loaded yet (contract §4.4): every 1–2 s, until 2 minutes
// have passed since it first said so. It must run on the loop; what an owner
// asks for goes in between.
func (w *worker) whenReady(ctx context.Context, f func() error) error {
	for {
		err := f()
		if !w.stillLoading(err) {
			return err
		}
		if perr := pause(ctx, w.e.p.Timing.NotReady); perr != nil {
			return perr
		}
		w.runJobs()
	}
}

// stillLoading takes note of an answer, and tells whether it is worth to wait
// for the session to load.
func (w *worker) stillLoading(err error) bool {
	switch {
	case err == nil:
		w.loadingSince = time.Time{}
		return false
	case gateway.KindOf(err) != gateway.KindNotReady:
		return false
	case w.loadingSince.IsZero():
		w.loadingSince = w.e.p.Now()
	}
	return w.e.p.Now().Sub(w.loadingSince) < w.e.p.Timing.NotReadyFor
}

// aside makes a call that can take minutes on a goroutine of its own and waits
// for it; meanwhile what an owner asks for goes on. It must run on the loop, and
// f must not touch what belongs to the loop. At most one such call is made at a
// time, and beside it single short ones (contract §3 Concurrency).
func (w *worker) aside(f func() error) error {
	if w.away { // this is something that an owner asked for while another such call is made
		return f()
	}
	w.away = true
	defer func() { w.away = false }()
	done := make(chan error, 1)
	w.e.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				w.log.WithField("stack", string(debug.Stack())).Errorf("panic in a list: %v", r)
				done <- fmt.Errorf("the list failed inside the program: %v", r)
			}
		}()
		done <- f()
	})
	for {
		select {
		case err := <-done:
			return err
		case <-w.wake:
			w.runJobs()
		}
	}
}

// between lets what an owner asked for go before the next call of a sync, and
// looks at the session when that is due. It fails when the sync must end.
func (w *worker) between(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.runJobs()
	if passed(w.due.status, w.e.p.Now()) {
		if _, err := w.observe(ctx); err != nil {
			return err
		}
		return w.requireConnected(ctx)
	}
	return ctx.Err()
}

// sessionLost tells whether an error means that no other phase can work.
func sessionLost(err error) bool {
	if cutOff(err) {
		return false
	}
	switch gateway.KindOf(err) {
	case gateway.KindSessionNotFound, gateway.KindSessionNotConnected, gateway.KindSessionBroken,
		gateway.KindNotReady, gateway.KindUnauthorized, gateway.KindUnreachable, gateway.KindDisabled, gateway.KindNotConfigured, gateway.KindTLS:
		return true
	}
	return false
}

// advance publishes how far the sync is.
func (w *worker) advance(run *syncRun, p model.Phase, done, total int) {
	if run.poll {
		return
	}
	now := model.Progress{Session: w.id, Running: true, Phase: p, Done: done, Total: total}
	w.mu.Lock()
	w.progress = now
	w.mu.Unlock()
	w.e.p.Bus.Publish(event.Batch{Progress: map[model.SessionID]model.Progress{w.id: now}})
}
