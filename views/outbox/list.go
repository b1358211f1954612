package outbox

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	pageSize = 200
	// ahead is how many rows before the end of what is held the next page is asked for.
	ahead = 60
	// listPause is the least time between two readings because something changed.
	listPause = 300 * time.Millisecond
	// wordsPause is how often times such as "2 min ago" are written anew.
	wordsPause = 30 * time.Second
)

// list is the left pane: the filters, and the rows by pages.
type list struct {
	ctx      *ui.Context
	svc      Service
	onChoose func(*model.OutboxRow) // nil: nothing is chosen
	onMenu   func(*model.OutboxRow, fyne.Position)
	onKey    func(*model.OutboxRow, fyne.KeyName)

	life   context.Context // nil while the screen is not active
	cancel context.CancelFunc
	gen    uint64 // of the rows; answers of an older one are dropped

	rows    []model.OutboxRow // in the order of sending; replaced or appended to, never edited
	sending map[model.OutboxID]model.MediaProgress
	counts  model.OutboxCounts
	filter  filter
	more    bool // the store may have rows after the last one
	reading bool
	loaded  bool
	again   bool      // something changed while reading
	readAt  time.Time // when the last reading because of a change began
	waiting func()    // ends the wait for the next one; nil: there is none
	ticking func()    // ends the writing of times
	chosen  model.OutboxID
	named   bool // rows name their session

	chips  []*widgets.FilterChip
	list   *rowList
	states *widgets.StateView
	failed *widget.Button // the next page could not be read; reads it again
	pages  *fyne.Container
	body   *fyne.Container
}

func newList(ctx *ui.Context, svc Service) *list {
	l := &list{ctx: ctx, svc: svc, filter: filterAll, sending: map[model.OutboxID]model.MediaProgress{}}
	bar := container.New(widgets.NewFlow(5))
	for _, f := range filters() {
		chip := widgets.NewFilterChip(filterText(ctx, f, 0), func() { l.setFilter(f) })
		chip.SetOn(f == l.filter)
		l.chips = append(l.chips, chip)
		bar.Add(chip)
	}
	l.list = newRowList(l)
	l.failed = widget.NewButtonWithIcon(ctx.T("outbox.more_failed"), apptheme.Icon(apptheme.IconRefresh), func() {
		l.more = true
		l.nextPage()
	})
	l.failed.Hide()
	l.pages = container.NewBorder(nil, l.failed, nil, nil, l.list)
	l.states = widgets.NewStateView(ctx, l.pages)
	l.body = container.NewBorder(container.New(layout.NewCustomPaddedLayout(8, 8, 8, 8), bar), nil, nil, nil, l.states)
	return l
}

// filterText names a filter and how many rows it shows.
//
// translations: outbox.filter.*
func filterText(ctx *ui.Context, f filter, n int) string {
	name := ctx.T("outbox.filter." + string(f))
	if n == 0 {
		return name
	}
	return ctx.T("outbox.filter_count", translations.Data{"Name": name, "Count": ctx.FormatNumber(n)})
}

func (l *list) setFilter(f filter) {
	if f == l.filter {
		return
	}
	l.filter = f
	for i, one := range filters() {
		l.chips[i].SetOn(one == f)
	}
	l.list.ScrollToOffset(0)
	l.reload(pageSize)
}

func (l *list) activate(life context.Context) {
	l.life = life
	l.ticking = l.ctx.Every(wordsPause, l.list.Refresh)
	l.reload(max(pageSize, len(l.rows)))
}

func (l *list) deactivate() {
	l.gen++
	l.life, l.reading, l.again = nil, false, false
	if l.waiting != nil {
		l.waiting()
		l.waiting = nil
	}
	l.ticking()
}

