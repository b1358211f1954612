package conversations

import (
	"time"

	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// pickDay lets the owner choose a day of the conversation and shows its first
// message. The calendar opens at the day that is being read.
func (d *detailPane) pickDay() {
	if d.life == nil || !d.loaded || len(d.thread.rows) == 0 {
		return
	}
	first := d.conv.Ledger.Oldest
	if first == 0 || d.thread.first() < first {
		first = d.thread.first()
	}
	day, last := d.ctx.Now(), d.ctx.Now()
	if seen := d.lastSeen(); seen != 0 {
		day = seen.Stamp().Time()
	}
	if newest := d.thread.rows[len(d.thread.rows)-1].ID.Stamp().Time(); newest.After(last) {
		last = newest // a phone whose clock is ahead
	}
	calendar := widgets.NewCalendar(d.ctx, day, first.Stamp().Time(), last)
	leave := d.ctx.ShowModal(ui.Modal{
		Title: d.ctx.T("search.calendar.title"), Content: container.NewCenter(calendar), Focus: calendar, MinWidth: 320,
		Buttons: []ui.ModalButton{{Text: d.ctx.T("common.cancel")}},
	})
	calendar.OnEscape = leave
	calendar.OnChosen = func(day time.Time) {
		leave()
		d.ctx.Window.Canvas().Focus(d.list)
		d.jumpToDay(day)
	}
}
