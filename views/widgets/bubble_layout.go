package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// foldLines is how many lines of a long text are shown at first, and how many
// more each "Show more" adds.
const (
	foldLines   = 30
	moreLines   = 200
	longestSpan = 2048 // bytes of a text that are drawn as one
)

// rowView is how a row is looked at: what its layout depends on beside its content.
type rowView struct {
	width    float32
	folds    int  // how often "Show more" was tapped
	unread   bool // the line "Unread from here" stands above
	lit      int  // which words are lit, see MessageList.SetHighlight
	progress Progress
}

// measurer turns contents into rows with places, for one theme.
type measurer struct {
	wrap       *Wrapper
	body       float32 // text size of messages
	caption    float32 // text size of everything around them
	buttonH    float32
	showMore   string
	unreadFrom string
	words      []string // to be lit, folded
}

func newMeasurer(wrap *Wrapper, showMore, unreadFrom string) *measurer {
	m := &measurer{wrap: wrap, showMore: showMore, unreadFrom: unreadFrom}
	m.retheme()
	return m
}

// retheme takes the sizes of the theme again; it tells whether any changed.
func (m *measurer) retheme() bool {
	body, caption := theme.TextSize(), theme.CaptionTextSize()
	if body == m.body && caption == m.caption {
		return false
	}
	m.body, m.caption = body, caption
	m.wrap.Reset()
	m.buttonH = m.wrap.LineHeight(body, fyne.TextStyle{}) + theme.InnerPadding()*2
	return true
}

// row measures an item.
func (m *measurer) row(id ItemID, c *Content, view rowView) *rowLayout {
	l := &rowLayout{content: c, view: view}
	b := rowBuilder{measurer: m, l: l, c: c}
	if view.unread {
		b.above = b.unreadLine()
	}
	switch id.Kind {
	case ItemMessage, ItemOutbox:
		b.bubble()
	case ItemDay:
		b.pill(apptheme.ColorNameBubbleIn, apptheme.ColorNameMuted, fyne.TextStyle{Bold: true})
	case ItemNotice:
		b.pill(apptheme.ColorNameNotice, apptheme.ColorNameOnNotice, fyne.TextStyle{})
	case ItemSeam:
		b.seam()
	default:
		b.pill("", apptheme.ColorNameMuted, fyne.TextStyle{})
	}
	return l
}

// rowBuilder places the parts of one row from the top down.
type rowBuilder struct {
	*measurer
	l                *rowLayout
	c                *Content
	above            float32 // height of what stands above the row itself
	limit            float32 // widest line
	y                float32 // bottom of what is placed
	wide             float32 // width of what is placed
	last             float32 // width of the last line, zero when nothing may stand beside it
	lastY            float32 // top and height of the last line
	lastH            float32
	right            []alignment
	full             []int // of rowLayout.boxes: as wide as the bubble
	fullZones        []int
	bare             bool // no ground: a sticker, a few emoji
	metaFrom, metaTo int  // of rowLayout.texts
	metaW            float32
}

// alignment is a line that moves to the right edge once the width is known.
type alignment struct {
	from, to extent
	width    float32
}

// extent is how much a layout holds of what a line is made of.
type extent struct{ texts, boxes, over, zones int }

func (l *rowLayout) extent() extent {
	return extent{len(l.texts), len(l.boxes), len(l.over), len(l.zones)}
}

// alignRight moves a line by dx.
func (l *rowLayout) alignRight(a alignment, dx float32) {
	for i := a.from.texts; i < a.to.texts; i++ {
		l.texts[i].x += dx
	}
	for i := a.from.boxes; i < a.to.boxes; i++ {
		l.boxes[i].x += dx
	}
	for i := a.from.over; i < a.to.over; i++ {
		l.over[i].x += dx
	}
	for i := a.from.zones; i < a.to.zones; i++ {
		l.zones[i].x += dx
	}
}

func (b *rowBuilder) textColor() fyne.ThemeColorName {
	if b.c.Own {
		return apptheme.ColorNameOnBubbleOut
	}
	return apptheme.ColorNameOnBubbleIn
}

