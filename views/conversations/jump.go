package conversations

import (
	"context"
	"slices"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/widgets"
)

// jumpPage is how many messages are read around one that is jumped to: half of
// them stand before it.
const jumpPage = 80

// page is a piece of a conversation, oldest message first.
type page struct {
	rows  []model.MessageRow
	older bool // the store may have messages before it
	newer bool // the store may have messages after it
}

// holds tells whether a message lies within the page.
func (p *page) holds(id model.MessageID) bool {
	return len(p.rows) > 0 && p.rows[0].ID <= id && id <= p.rows[len(p.rows)-1].ID
}

// readEnd reads the newest messages.
func (d *detailPane) readEnd(ctx context.Context, id model.ConversationID) (page, error) {
	rows, err := d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, Limit: firstPage})
	return page{rows: rows, older: len(rows) >= firstPage}, err
}

// readPage reads the messages around one, which need not exist.
func (d *detailPane) readPage(ctx context.Context, id model.ConversationID, at model.MessageID) (page, error) {
	rows, err := d.svc.Messages(ctx, model.MessageQuery{ConversationID: id, Around: at, Limit: jumpPage})
	if err != nil {
		return page{}, err
	}
	before := 0
	for before < len(rows) && rows[before].ID <= at {
		before++
	}
	return page{rows: rows, older: before >= jumpPage-jumpPage/2, newer: len(rows)-before >= jumpPage/2}, nil
}

// openAt shows a conversation around a message, which is marked for a moment;
// with zero, from its end.
func (d *detailPane) openAt(id model.ConversationID, at model.MessageID) {
	if id == d.id && d.loaded && d.life != nil {
		if at != 0 {
			d.jump(at)
		}
		return
	}
	d.begun(id, at)
}

// jump shows a message of the conversation that is shown, with what was said
// around it. Nothing between it and what was shown before is read.
func (d *detailPane) jump(at model.MessageID) {
	if d.life == nil || !d.loaded {
		return
	}
	if d.show(at) {
		return
	}
	if d.busy {
		d.next = func() { d.jump(at) }
		return
	}
	id := d.id
	d.read(func(ctx context.Context) func() {
		p, err := d.readPage(ctx, id, at)
		return func() {
			if err != nil {
				d.banner.show("action.load_messages", err, func() { d.jump(at) })
				return
			}
			d.showPage(p, at)
		}
	})
}

// show brings a message that is held into view; false when it is not held.
func (d *detailPane) show(at model.MessageID) bool {
	for _, kind := range []widgets.ItemKind{widgets.ItemMessage, widgets.ItemNotice} {
		if d.list.JumpTo(widgets.ItemID{Kind: kind, Key: int64(at)}, true) {
			return true
		}
	}
	return false
}

// showPage replaces the messages that are held by others and brings at into
// view; with zero the first unread one, else the end.
func (d *detailPane) showPage(p page, at model.MessageID) {
	d.thread.replace(p.rows, p.newer)
	d.thread.older = olderStored
	if !p.older {
		d.thread.older = d.olderAfter(0, 1)
	}
	busy := d.busy
	d.busy = true // on its way to the place the list passes ends that nobody wants to see
	d.list.Reset(d.items(), d.thread.newer)
	d.list.SetUnreadFrom(widgets.ItemID{})
	if d.unread != 0 {
		d.list.SetUnreadFrom(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(d.unread)})
	}
	d.showMessages()
	switch {
	case at != 0:
		if !d.show(at) && len(p.rows) > 0 { // it is not there any more: its neighbour is
			d.show(nearest(p.rows, at))
		}
	case d.unread != 0:
		d.showUnread()
	}
	d.busy = busy
	if d.keys {
		d.takeKeys()
	}
}

// takeKeys moves the keyboard to the messages, now or when they are there.
func (d *detailPane) takeKeys() {
	if d.keys = !d.loaded; !d.keys && d.states.State() == widgets.StateData {
		d.ctx.Window.Canvas().Focus(d.list)
	}
}

// nearest returns the first message at or after a key, else the last one.
func nearest(rows []model.MessageRow, at model.MessageID) model.MessageID {
	for i := range rows {
		if rows[i].ID >= at {
			return rows[i].ID
		}
	}
	return rows[len(rows)-1].ID
}

// showUnread leaves the list at its end when the first unread message is seen
// there, else it begins with that message: what was not read is read from its top.
// A warning at the end that would be left just below comes first.
func (d *detailPane) showUnread() {
	id := widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(d.unread)}
	if y, seen := d.list.RowTop(id); seen && y >= 0 {
		return
	}
	d.list.ScrollTo(id)
	if !d.list.AtEnd() && d.list.Below() <= d.list.Size().Height && d.warns() {
		d.list.ScrollToEnd()
	}
}

// warns tells whether something stands at the end that was to go out and needs the owner.
func (d *detailPane) warns() bool {
	items := d.list.Items()
	for i := len(items) - 1; i >= 0 && items[i].ID.Kind == widgets.ItemOutbox; i-- {
		if items[i].Content.Alarm {
			return true
		}
	}
	return false
}

// jumpToDay shows the first message of a day, or the first one after it.
func (d *detailPane) jumpToDay(day time.Time) {
	if d.life == nil || !d.loaded {
		return
	}
	if d.busy {
		d.next = func() { d.jumpToDay(day) }
		return
	}
	id, from, until := d.id, max(day.Unix(), 1), day.AddDate(0, 0, 1).Unix()
	d.read(func(ctx context.Context) func() {
		found, err := d.firstSince(ctx, id, model.MessageIDAt(from))
		var p page
		if err == nil && found != 0 {
			p, err = d.readPage(ctx, id, found)
		}
		return func() {
			switch {
			case err != nil:
				d.banner.show("action.load_messages", err, func() { d.jumpToDay(day) })
				return
			case found == 0: // there are no messages at all
				return
			case found.Unix() < from:
				d.ctx.Toast(d.ctx.T("conversations.day.none_after"))
			case found.Unix() >= until:
				d.ctx.Toast(d.ctx.T("conversations.day.none"))
			}
			if !d.show(found) {
				d.showPage(p, found)
			}
		}
	})
}

// firstSince returns the first message at or after a key, else the newest one;
// zero when there is none.
func (d *detailPane) firstSince(ctx context.Context, id model.ConversationID, from model.MessageID) (model.MessageID, error) {
	q := model.MessageQuery{ConversationID: id, After: from - 1, Limit: 1}
	rows, err := d.svc.Messages(ctx, q)
	if err == nil && len(rows) == 0 {
		q.After = 0
		rows, err = d.svc.Messages(ctx, q)
	}
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}

// jumpToQuoted shows the message that another one answers.
func (d *detailPane) jumpToQuoted(from model.MessageID) {
	i := slices.IndexFunc(d.thread.rows, func(r model.MessageRow) bool { return r.ID == from })
	if i < 0 || d.life == nil || d.thread.rows[i].QuotedShortID == "" {
		return
	}
	id, short := d.id, d.thread.rows[i].QuotedShortID
	d.ctx.Load(d.shown, func(ctx context.Context) func() {
		found, err := d.svc.Quoted(ctx, id, short)
		return func() {
			switch {
			case err != nil:
				d.banner.show("action.load_messages", err, nil)
			case found == 0:
				d.ctx.Toast(d.ctx.T("conversations.quote.not_held"))
			default:
				d.jump(found)
			}
		}
	})
}
