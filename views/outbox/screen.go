package outbox

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// listShare is the part of the width that the list gets at first.
const listShare = 0.55

// Screen shows what goes out. Build it with New.
type Screen struct {
	ctx      *ui.Context
	svc      Service
	sessions Sessions
	onOpen   func(model.ConversationID)
	list     *list
	detail   *detail
	body     fyne.CanvasObject

	active bool
	life   context.Context // of the present activation
	cancel context.CancelFunc
	stop   func()
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, o Options) *Screen {
	s := &Screen{ctx: ctx, svc: svc, sessions: o.Sessions, onOpen: o.OnOpen}
	s.detail = newDetail(ctx, s.choices)
	s.list = newList(ctx, svc)
	s.list.onChoose, s.list.onMenu, s.list.onKey = s.detail.show, s.menu, s.key
	split := container.NewHSplit(s.list.body, s.detail.states)
	split.Offset = listShare
	s.body = split
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("outbox.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate reads what goes out and follows its changes.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(s.follow)
	s.list.activate(s.life)
	s.loadSessions()
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
		s.loadSessions()
	}
	if len(b.Sending) > 0 {
		s.list.progress(b.Sending)
	}
	if len(b.Outbox) > 0 || len(b.Sessions) > 0 || b.Gateway != nil || b.Settings {
		s.list.refresh()
	}
}

// loadSessions learns whether rows have to name their session.
func (s *Screen) loadSessions() {
	if s.sessions == nil {
		return
	}
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		held, err := s.sessions.List(ctx)
		if err != nil {
			return nil // the list itself says what is wrong with the store
		}
		return func() {
			if named := len(held) > 1; named != s.list.named {
				s.list.named = named
				s.list.list.Refresh()
			}
		}
	})
}
