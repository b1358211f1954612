package activity

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	pageSize = 100
	// ahead is how many rows before the end of what is held the next page is asked for.
	ahead = 40
)

// outcomes and kinds are the choices of the filters, in the order in which they are listed.
func outcomes() []model.ActivityOutcome {
	return []model.ActivityOutcome{model.OutcomeSuccess, model.OutcomeWarning, model.OutcomeFailed, model.OutcomeCanceled, model.OutcomeUnknown}
}

func kinds() []model.ActivityKind {
	return []model.ActivityKind{
		model.ActivitySession, model.ActivitySync, model.ActivityMessage, model.ActivityConversation,
		model.ActivityContact, model.ActivitySettings, model.ActivitySystem,
	}
}

// list is the left pane: the filters, and the rows by pages.
type list struct {
	ctx      *ui.Context
	svc      Service
	sessions Sessions
	onChoose func(*model.Activity)

	life   context.Context // nil while the screen is not active
	cancel context.CancelFunc
	gen    uint64 // of the rows; answers of an older one are dropped

	rows    []model.Activity // newest first; replaced or appended to, never edited
	query   model.ActivityQuery
	more    bool // the store may have rows after the last one
	reading bool
	loaded  bool
	again   bool // something was added while reading
	chosen  model.ActivityID

	held    []model.Session
	outcome *widget.Select
	kind    *widget.Select
	session *widget.Select
	filters *fyne.Container
	list    *widget.List
	states  *widgets.StateView
	failed  *widget.Button // the next page could not be read; reads it again
	pages   *fyne.Container
	body    *fyne.Container
}

func newList(ctx *ui.Context, svc Service, sessions Sessions, onChoose func(*model.Activity)) *list {
	l := &list{ctx: ctx, svc: svc, sessions: sessions, onChoose: onChoose}
	l.newFilters()
	l.list = widget.NewList(l.length, func() fyne.CanvasObject { return newRow(ctx) }, l.updateRow)
	l.list.HideSeparators = true
	l.list.OnSelected = func(i int) { // the rows mark the chosen one themselves, by its id
		l.list.UnselectAll()
		if i < len(l.rows) {
			l.choose(i)
		}
	}
	l.failed = widget.NewButtonWithIcon(ctx.T("activity.more_failed"), theme.Icon(theme.IconRefresh), func() {
		l.more = true
		l.nextPage()
	})
	l.failed.Hide()
	l.pages = container.NewBorder(nil, l.failed, nil, nil, l.list)
	l.states = widgets.NewStateView(ctx, l.pages)
	l.body = container.NewBorder(container.NewPadded(l.filters), nil, nil, nil, l.states)
	return l
}

func (l *list) newFilters() {
	results := []string{l.ctx.T("activity.outcomes.all")}
	for _, o := range outcomes() {
		results = append(results, outcomeChoice(l.ctx, o))
	}
	sorts := []string{l.ctx.T("activity.kinds.all")}
	for _, k := range kinds() {
		sorts = append(sorts, kindText(l.ctx, k))
	}
	l.outcome = widget.NewSelect(results, nil)
	l.outcome.SetSelectedIndex(0)
	l.outcome.OnChanged = func(string) { l.narrow() }
	l.kind = widget.NewSelect(sorts, nil)
	l.kind.SetSelectedIndex(0)
	l.kind.OnChanged = func(string) { l.narrow() }
	l.session = widget.NewSelect(nil, func(string) { l.narrow() })
	l.session.Hide()
	l.filters = container.NewVBox(container.NewGridWithColumns(2, l.outcome, l.kind), l.session)
}

// narrow applies the filters.
func (l *list) narrow() {
	q := model.ActivityQuery{SessionID: l.query.SessionID}
	if i := l.outcome.SelectedIndex(); i > 0 {
		q.Outcome = outcomes()[i-1]
	}
	if i := l.kind.SelectedIndex(); i > 0 {
		q.Kind = kinds()[i-1]
	}
	if i := l.session.SelectedIndex(); i > 0 && i <= len(l.held) {
		q.SessionID = l.held[i-1].ID
	} else if i == 0 {
		q.SessionID = 0
	}
	if q == l.query {
		return
	}
	l.query = q
	l.list.ScrollToOffset(0)
	l.reload(pageSize)
}

