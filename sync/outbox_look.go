package sync

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// lookLimit is how many of a conversation's newest messages a look reads first,
	// and lookMost how many at most when they do not reach back to the attempt.
	lookLimit = 50
	lookMost  = 1000
	// lookLongest is the longest wait between two looks.
	lookLongest = 10 * time.Minute
	// looksEnough is how many looks at least a message must not be found in before
	// it is said that it is not there.
	looksEnough = 5
	// afterLink is for how long after a connection the phone is still sending what
	// it has (contract §4.4): a look in that time does not prove that nothing is there.
	afterLink = time.Minute
	// looksGiveUp times Timing.NotFound is after how long it is said that a message
	// was not found although the conversation could never be read back.
	looksGiveUp = 30
)

// lookDue looks for the messages of unknown fate whose time has come, and returns
// when the next one's comes. What is not found stays unknown: only the owner sends
// it again.
func (l *outboxLane) lookDue(ctx context.Context) (next time.Time) {
	items, err := l.w.e.p.Store.OutboxByState(ctx, l.w.id, model.OutboxUnknown)
	if err != nil {
		l.w.log.WithError(err).Warn("load the messages of unknown fate")
		return l.w.e.p.Now().Add(laneRest)
	}
	l.lookAnew(items)
	for _, item := range items {
		if item.NotFound {
			continue // any sync may still bring it, see matchArrived
		}
		due := l.dueLook(item)
		if passed(due, l.w.e.p.Now()) {
			found, err := l.look(ctx, item)
			if err != nil {
				l.w.log.WithError(err).Debug("look for a message of unknown fate")
			}
			if found || ctx.Err() != nil {
				continue
			}
			if item, err = l.w.e.p.Store.OutboxItem(ctx, item.ID); err != nil || item.NotFound {
				continue
			}
			due = l.dueLook(item)
		}
		next = earlier(next, due)
	}
	return next
}

// lookAnew makes all looks due when the session can be used again: those before were
// in vain because it could not, and from now on they are as close as at first.
func (l *outboxLane) lookAnew(items []model.OutboxItem) {
	l.mu.Lock()
	back := l.back
	l.back = false
	l.mu.Unlock()
	if !back {
		return
	}
	for _, item := range items {
		l.misses[item.ID] = missed{looks: item.Looks, due: true}
	}
}

// dueLook returns when to look for a message again: ever more seldom. After the clock was
// set back that counts from the last of what is not in the future; from then on there is
// the look that it makes due.
func (l *outboxLane) dueLook(item model.OutboxItem) time.Time {
	now, missed := l.w.e.p.Now(), l.misses[item.ID]
	if missed.due {
		return now
	}
	var last time.Time
	for _, at := range [...]time.Time{item.AttemptedAt.Time(), item.LookedAt.Time(), missed.at} {
		if at.After(last) && !at.After(now) {
			last = at
		}
	}
	wait := l.w.e.p.Timing.Reconcile
	for n := item.Looks - missed.looks + missed.n; n > 0 && wait < lookLongest; n-- {
		wait *= 2
	}
	return last.Add(min(wait, lookLongest))
}

// missed are failed looks for a message in a row since the session can be used.
type missed struct {
	n     int
	at    time.Time
	looks int  // that were counted before that
	due   bool // none was made since then
}

// look reads the conversation back, stores own messages that it gives and sees
// whether the message is there. A look that failed counts for the wait until the
// next one, but proves nothing.
func (l *outboxLane) look(ctx context.Context, item model.OutboxItem) (found bool, err error) {
	m := l.misses[item.ID]
	m.due, m.at = false, l.w.e.p.Now() // also when it cannot be written down: it is not made again at once
	l.misses[item.ID] = m
	o, err := l.w.outgoing(ctx, item)
	if err != nil {
		return false, err
	}
	seen, lerr := l.readBack(ctx, item)
	if err := l.match(ctx, item.ConversationID); err != nil { // a sync may have brought it, whatever the look did
		return false, err
	}
	if item, err = l.w.e.p.Store.OutboxItem(ctx, item.ID); err != nil || item.State != model.OutboxUnknown {
		return err == nil && item.State == model.OutboxSent, err
	}
	if lerr != nil {
		m.n, m.at = m.n+1, l.w.e.p.Now()
		l.misses[item.ID] = m
		if !l.hopeless(item) {
			return false, fmt.Errorf("read the conversation back: %w", lerr)
		}
	}
	return false, l.looked(ctx, o, item, lerr == nil && l.surely(o, item, seen) || lerr != nil)
}

