package sync

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// listBatch is how many contacts or conversations are written in one transaction.
const listBatch = 500

// contactPhase reads the contact list once and writes what changed. While the
// list comes, it belongs to the goroutine of a lane.
type contactPhase struct {
	w      *worker
	run    *syncRun
	ctx    context.Context
	held   map[model.JID]model.ContactEntry // as the last sync left it; nil when that is not known
	index  map[model.JID]model.ContactEntry // what is held; nil before ready
	before int                              // the worker's changes when the list began
	limit  int
	began  time.Time // the list was asked for
	seen   map[model.JID]struct{}
	twins  map[model.JID]model.Contact // hidden-id copies of a person; see add
	people []model.Identity
	batch  []model.Contact
	back   []model.ContactID // named again, unchanged
	report model.PhaseReport
}

// syncContacts brings the contacts in step. Contacts that the list does not
// name are marked, never deleted.
func (w *worker) syncContacts(ctx context.Context, run *syncRun) (model.PhaseReport, error) {
	p := &contactPhase{
		w: w, run: run, ctx: ctx, limit: w.e.p.Settings().LimitContacts, began: w.e.p.Now(), twins: map[model.JID]model.Contact{},
	}
	w.forgetStale()
	p.held, w.heldContacts, p.before = w.heldContacts, nil, w.changes
	items := newLane(w, p.ready, p.add)
	var list gateway.ListReport
	gw := w.e.p.Gateway()
	err := w.whenReady(ctx, func() error {
		return w.aside(func() (err error) {
			list, err = gw.Contacts(ctx, w.name, items.put)
			return err
		})
	})
	if lerr := items.close(); err == nil {
		err = lerr
	}
	w.e.heard(err)
	p.report.Failed += list.Bad
	for _, problem := range list.Problems {
		w.log.WithField("index", problem.Index).WithError(problem.Err).Warn("skip a contact that cannot be read")
	}
	// What was read before an error is good: it is kept.
	if ferr := p.finish(err == nil && list.Bad == 0); err == nil {
		err = ferr
	}
	if p.report.Changed() {
		w.e.p.Bus.Publish(event.Batch{Contacts: event.Of(w.id), Conversations: event.Of(w.id)})
	}
	if err != nil {
		return p.report, fmt.Errorf("sync the contacts: %w", err)
	}
	return p.report, nil
}

// ready loads what is held.
func (p *contactPhase) ready() (err error) {
	if p.index != nil {
		return nil
	}
	if p.index = p.held; p.index == nil {
		if p.index, err = p.w.e.p.Store.ContactIndex(p.ctx, p.w.id); err != nil {
			return fmt.Errorf("load the held contacts: %w", err)
		}
	}
	p.seen = make(map[model.JID]struct{}, len(p.index))
	p.w.contacts.begin(len(p.index))
	return nil
}

// add takes one contact off the list. The gateway may begin a list again after
// it broke, so one that was taken already is passed over.
//
// A person can be listed twice under one id, once with the digits of the hidden
// id as number (contract §10.1): that copy tells who is who, and is used as the
// contact itself only when no other copy comes.
func (p *contactPhase) add(wire *gateway.Contact) error {
	if r, ok := p.w.contacts.recall(wire.Sum); ok && p.index[r.jid].Fingerprint == r.fingerprint {
		return p.take(model.Contact{JID: r.jid, Fingerprint: r.fingerprint})
	}
	c, lid, err := contactOf(p.w.id, wire)
	if err != nil {
		p.report.Failed++
		return nil
	}
	if lid != "" {
		p.people = append(p.people, model.Identity{
			SessionID: p.w.id, LID: lid, PhoneJID: c.JID, Source: model.SourceContact, FoundAt: p.w.e.stamp(),
		})
		p.twins[c.JID] = c
		return nil
	}
	p.w.contacts.keep(wire.Sum, c.JID, c.Fingerprint)
	return p.take(c)
}

func (p *contactPhase) take(c model.Contact) error {
	if _, again := p.seen[c.JID]; again {
		return nil
	}
	p.seen[c.JID] = struct{}{}
	held, known := p.index[c.JID]
	switch {
	case known && held.Fingerprint == c.Fingerprint:
		p.report.Unchanged++
		if held.NotSeen {
			p.back = append(p.back, held.ID)
		}
	case known:
		p.report.Updated++
		p.put(c)
	case p.limit > 0 && len(p.seen) > p.limit:
		p.report.Cut = true
	default:
		p.report.Created++
		p.put(c)
	}
	if len(p.seen)%listBatch == 0 {
		p.w.advance(p.run, model.PhaseContacts, len(p.seen), 0)
	}
	if len(p.batch) >= listBatch {
		return p.write()
	}
	return nil
}

func (p *contactPhase) put(c model.Contact) {
	c.DisplayName = formatName(c.DisplayName, c.Phone)
	p.batch = append(p.batch, c)
}

