package widgets

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
)

// editRow is one row of a text being written. From it on, up to the next row,
// every byte of the text belongs to it, also the spaces at a break, which take
// no room.
type editRow struct {
	from, to int // bytes of the text; what is drawn
	pieces   []piece
	spans    []Span
	width    float32
	rtl      bool
}

// editParagraph is what was laid out of a paragraph. Places are bytes of it.
type editParagraph struct {
	text string
	rows []editRow
}

// editRows lays a text out for writing. Only paragraphs that changed are
// broken into rows again.
type editRows struct {
	wrap       *Wrapper
	size       float32
	width      float32
	paragraphs []editParagraph
	starts     []int // of the paragraphs in the text
	firsts     []int // rows before each paragraph
	count      int   // of rows
}

// set lays a text out at a width.
func (r *editRows) set(text string, size, width float32) {
	if size != r.size || width != r.width {
		r.size, r.width, r.paragraphs = size, width, nil
	}
	old := r.paragraphs
	list := make([]editParagraph, 0, len(old)+1)
	r.starts, r.firsts, r.count = r.starts[:0], r.firsts[:0], 0
	at, shift := 0, strings.Count(text, "\n")+1-len(old)
	for more := true; more; {
		var para string
		start := at
		para, _, more = strings.Cut(text[at:], "\n")
		at += len(para) + 1
		i := len(list)
		var p editParagraph
		switch {
		case i < len(old) && old[i].text == para:
			p = old[i]
		case i-shift >= 0 && i-shift < len(old) && old[i-shift].text == para:
			p = old[i-shift]
		default:
			p = editParagraph{text: para, rows: r.wrap.editable(para, size, width)}
		}
		list = append(list, p)
		r.starts = append(r.starts, start)
		r.firsts = append(r.firsts, r.count)
		r.count += len(p.rows)
	}
	r.paragraphs = list
}

// row returns a row and where its paragraph begins.
func (r *editRows) row(n int) (*editRow, int) {
	i, found := slices.BinarySearch(r.firsts, n)
	if !found {
		i--
	}
	return &r.paragraphs[i].rows[n-r.firsts[i]], r.starts[i]
}

// find returns the row of a place in the text.
func (r *editRows) find(at int) int {
	i, found := slices.BinarySearch(r.starts, at)
	if !found {
		i--
	}
	rows := r.paragraphs[i].rows
	n := 0
	for n+1 < len(rows) && rows[n+1].from <= at-r.starts[i] {
		n++
	}
	return r.firsts[i] + n
}

// left returns where a row begins: a right-to-left one stands at the right.
func (r *editRows) left(row *editRow) float32 {
	if row.rtl {
		return max(r.width-row.width, 0)
	}
	return 0
}

// x returns how far from the left a place of the text is in its row.
func (r *editRows) x(n, at int) float32 {
	row, start := r.row(n)
	at -= start
	text := r.paragraphAt(n).text
	x := r.left(row)
	for i := range row.pieces {
		p := &row.pieces[i]
		if at >= p.from && at < p.end || at == p.end && at == row.to {
			part := r.wrap.partWidth(text, p, at, r.size)
			if p.level&1 == 1 {
				return x + p.width - part
			}
			return x + part
		}
		x += p.width
	}
	// Among the spaces at the end, which are typed before the next word is.
	room := float32(max(at-row.to, 0)) * r.wrap.face(r.size, fyne.TextStyle{}).space
	if row.rtl {
		return max(r.left(row)-room, 0)
	}
	return min(x+room, r.width)
}

// at returns the place of a text that is nearest to x in a row.
func (r *editRows) at(n int, x float32) int {
	row, start := r.row(n)
	text := r.paragraphAt(n).text
	left := r.left(row)
	if len(row.pieces) == 0 { // an empty line, or nothing but spaces
		return start + row.from
	}
	for i := range row.pieces {
		p := &row.pieces[i]
		if x < left+p.width || i == len(row.pieces)-1 {
			return start + r.wrap.partAt(text, p, x-left, r.size)
		}
		left += p.width
	}
	return start + row.to
}

func (r *editRows) paragraphAt(n int) *editParagraph {
	i, found := slices.BinarySearch(r.firsts, n)
	if !found {
		i--
	}
	return &r.paragraphs[i]
}

// end returns the last place of a row.
func (r *editRows) end(n int) int {
	row, start := r.row(n)
	return start + row.to
}

// editable breaks a paragraph into rows of which every byte is known: what is
// drawn is cleaned piece by piece.
func (w *Wrapper) editable(para string, size, width float32) []editRow {
	b := w.breaker(richText{text: para}, size, fyne.TextStyle{}, width, 0)
	b.rows = []editRow{}
	b.raw = true
	b.paragraph(para)
	return b.rows
}

// partWidth returns the width of a piece of a paragraph up to a place in it.
func (w *Wrapper) partWidth(para string, p *piece, at int, size float32) float32 {
	switch {
	case at <= p.from:
		return 0
	case at >= p.end:
		return p.width
	case p.emoji || p.blank:
		return p.width * float32(at-p.from) / float32(p.end-p.from)
	}
	return min(w.face(size, p.style).wordWidth(w.glyphs.clean(para[p.from:at])), p.width)
}

// partAt returns the place in a piece that is nearest to x from its left side.
func (w *Wrapper) partAt(para string, p *piece, x, size float32) int {
	if p.level&1 == 1 {
		x = p.width - x
	}
	last, lastX := p.from, float32(0)
	for at := p.from; at < p.end; {
		at = min(at+clusterLen(para[at:]), p.end)
		next := w.partWidth(para, p, at, size)
		if x < (lastX+next)/2 {
			return last
		}
		last, lastX = at, next
	}
	return last
}