// looked counts a look that did not find the message, and ends the looking when it
// proves that the message is not there or there is no hope to see.
func (l *outboxLane) looked(ctx context.Context, o *outgoing, item model.OutboxItem, notFound bool) error {
	if err := l.w.e.p.Store.LookedOutbox(ctx, item.ID, l.w.e.stamp(), notFound); err != nil {
		return fmt.Errorf("count the look: %w", err)
	}
	if notFound && !item.NotFound {
		delete(l.misses, item.ID)
		l.w.record(model.ActivityMessage, "message_not_found", o.began, nil, func(a *model.Activity) {
			a.Chat, a.Outcome = o.chat.JID, model.OutcomeUnknown
		})
	}
	l.w.outboxChanged(o.chat.ID)
	return nil
}

// surely tells whether a look proves that the message is not there. The page shows
// a message as soon as it has taken it, but it takes one with a large file, or
// while it is stuck, only minutes after the call; and right after a connection it
// shows old news. A look that shows news from after the attempt proves that the
// page is up to date; one that does not must be repeated for longer. A page that came
// after the attempt has nothing left to take, once it shows what is held.
func (l *outboxLane) surely(o *outgoing, item model.OutboxItem, seen sight) bool {
	needed := l.w.e.p.Timing.NotFound
	if seen.newest <= item.AttemptedAt.Unix() {
		needed *= 2
	}
	if l.newPage(item) && seen.newest >= o.chat.Ledger.Newest.Unix() {
		needed = 0
	}
	return seen.whole && item.Looks+1 >= looksEnough && l.settled() && l.w.e.p.Now().Sub(item.AttemptedAt.Time()) >= needed
}

// newPage tells whether the page is another one than when a message was tried.
func (l *outboxLane) newPage(item model.OutboxItem) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended.After(item.AttemptedAt.Time())
}

// hopeless tells whether a message was looked for in vain for so long, because the
// conversation cannot be read, that the owner must decide.
func (l *outboxLane) hopeless(item model.OutboxItem) bool {
	return l.settled() && l.misses[item.ID].n >= looksEnough &&
		l.w.e.p.Now().Sub(item.AttemptedAt.Time()) >= looksGiveUp*l.w.e.p.Timing.NotFound
}

// settled tells whether the session has been connected long enough to show what it has.
func (l *outboxLane) settled() bool {
	l.mu.Lock()
	linked := l.since
	l.mu.Unlock()
	return l.w.e.p.Now().Sub(linked) >= min(afterLink, l.w.e.p.Timing.NotFound)
}

// sight is what a look saw.
type sight struct {
	newest int64 // second of the newest message, by WhatsApp's clock
	whole  bool  // it reached back to the attempt
}

// readBack reads the newest messages of the conversation, back to the attempt, and
// stores the own ones that may be the message that is looked for. Others are left
// to the syncs: they tell holes in what is held by what is new to them.
func (l *outboxLane) readBack(ctx context.Context, item model.OutboxItem) (sight, error) {
	s, err := l.sender(ctx)
	if err != nil {
		return sight{}, err
	}
	x, err := l.want(ctx, item, s)
	if err != nil {
		return sight{}, err
	}
	seen, err := l.readConversation(ctx, x, s, x.chat)
	if err != nil {
		return seen, err
	}
	return l.readTwins(ctx, x, s, seen)
}

