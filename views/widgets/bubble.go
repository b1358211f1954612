package widgets

import (
	"hash/fnv"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/resources/emoji"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Measures of a bubble in device-independent pixels.
const (
	bubbleShare   = 0.75 // of the list's width
	bubbleMargin  = 14   // to the side of the list
	bubblePadX    = 11
	bubblePadY    = 7
	bubbleGap     = 3 // between bubbles, half of it above and below
	bubbleLeadGap = 8 // more above the first of a series
	bubbleRadius  = 11
	bubbleLargest = 720 // longer lines are hard to read
	quoteBar      = 3
	quotePad      = 8
	metaGap       = 12
	noticeShare   = 0.8
)

// placed is one piece of text, or one emoji, with its place in the row.
type placed struct {
	text       string
	emoji      string // set: drawn as a picture, a square of w
	x, y, w, h float32
	size       float32
	style      fyne.TextStyle
	font       fyne.Resource // nil: the theme's
	color      fyne.ThemeColorName
	author     string      // set: the colour is that author's
	paint      color.Color // set: the colour whatever the theme
	faint      bool        // an emoji that is half seen
}

// box is a rectangle; paint is its colour when that does not depend on the theme.
type box struct {
	x, y, w, h, radius float32
	color              fyne.ThemeColorName
	paint              color.Color
	stroke             float32 // above zero: only the edge is drawn, this thick
}

type placedButton struct {
	Action
	x, y, w, h float32
}

type placedIcon struct {
	name       apptheme.IconName
	color      fyne.ThemeColorName
	x, y, side float32
}

type placedPicture struct {
	key                string
	x, y, w, h, radius float32
}

// zone is a part of the row that answers taps.
type zone struct {
	action     string
	x, y, w, h float32
}

// rowLayout is a row that was measured for a width: everything with its place,
// in the order in which it is drawn.
type rowLayout struct {
	content  *Content
	view     rowView
	height   float32
	body     box // the bubble, without what stands around it
	boxes    []box
	pictures []placedPicture
	over     []box // above pictures
	icons    []placedIcon
	texts    []placed
	buttons  []placedButton
	zones    []zone
	ticks    bool
	ticksAt  fyne.Position
}

// bubble draws one row of a MessageList. The list measures rows and hands the
// result over; a bubble that is tall beyond the list only builds what is seen.
type bubble struct {
	widget.BaseWidget
	onAction func(id ItemID, action string)
	onLoad   func(key string, side int) image.Image

	id       ItemID
	layout   *rowLayout
	from, to float32
	objects  []fyne.CanvasObject
	rects    pool[*canvas.Rectangle]
	texts    pool[*canvas.Text]
	emojis   pool[*canvas.Image]
	icons    pool[*iconImage]
	pictures pool[*canvas.Image]
	buttons  pool[*widget.Button]
	ticks    *Ticks
}

// pool keeps the objects of a kind that a bubble once needed.
type pool[T any] struct {
	held []T
	used int
}

func (p *pool[T]) next(make func() T) T {
	if p.used == len(p.held) {
		p.held = append(p.held, make())
	}
	p.used++
	return p.held[p.used-1]
}

// trim lets go of objects that only a much longer message needed.
func (p *pool[T]) trim(spare int) {
	if len(p.held) > p.used+spare {
		clear(p.held[p.used+spare:])
		p.held = p.held[:p.used+spare]
	}
}

// iconImage remembers which icon it shows, since drawing one costs.
type iconImage struct {
	canvas.Image
	name  apptheme.IconName
	color fyne.ThemeColorName
}

func newBubble(onAction func(ItemID, string), onLoad func(string, int) image.Image) *bubble {
	b := &bubble{onAction: onAction, onLoad: onLoad}
	b.ExtendBaseWidget(b)
	return b
}

// set shows a row; only texts between from and to (of its height) are built.
func (b *bubble) set(l *rowLayout, from, to float32) {
	if b.layout == l && b.from == from && b.to == to {
		return
	}
	b.layout, b.from, b.to = l, from, to
	b.build()
}

func (b *bubble) build() {
	l := b.layout
	b.objects = b.objects[:0]
	b.rects.used, b.texts.used, b.emojis.used, b.icons.used, b.pictures.used, b.buttons.used = 0, 0, 0, 0, 0, 0
	for i := range l.boxes {
		b.rect(&l.boxes[i])
	}
	for i := range l.pictures {
		b.picture(&l.pictures[i])
	}
	for i := range l.over {
		b.rect(&l.over[i])
	}
	for i := range l.icons {
		b.icon(&l.icons[i])
	}
	for i := range l.texts {
		if p := &l.texts[i]; p.y+p.h >= b.from && p.y <= b.to {
			b.text(p)
		}
	}
	if l.ticks {
		if b.ticks == nil {
			b.ticks = NewTicks(theme.CaptionTextSize())
		}
		b.ticks.Set(l.content.Ack)
		b.place(b.ticks, l.ticksAt.X, l.ticksAt.Y, b.ticks.MinSize().Width, b.ticks.MinSize().Height)
	}
	for i := range l.buttons {
		b.button(&l.buttons[i])
	}
	const spareTexts, spareOthers = 400, 60
	b.texts.trim(spareTexts)
	b.emojis.trim(spareOthers)
	b.rects.trim(spareOthers)
	b.pictures.trim(0) // they hold pixels
}

func (b *bubble) place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
	b.objects = append(b.objects, o)
}

