package conversations

import (
	"slices"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	firstPage   = 60   // messages that a conversation opens with
	messagePage = 100  // messages that are read at a time while scrolling
	mostHeld    = 2000 // messages that are kept; the far end is dropped beyond it
)

// olderState is what is known about messages from before the oldest one held.
type olderState int

const (
	olderStored    olderState = iota // the store may have some
	olderLoading                     // they are being read from the store
	olderRemote                      // the store has no more; the gateway was not asked
	olderAsking                      // the gateway is being asked
	olderEnd                         // the gateway gave none, but that may change
	olderFailed                      // asking failed
	olderBeginning                   // there are none
)

// thread is the part of one conversation that is held: a window of its
// messages, oldest first, and what waits to be sent. It does no input or output.
type thread struct {
	rows     []model.MessageRow
	outbox   []model.OutboxRow
	seams    []model.Seam // where messages may be missing
	newer    bool         // messages after the last row exist in the store
	older    olderState
	olderWhy string         // why asking failed
	end      model.FetchEnd // why the last fetch brought no older ones; "": not known

	contents map[widgets.ItemID]*heldContent
}

// heldContent remembers what a row was made of, so that it is made once.
type heldContent struct {
	row     model.MessageRow
	lead    bool
	content *widgets.Content
}

func newThread() *thread { return &thread{contents: map[widgets.ItemID]*heldContent{}} }

// first returns the key of the oldest message held, zero when there is none.
func (t *thread) first() model.MessageID {
	if len(t.rows) == 0 {
		return 0
	}
	return t.rows[0].ID
}

func (t *thread) last() model.MessageID {
	if len(t.rows) == 0 {
		return 0
	}
	return t.rows[len(t.rows)-1].ID
}

// prepend adds a page from before the first row, and drops the far end.
func (t *thread) prepend(page []model.MessageRow) {
	page = slices.DeleteFunc(slices.Clone(page), func(r model.MessageRow) bool { return t.first() != 0 && r.ID >= t.first() })
	t.rows = append(page, t.rows...)
	if len(t.rows) > mostHeld {
		t.rows = slices.Clip(t.rows[:mostHeld])
		t.newer = true
	}
}

// add appends a page from after the last row, and drops the far end.
func (t *thread) add(page []model.MessageRow) {
	last := t.last()
	page = slices.DeleteFunc(slices.Clone(page), func(r model.MessageRow) bool { return r.ID <= last })
	t.rows = append(slices.Clip(t.rows), page...)
	if over := len(t.rows) - mostHeld; over > 0 {
		t.rows = slices.Clone(t.rows[over:])
		t.older = olderStored
	}
}

// replace takes rows that were read again.
func (t *thread) replace(rows []model.MessageRow, newer bool) {
	t.rows, t.newer = rows, newer
	if over := len(t.rows) - mostHeld; over > 0 {
		t.rows = slices.Clone(t.rows[over:])
		t.older = olderStored
	}
}

// Keys of status rows; there is only one of each.
const keyOlder = 1

