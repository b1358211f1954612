package sync

import (
	"context"
	"fmt"
	"slices"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// fetchWish is what a fetch is to bring.
type fetchWish struct {
	limit   int
	purpose model.FetchPurpose
}

// fetchInto fetches the newest messages of a conversation into the pipe, in
// pieces, so that the memory that it takes does not grow with the conversation.
// The ledger learns how the fetch ended with the last piece: a kill before it
// leaves the conversation to be fetched again. What an owner asks for goes in
// between while a long answer comes.
func (w *worker) fetchInto(ctx context.Context, pipe *messagePipe, id model.ConversationID, wish fetchWish) error {
	c, err := w.e.p.Store.Conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("load the conversation: %w", err)
	}
	f := &fetch{w: w, pipe: pipe, id: id}
	options := gateway.FetchOptions{Limit: wish.limit}
	if wish.limit > deepest {
		options.Timeout = longFetch
	}
	var list gateway.ListReport
	err = w.whenReady(ctx, func() error {
		f.begin(ctx)
		ask := func() (err error) {
			list, err = w.e.p.Gateway().FetchMessages(ctx, w.name, string(c.JID), options, f.take)
			return err
		}
		if wish.limit <= firstPage {
			return ask()
		}
		return w.aside(ask)
	})
	w.e.heard(err)
	for _, problem := range list.Problems {
		w.log.WithField("index", problem.Index).WithError(problem.Err).Warn("skip a message that cannot be read")
	}
	if gateway.KindOf(err) == gateway.KindTooLarge && f.taken > 1 && f.taken < wish.limit {
		// The oldest came first: what fits of the newest is asked for once more. A gateway
		// that gives more than it is asked for would never be asked for little enough.
		f.batch.Part = true
		if perr := pipe.put(ctx, piece{batch: f.batch, failed: f.bad + list.Bad}); perr != nil {
			return perr
		}
		wish.limit = f.taken * 3 / 4
		return w.fetchInto(ctx, pipe, id, wish)
	}
	if err != nil {
		f.batch.Fetch = &model.FetchResult{Outcome: string(ProblemKind(err))}
	} else {
		// Fewer than were asked for does not mean that there are no older ones (contract §6).
		f.batch.Fetch = &model.FetchResult{
			Outcome: model.FetchOK, Limit: wish.limit, Purpose: wish.purpose, HeldTo: c.Ledger.Newest, Named: c.LastShortID,
			Total: f.taken + list.Bad, Oldest: f.oldest, Newest: f.newest, Unreadable: f.holes(list),
		}
	}
	if ctx.Err() == nil {
		if perr := pipe.putLast(ctx, piece{batch: f.batch, failed: f.bad + list.Bad}); err == nil {
			err = perr
		}
	}
	if err != nil {
		return fmt.Errorf("fetch a conversation: %w", err)
	}
	return nil
}

// fetch is an answer on its way into a pipe.
type fetch struct {
	w    *worker
	pipe *messagePipe
	ctx  context.Context
	id   model.ConversationID

	batch          model.MessageBatch
	taken, bad     int
	odd            int     // messages without a time
	oldest, newest int64   // seconds of those that could be read
	seconds        []int64 // of the first messageBatch ones; unread for one that could not be read
}

// unread stands for the second of a message that could not be read.
const unread = -1

// begin forgets what came of an answer that is asked for again.
func (f *fetch) begin(ctx context.Context) {
	f.ctx, f.batch = ctx, model.MessageBatch{ConversationID: f.id}
	f.taken, f.bad, f.odd, f.oldest, f.newest, f.seconds = 0, 0, 0, 0, 0, nil
}

// take is given one message after the other.
func (f *fetch) take(wire *gateway.Message) error {
	f.taken++
	m, err := messageOf(wire)
	if err != nil {
		f.bad++
		f.note(unread)
		return nil
	}
	if second := model.MessageIDAt(m.Unix).Unix(); second > 0 {
		f.note(second)
		if f.oldest == 0 || second < f.oldest {
			f.oldest = second
		}
		f.newest = max(f.newest, second)
	} else { // where it belongs is not known
		f.odd++
		f.note(unread)
	}
	f.w.keepThumb(&m, wire)
	f.batch.Messages = append(f.batch.Messages, m)
	if len(f.batch.Messages) < messageBatch {
		return nil
	}
	full := f.batch
	full.Part = true
	f.batch = model.MessageBatch{ConversationID: f.id}
	return f.pipe.put(f.ctx, piece{batch: full})
}

func (f *fetch) note(second int64) {
	if len(f.seconds) < messageBatch {
		f.seconds = append(f.seconds, second)
	}
}

// holes tells between which seconds there are messages that could not be read. Where
// their place is not known, they may be anywhere.
func (f *fetch) holes(list gateway.ListReport) []model.Hole {
	if f.bad+f.odd+list.Bad == 0 {
		return nil
	}
	anywhere := []model.Hole{{After: 0, Before: f.newest}}
	if f.taken > len(f.seconds) || list.Bad > len(list.Problems) {
		return anywhere
	}
	all := slices.Clone(f.seconds)
	for _, problem := range list.Problems {
		all = slices.Insert(all, min(problem.Index, len(all)), unread)
	}
	var holes []model.Hole
	last, open := int64(0), false
	for _, second := range all {
		switch {
		case second == unread && !open:
			holes = append(holes, model.Hole{After: last, Before: f.newest})
			open = true
		case second == unread:
		case second < last:
			return anywhere // equal numbers and limits leave the order open (contract §6)
		default:
			if open {
				holes[len(holes)-1].Before = second
			}
			last, open = second, false
		}
	}
	return holes
}
