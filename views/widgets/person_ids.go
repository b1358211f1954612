package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// PersonIDs lists every identifier of a person, and those that could be one, each
// with why and with what the owner can do about it. It never changes.
type PersonIDs struct {
	ctx *ui.Context
	ids []model.PersonID
	// Same and Apart are told which identifier is, or is not, the same person as
	// the other one.
	same, apart func(id, other model.JID)
	// Body is what is drawn.
	Body *fyne.Container
}

// NewPersonIDs draws the identifiers of a person, the main one first. With one
// alone there is nothing to decide, and nothing is drawn.
func NewPersonIDs(ctx *ui.Context, ids []model.PersonID, same, apart func(id, other model.JID)) *PersonIDs {
	p := &PersonIDs{ctx: ctx, ids: ids, same: same, apart: apart, Body: container.NewVBox()}
	if len(ids) < 2 {
		return p
	}
	for i := range ids {
		p.Body.Add(p.row(&ids[i]))
	}
	return p
}

// PersonIDText writes an identifier as people read it: a number as a number, a
// hidden id with what it is, never as a number.
func PersonIDText(ctx *ui.Context, j model.JID) string {
	if phone := ctx.FormatPhone(j.Phone()); phone != "" {
		return phone
	}
	return model.CleanLine(string(j), model.MaxJID)
}

func (p *PersonIDs) row(id *model.PersonID) fyne.CanvasObject {
	text := PersonIDText(p.ctx, id.JID)
	if name := model.CleanLine(id.Name, 60); name != "" && id.Standing != model.StandingMain {
		text += " · " + name
	}
	title := widget.NewLabel(text)
	title.Truncation = fyne.TextTruncateEllipsis
	why := &widget.Label{
		Text: p.why(id), SizeName: fynetheme.SizeNameCaptionText, Importance: widget.LowImportance, Wrapping: fyne.TextWrapWord,
	}
	lines := container.New(layout.NewCustomPaddedVBoxLayout(-2*fynetheme.InnerPadding()), title, why)
	main := p.ids[0].JID
	buttons := container.NewHBox()
	if id.Standing != model.StandingMain && id.Standing != model.StandingJoined {
		buttons.Add(widget.NewButton(p.ctx.T("contacts.ids.same"), func() { p.same(id.JID, main) }))
	}
	if id.Standing == model.StandingJoined || id.Standing == model.StandingAsks || id.Standing == model.StandingLike {
		buttons.Add(widget.NewButton(p.ctx.T("contacts.ids.apart"), func() { p.apart(id.JID, main) }))
	}
	if len(buttons.Objects) == 0 {
		return lines
	}
	under := container.New(layout.NewCustomPaddedLayout(0, fynetheme.InnerPadding(), fynetheme.InnerPadding(), 0), buttons)
	return container.New(layout.NewCustomPaddedVBoxLayout(0), lines, under)
}

// why says how the identifier stands to the person, and from where that is known.
//
// translations: contacts.ids.standing.* contacts.ids.source.*
func (p *PersonIDs) why(id *model.PersonID) string {
	text := p.ctx.T("contacts.ids.standing." + string(id.Standing))
	if id.Standing == model.StandingJoined { // of the others the standing says all
		if id.Source != "" {
			text += ": " + p.ctx.T("contacts.ids.source."+string(id.Source))
		}
		if !id.FoundAt.IsZero() {
			text += " · " + p.ctx.FormatDateTime(id.FoundAt)
		}
	}
	if id.JID.IsLID() {
		text = p.ctx.T("contacts.ids.hidden") + " · " + text
	}
	return text
}
