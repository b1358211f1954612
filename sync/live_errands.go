package sync

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
)

const (
	// errandsOnce is how many calls the loop makes for events before it looks for
	// other work.
	errandsOnce = 10
	// refreshMost is how many conversations are asked for one by one; of more, the
	// list is read.
	refreshMost = 30
	// heardMost bounds the conversations of which it is known when an event told of them.
	heardMost = 10_000
	// errandAgain is how long a conversation that could not be fetched is left alone.
	errandAgain = 5 * time.Minute
)

// errands are the calls that events ask for: the applier notes them, the loop
// makes them.
type errands struct {
	l *liveStream

	mu      sync.Mutex
	chats   map[model.JID]time.Time            // to be asked for anew, and when
	fetches map[model.ConversationID]time.Time // to be fetched, and when
	lost    []unheld                           // messages that something was told of and that are not held
	fetchAt time.Time                          // when to fetch where the newest message is not held; zero never
	failed  map[model.ConversationID]time.Time // not again before
	heardAt map[model.JID]chatHeard            // what events last told of whole conversations
	listAt  time.Time                          // when the list of conversations was asked for that came last
}

func newErrands(l *liveStream) errands {
	return errands{
		l: l, chats: map[model.JID]time.Time{}, fetches: map[model.ConversationID]time.Time{}, failed: map[model.ConversationID]time.Time{},
		heardAt: map[model.JID]chatHeard{},
	}
}

// refresh has a conversation asked for anew after a while; many wishes are one.
func (c *errands) refresh(jid model.JID, after time.Duration) {
	at := c.l.w.e.p.Now().Add(after)
	c.mu.Lock()
	if old, known := c.chats[jid]; !known || at.Before(old) {
		c.chats[jid] = at
	}
	c.mu.Unlock()
	c.l.w.nudge()
}

// chatHeard is when an event told all of a conversation, and of which last activity.
type chatHeard struct {
	at   time.Time
	last model.Stamp
}

// told takes note that an event told all there is to know of a conversation, and of
// which last activity; zero is not known. It returns false for one that is from
// before another: what it tells is not to be taken, and is asked for.
func (c *errands) told(jid model.JID, at time.Time, last model.Stamp) bool {
	c.mu.Lock()
	before := c.heardAt[jid]
	late := last != 0 && last < before.last
	if !late {
		delete(c.chats, jid)
		if len(c.heardAt) >= heardMost {
			clear(c.heardAt)
		}
		c.heardAt[jid] = chatHeard{at, max(before.last, last)}
	}
	c.mu.Unlock()
	if late {
		c.refresh(jid, c.l.w.e.p.Timing.Settle)
	}
	return !late
}

// fresher tells whether an event told of a conversation after a list of them was
// asked for: what the list says of it may be older.
func (c *errands) fresher(jid model.JID, list time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	heard, told := c.heardAt[jid]
	return told && heard.at.After(list)
}

// listed takes note that a list of conversations comes, and when it was asked for.
func (c *errands) listed(asked time.Time) {
	c.mu.Lock()
	c.listAt = asked
	c.mu.Unlock()
}

// listedSince tells whether a list was asked for after an event was heard that tells
// of a conversation. As the list need not name it, it is asked for anew.
func (c *errands) listedSince(jid model.JID, heard time.Time) bool {
	c.mu.Lock()
	since := heard.Before(c.listAt)
	c.mu.Unlock()
	if since {
		c.refresh(jid, c.l.w.e.p.Timing.Settle)
	}
	return since
}

// fetch has the newest messages of a conversation fetched after a while.
func (c *errands) fetch(id model.ConversationID, after time.Duration) {
	at := c.l.w.e.p.Now().Add(after)
	c.mu.Lock()
	if old, known := c.fetches[id]; !known || at.Before(old) {
		c.fetches[id] = at
	}
	c.mu.Unlock()
	c.l.w.nudge()
}

// fetchSoon has the conversations fetched whose newest message is not held.
func (c *errands) fetchSoon() {
	at := c.l.w.e.p.Now().Add(c.l.w.e.p.Timing.Settle)
	c.mu.Lock()
	if c.fetchAt.IsZero() {
		c.fetchAt = at
	}
	c.mu.Unlock()
	c.l.w.nudge()
}

// missing notes a message that something was told of and that is not held: unless
// it comes by itself in a while, it was missed.
func (c *errands) missing(u unheld) {
	c.mu.Lock()
	if len(c.lost) < unheldMost {
		c.lost = append(c.lost, u)
	}
	c.mu.Unlock()
	c.l.w.nudge()
}

// next returns when there is something to do; zero never.
func (c *errands) next() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.fetchAt
	for _, at := range c.chats {
		next = earlier(next, at)
	}
	for _, at := range c.fetches {
		next = earlier(next, at)
	}
	if len(c.lost) > 0 {
		next = earlier(next, c.lost[0].at.Add(c.l.w.e.p.Timing.Settle))
	}
	return next
}