// readTwins does the same with the other conversations with the person: the message
// may be in the one that WhatsApp has moved the chat to (contract §10.1).
func (l *outboxLane) readTwins(ctx context.Context, x *wanted, s sender, seen sight) (sight, error) {
	ids, err := l.w.e.p.Store.Thread(ctx, x.chat.ID)
	if err != nil {
		return seen, fmt.Errorf("load the other conversations with the person: %w", err)
	}
	for _, id := range ids {
		if id == x.chat.ID {
			continue
		}
		c, err := l.w.e.p.Store.Conversation(ctx, id)
		if err != nil {
			return seen, fmt.Errorf("load another conversation with the person: %w", err)
		}
		if !c.NotSeenSince.IsZero() {
			continue // the gateway does not name it any more
		}
		other, err := l.readConversation(ctx, x, s, c)
		if err != nil {
			return seen, err
		}
		seen.newest, seen.whole = max(seen.newest, other.newest), seen.whole && other.whole
	}
	return seen, nil
}

// readConversation is readBack of one conversation.
func (l *outboxLane) readConversation(ctx context.Context, x *wanted, s sender, c model.Conversation) (sight, error) {
	for limit := lookLimit; ; limit = min(limit*4, lookMost) {
		seen, batch, err := l.readPage(ctx, x, s, c, limit)
		if err != nil {
			return seen, err
		}
		if !seen.whole && limit < lookMost {
			continue
		}
		if len(batch.Messages) == 0 {
			return seen, nil
		}
		results, err := l.w.e.p.Store.SaveMessages(ctx, []model.MessageBatch{batch}, l.w.e.stamp())
		if err != nil {
			return seen, fmt.Errorf("write what was read: %w", err)
		}
		l.w.announce(results)
		return seen, nil
	}
}

// readPage reads the newest messages of a conversation and keeps those that may be
// the one that is looked for.
func (l *outboxLane) readPage(ctx context.Context, x *wanted, s sender, c model.Conversation, limit int) (sight, model.MessageBatch, error) {
	batch := model.MessageBatch{ConversationID: c.ID}
	release, err := l.w.slots.side(ctx)
	if err != nil {
		return sight{}, batch, err
	}
	defer release()
	seen, oldest, got := sight{}, int64(math.MaxInt64), 0
	options := gateway.FetchOptions{Limit: limit}
	_, err = l.w.e.p.Gateway().FetchMessages(ctx, l.w.name, string(c.JID), options, func(wire *gateway.Message) error {
		m, err := messageOf(wire)
		if err != nil {
			return nil //nolint:nilerr // one bad message does not spoil the list
		}
		got++
		oldest, seen.newest = min(oldest, m.Unix), max(seen.newest, m.Unix)
		row := model.MessageRow{Message: m.Message}
		row.ID = model.MessageIDAt(m.Unix)
		if m.FromMe && x.could(&row, s) != model.Different {
			batch.Messages = append(batch.Messages, m)
		}
		return nil
	})
	l.w.e.heard(err)
	l.w.lookIfLost(err)
	seen.whole = oldest <= x.since || got < limit
	return seen, batch, err
}

// arrivedFor tells whether messages came in a conversation or another one with the same person.
func (l *outboxLane) arrivedFor(ctx context.Context, changed map[model.ConversationID]struct{}, id model.ConversationID) bool {
	ids, err := l.w.e.p.Store.Thread(ctx, id)
	if err != nil {
		l.w.log.WithError(err).Warn("load the other conversations with the person")
		ids = []model.ConversationID{id}
	}
	return slices.ContainsFunc(ids, func(id model.ConversationID) bool {
		_, arrived := changed[id]
		return arrived
	})
}

// matchArrived sees whether messages that came by any way are ones of unknown fate.
func (l *outboxLane) matchArrived(ctx context.Context) {
	l.mu.Lock()
	changed, all := l.changed, l.all
	l.changed, l.all = map[model.ConversationID]struct{}{}, false
	l.mu.Unlock()
	if len(changed) == 0 && !all {
		return
	}
	items, err := l.w.e.p.Store.OutboxByState(ctx, l.w.id, model.OutboxUnknown)
	if err != nil {
		l.w.log.WithError(err).Warn("load the messages of unknown fate")
		return
	}
	done := map[model.ConversationID]bool{}
	for _, item := range items {
		if done[item.ConversationID] || !all && !l.arrivedFor(ctx, changed, item.ConversationID) {
			continue
		}
		done[item.ConversationID] = true
		if err := l.match(ctx, item.ConversationID); err != nil {
			l.w.log.WithError(err).Warn("see whether a message of unknown fate has come")
		}
	}
}
