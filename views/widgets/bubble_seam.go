package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Measures of a line about messages that may be missing, in device-independent pixels.
const (
	seamMargin = 6 // above and below
	seamPadX   = 10
	seamPadY   = 5
	seamGap    = 8 // between the words and what can be done
)

// seam places a line across the list that says that messages may be missing, with
// what can be done about it beside the words, or below where there is no room.
func (b *rowBuilder) seam() {
	width := b.l.view.width
	b.limit = max(width*noticeShare, 60)
	plain, bold := fyne.TextStyle{}, fyne.TextStyle{Bold: true}
	h := b.wrap.LineHeight(b.caption, plain)
	side := b.caption * 1.3
	sign := side + 5
	words := b.wrap.Wrap(b.c.Text, b.caption, plain, b.limit-sign, 8)
	doing := float32(0)
	for _, a := range b.c.Actions {
		doing += seamGap + b.seamButton(a, bold)
	}
	beside := len(words.Lines) == 1 && sign+words.Width+doing <= b.limit
	wide := sign + words.Width
	if beside {
		wide += doing
	}
	high := h + 2*seamPadY
	left := whole((width - wide) / 2)
	b.y = b.above + seamMargin
	top := b.y
	b.hairlines(left, wide, whole(top+high/2))
	b.l.icons = append(b.l.icons, placedIcon{apptheme.IconWarning, apptheme.ColorNameMuted, left, top + (high-side)/2, side})
	b.y += seamPadY
	for i := range words.Lines {
		line := &words.Lines[i]
		x := left + sign
		if len(words.Lines) > 1 {
			x = whole(left + sign + (words.Width-line.Width)/2)
		}
		for j := range line.Spans {
			b.span(&line.Spans[j], b.small(apptheme.ColorNameMuted), x, h)
		}
		b.y += h
	}
	b.y += seamPadY
	switch {
	case beside:
		b.seamButtons(left+sign+words.Width+seamGap, top, high, bold)
	case doing > 0:
		b.seamButtons(whole((width-doing+seamGap)/2), b.y, high, bold)
		b.y += high
	}
	b.l.body = box{x: left - seamPadX, y: top, w: wide + 2*seamPadX, h: b.y - top}
	b.l.height = b.y + seamMargin
	if b.above > 0 {
		b.drawUnread()
	}
}

// hairlines leads the eye from the words to the edges of the list.
func (b *rowBuilder) hairlines(left, wide, y float32) {
	const pad, shortest = 14, 12
	width := b.l.view.width
	if w := left - pad - bubbleMargin; w >= shortest {
		b.l.boxes = append(b.l.boxes, box{x: bubbleMargin, y: y, w: w, h: 1, color: theme.ColorNameSeparator})
	}
	if x := left + wide + pad; width-bubbleMargin-x >= shortest {
		b.l.boxes = append(b.l.boxes, box{x: x, y: y, w: width - bubbleMargin - x, h: 1, color: theme.ColorNameSeparator})
	}
}

func (b *rowBuilder) seamButton(a Action, style fyne.TextStyle) float32 {
	return b.wrap.Width(a.Text, b.caption, style) + 2*seamPadX
}

// seamButtons places what can be done, each on a ground of its own.
func (b *rowBuilder) seamButtons(x, y, high float32, style fyne.TextStyle) {
	h := b.wrap.LineHeight(b.caption, style)
	for _, a := range b.c.Actions {
		w := b.seamButton(a, style)
		b.l.boxes = append(b.l.boxes, box{x: whole(x), y: y, w: w, h: high, radius: high / 2, color: theme.ColorNameHover})
		b.l.texts = append(b.l.texts, placed{text: a.Text, x: whole(x + seamPadX), y: y + (high-h)/2, w: w - 2*seamPadX, h: h, size: b.caption, style: style, color: theme.ColorNamePrimary})
		b.l.zones = append(b.l.zones, zone{a.ID, x, y - seamMargin, w, high + 2*seamMargin})
		x += w + seamGap
	}
}