// do makes the calls that are due. It belongs to the loop.
func (c *errands) do(ctx context.Context) {
	c.doLost(ctx)
	if jids, many := c.takeChats(); many {
		c.l.w.poll()
	} else {
		for _, jid := range jids {
			c.l.w.runJobs()
			if err := c.doChat(ctx, jid); err != nil {
				c.l.w.log.WithError(err).Debug("ask for a conversation that an event named")
				if sessionLost(err) || ctx.Err() != nil {
					return
				}
			}
		}
	}
	ids := c.takeFetches(ctx)
	for _, id := range ids {
		c.l.w.runJobs()
		if _, err := c.l.w.fetchNews(ctx, id); err != nil {
			c.l.w.log.WithError(err).Debug("fetch a conversation that an event named")
			c.failed[id] = c.l.w.e.p.Now().Add(errandAgain)
			if sessionLost(err) || ctx.Err() != nil {
				return
			}
		}
	}
	if len(ids) > 0 {
		c.l.fewerBehind()
	}
}

// takeChats takes out the conversations that are due; many says that reading the
// list is cheaper.
func (c *errands) takeChats() (jids []model.JID, many bool) {
	now := c.l.w.e.p.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.chats) > refreshMost {
		clear(c.chats)
		return nil, true
	}
	for jid, at := range c.chats {
		if len(jids) < errandsOnce && passed(at, now) {
			jids = append(jids, jid)
			delete(c.chats, jid)
		}
	}
	return jids, false
}

// doChat asks for a conversation and writes what it says.
func (c *errands) doChat(ctx context.Context, jid model.JID) error {
	w, began := c.l.w, c.l.w.e.p.Now()
	chat, err := w.e.p.Gateway().ChatByID(ctx, w.name, string(jid))
	w.e.heard(err)
	if err != nil || chat.IsChannel {
		return err
	}
	in, err := conversationOf(w.id, chat)
	if err != nil {
		return err
	}
	if known := in.Conversation.JID; c.fresher(known, began) || w.acts.since(known, "", began) {
		c.refresh(known, w.e.p.Timing.Settle) // the answer may be from before
		return nil
	}
	in.Conversation.Name = formatName(in.Conversation.Name, in.Conversation.JID.Phone())
	if err := w.e.p.Store.SaveConversations(ctx, w.id, []model.ConversationIn{in}, w.e.stamp()); err != nil {
		return fmt.Errorf("write a conversation: %w", err)
	}
	w.stale.Store(true)
	w.e.p.Bus.Publish(event.Batch{Conversations: event.Of(w.id)})
	c.fetchSoon()
	return nil
}

// takeFetches takes out the conversations whose messages are to be fetched now.
func (c *errands) takeFetches(ctx context.Context) (ids []model.ConversationID) {
	w, now := c.l.w, c.l.w.e.p.Now()
	c.mu.Lock()
	for id, at := range c.fetches {
		if len(ids) < errandsOnce && passed(at, now) {
			ids = append(ids, id)
			delete(c.fetches, id)
		}
	}
	soon := passed(c.fetchAt, now)
	if soon {
		c.fetchAt = time.Time{}
	}
	c.mu.Unlock()
	if _, pending := c.l.catchUpDue(); !soon || pending {
		return ids // the catch-up fetches them
	}
	wanted, err := w.e.p.Store.ConversationsToFetch(ctx, w.id, errandsOnce)
	if err != nil {
		w.log.WithError(err).Warn("load what to fetch")
	}
	for _, id := range wanted {
		if now.After(c.failed[id]) {
			delete(c.failed, id)
			ids = append(ids, id)
		}
	}
	return ids
}

// doLost looks which messages, that something was told of, have not come: they are
// fetched unless they are older than what is held.
func (c *errands) doLost(ctx context.Context) {
	w, now := c.l.w, c.l.w.e.p.Now()
	c.mu.Lock()
	n := 0
	for n < len(c.lost) && passed(c.lost[n].at.Add(w.e.p.Timing.Settle), now) {
		n++
	}
	due := c.lost[:n]
	if c.lost = c.lost[n:]; len(c.lost) == 0 {
		c.lost = nil
	}
	c.mu.Unlock()
	asked := map[model.ConversationID]bool{}
	for _, u := range due {
		if asked[u.conversation] {
			continue
		}
		if w.outbox.sendingIn(u.conversation) {
			u.at = now // it may be what is being sent
			c.missing(u)
			continue
		}
		held, err := w.e.p.Store.MessageHeld(ctx, u.conversation, u.in.FromMe, u.in.ShortID)
		if err != nil {
			w.log.WithError(err).Warn("look for a message that an event named")
			continue
		}
		if held { // it may have come just before what was told of it was kept
			c.l.arrived(u.conversation)
			continue
		}
		conversation, err := w.e.p.Store.Conversation(ctx, u.conversation)
		if err == nil && u.in.Unix >= conversation.Ledger.Newest.Unix() {
			asked[u.conversation] = true
			c.fetch(u.conversation, 0)
		}
	}
}

// fewerBehind looks anew where messages are known to be missing.
func (l *liveStream) fewerBehind() {
	l.mu.Lock()
	none := len(l.behind) == 0
	l.mu.Unlock()
	if none {
		return
	}
	left, known := l.leftBehind()
	if !known {
		return // those that were behind stay so
	}
	l.mu.Lock()
	l.behind = left
	l.mu.Unlock()
}
