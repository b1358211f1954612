package conversations

import (
	"context"
	"slices"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// read runs work on the messages, one at a time: its result is shown before
// the next is read, so pages never cross. A change that comes meanwhile is
// read afterwards.
func (d *detailPane) read(work func(context.Context) (apply func())) { d.readBy(d.ctx.Load, work) }

// loader is Load or LoadSoon of ui.Context.
type loader func(context.Context, func(context.Context) (apply func()))

func (d *detailPane) readBy(load loader, work func(context.Context) (apply func())) {
	d.busy = true
	load(d.shown, func(ctx context.Context) func() {
		apply := work(ctx)
		return func() {
			d.busy = false
			apply()
			if next := d.next; next != nil && !d.busy {
				d.next = nil
				next()
			}
			if d.again && !d.busy {
				d.reread()
			}
		}
	})
}

// afterRead calls f once what is stored by now has been read.
func (d *detailPane) afterRead(f func()) {
	if d.busy {
		d.next = func() { d.afterRead(f) }
		return
	}
	d.reread()
	d.next = f
}

// update shows the messages that are held, keeping the place.
func (d *detailPane) update() {
	d.list.SetItems(d.items(), d.thread.newer)
	d.showMessages()
}

// reread reads again all that is held, and what is new at its end.
func (d *detailPane) reread() { d.rereadBy(d.ctx.Load) }

func (d *detailPane) rereadBy(load loader) {
	if d.busy {
		d.again = true
		return
	}
	d.again = false
	id, w := d.id, d.stretch()
	d.readBy(load, func(ctx context.Context) func() {
		o, err := d.readAround(ctx, id)
		var before, more bool
		var rows []model.MessageRow
		if err == nil {
			rows, before, more, err = d.readWindow(ctx, id, w)
		}
		return func() {
			if err != nil {
				d.banner.show("action.load_messages", err, d.reread)
				return
			}
			if d.leftOut(w, rows, more) {
				d.reread()
				return
			}
			d.take(o)
			d.thread.replace(rows, more)
			switch {
			case before:
				d.thread.older = olderStored
			case w.first == 0:
				d.thread.older = d.olderAfter(len(rows), firstPage)
			case d.conv.Ledger.ReachedBeginning && (d.thread.older == olderRemote || d.thread.older == olderEnd):
				d.thread.older = olderBeginning
			}
			d.update()
			if d.toEnd {
				d.toEnd = false
				d.list.ScrollToEnd()
			}
			d.fetchFailed()
		}
	})
}

// stretch is which messages are held, and which of them are in view.
type stretch struct {
	first model.MessageID
	held  int
	newer bool // newer ones are left out
	// The oldest and the newest message in view, which must stay; zero when the list
	// stands at its end.
	from, to model.MessageID
}

func (d *detailPane) stretch() stretch {
	w := stretch{first: d.thread.first(), held: len(d.thread.rows), newer: d.thread.newer}
	if !d.list.AtEnd() {
		w.from, w.to = d.inView()
	}
	return w
}

// leftOut tells whether the owner scrolled, while rows were read for a list that
// stood as w says, to messages that are not among them. newer tells whether newer
// ones were left out.
func (d *detailPane) leftOut(w stretch, rows []model.MessageRow, newer bool) bool {
	now := d.stretch()
	switch {
	case len(rows) == 0 || now.from == w.from && now.to == w.to:
		return false
	case now.from == 0: // at the end
		return newer
	}
	return now.from < rows[0].ID || now.to > rows[len(rows)-1].ID
}

// readWindow reads the messages from the first one held on: as many as are held
// while newer ones are left out, else to the end, and in any case what is in view,
// however many came in between. before tells whether there are older ones, newer
// whether newer ones are left out.
func (d *detailPane) readWindow(ctx context.Context, id model.ConversationID, w stretch) (rows []model.MessageRow, before, newer bool, err error) {
	if w.first == 0 {
		rows, err = d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, Limit: firstPage})
		return rows, len(rows) == firstPage, w.newer, err
	}
	older, err := d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, Before: w.first, Limit: 1})
	if err != nil {
		return nil, false, false, err
	}
	before = len(older) > 0
	limit := w.held
	if !w.newer {
		limit += messagePage
	}
	for after := w.first - 1; ; {
		page, err := d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, After: after, Limit: limit})
		if err != nil {
			return nil, false, false, err
		}
		rows = append(rows, page...)
		switch over := len(rows) - mostHeld; {
		case over > 0 && w.from != 0 && rows[over].ID > w.from: // what is in view stands at the beginning
			return slices.Clip(rows[:mostHeld]), before, true, nil
		case over > 0: // a flood: only its end is kept
			rows, before = slices.Clone(rows[over:]), true
		}
		if len(page) < limit || w.newer && page[len(page)-1].ID >= w.to {
			return rows, before, w.newer, nil
		}
		after, limit = page[len(page)-1].ID, mostHeld
	}
}

