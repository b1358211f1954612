package widgets

import (
	"hash/fnv"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Measures of a bubble in device-independent pixels.
const (
	bubbleShare    = 0.75 // of the list's width
	bubbleMargin   = 14   // to the side of the list
	bubblePadX     = 11
	bubblePadY     = 7
	bubbleGap      = 3 // between bubbles, half of it above and below
	bubbleLeadGap  = 8 // more above the first of a series
	bubbleRadius   = 11
	bubbleLargest  = 720 // longer lines are hard to read
	quoteBar       = 3
	quotePad       = 8
	bubbleIconSide = 20
	metaGap        = 12
	noticeShare    = 0.8
)

// placed is one piece of text with its place in the row.
type placed struct {
	text       string
	x, y, w, h float32
	size       float32
	style      fyne.TextStyle
	color      fyne.ThemeColorName
	author     string // set: the colour is that author's
}

type box struct {
	x, y, w, h, radius float32
	color              fyne.ThemeColorName
}

type placedButton struct {
	Action
	x, y, w, h float32
}

// rowLayout is a row that was measured for a width: everything with its place.
type rowLayout struct {
	content *Content
	width   float32
	folds   int
	height  float32
	boxes   []box
	texts   []placed
	buttons []placedButton
	icon    apptheme.IconName
	iconAt  fyne.Position
	ticks   bool
	ticksAt fyne.Position
	own     bool
}

func (l *rowLayout) textColor() fyne.ThemeColorName {
	if l.own {
		return apptheme.ColorNameOnBubbleOut
	}
	return apptheme.ColorNameOnBubbleIn
}

// bubble draws one row of a MessageList. The list measures rows and hands the
// result over; a bubble that is tall beyond the list only builds what is seen.
type bubble struct {
	widget.BaseWidget
	onAction func(id ItemID, action string)

	id       ItemID
	layout   *rowLayout
	from, to float32
	objects  []fyne.CanvasObject
	rects    []*canvas.Rectangle
	texts    []*canvas.Text
	buttons  []*widget.Button
	image    *canvas.Image
	imageFor string
	ticks    *Ticks
}

func newBubble(onAction func(ItemID, string)) *bubble {
	b := &bubble{onAction: onAction}
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
	for i, s := range l.boxes {
		r := b.rect(i)
		r.FillColor = theme.Color(s.color)
		r.CornerRadius = s.radius
		r.Move(fyne.NewPos(s.x, s.y))
		r.Resize(fyne.NewSize(s.w, s.h))
		b.objects = append(b.objects, r)
	}
	b.buildIcon()
	n := 0
	for i := range l.texts {
		p := &l.texts[i]
		if p.y+p.h < b.from || p.y > b.to {
			continue
		}
		b.objects = append(b.objects, b.text(n, p))
		n++
	}
	b.trim(n)
	if l.ticks {
		if b.ticks == nil {
			b.ticks = NewTicks(theme.CaptionTextSize())
		}
		b.ticks.Set(l.content.Ack)
		b.ticks.Resize(b.ticks.MinSize())
		b.ticks.Move(l.ticksAt)
		b.objects = append(b.objects, b.ticks)
	}
	for i, p := range l.buttons {
		b.objects = append(b.objects, b.button(i, p))
	}
}

func (b *bubble) rect(i int) *canvas.Rectangle {
	if i == len(b.rects) {
		b.rects = append(b.rects, canvas.NewRectangle(color.Transparent))
	}
	return b.rects[i]
}

func (b *bubble) text(i int, p *placed) *canvas.Text {
	if i == len(b.texts) {
		b.texts = append(b.texts, canvas.NewText("", color.Transparent))
	}
	t := b.texts[i]
	t.Text, t.TextSize, t.TextStyle = p.text, p.size, p.style
	if p.author != "" {
		t.Color = AuthorColor(p.author)
	} else {
		t.Color = theme.Color(p.color)
	}
	t.Move(fyne.NewPos(p.x, p.y))
	t.Resize(fyne.NewSize(p.w, p.h))
	return t
}

// trim lets go of texts that only a much longer message needed.
func (b *bubble) trim(used int) {
	const spare = 400
	if len(b.texts) > used+spare {
		clear(b.texts[used+spare:])
		b.texts = b.texts[:used+spare]
	}
}

func (b *bubble) buildIcon() {
	l := b.layout
	if l.icon == "" {
		return
	}
	if b.image == nil {
		b.image = &canvas.Image{FillMode: canvas.ImageFillContain}
	}
	if key := string(l.icon) + string(l.textColor()); key != b.imageFor {
		b.imageFor = key
		b.image.Resource = apptheme.ColoredIcon(l.icon, l.textColor())
		b.image.Refresh()
	}
	b.image.Resize(fyne.NewSquareSize(bubbleIconSide))
	b.image.Move(l.iconAt)
	b.objects = append(b.objects, b.image)
}

func (b *bubble) button(i int, p placedButton) *widget.Button {
	if i == len(b.buttons) {
		b.buttons = append(b.buttons, widget.NewButton("", nil))
	}
	w := b.buttons[i]
	w.OnTapped = func() { b.onAction(b.id, p.ID) }
	importance := widget.MediumImportance
	if p.ID == ActionShowMore {
		importance = widget.LowImportance
	}
	if w.Text != p.Text || w.Importance != importance {
		w.Importance = importance
		w.SetText(p.Text)
	}
	w.Resize(fyne.NewSize(p.w, p.h))
	w.Move(fyne.NewPos(p.x, p.y))
	return w
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
	if r.b.layout == nil {
		return
	}
	r.b.imageFor = ""
	r.b.build()
	if r.b.ticks != nil {
		r.b.ticks.Refresh()
	}
	for _, w := range r.b.buttons {
		w.Refresh()
	}
	canvas.Refresh(r.b)
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
