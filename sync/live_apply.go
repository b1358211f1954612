package sync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// applyMost is how many events one transaction takes at the most.
	applyMost = 500
	// ownLongest is how long an own message waits for the answer to what is being sent.
	ownLongest = 20 * time.Second
)

// applier brings events into the store, on a goroutine of its own. It makes no
// calls: what needs the page is left to the errands of the loop.
type applier struct {
	l   *liveStream
	w   *worker
	ids map[model.JID]model.ConversationID // conversations that were asked for before
	set *unheldSet
	own []heard // own messages that may be what is being sent: they wait for the answer

	reacted map[reactionKey]model.Stamp // when the newest reactions that events told were made
}

// reactionKey is one person's reaction to one message.
type reactionKey struct {
	of model.ConversationID
	id model.ShortID
	by model.JID
}

// reactedMost bounds the reactions whose time is remembered.
const reactedMost = 2000

func newApplier(l *liveStream) applier {
	return applier{
		l: l, w: l.w, ids: map[model.JID]model.ConversationID{}, set: newUnheldSet(),
		reacted: map[reactionKey]model.Stamp{},
	}
}

// loop runs until the engine closes.
func (a *applier) loop() {
	ctx := a.w.e.life
	tick := time.NewTicker(ownLongest / 4)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-a.l.queue.wake:
		case <-tick.C:
			if len(a.own) == 0 {
				continue
			}
		}
		waited := a.own
		a.own = nil
		for ctx.Err() == nil {
			events, again := append(waited, a.l.queue.take(applyMost)...), a.set.retries()
			waited = nil
			if len(events) == 0 && len(again) == 0 {
				break
			}
			a.apply(ctx, events, again)
		}
	}
}

// apply brings what waits into the store. An event that cannot be brought alone
// either is dropped, and a catch-up has to bring it.
func (a *applier) apply(ctx context.Context, events []heard, again []unheld) {
	if a.all(ctx, events, again) == nil || ctx.Err() != nil {
		return
	}
	clear(a.ids) // the store may be another one
	for i := range again {
		if a.all(ctx, nil, again[i:i+1]) != nil {
			a.set.keep(again[i]) // until something comes there again
		}
	}
	for i := range events {
		if err := a.all(ctx, events[i:i+1], nil); err != nil && ctx.Err() == nil {
			a.w.log.WithField("event", string(events[i].Type)).WithError(err).Warn("apply an event")
			a.l.overflowed()
		}
	}
}

// all applies events together. A fault in it ends neither the program nor the stream.
func (a *applier) all(ctx context.Context, events []heard, again []unheld) (err error) {
	err = errors.New("applying events failed inside the program")
	a.w.guard("events", func() {
		n := news{a: a, ctx: ctx, index: map[model.ConversationID]*arrival{}}
		for _, u := range again {
			n.again(u)
		}
		for i := range events {
			if err = n.take(&events[i]); err != nil {
				return
			}
		}
		if err = n.write(); err == nil {
			a.own = append(a.own, n.waits...)
		}
	})
	return err
}

// waits tells whether an event names an own message that may be the one that is
// being sent: until the answer comes, the row of it is shown in its place.
func (a *applier) waits(ctx context.Context, h *heard) bool {
	m := h.Message
	if h.Chat != nil {
		m = h.Chat.LastMessage
	}
	if m == nil || !m.FromMe || h.Type == gateway.EventMessageAck || a.w.outbox.sending.Load() == 0 || a.w.e.p.Now().Sub(h.at) > ownLongest {
		return false
	}
	jid, ok := chatOf(m)
	if !ok {
		return false
	}
	id, err := a.conversation(ctx, jid)
	return err == nil && a.w.outbox.sendingIn(id)
}

// conversation returns the key of a conversation, zero when it is not held. The
// store is asked once for each.
func (a *applier) conversation(ctx context.Context, jid model.JID) (model.ConversationID, error) {
	if id, known := a.ids[jid]; known {
		return id, nil
	}
	c, err := a.w.e.p.Store.ConversationByJID(ctx, a.w.id, jid)
	if ProblemKind(err) == model.ProblemNotFound {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("find the conversation of an event: %w", err)
	}
	a.ids[jid] = c.ID
	return c.ID, nil
}

// begin makes the conversation of a message of somebody who is new. What else is
// to be known of it is asked for soon.
func (a *applier) begin(ctx context.Context, jid model.JID, m *gateway.Message) (model.ConversationID, error) {
	name := jid.Phone().Plus()
	if !m.FromMe && !jid.IsGroup() {
		if own := model.CleanLine(m.NotifyName, model.MaxName); own != "" {
			name = own
		}
	}
	if name == "" {
		name = jid.User()
	}
	c, err := a.w.e.p.Store.EnsureConversation(ctx, a.w.id, jid, formatName(name, jid.Phone()), a.w.e.stamp())
	if err != nil {
		return 0, fmt.Errorf("begin the conversation of an event: %w", err)
	}
	a.ids[jid] = c.ID
	a.w.stale.Store(true)
	a.l.chore.refresh(jid, 0)
	return c.ID, nil
}

// outdated tells whether a reaction was told after a newer one of the same person.
func (a *applier) outdated(k reactionKey, at model.Stamp) bool {
	if at == 0 {
		return false
	}
	if newest, known := a.reacted[k]; known && at < newest {
		return true
	}
	if len(a.reacted) >= reactedMost {
		clear(a.reacted)
	}
	a.reacted[k] = at
	return false
}

