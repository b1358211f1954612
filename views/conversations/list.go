package conversations

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	listPage = 200
	// listAhead is how many rows before the end of what is held the next page is asked for.
	listAhead = 60
	listWidth = 250 // least, in device-independent pixels
)

// listPane is the left side: search, filters, and the rows by pages.
type listPane struct {
	ctx      *ui.Context
	svc      Service
	marks    *marker
	onOpen   func(model.ConversationID)
	onTapped func() // after a row was opened with the pointer
	onSearch func() // opens the search over everything; nil: there is none

	life   context.Context // nil while the screen is not active
	cancel context.CancelFunc
	gen    uint64 // of the rows; answers of an older one are dropped

	rows    []model.ConversationRow // replaced or appended to, never edited
	query   model.ConversationQuery
	more    bool // the store may have rows after the last one
	reading bool
	loaded  bool
	again   bool // a change came while reading
	chosen  model.ConversationID

	held     []model.Session
	chooser  *widget.Select
	search   *widgets.SearchEntry
	head     *fyne.Container // what stands above the rows
	filters  *filterBar
	list     *widget.List
	states   *widgets.StateView
	template *widgets.ConversationRow // only for its height
	body     fyne.CanvasObject
}

func newListPane(ctx *ui.Context, svc Service, marks *marker, onOpen func(model.ConversationID)) *listPane {
	l := &listPane{ctx: ctx, svc: svc, marks: marks, onOpen: onOpen, onTapped: func() {}}
	l.query.Filter = model.FilterAll
	l.search = widgets.NewSearchEntry(ctx, ctx.T("conversations.search"))
	l.search.OnChanged = l.setText
	l.search.OnDown = func() { ctx.Window.Canvas().Focus(l.list) }
	l.search.OnSubmit = func(string) {
		if len(l.rows) > 0 && l.query.Text != "" {
			l.choose(l.rows[0].ID)
		}
	}
	l.filters = newFilterBar(ctx, l.setFilter)
	l.chooser = widget.NewSelect(nil, func(string) { l.setSession(l.chooser.SelectedIndex()) })
	l.chooser.Hide()
	l.list = widget.NewList(func() int { return len(l.rows) }, l.createRow, l.updateRow)
	l.list.HideSeparators = true
	l.list.OnSelected = func(i int) { // by the keyboard; a row takes its own taps
		l.list.UnselectAll()
		if i < len(l.rows) {
			l.choose(l.rows[i].ID)
		}
	}
	l.template = widgets.NewConversationRow(ctx)
	l.states = widgets.NewStateView(ctx, l.list)
	l.head = container.NewVBox(l.search, container.New(&narrow{}, l.chooser), l.filters.body)
	l.body = container.New(&atLeast{width: listWidth}, container.NewBorder(container.NewPadded(l.head), nil, nil, nil, l.states))
	return l
}

// allowSearch offers the search over everything beside the field.
func (l *listPane) allowSearch() {
	open := widgets.NewIconButton(l.ctx, apptheme.Icon(apptheme.IconSearch), l.ctx.T("search.open"), func() { l.onSearch() })
	l.head.Objects[0] = container.NewBorder(nil, nil, nil, open, l.search)
	l.head.Refresh()
}

func (l *listPane) activate(life context.Context) {
	l.life = life
	l.reload(max(listPage, l.needed()), true)
}

func (l *listPane) deactivate() {
	l.gen++
	l.life, l.reading, l.again = nil, false, false
}

// refresh reads again what is held after something changed, keeping the place.
func (l *listPane) refresh() {
	if l.reading {
		l.again = true
		return
	}
	l.reload(l.needed(), true)
}

// needed is how many rows are worth reading again: down to a page below what
// is seen. What was paged in further down comes again by scrolling.
func (l *listPane) needed() int {
	if !l.loaded {
		return listPage
	}
	last, _ := l.seen(l.list.GetScrollOffset() + l.list.Size().Height)
	return max(listPage, min(last+listPage, len(l.rows)+listAhead))
}

// seen returns the row at a place of the list, and how much of it lies above.
func (l *listPane) seen(y float32) (row int, above float32) {
	step := l.step()
	if step <= 0 {
		return 0, 0
	}
	row = max(int(y/step), 0)
	return row, y - float32(row)*step
}

