package sync

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// sendGap is the least time between two messages of a session.
	sendGap = time.Second
	// laneRest is after how long the lane looks again when a step failed.
	laneRest = 5 * time.Second
	// restLongest is the longest rest of a lane whose tries do not get through.
	restLongest = time.Minute
)

// outboxLane carries what goes out of one session, one row at a time, on a
// goroutine of its own: what an owner writes does not wait for a list that is
// being read. In each conversation the messages go in their order; another
// conversation does not wait for one whose message is of unknown fate.
type outboxLane struct {
	w    *worker
	wake chan struct{}

	sending atomic.Int64 // the conversation where a row is being carried now; 0: nowhere

	// Of the goroutine alone.
	misses map[model.OutboxID]missed // failed looks for a message in a row, not counted in the store
	rest   time.Time                 // until then nothing is tried: the last try did not reach the gateway or the session
	loose  model.ConversationID      // where the end of an attempt is not written down yet; 0: nowhere
	rests  int                       // how often that happened in a row
	vain   map[model.OutboxID]int    // how often a row was turned away since the session was connected, see inVain

	mu      sync.Mutex
	asked   []*outboxJob
	changed map[model.ConversationID]struct{} // own messages may have come there
	all     bool                              // or anywhere
	since   time.Time                         // when the session was connected
	linked  bool                              // it was connected since the lane last looked
	back    bool                              // and since messages of unknown fate were last looked for
	ended   time.Time                         // what was tried before was tried with a page that is gone
	refused bool
}

// sendingIn tells whether a row of a conversation is being carried now.
func (l *outboxLane) sendingIn(id model.ConversationID) bool {
	return id != 0 && l.sending.Load() == int64(id)
}

// outboxJob is a row that somebody waits for.
type outboxJob struct {
	id   model.OutboxID
	ctx  context.Context
	do   func(context.Context, model.OutboxItem) error
	done chan error
}

func newOutboxLane(w *worker) *outboxLane {
	return &outboxLane{
		w: w, wake: make(chan struct{}, 1), misses: map[model.OutboxID]missed{}, vain: map[model.OutboxID]int{},
		changed: map[model.ConversationID]struct{}{},
	}
}

// Send carries a stored row to the gateway now, before what waits, and returns
// when its fate is known or known to be unknown. The item says which: sent, failed
// (with a nil error here; the item holds the reason) or unknown. An item that is
// not queued is left as it is. While the session cannot be used it stays queued
// when the engine works by itself, and fails when not.
func (e *Engine) Send(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	return e.onOutbox(ctx, id, func(w *worker) func(context.Context, model.OutboxItem) error { return w.outbox.sendNow })
}

// Resolve looks once more for a message of unknown fate and returns what is
// known of it then.
func (e *Engine) Resolve(ctx context.Context, id model.OutboxID) (model.OutboxItem, error) {
	item, err := e.p.Store.OutboxItem(ctx, id)
	if err != nil || item.State != model.OutboxUnknown {
		return item, err
	}
	return e.onOutbox(ctx, id, func(w *worker) func(context.Context, model.OutboxItem) error {
		return func(ctx context.Context, item model.OutboxItem) error {
			if item.State != model.OutboxUnknown {
				return nil
			}
			if err := w.ask(ctx, w.requireConnected); err != nil {
				return err
			}
			_, err := w.outbox.look(ctx, item)
			return err
		}
	})
}

// Carry lets what is queued go. It does not block. When it is sent comes as events.
func (e *Engine) Carry(id model.SessionID) {
	if w, err := e.worker(id); err == nil {
		w.stale.Store(true) // an action may have been taken back
		w.outbox.nudge()
	}
}

// SendingAt returns when the next message of a session may go because of the
// pace that the owner set; a time that has passed means at once.
func (e *Engine) SendingAt(ctx context.Context, id model.SessionID) (model.Stamp, error) {
	s := e.p.Settings()
	return e.p.Store.PaceAt(ctx, id, e.stamp(), e.p.Timing.SendGap,
		model.PaceLimit{Most: s.SendPerMinute, Within: time.Minute},
		model.PaceLimit{Most: s.SendPerHour, Within: time.Hour},
		model.PaceLimit{Most: s.SendPerDay, Within: 24 * time.Hour})
}

// Connected tells whether a session could be used when it was last looked at.
func (e *Engine) Connected(id model.SessionID) bool {
	w, err := e.worker(id)
	return err == nil && w.connected.Load()
}

