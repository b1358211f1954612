package widgets

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
)

// rowIndex knows how tall the rows are: as they were measured, else as it
// guesses from their contents. Sums of heights and the row at a height are
// found in logarithmic time, so that the scroll bar is honest about a hundred
// thousand rows of which a screenful was measured.
type rowIndex struct {
	heights []float32
	tree    []float64 // binary indexed sums of heights
	days    []int     // rows that are an ItemDay
}

// keep takes over what is known of rows that are still there, and guesses the rest.
func (x *rowIndex) keep(before, items []Item, guess func(*Item) float32) {
	known := x.heights
	x.heights = make([]float32, len(items))
	from, to := 0, len(items)
	for from < len(known) && from < to && before[from].ID == items[from].ID {
		x.heights[from] = known[from]
		from++
	}
	for last := len(known); to > from && last > from && before[last-1].ID == items[to-1].ID; {
		last--
		to--
		x.heights[to] = known[last]
	}
	if from < to {
		held := make(map[ItemID]float32, len(known)-from)
		for i := from; i < len(known); i++ {
			held[before[i].ID] = known[i]
		}
		for i := from; i < to; i++ {
			if h, ok := held[items[i].ID]; ok {
				x.heights[i] = h
			} else {
				x.heights[i] = guess(&items[i])
			}
		}
	}
	x.sum(items)
}

// renew guesses all heights, of rows that were never measured at this width.
func (x *rowIndex) renew(items []Item, guess func(*Item) float32) {
	x.heights = make([]float32, len(items))
	for i := range items {
		x.heights[i] = guess(&items[i])
	}
	x.sum(items)
}

func (x *rowIndex) sum(items []Item) {
	x.tree = make([]float64, len(items)+1)
	x.days = x.days[:0]
	for i, h := range x.heights {
		x.tree[i+1] += float64(h)
		if up := i + 1 + (i+1)&-(i+1); up < len(x.tree) {
			x.tree[up] += x.tree[i+1]
		}
		if items[i].ID.Kind == ItemDay {
			x.days = append(x.days, i)
		}
	}
}

// set notes a measured height.
func (x *rowIndex) set(i int, h float32) {
	if i >= len(x.heights) || x.heights[i] == h {
		return
	}
	by := float64(h) - float64(x.heights[i])
	x.heights[i] = h
	for n := i + 1; n < len(x.tree); n += n & -n {
		x.tree[n] += by
	}
}

// above returns the height of all rows before row i.
func (x *rowIndex) above(i int) float64 {
	total := 0.0
	for n := min(i, len(x.heights)); n > 0; n -= n & -n {
		total += x.tree[n]
	}
	return total
}

func (x *rowIndex) total() float64 { return x.above(len(x.heights)) }

// at returns the row at a height from the top, and how far below its top that is.
func (x *rowIndex) at(y float64) (i int, into float64) {
	step := 1
	for step*2 < len(x.tree) {
		step *= 2
	}
	for ; step > 0; step /= 2 {
		if next := i + step; next < len(x.tree) && x.tree[next] <= y {
			i = next
			y -= x.tree[next]
		}
	}
	return min(i, max(len(x.heights)-1, 0)), max(y, 0)
}

// dayOf returns the row of the day that row i belongs to; -1 when none is held.
func (x *rowIndex) dayOf(i int) int {
	n := sort.SearchInts(x.days, i+1)
	if n == 0 {
		return -1
	}
	return x.days[n-1]
}

// guess estimates how tall a row is, in a moment.
func (m *measurer) guess(item *Item, width float32) float32 {
	c := item.Content
	line := m.wrap.LineHeight(m.body, fyne.TextStyle{})
	if item.ID.Kind != ItemMessage && item.ID.Kind != ItemOutbox {
		return m.wrap.LineHeight(m.caption, fyne.TextStyle{}) + 24 + float32(len(c.Actions))*m.buttonH
	}
	const glance = 4096 // bytes that are looked at
	h := float32(2*bubblePadY + bubbleGap)
	if c.Text != "" {
		text := c.Text[:min(len(c.Text), glance)]
		perLine := max(min(width*bubbleShare, bubbleLargest)/(m.body*0.52), 8)
		lines := float32(strings.Count(text, "\n")) + float32(len(text))/perLine + 1
		h += min(float32(int(lines)), foldLines+3) * line
	}
	if c.Lead {
		h += bubbleLeadGap
		if c.Author != "" {
			h += line
		}
	}
	if c.Quote != nil {
		h += 3 * line
	}
	if c.Card != nil {
		h += m.guessCard(c.Card, width, line)
	}
	if len(c.Chips) > 0 {
		h += line
	}
	return h + float32(len(c.Actions))*20
}

func (m *measurer) guessCard(c *Card, width, line float32) float32 {
	switch c.Kind {
	case CardPicture, CardVideo:
		_, h := pictureSize(c.Width, c.Height, width*bubbleShare)
		return h + line
	case CardSticker:
		return stickerSide + line
	case CardPlace:
		return placeHeight + 4*line
	case CardContacts, CardPoll:
		return float32(len(c.Entries))*1.8*line + 2*line
	default:
		return 60
	}
}
