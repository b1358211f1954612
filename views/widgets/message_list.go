package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
)

// ItemKind is the sort of a row of a MessageList.
type ItemKind uint8

// The kinds of row.
const (
	ItemMessage ItemKind = iota + 1 // a bubble
	ItemOutbox                      // a bubble of an outgoing message that is no message yet
	ItemDay                         // the day on which what follows was said
	ItemNotice                      // a line about the conversation, part of it
	ItemStatus                      // a line about what is held of the conversation
	ItemSeam                        // a line across the list: messages may be missing there
)

// ItemID identifies a row; a row keeps it for life.
type ItemID struct {
	Kind ItemKind
	Key  int64
}

// Item is one row. Contents are never changed once a list has them: what
// changed gets a new Content. The same pointer costs nothing.
type Item struct {
	ID      ItemID
	Content *Content
}

// MessageList shows a conversation, oldest row first, and only ever builds the
// rows that are seen; opening and scrolling cost the same for ten rows as for
// a hundred thousand.
//
// The place is held by a row: whatever SetItems adds, drops or changes, the row
// that was being read stays where it is. Only a list that stands at its end
// follows what is added there; otherwise a button says how much is new.
type MessageList struct {
	widget.BaseWidget
	OnNearTop    func()                             // older rows will be needed soon; called often
	OnNearBottom func()                             // newer rows will be needed soon (SetItems said that there are)
	OnNewest     func()                             // the end is wanted, which SetItems said is not held
	OnAction     func(id ItemID, action string)     // a button of a row
	OnMenu       func(id ItemID, at fyne.Position)  // a menu for a row; at is on the canvas
	OnKey        func(key fyne.KeyName, shift bool) // a key that the list has no use for; may be nil
	OnDay        func(day ItemID)                   // the label of the day at the top was tapped; an ItemDay that is held

	ctx     *ui.Context
	measure *measurer
	items   []Item
	newer   bool // there are newer rows than the last one held

	first  int     // index of the topmost row that is seen
	offset float32 // of its top, from the list's; never above zero unless all fits
	atEnd  bool    // the last row is seen whole, so the list follows
	fresh  int     // rows that were added below since the end was left

	index    rowIndex
	unread   ItemID // the first row that was not read; zero: none
	lit      int    // counts the changes of the words that are lit
	flash    ItemID // lit after a jump
	unlight  func()
	selected ItemID // that the keyboard is on
	shift    bool
	pointer  fyne.Position
	pictures *pictureCache
	progress map[ItemID]Progress

	layouts map[ItemID]*rowLayout
	folds   map[ItemID]int
	seen    []seenRow // what is shown, from the top down
	shown   []seenRow // spare room for seen
	spare   []*bubble
	laid    fyne.Size // size that the rows were laid out for

	holder  *fyne.Container
	band    *canvas.Rectangle // behind the row that is lit
	frame   *canvas.Rectangle // around the row that the keyboard is on
	day     *dayLabel
	clip    *container.Clip
	bar     *listScroll
	pill    *widget.Button
	ring    *canvas.Rectangle
	focused bool
	telling bool
}

type seenRow struct {
	id  ItemID
	y   float32
	row *bubble
}

// Measures of the list in device-independent pixels.
const (
	listEndSpace = 8   // below the last row
	listNear     = 1.5 // heights of the list from an end that count as near
	listKeepRows = 600 // measured rows that are kept
	listAtEnd    = 4   // as near to the end counts as there
)

// NewMessageList returns an empty list.
func NewMessageList(ctx *ui.Context) *MessageList {
	l := &MessageList{
		ctx: ctx, measure: newMeasurer(NewWrapper(), ctx.T("conversations.show_more"), ctx.T("conversations.unread_from")), atEnd: true,
		layouts: map[ItemID]*rowLayout{}, folds: map[ItemID]int{}, progress: map[ItemID]Progress{},
		holder: container.NewWithoutLayout(), unlight: func() {},
		band: canvas.NewRectangle(nil), frame: canvas.NewRectangle(nil),
	}
	l.pictures = newPictureCache(ctx.Load, l.pictureCame)
	l.frame.StrokeWidth = 2
	l.day = newDayLabel(l)
	l.clip = container.NewClip(l.holder)
	l.bar = newListScroll(l)
	l.pill = widget.NewButtonWithIcon("", apptheme.Icon(apptheme.IconDown), l.ScrollToEnd)
	l.pill.Hide()
	l.ring = canvas.NewRectangle(nil)
	l.ring.StrokeWidth = 2
	l.ring.Hide()
	l.ExtendBaseWidget(l)
	return l
}

