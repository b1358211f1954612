package conversations

import (
	"context"
	"slices"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/widgets"
)

// picks are the conversations that something will be done to, and where the
// keyboard is. They belong to conversations, not to places in the list.
type picks struct {
	ids    map[model.ConversationID]bool
	cursor model.ConversationID
	anchor model.ConversationID // where extending begins
}

func (p *picks) has(id model.ConversationID) bool { return p.ids[id] }

func (p *picks) clear() { p.ids = nil }

// set moves the cursor; what is picked stays.
func (p *picks) set(id model.ConversationID) { p.cursor, p.anchor = id, id }

func (p *picks) toggle(id model.ConversationID) {
	p.set(id)
	if p.ids[id] {
		delete(p.ids, id)
		return
	}
	if p.ids == nil {
		p.ids = map[model.ConversationID]bool{}
	}
	p.ids[id] = true
}

// extend picks the rows from the anchor to a place, and nothing else.
func (p *picks) extend(order []model.ConversationID, to int) {
	from := slices.Index(order, p.anchor)
	if from < 0 {
		from = to
		p.anchor = order[to]
	}
	p.cursor = order[to]
	p.all(order[min(from, to) : max(from, to)+1])
}

func (p *picks) all(ids []model.ConversationID) {
	p.ids = make(map[model.ConversationID]bool, len(ids))
	for _, id := range ids {
		p.ids[id] = true
	}
}

// in returns what is picked in the order of the list.
func (p *picks) in(order []model.ConversationID) []model.ConversationID {
	list := make([]model.ConversationID, 0, len(p.ids))
	for _, id := range order {
		if p.ids[id] {
			list = append(list, id)
		}
	}
	return list
}

// keep drops what the list does not show any more.
func (p *picks) keep(order []model.ConversationID) {
	if len(p.ids) > 0 {
		p.all(p.in(order))
	}
}

// pickBar offers what can be done to all that is picked, and says how far it is.
type pickBar struct {
	pane   *listPane
	words  *widget.Label
	read   *widget.Button
	keep   *widget.Button
	stops  *widget.Button
	leave  *widgets.IconButton
	ground *canvas.Rectangle
	body   *fyne.Container

	cancel  context.CancelFunc // of the work that runs; nil: none does
	done    int
	total   int
	archive bool // what the button archives, or takes out of the archive
}

func newPickBar(pane *listPane) *pickBar {
	ctx := pane.ctx
	b := &pickBar{pane: pane, words: widget.NewLabel(""), ground: canvas.NewRectangle(nil), archive: true}
	b.words.Truncation = fyne.TextTruncateEllipsis
	b.words.TextStyle.Bold = true
	b.read = widget.NewButtonWithIcon(markRead.text(ctx), markIcon(markRead), func() { b.start(markRead) })
	b.keep = widget.NewButtonWithIcon(markArchive.text(ctx), markIcon(markArchive), func() {
		if b.archive {
			b.start(markArchive)
		} else {
			b.start(markUnarchive)
		}
	})
	b.stops = widget.NewButton(ctx.T("conversations.select.stop"), b.stop)
	b.leave = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("conversations.select.clear"), func() { b.clear() })
	top := container.NewBorder(nil, nil, nil, b.leave, b.words)
	buttons := container.New(widgets.NewFlow(5), b.read, b.keep, b.stops)
	b.body = container.NewStack(b.ground, container.NewBorder(widget.NewSeparator(), nil, nil, nil, container.NewPadded(container.NewVBox(top, buttons))))
	b.body.Hide()
	return b
}

// update says how many conversations are picked.
func (b *pickBar) update() {
	l := b.pane
	n := len(l.picks.ids)
	running := b.cancel != nil
	setVisible(b.body, n > 0 || running)
	if !b.body.Visible() {
		return
	}
	text := l.ctx.N("conversations.selected", n)
	if running {
		text = l.ctx.T("conversations.select.progress", translations.Data{"Done": b.done, "Count": b.total})
	}
	if b.words.Text != text {
		b.words.SetText(text)
	}
	m := markArchive
	if b.archive = l.query.Filter != model.FilterArchived; !b.archive {
		m = markUnarchive
	}
	if t := m.text(l.ctx); b.keep.Text != t {
		b.keep.Icon = markIcon(m)
		b.keep.SetText(t)
	}
	setVisible(b.read, !running)
	setVisible(b.keep, !running)
	setVisible(b.leave, !running)
	setVisible(b.stops, running)
	b.ground.FillColor = theme.Color(theme.ColorNameHeaderBackground)
	b.body.Refresh()
}

