package conversations

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// findPage is how many matches are read at a time.
const findPage = 100

// matches are those that were read: without a gap, the newest first. before and
// after are where older and newer ones are read on, zero where there are none.
type matches struct {
	hits          []model.SearchHit
	before, after model.MessageID
}

// none tells that there is nothing, neither here nor to be read.
func (m *matches) none() bool { return len(m.hits) == 0 && m.before == 0 && m.after == 0 }

// findBar searches the conversation that is shown. It begins at the match nearest
// to what is being read, at or before it, and goes from match to match; what lies
// between two of them is not read.
type findBar struct {
	ctx    *ui.Context
	finder Finder
	d      *detailPane

	cancel context.CancelFunc
	timer  func()
	gen    uint64
	asked  string
	done   bool // the answer to asked is there
	steps  int  // that were asked for while the answer was not there
	found  matches
	at     int // of the hits

	field    *keyEntry
	position *widget.Label
	older    *widgets.IconButton
	newer    *widgets.IconButton
	ground   *canvas.Rectangle
	body     *fyne.Container
}

func newFindBar(ctx *ui.Context, finder Finder, d *detailPane) *findBar {
	f := &findBar{ctx: ctx, finder: finder, d: d, timer: func() {}, cancel: func() {}, ground: canvas.NewRectangle(nil)}
	f.field = newKeyEntry()
	f.field.SetPlaceHolder(ctx.T("search.find"))
	f.field.Icon = apptheme.ColoredIcon(apptheme.IconSearch, theme.ColorNamePlaceHolder)
	f.field.OnChanged = f.typed
	f.field.onKey = f.key
	f.position = widget.NewLabel("")
	f.older = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconUp), ctx.T("search.find.previous"), func() { f.step(1) })
	f.newer = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconDown), ctx.T("search.find.next"), func() { f.step(-1) })
	leave := widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("search.find.close"), func() { f.close() })
	bar := container.NewBorder(nil, nil, nil, container.NewHBox(f.position, f.older, f.newer, leave), f.field)
	f.body = container.NewStack(f.ground, container.NewBorder(nil, widget.NewSeparator(), nil, nil, container.NewPadded(bar)))
	f.body.Hide()
	f.say()
	return f
}

// show opens the bar with its text selected.
func (f *findBar) show() {
	f.ground.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	f.body.Show()
	f.body.Refresh()
	f.ctx.Window.Canvas().Focus(f.field)
	f.field.TypedShortcut(&fyne.ShortcutSelectAll{})
	if f.field.Text != "" {
		f.ask()
	}
}

// close stays where one is and moves the keyboard to the messages.
func (f *findBar) close() bool {
	if !f.body.Visible() {
		return false
	}
	f.hide()
	f.d.light(nil)
	f.ctx.Window.Canvas().Focus(f.d.list)
	return true
}

func (f *findBar) hide() {
	f.stop()
	f.body.Hide()
}

// stop drops what is being asked, and what was found.
func (f *findBar) stop() {
	f.timer()
	f.cancel()
	f.gen++
	f.asked, f.done, f.steps, f.found, f.at = "", false, 0, matches{}, 0
	f.say()
}

func (f *findBar) typed(text string) {
	if len(text) > query.MaxBytes {
		f.field.SetText(strings.ToValidUTF8(text[:query.MaxBytes], "")) // calls typed again
		return
	}
	f.timer()
	f.timer = f.ctx.Later(searchPause, f.ask)
}

func (f *findBar) key(k fyne.KeyName, shift bool) bool {
	switch k {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyF3:
		if shift {
			f.step(-1)
		} else {
			f.step(1)
		}
	case fyne.KeyUp:
		f.step(1)
	case fyne.KeyDown:
		f.step(-1)
	case fyne.KeyEscape:
		f.close()
	default:
		return false
	}
	return true
}

// ask looks for what the field says.
func (f *findBar) ask() {
	f.stop()
	if f.d.shown == nil || f.d.shown.Err() != nil {
		return
	}
	f.asked = f.field.Text
	f.d.light(lit(f.asked, f.ctx))
	if strings.TrimSpace(f.asked) == "" {
		return
	}
	seen := f.d.lastSeen()
	p := f.pages()
	f.read(func(ctx context.Context) (matches, error) { return p.around(ctx, seen) }, func(m matches) {
		f.found, f.at = m, 0
		if seen != 0 { // the newest one that is not below what is being read, else the first below
			at := slices.IndexFunc(m.hits, func(h model.SearchHit) bool { return h.ID <= seen })
			if at < 0 {
				at = len(m.hits) - 1
			}
			f.at = max(at, 0)
		}
		f.goTo()
	})
}

// pages reads matches of what is asked now, from any goroutine.
type pages struct {
	finder Finder
	query  model.SearchQuery
}

func (f *findBar) pages() pages {
	return pages{f.finder, model.SearchQuery{ConversationID: f.d.id, Text: f.asked, Limit: findPage, Location: f.ctx.Location}}
}

// older reads a page of matches before a key, zero for the newest.
func (p pages) older(ctx context.Context, before model.MessageID) (matches, error) {
	p.query.Before = before
	r, err := p.finder.Search(ctx, p.query)
	return matches{hits: r.Hits, before: r.Next}, err
}

// newer reads the page of matches next after a key.
func (p pages) newer(ctx context.Context, after model.MessageID) (matches, error) {
	p.query.After = after
	r, err := p.finder.Search(ctx, p.query)
	return matches{hits: r.Hits, after: r.Next}, err
}

