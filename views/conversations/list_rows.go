package conversations

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	rowsAhead = 40   // rows that are read above and below what is seen
	rowsHeld  = 1500 // rows that are kept; far ones are dropped beyond it
)

// heldRow is a row of the list and which reading it comes from.
type heldRow struct {
	row model.ConversationRow
	gen uint64
}

// view is what is seen of the list.
type view struct {
	first int                    // index of the topmost row
	count int                    // rows that fit
	ids   []model.ConversationID // of those rows
}

// shift returns by how many places most of the rows in view move in another
// order. One that moves alone, because something was said in it, does not count.
func (v view) shift(order []model.ConversationID) int {
	if len(v.ids) == 0 {
		return 0
	}
	was := make(map[model.ConversationID]int, len(v.ids))
	for i, id := range v.ids {
		was[id] = v.first + i
	}
	votes := make(map[int]int, 4)
	best := 0
	for i, id := range order {
		at, ok := was[id]
		if !ok {
			continue
		}
		by := i - at
		if votes[by]++; votes[by] > votes[best] || votes[by] == votes[best] && absolute(by) < absolute(best) {
			best = by
		}
	}
	return best
}

func absolute(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// window returns the keys around what is seen.
func window(order []model.ConversationID, first, count int) []model.ConversationID {
	from := min(max(first-rowsAhead, 0), len(order))
	return order[from:min(max(first, 0)+count+rowsAhead, len(order))]
}

// inView returns what is seen now.
func (l *listPane) inView() view {
	step := l.step()
	if step <= 0 {
		return view{count: rowsAhead}
	}
	v := view{first: max(int(l.list.GetScrollOffset()/step), 0), count: int(l.list.Size().Height/step) + 2}
	if v.first < len(l.order) {
		v.ids = l.order[v.first:min(v.first+v.count, len(l.order))]
	}
	return v
}

// step is the distance between the tops of two rows.
func (l *listPane) step() float32 { return l.template.MinSize().Height + theme.Padding() }

// hold takes rows that were read now.
func (l *listPane) hold(rows []model.ConversationRow) {
	if len(l.rows)+len(rows) > rowsHeld {
		near := window(l.order, l.inView().first, l.inView().count)
		kept := make(map[model.ConversationID]heldRow, 2*rowsAhead)
		for _, id := range near {
			if h, ok := l.rows[id]; ok {
				kept[id] = h
			}
		}
		l.rows = kept
	}
	for i := range rows {
		l.rows[rows[i].ID] = heldRow{rows[i], l.gen}
	}
}

// filling reads the rows that come into view.
type filling struct {
	cancel context.CancelFunc
	busy   bool
	missed bool // rows came into view meanwhile
	failed uint64
}

func (f *filling) stop() {
	if f.cancel != nil {
		f.cancel()
	}
	f.busy, f.missed = false, false
}

// need reads the rows around what is seen that are not held, or are of an
// earlier reading.
func (l *listPane) need() {
	if l.fill.busy {
		l.fill.missed = true
		return
	}
	if l.life == nil || l.fill.failed == l.gen {
		return
	}
	v := l.inView()
	var ids []model.ConversationID
	for _, id := range window(l.order, v.first, v.count) {
		if h, ok := l.rows[id]; !ok || h.gen != l.gen {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	gen := l.gen
	ctx, cancel := context.WithCancel(l.life)
	l.fill.cancel, l.fill.busy, l.fill.missed = cancel, true, false
	l.ctx.Load(ctx, func(ctx context.Context) func() {
		rows, err := l.svc.Rows(ctx, ids)
		return func() {
			cancel()
			l.fill.busy = false
			switch {
			case gen != l.gen: // the order was read again meanwhile
				l.need()
				return
			case err != nil:
				l.fill.failed = gen // the next change reads again, not every scroll step
				l.ctx.ShowError("action.load_conversations", err)
				return
			}
			l.hold(rows)
			l.list.Refresh()
			if l.fill.missed {
				l.need()
			}
		}
	})
}

func (l *listPane) createRow() fyne.CanvasObject {
	row := widgets.NewConversationRow(l.ctx)
	row.OnTapped = func(r model.ConversationRow) {
		l.picks.clear()
		l.picks.set(r.ID)
		l.bar.update()
		l.choose(r.ID)
		l.onTapped()
	}
	row.OnPick = l.pick
	row.OnSecondary = func(r model.ConversationRow, ev *fyne.PointEvent) { l.menu(r, ev.AbsolutePosition) }
	return row
}

func (l *listPane) updateRow(i int, o fyne.CanvasObject) {
	row, ok := o.(*widgets.ConversationRow)
	if !ok || i >= len(l.order) {
		return
	}
	id := l.order[i]
	h, ok := l.rows[id]
	if ok {
		row.Set(h.row)
	} else {
		row.SetLoading()
	}
	row.SetSelected(id == l.chosen)
	row.SetPicked(l.picks.has(id), l.list.focused && id == l.picks.cursor)
	if !ok || h.gen != l.gen {
		l.need()
	}
}

// index returns the place of a conversation in the order, -1 when it has none.
func (l *listPane) index(id model.ConversationID) int { return slices.Index(l.order, id) }
