package contacts

import (
	"context"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// detail is the right pane: all that is known of the chosen contact.
type detail struct {
	ctx    *ui.Context
	svc    Service
	onOpen func(model.ConversationID)

	life   context.Context // nil while the screen is not active
	cancel context.CancelFunc
	gen    uint64

	chosen  model.ContactID
	shown   *model.ContactDetail // nil: nothing read yet
	asking  bool                 // the gateway is being asked for details
	opening bool                 // the conversation is being looked up
	card    *card

	scroll *container.Scroll
	states *widgets.StateView
	body   fyne.CanvasObject
}

func newDetail(ctx *ui.Context, svc Service, onOpen func(model.ConversationID)) *detail {
	d := &detail{ctx: ctx, svc: svc, onOpen: onOpen, scroll: container.NewVScroll(container.NewStack())}
	d.states = widgets.NewStateView(ctx, d.scroll)
	d.showNobody()
	d.body = d.states
	return d
}

func (d *detail) activate(life context.Context) {
	d.life = life
	if d.chosen != 0 {
		d.read()
	}
}

func (d *detail) deactivate() {
	d.gen++
	d.life, d.asking, d.opening = nil, false, false
	if d.card != nil {
		d.card.setBusy(false, false)
	}
}

// refresh reads the contact again when it may be among those that changed.
func (d *detail) refresh(changed event.Set[model.SessionID]) {
	if d.chosen == 0 || d.shown != nil && !changed.Has(d.shown.SessionID) {
		return
	}
	d.read()
}

// show reads a contact and shows it.
func (d *detail) show(id model.ContactID) {
	if id == d.chosen && d.shown != nil {
		return
	}
	d.chosen, d.shown, d.asking, d.opening = id, nil, false, false
	d.states.ShowLoading()
	d.read()
}

func (d *detail) read() {
	if d.life == nil {
		return
	}
	d.run(d.svc.Get, func(c model.ContactDetail, err error) {
		if err != nil {
			d.shown = nil
			d.states.ShowError("action.load_contact", err, func() {
				d.states.ShowLoading()
				d.read()
			})
			return
		}
		d.apply(c)
	})
}

// ask has the gateway tell what it knows of the contact now.
func (d *detail) ask() {
	if d.life == nil || d.asking {
		return
	}
	d.asking = true
	d.card.setBusy(d.asking, d.opening)
	id := d.chosen
	d.ctx.Load(d.life, func(ctx context.Context) func() {
		c, err := d.svc.Refresh(ctx, id)
		return func() {
			if id != d.chosen {
				return
			}
			d.asking = false
			d.card.setBusy(d.asking, d.opening)
			if err != nil {
				d.ctx.ShowError("action.refresh_contact", err)
				return
			}
			d.gen++ // what was being read is older than this answer
			d.apply(c)
			d.ctx.Toast(d.ctx.T("contacts.refreshed"))
		}
	})
}

// open shows the conversation with the contact.
func (d *detail) open() {
	if d.life == nil || d.opening || d.onOpen == nil {
		return
	}
	d.opening = true
	d.card.setBusy(d.asking, d.opening)
	id := d.chosen
	d.ctx.Load(d.life, func(ctx context.Context) func() {
		conversation, err := d.svc.OpenConversation(ctx, id)
		return func() {
			if id != d.chosen {
				return
			}
			d.opening = false
			d.card.setBusy(d.asking, d.opening)
			if err != nil {
				d.ctx.ShowError("action.open_conversation", err)
				return
			}
			d.onOpen(conversation)
		}
	})
}

// decide returns what does something about an identifier of the contact and shows
// what came of it.
func (d *detail) decide(work func(context.Context, model.SessionID, model.JID, model.JID) error) func(id, other model.JID) {
	return func(id, other model.JID) {
		if d.life == nil || d.shown == nil {
			return
		}
		session := d.shown.SessionID
		d.ctx.Load(d.life, func(ctx context.Context) func() {
			err := work(ctx, session, id, other)
			return func() {
				if err != nil {
					d.ctx.ShowError("action.same_person", err)
					return
				}
				d.read()
			}
		})
	}
}

// run asks for the chosen contact; done gets the answer unless it is old by then.
func (d *detail) run(work func(context.Context, model.ContactID) (model.ContactDetail, error), done func(model.ContactDetail, error)) {
	if d.cancel != nil {
		d.cancel()
	}
	ctx, cancel := context.WithCancel(d.life)
	d.cancel = cancel
	d.gen++
	gen, id := d.gen, d.chosen
	d.ctx.Load(ctx, func(ctx context.Context) func() {
		c, err := work(ctx, id)
		return func() {
			cancel()
			if gen == d.gen {
				done(c, err)
			}
		}
	})
}

// apply shows a contact; the same again changes nothing, so that a reader is
// not disturbed by a sync.
func (d *detail) apply(c model.ContactDetail) {
	if d.shown != nil && reflect.DeepEqual(*d.shown, c) {
		return
	}
	same := d.shown != nil && d.shown.ID == c.ID
	d.shown = &c
	d.card = newCard(d.ctx, &c, d.scroll.Size().Width, cardActions{
		open: d.open, refresh: d.ask, group: d.onOpen, same: d.decide(d.svc.SamePerson), apart: d.decide(d.svc.NotSamePerson),
	})
	d.card.setBusy(d.asking, d.opening)
	at := d.scroll.Offset
	d.scroll.Content = d.card.body
	d.scroll.Refresh()
	if !same {
		at = fyne.Position{}
	}
	d.scroll.ScrollToOffset(at)
	d.states.ShowData()
}

func (d *detail) showNobody() {
	d.states.ShowEmpty(widgets.Empty{
		Icon: theme.Icon(theme.IconPerson), Title: d.ctx.T("contacts.nobody.title"), Text: d.ctx.T("contacts.nobody.text"),
	})
}
