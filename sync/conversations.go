package sync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

const (
	// sinceOverlap is how far before the last sync a scheduled one asks again:
	// clocks differ, and history comes late after pairing (contract §4.4).
	sinceOverlap = 24 * time.Hour
	// historyArrives is for how long after a connection older chats may still come.
	historyArrives = 30 * time.Minute
	// fallbackChats is how many known chats are asked for one by one when the
	// whole list fails (contract §12.2).
	fallbackChats = 20
)

// conversationPhase reads the chat list once and writes what changed. While the
// list comes, it belongs to the goroutine of a lane.
type conversationPhase struct {
	w      *worker
	run    *syncRun
	ctx    context.Context
	held   map[model.JID]model.ConversationEntry // as the last sync left it; nil when that is not known
	index  map[model.JID]model.ConversationEntry // what is held; nil before ready
	before int                                   // the worker's changes when the list began
	limit  int
	began  time.Time // the list was asked for
	seen   map[model.JID]struct{}
	batch  []model.ConversationIn
	back   []model.ConversationID
	report model.PhaseReport
}

// syncConversations brings the conversations in step. Those that a whole list
// does not name are marked, never deleted.
func (w *worker) syncConversations(ctx context.Context, run *syncRun) (model.PhaseReport, error) {
	p := &conversationPhase{
		w: w, run: run, ctx: ctx, limit: w.e.p.Settings().LimitConversations, began: w.e.p.Now(),
	}
	w.forgetStale()
	p.held, w.heldChats, p.before = w.heldChats, nil, w.changes
	list, whole, err := p.fetch()
	w.e.heard(err)
	p.report.Failed += list.Bad
	for _, problem := range list.Problems {
		w.log.WithField("index", problem.Index).WithError(problem.Err).Warn("skip a conversation that cannot be read")
	}
	if kind := gateway.KindOf(err); kind == gateway.KindServer || kind == gateway.KindTimeout || kind == gateway.KindMalformed {
		p.oneByOne()
	}
	if ferr := p.finish(whole && err == nil && list.Bad == 0); err == nil {
		err = ferr
	}
	if whole && err == nil {
		p.syncLabelled()
	}
	if err == nil {
		w.lookUpPeople(ctx)
	}
	if p.report.Changed() {
		w.e.p.Bus.Publish(event.Batch{Conversations: event.Of(w.id)})
	}
	if err != nil {
		return p.report, fmt.Errorf("sync the conversations: %w", err)
	}
	if whole && p.report.Created == 0 {
		w.lastFull = w.e.p.Now() // a list that still grew is asked for again
	}
	return p.report, nil
}

// ready loads what is held.
func (p *conversationPhase) ready() (err error) {
	if p.index != nil {
		return nil
	}
	if p.index = p.held; p.index == nil {
		if p.index, err = p.w.e.p.Store.ConversationIndex(p.ctx, p.w.id); err != nil {
			return fmt.Errorf("load the held conversations: %w", err)
		}
	}
	p.seen = make(map[model.JID]struct{}, len(p.index))
	p.w.chats.begin(len(p.index))
	return nil
}

// fetch reads the list: all of it when an owner asked or once in a while, else
// only what moved lately, where the gateway can tell (contract §5.1).
func (p *conversationPhase) fetch() (list gateway.ListReport, whole bool, err error) {
	w, gw := p.w, p.w.e.p.Gateway()
	since, enough := w.listSince(p.run)
	if enough {
		if err := p.ready(); err != nil {
			return list, false, err
		}
	}
	if enough && len(p.index) > 0 {
		err = p.read(func(add func(*gateway.Chat) error) (err error) {
			list, err = gw.ChatsSince(p.ctx, w.name, gateway.ChatsFilter{Since: since.Unix()}, add)
			return err
		})
		if gateway.KindOf(err) != gateway.KindEndpointMissing {
			return list, false, err
		}
	}
	err = p.read(func(add func(*gateway.Chat) error) (err error) {
		list, err = gw.Chats(p.ctx, w.name, add)
		return err
	})
	return list, true, err
}

// read reads a list and works on it side by side.
func (p *conversationPhase) read(list func(add func(*gateway.Chat) error) error) error {
	items := newLane(p.w, p.ready, p.add)
	err := p.w.whenReady(p.ctx, func() error {
		return p.w.aside(func() error { return list(items.put) })
	})
	if lerr := items.close(); err == nil {
		err = lerr
	}
	return err
}

// listSince tells whether it is enough to ask for what moved since a time.
func (w *worker) listSince(run *syncRun) (since time.Time, enough bool) {
	if run.poll && !w.session.LastSyncAt.IsZero() && w.session.Generation == string(gateway.GenerationA) {
		return w.e.p.Now().Add(-pollOverlap), true
	}
	return w.session.LastSyncAt.Time().Add(-sinceOverlap), run.byself && w.listIsFresh()
}

// listIsFresh tells whether a whole list was read lately, so that asking for
// what moved since is enough. In the first while after a connection it is not:
// the phone sends its history over minutes (contract §4.4).
func (w *worker) listIsFresh() bool {
	now := w.e.p.Now()
	return !w.session.LastSyncAt.IsZero() && w.session.Generation == string(gateway.GenerationA) &&
		now.Sub(w.lastFull) < w.e.p.Timing.FullList && now.Sub(w.session.ConnectedSince.Time()) > historyArrives
}

