package widgets

import (
	"hash/fnv"
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Measures of cards in device-independent pixels.
const (
	cardInset    = 4 // from the edge of the bubble
	cardRadius   = 8
	cardRound    = 38 // side of a round button
	pictureMost  = 320
	pictureLeast = 120
	stickerSide  = 140
	placeWidth   = 280
	placeHeight  = 130
)

var (
	scrim   = color.NRGBA{0, 0, 0, 0x99}
	onScrim = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// card places what is not text.
func (b *rowBuilder) card() {
	c := b.c.Card
	if c == nil {
		return
	}
	b.gap(2)
	switch c.Kind {
	case CardPicture, CardVideo, CardSticker:
		b.picture(c)
	case CardVoice, CardAudio:
		b.sound(c)
	case CardDocument:
		b.document(c)
	case CardPlace:
		b.mapCard(c)
	case CardContacts:
		b.people(c)
	case CardPoll:
		b.poll(c)
	case CardCall, CardOffer:
		b.signCard(c)
	default:
		b.headline(c)
	}
	if c.Why != "" {
		b.gap(4)
		k := b.small(apptheme.ColorNameBubbleMeta)
		if c.State == model.MediaFailed {
			k.color = theme.ColorNameError
		}
		b.lines(b.wrap.Wrap(c.Why, b.caption, k.style, b.limit, 4), k, 0)
	}
	if b.c.Text != "" {
		b.y += 4
	}
}

func (b *rowBuilder) ground(at box) { b.l.boxes = append(b.l.boxes, at) }

func (b *rowBuilder) zone(action string, at box) {
	b.l.zones = append(b.l.zones, zone{action, at.x, at.y, at.w, at.h})
}

func (b *rowBuilder) iconIn(name apptheme.IconName, color fyne.ThemeColorName, at box, side float32) {
	b.l.icons = append(b.l.icons, placedIcon{name, color, at.x + (at.w-side)/2, at.y + (at.h-side)/2, side})
}

// headline places an icon with a title and what is known besides.
func (b *rowBuilder) headline(c *Card) {
	x := float32(0)
	const side = 20
	if c.Icon != "" {
		x = side + 8
		h := b.wrap.LineHeight(b.body, fyne.TextStyle{})
		b.l.icons = append(b.l.icons, placedIcon{c.Icon, b.textColor(), 0, b.y + (h-side)/2, side})
	}
	b.title(c.Title, x, 3)
	b.detail(c.Detail, x, 4)
}

func (b *rowBuilder) title(text string, x float32, most int) {
	if text == "" {
		return
	}
	k := look{size: b.body, style: fyne.TextStyle{Bold: true}, color: b.textColor(), lit: true}
	b.lines(b.elided(text, k, b.limit-x, most, 0), k, x)
}

// elided wraps a text; when it is cut, its end or its middle becomes an
// ellipsis: the last tail characters are kept, as the ending of a file's name.
func (b *rowBuilder) elided(text string, k look, limit float32, most, tail int) Wrapped {
	w := b.wrap.Wrap(text, k.size, k.style, limit, most)
	if !w.Cut {
		return w
	}
	r := []rune(text)
	end := ""
	if tail > 0 && tail < len(r) {
		end = string(r[len(r)-tail:])
		r = r[:len(r)-tail]
	}
	n := sort.Search(len(r), func(n int) bool {
		w = b.wrap.Wrap(string(r[:n])+"…"+end, k.size, k.style, limit, most)
		return w.Cut
	})
	return b.wrap.Wrap(string(r[:max(n-1, 0)])+"…"+end, k.size, k.style, limit, most)
}

func (b *rowBuilder) detail(text string, x float32, most int) {
	if text == "" {
		return
	}
	k := b.small(apptheme.ColorNameBubbleMeta)
	b.lines(b.elided(text, k, b.limit-x, most, 0), k, x)
}

// pictureSize returns how large a picture is drawn: in its own shape, within bounds.
func pictureSize(width, height int, room float32) (w, h float32) {
	most := min(float32(pictureMost), room)
	shape := float32(4) / 3
	if width > 0 && height > 0 {
		shape = min(max(float32(width)/float32(height), 0.5), 2.5)
	}
	w = min(most, pictureMost*max(shape, 0.6))
	if h = w / shape; h > pictureMost {
		h = pictureMost
		w = max(h*shape, min(pictureLeast, most))
	}
	return whole(w), whole(max(h, 90))
}

// picture places a picture and what lies over it. The text below is no wider.
func (b *rowBuilder) picture(c *Card) {
	at := box{x: -bubblePadX + cardInset, y: b.y, radius: cardRadius}
	if b.y == 0 {
		at.y = -bubblePadY + cardInset
	}
	at.w, at.h = pictureSize(c.Width, c.Height, b.limit+2*(bubblePadX-cardInset))
	if c.Kind == CardSticker {
		at.w, at.h, at.radius = min(stickerSide, at.w), min(stickerSide, at.w), 0
		b.bare = b.c.Quote == nil && b.c.Author == "" && b.c.Mark == ""
	}
	if c.Kind != CardSticker || c.Picture == "" {
		at.color = theme.ColorNameHover
		at.radius = cardRadius
		b.ground(at)
		b.pictureSign(c, at)
	}
	if c.Picture != "" {
		b.l.pictures = append(b.l.pictures, placedPicture{c.Picture, at.x, at.y, at.w, at.h, at.radius})
	}
	b.y = at.y + at.h
	if inner := at.w - 2*(bubblePadX-cardInset); b.c.Text != "" || b.c.Meta != "" {
		b.limit = min(b.limit, max(inner, 180))
	}
	b.wide = max(b.wide, at.w-2*(bubblePadX-cardInset))
	b.last = 0
	b.y += 3
	b.overPicture(c, at)
}

// pictureSign is seen while there is no picture and nothing is offered in its place.
func (b *rowBuilder) pictureSign(c *Card, at box) {
	if c.Picture != "" || b.l.view.progress.Busy {
		return
	}
	switch c.State {
	case model.MediaRemote, model.MediaDownloading, model.MediaFailed:
		return
	case model.MediaStored:
		if c.Kind != CardSticker { // the picture comes, or a play sign is there
			return
		}
	}
	icon := c.Icon
	if icon == "" {
		icon = apptheme.IconMedia
	}
	b.iconIn(icon, apptheme.ColorNameBubbleMeta, at, 36)
}

// overPicture places what a picture offers: play, download, cancel, open.
func (b *rowBuilder) overPicture(c *Card, at box) {
	p := b.l.view.progress
	middle := box{x: at.x + (at.w-52)/2, y: at.y + (at.h-52)/2, w: 52, h: 52, radius: 26, paint: scrim}
	switch {
	case p.Busy || c.State == model.MediaDownloading:
		b.l.over = append(b.l.over, middle)
		icon := apptheme.IconClose
		if p.Out {
			icon = apptheme.IconUp
		}
		b.iconIn(icon, apptheme.ColorNameOnAvatar, middle, 26)
		bar := box{x: at.x + 16, y: at.y + at.h - 16, w: at.w - 32, h: 6, radius: 3, paint: scrim}
		b.l.over = append(b.l.over, bar)
		bar.w, bar.paint = max(bar.w*min(max(p.Done, 0), 1), 6), onScrim
		b.l.over = append(b.l.over, bar)
		if !p.Out {
			b.zone(ActionCancel, at)
		}
		return
	case c.State == model.MediaStored && c.Kind == CardVideo:
		b.l.over = append(b.l.over, middle)
		b.iconIn(apptheme.IconPlay, apptheme.ColorNameOnAvatar, middle, 32)
		b.zone(ActionOpen, at)
	case c.State == model.MediaStored:
		b.zone(ActionOpen, at)
	case c.State == model.MediaRemote:
		b.downloadPill(apptheme.IconDownload, c.Size, at)
		b.zone(ActionDownload, at)
	case c.State == model.MediaFailed:
		b.downloadPill(apptheme.IconRefresh, c.Size, at)
		b.zone(ActionDownload, at)
	}
	if c.Length != "" {
		b.onPicture(c.Length, apptheme.IconVideo, at.x+8, at.y+at.h-8)
	}
}

// downloadPill offers to fetch a picture, with its size.
func (b *rowBuilder) downloadPill(icon apptheme.IconName, text string, at box) {
	const padX, side = 12, 22
	bold := fyne.TextStyle{Bold: true}
	line := b.wrap.Fit(text, b.body, bold, max(at.w-2*padX-side-12, 20))
	w := float32(side + 2*padX)
	if text != "" {
		w += line.Width + 6
	}
	const h = 38
	pill := box{x: whole(at.x + (at.w-w)/2), y: whole(at.y + (at.h-h)/2), w: w, h: h, radius: h / 2, paint: scrim}
	b.l.over = append(b.l.over, pill)
	b.l.icons = append(b.l.icons, placedIcon{icon, apptheme.ColorNameOnAvatar, pill.x + padX, pill.y + (h-side)/2, side})
	if text != "" {
		b.painted(line, pill.x+padX+side+6, pill.y+(h-b.wrap.LineHeight(b.body, bold))/2, b.body, bold)
	}
}

// onPicture places a short text on a dark ground whose lower left corner is given.
func (b *rowBuilder) onPicture(text string, icon apptheme.IconName, x, bottom float32) {
	const side, pad = 14, 6
	line := b.wrap.Fit(text, b.caption, fyne.TextStyle{}, 90)
	h := b.wrap.LineHeight(b.caption, fyne.TextStyle{}) + 4
	at := box{x: x, y: bottom - h, w: line.Width + side + 4 + 2*pad, h: h, radius: h / 2, paint: scrim}
	b.l.over = append(b.l.over, at)
	b.l.icons = append(b.l.icons, placedIcon{icon, apptheme.ColorNameOnAvatar, x + pad, at.y + (h-side)/2, side})
	b.painted(line, x+pad+side+4, at.y+2, b.caption, fyne.TextStyle{})
}

// painted places a line in white.
func (b *rowBuilder) painted(line WrappedLine, x, y, size float32, style fyne.TextStyle) {
	h := b.wrap.LineHeight(size, style)
	for _, s := range line.Spans {
		b.l.texts = append(b.l.texts, placed{text: s.Text, emoji: s.Emoji, x: x + s.X, y: y, w: s.Width, h: h, size: size, style: s.Style, font: s.Font, paint: onScrim})
	}
}

// roundButton places a round button that downloads, cancels or does what is
// asked of a file that is here.
func (b *rowBuilder) roundButton(c *Card, at box, icon apptheme.IconName, stored string) {
	p := b.l.view.progress
	at.radius = at.w / 2
	at.color = theme.ColorNamePrimary
	action := stored
	switch {
	case p.Busy || c.State == model.MediaDownloading:
		icon, action = apptheme.IconClose, ActionCancel
	case c.State == model.MediaGone:
		at.color, action = apptheme.ColorNameBadgeQuiet, ""
	case c.State == model.MediaFailed:
		icon, action = apptheme.IconRefresh, ActionDownload
	case c.State != model.MediaStored:
		icon, action = apptheme.IconDownload, ActionDownload
	}
	b.ground(at)
	ink := theme.ColorNameForegroundOnPrimary
	if c.State == model.MediaGone {
		ink = apptheme.ColorNameOnBadgeQuiet
	}
	b.iconIn(icon, ink, at, at.w*0.56)
	if action != "" {
		b.zone(action, at)
	}
}

// bar places a thin bar of which a share is filled.
func (b *rowBuilder) bar(x, y, w, share float32) {
	const h = 4
	b.ground(box{x: x, y: y, w: w, h: h, radius: h / 2, color: theme.ColorNamePressed})
	if share > 0 {
		b.ground(box{x: x, y: y, w: max(w*min(share, 1), h), h: h, radius: h / 2, color: theme.ColorNamePrimary})
	}
}

// hash32 chooses a shape that is always the same for the same seed.
func hash32(seed string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed)) // never fails
	return h.Sum32()
}