// refresh reads again what is held, a few times a second at most.
func (l *list) refresh() {
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

func (l *list) reread() {
	l.readAt = l.ctx.Now()
	l.reload(max(pageSize, len(l.rows)))
}

// progress shows how far files are on their way.
func (l *list) progress(sending map[model.OutboxID]model.MediaProgress) {
	for id, p := range sending {
		if p.State == model.MediaDownloading || p.State == "" {
			l.sending[id] = p
		} else {
			delete(l.sending, id)
		}
	}
	l.list.Refresh()
}

func (l *list) reload(limit int) {
	if l.life == nil {
		return
	}
	if !l.loaded {
		l.states.ShowLoading()
	}
	q := l.filter.query()
	q.Limit = limit
	l.read(q, func(rows []model.OutboxRow, counts model.OutboxCounts, err error) {
		if err != nil {
			l.loaded, l.rows = false, nil
			l.onChoose(nil)
			l.states.ShowError("action.load_outbox", err, func() { l.reload(pageSize) })
			return
		}
		l.replace(rows, counts, limit)
	})
}

// replace shows other rows, and what became of the one that is chosen.
func (l *list) replace(rows []model.OutboxRow, counts model.OutboxCounts, limit int) {
	l.loaded, l.counts = true, counts
	l.rows, l.more = rows, len(rows) >= limit
	l.failed.Hide()
	for i, f := range filters() {
		l.chips[i].SetText(filterText(l.ctx, f, f.count(counts)))
	}
	l.body.Refresh()
	i := l.index(l.chosen)
	if i < 0 {
		l.chosen = 0
		l.onChoose(nil)
	} else {
		l.onChoose(&l.rows[i])
	}
	l.showRows()
}

// nextPage appends the rows that follow the ones held.
func (l *list) nextPage() {
	if l.life == nil || l.reading || !l.more || len(l.rows) == 0 {
		return
	}
	q := l.filter.query()
	q.After, q.Limit = l.rows[len(l.rows)-1].ID, pageSize
	l.read(q, func(rows []model.OutboxRow, _ model.OutboxCounts, err error) {
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
func (l *list) read(q model.OutboxQuery, done func([]model.OutboxRow, model.OutboxCounts, error)) {
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
		var counts model.OutboxCounts
		if err == nil {
			counts, err = l.svc.Counts(ctx)
		}
		return func() {
			if gen != l.gen {
				return
			}
			cancel()
			l.reading = false
			done(rows, counts, err)
			if l.again {
				l.again = false
				l.refresh()
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
	key := "outbox.empty." + string(l.filter) //translations: outbox.empty.*
	e := widgets.Empty{Icon: apptheme.Icon(apptheme.IconOutbox), Title: l.ctx.T(key + ".title"), Text: l.ctx.T(key + ".text")}
	if l.filter != filterAll {
		e.Action, e.Tapped = l.ctx.T("outbox.empty.show_all"), func() { l.setFilter(filterAll) }
	}
	l.states.ShowEmpty(e)
}

// index returns where a row is, -1 when it is not held.
func (l *list) index(id model.OutboxID) int {
	if id == 0 {
		return -1
	}
	return slices.IndexFunc(l.rows, func(r model.OutboxRow) bool { return r.ID == id })
}

func (l *list) createRow() fyne.CanvasObject {
	return newRow(l.ctx, func(id model.OutboxID) {
		l.ctx.Window.Canvas().Focus(l.list)
		l.choose(l.index(id))
	}, func(id model.OutboxID, at fyne.Position) {
		if i := l.index(id); i >= 0 {
			l.choose(i)
			l.onMenu(&l.rows[i], at)
		}
	})
}

func (l *list) updateRow(i int, o fyne.CanvasObject) {
	r, ok := o.(*row)
	if !ok || i >= len(l.rows) {
		return
	}
	one := &l.rows[i]
	chosen := one.ID == l.chosen
	r.set(one, l.sent(one.ID), chosen, chosen && l.list.focused, l.named)
	if i >= len(l.rows)-ahead {
		l.nextPage()
	}
}

// sent returns how far a file is on its way, nil when that is not known.
func (l *list) sent(id model.OutboxID) *model.MediaProgress {
	if p, ok := l.sending[id]; ok {
		return &p
	}
	return nil
}

func (l *list) choose(i int) {
	if i < 0 || i >= len(l.rows) {
		return
	}
	if l.rows[i].ID != l.chosen {
		l.chosen = l.rows[i].ID
		l.list.Refresh()
	}
	l.onChoose(&l.rows[i])
}

// menuAtCursor opens the menu of the row that is chosen.
func (l *list) menuAtCursor() {
	i := l.index(l.chosen)
	if i < 0 {
		return
	}
	l.list.ScrollTo(i)
	step := l.list.step()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l.list)
	l.onMenu(&l.rows[i], at.AddXY(60, float32(i)*step-l.list.GetScrollOffset()+step/2))
}
