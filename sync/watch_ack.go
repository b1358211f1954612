package sync

import (
	"context"
	"time"

	"github.com/xappiens/buzon/model"
)

const (
	// ackWithin is how far back own messages without a tick are looked for: an
	// older one is no news.
	ackWithin = 12 * time.Hour
	// ackChats is how many conversations are asked about such messages at a time.
	ackChats = 3
	// ackPage is how many messages of each are fetched.
	ackPage = 50
)

// watchAcks says that own messages do not get further than the gateway. Before
// that their conversations are fetched, because ticks may only not have been
// told (contract §2, DISABLED_CALLBACKS). It must run on the loop.
func (w *worker) watchAcks(ctx context.Context) {
	if !w.connected.Load() {
		return
	}
	ids, n := w.unsent(ctx)
	if n == 0 {
		w.lower(model.ConditionAckStuck)
		return
	}
	for _, id := range head(ids, ackChats) {
		if w.between(ctx) != nil || w.session.State != model.StateConnected {
			return
		}
		if _, err := w.fetchOne(ctx, id, fetchWish{limit: ackPage}); err != nil {
			w.log.WithError(err).Debug("ask for the ticks of own messages")
			w.lookIfLost(err)
			return // nothing is proven
		}
	}
	if _, n = w.unsent(ctx); n == 0 {
		w.lower(model.ConditionAckStuck)
		return
	}
	w.raise(model.Condition{Kind: model.ConditionAckStuck, Count: n})
}

// unsent returns the conversations with own messages that are without a tick for
// too long, and the number of these messages.
func (w *worker) unsent(ctx context.Context) ([]model.ConversationID, int) {
	skew, _ := w.skew()
	now := w.e.p.Now().Add(skew) // the times of messages are the gateway's
	from := max(now.Add(-ackWithin).Unix(), w.session.ConnectedSince.Time().Add(skew).Unix())
	ids, n, err := w.e.p.Store.UnsentMessages(ctx, w.id, from, now.Add(-w.e.p.Timing.AckLate).Unix(), ackChats)
	if err != nil {
		w.log.WithError(err).Warn("look for own messages without a tick")
		return nil, 0
	}
	return ids, n
}