// onOutbox does something with a row on the lane of its session and returns the
// row as it is then.
func (e *Engine) onOutbox(ctx context.Context, id model.OutboxID, do func(*worker) func(context.Context, model.OutboxItem) error) (model.OutboxItem, error) {
	item, err := e.p.Store.OutboxItem(ctx, id)
	if err != nil {
		return model.OutboxItem{}, fmt.Errorf("load the outgoing message: %w", err)
	}
	w, err := e.worker(item.SessionID)
	if err != nil {
		return item, err
	}
	if err := w.outbox.ask(ctx, id, do(w)); err != nil {
		return item, err
	}
	return e.p.Store.OutboxItem(ctx, id)
}

func (l *outboxLane) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// ask has something done with a row, before what waits. Once begun it is followed
// to its end, whoever asked may go.
func (l *outboxLane) ask(ctx context.Context, id model.OutboxID, do func(context.Context, model.OutboxItem) error) error {
	j := &outboxJob{id: id, ctx: ctx, do: do, done: make(chan error, 1)}
	l.mu.Lock()
	if l.refused {
		l.mu.Unlock()
		return ErrClosed
	}
	l.asked = append(l.asked, j)
	l.mu.Unlock()
	l.nudge()
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// arrived tells that own messages of a conversation were stored: one of unknown
// fate may be among them.
func (l *outboxLane) arrived(id model.ConversationID) {
	l.mu.Lock()
	l.changed[id] = struct{}{}
	l.mu.Unlock()
	l.nudge()
}

// connected tells that the session can be used from now on.
func (l *outboxLane) connected() {
	l.mu.Lock()
	l.since, l.all, l.linked, l.back = l.w.e.p.Now(), true, true, true
	l.mu.Unlock()
	l.nudge()
}

// pageEnded tells that the page which may have taken messages before a time is not
// there any more.
func (l *outboxLane) pageEnded(at time.Time) {
	l.mu.Lock()
	l.ended = at
	l.mu.Unlock()
}

// tries tells that something is tried with the page that is there: no other has ended
// later, whatever a clock says that was set back since.
func (l *outboxLane) tries(at time.Time) {
	l.mu.Lock()
	if l.ended.After(at) {
		l.ended = at
	}
	l.mu.Unlock()
}

// loop runs until the engine closes.
func (l *outboxLane) loop() {
	ctx := l.w.e.life
	defer l.refuse()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		next := l.w.e.p.Now().Add(laneRest) // after a fault inside the program
		l.w.guard("outbox", func() { next = l.step(ctx) })
		wait := time.Hour
		if !next.IsZero() {
			wait = max(next.Sub(l.w.e.p.Now()), 0)
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-l.wake:
		case <-timer.C:
		}
	}
}

func (l *outboxLane) refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = true
	for _, j := range l.asked {
		j.done <- ErrClosed
	}
	l.asked = nil
}

// step does all that can be done now and returns when there is more, zero for
// when something happens.
func (l *outboxLane) step(ctx context.Context) (next time.Time) {
	for ctx.Err() == nil {
		l.regain(ctx)
		if l.serve(ctx) {
			continue
		}
		l.matchArrived(ctx)
		if !l.w.e.p.Scheduled || !l.w.connected.Load() {
			return time.Time{}
		}
		look := l.lookDue(ctx)
		at, worked := l.carryNext(ctx)
		if !worked {
			return earlier(look, at)
		}
	}
	return time.Time{}
}

// earlier returns the earlier of two times, of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// serve does one thing that somebody waits for.
func (l *outboxLane) serve(ctx context.Context) bool {
	l.mu.Lock()
	if len(l.asked) == 0 {
		l.mu.Unlock()
		return false
	}
	j := l.asked[0]
	l.asked = l.asked[1:]
	l.mu.Unlock()
	j.done <- l.runJob(ctx, j)
	return true
}

// runJob does what was asked for; it ends when who asked has gone, except that a
// send that has begun is followed to its end.
func (l *outboxLane) runJob(ctx context.Context, j *outboxJob) error {
	asked, cancel := context.WithCancel(j.ctx)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := asked.Err() // who asked may have gone before it began
	if err != nil {
		return err
	}
	err = errors.New("the command failed inside the program")
	l.w.guard("outbox", func() {
		var item model.OutboxItem
		if item, err = l.w.e.p.Store.OutboxItem(asked, j.id); err == nil {
			err = j.do(asked, item)
		}
	})
	return err
}