// SetItems replaces the rows. newer says that there are more after the last
// one, which the list does not hold.
func (l *MessageList) SetItems(items []Item, newer bool) {
	at := l.anchor()
	l.countFresh(items)
	l.setRows(items)
	l.newer = newer
	switch {
	case l.atEnd && !newer || len(items) == 0:
		l.toEnd()
	default:
		l.place(at)
	}
	l.relayout()
	l.tell()
}

// Reset shows other rows, from their end on.
func (l *MessageList) Reset(items []Item, newer bool) {
	l.forget()
	clear(l.folds)
	clear(l.progress)
	l.pictures.clear()
	l.selected, l.flash, l.unread = ItemID{}, ItemID{}, ItemID{}
	l.index = rowIndex{}
	l.setRows(items)
	l.newer, l.atEnd, l.fresh = newer, true, 0
	l.toEnd()
	l.relayout()
	l.tell()
}

func (l *MessageList) setRows(items []Item) {
	before := l.items
	l.items = items
	l.index.keep(before[:min(len(before), len(l.index.heights))], items, l.guess)
}

func (l *MessageList) guess(item *Item) float32 { return l.measure.guess(item, l.Size().Width) }

// Items returns the rows; the caller does not change them.
func (l *MessageList) Items() []Item { return l.items }

// AtEnd tells whether the last row is in view, so that the list follows new ones.
func (l *MessageList) AtEnd() bool { return l.atEnd && !l.newer }

// NewBelow returns how many messages were added below since the end was left.
func (l *MessageList) NewBelow() int { return l.fresh }

// RowTop returns where the top of a row is, from the top of the list; false
// when the row is not in view.
func (l *MessageList) RowTop(id ItemID) (y float32, seen bool) {
	for _, s := range l.seen {
		if s.id == id {
			return s.y, true
		}
	}
	return 0, false
}

// ScrollToEnd shows the last row, and the list follows new ones from then on.
// When the end is not held it is asked for.
func (l *MessageList) ScrollToEnd() {
	if l.newer && l.OnNewest != nil {
		l.OnNewest()
		return
	}
	l.toEnd()
	l.relayout()
	l.tell()
}

// ScrollToTop shows the first row.
func (l *MessageList) ScrollToTop() {
	l.first, l.offset = 0, 0
	l.relayout()
	l.tell()
}

// ScrollBy moves the rows down by dy, up when it is negative.
func (l *MessageList) ScrollBy(dy float32) {
	l.offset += dy
	l.day.moved()
	l.relayout()
	l.tell()
}

// ScrollTo shows a row at the top; false when it is not held.
func (l *MessageList) ScrollTo(id ItemID) bool {
	i := l.indexOf(id)
	if i < 0 {
		return false
	}
	l.first, l.offset = i, 0
	l.day.moved()
	l.relayout()
	l.tell()
	return true
}

// anchors are the rows in view, best one first, with their places.
type anchors []seenRow

// anchor chooses the rows that hold the place: those whose top is in view
// before the one that is cut, messages before days and other lines, which may move.
func (l *MessageList) anchor() anchors {
	var best, rest, last anchors
	for _, s := range l.seen {
		switch {
		case s.id.Kind == ItemDay || s.id.Kind == ItemStatus || s.id.Kind == ItemSeam:
			last = append(last, s)
		case s.y < 0:
			rest = append(rest, s)
		default:
			best = append(best, s)
		}
	}
	return append(append(best, rest...), last...)
}

