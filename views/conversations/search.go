package conversations

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	searchPause  = 60 * time.Millisecond // after the last key
	searchPage   = 50
	searchPlaces = 5 // conversations and contacts above the messages
	searchAhead  = 15
	searchRecent = 8
)

// searchPane finds messages, people and groups as one types. The keyboard stays
// in its field; Up and Down choose among what was found.
type searchPane struct {
	ctx     *ui.Context
	finder  Finder
	onHit   func(model.SearchHit, []string) // a message to be shown, and the words to be lit
	onPlace func(model.PlaceHit)
	onClose func()

	life   context.Context // of the screen's activation, nil while not active
	cancel context.CancelFunc
	timer  func()
	gen    uint64 // of the question; answers to an older one are dropped

	asked    string // the text of the last question
	answered string // the text that the rows answer, "" for the start
	reading  bool
	enter    bool // Enter was pressed before the answer was there
	places   []model.PlaceHit
	result   model.SearchResult
	saved    []model.SavedSearch
	recent   []string

	rows     []foundRow
	chosen   int // of rows, -1: none
	headings map[int]bool
	before   fyne.Focusable // what had the keyboard before

	field    *keyEntry
	complete *completion
	keep     *widgets.IconButton
	list     *widget.List
	states   *widgets.StateView
	template *widgets.SearchRow // only for its height
	body     *fyne.Container
}

func newSearchPane(ctx *ui.Context, finder Finder) *searchPane {
	p := &searchPane{ctx: ctx, finder: finder, chosen: -1, headings: map[int]bool{}, timer: func() {}}
	p.field = newKeyEntry()
	p.field.takesTab = true
	p.field.SetPlaceHolder(ctx.T("search.placeholder"))
	p.field.Icon = apptheme.ColoredIcon(apptheme.IconSearch, theme.ColorNamePlaceHolder)
	p.field.OnChanged = p.typed
	p.field.onKey = p.key
	p.complete = newCompletion(ctx, finder, p.field)
	p.keep = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconBookmark), ctx.T("search.save"), p.save)
	p.keep.Disable()
	leave := widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconClose), ctx.T("search.close"), func() { p.close() })
	p.list = widget.NewList(func() int { return len(p.rows) }, func() fyne.CanvasObject { return widgets.NewSearchRow(ctx) }, p.updateRow)
	p.list.HideSeparators = true
	p.list.OnSelected = func(i int) { // by the keyboard; a row takes its own taps
		p.list.UnselectAll()
		p.openRow(i)
	}
	p.template = widgets.NewSearchRow(ctx)
	p.states = widgets.NewStateView(ctx, p.list)
	help := widget.NewLabel(ctx.T("search.help"))
	help.SizeName, help.Importance, help.Wrapping = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextWrapWord
	keys := widget.NewLabelWithStyle(ctx.T("search.keys"), fyne.TextAlignCenter, fyne.TextStyle{})
	keys.SizeName, keys.Importance, keys.Truncation = theme.SizeNameCaptionText, widget.LowImportance, fyne.TextTruncateEllipsis
	head := container.NewPadded(container.NewBorder(nil, help, nil, container.NewHBox(p.keep, leave), p.field))
	under := container.NewStack(p.states, p.complete.body)
	p.body = container.NewBorder(container.NewVBox(head, widget.NewSeparator()), keys, nil, nil, under)
	p.body.Hide()
	return p
}

func (p *searchPane) activate(life context.Context) { p.life = life }

func (p *searchPane) deactivate() {
	p.stop()
	p.life = nil
}

// stop drops what is being asked.
func (p *searchPane) stop() {
	p.timer()
	p.gen++
	p.reading, p.enter = false, false
	if p.cancel != nil {
		p.cancel()
	}
	p.complete.hide()
}

// show opens the pane as it was left, with its text selected.
func (p *searchPane) show() {
	c := p.ctx.Window.Canvas()
	if !p.body.Visible() {
		p.before = c.Focused()
		p.body.Show()
	}
	c.Focus(p.field)
	p.field.TypedShortcut(&fyne.ShortcutSelectAll{})
	p.loadSaved()
	if p.field.Text != p.asked || p.states.State() == widgets.StateError || p.field.Text == "" {
		p.ask()
		return
	}
	if p.field.Text != "" && p.life != nil { // what was found may have changed
		p.ask()
	}
}

// close leaves everything as it was before.
func (p *searchPane) close() bool {
	if !p.body.Visible() {
		return false
	}
	p.hide()
	if before := p.before; before != nil {
		p.ctx.Window.Canvas().Focus(before)
	} else {
		p.ctx.Window.Canvas().Unfocus()
	}
	return true
}

func (p *searchPane) hide() {
	p.stop()
	p.body.Hide()
	p.onClose()
}

// typed asks a moment after the last key.
func (p *searchPane) typed(text string) {
	if len(text) > query.MaxBytes {
		p.field.SetText(strings.ToValidUTF8(text[:query.MaxBytes], "")) // calls typed again
		return
	}
	p.enter = false
	p.timer()
	p.complete.typed(p.life)
	if strings.TrimSpace(text) == "" {
		p.ask()
		return
	}
	p.timer = p.ctx.Later(searchPause, p.ask)
}

