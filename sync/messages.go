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
	// messageBatch is how many messages one transaction holds at the most. Larger
	// ones are slower; smaller ones commit too often.
	messageBatch = 5000
	// pipeDepth is how many fetched pieces may wait for the writer; it bounds memory.
	pipeDepth = 4
	// noLimit stands for "all of them": without a limit the gateway gives only
	// what its page has in memory (contract §6).
	noLimit = 1_000_000
	// firstPage is how many messages are asked for where only the news matter.
	firstPage = 50
	// deepest is the largest limit that a fetch grows to by itself when what it
	// got does not reach what is held.
	deepest = 2000
	// longFetch is the deadline of a fetch that walks back through much history.
	longFetch = 3 * time.Minute
)

// syncMessages fetches messages: of one conversation, of those whose newest
// message is not held, or of all. Fetching and writing go side by side.
func (w *worker) syncMessages(ctx context.Context, run *syncRun) (model.PhaseReport, error) {
	ids, cut, err := w.conversationsFor(ctx, run)
	if err != nil {
		return model.PhaseReport{}, err
	}
	pipe := newMessagePipe(ctx, w)
	defer pipe.end()
	report := model.PhaseReport{Cut: cut}
	failed := 0
	var last error
	for i, id := range ids {
		w.advance(run, model.PhaseMessages, i, len(ids))
		if err := w.between(ctx); err != nil {
			last = err
			break
		}
		err := w.fetchInto(ctx, pipe, id, fetchWish{limit: w.fetchLimit(run.scope)})
		if err == nil {
			continue
		}
		if run.scope.Conversation == 0 && ofOneChat(err) {
			failed++ // it will never work, and says nothing of the others
			continue
		}
		last = err
		if ctx.Err() != nil || sessionLost(err) || pipe.broken() {
			break
		}
		failed++ // one conversation's failure does not stop the others
	}
	counts, again, werr := pipe.close()
	report.Counts = counts
	report.Failed += failed
	if last == nil || !sessionLost(last) && ctx.Err() == nil {
		w.deepen(ctx, run, &report, again, w.fetchLimit(run.scope))
	}
	if werr != nil {
		return report, fmt.Errorf("write the messages: %w", werr)
	}
	if last != nil {
		return report, fmt.Errorf("fetch the messages: %w", last)
	}
	return report, nil
}

// ofOneChat tells whether an error says that a conversation cannot be had at all
// (contract §5.1, §12.7).
func ofOneChat(err error) bool {
	switch gateway.KindOf(err) {
	case gateway.KindInvalidChat, gateway.KindNotOnWhatsApp, gateway.KindNotFound:
		return true
	}
	return false
}

// conversationsFor lists whose messages a sync fetches, newest first.
func (w *worker) conversationsFor(ctx context.Context, run *syncRun) (ids []model.ConversationID, cut bool, err error) {
	s, scope := w.e.p.Store, run.scope
	switch {
	case scope.Conversation != 0:
		return []model.ConversationID{scope.Conversation}, false, nil
	case scope.AllMessages:
		ids, err = s.ConversationIDs(ctx, w.id)
	default:
		limit := w.e.p.Settings().ConversationsPerSync
		if run.catchUp {
			limit = max(limit, catchUpFetches)
		}
		ids, err = s.ConversationsToFetch(ctx, w.id, limit+1)
		if len(ids) > limit {
			ids, cut = ids[:limit], true
		}
		if run.also != 0 && !slices.Contains(ids, run.also) {
			ids = append(ids, run.also)
		}
	}
	if err != nil {
		return nil, false, fmt.Errorf("load what to fetch: %w", err)
	}
	return ids, cut, nil
}

// fetchLimit returns how many messages of a conversation are asked for. Without
// a limit in the settings all are, when an owner asks for all; the news of a
// conversation begin with a page and grow until they reach what is held.
func (w *worker) fetchLimit(scope model.SyncScope) int {
	switch limit := w.e.p.Settings().LimitMessages; {
	case limit > 0:
		return limit
	case scope.AllMessages || scope.Conversation != 0:
		return noLimit
	}
	return firstPage
}

// deepen fetches again, with larger limits, conversations where what came does not
// reach what is held: older ones may be missing in between (contract §6: growing
// limits, until a known id turns up).
func (w *worker) deepen(ctx context.Context, run *syncRun, report *model.PhaseReport, again []model.ConversationID, limit int) {
	for len(again) > 0 && limit < deepest {
		limit = min(limit*4, deepest)
		pipe := newMessagePipe(ctx, w)
		defer pipe.end()
		for i, id := range again {
			w.advance(run, model.PhaseMessages, i, len(again))
			if w.between(ctx) != nil {
				break
			}
			if err := w.fetchInto(ctx, pipe, id, fetchWish{limit: limit, purpose: model.ForRepair}); err != nil {
				w.log.WithError(err).Warn("look for missing messages")
			}
		}
		var counts model.Counts
		var err error
		counts, again, err = pipe.close()
		report.Add(counts)
		if err != nil || ctx.Err() != nil {
			return
		}
	}
}

