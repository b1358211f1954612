package sync

import (
	"context"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

const (
	// catchUpFetches is of how many conversations one run of a catch-up fetches.
	catchUpFetches = 100
	// catchUpRounds is how often a catch-up goes on at once with what is left; the
	// scheduled syncs do the rest, as they do after a first pairing.
	catchUpRounds = 5
	// catchUpLongest is the longest wait after a catch-up that failed.
	catchUpLongest = 5 * time.Minute
	// drainLongest is how long a catch-up waits for the events that came before it.
	drainLongest = 30 * time.Second
)

// catchUpDue returns when the loop should begin a catch-up, or go on with one.
func (l *liveStream) catchUpDue() (at time.Time, due bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.open || !l.connected || l.done == l.need {
		return time.Time{}, false
	}
	now, t := l.w.e.p.Now(), l.w.e.p.Timing
	if !l.queue.idle() && now.Sub(l.needAt) < drainLongest && !now.Before(l.needAt) {
		// What waits is older than the list would be, and must not be applied after it.
		return now.Add(t.Settle / 3), true
	}
	return l.catchAt, true
}

// opening tells whether the socket is about to open: a sync that waits for that
// does not have to be repeated.
func (l *liveStream) opening(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state.Status == model.LiveConnecting && l.none == 0 && l.state.Problem == "" &&
		now.Sub(l.state.Since.Time()) < l.w.e.p.Timing.Settle
}

// catchUp queues a sync of what happened while nothing was heard: the list of
// conversations, unless it has been read, and the messages that are not held.
func (l *liveStream) catchUp() {
	l.mu.Lock()
	goesOn := l.more == l.need
	l.mu.Unlock()
	scope := model.SyncScope{Conversations: !goesOn, Messages: true}
	if _, err := l.w.queue(l.w.e.life, scope, syncKind{byself: true, catchUp: true}); err != nil {
		l.w.log.WithError(err).Debug("queue a catch-up")
		l.mu.Lock()
		l.catchAt = l.w.e.p.Now().Add(l.w.e.p.Timing.Settle)
		l.mu.Unlock()
	}
}

// begun notes which need a sync will have met, when it reads what it takes.
func (l *liveStream) begun(run *syncRun) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := run.scope.Messages || run.scope.AllMessages
	switch {
	case !l.open || !all || run.poll: // a poll does not look far back
	case run.scope.Conversations:
		run.meets = l.need
	case run.catchUp && l.more != 0:
		run.meets = l.more
	}
	if run.meets != 0 && run.byself && run.meets != l.done {
		run.catchUp = true
	}
}

// ended takes note of how a sync went.
func (l *liveStream) ended(run *syncRun, report model.SyncReport) {
	if run.meets == 0 {
		return
	}
	now := l.w.e.p.Now()
	list, messages := report.Phases[model.PhaseConversations], report.Phases[model.PhaseMessages]
	_, fetched := report.Phases[model.PhaseMessages]
	if report.Canceled || list.Error != "" || !fetched || run.lost {
		l.catchUpLater(now)
		return
	}
	l.mu.Lock()
	goesOn := messages.Cut && l.rounds < catchUpRounds && run.catchUp
	if goesOn {
		l.rounds++
		l.tries = 0
		l.more, l.catchAt = run.meets, now.Add(l.w.e.p.Timing.Socket)
	} else {
		l.rounds, l.more = 0, 0
	}
	l.mu.Unlock()
	if !goesOn {
		l.caughtUp(run.meets, now)
	}
}

// catchUpLater has a catch-up made again, the later the more of them have failed.
func (l *liveStream) catchUpLater(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := l.w.e.p.Timing.Settle
	for n := l.tries; n > 0 && wait < catchUpLongest; n-- {
		wait *= 2
	}
	l.tries++
	l.catchAt = now.Add(min(wait, catchUpLongest))
}

// caughtUp notes that all that was missed is held, except where it could not be had.
// Where that is must be known: what events tell there proves nothing.
func (l *liveStream) caughtUp(met uint64, now time.Time) {
	left, known := l.leftBehind()
	if !known {
		l.catchUpLater(now)
		return
	}
	l.mu.Lock()
	l.tries = 0
	l.behind = left
	l.done = max(l.done, met)
	was := l.caught
	l.caught = l.open && l.connected && l.done == l.need && !l.silent
	if l.caught && !was {
		l.caughtAt = now
	}
	changed := l.caught != was
	l.mu.Unlock()
	if changed {
		l.w.e.p.Bus.Publish(event.Batch{Sessions: event.Of(l.w.id)})
	}
}

// leftBehind returns the conversations of which it is known that messages are not
// held; known is false when they could not be read.
func (l *liveStream) leftBehind() (left map[model.ConversationID]struct{}, known bool) {
	ctx, cancel := context.WithTimeout(l.w.e.life, 5*time.Second)
	defer cancel()
	ids, err := l.w.e.p.Store.ConversationsToFetch(ctx, l.w.id, 0) // all
	if err != nil {
		l.w.log.WithError(err).Warn("load what is left to fetch")
		return nil, false
	}
	left = make(map[model.ConversationID]struct{}, len(ids))
	for _, id := range ids {
		left[id] = struct{}{}
	}
	return left, true
}

// isBehind tells whether messages of a conversation are known to be missing.
func (l *liveStream) isBehind(id model.ConversationID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, behind := l.behind[id]
	return behind
}

// streaming tells whether events tell all there is to know.
func (l *liveStream) streaming() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open && !l.silent
}

// fetched holds what a fetch brought against what events told: a message that came
// to be while the stream was open, and of which no event told, was missed.
func (l *liveStream) fetched(r model.BatchResult) {
	if r.Counts.Created == 0 || r.NewestNew == 0 {
		return
	}
	now, margin := l.w.e.p.Now(), l.w.e.p.Timing.Silence
	at := time.Unix(r.NewestNew, 0)
	l.mu.Lock()
	missed := l.caught && at.After(l.caughtAt.Add(margin)) && now.Sub(at) > margin
	silent := false
	if missed {
		l.state.Missed += r.Counts.Created
		if silent = l.messageAt.Before(at); silent {
			l.silent, l.caught = true, false
		}
	}
	l.mu.Unlock()
	if silent {
		l.w.log.Warn("the gateway's socket is open and tells nothing: it is asked every now and then too")
		l.become(model.LiveSilent, "")
	}
}