// carryNext carries the next row. worked is false when there is none to carry
// now; at says when there may be.
func (l *outboxLane) carryNext(ctx context.Context) (at time.Time, worked bool) {
	again := l.w.e.p.Now().Add(laneRest)
	if l.loose != 0 {
		return again, false // the store fails
	}
	if l.resting() {
		return l.rest, false
	}
	pace, err := l.w.e.SendingAt(ctx, l.w.id)
	if err != nil {
		l.w.log.WithError(err).Warn("find out when the next message may go")
		return again, false
	}
	may := pace <= l.w.e.stamp()
	item, ok, err := l.w.e.p.Store.NextOutbox(ctx, l.w.id, may)
	if err != nil {
		l.w.log.WithError(err).Warn("find the next outgoing message")
		return again, false
	}
	if !ok {
		if may {
			return time.Time{}, false
		}
		return pace.Time(), false
	}
	if err := l.carry(ctx, item); err != nil {
		l.w.log.WithError(err).Warn("carry an outgoing message")
		return again, false
	}
	return time.Time{}, true
}

// resting tells whether nothing is tried now, because the last try did not reach
// the gateway or the session. A new connection ends the rest.
func (l *outboxLane) resting() bool {
	l.mu.Lock()
	linked := l.linked
	l.linked = false
	l.mu.Unlock()
	if linked {
		clear(l.vain)
	}
	now := l.w.e.p.Now()
	if linked || l.rest.Sub(now) > restLongest { // or the clock was set back
		l.rest = time.Time{}
	}
	return now.Before(l.rest)
}

// unreached begins or lengthens the rest.
func (l *outboxLane) unreached() {
	wait := l.w.e.p.Timing.Reconcile
	for n := l.rests; n > 0 && wait < restLongest; n-- {
		wait *= 2
	}
	l.rests++
	l.rest = l.w.e.p.Now().Add(min(wait, restLongest))
}

// carry lets a row go, or wait for the owner when it is too old for that.
func (l *outboxLane) carry(ctx context.Context, item model.OutboxItem) error {
	if item.TooOld(l.w.e.p.Now(), l.w.e.p.Settings().OutboxAskHours) {
		if err := l.w.e.p.Store.AskOutbox(ctx, item.ID); err != nil {
			return fmt.Errorf("let a message wait for the owner: %w", err)
		}
		l.w.outboxChanged(item.ConversationID)
		return nil
	}
	return l.attempt(ctx, item, nil)
}

// sendNow sends a row for somebody who waits. The pace holds for it too.
func (l *outboxLane) sendNow(ctx context.Context, item model.OutboxItem) error {
	if item.State != model.OutboxQueued {
		return nil
	}
	lost := l.usable(ctx)
	if lost != nil && l.w.e.p.Scheduled {
		return nil // it waits for the session
	}
	for lost == nil && model.BecomesMessage(item.Kind) {
		at, err := l.w.e.SendingAt(ctx, l.w.id)
		if err != nil {
			return err
		}
		wait := at.Time().Sub(l.w.e.p.Now())
		if wait <= 0 {
			break
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err // who waited has gone: from here on it would be followed to its end
	}
	return l.attempt(l.w.e.life, item, lost)
}

// usable waits until the session can be used, for as long as one that is connected
// may still be loading (contract §4.4), and returns why it cannot.
func (l *outboxLane) usable(ctx context.Context) error {
	until := l.w.e.p.Now().Add(l.w.e.p.Timing.NotReadyFor)
	for !l.w.connected.Load() {
		if err := l.w.ask(ctx, l.w.requireConnected); err != nil {
			return err
		}
		switch {
		case l.w.connected.Load():
		case !l.w.e.p.Now().Before(until):
			return &gateway.Error{Op: "SendMessage", Kind: gateway.KindNotReady}
		default:
			if err := pause(ctx, l.w.e.p.Timing.NotReady); err != nil {
				return err
			}
			if err := l.w.ask(ctx, func(ctx context.Context) error { _, err := l.w.observe(ctx); return err }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *worker) outboxChanged(id model.ConversationID) {
	w.e.p.Bus.Publish(event.Batch{Outbox: event.Of(id), Conversations: event.Of(w.id)})
}
