package widgets

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/text/unicode/norm"

	"github.com/xappiens/buzon/resources/emoji"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// pill places a centred line about the conversation, on a ground or on none.
func (b *rowBuilder) pill(ground, color fyne.ThemeColorName, style fyne.TextStyle) {
	const padX, padY, margin = 12, 5, 7
	l := b.l
	width := l.view.width
	b.limit = max(width*noticeShare-2*padX, 60)
	top := b.above + margin
	b.y = top + padY
	var w Wrapped
	if b.c.Text != "" {
		w = b.wrap.Wrap(b.c.Text, b.caption, style, b.limit, 12)
	}
	k := look{size: b.caption, style: style, color: color}
	h := b.wrap.LineHeight(b.caption, style)
	for _, line := range w.Lines {
		x := (width - line.Width) / 2
		for i := range line.Spans {
			b.span(&line.Spans[i], k, whole(x), h)
		}
		b.y += h
	}
	b.y += padY
	l.body = box{x: (width - w.Width) / 2, y: top, w: w.Width, h: b.y - top}
	if ground != "" {
		boxW := w.Width + 2*padX
		l.body = box{x: (width - boxW) / 2, y: top, w: boxW, h: b.y - top, radius: min((b.y-top)/2, 12), color: ground}
		l.boxes = append(l.boxes, l.body)
	}
	b.pillButtons(width)
	l.height = b.y + margin
	if b.above > 0 {
		b.drawUnread()
	}
}

// pillButtons places the buttons of a line about the conversation side by side,
// in the middle.
func (b *rowBuilder) pillButtons(width float32) {
	const gap = 6
	total := float32(-gap)
	for _, a := range b.c.Actions {
		total += b.buttonWidth(a.Text) + gap
	}
	if total <= 0 {
		return
	}
	b.gap(4)
	x := max((width-total)/2, 0)
	for _, a := range b.c.Actions {
		w := b.buttonWidth(a.Text)
		b.push(a, x, b.y, w)
		x += w + gap
	}
	b.y += b.buttonH
}

// The line above the first message that was not read.
const unreadSpace = 9

func (b *rowBuilder) unreadLine() float32 {
	return b.wrap.LineHeight(b.caption, fyne.TextStyle{Bold: true}) + 2*unreadSpace
}

func (b *rowBuilder) drawUnread() {
	const pad, gap = 12, 3
	bold := fyne.TextStyle{Bold: true}
	width := b.l.view.width
	line := b.wrap.Fit(b.unreadFrom, b.caption, bold, width*noticeShare)
	h := b.wrap.LineHeight(b.caption, bold)
	x := whole((width - line.Width) / 2)
	y := float32(unreadSpace)
	mid := whole(y + h/2)
	b.l.boxes = append(b.l.boxes,
		box{x: bubbleMargin, y: mid, w: x - pad - bubbleMargin, h: 1, color: theme.ColorNamePrimary},
		box{x: x + line.Width + pad, y: mid, w: width - bubbleMargin - x - line.Width - pad, h: 1, color: theme.ColorNamePrimary},
		box{x: x - pad, y: y - gap, w: line.Width + 2*pad, h: h + 2*gap, radius: h/2 + gap, color: theme.ColorNameSelection})
	for _, s := range line.Spans {
		b.l.texts = append(b.l.texts, placed{text: s.Text, emoji: s.Emoji, x: whole(x + s.X), y: y, w: s.Width, h: h, size: b.caption, style: s.Style, font: s.Font, color: theme.ColorNamePrimary})
	}
}

// chips places the reactions on the lower edge of the bubble.
func (b *rowBuilder) chips(outer box) {
	if len(b.c.Chips) == 0 {
		return
	}
	const padX, gap, overlap, ring = 7, 4, 6, 1.5
	plain := fyne.TextStyle{}
	h := b.wrap.LineHeight(b.caption, plain) + 6
	room := max(outer.w-2*bubblePadX, b.l.view.width*bubbleShare/2)
	var chips []placedChip
	total := float32(0)
	for i, c := range b.c.Chips {
		text := c.Emoji
		if c.Count > 1 {
			text += "\u00a0" + strconv.Itoa(min(c.Count, 9999))
		}
		line := b.wrap.Fit(text, b.caption, plain, 120)
		w := line.Width + 2*padX
		if total+w > room && i > 0 {
			line = b.wrap.Fit("+"+strconv.Itoa(len(b.c.Chips)-i), b.caption, plain, 60)
			chips = append(chips, placedChip{line: line, w: line.Width + 2*padX})
			total += line.Width + 2*padX + gap
			break
		}
		chips = append(chips, placedChip{line, w, c.Mine, c.Faint})
		total += w + gap
	}
	x := outer.x + bubblePadX
	if b.c.Own {
		x = max(outer.x+outer.w-bubblePadX-total+gap, bubbleMargin)
	}
	x = whole(x)
	y := outer.y + outer.h - overlap
	b.l.zones = append(b.l.zones, zone{ActionReactions, x, y, total - gap, h})
	for _, c := range chips {
		b.chip(c, x, y, h, padX, ring)
		x = whole(x + c.w + gap)
	}
	b.l.height += h - overlap
}