// clear picks nothing any more and tells whether anything was.
func (b *pickBar) clear() bool {
	if len(b.pane.picks.ids) == 0 || b.cancel != nil {
		return false
	}
	b.pane.picks.clear()
	b.pane.ctx.Window.Canvas().Focus(b.pane.list)
	b.update()
	b.pane.list.Refresh()
	return true
}

// stop ends the work after the conversation that it is at.
func (b *pickBar) stop() {
	if b.cancel != nil {
		b.cancel()
	}
}

// leaves ends the work when the screen goes: how it ended will not be told.
func (b *pickBar) leaves() {
	b.stop()
	b.cancel = nil
	b.update()
}

// outcome is what became of the work on many conversations.
type outcome struct {
	done []model.ConversationID
	err  error // the last one; nil when nothing failed
}

// start does something to all that is picked, one after the other. What failed
// stays picked. An error that all would have ends the work.
func (b *pickBar) start(m mark) {
	l := b.pane
	ids := l.picks.in(l.order)
	if b.cancel != nil || l.life == nil || len(ids) == 0 {
		return
	}
	life := l.life
	ctx, cancel := context.WithCancel(life)
	b.cancel, b.done, b.total = cancel, 0, len(ids)
	l.ctx.Window.Canvas().Focus(l.list) // the button that was pressed goes away
	b.update()
	l.ctx.Load(life, func(context.Context) func() {
		o := b.run(ctx, ids, m)
		stopped := ctx.Err() != nil
		return func() {
			cancel()
			b.finish(m, o, len(ids), stopped)
		}
	})
}

// run works off the list; it is not on the UI goroutine.
func (b *pickBar) run(ctx context.Context, ids []model.ConversationID, m mark) (o outcome) {
	var telling atomic.Bool // at most one word about progress is on its way
	for _, id := range ids {
		if ctx.Err() != nil {
			return o
		}
		err := b.pane.marks.do(ctx, id, m)
		if err != nil {
			o.err = err
			if ctx.Err() != nil || endsAll(b.pane.ctx.Describe(err).Kind) {
				return o
			}
			continue
		}
		o.done = append(o.done, id)
		if n := len(o.done); telling.CompareAndSwap(false, true) {
			b.pane.ctx.Do(func() {
				telling.Store(false)
				if b.cancel != nil {
					b.done = n
					b.update()
				}
			})
		}
	}
	return o
}

// endsAll tells whether the next conversation would fail like this one.
func endsAll(k model.ProblemKind) bool {
	switch k {
	case model.ProblemUnreachable, model.ProblemNotConnected, model.ProblemSessionStopped, model.ProblemSessionBroken,
		model.ProblemUnauthorized, model.ProblemTimeout, model.ProblemDisabled, model.ProblemNotConfigured, model.ProblemOtherAccount,
		model.ProblemTLS, model.ProblemNotGateway, model.ProblemRateLimited, model.ProblemDiskFull, model.ProblemReadOnly:
		return true
	}
	return false
}

// finish says what became of it.
func (b *pickBar) finish(m mark, o outcome, total int, stopped bool) {
	l := b.pane
	b.cancel = nil
	for _, id := range o.done {
		delete(l.picks.ids, id)
	}
	data := translations.Data{"Done": len(o.done), "Count": total}
	switch {
	case stopped:
		l.ctx.Toast(l.ctx.T("conversations.select.stopped", data))
	case o.err != nil:
		l.ctx.LogError(m.action(), o.err)
		data["Why"], _ = l.ctx.ProblemText(l.ctx.Describe(o.err))
		l.ctx.Toast(l.ctx.T("conversations.select.failed", data))
	default:
		l.ctx.Toast(l.ctx.N("conversations.select.done", total))
	}
	b.update()
	l.refresh()
	l.list.Refresh()
}
