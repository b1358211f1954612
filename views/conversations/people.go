package conversations

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// People tells which identifiers are one person. Every method may block.
type People interface {
	// IDs returns every identifier of a person and those that could be, the main one first.
	IDs(ctx context.Context, session model.SessionID, jid model.JID) ([]model.PersonID, error)
	// SamePerson joins two identifiers, NotSamePerson takes one from a person for good.
	SamePerson(ctx context.Context, session model.SessionID, one, other model.JID) error
	NotSamePerson(ctx context.Context, session model.SessionID, id, from model.JID) error
}

// personItem offers to see under which identifiers the person is known; nil where
// there is nobody or nothing to ask.
func (d *detailPane) personItem() *fyne.MenuItem {
	if d.people == nil || d.conv.Kind != model.KindPerson || !d.loaded {
		return nil
	}
	return fyne.NewMenuItem(d.ctx.T("contacts.ids.open"), d.showWho)
}

// showWho reads the identifiers of the person and shows them.
func (d *detailPane) showWho() {
	if d.life == nil {
		return
	}
	session, jid := d.conv.SessionID, d.conv.JID
	d.ctx.Load(d.life, func(ctx context.Context) func() {
		ids, err := d.people.IDs(ctx, session, jid)
		return func() {
			if err != nil {
				d.ctx.ShowError("action.load_contact", err)
				return
			}
			d.showIDs(session, ids)
		}
	})
}

// showIDs shows the identifiers; a decision closes the dialog.
func (d *detailPane) showIDs(session model.SessionID, ids []model.PersonID) {
	closeDialog := func() {}
	decide := func(work func(context.Context, model.SessionID, model.JID, model.JID) error) func(id, other model.JID) {
		return func(id, other model.JID) {
			closeDialog()
			d.ctx.Load(d.life, func(ctx context.Context) func() {
				err := work(ctx, session, id, other)
				return func() { d.ctx.ShowError("action.same_person", err) }
			})
		}
	}
	content := fyne.CanvasObject(widgets.NewPersonIDs(d.ctx, ids, decide(d.people.SamePerson), decide(d.people.NotSamePerson)).Body)
	if len(ids) < 2 {
		text := widgets.PersonIDText(d.ctx, ids[0].JID)
		content = container.NewVBox(wrappedLabel(text), wrappedLabel(d.ctx.T("contacts.ids.alone")))
	}
	const width, height = 420, 360
	scroll := container.NewVScroll(content)
	scroll.SetMinSize(fyne.NewSize(width, min(content.MinSize().Height, height)))
	closeDialog = d.ctx.ShowModal(ui.Modal{
		Title: d.ctx.T("contacts.ids.title"), Content: scroll, MinWidth: width,
		Buttons: []ui.ModalButton{{Text: d.ctx.T("common.close")}},
	})
}
