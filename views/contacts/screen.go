package contacts

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// Service is what the screen asks of the program. Every method may block.
type Service interface {
	List(ctx context.Context, q model.ContactQuery) ([]model.ContactRow, error)
	Get(ctx context.Context, id model.ContactID) (model.ContactDetail, error)
	// Refresh asks the gateway for the details of a contact and stores them.
	Refresh(ctx context.Context, id model.ContactID) (model.ContactDetail, error)
	// OpenConversation returns the conversation with a contact, created when there is none.
	OpenConversation(ctx context.Context, id model.ContactID) (model.ConversationID, error)
	// SamePerson joins two identifiers, NotSamePerson takes one from a person for good.
	SamePerson(ctx context.Context, session model.SessionID, one, other model.JID) error
	NotSamePerson(ctx context.Context, session model.SessionID, id, from model.JID) error
}

// Sessions names the sessions that the list can be narrowed to.
type Sessions interface {
	List(ctx context.Context) ([]model.Session, error)
}

// Options connect the screen with its surroundings.
type Options struct {
	Sessions           Sessions                   // nil: contacts of all sessions, no choice
	OnOpenConversation func(model.ConversationID) // shows a conversation; nil: nothing happens
}

// listShare is the part of the width that the list gets at first.
const listShare = 0.36

// Screen shows the contacts. Build it with New.
type Screen struct {
	ctx    *ui.Context
	list   *list
	detail *detail
	body   fyne.CanvasObject

	active bool
	life   context.Context // of the present activation
	cancel context.CancelFunc
	stop   func() // ends the subscription
}

var _ ui.Screen = (*Screen)(nil)

// New returns the screen; it reads nothing before Activate.
func New(ctx *ui.Context, svc Service, o Options) *Screen {
	s := &Screen{ctx: ctx}
	s.detail = newDetail(ctx, svc, o.OnOpenConversation)
	s.list = newList(ctx, svc, o.Sessions, s.detail.show)
	split := container.NewHSplit(s.list.body, s.detail.body)
	split.Offset = listShare
	s.body = split
	return s
}

// Title returns the name of the screen.
func (s *Screen) Title() string { return s.ctx.T("contacts.title") }

// Content returns what the screen draws.
func (s *Screen) Content() fyne.CanvasObject { return s.body }

// Activate reads the contacts and follows their changes.
func (s *Screen) Activate() {
	if s.active {
		return
	}
	s.active = true
	s.life, s.cancel = context.WithCancel(context.Background())
	s.stop = s.ctx.On(s.follow)
	s.list.activate(s.life)
	s.detail.activate(s.life)
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
	s.detail.deactivate()
}

// Show chooses a contact, also one that the list does not hold.
func (s *Screen) Show(id model.ContactID) { s.list.choose(id) }

// FocusSearch moves the keyboard to the search field.
func (s *Screen) FocusSearch() { s.list.search.Focus() }

func (s *Screen) follow(b event.Batch) {
	if !s.active {
		return
	}
	if len(b.Sessions) > 0 {
		s.list.loadSessions()
	}
	if len(b.Contacts) > 0 {
		s.list.refresh(b.Contacts)
		s.detail.refresh(b.Contacts)
	}
}