func (b *rowBuilder) bubble() {
	b.limit = min(b.l.view.width*bubbleShare, bubbleLargest) - 2*bubblePadX
	b.limit = max(b.limit, 60)
	b.header()
	b.quote()
	b.card()
	if b.text() {
		b.button(Action{ID: ActionShowMore, Text: b.showMore})
		b.last = 0
	}
	if b.c.Status == "" {
		b.buttons()
		b.meta()
	} else { // what became of it is said below the message itself
		b.meta()
		b.status()
		b.buttons()
	}
	if len(b.c.Chips) > 0 {
		b.y += 4
	}
	b.finish()
}

func (b *rowBuilder) gap(h float32) {
	if b.y > 0 {
		b.y += h
	}
}

// look is how lines are drawn.
type look struct {
	size  float32
	style fyne.TextStyle
	color fyne.ThemeColorName
	lit   bool // words that are searched for are lit here
}

func (b *rowBuilder) small(color fyne.ThemeColorName) look {
	return look{size: b.caption, color: color}
}

// lines places wrapped lines below what is there, indented by x.
func (b *rowBuilder) lines(w Wrapped, k look, x float32) {
	h := b.wrap.LineHeight(k.size, k.style)
	for _, line := range w.Lines {
		from := b.l.extent()
		for _, s := range line.Spans {
			b.span(&s, k, x, h)
		}
		b.last, b.lastY, b.lastH = x+line.Width, b.y, h
		if line.RTL {
			b.right = append(b.right, alignment{from, b.l.extent(), x + line.Width})
			b.last = b.limit // what stands at the right leaves no room beside it
		}
		b.y += h
		b.wide = max(b.wide, x+line.Width)
	}
}

// span places a piece of a line whose top is b.y.
func (b *rowBuilder) span(s *Span, k look, x, h float32) {
	p := placed{text: s.Text, emoji: s.Emoji, x: x + s.X, y: b.y, w: s.Width, h: h, size: k.size, style: s.Style, font: s.Font, color: k.color}
	if p.text == "" {
		p.text = s.Emoji
	}
	if len(p.text) > longestSpan { // marks without a letter take no width, however many there are
		p.text = strings.ToValidUTF8(p.text[:longestSpan], "")
	}
	if s.Link != "" {
		p.color = theme.ColorNameHyperlink
		action := ActionLink + s.Link
		if len(s.Link) > len(ActionMention) && s.Link[:len(ActionMention)] == ActionMention {
			action = s.Link
		}
		b.l.zones = append(b.l.zones, zone{action, p.x, p.y, p.w, h})
	}
	if k.lit && s.Emoji == "" {
		for _, m := range b.marks(s.Text, k.size, s.Style) {
			b.l.boxes = append(b.l.boxes, box{x: p.x + m.x, y: b.y, w: m.w, h: h, radius: 3, color: apptheme.ColorNameLit})
		}
	}
	b.l.texts = append(b.l.texts, p)
	if s.Strike {
		b.l.over = append(b.l.over, box{x: p.x, y: b.y + h*0.55, w: p.w, h: 1, color: k.color})
	}
}

func (b *rowBuilder) one(line WrappedLine, k look, x float32) {
	b.lines(Wrapped{Lines: []WrappedLine{line}}, k, x)
}

// fit places a text on one line.
func (b *rowBuilder) fit(text string, k look, x, limit float32) {
	b.one(b.wrap.Fit(text, k.size, k.style, limit), k, x)
}

// author places a name in its colour.
func (b *rowBuilder) author(name, id string, x, limit float32) {
	from := len(b.l.texts)
	b.fit(name, look{size: b.caption, style: fyne.TextStyle{Bold: true}, color: b.textColor()}, x, limit)
	if id != "" {
		for i := from; i < len(b.l.texts); i++ {
			b.l.texts[i].author = id
		}
	}
}

// header places the author and the mark.
func (b *rowBuilder) header() {
	c := b.c
	if c.Author != "" && c.Lead {
		b.author(c.Author, c.AuthorID, 0, b.limit)
		b.l.zones = append(b.l.zones, zone{ActionSender, 0, b.lastY, b.last, b.lastH})
	}
	if c.Mark != "" {
		k := b.small(apptheme.ColorNameBubbleMeta)
		k.style.Italic = true
		b.fit(c.Mark, k, 0, b.limit)
	}
	if b.y > 0 {
		b.y++
	}
}