// announce tells everybody which conversations changed.
func (w *worker) announce(results []model.BatchResult) {
	for _, r := range results {
		if r.Counts.Changed() {
			w.live.arrived(r.ConversationID)
		}
	}
	w.tellMessages(results)
}

// tellMessages tells the views and what goes out which conversations changed.
func (w *worker) tellMessages(results []model.BatchResult) {
	batch := event.Batch{Messages: event.Set[model.ConversationID]{}, Incoming: map[model.ConversationID]int{}}
	for _, r := range results {
		shown := r.ConversationID
		if r.ThreadID != 0 {
			shown = r.ThreadID
		}
		if r.Counts.Changed() {
			batch.Messages[r.ConversationID], batch.Messages[shown] = struct{}{}, struct{}{}
			w.outbox.arrived(r.ConversationID)
		}
		if r.NewIncoming > 0 {
			batch.Incoming[shown] += r.NewIncoming
		}
	}
	if len(batch.Messages) == 0 {
		return
	}
	batch.Conversations = event.Of(w.id)
	w.e.p.Bus.Publish(batch)
	w.wantMedia()
}

// FetchMessages brings the newest messages of one conversation.
func (e *Engine) FetchMessages(ctx context.Context, id model.ConversationID) (model.Counts, error) {
	var counts model.Counts
	err := e.onConversation(ctx, id, func(ctx context.Context, w *worker, c model.Conversation) error {
		began := w.e.p.Now()
		var err error
		if err = w.requireConnected(ctx); err == nil {
			counts, err = w.fetchNews(ctx, id)
		}
		w.lookIfLost(err)
		w.record(model.ActivityMessage, "fetch_messages", began, err, func(a *model.Activity) {
			a.Chat, a.Created, a.Updated, a.Unchanged, a.Failed = c.JID, counts.Created, counts.Updated, counts.Unchanged, counts.Failed
		})
		return err
	})
	return counts, err
}

// FetchOlder brings messages older than those that are held. The gateway has
// no cursor, so a larger limit is asked (contract §6). When nothing older
// comes, the phone is asked for more history, where the gateway can: it arrives
// later. more says whether asking again makes sense.
func (e *Engine) FetchOlder(ctx context.Context, id model.ConversationID) (counts model.Counts, more bool, err error) {
	err = e.onConversation(ctx, id, func(ctx context.Context, w *worker, c model.Conversation) error {
		began := w.e.p.Now()
		more, err = w.fetchOlder(ctx, c, &counts)
		w.lookIfLost(err)
		w.record(model.ActivityMessage, "fetch_messages", began, err, func(a *model.Activity) {
			a.Chat, a.Created, a.Updated, a.Unchanged, a.Failed = c.JID, counts.Created, counts.Updated, counts.Unchanged, counts.Failed
		})
		return err
	})
	return counts, more, err
}

func (w *worker) fetchOlder(ctx context.Context, c model.Conversation, counts *model.Counts) (more bool, err error) {
	if err := w.requireConnected(ctx); err != nil {
		return false, err
	}
	limit := max(c.Ledger.FetchLimit, 50) * 2
	*counts, err = w.fetchOne(ctx, c.ID, fetchWish{limit: min(limit, noLimit)})
	if err != nil {
		return false, err
	}
	if counts.Created > 0 {
		return true, nil
	}
	if total := counts.Unchanged + counts.Updated; total >= limit {
		return true, nil // all of them were held: the next limit reaches further
	}
	asked, err := w.e.p.Gateway().SyncHistory(ctx, w.name, string(c.JID))
	switch gateway.KindOf(err) {
	case gateway.KindNone:
		if !asked { // the phone itself has nothing older
			_, err = w.e.p.Store.UpdateConversation(ctx, c.ID, func(c *model.Conversation) { c.Ledger.ReachedBeginning = true })
		}
		return asked, err
	case gateway.KindEndpointMissing:
		return false, nil // this generation cannot ask the phone
	}
	return false, fmt.Errorf("ask the phone for more history: %w", err)
}

// fetchNews fetches the newest messages of a conversation, more of them while
// nothing that came was held although messages are.
func (w *worker) fetchNews(ctx context.Context, id model.ConversationID) (model.Counts, error) {
	var sum model.Counts
	for limit := w.fetchLimit(model.SyncScope{}); ; limit = min(limit*4, deepest) {
		pipe := newMessagePipe(ctx, w)
		err := w.fetchInto(ctx, pipe, id, fetchWish{limit: limit})
		counts, gaps, werr := pipe.close()
		sum.Add(counts)
		switch {
		case err != nil:
			return sum, err
		case werr != nil:
			return sum, fmt.Errorf("write the messages: %w", werr)
		case len(gaps) == 0 || limit >= deepest:
			return sum, nil
		}
	}
}

// fetchOne fetches and writes one conversation's newest messages.
func (w *worker) fetchOne(ctx context.Context, id model.ConversationID, wish fetchWish) (model.Counts, error) {
	pipe := newMessagePipe(ctx, w)
	err := w.fetchInto(ctx, pipe, id, wish)
	counts, _, werr := pipe.close()
	if err == nil && werr != nil {
		err = fmt.Errorf("write the messages: %w", werr)
	}
	return counts, err
}