// place puts the first anchor that is still there where it was.
func (l *MessageList) place(at anchors) {
	rank := make(map[ItemID]int, len(at))
	for i, s := range at {
		rank[s.id] = i
	}
	found, index := len(at), 0
	for i := range l.items {
		if r, ok := rank[l.items[i].ID]; ok && r < found {
			if found, index = r, i; r == 0 {
				break
			}
		}
	}
	if found == len(at) {
		l.first = min(l.first, max(len(l.items)-1, 0))
		return
	}
	l.first, l.offset = index, at[found].y
}

// countFresh adds the messages that stand after the last one held so far. What
// is paged in on the way down to the end is not new.
func (l *MessageList) countFresh(items []Item) {
	if l.atEnd || l.newer || len(l.items) == 0 {
		return
	}
	var last ItemID
	for i := len(l.items) - 1; i >= 0 && last.Kind == 0; i-- {
		if l.items[i].ID.Kind == ItemMessage {
			last = l.items[i].ID
		}
	}
	n := 0
	for i := len(items) - 1; i >= 0; i-- {
		switch {
		case items[i].ID == last:
			l.fresh += n
			return
		case items[i].ID.Kind == ItemMessage && !items[i].Content.Own:
			n++
		}
	}
}

// layout returns a measured row.
func (l *MessageList) layout(i int) *rowLayout {
	item := &l.items[i]
	view := rowView{width: l.Size().Width, folds: l.folds[item.ID], unread: item.ID == l.unread, lit: l.lit, progress: l.progress[item.ID]}
	held, ok := l.layouts[item.ID]
	if ok && held.view == view && (held.content == item.Content || held.content.Equal(item.Content)) {
		l.index.set(i, held.height)
		return held
	}
	if len(l.layouts) >= listKeepRows {
		l.dropUnseen()
	}
	held = l.measure.row(item.ID, item.Content, view)
	l.layouts[item.ID] = held
	l.index.set(i, held.height)
	return held
}

func (l *MessageList) dropUnseen() {
	keep := make(map[ItemID]*rowLayout, 2*len(l.seen))
	for _, s := range l.seen {
		if held, ok := l.layouts[s.id]; ok {
			keep[s.id] = held
		}
	}
	l.layouts = keep
}

func (l *MessageList) height(i int) float32 { return l.layout(i).height }

// toEnd places the rows so that the last one ends at the bottom.
func (l *MessageList) toEnd() {
	l.atEnd, l.fresh = true, 0
	l.first, l.offset = len(l.items), l.Size().Height-listEndSpace
	l.fillUp()
}

// fillUp moves first up to the row that stands at the list's top.
func (l *MessageList) fillUp() {
	for l.offset > 0 && l.first > 0 {
		l.first--
		l.offset -= l.height(l.first)
	}
}

// ready tells whether rows can be measured.
func (l *MessageList) ready() bool {
	const narrowest = 40
	return l.Size().Width > narrowest && l.Size().Height > 0
}

func (l *MessageList) act(id ItemID, action string) {
	if action == ActionShowMore {
		at := l.anchor()
		l.folds[id]++
		l.atEnd = false
		l.place(at)
		l.relayout()
		l.tell()
		return
	}
	if l.OnAction != nil {
		l.OnAction(id, action)
	}
}

// tell calls back when an end is near. A callback may change the items.
func (l *MessageList) tell() {
	if l.telling || !l.ready() || len(l.items) == 0 {
		return
	}
	l.telling = true
	defer func() { l.telling = false }()
	limit := float64(l.Size().Height * listNear)
	if l.OnNearTop != nil && l.index.above(l.first)-float64(l.offset) <= limit {
		l.OnNearTop()
	}
	if l.OnNearBottom != nil && l.newer && l.below() <= limit {
		l.OnNearBottom()
	}
}

// Below returns how much height lies below what is seen, estimated where rows were
// not measured yet.
func (l *MessageList) Below() float32 { return float32(l.below()) }

func (l *MessageList) below() float64 {
	return max(l.index.total()-l.index.above(l.first)+float64(l.offset)-float64(l.Size().Height), 0)
}

// forget drops everything that was measured.
func (l *MessageList) forget() {
	clear(l.layouts)
	for _, s := range l.seen {
		l.spare = append(l.spare, s.row)
	}
	l.seen = l.seen[:0]
	for _, row := range l.spare {
		row.layout = nil
	}
}
