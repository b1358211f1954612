package contacts

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	pageSize = 200
	// ahead is how many rows before the end of what is held the next page is asked for.
	ahead = 60
)

// list is the left pane: search, narrowing, and the rows by pages.
type list struct {
	ctx      *ui.Context
	svc      Service
	sessions Sessions
	onChoose func(model.ContactID)

	life   context.Context // nil while the screen is not active
	cancel context.CancelFunc
	gen    uint64 // of the rows; answers of an older one are dropped

	rows    []model.ContactRow // replaced or appended to, never edited
	query   model.ContactQuery
	more    bool // the store may have rows after the last one
	reading bool // a page is on its way
	loaded  bool
	again   bool // a change came while reading
	chosen  model.ContactID

	held    []model.Session
	chooser *widget.Select
	groups  *widget.Check
	search  *widgets.SearchEntry
	list    *widget.List
	states  *widgets.StateView
	failed  *widget.Button // the next page could not be read; reads it again
	pages   *fyne.Container
	body    fyne.CanvasObject
}

func newList(ctx *ui.Context, svc Service, sessions Sessions, onChoose func(model.ContactID)) *list {
	l := &list{ctx: ctx, svc: svc, sessions: sessions, onChoose: onChoose}
	l.search = widgets.NewSearchEntry(ctx, ctx.T("contacts.search"))
	l.search.OnChanged = l.setText
	l.search.OnDown = func() { ctx.Window.Canvas().Focus(l.list) }
	l.search.OnSubmit = func(string) { l.chooseFirst() }
	l.groups = widget.NewCheck(ctx.T("contacts.groups"), l.setGroups)
	l.chooser = widget.NewSelect(nil, func(string) { l.setSession(l.chooser.SelectedIndex()) })
	l.chooser.Hide()

	l.list = widget.NewList(l.length, l.createRow, l.updateRow)
	l.list.HideSeparators = true
	l.list.OnSelected = func(i int) { // by the keyboard; a row takes its own taps
		l.list.UnselectAll()
		if i < len(l.rows) {
			l.choose(l.rows[i].ID)
		}
	}
	l.failed = widget.NewButtonWithIcon(ctx.T("contacts.more_failed"), theme.Icon(theme.IconRefresh), l.nextPage)
	l.failed.Hide()
	l.pages = container.NewBorder(nil, l.failed, nil, nil, l.list)
	l.states = widgets.NewStateView(ctx, l.pages)
	narrow := container.NewGridWithColumns(2, l.groups, l.chooser) // a long title is cut, not the list widened
	l.body = container.NewBorder(container.NewPadded(container.NewVBox(l.search, narrow)), nil, nil, nil, l.states)
	return l
}

func (l *list) activate(life context.Context) {
	l.life = life
	l.loadSessions()
	l.reload(max(pageSize, len(l.rows)))
}

func (l *list) deactivate() {
	l.gen++
	l.life, l.reading, l.again = nil, false, false
}

// refresh reads again what is held after contacts of some sessions changed.
func (l *list) refresh(changed event.Set[model.SessionID]) {
	if l.query.SessionID != 0 && !changed.Has(l.query.SessionID) {
		return
	}
	if l.reading {
		l.again = true
		return
	}
	l.reload(max(pageSize, len(l.rows)))
}

func (l *list) setText(text string) {
	if text == l.query.Text {
		return
	}
	l.query.Text = text
	l.restart()
}

func (l *list) setGroups(on bool) {
	l.query.Groups = on
	l.restart()
}

// setSession narrows the list to a session; index 0 stands for all of them.
func (l *list) setSession(index int) {
	var id model.SessionID
	if index > 0 && index <= len(l.held) {
		id = l.held[index-1].ID
	}
	if id == l.query.SessionID {
		return
	}
	l.query.SessionID = id
	l.restart()
}

// restart reads the first page of another query, and shows it from its top.
func (l *list) restart() {
	if l.life == nil {
		return
	}
	l.list.ScrollToOffset(0)
	l.reload(pageSize)
}