func (b *bubble) rect(s *box) {
	if s.y+s.h < b.from || s.y > b.to {
		return
	}
	r := b.rects.next(func() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) })
	if r.FillColor = s.paint; s.paint == nil {
		r.FillColor = theme.Color(s.color)
	}
	r.CornerRadius = s.radius
	if r.StrokeWidth = s.stroke; s.stroke > 0 {
		r.StrokeColor, r.FillColor = r.FillColor, color.Transparent
	}
	b.place(r, s.x, s.y, s.w, s.h)
}

func (b *bubble) text(p *placed) {
	if p.emoji != "" && b.emoji(p) {
		return
	}
	t := b.texts.next(func() *canvas.Text { return canvas.NewText("", color.Transparent) })
	t.Text, t.TextSize, t.TextStyle, t.FontSource = p.text, p.size, p.style, p.font
	switch {
	case p.paint != nil:
		t.Color = p.paint
	case p.author != "":
		t.Color = AuthorColor(p.author)
	default:
		t.Color = theme.Color(p.color)
	}
	b.place(t, p.x, p.y, p.w, p.h)
}

// emoji draws an emoji as a picture; false when there is none.
func (b *bubble) emoji(p *placed) bool {
	img := emoji.Image(p.emoji, int(p.w*b.scale()+0.5))
	if img == nil {
		return false
	}
	i := b.emojis.next(newImage)
	through := 0.0
	if p.faint {
		through = 0.5
	}
	if i.Image != img || i.Translucency != through {
		i.Image, i.Translucency = img, through
		i.Refresh()
	}
	b.place(i, p.x, whole(p.y+(p.h-p.w)/2), p.w, p.w)
	return true
}

func newImage() *canvas.Image {
	return &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleFastest}
}

func (b *bubble) scale() float32 {
	if c := fyne.CurrentApp().Driver().CanvasForObject(b); c != nil && c.Scale() > 0 {
		return c.Scale()
	}
	return 1
}

func (b *bubble) icon(p *placedIcon) {
	i := b.icons.next(func() *iconImage { return &iconImage{Image: canvas.Image{FillMode: canvas.ImageFillContain}} })
	if i.name != p.name || i.color != p.color {
		i.name, i.color = p.name, p.color
		i.Resource = apptheme.ColoredIcon(p.name, p.color)
		i.Refresh()
	}
	b.place(&i.Image, p.x, p.y, p.side, p.side)
}

