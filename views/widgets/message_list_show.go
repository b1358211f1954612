package widgets

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// lightTime is how long a row that was jumped to stays lit.
const lightTime = 1600 * time.Millisecond

// SetProgress says how far the file of a row is, or what is being played of it.
// The zero Progress is forgotten. Only that bubble is drawn again.
func (l *MessageList) SetProgress(id ItemID, p Progress) {
	if l.progress[id] == p {
		return
	}
	if p == (Progress{}) {
		delete(l.progress, id)
	} else {
		l.progress[id] = p
	}
	if _, seen := l.RowTop(id); seen {
		l.relayout()
	}
}

// SetUnreadFrom draws the line "Unread from here" above a row; the zero id takes
// it away. The row may come later. The place is kept.
func (l *MessageList) SetUnreadFrom(id ItemID) {
	if l.unread != id {
		l.unread = id
		l.keepPlace()
	}
}

// SetHighlight lights words in the texts, wherever a word begins like one of
// them; case and accents are not told apart. No words: nothing is lit.
func (l *MessageList) SetHighlight(words []string) {
	const most = 20
	var folded []string
	for _, w := range words[:min(len(words), most)] {
		if f, _ := foldWord(w); f != "" {
			folded = append(folded, f)
		}
	}
	if slices.Equal(folded, l.measure.words) {
		return
	}
	l.measure.words = folded
	l.lit++
	l.keepPlace()
}

// keepPlace shows the rows again after something else than the rows changed.
func (l *MessageList) keepPlace() {
	if l.atEnd {
		l.refit()
	} else {
		l.place(l.anchor())
	}
	l.relayout()
}

// refit stands at the end again; what is counted as new stays so.
func (l *MessageList) refit() {
	fresh := l.fresh
	l.toEnd()
	l.fresh = fresh
}

// ResetAt shows other rows with one of them in view, as Reset and JumpTo. When
// that row is not among them it is false and the end is shown.
func (l *MessageList) ResetAt(items []Item, newer bool, id ItemID, highlight bool) bool {
	l.telling = true // the end, where Reset stands for a moment, is not near
	l.Reset(items, newer)
	l.telling = false
	if l.JumpTo(id, highlight) {
		return true
	}
	l.tell()
	return false
}

// JumpTo brings a row into the upper half of the list, and lights it for a
// moment when highlight is set; false when it is not held. The list does not
// follow its end after that, unless the end is in view.
func (l *MessageList) JumpTo(id ItemID, highlight bool) bool {
	i := l.indexOf(id)
	if i < 0 {
		return false
	}
	l.first, l.offset, l.atEnd = i, l.Size().Height/4, false
	l.day.moved()
	if highlight {
		l.light(id)
	}
	l.relayout()
	l.tell()
	return true
}

// Lit returns the row that is lit after a jump, the zero id when none is.
func (l *MessageList) Lit() ItemID { return l.flash }

func (l *MessageList) light(id ItemID) {
	l.flash = id
	l.unlight()
	l.unlight = l.ctx.Later(lightTime, func() {
		l.flash = ItemID{}
		l.band.Hide()
		canvas.Refresh(l.band)
	})
}

// indexOf returns where a row is, -1 when it is not held.
func (l *MessageList) indexOf(id ItemID) int {
	return slices.IndexFunc(l.items, func(i Item) bool { return i.ID == id })
}

// markRows places what is drawn behind and around single rows: the light of a jump
// and the frame of the row that the keyboard is on.
func (l *MessageList) markRows() {
	l.band.Hide()
	l.frame.Hide()
	for _, s := range l.seen {
		if s.id == l.flash && l.flash.Kind != 0 {
			l.band.FillColor = theme.Color(theme.ColorNameSelection)
			l.band.Move(s.row.Position())
			l.band.Resize(s.row.Size())
			l.band.Show()
		}
		if s.id == l.selected && l.selected.Kind != 0 && l.focused {
			const gap = 2
			body := s.row.layout.body
			l.frame.StrokeColor = theme.Color(theme.ColorNamePrimary)
			l.frame.CornerRadius = bubbleRadius + gap
			l.frame.Move(s.row.Position().AddXY(body.x-gap, body.y-gap))
			l.frame.Resize(fyne.NewSize(body.w+2*gap, body.h+2*gap))
			l.frame.Show()
		}
	}
}