// arrival is what events told of the messages of one conversation.
type arrival struct {
	id    model.ConversationID
	jid   model.JID
	live  bool
	begun bool // the conversation was not held
	in    []model.MessageIn
	later []model.MessageIn // what happened to messages that may come in the same news
}

// news is what a number of events come to.
type news struct {
	a       *applier
	ctx     context.Context
	order   []*arrival
	index   map[model.ConversationID]*arrival
	chats   []toldChat
	removed []model.ConversationID
	votes   []unheld
	waits   []heard  // left for later
	after   []func() // what is done when all is written
}

// at returns where the messages of a conversation are gathered.
func (n *news) at(id model.ConversationID, jid model.JID) *arrival {
	to := n.index[id]
	if to == nil {
		to = &arrival{id: id, jid: jid, live: !n.a.l.isBehind(id)}
		n.index[id] = to
		n.order = append(n.order, to)
	}
	return to
}

// write brings all of it into the store: messages first, as what is told of a
// conversation names its newest one.
func (n *news) write() error {
	if err := n.writeMessages(); err != nil {
		return err
	}
	s := n.a.w.e.p.Store
	if chats := n.notOutdated(); len(chats) > 0 {
		if err := s.SaveConversations(n.ctx, n.a.w.id, chats, n.a.w.e.stamp()); err != nil {
			return fmt.Errorf("write conversations of events: %w", err)
		}
		n.a.l.chore.fetchSoon()
	}
	if err := s.MarkConversationsNotSeen(n.ctx, n.removed, n.a.w.e.stamp()); err != nil {
		return fmt.Errorf("mark the conversations that were removed: %w", err)
	}
	if len(n.chats)+len(n.removed) > 0 {
		n.a.w.stale.Store(true)
		n.a.w.e.p.Bus.Publish(event.Batch{Conversations: event.Of(n.a.w.id)})
	}
	if err := n.writeVotes(); err != nil {
		return err
	}
	for _, f := range n.after {
		f()
	}
	return nil
}

// toldChat is what an event told of a whole conversation.
type toldChat struct {
	in model.ConversationIn
	at time.Time // it was heard
}

// notOutdated returns what was told of conversations since they were last listed.
// What waited longer is older than what is held; of its conversation is asked anew.
func (n *news) notOutdated() (chats []model.ConversationIn) {
	for _, c := range n.chats {
		if n.a.l.chore.listedSince(c.in.Conversation.JID, c.at) {
			continue
		}
		chats = append(chats, c.in)
	}
	return chats
}

func (n *news) writeMessages() error {
	if len(n.order) == 0 {
		return nil
	}
	batches := make([]model.MessageBatch, len(n.order))
	for i, to := range n.order {
		to.in = append(to.in, to.later...)
		batches[i] = model.MessageBatch{ConversationID: to.id, Messages: to.in, Live: to.live}
	}
	results, err := n.a.w.e.p.Store.SaveMessages(n.ctx, batches, n.a.w.e.stamp())
	if err != nil {
		return fmt.Errorf("write messages of events: %w", err)
	}
	n.a.w.tellMessages(results) // what was told of them before came with them: see whole
	for i, r := range results {
		if err := n.follow(n.order[i], r); err != nil {
			return err
		}
	}
	return nil
}

// follow does what the arrival of messages entails.
func (n *news) follow(to *arrival, r model.BatchResult) error {
	for _, i := range r.Unheld {
		u := unheld{conversation: to.id, jid: to.jid, in: to.in[i], at: n.a.w.e.p.Now()}
		n.a.set.keep(u)
		n.a.l.chore.missing(u)
	}
	for i := range to.in {
		if !to.in[i].Told.OnlyHeld() {
			n.a.set.forget(identityOf(to.id, &to.in[i]))
		}
	}
	if r.NewIncoming > 0 {
		n.a.l.chore.refresh(to.jid, n.a.w.e.p.Timing.Settle) // unless the gateway tells how many are unread
	}
	if to.begun {
		// Others may have come before it.
		_, err := n.a.w.e.p.Store.UpdateConversation(n.ctx, to.id, func(c *model.Conversation) { c.Ledger.NeedsFetch = true })
		if err != nil {
			return fmt.Errorf("note that messages may be missing: %w", err)
		}
	}
	if r.Counts.Created > 0 && (r.State == model.LedgerFilling || to.begun) {
		n.a.l.chore.fetchSoon()
	}
	return nil
}

// writeVotes writes what people chose in polls that are held.
func (n *news) writeVotes() error {
	s := n.a.w.e.p.Store
	for _, u := range n.votes {
		row, err := s.MessageByShortID(n.ctx, u.conversation, u.in.FromMe, u.in.ShortID)
		if ProblemKind(err) == model.ProblemNotFound {
			n.a.set.keep(u)
			n.a.l.chore.missing(u)
			continue
		}
		if err != nil {
			return fmt.Errorf("find the poll of a vote: %w", err)
		}
		changed, err := s.SavePollVotes(n.ctx, row.ID, u.votes)
		if err != nil {
			return fmt.Errorf("write the vote of an event: %w", err)
		}
		if changed {
			n.a.w.e.p.Bus.Publish(event.Batch{Messages: event.Of(u.conversation)})
		}
	}
	return nil
}