// picture shows the picture of a card once it is loaded; the ground of the card
// is seen until then.
func (b *bubble) picture(p *placedPicture) {
	img := b.onLoad(p.key, int(max(p.w, p.h)*b.scale()+0.5))
	if img == nil {
		if p.radius == 0 { // a sticker has no ground of its own
			b.rect(&box{x: p.x, y: p.y, w: p.w, h: p.h, radius: cardRadius, color: theme.ColorNameHover})
		}
		return
	}
	i := b.pictures.next(newImage)
	if i.CornerRadius = p.radius; i.Image != img {
		i.Image = img
		i.FillMode = canvas.ImageFillCover
		if p.radius == 0 {
			i.FillMode = canvas.ImageFillContain
		}
		i.Refresh()
	}
	b.place(i, p.x, p.y, p.w, p.h)
}

func (b *bubble) button(p *placedButton) {
	w := b.buttons.next(func() *widget.Button { return widget.NewButton("", nil) })
	action := p.ID
	w.OnTapped = func() { b.onAction(b.id, action) }
	if w.Text != p.Text || w.Importance != widget.LowImportance {
		w.Importance = widget.LowImportance
		w.SetText(p.Text)
	}
	b.place(w, p.x, p.y, p.w, p.h)
}

// CreateRenderer implements fyne.Widget.
func (b *bubble) CreateRenderer() fyne.WidgetRenderer { return &bubbleRenderer{b} }

type bubbleRenderer struct{ b *bubble }

// Layout does nothing: the row was measured as a whole.
func (r *bubbleRenderer) Layout(fyne.Size) {}

// MinSize is nothing: the list decides.
func (r *bubbleRenderer) MinSize() fyne.Size { return fyne.Size{} }

// Objects returns what is shown of the row.
func (r *bubbleRenderer) Objects() []fyne.CanvasObject { return r.b.objects }

// Destroy does nothing.
func (r *bubbleRenderer) Destroy() {}

// Refresh takes the colours of the theme again.
func (r *bubbleRenderer) Refresh() {
	b := r.b
	if b.layout == nil {
		return
	}
	for _, i := range b.icons.held {
		i.name = ""
	}
	b.build()
	if b.ticks != nil {
		b.ticks.Refresh()
	}
	for _, w := range b.buttons.held {
		w.Refresh()
	}
	canvas.Refresh(b)
}

// Authors' colours on the background of received messages, for light and dark.
// A test holds them to a contrast of 4.5:1.
var (
	authorsOnLight = [...]color.NRGBA{
		{0x9c, 0x27, 0x6b, 0xff}, {0x1c, 0x5f, 0x9e, 0xff}, {0x7a, 0x4a, 0x00, 0xff}, {0x2d, 0x67, 0x2f, 0xff},
		{0x6a, 0x3f, 0xb0, 0xff}, {0xa8, 0x34, 0x22, 0xff}, {0x00, 0x68, 0x6b, 0xff}, {0x5a, 0x5f, 0x14, 0xff},
	}
	authorsOnDark = [...]color.NRGBA{
		{0xf2, 0x9b, 0xc9, 0xff}, {0x8c, 0xc4, 0xff, 0xff}, {0xf0, 0xbd, 0x6a, 0xff}, {0x92, 0xd3, 0x93, 0xff},
		{0xc9, 0xab, 0xff, 0xff}, {0xff, 0xa3, 0x91, 0xff}, {0x6f, 0xd6, 0xd3, 0xff}, {0xcf, 0xd3, 0x74, 0xff},
	}
)

// AuthorColor returns the colour of an author's name on a received message;
// the same id always has the same one in the same theme.
func AuthorColor(id string) color.Color {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // never fails
	i := h.Sum32() % uint32(len(authorsOnLight))
	r, g, bl, _ := theme.Color(apptheme.ColorNameBubbleIn).RGBA()
	if r+g+bl > 3*0x8000 {
		return authorsOnLight[i]
	}
	return authorsOnDark[i]
}
