package settings

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
)

// Autostart has Buzón started with the system. What the system says is what
// counts: nothing of it is in the settings. Both methods may block.
type Autostart interface {
	On() (bool, error)
	Set(on bool) error
}

// starting is the check box for the start with the system.
type starting struct {
	svc   Autostart
	box   *widget.Check
	known bool // the system was asked
	base  bool // what it said
}

// changed tells whether the owner wants it otherwise.
func (s *starting) changed() bool { return s.svc != nil && s.known && s.box.Checked != s.base }

// show shows what the system says, unless the owner has changed the box.
func (s *starting) show(on bool) {
	touched := s.changed()
	s.base, s.known = on, true
	if !touched {
		s.box.SetChecked(on)
	}
	s.box.Enable()
}

// backgroundSection is about Buzón beside its window.
func (f *form) backgroundSection(o Options) fyne.CanvasObject {
	t := f.ctx.T
	tray := f.check(t("settings.tray"), t("settings.tray.hint"), func(s *model.Settings) *bool { return &s.CloseToTray })
	parts := []fyne.CanvasObject{tray.box}
	f.starting = &starting{svc: o.Autostart, box: widget.NewCheck(t("settings.start"), func(bool) { f.changed() })}
	if o.Autostart != nil {
		f.starting.box.Disable() // until the system was asked
		parts = append(parts, choice(f.starting.box, t("settings.start.hint")).box)
	}
	return section(t("settings.background"), parts...)
}

// loadStarting asks the system whether it starts Buzón.
func (s *Screen) loadStarting() {
	starts := s.form.starting
	if starts.svc == nil {
		return
	}
	s.ctx.Load(s.life, func(context.Context) func() {
		on, err := starts.svc.On()
		return func() {
			if err != nil {
				s.ctx.LogError("action.autostart", err)
				return // the box stays as it is: nothing is known
			}
			s.form.quietly(func() { starts.show(on) })
			s.mark()
		}
	})
}

// saveStarting does what the owner wants of the start with the system, and
// returns what the system says then. It may block.
func (s *starting) save(want bool) (on bool, err error) {
	if err = s.svc.Set(want); err != nil {
		return s.base, err
	}
	return s.svc.On()
}
