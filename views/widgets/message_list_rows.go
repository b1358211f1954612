package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// relayout shows the rows from first and offset on, after bringing both into bounds.
func (l *MessageList) relayout() {
	if !l.ready() {
		return
	}
	if len(l.items) == 0 {
		l.first, l.offset = 0, 0
		l.show(0, -1)
		return
	}
	l.first = min(max(l.first, 0), len(l.items)-1)
	l.fillUp()
	for l.first < len(l.items)-1 {
		h := l.height(l.first)
		if l.offset+h > 0 {
			break
		}
		l.offset += h
		l.first++
	}
	last, bottom := l.reach()
	space := l.Size().Height - listEndSpace
	if bottom < space { // beyond the end
		l.offset += space - bottom
		l.fillUp()
		last, bottom = l.reach()
	}
	if l.first == 0 && l.offset > 0 { // beyond the beginning; few rows stand at the top
		l.offset = 0
		last, bottom = l.reach()
	}
	l.atEnd = last == len(l.items)-1 && bottom <= space+listAtEnd
	if l.AtEnd() {
		l.fresh = 0
	}
	l.show(l.first, last)
}

// reach returns the last row that is seen, and where it ends.
func (l *MessageList) reach() (last int, bottom float32) {
	bottom = l.offset
	for last = l.first; last < len(l.items); last++ {
		bottom += l.height(last)
		if bottom >= l.Size().Height {
			return last, bottom
		}
	}
	return len(l.items) - 1, bottom
}

// show builds the rows from first to last.
func (l *MessageList) show(first, last int) {
	size := l.Size()
	before := l.seen
	l.seen = l.shown[:0]
	y := l.offset
	for i := first; i <= last; i++ {
		id := l.items[i].ID
		l.seen = append(l.seen, seenRow{id: id, y: y, row: withdraw(before, id)})
		y += l.height(i)
	}
	for _, s := range before {
		if s.row != nil {
			l.spare = append(l.spare, s.row)
		}
	}
	l.shown = before
	objects := append(l.holder.Objects[:0], l.band)
	for i := range l.seen {
		s := &l.seen[i]
		if s.row == nil {
			s.row = l.take()
		}
		lay := l.layout(first + i)
		s.row.id = s.id
		from, to := window(lay.height, -s.y, size.Height)
		s.row.set(lay, from, to)
		s.row.Resize(fyne.NewSize(size.Width, lay.height))
		s.row.Move(fyne.NewPos(0, s.y))
		objects = append(objects, s.row)
	}
	objects = append(objects, l.frame)
	clear(objects[len(objects):cap(objects)])
	l.holder.Objects = objects
	l.markRows()
	l.wantPictures()
	l.decorate()
	canvas.Refresh(l.holder)
}

// window returns which part of a row is built: all of it, unless it is much
// taller than the list; then in steps, so that scrolling seldom builds anew.
func window(row, top, list float32) (from, to float32) {
	if row <= 3*list {
		return 0, row
	}
	step := max(list, 1)
	from = float32(int(max(top, 0)/step))*step - step
	return from, from + 4*step
}

func (l *MessageList) take() *bubble {
	if n := len(l.spare); n > 0 {
		row := l.spare[n-1]
		l.spare = l.spare[:n-1]
		return row
	}
	return newBubble(l.act, l.pictures.get)
}

// withdraw takes the bubble of a row out of the rows that were shown before.
func withdraw(rows []seenRow, id ItemID) *bubble {
	for i := range rows {
		if rows[i].id == id {
			row := rows[i].row
			rows[i].row = nil
			return row
		}
	}
	return nil
}