// items returns the rows of the message list. offline says that the gateway
// cannot be asked; sent returns how far the file of an outgoing message is on its
// way, and seam what is said where messages may be missing.
func (t *thread) items(w *writer, offline bool, sent func(model.OutboxID) *model.MediaProgress, seam func(placedSeam) *widgets.Content) []widgets.Item {
	items := make([]widgets.Item, 0, len(t.rows)+len(t.outbox)+16)
	if c := t.olderContent(w.ctx, offline); c != nil {
		items = append(items, widgets.Item{ID: widgets.ItemID{Kind: widgets.ItemStatus, Key: keyOlder}, Content: c})
	}
	held := make(map[widgets.ItemID]*heldContent, len(t.rows)+len(t.outbox))
	day := int64(0)
	seams := t.placeSeams()
	tear := func(row int) (torn bool) {
		for ; len(seams) > 0 && seams[0].before == row; seams = seams[1:] {
			p := seams[0]
			torn = true
			items = append(items, t.keep(held, seamID(p.Seam), nil, false, func() *widgets.Content { return seam(p) }))
		}
		return torn
	}
	for i := range t.rows {
		torn := tear(i)
		row := &t.rows[i]
		at := row.ID.Stamp()
		if d := w.day(at); d != day && row.UnixSeconds() > 0 {
			day = d
			items = append(items, t.keep(held, widgets.ItemID{Kind: widgets.ItemDay, Key: d}, nil, false, func() *widgets.Content {
				return &widgets.Content{Text: w.ctx.FormatDay(at)}
			}))
		}
		id := widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(row.ID)}
		if row.Type.IsNotice() {
			id.Kind = widgets.ItemNotice
		}
		lead := torn || leads(t.rows, i)
		items = append(items, t.keep(held, id, row, lead, func() *widgets.Content { return w.message(row, lead) }))
	}
	tear(len(t.rows))
	if !t.newer {
		for i := range t.outbox {
			o := &t.outbox[i]
			switch {
			case model.BecomesMessage(o.Kind) || o.Kind == "":
				items = append(items, t.keep(held, outgoingID(o.ID), nil, false, func() *widgets.Content {
					return w.outgoing(o, i == 0, sent(o.ID))
				}))
			case !model.ActsOnMessage(o.Kind) && o.State == model.OutboxFailed: // those on messages are seen there
				items = append(items, t.keep(held, refusedID(o.ID), nil, false, func() *widgets.Content { return w.refused(o) }))
			}
		}
	}
	t.contents = held
	return items
}

// keep returns an item with the content that it had, if it was made of the same.
func (t *thread) keep(held map[widgets.ItemID]*heldContent, id widgets.ItemID, row *model.MessageRow, lead bool, make func() *widgets.Content) widgets.Item {
	h, ok := t.contents[id]
	same := ok && row != nil && h.lead == lead && sameRow(&h.row, row)
	if !same {
		fresh := &heldContent{lead: lead, content: make()}
		if row != nil {
			fresh.row = *row
		}
		if ok && h.content.Equal(fresh.content) {
			fresh.content = h.content
		}
		h = fresh
	}
	held[id] = h
	return widgets.Item{ID: id, Content: h.content}
}

func sameRow(a, b *model.MessageRow) bool {
	return a.Message == b.Message && a.Author == b.Author && a.MediaState == b.MediaState && a.MediaHash == b.MediaHash &&
		a.MediaThumb == b.MediaThumb && a.MediaError == b.MediaError && a.MediaSize == b.MediaSize &&
		a.Versions == b.Versions && slices.Equal(a.Pending, b.Pending) && slices.Equal(a.Reactions, b.Reactions) && slices.Equal(a.Votes, b.Votes)
}

// leads tells whether a message begins a series: of another author, after a
// notice, after a while, or on another day.
func leads(rows []model.MessageRow, i int) bool {
	const pause = 20 * 60 // seconds
	if i == 0 {
		return true
	}
	a, b := &rows[i-1], &rows[i]
	return a.FromMe != b.FromMe || a.AuthorJID != b.AuthorJID || a.Type.IsNotice() || b.UnixSeconds()-a.UnixSeconds() > pause
}

// olderContent says what is known about older messages; nil when there is nothing to say.
func (t *thread) olderContent(ctx *ui.Context, offline bool) *widgets.Content {
	ask := func(text, button string) *widgets.Content {
		c := &widgets.Content{Text: text}
		if button != "" {
			c.Actions, c.Main = []widgets.Action{{ID: actionOlder, Text: button}}, actionOlder
		}
		return c
	}
	switch t.older {
	case olderLoading:
		return ask(ctx.T("conversations.older.loading"), "")
	case olderAsking:
		return ask(ctx.T("conversations.older.asking"), "")
	case olderBeginning:
		return ask(ctx.T("conversations.older.beginning"), "")
	case olderStored:
		return nil
	}
	if offline {
		return ask(ctx.T("conversations.older.offline"), "")
	}
	switch t.older {
	case olderEnd:
		return ask(ctx.T("conversations.older.end"), ctx.T("conversations.older.ask_again"))
	case olderFailed:
		return ask(t.olderWhy, ctx.T("conversations.older.ask_again"))
	}
	known := ""
	if t.end != "" {
		known = ctx.T("ledger.older." + string(t.end)) //translations: ledger.older.*
	}
	return ask(known, ctx.T("conversations.older.ask"))
}
