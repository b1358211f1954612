package outbox

import (
	"context"

	"github.com/xappiens/buzon/model"
)

// Service is what the screen asks of the program. Every method may block.
type Service interface {
	// List returns outgoing rows in the order of sending.
	List(ctx context.Context, q model.OutboxQuery) ([]model.OutboxRow, error)
	Counts(ctx context.Context) (model.OutboxCounts, error)
	// Edit changes the text of a row that waits or was refused.
	Edit(ctx context.Context, id model.OutboxID, text string) error
	// Move puts a row before another one of its conversation; zero: to its end.
	Move(ctx context.Context, id, before model.OutboxID) error
	// SendAgain queues a row once more that was refused or whose fate is unknown.
	SendAgain(ctx context.Context, id model.OutboxID) error
	// Release lets a row go that asks first.
	Release(ctx context.Context, id model.OutboxID) error
	// Forget takes a row away, also one that waits.
	Forget(ctx context.Context, id model.OutboxID) error
}

// Sessions tells how many sessions there are: rows name theirs when there are several.
type Sessions interface {
	List(ctx context.Context) ([]model.Session, error)
}

// Options connect the screen with its surroundings.
type Options struct {
	Sessions Sessions                      // nil: rows do not name their session
	OnOpen   func(id model.ConversationID) // shows a conversation
}

// filter is a part of what goes out.
type filter string

// The filters, in the order in which they are offered.
const (
	filterAll     filter = "all"
	filterWaiting filter = "waiting"
	filterOwner   filter = "owner"
	filterUnknown filter = "unknown"
	filterFailed  filter = "failed"
)

func filters() []filter {
	return []filter{filterAll, filterWaiting, filterOwner, filterUnknown, filterFailed}
}

// query returns what the store is asked for.
func (f filter) query() model.OutboxQuery {
	switch f {
	case filterWaiting:
		return model.OutboxQuery{States: []model.OutboxState{model.OutboxQueued, model.OutboxSending}}
	case filterOwner:
		return model.OutboxQuery{NeedsOwner: true}
	case filterUnknown:
		return model.OutboxQuery{States: []model.OutboxState{model.OutboxUnknown}}
	case filterFailed:
		return model.OutboxQuery{States: []model.OutboxState{model.OutboxFailed}}
	}
	return model.OutboxQuery{}
}

// count returns how many rows the filter shows.
func (f filter) count(c model.OutboxCounts) int {
	switch f {
	case filterWaiting:
		return c.Queued + c.Sending
	case filterOwner:
		return c.NeedsOwner
	case filterUnknown:
		return c.Unknown
	case filterFailed:
		return c.Failed
	}
	return c.Queued + c.Sending + c.Unknown + c.Failed
}
