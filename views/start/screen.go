package start

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// columnWidth is how wide the steps are: lines of text stay easy to read.
const columnWidth = 680

// Step is one of the steps of the first start.
type Step int

// The steps, in their order.
const (
	StepGateway Step = iota + 1
	StepName
	StepPhone
)

const steps = 3

// Screen leads through the steps.
type Screen struct {
	ctx      *ui.Context
	settings Settings
	sessions Sessions
	opts     Options

	step    Step
	session model.Session
	pairing ui.Screen // nil before the last step
	linked  bool

	root    *container.Scroll
	count   *widget.Label
	heading *widget.Label
	intro   *widget.Label
	place   *fyne.Container
	leave   *widget.Button
	back    *widget.Button // of the last step; the others have their own
	gateway *gatewayStep
	name    *nameStep
	phone   *fyne.Container

	life   context.Context
	cancel context.CancelFunc
	stop   func()
	gen    int
}

var _ ui.Screen = (*Screen)(nil)

// New returns the steps. They read nothing but the settings before Activate.
func New(ctx *ui.Context, settings Settings, sessions Sessions, opts Options) *Screen {
	s := &Screen{ctx: ctx, settings: settings, sessions: sessions, opts: opts, step: StepGateway}
	s.count, s.heading, s.intro = widget.NewLabel(""), wrapped(""), wrapped("")
	s.count.Importance = widget.HighImportance
	s.heading.TextStyle.Bold = true
	s.heading.SizeName = theme.SizeNameHeadingText
	s.gateway = newGatewayStep(ctx, settings, s.gatewayDone)
	s.name = newNameStep(ctx, sessions, s.suggestion(), func() { s.show(StepGateway) }, s.nameDone)
	s.phone = container.NewStack()
	s.place = container.NewStack()
	s.leave = widget.NewButton("", opts.OnLeave)
	s.leave.Importance = widget.LowImportance
	s.back = widget.NewButtonWithIcon(ctx.T("start.back"), apptheme.Icon(apptheme.IconBack), func() { s.show(StepName) })
	s.back.Importance = widget.LowImportance
	column := container.NewVBox(s.count, s.heading, s.intro, s.place, widget.NewSeparator(), container.NewHBox(s.back, layout.NewSpacer(), s.leave))
	s.root = container.NewVScroll(container.New(&centered{width: columnWidth}, column))
	s.gateway.address.Page, s.gateway.key.Page, s.name.name.Page = s.root, s.root, s.root
	s.apply()
	return s
}

// suggestion is the name that stands in the field of the second step.
func (s *Screen) suggestion() string {
	if name := model.SessionName(s.settings.Get().DefaultSession); name.Valid() {
		return string(name)
	}
	return s.ctx.T("start.name.suggestion")
}

// Title implements ui.Screen.
func (s *Screen) Title() string { return s.ctx.T("start.title") }

// Content implements ui.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.root }

// Step returns the step that is shown.
func (s *Screen) Step() Step { return s.step }

// Activate implements ui.Screen. It goes on at the first step that is not done.
func (s *Screen) Activate() {
	if s.stop != nil {
		return
	}
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(s.handle)
	if s.pairing != nil && s.step == StepPhone {
		s.pairing.Activate()
	}
	if s.step == StepGateway && s.settings.Get().BaseURL != "" {
		s.show(StepName)
	}
	if s.step == StepGateway {
		s.ctx.Window.Canvas().Focus(s.gateway.address)
	}
	s.reload()
}

// Deactivate implements ui.Screen.
func (s *Screen) Deactivate() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.stop = nil
	s.cancel()
	if s.pairing != nil {
		s.pairing.Deactivate()
	}
}

func (s *Screen) handle(b event.Batch) {
	if len(b.Sessions) > 0 {
		s.reload()
	}
}

// reload looks whether a session is kept, to go on with it, and whether it is linked by now.
func (s *Screen) reload() {
	if s.stop == nil {
		return
	}
	s.gen++
	gen := s.gen
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		all, err := s.sessions.List(ctx)
		return func() {
			if gen != s.gen {
				return
			}
			if err != nil {
				s.ctx.ShowError("action.load_sessions", err)
				return
			}
			s.heard(all)
		}
	})
}

func (s *Screen) heard(all []model.Session) {
	if s.step == StepName && s.session.ID == 0 && len(all) > 0 {
		s.nameDone(preferred(all, s.settings.Get().DefaultSession))
		return
	}
	for _, row := range all {
		if row.ID == s.session.ID {
			s.session = row
			s.linked = row.State == model.StateConnected
		}
	}
	s.apply()
}

// preferred returns the session that the settings name, or the first one.
func preferred(all []model.Session, name string) model.Session {
	for _, s := range all {
		if string(s.Name) == name {
			return s
		}
	}
	return all[0]
}

func (s *Screen) gatewayDone(held []model.SessionName) {
	s.name.offer(held)
	s.show(StepName)
	s.reload()
}

// nameDone leads to the phone. Another session than before gets a panel of its own.
func (s *Screen) nameDone(row model.Session) {
	if s.pairing == nil || s.session.ID != row.ID {
		if s.pairing != nil {
			s.pairing.Deactivate()
		}
		s.pairing = s.opts.Pairing(row, s.root)
		s.phone.Objects = []fyne.CanvasObject{s.pairing.Content()}
		s.phone.Refresh()
	}
	s.session = row
	s.linked = row.State == model.StateConnected
	s.name.name.SetText(string(row.Name))
	s.show(StepPhone)
}

// show leads to a step.
func (s *Screen) show(step Step) {
	s.step = step
	if s.pairing != nil && s.stop != nil {
		if step == StepPhone {
			s.pairing.Activate()
		} else {
			s.pairing.Deactivate()
		}
	}
	s.apply()
}

// apply is the only place that changes what is seen.
func (s *Screen) apply() {
	s.count.SetText(s.ctx.T("start.count", translations.Data{"Step": int(s.step), "Steps": steps}))
	var content fyne.CanvasObject
	leave := s.ctx.T("start.leave")
	switch s.step {
	case StepGateway:
		s.heading.SetText(s.ctx.T("start.gateway.title"))
		s.intro.SetText(s.ctx.T("start.gateway.text"))
		content = s.gateway.root
	case StepName:
		s.heading.SetText(s.ctx.T("start.name.title"))
		s.intro.SetText(s.ctx.T("start.name.text"))
		content = s.name.root
	case StepPhone:
		heading, text := "start.phone.title", "start.phone.text"
		if s.linked {
			heading, text = "start.phone.linked_title", "start.phone.linked"
		}
		s.heading.SetText(s.ctx.T(heading))                                               //translations: start.phone.title start.phone.linked_title
		s.intro.SetText(s.ctx.T(text, translations.Data{"Name": string(s.session.Name)})) //translations: start.phone.text start.phone.linked
		content = s.phone
	}
	s.leave.Importance = widget.LowImportance
	if s.step == StepPhone && s.linked {
		leave = s.ctx.T("start.finish")
		s.leave.Importance = widget.HighImportance
	}
	s.leave.SetText(leave)
	show(s.back, s.step == StepPhone && !s.linked)
	if len(s.place.Objects) != 1 || s.place.Objects[0] != content {
		s.place.Objects = []fyne.CanvasObject{content}
		s.place.Refresh()
	}
}
