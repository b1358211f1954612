package sync

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

// worker serves one session on one goroutine, the loop. Fields below mu are
// shared; the others belong to the loop.
type worker struct {
	e    *Engine
	id   model.SessionID
	name string
	log  *logrus.Entry
	wake chan struct{}

	media     *mediaLane
	outbox    *outboxLane
	live      *liveStream
	ledger    *ledgerLane
	slots     *slots
	acts      acts
	connected atomic.Bool // what the lane may know of the session's state
	stale     atomic.Bool // an action wrote to what heldContacts and heldChats tell
	watch     watch

	due          dues
	session      model.Session // as last read or written
	pairingUntil time.Time
	needAccount  bool      // connected, but the account is not known yet
	askedSince   time.Time // when it was first asked for in vain
	foreign      bool      // connected to another account than the one whose messages are held
	loadingSince time.Time // when the connected session first said that it has not loaded yet
	contacts     memo
	chats        memo
	// What the store held of both lists at the end of a sync that changed nothing;
	// nil after anything wrote. Only this worker writes what is in them; changes
	// counts its writes that do not come from a list.
	changes      int
	heldContacts map[model.JID]model.ContactEntry
	heldChats    map[model.JID]model.ConversationEntry
	triedAt      time.Time // end of the last sync of this run of the program, whatever its outcome
	syncOnLink   bool      // sync as soon as the session is connected
	lastFull     time.Time
	away         bool     // a call is made aside
	labels       []string // wire ids of a business account, as last told

	mu         sync.Mutex
	jobs       []*job
	runs       []*syncRun
	running    *syncRun
	launched   bool          // a start or restart is in flight
	launchEnd  chan struct{} // closed when it has ended
	launchErr  error         // how the last one failed
	grace      time.Time     // until then a session that is not found is on its way
	qr         model.QR
	progress   model.Progress
	conditions map[model.ConditionKind]model.Condition
	refused    bool
	look       bool
	lively     time.Time     // when a sync last brought something
	polledAt   time.Time     // when one last read the list
	pollTook   time.Duration // how long the last poll took
}

// dues are the times at which the loop has something to do by itself; zero means never.
type dues struct {
	status, sync, avatar time.Time
}

// job is something that an owner asked for, with the context of who asked.
type job struct {
	ctx  context.Context
	run  func(context.Context) error
	done chan error
}

func newWorker(e *Engine, s model.Session) *worker {
	w := &worker{
		e: e, id: s.ID, name: string(s.Name), session: s,
		log:  e.p.Log.WithField("session", string(s.Name)),
		wake: make(chan struct{}, 1), slots: newSlots(),
	}
	w.watch.linked = !s.ConnectedSince.IsZero()
	w.media, w.outbox = newMediaLane(w), newOutboxLane(w)
	w.live, w.ledger = newLiveStream(w), newLedgerLane(w)
	return w
}

// wantMedia lets files come by themselves, when the engine works by itself.
func (w *worker) wantMedia() {
	if w.e.p.Scheduled {
		w.media.lookSoon()
	}
}

// loop runs until the engine closes. recovered is the number of messages whose
// fate is unknown since the program was last killed.
func (w *worker) loop(recovered int) {
	ctx := w.e.life
	if recovered > 0 {
		w.recordRecovered(recovered)
	}
	if w.e.p.Scheduled {
		w.due.status = w.e.p.Now()
		w.due.avatar = w.e.p.Now().Add(w.e.p.Timing.Avatar)
		w.watch.acks = w.e.p.Now().Add(w.e.p.Timing.AckLate)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		release, err := w.slots.work(ctx)
		if err != nil {
			break
		}
		w.runJobs()
		if run := w.takeRun(); run != nil {
			w.guard("sync", func() { w.execute(run) })
			release()
			continue
		}
		w.guard("tick", func() { w.tick(ctx) })
		release()
		timer.Reset(w.untilNext())
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-timer.C:
		}
	}
	w.refuse()
}

// recordRecovered writes that messages are of unknown fate since a kill, or since
// the store failed.
func (w *worker) recordRecovered(n int) {
	w.record(model.ActivityMessage, "outbox_recovered", w.e.p.Now(), nil, func(a *model.Activity) {
		a.Outcome, a.Updated = model.OutcomeUnknown, n
	})
}

// guard keeps a fault in one piece of work from ending the program: it is
// logged with its stack, and the session goes on.
func (w *worker) guard(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			w.log.WithField("stack", string(debug.Stack())).Errorf("panic in %s: %v", what, r)
		}
	}()
	f()
}

// ask runs f on the loop, before other work, and waits for it. In a running
// sync it goes between two calls.
func (w *worker) ask(ctx context.Context, f func(context.Context) error) error {
	j := &job{ctx: ctx, run: f, done: make(chan error, 1)}
	w.mu.Lock()
	if w.refused {
		w.mu.Unlock()
		return ErrClosed
	}
	w.jobs = append(w.jobs, j)
	w.mu.Unlock()
	w.nudge()
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
	}
	if w.withdraw(j) {
		return ctx.Err()
	}
	// It has begun: it ends soon, as its context has, and what it writes for the
	// caller must not be written later.
	return <-j.done
}

// withdraw takes a job back that has not begun.
func (w *worker) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.jobs, j)
	if i < 0 {
		return false
	}
	w.jobs = slices.Delete(w.jobs, i, i+1)
	return true
}

