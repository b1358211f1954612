package sync

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/xappiens/buzon/model"
)

// piece is a part of one conversation's fetch on its way to the store.
type piece struct {
	batch  model.MessageBatch
	failed int
	last   chan struct{} // closed when the whole fetch has been written; nil for a part of it
}

// messagePipe writes fetched messages on a goroutine of its own, while more of the
// same conversation comes. The next one is fetched when all of this one is held: a
// kill costs no more than the answer that was on its way.
type messagePipe struct {
	w     *worker
	ctx   context.Context
	in    chan piece
	group sync.WaitGroup
	once  sync.Once

	// What follows belongs to the writer until close has waited for it.
	counts model.Counts
	gaps   []model.ConversationID
	err    error
	failed chan struct{} // closed at the first error
}

func newMessagePipe(ctx context.Context, w *worker) *messagePipe {
	p := &messagePipe{w: w, ctx: ctx, in: make(chan piece, pipeDepth), failed: make(chan struct{})}
	p.group.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				w.log.WithField("stack", string(debug.Stack())).Errorf("panic while writing messages: %v", r)
				p.fail(fmt.Errorf("writing the messages failed inside the program: %v", r))
			}
		}()
		p.write()
	})
	return p
}

// fail ends the pipe with an error; who puts into it hears of it.
func (p *messagePipe) fail(err error) {
	p.err = err
	close(p.failed)
}

// broken tells whether the writer has given up.
func (p *messagePipe) broken() bool {
	select {
	case <-p.failed:
		return true
	default:
		return false
	}
}

// end lets the writer end and waits for it; it may be called again.
func (p *messagePipe) end() {
	p.once.Do(func() { close(p.in) })
	p.group.Wait()
}

// put hands a piece to the writer; it waits while the writer is behind.
func (p *messagePipe) put(ctx context.Context, next piece) error {
	select {
	case p.in <- next:
		return nil
	case <-p.failed:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// putLast hands over the last piece of a fetch and waits until it is held.
func (p *messagePipe) putLast(ctx context.Context, next piece) error {
	next.last = make(chan struct{})
	if err := p.put(ctx, next); err != nil {
		return err
	}
	select {
	case <-next.last:
		return nil
	case <-p.failed:
		return p.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close waits for the writer. gaps are the conversations where a larger limit may
// fill a gap.
func (p *messagePipe) close() (counts model.Counts, gaps []model.ConversationID, err error) {
	p.end()
	return p.counts, p.gaps, p.err
}

// write gathers pieces to transactions: as many as wait, up to messageBatch rows.
func (p *messagePipe) write() {
	for next := range p.in {
		pieces, rows := []piece{next}, len(next.batch.Messages)
	gather:
		for rows < messageBatch {
			select {
			case more, open := <-p.in:
				if !open {
					break gather
				}
				pieces = append(pieces, more)
				rows += len(more.batch.Messages)
			default:
				break gather
			}
		}
		if p.err == nil {
			p.save(pieces)
		}
	}
}

func (p *messagePipe) save(pieces []piece) {
	batches := make([]model.MessageBatch, len(pieces))
	for i, next := range pieces {
		batches[i] = next.batch
		p.counts.Failed += next.failed
	}
	results, err := p.w.e.p.Store.SaveMessages(p.ctx, batches, p.w.e.stamp())
	if err != nil {
		p.fail(err)
		return
	}
	for _, r := range results {
		p.counts.Add(r.Counts)
		p.w.live.fetched(r)
		if r.Deepen {
			p.gaps = append(p.gaps, r.ConversationID)
		}
	}
	p.w.announce(results)
	for _, next := range pieces {
		if next.last != nil {
			close(next.last)
		}
	}
}
