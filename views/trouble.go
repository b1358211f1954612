package views

import (
	"context"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// reloadHealth reads what is known of the store and its disk.
func (s *status) reloadHealth() {
	if s.svc.Safety == nil {
		return
	}
	s.ctx.Load(context.Background(), func(context.Context) func() {
		h := s.svc.Safety.Health()
		return func() {
			s.health = h
			s.apply()
		}
	})
}

// sayTrouble says what is wrong with the store or its disk: it comes before all
// else, since nothing is safe while it lasts.
//
//translations:safety.trouble.*
func (s *status) sayTrouble() bool {
	trouble := s.health.Trouble
	show(s.repair, trouble == model.TroubleDamaged)
	if trouble == model.TroubleNone {
		return false
	}
	sign := widgets.StatusBad
	if trouble == model.TroubleLow {
		sign = widgets.StatusWaiting
	}
	key := "safety.trouble." + string(trouble)
	s.say(sign, s.ctx.T(key+".title"), s.ctx.T(key+".advice"))
	return true
}

// askRepair asks before Buzón is closed to repair the store.
func (s *status) askRepair() {
	s.ctx.Confirm(ui.ConfirmOptions{
		Title: s.ctx.T("safety.trouble.damaged.title"), Body: s.ctx.T("safety.repair.text"), Button: s.ctx.T("safety.repair.button"),
	}, func() {
		if s.svc.Restart != nil {
			s.svc.Restart()
		}
	})
}