// key takes the keys of the field that are not for its text.
func (p *searchPane) key(k fyne.KeyName, shift bool) bool {
	if p.complete.key(k) {
		return true
	}
	rows := max(int(p.list.Size().Height/(p.template.MinSize().Height+theme.Padding()))-1, 1)
	switch k {
	case fyne.KeyDown:
		p.move(1)
	case fyne.KeyUp:
		p.move(-1)
	case fyne.KeyPageDown:
		p.move(rows)
	case fyne.KeyPageUp:
		p.move(-rows)
	case fyne.KeyReturn, fyne.KeyEnter:
		p.submit()
	case fyne.KeyEscape:
		p.close()
	case fyne.KeyTab:
		if shift {
			p.ctx.Window.Canvas().FocusPrevious()
		} else {
			p.ctx.Window.Canvas().FocusNext()
		}
	default:
		return false
	}
	return true
}

// submit opens what is chosen, at once or when the answer has come.
func (p *searchPane) submit() {
	if p.field.Text != p.asked || p.reading && p.answered != p.asked {
		if p.field.Text != p.asked {
			p.ask()
		}
		p.enter = true
		return
	}
	p.openRow(p.chosen)
}

// ask looks for what the field says.
func (p *searchPane) ask() {
	p.timer()
	p.timer = func() {}
	if p.life == nil {
		return
	}
	text := strings.TrimSpace(p.field.Text)
	p.asked = p.field.Text
	setEnabled(&p.keep.Button, text != "")
	if text == "" {
		p.gen++
		p.reading, p.answered = false, p.asked
		p.places, p.result = nil, model.SearchResult{}
		p.build(0)
		return
	}
	words := placeText(text, p.ctx)
	p.read(model.SearchQuery{Text: text, Limit: searchPage, Location: p.ctx.Location}, words, func(places []model.PlaceHit, r model.SearchResult, err error) {
		p.answered = p.asked
		if err != nil {
			p.enter = false
			p.rows = nil
			p.states.ShowError("action.search", err, func() {
				p.ctx.Window.Canvas().Focus(p.field)
				p.ask()
			})
			return
		}
		p.places, p.result = places, r
		p.build(0)
		if p.enter {
			p.enter = false
			p.openRow(p.chosen)
		}
	})
}

// placeText returns the words of a query, by which people and groups are found;
// "" when it says more than words.
func placeText(text string, ctx *ui.Context) string {
	q := query.Parse(text, ctx.Now(), ctx.Location)
	if len(q.Filters) > 0 || len(q.Not) > 0 || !q.Since.IsZero() || !q.Until.IsZero() {
		return ""
	}
	var words []string
	for _, w := range q.Words {
		if w.Not {
			return ""
		}
		words = append(words, w.Text)
	}
	return strings.Join(words, " ")
}

// read asks the store; done gets the answer unless another question came after it.
func (p *searchPane) read(q model.SearchQuery, words string, done func([]model.PlaceHit, model.SearchResult, error)) {
	if p.cancel != nil {
		p.cancel()
	}
	ctx, cancel := context.WithCancel(p.life)
	p.cancel = cancel
	p.gen++
	gen := p.gen
	p.reading = true
	if len(p.rows) == 0 {
		p.states.ShowLoading()
	}
	p.ctx.Load(ctx, func(ctx context.Context) func() {
		var places []model.PlaceHit
		var err error
		if words != "" {
			places, err = p.finder.SearchConversations(ctx, words, searchPlaces)
		}
		var r model.SearchResult
		if err == nil {
			r, err = p.finder.Search(ctx, q)
		}
		return func() {
			if gen != p.gen {
				return
			}
			cancel()
			p.reading = false
			done(places, r, err)
		}
	})
}

// nextPage adds what is older than what was found so far. A search that stopped
// early goes on only when it is asked to.
func (p *searchPane) nextPage(asked bool) {
	if p.life == nil || p.reading || p.result.Next == 0 || p.result.Cut && !asked {
		return
	}
	q := model.SearchQuery{Text: strings.TrimSpace(p.answered), Limit: searchPage, Before: p.result.Next, Location: p.ctx.Location}
	p.read(q, "", func(_ []model.PlaceHit, r model.SearchResult, err error) {
		if err != nil {
			p.result.Cut = true // goes on when asked to, not at every scroll step
			p.build(p.chosen)
			p.ctx.ShowError("action.search", err)
			return
		}
		p.result = model.SearchResult{Hits: append(slices.Clip(p.result.Hits), r.Hits...), Next: r.Next, Cut: r.Cut}
		p.build(p.chosen)
	})
}

// openRow does what a row is for.
func (p *searchPane) openRow(i int) {
	if i >= 0 && i < len(p.rows) && p.rows[i].open != nil {
		p.rows[i].open()
	}
}

// remember keeps a text among the recent ones, for as long as the window is open.
func (p *searchPane) remember(text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	p.recent = slices.DeleteFunc(p.recent, func(s string) bool { return s == text })
	p.recent = append([]string{text}, p.recent...)
	p.recent = p.recent[:min(len(p.recent), searchRecent)]
}

// lit returns the words of a query that are lit in a conversation.
func lit(text string, ctx *ui.Context) []string {
	var words []string
	for _, w := range query.Parse(text, ctx.Now(), ctx.Location).Words {
		if !w.Not {
			words = append(words, w.Text)
		}
	}
	return words
}

func setEnabled(b *widget.Button, on bool) {
	switch {
	case on && b.Disabled():
		b.Enable()
	case !on && !b.Disabled():
		b.Disable()
	}
}
