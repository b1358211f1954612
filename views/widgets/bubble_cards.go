package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// sound places a voice message or a piece of music: play, wave or bar, length.
func (b *rowBuilder) sound(c *Card) {
	const gap, most, waveH = 10, 270, 26
	p := b.l.view.progress
	width := min(b.limit, most)
	if b.y == 0 {
		b.y = 2
	}
	top := b.y
	icon := apptheme.IconPlay
	if p.Playing {
		icon = apptheme.IconPause
	}
	b.roundButton(c, box{x: 0, y: top, w: cardRound, h: cardRound}, icon, ActionPlay)
	x := float32(cardRound + gap)
	room := width - x
	if c.Kind == CardAudio {
		title := look{size: b.body, color: b.textColor(), lit: true}
		b.one(b.wrap.Fit(c.Title, b.body, fyne.TextStyle{}, room), title, x)
		b.bar(x, b.y+4, room, soundShare(c, p))
		b.seek(c, box{x: x, y: b.y - 4, w: room, h: 20})
		b.y += 12
	} else {
		b.wave(c, x, top, room, waveH, soundShare(c, p))
		b.seek(c, box{x: x, y: top, w: room, h: waveH})
		b.y = top + waveH
	}
	text := c.Length
	if p.Position != "" {
		text = p.Position + " / " + c.Length
	}
	if c.Size != "" && c.State != model.MediaStored {
		text = withDot(text, c.Size)
	}
	if c.Detail != "" {
		text = withDot(text, c.Detail)
	}
	b.fit(text, b.small(apptheme.ColorNameBubbleMeta), x, room)
	b.wide = max(b.wide, width)
	b.y = max(b.y, top+cardRound)
}

func withDot(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}

func soundShare(c *Card, p Progress) float32 {
	if p.Busy {
		return p.Done
	}
	return p.Played
}

func (b *rowBuilder) seek(c *Card, at box) {
	if c.State == model.MediaStored {
		b.zone(ActionSeek, at)
	}
}

// wave places the bars of a voice message; the gateway tells nothing of its
// sound, so their heights only tell one message from another.
func (b *rowBuilder) wave(c *Card, x, y, room, height, share float32) {
	const step, thick = 5, 3
	n := int(room / step)
	h := hash32(c.Seed)
	for i := range n {
		h ^= h << 13
		h ^= h >> 17
		h ^= h << 5
		tall := height * (0.2 + 0.8*float32(h%97)/97)
		if i%7 == 0 {
			tall = height * 0.2
		}
		tall = max(whole(tall), thick)
		color := apptheme.ColorNameBubbleMeta
		if share > 0 && float32(i) < share*float32(n) {
			color = theme.ColorNamePrimary
		}
		b.ground(box{x: x + float32(i)*step, y: whole(y + (height-tall)/2), w: thick, h: tall, radius: thick / 2, color: color})
	}
}

// document places the kind of a file, its name and what is known of it.
func (b *rowBuilder) document(c *Card) {
	const pad, badgeW, badgeH, gap, most = 8, 36, 44, 10, 340
	p := b.l.view.progress
	width := min(b.limit+2*(bubblePadX-cardInset), most)
	at := box{x: -bubblePadX + cardInset, y: b.y, w: width, radius: cardRadius, color: theme.ColorNameHover}
	if b.y == 0 {
		at.y = -bubblePadY + cardInset
	}
	ground := len(b.l.boxes)
	b.ground(at)
	zone := len(b.l.zones)
	action := ActionDownload
	if c.State == model.MediaStored {
		action = ActionOpen
	}
	if c.State != model.MediaGone {
		b.zone(action, at)
	}
	badge := box{x: at.x + pad, y: at.y + pad, w: badgeW, h: badgeH, radius: 5}
	badge.paint = AvatarColor("file:" + c.Badge)
	b.ground(badge)
	b.documentKind(c, badge)
	x := badge.x + badgeW + gap
	room := width - pad - badgeW - gap - pad
	if c.State != model.MediaGone && c.State != "" {
		room -= cardRound - 6 + gap
	}
	b.y = at.y + pad - 1
	k := look{size: b.body, color: b.textColor(), lit: true}
	const ending = 12 // characters of a name that are always shown
	b.lines(b.elided(c.Title, k, room, 2, ending), k, x)
	b.lines(b.wrap.Wrap(c.Detail, b.caption, k.style, room, 2), b.small(apptheme.ColorNameBubbleMeta), x)
	b.y = max(b.y+pad-2, badge.y+badgeH+pad)
	if p.Busy {
		b.bar(at.x+pad, b.y-6, width-2*pad, max(p.Done, 0.02))
		b.y += 4
	}
	at.h = b.y - at.y
	b.l.boxes[ground].h = at.h
	if zone < len(b.l.zones) {
		b.l.zones[zone].h = at.h
	}
	if c.State != model.MediaGone && c.State != "" {
		const side = cardRound - 6
		b.roundButton(c, box{x: at.x + width - pad - side, y: at.y + (badgeH+2*pad-side)/2, w: side, h: side}, apptheme.IconFile, ActionOpen)
	}
	b.wide = max(b.wide, width-2*(bubblePadX-cardInset))
	b.last = 0
	b.y += 3
}