// quote places the message that is answered.
func (b *rowBuilder) quote() {
	q := b.c.Quote
	if q == nil {
		return
	}
	b.gap(2)
	const inset = quoteBar + quotePad
	room := b.limit - inset - quotePad
	top := b.y
	ground := len(b.l.boxes)
	b.l.boxes = append(b.l.boxes, box{y: top, radius: 5, color: theme.ColorNameHover}, box{y: top, w: quoteBar, radius: 1.5, color: theme.ColorNamePrimary})
	b.y += 4
	if q.Author != "" {
		b.author(q.Author, q.AuthorID, inset, room)
	}
	if q.Text != "" {
		x := float32(inset)
		if q.Icon != "" {
			side := b.caption * 1.25
			h := b.wrap.LineHeight(b.caption, fyne.TextStyle{})
			b.l.icons = append(b.l.icons, placedIcon{q.Icon, apptheme.ColorNameBubbleMeta, x, b.y + (h-side)/2, side})
			x += side + 4
		}
		b.lines(b.wrap.Wrap(q.Text, b.caption, fyne.TextStyle{}, room-(x-inset), 3), b.small(apptheme.ColorNameBubbleMeta), x)
	}
	b.wide += quotePad
	b.y += 4
	b.l.boxes[ground].h, b.l.boxes[ground+1].h = b.y-top, b.y-top
	b.full = append(b.full, ground)
	b.fullZones = append(b.fullZones, len(b.l.zones))
	b.l.zones = append(b.l.zones, zone{ActionQuote, 0, top, 0, b.y - top})
	b.y += 5
	b.last = 0
}

// text places the text itself; it tells whether there is more than is shown.
func (b *rowBuilder) text() (cut bool) {
	c := b.c
	if c.Text == "" {
		return false
	}
	if size := b.bigEmoji(); size > 0 {
		w := b.wrap.Wrap(c.Text, size, fyne.TextStyle{}, b.limit, 2)
		b.lines(w, look{size: size, color: b.textColor()}, 0)
		b.bare = c.Quote == nil && c.Card == nil && c.Mark == ""
		b.last = 0
		return false
	}
	k := look{size: b.body, color: b.textColor(), lit: true}
	lines := foldLines + b.l.view.folds*moreLines
	if c.Quiet {
		k.style.Italic, k.color, k.lit = true, apptheme.ColorNameBubbleMeta, false
		w := b.wrap.Wrap(c.Text, k.size, k.style, b.limit, lines)
		b.lines(w, k, 0)
		return w.Cut
	}
	w := b.wrap.WrapRich(c.Text, RichOptions{Mentions: c.Names}, k.size, k.style, b.limit, lines)
	b.lines(w, k, 0)
	return w.Cut
}

// meta places time and ticks, beside the last line where there is room.
func (b *rowBuilder) meta() {
	c := b.c
	if c.Meta == "" && !c.HasAck {
		return
	}
	line := b.wrap.Fit(c.Meta, b.caption, fyne.TextStyle{}, b.limit-24)
	width := line.Width
	if c.HasAck {
		width += 4 + b.tickWidth()
	}
	h := b.wrap.LineHeight(b.caption, fyne.TextStyle{})
	y := b.y
	if b.last > 0 && b.last+metaGap+width <= b.limit {
		y = b.lastY + b.lastH - h + 1
		b.wide = max(b.wide, b.last+metaGap+width)
		b.y = max(b.y, y+h)
	} else {
		b.wide = max(b.wide, width)
		b.y += h
	}
	b.metaFrom = len(b.l.texts)
	for _, s := range line.Spans {
		b.l.texts = append(b.l.texts, placed{text: s.Text, emoji: s.Emoji, x: s.X, y: y, w: s.Width, h: h, size: b.caption, style: s.Style, font: s.Font, color: apptheme.ColorNameBubbleMeta})
	}
	b.metaTo, b.metaW = len(b.l.texts), width
	if c.HasAck {
		b.l.ticks = true
		b.l.ticksAt = fyne.NewPos(line.Width+4, y+(h-b.caption)/2)
	}
}

func (b *rowBuilder) tickWidth() float32 {
	if b.c.Ack <= model.AckServer {
		return b.caption
	}
	return b.caption * tickShape
}