// write writes a batch, without those that were blocked or let in again since the
// list was asked for: what it says of them is from before.
func (p *contactPhase) write() error {
	p.batch = slices.DeleteFunc(p.batch, func(c model.Contact) bool { return p.w.acts.since(c.JID, model.OutboxBlock, p.began) })
	if len(p.batch) == 0 {
		return nil
	}
	err := p.w.e.p.Store.SaveContacts(p.ctx, p.w.id, p.batch, p.w.e.stamp())
	if err != nil {
		return fmt.Errorf("write %d contacts: %w", len(p.batch), err)
	}
	p.batch = p.batch[:0]
	return nil
}

// finish writes the rest. whole says that the list came complete and readable:
// only then can a contact that it does not name be marked, and an empty list is
// never believed (contract §12.2).
func (p *contactPhase) finish(whole bool) error {
	if err := p.ready(); err != nil {
		return err
	}
	p.w.contacts.end(whole)
	for jid, twin := range p.twins {
		if _, named := p.seen[jid]; !named {
			if err := p.take(twin); err != nil {
				return err
			}
		}
	}
	if err := p.write(); err != nil {
		return err
	}
	s := p.w.e.p.Store
	if err := p.w.learnPeople(p.ctx, p.people); err != nil {
		return fmt.Errorf("write the hidden ids: %w", err)
	}
	if err := s.MarkContactsSeen(p.ctx, p.back); err != nil {
		return fmt.Errorf("mark the contacts that are back: %w", err)
	}
	if !whole || len(p.seen) == 0 {
		return nil
	}
	gone, err := p.markGone()
	if err == nil && gone == 0 && len(p.back) == 0 && !p.report.Changed() && p.before == p.w.changes {
		p.w.heldContacts = p.index
	}
	return err
}

// markGone marks what is held but was not named, and returns how many marks are new.
func (p *contactPhase) markGone() (int, error) {
	var gone []model.ContactID
	for jid, held := range p.index {
		if _, named := p.seen[jid]; named {
			continue
		}
		p.report.NotSeen++
		if !held.NotSeen {
			gone = append(gone, held.ID)
		}
	}
	if err := p.w.e.p.Store.MarkContactsNotSeen(p.ctx, gone, p.w.e.stamp()); err != nil {
		return 0, fmt.Errorf("mark the contacts that are gone: %w", err)
	}
	return len(gone), nil
}

// RefreshContact asks for what the contact list does not say: the text about
// oneself, the business profile, the picture. What one call cannot tell does
// not keep the others from being written.
func (e *Engine) RefreshContact(ctx context.Context, id model.ContactID) error {
	held, err := e.p.Store.Contact(ctx, id)
	if err != nil {
		return fmt.Errorf("load the contact: %w", err)
	}
	w, err := e.worker(held.SessionID)
	if err != nil {
		return err
	}
	return w.ask(ctx, func(ctx context.Context) error {
		began := w.e.p.Now()
		err := w.refreshContact(ctx, held)
		w.e.heard(err)
		w.record(model.ActivityContact, "refresh_contact", began, err, func(a *model.Activity) { a.Contact = held.JID })
		return err
	})
}

func (w *worker) refreshContact(ctx context.Context, held model.ContactDetail) error {
	if err := w.requireConnected(ctx); err != nil {
		return err
	}
	gw, s, began := w.e.p.Gateway(), w.e.p.Store, w.e.p.Now()
	about, err := gw.About(ctx, w.name, string(held.JID))
	if err != nil {
		return fmt.Errorf("ask what the contact says about itself: %w", err)
	}
	wire, err := gw.ContactByID(ctx, w.name, string(held.JID))
	if err != nil {
		return fmt.Errorf("ask for the contact: %w", err)
	}
	c, lid, err := contactOf(w.id, wire)
	if err != nil {
		return fmt.Errorf("read the contact: %w", err)
	}
	if lid == "" && c.JID == held.JID && c.Fingerprint != held.Fingerprint && !w.acts.since(c.JID, model.OutboxBlock, began) {
		c.DisplayName = formatName(c.DisplayName, c.Phone)
		if err := s.SaveContacts(ctx, w.id, []model.Contact{c}, w.e.stamp()); err != nil {
			return fmt.Errorf("write the contact: %w", err)
		}
	}
	w.heldContacts = nil
	w.changes++
	text, _ := model.CleanText(about, 2048)
	if err := s.SaveContactDetails(ctx, held.ID, text, c.Business, w.e.stamp()); err != nil {
		return fmt.Errorf("write the contact's details: %w", err)
	}
	w.avatarOf(ctx, model.AvatarDue{ContactID: held.ID, JID: held.JID})
	w.e.p.Bus.Publish(event.Batch{Contacts: event.Of(w.id)})
	return nil
}