// reload replaces the rows by the first ones of the query.
func (l *list) reload(limit int) {
	if l.life == nil {
		return
	}
	if !l.loaded {
		l.states.ShowLoading()
	}
	q := l.query
	q.Limit = limit
	l.read(q, func(rows []model.ContactRow, err error) {
		if err != nil {
			l.loaded = false
			l.rows = nil
			l.states.ShowError("action.load_contacts", err, func() { l.reload(pageSize) })
			return
		}
		l.loaded = true
		l.rows, l.more = rows, len(rows) >= limit
		l.failed.Hide()
		l.pages.Refresh()
		l.showRows()
	})
}

// nextPage appends the rows that follow the ones held.
func (l *list) nextPage() {
	if l.life == nil || l.reading || !l.more || len(l.rows) == 0 {
		return
	}
	last := l.rows[len(l.rows)-1]
	q := l.query
	q.AfterName, q.AfterID, q.Limit = last.DisplayName, last.ID, pageSize
	l.read(q, func(rows []model.ContactRow, err error) {
		if err != nil {
			l.more = false // the button asks again, not every scroll step
			l.failed.OnTapped = func() { l.more = true; l.nextPage() }
			l.failed.Show()
			l.pages.Refresh()
			return
		}
		l.failed.Hide()
		l.more = len(rows) >= pageSize
		l.rows = append(l.rows, rows...)
		l.list.Refresh()
	})
}

// read runs a query; done gets its answer unless another query came after it.
func (l *list) read(q model.ContactQuery, done func([]model.ContactRow, error)) {
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
				l.reload(max(pageSize, len(l.rows)))
			}
		}
	})
}

func (l *list) showRows() {
	if len(l.rows) > 0 {
		l.states.ShowData()
		l.list.Refresh()
		return
	}
	if l.query.Text != "" {
		l.states.ShowEmpty(widgets.Empty{
			Icon: theme.Icon(theme.IconSearch), Title: l.ctx.T("contacts.nothing.title"),
			Text:   l.ctx.T("contacts.nothing.text", translations.Data{"Text": model.CleanLine(l.query.Text, 40)}),
			Action: l.ctx.T("contacts.nothing.clear"), Tapped: func() { l.search.SetText("") },
		})
		return
	}
	l.states.ShowEmpty(widgets.Empty{
		Icon: theme.Icon(theme.IconContacts), Title: l.ctx.T("contacts.empty.title"), Text: l.ctx.T("contacts.empty.text"),
	})
}

func (l *list) length() int { return len(l.rows) }

func (l *list) createRow() fyne.CanvasObject {
	row := widgets.NewContactRow(l.ctx)
	row.OnTapped = func(r model.ContactRow) { l.choose(r.ID) }
	return row
}

func (l *list) updateRow(i int, o fyne.CanvasObject) {
	row, ok := o.(*widgets.ContactRow)
	if !ok || i >= len(l.rows) {
		return
	}
	row.Set(l.rows[i])
	row.SetSelected(l.rows[i].ID == l.chosen)
	if i >= len(l.rows)-ahead {
		l.nextPage()
	}
}

// choose makes a contact the one whose detail is shown.
func (l *list) choose(id model.ContactID) {
	if id != l.chosen {
		l.chosen = id
		l.list.Refresh()
	}
	l.onChoose(id)
}

func (l *list) chooseFirst() {
	if len(l.rows) > 0 {
		l.choose(l.rows[0].ID)
	}
}

// loadSessions fills the chooser, which shows only when there is a choice.
func (l *list) loadSessions() {
	if l.sessions == nil || l.life == nil {
		return
	}
	l.ctx.Load(l.life, func(ctx context.Context) func() {
		held, err := l.sessions.List(ctx)
		if err != nil {
			return nil // the list itself says what is wrong with the store
		}
		return func() { l.setSessions(held) }
	})
}

func (l *list) setSessions(held []model.Session) {
	l.held = held
	names := []string{l.ctx.T("contacts.sessions.all")}
	chosen := 0
	for i, s := range held {
		names = append(names, sessionTitle(s))
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

func sessionTitle(s model.Session) string {
	if s.Title != "" {
		return s.Title
	}
	return string(s.Name)
}