// olderAfter says what is known about older messages after a page of the store
// came with got of wanted messages.
func (d *detailPane) olderAfter(got, wanted int) olderState {
	switch {
	case got >= wanted:
		return olderStored
	case d.conv.Ledger.ReachedBeginning:
		return olderBeginning
	default:
		return olderRemote
	}
}

// nearTop reads older messages: from the store, and once that has no more,
// from the gateway when the owner scrolls up to see them.
func (d *detailPane) nearTop() {
	if d.busy || !d.loaded || d.life == nil {
		return
	}
	switch {
	case d.thread.older == olderStored && len(d.thread.rows) > 0:
		d.loadOlder()
	case d.thread.older == olderRemote && d.online() && !d.list.AtEnd():
		d.askOlder()
	}
}

func (d *detailPane) loadOlder() {
	id, first := d.id, d.thread.first()
	d.thread.older = olderLoading
	d.read(func(ctx context.Context) func() {
		page, err := d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, Before: first, Limit: messagePage})
		return func() {
			if err != nil {
				d.olderFailed("action.load_messages", err)
				return
			}
			d.thread.prepend(page)
			d.thread.older = d.olderAfter(len(page), messagePage)
			d.update()
		}
	})
}

// askOlder asks the gateway for older messages, then reads what it gave.
func (d *detailPane) askOlder() {
	if d.busy {
		d.next = d.askOlder
		return
	}
	id, first := d.id, d.thread.first()
	d.thread.older = olderAsking
	d.read(func(ctx context.Context) func() {
		_, more, err := d.svc.FetchOlder(ctx, id)
		var page []model.MessageRow
		var conv model.Conversation
		if err == nil {
			conv, err = d.svc.Get(ctx, id)
		}
		if err == nil {
			page, err = d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, Before: first, Limit: messagePage})
		}
		return func() {
			if err != nil {
				d.olderFailed("action.fetch_older", err)
				return
			}
			d.conv.Ledger = conv.Ledger
			d.thread.prepend(page)
			d.thread.older = d.olderAfter(len(page), messagePage)
			if d.thread.older == olderRemote && (!more || len(page) == 0) {
				d.thread.older = olderEnd
			}
			d.update()
		}
	})
	d.update()
}

func (d *detailPane) olderFailed(action string, err error) {
	d.ctx.LogError(action, err)
	why, _ := d.ctx.ProblemText(d.ctx.Describe(err))
	d.thread.older = olderFailed
	d.thread.olderWhy = d.ctx.T("conversations.older.failed", translations.Data{"Why": why})
	d.update()
}

// loadNewer reads the messages after the last one held.
func (d *detailPane) loadNewer() {
	if d.busy || !d.thread.newer || d.life == nil {
		return
	}
	id, last := d.id, d.thread.last()
	d.read(func(ctx context.Context) func() {
		page, err := d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, After: last, Limit: messagePage})
		return func() {
			if err != nil {
				d.banner.show("action.load_messages", err, d.loadNewer)
				return
			}
			d.thread.add(page)
			d.thread.newer = len(page) >= messagePage
			d.update()
		}
	})
}

// newest shows the end of the conversation, when it is not held.
func (d *detailPane) newest() {
	if d.life == nil {
		return
	}
	if d.busy {
		d.next = d.newest
		return
	}
	id := d.id
	d.read(func(ctx context.Context) func() {
		o, err := d.readAround(ctx, id)
		if err == nil {
			o.page, err = d.readEnd(ctx, id)
		}
		return func() {
			if err != nil {
				d.banner.show("action.load_messages", err, d.newest)
				return
			}
			d.take(o)
			d.target = 0
			d.unread = 0 // it lies behind: the owner asked for the end
			d.showPage(o.page, 0)
		}
	})
}
