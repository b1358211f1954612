package conversations

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// contactForm is the dialog in which a contact is chosen whose card is sent.
type contactForm struct {
	c      *compose
	rows   []model.ContactRow
	chosen int // row, -1 for none
	gen    int

	search *ui.Entry
	list   *widget.List
	states *widgets.StateView
	said   *widget.Label
	close  func()
}

// chooseContact asks whose card is sent.
func (c *compose) chooseContact() {
	ctx := c.ctx
	f := &contactForm{c: c, chosen: -1, search: ui.NewEntry(), said: hint()}
	f.search.SetPlaceHolder(ctx.T("compose.contact.search"))
	f.search.OnChanged = func(string) { f.load() }
	f.search.OnSubmitted = func(string) { f.send() }
	f.list = widget.NewList(func() int { return len(f.rows) }, func() fyne.CanvasObject { return newTargetRow(ctx) }, f.update)
	f.list.HideSeparators = true
	f.list.OnSelected = func(i int) {
		f.list.UnselectAll()
		f.choose(i)
	}
	f.search.OnDown = func() { ctx.Window.Canvas().Focus(f.list) }
	f.states = widgets.NewStateView(ctx, f.list)
	room := ctx.Window.Canvas().Size()
	size := fyne.NewSize(min(forwardWidth, room.Width-80), min(300, room.Height-320))
	f.close = ctx.ShowModal(ui.Modal{
		Title: ctx.T("compose.contact.title"), MinWidth: forwardWidth, Focus: f.search, Closed: c.composer.Focus,
		Content: container.NewVBox(f.search, container.NewGridWrap(size, f.states), f.said),
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("conversations.send"), Importance: highImportance, KeepOpen: true, Tapped: f.send},
		},
	})
	sayHint(f.said, ctx.T("compose.contact.none"), false)
	f.load()
}

// load reads the contacts whose name or number has the text.
func (f *contactForm) load() {
	f.gen++
	gen, text := f.gen, f.search.Text
	session := f.c.d.conv.SessionID
	f.c.ctx.Load(f.c.d.shown, func(ctx context.Context) func() {
		rows, err := f.c.contacts.List(ctx, model.ContactQuery{SessionID: session, Text: text, Limit: forwardShown})
		return func() {
			if gen != f.gen {
				return
			}
			if err != nil {
				f.states.ShowError("action.load_contacts", err, f.load)
				return
			}
			f.rows, f.chosen = rows, -1
			sayHint(f.said, f.c.ctx.T("compose.contact.none"), false)
			if len(rows) == 0 {
				f.states.ShowEmpty(widgets.Empty{Title: f.c.ctx.T("compose.contact.nobody"), Text: f.c.ctx.T("compose.contact.nobody_text")})
				return
			}
			if len(rows) == 1 {
				f.choose(0)
			}
			f.states.ShowData()
			f.list.Refresh()
		}
	})
}

func (f *contactForm) update(i int, o fyne.CanvasObject) {
	if r, ok := o.(*targetRow); ok && i < len(f.rows) {
		row := &f.rows[i]
		r.set(string(row.JID), f.name(row), row.AvatarHash, i == f.chosen)
	}
}

func (f *contactForm) name(row *model.ContactRow) string {
	return widgets.ContactName(f.c.ctx, row.JID, row.Phone, row.DisplayName)
}

// cardOf returns the identifier by which the card of a contact can be sent:
// gateways take those of phone numbers only (contract §5.2); "" when it has none.
func cardOf(row *model.ContactRow) model.JID {
	switch {
	case row.JID.Server() == model.ServerPhone:
		return row.JID
	case row.Phone.Valid():
		return model.JID(string(row.Phone) + "@" + model.ServerPhone)
	}
	return ""
}

func (f *contactForm) choose(i int) {
	if i < 0 || i >= len(f.rows) {
		return
	}
	f.chosen = i
	row := &f.rows[i]
	if cardOf(row) == "" {
		sayHint(f.said, f.c.ctx.T("compose.contact.hidden", translations.Data{"Name": f.name(row)}), true)
	} else {
		sayHint(f.said, f.c.ctx.T("compose.contact.chosen", translations.Data{"Name": f.name(row), "Phone": f.c.ctx.FormatPhone(cardOf(row).Phone())}), false)
	}
	f.list.Refresh()
}

func (f *contactForm) send() {
	if f.chosen < 0 || f.chosen >= len(f.rows) {
		sayHint(f.said, f.c.ctx.T("compose.contact.none"), true)
		return
	}
	card := cardOf(&f.rows[f.chosen])
	if card == "" {
		return // why stands there
	}
	f.close()
	f.c.sendOut(model.Outgoing{Contact: card})
}
