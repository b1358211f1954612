package activity

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Service is what the screen asks of the program. It may block.
type Service interface {
	List(ctx context.Context, q model.ActivityQuery) ([]model.Activity, error)
}

// Sessions names the sessions that the list can be narrowed to.
type Sessions interface {
	List(ctx context.Context) ([]model.Session, error)
}

// Options connect the screen with its surroundings.
type Options struct {
	Sessions Sessions // nil: activity of all sessions, no choice
}

// listShare is the part of the width that the list gets at first.
const listShare = 0.5

// Screen shows the activity. Build it with New.
type Screen struct {
	ctx    *ui.Context
	list   *list
	detail *detail
	body   fyne.CanvasObject

	active bool
	cancel context.CancelFunc
	stop   func()
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, o Options) *Screen {
	s := &Screen{ctx: ctx}
	s.detail = newDetail(ctx)
	s.list = newList(ctx, svc, o.Sessions, s.detail.show)
	split := container.NewHSplit(s.list.body, s.detail.body)
	split.Offset = listShare
	s.body = split
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("activity.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate reads the activity and follows what is added.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	life, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.stop = s.ctx.On(s.follow)
	s.list.activate(life)
}

// Deactivate cancels what is being read and follows nothing any more.
func (s *Screen) Deactivate() {
	if !s.active {
		return
	}
	s.active = false
	s.stop()
	s.cancel()
	s.list.deactivate()
}

func (s *Screen) follow(b event.Batch) {
	if !s.active {
		return
	}
	if len(b.Sessions) > 0 {
		s.list.loadSessions()
	}
	if b.Activity {
		s.list.refresh()
	}
}