// documentKind writes the kind of a file on its sign.
func (b *rowBuilder) documentKind(c *Card, at box) {
	const most = 4
	text := strings.ToUpper(c.Badge)
	if r := []rune(text); len(r) > most {
		text = string(r[:most])
	}
	if text == "" {
		b.iconIn(apptheme.IconFile, apptheme.ColorNameOnAvatar, at, 22)
		return
	}
	size := b.caption
	bold := fyne.TextStyle{Bold: true}
	if w := b.wrap.Width(text, size, bold); w > at.w-4 {
		size = max(size*(at.w-4)/w, 7)
	}
	line := b.wrap.Fit(text, size, bold, at.w)
	b.painted(line, at.x+(at.w-line.Width)/2, at.y+(at.h-b.wrap.LineHeight(size, bold))/2, size, bold)
}

// mapCard places a drawn map with a pin. It is no map of the place: nothing is
// asked of a server to show a message.
func (b *rowBuilder) mapCard(c *Card) {
	at := box{x: -bubblePadX + cardInset, y: b.y, w: min(b.limit+2*(bubblePadX-cardInset), placeWidth), h: placeHeight, radius: cardRadius, color: theme.ColorNameHover}
	if b.y == 0 {
		at.y = -bubblePadY + cardInset
	}
	b.ground(at)
	b.blocks(c, at)
	pin := box{x: at.x + at.w/2 - 18, y: at.y + at.h/2 - 34, w: 36, h: 36}
	b.ground(box{x: at.x + at.w/2 - 7, y: at.y + at.h/2 - 3, w: 14, h: 6, radius: 3, color: theme.ColorNameShadow})
	b.iconIn(apptheme.IconPlace, theme.ColorNameError, pin, 36)
	b.zone(ActionMap, at)
	b.y = at.y + at.h + 6
	b.wide = max(b.wide, at.w-2*(bubblePadX-cardInset))
	b.limit = min(b.limit, at.w-2*(bubblePadX-cardInset))
	b.title(c.Title, 0, 2)
	b.detail(c.Detail, 0, 5)
}

// blocks draws streets as what is left between blocks of houses.
func (b *rowBuilder) blocks(c *Card, at box) {
	const street, least, more = 5, 26, 48
	h := hash32(c.Seed)
	next := func() float32 {
		h ^= h << 13
		h ^= h >> 17
		h ^= h << 5
		return least + float32(h%more)
	}
	for y := at.y + street; y < at.y+at.h-street-4; {
		tall := min(next()*0.7, at.y+at.h-street-y)
		for x := at.x + street; x < at.x+at.w-street-4; {
			w := next()
			if left := at.x + at.w - street - x; left-w < least {
				w = left
			}
			color := theme.ColorNameHover
			switch h % 11 {
			case 3:
				color = theme.ColorNameSelection // a park
			case 7:
				color = theme.ColorNamePressed
			}
			b.ground(box{x: x, y: y, w: w, h: tall, radius: 3, color: color})
			x += w + street
		}
		y += tall + street
	}
}

