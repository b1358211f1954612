package session

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Pairing is the panel of one session by itself: the last of the first-start
// steps. When it is activated it connects a session that is stopped, once.
type Pairing struct {
	run     *runner
	panel   *panel
	opts    Options
	session model.Session
	// OnState is called with every state that becomes known; may be nil.
	OnState func(model.SessionState)

	asked  bool // Connect was called by itself already
	shown  bool // a code was shown
	gen    int
	life   context.Context
	cancel context.CancelFunc
	stop   func()
}

var _ ui.Screen = (*Pairing)(nil)

// NewPairing returns the panel of a session.
func NewPairing(ctx *ui.Context, svc Service, sync Sync, s model.Session, opts Options) *Pairing {
	p := &Pairing{session: s, opts: opts}
	p.run = &runner{ctx: ctx, svc: svc, sync: sync, changed: p.apply, heard: p.heard, accepted: func(action) { p.reload() }}
	p.panel = newPanel(ctx, svc, sync, s.ID, opts, func(a action) { p.run.run(a, p.session) })
	p.apply()
	return p
}

// Title implements ui.Screen.
func (p *Pairing) Title() string { return DisplayName(p.session) }

// Content implements ui.Screen.
func (p *Pairing) Content() fyne.CanvasObject { return p.panel.root }

// State returns the state that is shown.
func (p *Pairing) State() model.SessionState { return p.seen().State }

// seen returns the session as it can be shown.
func (p *Pairing) seen() model.Session {
	return behind(p.session, GatewayAway(p.session, p.opts.gateway()))
}

// Activate implements ui.Screen.
func (p *Pairing) Activate() {
	if p.stop != nil {
		return
	}
	p.life, p.cancel = context.WithCancel(context.Background())
	p.stop = p.run.ctx.On(p.handle)
	p.panel.setActive(true)
	p.reload()
}

// Deactivate implements ui.Screen.
func (p *Pairing) Deactivate() {
	if p.stop == nil {
		return
	}
	p.stop()
	p.stop = nil
	p.cancel()
	p.panel.setActive(false)
}

func (p *Pairing) handle(b event.Batch) {
	if b.Sessions.Has(p.session.ID) || b.Gateway != nil {
		p.reload()
	}
	if _, ok := b.Progress[p.session.ID]; ok || b.Gateway != nil || b.Settings {
		p.apply()
	}
}

// reload reads the session again; an answer that is late is dropped.
func (p *Pairing) reload() {
	if p.stop == nil {
		return
	}
	p.gen++
	gen := p.gen
	p.run.ctx.Load(p.life, func(ctx context.Context) func() {
		all, err := p.run.svc.List(ctx)
		return func() {
			if gen != p.gen {
				return
			}
			if err != nil {
				// In the background: the panel goes on showing what is known.
				why, _ := p.run.ctx.ProblemText(p.run.ctx.Describe(err))
				p.run.ctx.Toast(why)
				return
			}
			for _, s := range all {
				if s.ID == p.session.ID {
					p.heard(s)
				}
			}
		}
	})
}

// heard takes a newer state and connects a stopped session the first time.
func (p *Pairing) heard(s model.Session) {
	p.session = s
	p.apply()
	if !p.asked && p.run.running == actionNone {
		p.asked = true
		if offered(actionConnect, known(s.State), false, false) {
			p.run.run(actionConnect, s)
		}
	}
}

func (p *Pairing) apply() {
	if p.panel == nil {
		return
	}
	p.shown = p.shown || p.session.State == model.StateWaitingQR
	p.panel.set(p.seen(), p.run.sync.Progress(p.session.ID), p.run.running != actionNone, p.shown)
	if p.OnState != nil {
		p.OnState(p.State())
	}
}
