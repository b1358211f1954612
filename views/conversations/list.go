package conversations

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	listWidth = 250 // least, in device-independent pixels
	// listPause is the least time between two readings because something
	// changed: a flood of news costs a few readings a second.
	listPause = 300 * time.Millisecond
)

// listPane is the left side: search, filters, and the rows. It holds the order
// of all conversations of its query and the rows around what is seen; the rest
// is read on the way there.
type listPane struct {
	ctx      *ui.Context
	svc      Service
	marks    *marker
	onOpen   func(model.ConversationID)
	onTapped func() // after a row was opened with the pointer
	onSearch func() // opens the search over everything; nil: there is none

	life   context.Context // nil while the screen is not active
	cancel context.CancelFunc
	gen    uint64 // of the order; answers of an older one are dropped

	order   []model.ConversationID // replaced, never edited
	rows    map[model.ConversationID]heldRow
	fill    filling
	query   model.ConversationQuery
	reading bool
	loaded  bool
	again   bool      // a change came while reading
	readAt  time.Time // when the last reading because of a change began
	waiting func()    // ends the wait for the next one; nil: there is none
	chosen  model.ConversationID
	picks   picks

	held     []model.Session
	chooser  *widget.Select
	labels   *labelChooser
	search   *widgets.SearchEntry
	head     *fyne.Container // what stands above the rows
	filters  *filterBar
	list     *rowList
	bar      *pickBar
	states   *widgets.StateView
	template *widgets.ConversationRow // only for its height
	body     fyne.CanvasObject
}

func newListPane(ctx *ui.Context, svc Service, marks *marker, onOpen func(model.ConversationID)) *listPane {
	l := &listPane{ctx: ctx, svc: svc, marks: marks, onOpen: onOpen, onTapped: func() {}, rows: map[model.ConversationID]heldRow{}}
	l.query.Filter = model.FilterAll
	l.search = widgets.NewSearchEntry(ctx, ctx.T("conversations.search"))
	l.search.OnChanged = l.setText
	l.search.OnDown = func() { ctx.Window.Canvas().Focus(l.list) }
	l.search.OnSubmit = func(string) {
		if len(l.order) > 0 && l.query.Text != "" {
			l.choose(l.order[0])
		}
	}
	l.filters = newFilterBar(ctx, l.setFilter)
	l.chooser = widget.NewSelect(nil, func(string) { l.setSession(l.chooser.SelectedIndex()) })
	l.chooser.Hide()
	l.labels = newLabelChooser(ctx, l.setLabel)
	l.list = newRowList(l)
	l.bar = newPickBar(l)
	l.template = widgets.NewConversationRow(ctx)
	l.states = widgets.NewStateView(ctx, l.list)
	l.head = container.NewVBox(l.search, container.New(&narrow{}, l.chooser), container.New(&narrow{}, l.labels.body), l.filters.body)
	l.body = container.New(&atLeast{width: listWidth}, container.NewBorder(container.NewPadded(l.head), l.bar.body, nil, nil, l.states))
	return l
}

// allowSearch offers the search over everything beside the field.
func (l *listPane) allowSearch() {
	open := widgets.NewIconButton(l.ctx, apptheme.Icon(apptheme.IconSearch), l.ctx.T("search.open"), func() { l.onSearch() })
	l.head.Objects[0] = container.NewBorder(nil, nil, nil, open, l.search)
	l.head.Refresh()
}

// allowBeginning offers to begin a conversation, beside the field.
func (l *listPane) allowBeginning(begin func()) {
	add := widgets.NewIconButton(l.ctx, apptheme.Icon(apptheme.IconAdd), l.ctx.T("conversations.begin.title"), begin)
	l.head.Objects[0] = container.NewBorder(nil, nil, nil, add, l.head.Objects[0])
	l.head.Refresh()
}

func (l *listPane) activate(life context.Context) {
	l.life = life
	l.reload(true)
}

func (l *listPane) deactivate() {
	l.gen++
	l.life, l.reading, l.again = nil, false, false
	l.fill.stop()
	l.bar.leaves()
	if l.waiting != nil {
		l.waiting()
		l.waiting = nil
	}
}

// refresh reads again after something changed, keeping the place.
func (l *listPane) refresh() {
	switch {
	case l.reading:
		l.again = true
	case l.waiting != nil || l.life == nil:
	default:
		if left := listPause - l.ctx.Now().Sub(l.readAt); left > 0 && !l.readAt.IsZero() {
			l.waiting = l.ctx.Later(left, func() {
				l.waiting = nil
				l.reread()
			})
			return
		}
		l.reread()
	}
}

func (l *listPane) reread() {
	l.readAt = l.ctx.Now()
	l.reload(true)
}

func (l *listPane) setText(text string) {
	if text != l.query.Text {
		l.query.Text = text
		l.restart()
	}
}

func (l *listPane) setFilter(f model.ConversationFilter) {
	if f != l.query.Filter {
		l.query.Filter = f
		l.filters.set(f)
		l.restart()
	}
}

// setSession narrows the list to a session; index 0 stands for all of them.
func (l *listPane) setSession(index int) {
	var id model.SessionID
	if index > 0 && index <= len(l.held) {
		id = l.held[index-1].ID
	}
	if id != l.query.SessionID {
		l.query.SessionID = id
		l.restart()
	}
}

