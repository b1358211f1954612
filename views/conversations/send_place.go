package conversations

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// sendOut stores a message that is no text, to be sent; it answers what is being
// answered. Leaving the conversation does not stop it.
func (c *compose) sendOut(out model.Outgoing) {
	d, u := c.d, c.now
	if d.life == nil || !d.loaded {
		return
	}
	id, shown := d.id, d.shown
	out.Quote = u.quote
	d.ctx.Go(func(ctx context.Context) {
		_, err := d.svc.Send(context.WithoutCancel(ctx), id, out)
		d.ctx.Do(func() {
			if err == nil {
				u.quote = 0
				c.changed(u)
			}
			switch {
			case err != nil && shown.Err() != nil:
				d.ctx.ShowError("action.send", err)
			case err != nil:
				d.banner.show("action.send", err, nil)
			case shown.Err() == nil:
				d.showEnd()
			}
		})
	})
}

// field is a line of a dialog with its name above it.
func field(ctx *ui.Context, key string, entry fyne.CanvasObject) fyne.CanvasObject {
	name := widget.NewLabel(ctx.T(key)) //translations:compose.place.* compose.poll.*
	name.SizeName, name.Importance = theme.SizeNameCaptionText, widget.LowImportance
	return container.NewVBox(name, entry)
}

// hint is a quiet line of a dialog that says what is wrong or understood.
func hint() *widget.Label {
	l := widget.NewLabel("")
	l.SizeName, l.Wrapping = theme.SizeNameCaptionText, fyne.TextWrapWord
	return l
}

func sayHint(l *widget.Label, text string, wrong bool) {
	l.Importance = widget.LowImportance
	if wrong {
		l.Importance = widget.DangerImportance
	}
	l.SetText(text)
}

// choosePlace asks for a place and sends it.
func (c *compose) choosePlace() {
	ctx := c.ctx
	where, name, address, said := ui.NewEntry(), ui.NewEntry(), ui.NewEntry(), hint()
	where.SetPlaceHolder("41.92530, -4.02280")
	understood := func() (lat, lon float64, ok bool) {
		lat, lon, ok = model.ParsePlace(where.Text)
		switch {
		case ok:
			sayHint(said, ctx.T("compose.place.read", translations.Data{"Latitude": fmt.Sprintf("%.5f", lat), "Longitude": fmt.Sprintf("%.5f", lon)}), false)
		case strings.TrimSpace(where.Text) == "":
			sayHint(said, ctx.T("compose.place.how"), false)
		default:
			sayHint(said, ctx.T("compose.place.not"), true)
		}
		return lat, lon, ok
	}
	where.OnChanged = func(string) { understood() }
	understood()
	var closeModal func()
	send := func() {
		lat, lon, ok := understood()
		if !ok {
			sayHint(said, ctx.T("compose.place.not"), true)
			ctx.Window.Canvas().Focus(where)
			return
		}
		closeModal()
		c.sendOut(model.Outgoing{Location: &model.Location{
			Latitude: lat, Longitude: lon, Name: model.CleanLine(name.Text, model.MaxName), Address: model.CleanLine(address.Text, model.MaxName),
		}})
	}
	for _, e := range []*ui.Entry{where, name, address} {
		e.OnSubmitted = func(string) { send() }
	}
	closeModal = ctx.ShowModal(ui.Modal{
		Title: ctx.T("compose.place.title"), Focus: where, Closed: c.composer.Focus,
		Content: container.NewVBox(field(ctx, "compose.place.where", where), said, field(ctx, "compose.place.name", name), field(ctx, "compose.place.address", address)),
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("conversations.send"), Importance: highImportance, KeepOpen: true, Tapped: send},
		},
	})
}
