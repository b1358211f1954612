package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// markedLine is a line of text with parts of it lit.
type markedLine struct {
	*textLine
	marks []model.TextRange // bytes of the text

	rects []*canvas.Rectangle
	shown int
}

// place fits the text into width, moves it to x and y, and puts the light
// behind the parts that are seen.
func (l *markedLine) place(x, y, width float32) {
	l.textLine.place(x, y, width)
	l.shown = 0
	if len(l.marks) > 0 && l.text != "" && width > 0 {
		size := theme.Size(l.size)
		line := l.wrap.Fit(l.text, size, l.style, width)
		shift := float32(0)
		if line.RTL {
			shift = max(width-line.Width, 0)
		}
		l.light(line.Spans, x+shift, y, size)
	}
	for _, r := range l.rects[l.shown:] {
		r.Hide()
	}
}

// light puts rectangles behind the marked parts of the words of a line. A word
// that reads from right to left is lit whole.
func (l *markedLine) light(spans []Span, x, y, size float32) {
	at, mark := 0, 0
	for _, s := range spans {
		text := s.Text
		if s.Emoji != "" {
			text = s.Emoji
		}
		i := strings.Index(l.text[min(at, len(l.text)):], text)
		if i >= 0 {
			i += at
		} else if i = strings.Index(l.text, text); i < 0 {
			continue // the ellipsis, or a word that was cut
		}
		from, to := i, i+len(text)
		at, mark = to, 0
		for ; mark < len(l.marks); mark++ {
			a, b := max(l.marks[mark].From, from), min(l.marks[mark].To, to)
			if a >= b {
				continue
			}
			left, width := float32(0), s.Width
			if s.Emoji == "" && plain(text) {
				left = l.wrap.Width(text[:a-from], size, s.Style)
				width = l.wrap.Width(text[a-from:b-from], size, s.Style)
			}
			l.rect(x+s.X+left, y, width)
		}
	}
}

func (l *markedLine) rect(x, y, width float32) {
	if l.shown == len(l.rects) {
		r := canvas.NewRectangle(theme.Color(apptheme.ColorNameLit))
		r.CornerRadius = 2
		l.rects = append(l.rects, r)
	}
	r := l.rects[l.shown]
	l.shown++
	r.Move(fyne.NewPos(x-1, y))
	r.Resize(fyne.NewSize(width+2, l.height()))
	r.Show()
}

// recolorMarks draws the light in its colour of the present theme.
func (l *markedLine) recolorMarks() {
	for _, r := range l.rects {
		r.FillColor = theme.Color(apptheme.ColorNameLit)
		r.Refresh()
	}
}