func (l *list) showAll() {
	l.query = model.ActivityQuery{}
	for _, s := range []*widget.Select{l.outcome, l.kind, l.session} {
		if len(s.Options) > 0 {
			changed := s.OnChanged
			s.OnChanged = nil
			s.SetSelectedIndex(0)
			s.OnChanged = changed
		}
	}
	l.reload(pageSize)
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

// refresh reads again what is held.
func (l *list) refresh() {
	if l.reading {
		l.again = true
		return
	}
	l.reload(max(pageSize, len(l.rows)))
}

func (l *list) reload(limit int) {
	if l.life == nil {
		return
	}
	if !l.loaded {
		l.states.ShowLoading()
	}
	q := l.query
	q.Limit = limit
	l.read(q, func(rows []model.Activity, err error) {
		if err != nil {
			l.loaded = false
			l.rows = nil
			l.states.ShowError("action.load_activity", err, func() { l.reload(pageSize) })
			return
		}
		l.replace(rows, limit)
	})
}

// replace shows other rows and keeps what the reader looks at in its place:
// rows that were added on top move the list only when it was at its top.
func (l *list) replace(rows []model.Activity, limit int) {
	offset := l.list.GetScrollOffset()
	added := 0
	if len(l.rows) > 0 && offset > 0 {
		first := l.rows[0].ID
		added = max(slices.IndexFunc(rows, func(a model.Activity) bool { return a.ID == first }), 0)
	}
	l.loaded = true
	l.rows, l.more = rows, len(rows) >= limit
	l.failed.Hide()
	l.pages.Refresh()
	l.showRows()
	if added > 0 {
		l.list.ScrollToOffset(offset + float32(added)*rowPitch(l.ctx))
	}
}

// nextPage appends the rows that follow the ones held.
func (l *list) nextPage() {
	if l.life == nil || l.reading || !l.more || len(l.rows) == 0 {
		return
	}
	q := l.query
	q.Before, q.Limit = l.rows[len(l.rows)-1].ID, pageSize
	l.read(q, func(rows []model.Activity, err error) {
		l.more = err == nil && len(rows) >= pageSize // after an error the button asks again, not every scroll step
		if err != nil {
			l.failed.Show()
		} else {
			l.failed.Hide()
			l.rows = append(l.rows, rows...)
		}
		l.pages.Refresh()
	})
}

// read runs a query; done gets its answer unless another query came after it.
func (l *list) read(q model.ActivityQuery, done func([]model.Activity, error)) {
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
	if l.query != (model.ActivityQuery{}) {
		l.states.ShowEmpty(widgets.Empty{
			Icon: theme.Icon(theme.IconSearch), Title: l.ctx.T("activity.nothing.title"), Text: l.ctx.T("activity.nothing.text"),
			Action: l.ctx.T("activity.nothing.all"), Tapped: l.showAll,
		})
		return
	}
	l.states.ShowEmpty(widgets.Empty{
		Icon: theme.Icon(theme.IconActivity), Title: l.ctx.T("activity.empty.title"), Text: l.ctx.T("activity.empty.text"),
	})
}

func (l *list) length() int { return len(l.rows) }

func (l *list) updateRow(i int, o fyne.CanvasObject) {
	r, ok := o.(*row)
	if !ok || i >= len(l.rows) {
		return
	}
	r.set(l.rows[i], l.rows[i].ID == l.chosen, len(l.held) > 1)
	if i >= len(l.rows)-ahead {
		l.nextPage()
	}
}

func (l *list) choose(i int) {
	a := l.rows[i]
	if a.ID != l.chosen {
		l.chosen = a.ID
		l.list.Refresh()
	}
	l.onChoose(&a)
}

// loadSessions fills the filter by session, which shows only when there is a choice.
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
	several := len(held) > 1
	if several != (len(l.held) > 1) {
		l.list.Refresh() // the rows name their session when there are several
	}
	l.held = held
	names := []string{l.ctx.T("activity.sessions.all")}
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
	if !slices.Equal(names, l.session.Options) {
		l.session.SetOptions(names)
	}
	if l.session.SelectedIndex() != chosen {
		l.session.SetSelectedIndex(chosen)
	}
	if several != l.session.Visible() {
		l.session.Hidden = !several
		l.body.Refresh()
	}
}
