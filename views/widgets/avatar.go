package widgets

import (
	"hash/fnv"
	"image"
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// avatarDiscs are the grounds of initials. White text on each reaches a
// contrast of 4.5:1, in every variant of the theme, since they never change.
var avatarDiscs = [...]color.NRGBA{
	{0x0b, 0x6e, 0x63, 0xff}, {0x8a, 0x4b, 0x08, 0xff}, {0x7a, 0x3e, 0x8f, 0xff}, {0x1f, 0x5f, 0x99, 0xff},
	{0xa1, 0x37, 0x4d, 0xff}, {0x4c, 0x6b, 0x1f, 0xff}, {0x5a, 0x55, 0xa8, 0xff}, {0x8c, 0x3b, 0x2a, 0xff},
	{0x2c, 0x69, 0x79, 0xff}, {0x6b, 0x5a, 0x1e, 0xff},
}

// AvatarColor returns the ground of the initials of that id, always the same one.
func AvatarColor(id string) color.NRGBA {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // a hash takes everything
	return avatarDiscs[h.Sum32()%uint32(len(avatarDiscs))]
}

// AvatarColors returns all grounds of initials.
func AvatarColors() []color.NRGBA { return avatarDiscs[:] }

// Initials returns one or two letters for a name: of its first and last word.
// Words without letters that every font has are left out; a name without any
// (a phone number, emoji) gives "".
func Initials(name string) string {
	var letters []rune
	for _, word := range strings.Fields(model.CleanLine(name, model.MaxName)) {
		for _, r := range word {
			if unicode.IsLetter(r) {
				if unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
					letters = append(letters, unicode.ToUpper(r))
				}
				break
			}
			if unicode.IsDigit(r) {
				break
			}
		}
	}
	switch n := len(letters); n {
	case 0:
		return ""
	case 1:
		return string(letters)
	default:
		return string([]rune{letters[0], letters[n-1]})
	}
}

// Avatar is a round picture, or initials on a disc whose colour stays the same
// for the same id.
type Avatar struct {
	widget.BaseWidget
	ctx    *ui.Context
	side   float32
	shown  avatarSubject
	img    image.Image
	cancel func()
}

type avatarSubject struct{ id, name, hash string }

// NewAvatar returns an empty avatar of side device-independent pixels.
func NewAvatar(ctx *ui.Context, side float32) *Avatar {
	a := &Avatar{ctx: ctx, side: side, cancel: func() {}}
	a.ExtendBaseWidget(a)
	return a
}

// Set shows somebody: id chooses the colour, name the initials, hash the
// picture ("" for none). The initials stay until the picture is there.
func (a *Avatar) Set(id, name, hash string) {
	next := avatarSubject{id, name, hash}
	if a.shown == next {
		return
	}
	a.shown = next
	a.cancel()
	scale := float32(1)
	if c := a.ctx.Window.Canvas(); c != nil && c.Scale() > 0 {
		scale = c.Scale()
	}
	a.img, a.cancel = a.ctx.Images.Avatar(hash, int(a.side*scale+0.5), func(img image.Image) {
		if a.shown == next { // a row may show somebody else by now
			a.img = img
			a.Refresh()
		}
	})
	a.Refresh()
}

// HasPicture tells whether a picture is drawn instead of initials.
func (a *Avatar) HasPicture() bool { return a.img != nil }

// CreateRenderer implements fyne.Widget.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	r := &avatarRenderer{
		a: a, disc: canvas.NewCircle(color.Transparent), text: canvas.NewText("", nil),
		icon: canvas.NewImageFromResource(nil), picture: canvas.NewImageFromImage(nil),
	}
	r.text.Alignment = fyne.TextAlignCenter
	r.icon.FillMode = canvas.ImageFillContain
	r.picture.ScaleMode = canvas.ImageScaleFastest
	r.style()
	return r
}

type avatarRenderer struct {
	a       *Avatar
	disc    *canvas.Circle
	text    *canvas.Text
	icon    *canvas.Image
	picture *canvas.Image
	sign    apptheme.IconName // what icon shows
}

func (r *avatarRenderer) Destroy() { r.a.cancel() }
func (r *avatarRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.disc, r.text, r.icon, r.picture}
}
func (r *avatarRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.a.side) }

func (r *avatarRenderer) style() {
	a := r.a
	r.disc.FillColor = AvatarColor(a.shown.id)
	r.text.Text = Initials(a.shown.name)
	r.text.TextSize = a.side * 0.4
	r.text.Color = theme.Color(apptheme.ColorNameOnAvatar)
	r.picture.Image = a.img
	setVisible(r.picture, a.img != nil)
	setVisible(r.disc, a.img == nil && a.shown.id != "")
	setVisible(r.text, a.img == nil && r.text.Text != "")
	setVisible(r.icon, a.img == nil && r.text.Text == "" && a.shown.id != "")
	if !r.icon.Visible() {
		return
	}
	icon := apptheme.IconPerson
	if model.JID(a.shown.id).IsGroup() {
		icon = apptheme.IconGroup
	}
	if icon != r.sign { // its colour is the same in every variant: drawing it once is enough
		r.sign = icon
		r.icon.Resource = apptheme.ColoredIcon(icon, apptheme.ColorNameOnAvatar)
		r.icon.Refresh()
	}
}

func (r *avatarRenderer) Layout(size fyne.Size) {
	side := min(size.Width, size.Height)
	at := fyne.NewPos((size.Width-side)/2, (size.Height-side)/2)
	for _, o := range []fyne.CanvasObject{r.disc, r.picture} {
		o.Resize(fyne.NewSquareSize(side))
		o.Move(at)
	}
	r.picture.CornerRadius = side / 2
	h := r.text.MinSize().Height
	r.text.Resize(fyne.NewSize(side, h))
	r.text.Move(at.AddXY(0, (side-h)/2))
	r.icon.Resize(fyne.NewSquareSize(side * 0.56))
	r.icon.Move(at.AddXY(side*0.22, side*0.22))
}

func (r *avatarRenderer) Refresh() {
	r.style()
	r.Layout(r.a.Size())
	for _, o := range []fyne.CanvasObject{r.disc, r.text, r.picture} {
		if o.Visible() {
			o.Refresh()
		}
	}
}

func setVisible(o fyne.CanvasObject, visible bool) {
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}
