package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// foldLines is how many lines of a long text are shown at first, and how many
// more each "Show more" adds.
const (
	foldLines = 30
	moreLines = 200
)

// measurer turns contents into rows with places, for one theme.
type measurer struct {
	wrap     *Wrapper
	body     float32 // text size of messages
	caption  float32 // text size of everything around them
	buttonH  float32
	showMore string
}

func newMeasurer(wrap *Wrapper, showMore string) *measurer {
	m := &measurer{wrap: wrap, showMore: showMore}
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

// row measures an item. folds is how often "Show more" was tapped.
func (m *measurer) row(id ItemID, c *Content, width float32, folds int) *rowLayout {
	l := &rowLayout{content: c, width: width, folds: folds, own: c.Own}
	b := rowBuilder{measurer: m, l: l, c: c}
	switch id.Kind {
	case ItemMessage, ItemOutbox:
		b.bubble()
	case ItemDay:
		b.pill(apptheme.ColorNameBubbleIn, apptheme.ColorNameMuted, fyne.TextStyle{Bold: true})
	case ItemNotice:
		b.pill(apptheme.ColorNameNotice, apptheme.ColorNameOnNotice, fyne.TextStyle{})
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
	limit            float32 // widest line
	y                float32 // bottom of what is placed
	wide             float32 // width of what is placed
	last             float32 // width of the last line, zero when nothing may stand beside it
	lastY            float32 // top and height of the last line
	lastH            float32
	right            []alignment
	quoted           box
	metaFrom, metaTo int // of rowLayout.texts
	metaW            float32
}

// alignment is a line that moves to the right edge once the width is known.
type alignment struct {
	from, to int // of rowLayout.texts
	width    float32
}

func (b *rowBuilder) bubble() {
	c := b.c
	b.limit = min(b.l.width*bubbleShare, bubbleLargest) - 2*bubblePadX
	b.limit = max(b.limit, 60)
	b.header()
	b.quote()
	b.headline()
	cut := b.text()
	if len(c.Chips) > 0 {
		parts := make([]string, 0, len(c.Chips))
		for _, r := range c.Chips {
			parts = append(parts, r.Emoji)
		}
		b.gap(3)
		b.lines(b.wrap.Wrap(strings.Join(parts, "  "), b.body, fyne.TextStyle{}, b.limit, 2), b.body, fyne.TextStyle{}, b.l.textColor(), 0)
	}
	if cut {
		b.button(Action{ID: ActionShowMore, Text: b.showMore})
		b.last = 0
	}
	b.meta()
	b.status()
	b.finish()
}

func (b *rowBuilder) gap(h float32) {
	if b.y > 0 {
		b.y += h
	}
}

// lines places wrapped lines below what is there, indented by x.
func (b *rowBuilder) lines(w Wrapped, size float32, style fyne.TextStyle, color fyne.ThemeColorName, x float32) {
	h := b.wrap.LineHeight(size, style)
	for _, line := range w.Lines {
		from := len(b.l.texts)
		for _, s := range line.Spans {
			b.l.texts = append(b.l.texts, placed{text: s.Text, x: x + s.X, y: b.y, w: s.Width, h: h, size: size, style: style, color: color})
		}
		b.last, b.lastY, b.lastH = x+line.Width, b.y, h
		if line.RTL {
			b.right = append(b.right, alignment{from, len(b.l.texts), x + line.Width})
			b.last = b.limit // what stands at the right leaves no room beside it
		}
		b.y += h
		b.wide = max(b.wide, x+line.Width)
	}
}

func (b *rowBuilder) one(line WrappedLine, size float32, style fyne.TextStyle, color fyne.ThemeColorName, x float32) {
	b.lines(Wrapped{Lines: []WrappedLine{line}}, size, style, color, x)
}

// header places the author and the mark.
func (b *rowBuilder) header() {
	c := b.c
	if c.Author != "" && c.Lead {
		bold := fyne.TextStyle{Bold: true}
		from := len(b.l.texts)
		b.one(b.wrap.Fit(c.Author, b.caption, bold, b.limit), b.caption, bold, b.l.textColor(), 0)
		for i := from; i < len(b.l.texts); i++ {
			b.l.texts[i].author = c.AuthorID
		}
	}
	if c.Mark != "" {
		italic := fyne.TextStyle{Italic: true}
		b.one(b.wrap.Fit(c.Mark, b.caption, italic, b.limit), b.caption, italic, apptheme.ColorNameBubbleMeta, 0)
	}
	if b.y > 0 {
		b.y++
	}
}

// quote places the message that is answered.
func (b *rowBuilder) quote() {
	c := b.c.Quote
	if c == nil {
		return
	}
	b.gap(2)
	const inset = quoteBar + quotePad
	q := box{y: b.y}
	b.y += 4
	if c.Author != "" {
		bold := fyne.TextStyle{Bold: true}
		b.one(b.wrap.Fit(c.Author, b.caption, bold, b.limit-inset-quotePad), b.caption, bold, b.l.textColor(), inset)
	}
	if c.Text != "" {
		w := b.wrap.Wrap(c.Text, b.caption, fyne.TextStyle{}, b.limit-inset-quotePad, 3)
		b.lines(w, b.caption, fyne.TextStyle{}, apptheme.ColorNameBubbleMeta, inset)
	}
	b.wide += quotePad
	b.y += 4
	q.h = b.y - q.y
	b.y += 5
	b.last = 0
	b.quoted = q
}

// headline places what the message is when it is not only text.
func (b *rowBuilder) headline() {
	c := b.c.Card
	if c == nil {
		return
	}
	b.gap(1)
	x := float32(0)
	top := b.y
	if c.Icon != "" {
		x = bubbleIconSide + 8
		b.l.icon = c.Icon
		h := b.wrap.LineHeight(b.body, fyne.TextStyle{})
		b.l.iconAt = fyne.NewPos(0, top+(h-bubbleIconSide)/2)
	}
	b.lines(b.wrap.Wrap(c.Title, b.body, fyne.TextStyle{}, b.limit-x, 3), b.body, fyne.TextStyle{}, b.l.textColor(), x)
	if c.Detail != "" {
		b.lines(b.wrap.Wrap(c.Detail, b.caption, fyne.TextStyle{}, b.limit-x, 4), b.caption, fyne.TextStyle{}, apptheme.ColorNameBubbleMeta, x)
	}
	if b.c.Text != "" {
		b.y += 3
	}
}

// text places the text itself; it tells whether there is more than is shown.
func (b *rowBuilder) text() (cut bool) {
	c := b.c
	if c.Text == "" {
		return false
	}
	style, color := fyne.TextStyle{}, b.l.textColor()
	if c.Quiet {
		style, color = fyne.TextStyle{Italic: true}, apptheme.ColorNameBubbleMeta
	}
	w := b.wrap.Wrap(c.Text, b.body, style, b.limit, foldLines+b.l.folds*moreLines)
	b.lines(w, b.body, style, color, 0)
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
		width += 4 + b.caption*1.5
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
		b.l.texts = append(b.l.texts, placed{text: s.Text, x: s.X, y: y, w: s.Width, h: h, size: b.caption, color: apptheme.ColorNameBubbleMeta})
	}
	b.metaTo, b.metaW = len(b.l.texts), width
	if c.HasAck {
		b.l.ticks = true
		b.l.ticksAt = fyne.NewPos(line.Width+4, y)
	}
}

// status places what became of an outgoing message, and what can be done.
func (b *rowBuilder) status() {
	c := b.c
	if c.Status != "" {
		b.gap(3)
		style, color := fyne.TextStyle{}, apptheme.ColorNameBubbleMeta
		if c.Alarm {
			style, color = fyne.TextStyle{Bold: true}, theme.ColorNameError
		}
		b.lines(b.wrap.Wrap(c.Status, b.caption, style, b.limit, 6), b.caption, style, color, 0)
	}
	x := float32(0)
	for _, a := range c.Actions {
		if a.Text == "" {
			continue
		}
		w := b.buttonWidth(a.Text)
		if x > 0 && x+w > b.limit {
			x = 0
		}
		if x == 0 {
			b.gap(5)
			b.y += b.buttonH
		}
		b.l.buttons = append(b.l.buttons, placedButton{a, x, b.y - b.buttonH, w, b.buttonH})
		x += w + 6
		b.wide = max(b.wide, x-6)
	}
}

func (b *rowBuilder) button(a Action) {
	w := b.buttonWidth(a.Text)
	b.l.buttons = append(b.l.buttons, placedButton{a, 0, b.y, w, b.buttonH})
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
	above := float32(bubbleGap) / 2
	if b.c.Lead {
		above += bubbleLeadGap
	}
	outer := box{y: above, w: b.wide + 2*bubblePadX, h: b.y + 2*bubblePadY, radius: bubbleRadius, color: apptheme.ColorNameBubbleIn}
	outer.x = bubbleMargin
	if b.c.Own {
		outer.color = apptheme.ColorNameBubbleOut
		outer.x = max(l.width-bubbleMargin-outer.w, 0)
	}
	for _, a := range b.right {
		for i := a.from; i < a.to; i++ {
			l.texts[i].x += b.wide - a.width
		}
	}
	metaX := b.wide - b.metaW
	for i := b.metaFrom; i < b.metaTo; i++ {
		l.texts[i].x += metaX
	}
	dx, dy := outer.x+bubblePadX, outer.y+bubblePadY
	for i := range l.texts {
		l.texts[i].x = whole(l.texts[i].x + dx)
		l.texts[i].y += dy
	}
	for i := range l.buttons {
		l.buttons[i].x += dx
		l.buttons[i].y += dy
	}
	l.iconAt = l.iconAt.AddXY(dx, dy)
	l.ticksAt = l.ticksAt.AddXY(dx+metaX, dy)
	l.boxes = append(l.boxes, outer)
	if quote := b.quoted; quote.h > 0 {
		l.boxes = append(l.boxes,
			box{x: dx, y: quote.y + dy, w: b.wide, h: quote.h, radius: 5, color: theme.ColorNameHover},
			box{x: dx, y: quote.y + dy, w: quoteBar, h: quote.h, radius: 1.5, color: theme.ColorNamePrimary})
	}
	l.height = outer.y + outer.h + float32(bubbleGap)/2
}

// whole rounds to a whole pixel: drawn between pixels, words look pale.
func whole(x float32) float32 { return float32(int(x + 0.5)) }

// pill places a centred line about the conversation, on a ground or on none.
func (b *rowBuilder) pill(ground, color fyne.ThemeColorName, style fyne.TextStyle) {
	const padX, padY, margin = 12, 5, 7
	l := b.l
	b.limit = max(l.width*noticeShare-2*padX, 60)
	b.y = margin + padY
	var w Wrapped
	if b.c.Text != "" {
		w = b.wrap.Wrap(b.c.Text, b.caption, style, b.limit, 12)
	}
	h := b.wrap.LineHeight(b.caption, style)
	for _, line := range w.Lines {
		x := (l.width - line.Width) / 2
		for _, s := range line.Spans {
			l.texts = append(l.texts, placed{text: s.Text, x: whole(x + s.X), y: b.y, w: s.Width, h: h, size: b.caption, style: style, color: color})
		}
		b.y += h
	}
	b.y += padY
	if ground != "" {
		boxW := w.Width + 2*padX
		l.boxes = append(l.boxes, box{x: (l.width - boxW) / 2, y: margin, w: boxW, h: b.y - margin, radius: min((b.y-margin)/2, 12), color: ground})
	}
	for _, a := range b.c.Actions {
		if a.Text != "" {
			b.button(a)
			last := &l.buttons[len(l.buttons)-1]
			last.x = (l.width - last.w) / 2
		}
	}
	l.height = b.y + margin
}