// status places what became of an outgoing message.
func (b *rowBuilder) status() {
	b.gap(3)
	k := b.small(apptheme.ColorNameBubbleMeta)
	if b.c.Alarm {
		k.style.Bold, k.color = true, theme.ColorNameError
	}
	b.lines(b.wrap.Wrap(b.c.Status, b.caption, k.style, b.limit, 6), k, 0)
}

// buttons places what can be done.
func (b *rowBuilder) buttons() {
	x := float32(0)
	for _, a := range b.c.Actions {
		if a.Text == "" {
			continue
		}
		w := min(b.buttonWidth(a.Text), b.limit)
		if x > 0 && x+w > b.limit {
			x = 0
		}
		if x == 0 {
			b.gap(5)
			b.y += b.buttonH
		}
		b.push(a, x, b.y-b.buttonH, w)
		x += w + 6
		b.wide = max(b.wide, x-6)
		b.last = 0
	}
}

// push places a button on a ground that is seen on every bubble.
func (b *rowBuilder) push(a Action, x, y, w float32) {
	b.l.boxes = append(b.l.boxes, box{x: x, y: y, w: w, h: b.buttonH, radius: 6, color: theme.ColorNameHover})
	b.l.buttons = append(b.l.buttons, placedButton{a, x, y, w, b.buttonH})
}

func (b *rowBuilder) button(a Action) {
	w := b.buttonWidth(a.Text)
	b.gap(4)
	b.push(a, 0, b.y, w)
	b.y += b.buttonH
	b.wide = max(b.wide, w)
}

func (b *rowBuilder) buttonWidth(text string) float32 {
	return b.wrap.Width(text, b.body, fyne.TextStyle{Bold: true}) + theme.InnerPadding()*3
}

// finish puts the parts, which were placed from the corner of the text, where
// the bubble is, and the parts that stand at the right where the right is.
func (b *rowBuilder) finish() {
	l := b.l
	above := b.above + float32(bubbleGap)/2
	if b.c.Lead {
		above += bubbleLeadGap
	}
	outer := box{y: above, w: b.wide + 2*bubblePadX, h: b.y + 2*bubblePadY, radius: bubbleRadius, color: apptheme.ColorNameBubbleIn}
	outer.x = bubbleMargin
	if b.c.Own {
		outer.color = apptheme.ColorNameBubbleOut
		outer.x = max(l.view.width-bubbleMargin-outer.w, 0)
	}
	for _, a := range b.right {
		l.alignRight(a, b.wide-a.width)
	}
	for _, i := range b.full {
		l.boxes[i].w = b.wide
	}
	for _, i := range b.fullZones {
		l.zones[i].w = b.wide
	}
	metaX := b.wide - b.metaW
	for i := b.metaFrom; i < b.metaTo; i++ {
		l.texts[i].x += metaX
	}
	l.ticksAt = l.ticksAt.AddXY(metaX, 0)
	l.body = outer
	l.shift(whole(outer.x)+bubblePadX, outer.y+bubblePadY)
	if !b.bare {
		l.boxes = append([]box{outer}, l.boxes...)
	}
	l.height = outer.y + outer.h + float32(bubbleGap)/2
	b.chips(outer)
	if b.above > 0 {
		b.drawUnread()
	}
}

// shift moves everything.
func (l *rowLayout) shift(dx, dy float32) {
	for i := range l.texts {
		l.texts[i].x = whole(l.texts[i].x + dx)
		l.texts[i].y += dy
	}
	for i := range l.boxes {
		l.boxes[i].x += dx
		l.boxes[i].y += dy
	}
	for i := range l.over {
		l.over[i].x += dx
		l.over[i].y += dy
	}
	for i := range l.pictures {
		l.pictures[i].x += dx
		l.pictures[i].y += dy
	}
	for i := range l.icons {
		l.icons[i].x += dx
		l.icons[i].y += dy
	}
	for i := range l.buttons {
		l.buttons[i].x += dx
		l.buttons[i].y += dy
	}
	for i := range l.zones {
		l.zones[i].x += dx
		l.zones[i].y += dy
	}
	l.ticksAt = l.ticksAt.AddXY(dx, dy)
}

// whole rounds to a whole pixel: drawn between pixels, words look pale.
func whole(x float32) float32 { return float32(int(x + 0.5)) }