// nudge makes the loop look for work.
func (w *worker) nudge() {
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (w *worker) lookSoon() {
	w.mu.Lock()
	w.look = true
	w.mu.Unlock()
	w.nudge()
}

// runJobs does what was asked for, oldest first. It belongs to the loop.
func (w *worker) runJobs() {
	for {
		w.mu.Lock()
		if len(w.jobs) == 0 {
			w.mu.Unlock()
			return
		}
		j := w.jobs[0]
		w.jobs = w.jobs[1:]
		w.mu.Unlock()
		j.done <- w.runJob(j)
	}
}

func (w *worker) runJob(j *job) (err error) {
	ctx, cancel := context.WithCancel(j.ctx)
	defer cancel()
	defer context.AfterFunc(w.e.life, cancel)()
	if ctx.Err() != nil {
		return ctx.Err() // who asked has gone
	}
	defer func() {
		if r := recover(); r != nil {
			w.log.WithField("stack", string(debug.Stack())).Errorf("panic in a command: %v", r)
			err = fmt.Errorf("the command failed inside the program: %v", r)
		}
	}()
	return j.run(ctx)
}

// refuse answers all who wait, and all who come later: the engine is closed.
func (w *worker) refuse() {
	w.mu.Lock()
	jobs, runs := w.jobs, w.runs
	w.jobs, w.runs, w.refused = nil, nil, true
	w.mu.Unlock()
	for _, j := range jobs {
		j.done <- ErrClosed
	}
	for _, r := range runs {
		r.finish(model.SyncReport{Canceled: true}, ErrClosed)
	}
}

// forgetStale forgets what the store held after the last sync when an action has
// written there since. It belongs to the loop.
func (w *worker) forgetStale() {
	if w.stale.Swap(false) {
		w.heldContacts, w.heldChats = nil, nil
	}
}

// tick does what is due by the clock.
func (w *worker) tick(ctx context.Context) {
	w.watchClock()
	w.mu.Lock()
	if w.look {
		w.look = false
		w.due.status, w.due.sync = w.e.p.Now(), time.Time{} // the settings may have changed
	}
	w.mu.Unlock()
	if passed(w.due.status, w.e.p.Now()) {
		if _, err := w.observe(ctx); err != nil {
			w.log.WithError(err).Debug("look at the session")
		}
	}
	if w.session.State != model.StateConnected {
		return
	}
	if now := w.e.p.Now(); passed(w.due.sync, now) && w.live.opening(now) {
		w.due.sync = now.Add(w.e.p.Timing.Settle / 10) // what is told by then need not be read twice
	}
	if passed(w.due.sync, w.e.p.Now()) {
		w.due.sync = time.Time{}
		if w.e.p.Settings().AutoSync || w.session.LastSyncAt.IsZero() {
			w.queueScheduled()
		}
	}
	w.keepUp(ctx)
	if passed(w.due.avatar, w.e.p.Now()) {
		w.due.avatar = w.e.p.Now().Add(w.e.p.Timing.Avatar)
		w.fetchAvatar(ctx)
	}
	if passed(w.watch.acks, w.e.p.Now()) {
		w.watch.acks = w.e.p.Now().Add(w.e.p.Timing.AckLate)
		w.watchAcks(ctx)
	}
}

// untilNext returns how long the loop may sleep.
func (w *worker) untilNext() time.Duration {
	w.mu.Lock()
	waiting := len(w.jobs) > 0 || len(w.runs) > 0
	w.mu.Unlock()
	if waiting {
		return 0
	}
	next := w.due.status
	if w.session.State == model.StateConnected {
		for _, t := range []time.Time{w.due.sync, w.due.avatar, w.watch.acks, w.keepUpDue()} {
			next = earlier(next, t)
		}
	}
	if next.IsZero() {
		return time.Hour
	}
	return max(next.Sub(w.e.p.Now()), 0)
}

func passed(due, now time.Time) bool { return !due.IsZero() && !now.Before(due) }

// record writes the activity row of an operation that began at the given time.
// It uses a context of its own, so that a cancelled operation is recorded too.
func (w *worker) record(kind model.ActivityKind, action string, began time.Time, err error, fill func(*model.Activity)) {
	now := w.e.p.Now()
	a := model.Activity{
		At: model.StampOf(now), SessionID: w.id, Session: model.SessionName(w.name), Kind: kind, Action: action,
		Outcome: model.OutcomeSuccess, User: w.e.p.User, DurationMS: now.Sub(began).Milliseconds(),
	}
	if err != nil {
		a.Outcome = model.OutcomeFailed
		problem := ProblemKind(err)
		switch problem {
		case model.ProblemCanceled:
			a.Outcome = model.OutcomeCanceled
		case model.ProblemUnknownOutcome:
			a.Outcome = model.OutcomeUnknown
		}
		a.ErrorKind, a.ErrorDetail = string(problem), errorDetail(err)
	}
	if fill != nil {
		fill(&a)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.e.life), 5*time.Second)
	defer cancel()
	if err := w.e.p.Store.AddActivity(ctx, a); err != nil {
		w.log.WithError(err).Warn("write the activity")
		return
	}
	w.e.p.Bus.Publish(event.Batch{Activity: true})
}

// pause waits, unless the context ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