// people places contact cards.
func (b *rowBuilder) people(c *Card) {
	const side, gap, pad = 36, 10, 6
	width := min(b.limit, 300)
	for i, e := range c.Entries {
		if i > 0 {
			b.y += pad
		}
		top := b.y
		disc := box{x: 0, y: top + 2, w: side, h: side, radius: side / 2, paint: AvatarColor(e.Title)}
		b.ground(disc)
		b.initials(e.Title, disc)
		x := float32(side + gap)
		room := width - x
		if e.Action.ID != "" {
			room -= side
			button := box{x: width - side + 4, y: top + 4, w: side - 4, h: side - 4, radius: side / 2, color: theme.ColorNameHover}
			b.ground(button)
			b.iconIn(apptheme.IconDownload, b.textColor(), button, 20)
			b.zone(e.Action.ID, button)
		}
		title := look{size: b.body, style: fyne.TextStyle{Bold: true}, color: b.textColor(), lit: true}
		if e.Detail == "" {
			b.y = disc.y + (side-b.wrap.LineHeight(b.body, title.style))/2
		}
		b.one(b.wrap.Fit(e.Title, b.body, title.style, room), title, x)
		if e.Detail != "" {
			b.fit(e.Detail, b.small(apptheme.ColorNameBubbleMeta), x, room)
		}
		b.y = max(b.y, top+side+4)
	}
	b.wide = max(b.wide, width)
	b.last = 0
	b.detail(c.Detail, 0, 2)
}

func (b *rowBuilder) initials(name string, disc box) {
	letters := Initials(name)
	if letters == "" {
		b.iconIn(apptheme.IconPerson, apptheme.ColorNameOnAvatar, disc, disc.w*0.56)
		return
	}
	style := fyne.TextStyle{}
	line := b.wrap.Fit(letters, b.body, style, disc.w)
	b.painted(line, disc.x+(disc.w-line.Width)/2, disc.y+(disc.h-b.wrap.LineHeight(b.body, style))/2, b.body, style)
}

// poll places a question, its options with their votes, and who voted.
func (b *rowBuilder) poll(c *Card) {
	const mark, gap, most = 16, 8, 340
	width := min(b.limit, most)
	b.limit = width
	b.title(c.Title, 0, 4)
	b.detail(c.Detail, 0, 1)
	b.y += 4
	for _, e := range c.Entries {
		b.y += 3
		h := b.wrap.LineHeight(b.body, fyne.TextStyle{})
		ring := box{x: 0, y: whole(b.y + (h-mark)/2), w: mark, h: mark, radius: mark / 2, color: apptheme.ColorNameBubbleMeta, stroke: 1.5}
		b.ground(ring)
		if e.Mine {
			b.ground(box{x: 0, y: ring.y, w: mark, h: mark, radius: mark / 2, color: theme.ColorNamePrimary})
			b.iconIn(apptheme.IconCheck, theme.ColorNameForegroundOnPrimary, ring, mark*0.75)
		}
		x := float32(mark + gap)
		count := b.wrap.Fit(e.Count, b.caption, fyne.TextStyle{}, 60)
		top := b.y
		k := look{size: b.body, color: b.textColor(), lit: true}
		b.lines(b.wrap.Wrap(e.Title, b.body, k.style, width-x-count.Width-gap, 3), k, x)
		if e.Count != "" {
			bottom := b.y
			b.y = top + h - b.wrap.LineHeight(b.caption, fyne.TextStyle{})
			b.one(count, b.small(apptheme.ColorNameBubbleMeta), width-count.Width)
			b.y = bottom
			b.bar(x, b.y+1, width-x, e.Share)
			b.y += 7
		}
	}
	b.wide = max(b.wide, width)
	b.last = 0
}

// signCard places a call, an invitation, an order or a product: a sign in a
// disc with a title and what is known besides.
func (b *rowBuilder) signCard(c *Card) {
	const gap = 10
	top := b.y + 1
	disc := box{x: 0, y: top, w: cardRound, h: cardRound, radius: cardRound / 2, color: theme.ColorNameHover}
	if c.Kind == CardOffer {
		disc.radius = cardRadius
	}
	b.ground(disc)
	ink := b.textColor()
	if c.Bad {
		ink = theme.ColorNameError
	}
	b.iconIn(c.Icon, ink, disc, 20)
	x := float32(cardRound + gap)
	if c.Detail == "" {
		b.y = top + (cardRound-b.wrap.LineHeight(b.body, fyne.TextStyle{Bold: true}))/2
	}
	b.title(c.Title, x, 3)
	b.detail(c.Detail, x, 6)
	b.y = max(b.y, top+cardRound+1)
}
