package session

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// agoInterval is how often "2 min ago" is written anew.
const agoInterval = 30 * time.Second

// Screen is the page: a card for every session.
type Screen struct {
	ctx  *ui.Context
	svc  Service
	sync Sync
	opts Options

	root  fyne.CanvasObject
	list  *fyne.Container
	state *widgets.StateView
	cards map[model.SessionID]*card
	order []model.SessionID

	gen     int // of the load; late answers are dropped
	life    context.Context
	cancel  context.CancelFunc
	stop    func()
	stopAgo func()
}

var _ ui.Screen = (*Screen)(nil)

// New returns the page. It reads nothing before Activate.
func New(ctx *ui.Context, svc Service, sync Sync, opts Options) *Screen {
	apart := layout.NewCustomPaddedVBoxLayout(2 * theme.Padding()) // cards must not look like one
	s := &Screen{ctx: ctx, svc: svc, sync: sync, opts: opts, cards: map[model.SessionID]*card{}, list: container.New(apart)}
	title := widget.NewLabel(s.Title())
	title.TextStyle.Bold = true
	title.SizeName = theme.SizeNameHeadingText
	add := widget.NewButtonWithIcon(ctx.T("session.add.open"), apptheme.Icon(apptheme.IconAdd), s.openAdd)
	page := container.NewVScroll(container.NewPadded(s.list))
	s.opts.Page = page
	s.state = widgets.NewStateView(ctx, container.New(newWatched(s.fit), page))
	s.root = container.NewBorder(container.NewPadded(container.NewBorder(nil, nil, nil, container.NewCenter(add), title)), nil, nil, nil, s.state)
	return s
}

// Title implements ui.Screen.
func (s *Screen) Title() string { return s.ctx.T("session.title") }

// Content implements ui.Screen.
func (s *Screen) Content() fyne.CanvasObject { return s.root }

// Activate implements ui.Screen.
func (s *Screen) Activate() {
	if s.stop != nil {
		return
	}
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(s.handle)
	s.stopAgo = s.ctx.Every(agoInterval, s.applyAll)
	for _, c := range s.cards {
		c.setActive(true)
	}
	s.reload()
}

// Deactivate implements ui.Screen.
func (s *Screen) Deactivate() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.stopAgo()
	s.stop = nil
	s.cancel()
	for _, c := range s.cards {
		c.setActive(false)
	}
}

// fit makes the codes as large as the page has room for.
func (s *Screen) fit() {
	for _, c := range s.cards {
		if c.fit() {
			c.box.Refresh()
		}
	}
}

func (s *Screen) applyAll() {
	for _, c := range s.cards {
		c.apply()
	}
}

// handle takes what has happened. While a sync runs its figures wait for its end.
func (s *Screen) handle(b event.Batch) {
	if b.Gateway != nil || b.Settings {
		s.applyAll() // at once, as the strip: what is read may take a while
	}
	if len(b.Sessions) > 0 || b.Gateway != nil {
		s.reload()
	}
	for id, c := range s.cards {
		if b.Ledger.Has(id) {
			c.history.load(s.life)
		}
		p, moved := b.Progress[id]
		if moved {
			c.apply()
		}
		if moved && !p.Running || !s.sync.Progress(id).Running && (b.Contacts.Has(id) || b.Conversations.Has(id)) {
			c.loadStatistics(s.life)
		}
	}
}

// reload reads the sessions again.
func (s *Screen) reload() {
	if s.stop == nil {
		return
	}
	s.gen++
	gen := s.gen
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		sessions, err := s.svc.List(ctx)
		return func() {
			if gen == s.gen {
				s.apply(sessions, err)
			}
		}
	})
}

func (s *Screen) apply(sessions []model.Session, err error) {
	switch {
	case err != nil:
		s.state.ShowError("action.load_sessions", err, s.reload)
		return
	case len(sessions) == 0:
		s.show(nil)
		s.state.ShowEmpty(widgets.Empty{
			Icon: apptheme.Icon(apptheme.IconSession), Title: s.ctx.T("session.empty.title"), Text: s.ctx.T("session.empty.text"),
			Action: s.ctx.T("session.add.open"), Tapped: s.openAdd,
		})
		return
	}
	s.show(sessions)
	s.state.ShowData()
}

// show keeps the cards of sessions that are still there, so that what the owner opened stays open.
func (s *Screen) show(sessions []model.Session) {
	held := s.cards
	s.cards, s.order = map[model.SessionID]*card{}, nil
	objects := make([]fyne.CanvasObject, 0, len(sessions))
	changed := len(sessions) != len(s.list.Objects)
	for i, row := range sessions {
		c, ok := held[row.ID]
		if !ok {
			c = newCard(s.ctx, s.svc, s.sync, row, s.opts)
			c.setActive(s.stop != nil)
		}
		delete(held, row.ID)
		c.set(row)
		if !ok || s.stop != nil && !s.sync.Progress(row.ID).Running {
			c.loadStatistics(s.life)
		}
		s.cards[row.ID] = c
		s.order = append(s.order, row.ID)
		objects = append(objects, c.root)
		changed = changed || s.list.Objects[i] != c.root
	}
	for _, gone := range held {
		gone.setActive(false)
	}
	if changed {
		s.list.Objects = objects
		s.list.Refresh()
	}
}
