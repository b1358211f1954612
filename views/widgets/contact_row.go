package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// ContactRow is one row of the contact list. All rows are equally high.
type ContactRow struct {
	widget.BaseWidget
	OnTapped    func(model.ContactRow)                   // needed: a row takes the taps of its list
	OnSecondary func(model.ContactRow, *fyne.PointEvent) // for a menu; may be nil

	ctx      *ui.Context
	row      model.ContactRow
	set      bool
	selected bool

	avatar   *Avatar
	name     *textLine
	second   *textLine
	business *canvas.Image
}

// NewContactRow returns an empty row, also the template of a widget.List.
func NewContactRow(ctx *ui.Context) *ContactRow {
	r := &ContactRow{
		ctx: ctx, avatar: NewAvatar(ctx, rowAvatar),
		name:     newTextLine(ctx, theme.SizeNameText, theme.ColorNameForeground, fyne.TextStyle{Bold: true}),
		second:   newTextLine(ctx, theme.SizeNameText, apptheme.ColorNameMuted, fyne.TextStyle{}),
		business: canvas.NewImageFromResource(apptheme.ColoredIcon(apptheme.IconBusiness, apptheme.ColorNameMuted)),
	}
	r.business.FillMode = canvas.ImageFillContain
	r.business.Hide()
	r.ExtendBaseWidget(r)
	return r
}

// ContactName returns the name of a contact, see model.ShownName.
func ContactName(ctx *ui.Context, jid model.JID, phone model.Phone, name string) string {
	if phone != "" {
		jid = model.JID(string(phone) + "@" + model.ServerPhone)
	}
	return ctx.NameOf(jid, model.CleanLine(name, model.MaxName))
}

// Set shows a row; the same row again costs nothing.
func (r *ContactRow) Set(row model.ContactRow) {
	if r.set && r.row == row {
		return
	}
	r.row, r.set = row, true
	phone := r.ctx.FormatPhone(row.Phone)
	name := ContactName(r.ctx, row.JID, row.Phone, row.DisplayName)
	push := model.CleanLine(row.PushName, model.MaxName)
	if push != name && !model.NamelessTitle(push, row.JID) { // what the person calls themself, marked as such
		push = "~" + push
	} else {
		push = ""
	}
	r.name.text = name
	switch {
	case phone == "" || phone == name:
		r.second.text = push
	case push == "":
		r.second.text = phone
	default:
		r.second.text = phone + " · " + push
	}
	r.avatar.Set(string(row.JID), name, row.AvatarHash)
	setVisible(r.business, row.IsBusiness)
	r.Refresh()
}

// Row returns what is shown.
func (r *ContactRow) Row() model.ContactRow { return r.row }

// Name returns the first line.
func (r *ContactRow) Name() string { return r.name.text }

// Second returns the line below the name.
func (r *ContactRow) Second() string { return r.second.text }

// SetSelected marks the row as the one whose detail is shown.
func (r *ContactRow) SetSelected(selected bool) {
	if r.selected != selected {
		r.selected = selected
		r.Refresh()
	}
}

// Selected tells whether the row is marked.
func (r *ContactRow) Selected() bool { return r.selected }

// Tapped implements fyne.Tappable.
func (r *ContactRow) Tapped(*fyne.PointEvent) {
	if r.OnTapped != nil && r.set {
		r.OnTapped(r.row)
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (r *ContactRow) TappedSecondary(e *fyne.PointEvent) {
	if r.OnSecondary != nil && r.set {
		r.OnSecondary(r.row, e)
	}
}

// CreateRenderer implements fyne.Widget.
func (r *ContactRow) CreateRenderer() fyne.WidgetRenderer {
	return &contactRenderer{r: r, marker: newMarker()}
}

type contactRenderer struct {
	r         *ContactRow
	marker    *canvas.Rectangle
	iconColor color.Color
}

func (c *contactRenderer) Destroy() {}

func (c *contactRenderer) Objects() []fyne.CanvasObject {
	objects := []fyne.CanvasObject{c.marker, c.r.avatar, c.r.business}
	return c.r.second.appendTo(c.r.name.appendTo(objects))
}

func (c *contactRenderer) MinSize() fyne.Size { return rowSize(c.r.name, c.r.second) }

func (c *contactRenderer) Layout(size fyne.Size) {
	r := c.r
	placeMarker(c.marker, size, r.selected)
	r.avatar.Resize(fyne.NewSquareSize(rowAvatar))
	r.avatar.Move(fyne.NewPos(rowPad, (size.Height-rowAvatar)/2))
	left, right := rowPad+rowAvatar+rowPad, size.Width-rowPad
	top, below := rowLines(r.name, r.second, size)
	if r.second.text == "" {
		top = whole((size.Height - r.name.height()) / 2)
	}
	nameEnd := right
	if r.business.Visible() {
		nameEnd -= rowIcon + 2 + 6
	}
	r.name.place(left, top, nameEnd-left)
	if r.business.Visible() {
		r.business.Resize(fyne.NewSquareSize(rowIcon + 2))
		r.business.Move(fyne.NewPos(left+r.name.width+6, whole(top+(r.name.height()-rowIcon-2)/2)))
	}
	r.second.place(left, below, right-left)
}

func (c *contactRenderer) Refresh() {
	r := c.r
	c.Layout(r.Size())
	c.marker.FillColor = theme.Color(theme.ColorNamePrimary)
	c.marker.Refresh()
	r.avatar.Refresh()
	if now := theme.Color(apptheme.ColorNameMuted); c.iconColor != now {
		c.iconColor = now
		r.business.Refresh()
	}
	r.name.recolor()
	r.second.recolor()
}
