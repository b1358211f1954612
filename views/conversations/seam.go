package conversations

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/widgets"
)

// Actions of a line that says that messages may be missing.
const (
	actionFill     = "fill"
	actionAskPhone = "ask_phone"
	actionHeld     = "held" // shows what is held of the conversation
)

// placedSeam is a seam that is seen among the rows that are held.
type placedSeam struct {
	*model.Seam
	before int         // the row that it stands before; after the last one when there is no such row
	to     model.Stamp // where it ends, when messages lie in it; else zero
}

// seamID is the row of a seam.
func seamID(s *model.Seam) widgets.ItemID {
	id := widgets.ItemID{Kind: widgets.ItemSeam, Key: int64(s.After)}
	if s.Floor {
		id.Key = -id.Key
	}
	return id
}

// placeSeams finds between which rows the seams are. One whose messages before it
// or after it are not read yet waits for them.
func (t *thread) placeSeams() []placedSeam {
	if len(t.rows) == 0 {
		return nil
	}
	var placed []placedSeam
	for i := range t.seams {
		s := &t.seams[i]
		p := placedSeam{Seam: s}
		p.before, _ = slices.BinarySearchFunc(t.rows, s.After+1, func(r model.MessageRow, id model.MessageID) int { return cmp.Compare(r.ID, id) })
		inside := p.before < len(t.rows) && !s.Floor && t.rows[p.before].ID < s.Until
		if inside {
			p.to = s.Until.Stamp()
		}
		more := t.older == olderStored || t.older == olderLoading
		switch {
		case p.before == len(t.rows) && t.newer, p.before == 0 && more && !inside:
			continue
		case slices.ContainsFunc(placed, func(o placedSeam) bool { return seamID(o.Seam) == seamID(s) }):
			continue // of two conversations of one person, in the same second
		}
		placed = append(placed, p)
	}
	return placed
}

// seamRow returns what the line of a seam says and offers.
func (v *ledgerView) seamRow(p placedSeam) *widgets.Content {
	where := v.ctx.T("ledger.seam.here")
	switch {
	case p.Floor:
		where = v.ctx.T("ledger.seam.before")
	case p.to != 0:
		where = v.ctx.T("ledger.seam.until", translations.Data{"When": v.ctx.FormatDateTime(p.to)})
	}
	said, do := v.seamState(p.Seam)
	c := &widgets.Content{Text: where, Quiet: true, Main: actionHeld}
	if said != "" {
		c.Text = v.ctx.T("ledger.seam.said", translations.Data{"Where": where, "Said": said})
	}
	if do.ID != "" {
		c.Actions, c.Main = []widgets.Action{do}, do.ID
	}
	return c
}

// seamState says what is being done about a seam or what came of it, and what can be done.
func (v *ledgerView) seamState(s *model.Seam) (said string, do widgets.Action) {
	run := v.runs[v.d.id]
	if run == nil {
		run = &repairRun{}
	}
	about := run.only == 0 || run.only == s.ConversationID
	switch {
	case run.on && about:
		return run.said, widgets.Action{}
	case run.on: // one after the other
		return "", widgets.Action{}
	case !v.d.online():
		return v.ctx.T("ledger.seam.offline"), widgets.Action{}
	case run.failed && about:
		return run.said, widgets.Action{ID: actionFill, Text: v.ctx.T("common.retry")}
	case about:
		return v.seamOutcome(s, run.end)
	}
	return v.seamOutcome(s, "")
}

// seamOutcome says how the last try ended, here or before, and what can be done now.
func (v *ledgerView) seamOutcome(s *model.Seam, end model.RepairEnd) (said string, do widgets.Action) {
	fill := widgets.Action{ID: actionFill, Text: v.ctx.T("ledger.seam.fill")}
	ask := widgets.Action{ID: actionAskPhone, Text: v.ctx.T("ledger.seam.ask")}
	switch {
	case s.Outcome == model.EndPhone:
		return v.ctx.T("ledger.gone"), widgets.Action{}
	case end == model.RepairUnable:
		return v.ctx.T("ledger.end.unable"), widgets.Action{}
	case end == model.RepairLater:
		return v.ctx.T("ledger.end.later"), ask
	case s.Tries > 0 && s.Cause == model.GapUnreadable:
		return v.ctx.T("ledger.end.unread"), fill
	case s.Outcome == model.EndDevice:
		return v.ctx.T("ledger.end.device"), ask
	}
	return "", fill
}

// seam returns the seam of a row, nil when it is not there any more.
func (d *detailPane) seam(id widgets.ItemID) *model.Seam {
	for i := range d.thread.seams {
		if seamID(&d.thread.seams[i]) == id {
			return &d.thread.seams[i]
		}
	}
	return nil
}

// seamAct does what the line of a seam offers.
func (d *detailPane) seamAct(id widgets.ItemID, action string) {
	s := d.seam(id)
	switch {
	case action == actionHeld:
		d.ledger.open()
	case s == nil || !d.online():
	case action == actionFill:
		d.ledger.repair(s.Wish())
	case action == actionAskPhone:
		wish := s.Wish()
		wish.AskPhone = true
		d.ledger.repair(wish)
	}
}

// seamItems are what the menu of the line of a seam offers.
func (d *detailPane) seamItems(id widgets.ItemID, c *widgets.Content) []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, a := range c.Actions {
		items = append(items, fyne.NewMenuItem(a.Text, func() { d.seamAct(id, a.ID) }))
	}
	return append(items, fyne.NewMenuItem(d.ctx.T("ledger.title"), func() { d.seamAct(id, actionHeld) }))
}