func (l *listPane) setLabel(id model.LabelID) {
	if id != l.query.LabelID {
		l.query.LabelID = id
		l.restart()
	}
}

// restart reads another query, and shows it from its top.
func (l *listPane) restart() {
	l.picks.clear()
	l.bar.update()
	l.reload(false)
}

// reload reads the order and the rows that will be in view.
func (l *listPane) reload(keepPlace bool) {
	if l.life == nil {
		return
	}
	if !l.loaded {
		l.states.ShowLoading()
	}
	if l.cancel != nil {
		l.cancel()
	}
	ctx, cancel := context.WithCancel(l.life)
	l.cancel = cancel
	l.gen++
	gen, q, seen := l.gen, l.query, l.inView()
	if !keepPlace || !l.loaded || l.list.GetScrollOffset() == 0 {
		seen.ids, seen.first = nil, 0
	}
	l.reading = true
	l.ctx.Load(ctx, func(ctx context.Context) func() {
		order, err := l.svc.Order(ctx, q)
		var rows []model.ConversationRow
		if err == nil {
			rows, err = l.svc.Rows(ctx, window(order, seen.first+seen.shift(order), seen.count))
		}
		return func() {
			if gen != l.gen {
				return
			}
			cancel()
			l.reading = false
			l.read(order, rows, err, keepPlace)
			if l.again {
				l.again = false
				l.refresh()
			}
		}
	})
}

// read shows what was read.
func (l *listPane) read(order []model.ConversationID, rows []model.ConversationRow, err error, keepPlace bool) {
	if err != nil {
		l.loaded, l.order = false, nil
		l.states.ShowError("action.load_conversations", err, func() { l.reload(false) })
		return
	}
	l.setOrder(order, rows, keepPlace && l.loaded)
	l.loaded = true
}

// setOrder shows other rows. While the list is scrolled, what is in view stays there.
func (l *listPane) setOrder(order []model.ConversationID, rows []model.ConversationRow, keepPlace bool) {
	offset := l.list.GetScrollOffset()
	if !keepPlace {
		offset = 0
	} else if offset > 0 {
		offset += float32(l.inView().shift(order)) * l.step()
	}
	l.order = order
	l.hold(rows)
	l.picks.keep(order)
	l.bar.update()
	l.showRows()
	if offset = max(offset, 0); offset != l.list.GetScrollOffset() {
		l.list.ScrollToOffset(offset)
	}
}

func (l *listPane) showRows() {
	if len(l.order) > 0 {
		if l.states.State() != widgets.StateData {
			l.states.ShowData()
		}
		l.list.Refresh()
		return
	}
	l.states.ShowEmpty(l.emptyState())
}

// emptyState says why there are no rows.
func (l *listPane) emptyState() widgets.Empty {
	if l.query.Text != "" {
		e := widgets.Empty{
			Icon: apptheme.Icon(apptheme.IconSearch), Title: l.ctx.T("conversations.empty.found.title"),
			Text:   l.ctx.T("conversations.empty.found.text", translations.Data{"Text": model.CleanLine(l.query.Text, 40)}),
			Action: l.ctx.T("conversations.empty.clear"), Tapped: l.search.Clear,
		}
		if l.onSearch != nil {
			e.Second, e.Other = l.ctx.T("conversations.empty.search_messages"), l.onSearch
		}
		return e
	}
	if l.query.LabelID != 0 {
		return widgets.Empty{
			Icon: apptheme.Icon(apptheme.IconLabel), Title: l.ctx.T("conversations.no_rows.label.title"), Text: l.ctx.T("conversations.no_rows.label.text"),
			Action: l.ctx.T("conversations.empty.show_all"), Tapped: func() { l.labels.clear() },
		}
	}
	key := "conversations.no_rows." + string(l.query.Filter) //translations: conversations.no_rows.*
	e := widgets.Empty{Icon: apptheme.Icon(apptheme.IconChat), Title: l.ctx.T(key + ".title"), Text: l.ctx.T(key + ".text")}
	if l.query.Filter != model.FilterAll {
		e.Action, e.Tapped = l.ctx.T("conversations.empty.show_all"), func() { l.setFilter(model.FilterAll) }
	}
	return e
}

// choose makes a conversation the one whose messages are shown.
func (l *listPane) choose(id model.ConversationID) {
	l.setChosen(id)
	l.onOpen(id)
}

// setChosen marks the conversation whose messages are shown.
func (l *listPane) setChosen(id model.ConversationID) {
	if id != l.chosen {
		l.chosen = id
		l.list.Refresh()
	}
}

// setSessions fills the chooser, which shows only when there is a choice.
func (l *listPane) setSessions(held []model.Session) {
	l.held = held
	names := []string{l.ctx.T("conversations.all_sessions")}
	chosen := 0
	for i, s := range held {
		name := s.Title
		if name == "" {
			name = string(s.Name)
		}
		names = append(names, apart(names, name))
		if s.ID == l.query.SessionID {
			chosen = i + 1
		}
	}
	if !slices.Equal(names, l.chooser.Options) {
		l.chooser.SetOptions(names)
	}
	if l.chooser.SelectedIndex() != chosen {
		l.chooser.SetSelectedIndex(chosen)
	}
	if len(held) > 1 {
		l.chooser.Show()
	} else {
		l.chooser.Hide()
	}
}
