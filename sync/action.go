package sync

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// perform makes the call of an action, once.
type perform func(ctx context.Context, o *outgoing) result

// action returns what carries a kind of action out; ok is false for messages.
func (w *worker) action(kind model.OutboxKind) (f perform, ok bool) {
	f, ok = map[model.OutboxKind]perform{
		model.OutboxStar: w.star,
	}[kind]
	return f, ok
}

// star marks a message with a star, or takes it off.
func (w *worker) star(ctx context.Context, o *outgoing) result {
	message, chat, err := w.target(ctx, o)
	if err != nil {
		return result{err: refusal(err)}
	}
	call := w.e.p.Gateway().Unstar
	if o.payload.On {
		call = w.e.p.Gateway().Star
	}
	return result{err: call(ctx, w.name, refOf(&message, chat)), again: true}
}
