package sync

import (
	"context"
	"sync"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// pollOverlap is how far back a poll asks what moved: clocks differ.
	pollOverlap = 2 * time.Hour
	// livelyFor is for how long something that happened makes polls frequent.
	livelyFor = 5 * time.Minute
	// quietPolls is how much rarer polls are while nothing happens.
	quietPolls = 6
	// pollShare bounds the share of the time that polls of a slow gateway take.
	pollShare = 10
)

// attention is what the owner looks at.
type attention struct {
	mu           sync.Mutex
	front        bool
	conversation model.ConversationID
	at           time.Time
}

// Attention tells whether the owner looks at the program, and at which conversation;
// zero is none. Where a gateway tells no events it is asked for news more often then.
func (e *Engine) Attention(front bool, id model.ConversationID) {
	e.attention.mu.Lock()
	same := e.attention.front == front && e.attention.conversation == id
	if !same {
		e.attention.front, e.attention.conversation, e.attention.at = front, id, e.p.Now()
	}
	e.attention.mu.Unlock()
	if same {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, w := range e.workers {
		w.nudge()
	}
}

// watched returns what the owner looks at and since when.
func (e *Engine) watched() (front bool, id model.ConversationID, at time.Time) {
	e.attention.mu.Lock()
	defer e.attention.mu.Unlock()
	return e.attention.front, e.attention.conversation, e.attention.at
}

// polls returns how often the gateway is asked for news, zero for only as often as
// the settings say: events tell it, nobody looks, or it must not be asked.
func (w *worker) polls(now time.Time) time.Duration {
	front, _, at := w.e.watched()
	if !w.e.p.Scheduled || !front || !w.e.p.Settings().AutoSync || w.live.streaming() {
		return 0
	}
	w.mu.Lock()
	lively, took := w.lively, w.pollTook
	w.mu.Unlock()
	every := w.e.p.Timing.Poll
	if now.Sub(at) > livelyFor && now.Sub(lively) > livelyFor {
		every *= quietPolls
	}
	return max(every, took*pollShare)
}

// poll queues a look for what is new.
func (w *worker) poll() {
	kind := syncKind{byself: true, poll: true}
	if front, id, _ := w.e.watched(); front && id != 0 {
		if c, err := w.e.p.Store.Conversation(w.e.life, id); err == nil && c.SessionID == w.id {
			kind.also = id
		}
	}
	if _, err := w.queue(w.e.life, model.SyncScope{Conversations: true, Messages: true}, kind); err != nil {
		w.log.WithError(err).Debug("queue a poll")
	}
}

// polled takes note of the end of a sync, which also brought what is new.
func (w *worker) polled(run *syncRun, report model.SyncReport, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if report.Phases[model.PhaseMessages].Changed() {
		w.lively = now
	}
	if _, asked := report.Phases[model.PhaseConversations]; asked || run.poll {
		w.polledAt = now
	}
	if run.poll {
		w.pollTook = time.Duration(report.DurationMS) * time.Millisecond
	}
}

// keepUp begins what keeps the store in step beside the scheduled syncs: catch-ups,
// polls, and what events ask for. It belongs to the loop.
func (w *worker) keepUp(ctx context.Context) {
	if w.foreign || w.needAccount || !w.e.p.Scheduled {
		return
	}
	now := w.e.p.Now()
	if at, due := w.live.catchUpDue(); due && !at.After(now) && !w.busy() {
		w.live.catchUp()
	}
	if at := w.pollDue(now); passed(at, now) && !w.busy() {
		w.poll()
	}
	if passed(w.live.chore.next(), now) {
		w.live.chore.do(ctx)
	}
}

// pollDue returns when to look for what is new; zero never.
func (w *worker) pollDue(now time.Time) time.Time {
	every := w.polls(now)
	if every == 0 {
		return time.Time{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.polledAt.After(now) { // the clock was set back
		w.polledAt = now
	}
	return w.polledAt.Add(every)
}

// keepUpDue returns when keepUp has something to do; zero never.
func (w *worker) keepUpDue() time.Time {
	if w.foreign || w.needAccount || !w.e.p.Scheduled {
		return time.Time{}
	}
	now := w.e.p.Now()
	next := earlier(w.pollDue(now), w.live.chore.next())
	if at, due := w.live.catchUpDue(); due && !w.busy() {
		if at.IsZero() {
			at = now
		}
		next = earlier(next, at)
	}
	return next
}