// add takes one chat off the list; see contactPhase.add on repetitions.
func (p *conversationPhase) add(wire *gateway.Chat) error {
	if wire.IsChannel {
		return nil // channels are no conversations
	}
	if r, ok := p.w.chats.recall(wire.Sum); ok && p.index[r.jid].Fingerprint == r.fingerprint {
		return p.take(model.ConversationIn{Conversation: model.Conversation{JID: r.jid, Fingerprint: r.fingerprint}})
	}
	in, err := conversationOf(p.w.id, wire)
	if err != nil {
		p.report.Failed++
		return nil
	}
	p.w.chats.keep(wire.Sum, in.Conversation.JID, in.Conversation.Fingerprint)
	return p.take(in)
}

func (p *conversationPhase) take(in model.ConversationIn) error {
	jid := in.Conversation.JID
	if len(p.seen) == 0 {
		p.w.live.chore.listed(p.began)
	}
	if _, again := p.seen[jid]; again {
		return nil
	}
	p.seen[jid] = struct{}{}
	held, known := p.index[jid]
	switch {
	case known && (held.Fingerprint == in.Conversation.Fingerprint || p.newerTold(jid)):
		p.report.Unchanged++
		if held.NotSeen {
			p.back = append(p.back, held.ID)
		}
	case known:
		p.report.Updated++
		p.put(in)
	case p.limit > 0 && len(p.seen) > p.limit:
		p.report.Cut = true
	default:
		p.report.Created++
		p.put(in)
	}
	if len(p.seen)%100 == 0 {
		p.w.advance(p.run, model.PhaseConversations, len(p.seen), 0)
	}
	if len(p.batch) >= listBatch {
		return p.write()
	}
	return nil
}

// newerTold tells whether an event told of a conversation since the list was asked
// for, or the owner changed it. Which of the two is right nobody can say, as events
// come late too: the conversation is asked for by itself.
func (p *conversationPhase) newerTold(jid model.JID) bool {
	chores := &p.w.live.chore
	if !chores.fresher(jid, p.began) && !p.w.acts.since(jid, "", p.began) {
		return false
	}
	chores.refresh(jid, p.w.e.p.Timing.Settle)
	return true
}

func (p *conversationPhase) put(in model.ConversationIn) {
	in.Conversation.Name = formatName(in.Conversation.Name, in.Conversation.JID.Phone())
	p.batch = append(p.batch, in)
}

// write writes a batch, without those that something newer was told of meanwhile:
// it fills while the list comes.
func (p *conversationPhase) write() error {
	p.batch = slices.DeleteFunc(p.batch, func(in model.ConversationIn) bool { return p.newerTold(in.Conversation.JID) })
	if len(p.batch) == 0 {
		return nil
	}
	if err := p.w.e.p.Store.SaveConversations(p.ctx, p.w.id, p.batch, p.w.e.stamp()); err != nil {
		return fmt.Errorf("write %d conversations: %w", len(p.batch), err)
	}
	p.batch = p.batch[:0]
	return nil
}

// oneByOne refreshes the newest known conversations when the gateway cannot
// give the list, which one broken chat is enough for. It stops at the first
// that fails too.
func (p *conversationPhase) oneByOne() {
	ids, err := p.w.e.p.Store.ConversationIDs(p.ctx, p.w.id)
	if err == nil {
		err = p.ready()
	}
	if err != nil {
		p.w.log.WithError(err).Warn("load the conversations")
		return
	}
	failed := 0
	for _, id := range head(ids, fallbackChats) {
		if p.w.between(p.ctx) != nil || failed == 3 {
			return
		}
		held, err := p.w.e.p.Store.Conversation(p.ctx, id)
		if err != nil {
			continue
		}
		chat, err := p.w.e.p.Gateway().ChatByID(p.ctx, p.w.name, string(held.JID))
		if err != nil {
			failed++
			continue
		}
		if err := p.add(chat); err != nil {
			p.w.log.WithError(err).Warn("take a conversation")
		}
	}
}

// finish writes the rest; see contactPhase.finish on whole.
func (p *conversationPhase) finish(whole bool) error {
	if err := p.ready(); err != nil {
		return err
	}
	p.w.chats.end(whole)
	if err := p.write(); err != nil {
		return err
	}
	s := p.w.e.p.Store
	if err := s.MarkConversationsSeen(p.ctx, p.back); err != nil {
		return fmt.Errorf("mark the conversations that are back: %w", err)
	}
	if !whole || len(p.seen) == 0 {
		return nil
	}
	var gone []model.ConversationID
	for jid, held := range p.index {
		if _, named := p.seen[jid]; named {
			continue
		}
		p.report.NotSeen++
		if !held.NotSeen {
			gone = append(gone, held.ID)
		}
	}
	if err := s.MarkConversationsNotSeen(p.ctx, gone, p.w.e.stamp()); err != nil {
		return fmt.Errorf("mark the conversations that are gone: %w", err)
	}
	if len(gone) == 0 && len(p.back) == 0 && !p.report.Changed() && p.before == p.w.changes {
		p.w.heldChats = p.index
	}
	return nil
}