// step is the distance between the tops of two rows.
func (l *listPane) step() float32 {
	return l.template.MinSize().Height + theme.Padding()
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

// restart reads the first page of another query, and shows it from its top.
func (l *listPane) restart() {
	l.reload(listPage, false)
}

// reload replaces the rows by the first ones of the query.
func (l *listPane) reload(limit int, keepPlace bool) {
	if l.life == nil {
		return
	}
	if !l.loaded {
		l.states.ShowLoading()
	}
	q := l.query
	q.Limit = limit
	l.read(q, func(rows []model.ConversationRow, err error) {
		if err != nil {
			l.loaded, l.rows = false, nil
			l.states.ShowError("action.load_conversations", err, func() { l.reload(listPage, false) })
			return
		}
		l.more = len(rows) >= limit
		l.setRows(rows, keepPlace && l.loaded)
		l.loaded = true
	})
}

// setRows shows other rows. While the list is scrolled, the row at its top stays there.
func (l *listPane) setRows(rows []model.ConversationRow, keepPlace bool) {
	offset := l.list.GetScrollOffset()
	if !keepPlace {
		offset = 0
	} else if offset > 0 {
		top, above := l.seen(offset)
		if top < len(l.rows) {
			id := l.rows[top].ID
			if i := slices.IndexFunc(rows, func(r model.ConversationRow) bool { return r.ID == id }); i >= 0 {
				offset = float32(i)*l.step() + above
			}
		}
	}
	l.rows = rows
	l.showRows()
	if offset != l.list.GetScrollOffset() {
		l.list.ScrollToOffset(offset)
	}
}

// nextPage appends the rows that follow the ones held.
func (l *listPane) nextPage() {
	if l.life == nil || l.reading || !l.more || len(l.rows) == 0 {
		return
	}
	last := l.rows[len(l.rows)-1]
	q := l.query
	q.After, q.Limit = &model.ConversationCursor{Pinned: last.Pinned, LastAt: last.LastAt, ID: last.ID}, listPage
	l.read(q, func(rows []model.ConversationRow, err error) {
		if err != nil {
			l.more = false // the next change or visit reads again, not every scroll step
			l.ctx.ShowError("action.load_conversations", err)
			return
		}
		l.more = len(rows) >= listPage
		l.rows = append(slices.Clip(l.rows), rows...)
		l.list.Refresh()
	})
}

// read runs a query; done gets its answer unless another query came after it.
func (l *listPane) read(q model.ConversationQuery, done func([]model.ConversationRow, error)) {
	if l.cancel != nil {
		l.cancel()
	}
	ctx, cancel := context.WithCancel(l.life)
	l.cancel = cancel
	l.gen++
	gen := l.gen
	l.reading = true
	l.ctx.Load(ctx, func(ctx context.Context) func() {
		rows, err := l.svc.List(ctx, q)
		return func() {
			if gen != l.gen {
				return
			}
			cancel()
			l.reading = false
			done(rows, err)
			if l.again {
				l.again = false
				l.reload(l.needed(), true)
			}
		}
	})
}

func (l *listPane) showRows() {
	if len(l.rows) > 0 {
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
	key := "conversations.no_rows." + string(l.query.Filter) //translations: conversations.no_rows.*
	e := widgets.Empty{Icon: apptheme.Icon(apptheme.IconChat), Title: l.ctx.T(key + ".title"), Text: l.ctx.T(key + ".text")}
	if l.query.Filter != model.FilterAll {
		e.Action, e.Tapped = l.ctx.T("conversations.empty.show_all"), func() { l.setFilter(model.FilterAll) }
	}
	return e
}

func (l *listPane) createRow() fyne.CanvasObject {
	row := widgets.NewConversationRow(l.ctx)
	row.OnTapped = func(r model.ConversationRow) {
		l.choose(r.ID)
		l.onTapped()
	}
	row.OnSecondary = l.menu
	return row
}

func (l *listPane) updateRow(i int, o fyne.CanvasObject) {
	row, ok := o.(*widgets.ConversationRow)
	if !ok || i >= len(l.rows) {
		return
	}
	row.Set(l.rows[i])
	row.SetSelected(l.rows[i].ID == l.chosen)
	if i >= len(l.rows)-listAhead {
		l.nextPage()
	}
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

// menu offers what can be done to a row.
func (l *listPane) menu(row model.ConversationRow, ev *fyne.PointEvent) {
	var items []*fyne.MenuItem
	for _, m := range marksFor(row.Unread > 0 || row.MarkedUnread, row.Archived, row.Pinned) {
		items = append(items, fyne.NewMenuItem(m.text(l.ctx), func() { l.mark(row.ID, m) }))
	}
	if phone := l.ctx.FormatPhone(row.JID.Phone()); phone != "" {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(l.ctx.T("conversations.copy_phone"), func() { l.ctx.Copy(phone) }))
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), l.ctx.Window.Canvas(), ev.AbsolutePosition)
}

func (l *listPane) mark(id model.ConversationID, m mark) {
	if l.life == nil {
		return
	}
	l.marks.apply(l.life, id, m, func(err error) {
		if err != nil {
			l.ctx.ShowError(m.action(), err)
			return
		}
		l.refresh()
	})
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
		names = append(names, name)
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

// narrow lets one object be as narrow as its room, whatever it would like: a
// long title is cut, not the list widened.
type narrow struct{}

// MinSize implements fyne.Layout.
func (narrow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if len(objects) == 0 || !objects[0].Visible() {
		return fyne.Size{}
	}
	return fyne.NewSize(0, objects[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (narrow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// atLeast gives what it holds at least a width.
type atLeast struct{ width float32 }

// MinSize implements fyne.Layout.
func (a *atLeast) MinSize(objects []fyne.CanvasObject) fyne.Size {
	needs := fyne.NewSize(a.width, 0)
	for _, o := range objects {
		needs = needs.Max(o.MinSize())
	}
	return needs
}

// Layout implements fyne.Layout.
func (a *atLeast) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
		o.Move(fyne.NewPos(0, 0))
	}
}