// around reads the page that ends at a key and the one after it; zero: the newest page.
func (p pages) around(ctx context.Context, key model.MessageID) (matches, error) {
	if key == 0 {
		return p.older(ctx, 0)
	}
	m, err := p.older(ctx, key+1)
	if err != nil {
		return m, err
	}
	newer, err := p.newer(ctx, key)
	m.hits, m.after = append(newer.hits, m.hits...), newer.after
	return m, err
}

// read asks the store; done gets the answer unless another question came after it.
func (f *findBar) read(ask func(context.Context) (matches, error), done func(matches)) {
	ctx, cancel := context.WithCancel(f.d.shown)
	f.cancel = cancel
	f.gen++
	gen := f.gen
	f.done = false
	f.say()
	f.ctx.Load(ctx, func(ctx context.Context) func() {
		m, err := ask(ctx)
		return func() {
			if gen != f.gen {
				return
			}
			cancel()
			f.done = true
			if err != nil {
				f.steps = 0
				f.d.banner.show("action.search", err, f.ask)
				f.say()
				return
			}
			done(m)
			if n := f.steps; n != 0 {
				f.steps = 0
				f.step(n)
			}
			f.say()
		}
	})
}

// step goes to older matches, or to newer ones when by is negative.
func (f *findBar) step(by int) {
	switch {
	case f.field.Text != f.asked:
		f.ask()
		return
	case strings.TrimSpace(f.asked) == "":
		return
	case !f.done:
		f.steps += by
		return
	case f.found.none():
		return
	}
	to, n := f.at+by, len(f.found.hits)
	switch {
	case to >= n && f.found.before != 0:
		f.readOlder()
		return
	case to < 0 && f.found.after != 0:
		f.readNewer()
		return
	}
	f.at = min(max(to, 0), max(n-1, 0))
	f.goTo()
	f.say()
}

// readOlder reads the matches before those that are held, and goes to the newest of them.
func (f *findBar) readOlder() {
	p, from := f.pages(), f.found.before
	f.read(func(ctx context.Context) (matches, error) { return p.older(ctx, from) }, func(m matches) {
		held := len(f.found.hits)
		f.found.hits, f.found.before = append(f.found.hits, m.hits...), m.before
		f.at = max(min(held, len(f.found.hits)-1), 0)
		f.goTo()
	})
}

// readNewer reads the matches after those that are held, and goes to the oldest of them.
func (f *findBar) readNewer() {
	p, from := f.pages(), f.found.after
	f.read(func(ctx context.Context) (matches, error) { return p.newer(ctx, from) }, func(m matches) {
		f.found.hits, f.found.after = append(m.hits, f.found.hits...), m.after
		f.at = max(len(m.hits)-1, 0)
		f.goTo()
	})
}

func (f *findBar) goTo() {
	if f.at < len(f.found.hits) {
		f.d.jump(f.found.hits[f.at].ID)
	}
}

// say writes which match is shown, and of how many.
func (f *findBar) say() {
	text := ""
	n := len(f.found.hits)
	switch {
	case strings.TrimSpace(f.asked) == "":
	case !f.done:
		text = f.ctx.T("search.find.searching")
	case f.found.none():
		text = f.ctx.T("search.find.none")
	case f.found.after != 0: // which one of all it is cannot be told
		text = f.ctx.T("search.find.many", translations.Data{"Count": n})
	case f.found.before != 0:
		text = f.ctx.T("search.find.position_more", translations.Data{"Number": min(f.at+1, n), "Count": n})
	default:
		text = f.ctx.T("search.find.position", translations.Data{"Number": f.at + 1, "Count": n})
	}
	if f.position.Text != text {
		f.position.SetText(text)
	}
	setEnabled(&f.older.Button, f.done && (f.at < n-1 || f.found.before != 0))
	setEnabled(&f.newer.Button, f.done && (f.at > 0 || f.found.after != 0))
}

// find opens the bar that searches this conversation.
func (d *detailPane) find() {
	if d.finder != nil && d.id != 0 && d.loaded {
		d.finder.show()
	}
}

// findStep goes to the next older match, or to the next newer one; a bar that is
// closed opens.
func (d *detailPane) findStep(newer bool) {
	switch {
	case d.finder == nil || !d.finder.body.Visible():
		d.find()
	case newer:
		d.finder.step(-1)
	default:
		d.finder.step(1)
	}
}

// findKey does what F3 does in the bar while the keyboard is elsewhere.
func (d *detailPane) findKey(key fyne.KeyName, shift bool) bool {
	if key != fyne.KeyF3 {
		return false
	}
	d.findStep(shift)
	return true
}

// light marks words in the messages; none takes the marks away.
func (d *detailPane) light(words []string) {
	d.list.SetHighlight(words)
}

// lastSeen returns the newest message in view, zero when there is none.
func (d *detailPane) lastSeen() model.MessageID {
	_, last := d.inView()
	return last
}

// inView returns the oldest and the newest message in view, zero when there is none.
func (d *detailPane) inView() (first, last model.MessageID) {
	for _, item := range slices.Backward(d.list.Items()) {
		if item.ID.Kind != widgets.ItemMessage && item.ID.Kind != widgets.ItemNotice {
			continue
		}
		_, seen := d.list.RowTop(item.ID)
		switch {
		case seen:
			first = model.MessageID(item.ID.Key)
			if last == 0 {
				last = first
			}
		case last != 0:
			return first, last
		}
	}
	return first, last
}