type placedChip struct {
	line WrappedLine
	w    float32
	mine bool
	dim  bool
}

func (b *rowBuilder) chip(c placedChip, x, y, h, padX, ring float32) {
	ground := apptheme.ColorNameBubbleIn
	if b.c.Own {
		ground = apptheme.ColorNameBubbleOut
	}
	b.l.over = append(b.l.over, box{x: x - ring, y: y - ring, w: c.w + 2*ring, h: h + 2*ring, radius: h/2 + ring, color: theme.ColorNameBackground})
	switch {
	case c.dim: // only an edge that is hardly seen
		b.l.over = append(b.l.over, box{x: x, y: y, w: c.w, h: h, radius: h / 2, color: theme.ColorNameSeparator, stroke: 1})
	case c.mine:
		b.l.over = append(b.l.over, box{x: x, y: y, w: c.w, h: h, radius: h / 2, color: theme.ColorNameSelection},
			box{x: x, y: y, w: c.w, h: h, radius: h / 2, color: theme.ColorNamePrimary, stroke: 1})
	default:
		b.l.over = append(b.l.over, box{x: x, y: y, w: c.w, h: h, radius: h / 2, color: ground})
	}
	for _, s := range c.line.Spans {
		b.l.texts = append(b.l.texts, placed{
			text: s.Text, emoji: s.Emoji, x: whole(x + padX + s.X), y: y + 3, w: s.Width, h: h - 6, size: b.caption, style: s.Style, font: s.Font, color: b.textColor(), faint: c.dim,
		})
	}
}

// bigEmoji returns the size of a text that is nothing but one to three emoji,
// zero for every other text.
func (b *rowBuilder) bigEmoji() float32 {
	switch countEmoji(b.c.Text) {
	case 1:
		return b.body * 3
	case 2:
		return b.body * 2.5
	case 3:
		return b.body * 2.1
	}
	return 0
}

// countEmoji returns how many emoji a text is made of; zero when it is empty,
// long, or holds anything else.
func countEmoji(text string) int {
	const longest = 3 * maxCluster
	text = strings.TrimSpace(text)
	if text == "" || len(text) > longest {
		return 0
	}
	n := 0
	for text != "" {
		size := emoji.Match(text)
		if size == 0 {
			return 0
		}
		n++
		text = strings.TrimLeft(text[size:], " ")
	}
	return n
}

// mark is the part of a word that is lit.
type mark struct{ x, w float32 }

// marks finds where a word, or a word within it, begins like one of those that
// are searched for.
func (m *measurer) marks(word string, size float32, style fyne.TextStyle) []mark {
	if len(m.words) == 0 {
		return nil
	}
	folded, at := foldWord(word)
	var out []mark
	for i := 0; i < len(folded); {
		n := 0
		if i == 0 || !letter(folded[:i]) {
			for _, w := range m.words {
				if len(w) > n && strings.HasPrefix(folded[i:], w) {
					n = len(w)
				}
			}
		}
		if n == 0 {
			_, size := utf8.DecodeRuneInString(folded[i:])
			i += size
			continue
		}
		from, to := at[i], at[i+n]
		x := m.wrap.Width(word[:from], size, style)
		out = append(out, mark{x, m.wrap.Width(word[:to], size, style) - x})
		i += n
	}
	return out
}

// letter tells whether a text ends within a word.
func letter(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsLetter(r) && !breakable(r) || unicode.IsDigit(r)
}

// foldWord returns a word without case and accents, and for each of its bytes
// where it comes from; the last entry is the length of the word.
func foldWord(word string) (folded string, at []int) {
	const longest = 256
	if len(word) > longest {
		return "", []int{0}
	}
	var out strings.Builder
	for i, r := range word {
		for _, p := range norm.NFD.String(string(r)) {
			if unicode.Is(unicode.Mn, p) {
				continue
			}
			n, _ := out.WriteRune(unicode.ToLower(p))
			for range n {
				at = append(at, i)
			}
		}
	}
	return out.String(), append(at, len(word))
}
