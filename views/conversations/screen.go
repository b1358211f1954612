package conversations

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// listShare is the part of the width that the list gets at first.
const listShare = 0.34

// Screen shows the conversations. Build it with New.
type Screen struct {
	ctx      *ui.Context
	sessions Sessions
	labels   Service
	finder   Finder     // nil: messages cannot be searched
	actions  Actions    // nil: no conversation can be begun
	begins   *beginning // the dialog for a new conversation, nil while it is closed
	list     *listPane
	detail   *detailPane
	search   *searchPane // nil without finder
	split    *container.Split
	body     fyne.CanvasObject

	active bool
	life   context.Context // of the present activation
	cancel context.CancelFunc
	stop   func() // ends the subscription
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, o Options) *Screen {
	if o.EnterSends == nil {
		o.EnterSends = func() bool { return true }
	}
	s := &Screen{ctx: ctx, sessions: o.Sessions, labels: svc, finder: o.Finder, actions: o.Actions}
	marks := &marker{ctx: ctx, svc: svc, actions: o.Actions, notify: o.Notify}
	s.detail = newDetailPane(ctx, svc, marks, o)
	if o.OnOpened != nil {
		s.detail.onOpened = o.OnOpened
	}
	s.list = newListPane(ctx, svc, marks, s.detail.open)
	s.list.onTapped = s.detail.write
	s.detail.onEscape = func() { s.list.search.Focus() }
	s.split = container.NewHSplit(s.list.body, s.detail.body)
	s.split.Offset = listShare
	s.body = s.split
	if o.Finder != nil {
		s.search = newSearchPane(ctx, o.Finder)
		s.search.onHit, s.search.onPlace, s.search.onClose = s.openHit, s.openPlace, s.split.Show
		s.list.onSearch = s.FocusSearch
		s.list.allowSearch()
		s.body = container.NewStack(s.split, s.search.body)
	}
	if o.Finder != nil && o.Actions != nil {
		s.list.allowBeginning(s.NewConversation)
	}
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("conversations.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate reads the conversations and follows their changes.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(s.follow)
	s.loadSessions()
	s.list.activate(s.life)
	s.detail.activate(s.life)
	if s.search != nil {
		s.search.activate(s.life)
	}
}

// Deactivate stores the draft, cancels what is being read and follows nothing
// any more.
func (s *Screen) Deactivate() {
	if !s.active {
		return
	}
	s.active = false
	s.stop()
	if s.search != nil {
		s.search.deactivate()
	}
	s.detail.deactivate()
	s.list.deactivate()
	s.cancel()
}

// Open shows a conversation, also one that the list does not hold.
func (s *Screen) Open(id model.ConversationID) { s.list.choose(id) }

// OpenAt shows a conversation around one of its messages, however far back.
func (s *Screen) OpenAt(id model.ConversationID, at model.MessageID) {
	s.list.setChosen(id)
	s.detail.openAt(id, at)
}

// Opened returns the conversation that is shown, zero when none is.
func (s *Screen) Opened() model.ConversationID {
	if s.search != nil && s.search.body.Visible() {
		return 0
	}
	return s.detail.id
}

// Attach puts files before the conversation that is shown, to be sent with what
// is written there. It tells whether it did; if not, the owner is told why.
func (s *Screen) Attach(paths []string) bool {
	if s.search != nil && s.search.body.Visible() {
		s.ctx.Toast(s.ctx.T("compose.attach.nowhere"))
		return false
	}
	return s.detail.attach(paths)
}

// FocusSearch opens the search over everything with the keyboard in its field.
func (s *Screen) FocusSearch() {
	if s.search == nil {
		s.list.search.Focus()
		return
	}
	s.search.show()
	s.split.Hide()
}

// Find opens the search in the conversation that is shown.
func (s *Screen) Find() {
	if s.search != nil {
		s.search.close()
	}
	s.detail.find()
}

// FindStep goes to the next older match in the conversation that is shown, or to
// the next newer one. Where nothing is being looked for, the search opens.
func (s *Screen) FindStep(newer bool) {
	if s.search == nil || !s.search.body.Visible() {
		s.detail.findStep(newer)
	}
}

// Escape closes the search that is open and tells whether there was any.
func (s *Screen) Escape() bool {
	if s.search != nil && s.search.close() {
		return true
	}
	return s.detail.finder != nil && s.detail.finder.close()
}

// openHit shows a message that was found.
func (s *Screen) openHit(h model.SearchHit, words []string) {
	s.OpenAt(h.ConversationID, h.ID)
	s.detail.light(words)
	s.detail.takeKeys()
}

// openPlace shows a conversation that was found, or begins one with a contact.
func (s *Screen) openPlace(p model.PlaceHit) {
	if p.ConversationID != 0 {
		s.Open(p.ConversationID)
		s.detail.write()
		return
	}
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		c, err := s.finder.Open(ctx, p.SessionID, string(p.JID))
		return func() {
			if err != nil {
				s.ctx.ShowError("action.open_conversation", err)
				return
			}
			s.Open(c.ID)
			s.detail.write()
		}
	})
}

func (s *Screen) follow(b event.Batch) {
	if !s.active {
		return
	}
	if len(b.Sessions) > 0 {
		s.loadSessions()
	}
	if len(b.Conversations) > 0 || len(b.Messages) > 0 || len(b.Contacts) > 0 {
		s.list.refresh()
	}
	s.detail.follow(b)
}

// loadSessions reads which sessions there are and which are connected.
func (s *Screen) loadSessions() {
	if s.sessions == nil {
		return
	}
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		held, err := s.sessions.List(ctx)
		if err != nil {
			return nil // the list itself says what is wrong with the store
		}
		var labels []model.Label
		for _, one := range held {
			if more, err := s.labels.Labels(ctx, one.ID); err == nil {
				labels = append(labels, more...)
			}
		}
		return func() {
			s.list.labels.set(labels)
			s.list.setSessions(held)
			s.detail.setSessions(held)
			if s.begins != nil {
				s.begins.setSessions(held)
			}
		}
	})
}
