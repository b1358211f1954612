package conversations

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/query"
	"github.com/xappiens/buzon/views/ui"
)

const (
	completionNames = 6
	completionWidth = 460 // device-independent pixels
	completionRow   = 30
	completionWord  = 150 // room for the word before its explanation
)

// choice is one thing that the word at the cursor can become.
type choice struct {
	word     string // as it is shown
	insert   string
	explain  string
	from, to int // bytes of the field's text
	name     bool
}

// completion is the small list under the field of the search: operators with
// what they do, their values, and names.
//
// Behind an operator's colon it takes Up, Down and Enter; for a word that may
// become an operator only Tab, because most words are meant as words.
type completion struct {
	ctx    *ui.Context
	finder Finder
	field  *keyEntry

	cancel  context.CancelFunc
	choices []choice
	chosen  int
	leads   bool // takes the arrows and Enter

	box    *fyne.Container
	ground *canvas.Rectangle
	body   *fyne.Container
}

func newCompletion(ctx *ui.Context, finder Finder, field *keyEntry) *completion {
	c := &completion{ctx: ctx, finder: finder, field: field, cancel: func() {}}
	c.box = container.NewVBox()
	c.box.Layout = &column{}
	c.ground = canvas.NewRectangle(nil)
	c.ground.StrokeWidth = 1
	c.ground.CornerRadius = 6
	c.body = container.New(&dropped{}, container.NewStack(c.ground, c.box))
	c.body.Hide()
	return c
}

// typed proposes what fits the word at the cursor.
func (c *completion) typed(life context.Context) {
	c.cancel()
	c.cancel = func() {}
	text, at := c.field.Text, c.field.cursor()
	if _, typed, from, to, ok := query.CompletesName(text, at); ok {
		c.names(life, typed, from, to)
		return
	}
	var choices []choice
	leads := false
	for _, s := range query.Complete(text, at) {
		value := strings.HasPrefix(s.Key, "search.value.")
		if !value && s.From == s.To || s.Language != c.ctx.Text.Lang() && !value { // the other language is read all the same
			continue
		}
		leads = leads || value
		choices = append(choices, choice{word: strings.TrimSpace(s.Insert), insert: s.Insert, explain: c.ctx.T(s.Key), from: s.From, to: s.To}) //translations: search.operator.* search.value.*
	}
	if leads { // of one value under two names one is enough
		choices = slices.CompactFunc(choices, func(a, b choice) bool { return a.explain == b.explain })
	}
	c.set(choices, leads)
}

// names proposes people and conversations.
func (c *completion) names(life context.Context, typed string, from, to int) {
	if life == nil {
		return
	}
	ctx, cancel := context.WithCancel(life)
	c.cancel = cancel
	c.ctx.Load(ctx, func(ctx context.Context) func() {
		found, err := c.finder.SearchNames(ctx, typed, completionNames)
		if err != nil {
			return nil // the field is still one to type in
		}
		return func() {
			cancel()
			choices := make([]choice, 0, len(found))
			for i := range found {
				name := model.CleanLine(found[i].Name, 80)
				explain := c.ctx.FormatPhone(found[i].JID.Phone())
				if found[i].Kind != model.KindPerson && found[i].Kind != "" {
					explain = c.ctx.T("conversations.kind." + string(found[i].Kind)) //translations: conversations.kind.*
				}
				choices = append(choices, choice{word: name, insert: query.Quote(name) + " ", explain: explain, from: from, to: to, name: true})
			}
			c.set(choices, true)
		}
	})
}

// set shows what can be chosen.
func (c *completion) set(choices []choice, leads bool) {
	c.choices, c.leads, c.chosen = choices, leads, 0
	c.box.RemoveAll()
	for i, ch := range choices {
		c.box.Add(newChoiceRow(ch, i == 0, func() {
			c.take(i)
			c.ctx.Window.Canvas().Focus(c.field)
		}))
	}
	c.ground.FillColor = theme.Color(theme.ColorNameOverlayBackground)
	c.ground.StrokeColor = theme.Color(theme.ColorNameInputBorder)
	setVisible(c.body, len(choices) > 0)
	c.body.Refresh()
}

func (c *completion) hide() {
	c.cancel()
	c.cancel = func() {}
	c.choices = nil
	c.body.Hide()
}

// take puts a choice into the field.
func (c *completion) take(i int) {
	if i >= len(c.choices) {
		return
	}
	ch := c.choices[i]
	c.hide()
	if ch.to <= len(c.field.Text) {
		text := ch.insert
		if rest := c.field.Text[ch.to:]; strings.HasPrefix(rest, " ") {
			text = strings.TrimSuffix(text, " ")
		}
		c.field.put(ch.from, ch.to, text)
	}
}

// key takes the keys that are for the list; it tells whether it took it.
func (c *completion) key(k fyne.KeyName) bool {
	if !c.body.Visible() {
		return false
	}
	switch k {
	case fyne.KeyTab:
		c.take(c.chosen)
		return true
	case fyne.KeyEscape:
		c.hide()
		return true
	}
	if !c.leads {
		return false
	}
	switch k {
	case fyne.KeyDown:
		c.choose(c.chosen + 1)
	case fyne.KeyUp:
		c.choose(c.chosen - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		c.take(c.chosen)
	default:
		return false
	}
	return true
}

func (c *completion) choose(i int) {
	c.chosen = (i + len(c.choices)) % len(c.choices)
	for n, o := range c.box.Objects {
		if row, ok := o.(*choiceRow); ok {
			row.setOn(n == c.chosen)
		}
	}
}

// choiceRow is a line of the list: the word, and what it does.
type choiceRow struct {
	widget.BaseWidget
	what    choice
	tapped  func()
	on      bool
	hovered bool
}

var (
	_ fyne.Tappable     = (*choiceRow)(nil)
	_ desktop.Hoverable = (*choiceRow)(nil)
)

func newChoiceRow(what choice, on bool, tapped func()) *choiceRow {
	r := &choiceRow{what: what, on: on, tapped: tapped}
	r.ExtendBaseWidget(r)
	return r
}

func (r *choiceRow) setOn(on bool) {
	if r.on != on {
		r.on = on
		r.Refresh()
	}
}

// Tapped takes the choice.
func (r *choiceRow) Tapped(*fyne.PointEvent) { r.tapped() }

// MouseIn shows that the row can be taken.
func (r *choiceRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved does nothing.
func (r *choiceRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (r *choiceRow) MouseOut() { r.hovered = false; r.Refresh() }

// CreateRenderer implements fyne.Widget.
func (r *choiceRow) CreateRenderer() fyne.WidgetRenderer {
	word := widget.NewLabelWithStyle(r.what.word, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	word.Truncation = fyne.TextTruncateEllipsis
	explain := widget.NewLabel(r.what.explain)
	explain.Truncation, explain.Importance = fyne.TextTruncateEllipsis, widget.LowImportance
	ground := canvas.NewRectangle(nil)
	return &choiceRenderer{r: r, ground: ground, word: word, explain: explain, objects: []fyne.CanvasObject{ground, word, explain}}
}

type choiceRenderer struct {
	r             *choiceRow
	ground        *canvas.Rectangle
	word, explain *widget.Label
	objects       []fyne.CanvasObject
}

// Layout implements fyne.WidgetRenderer.
func (r *choiceRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.ground.CornerRadius = 6
	h := r.word.MinSize().Height
	split := min(float32(completionWord), size.Width/2)
	if r.r.what.name { // a number needs less room than a name
		split = size.Width - completionWord
	}
	if r.r.what.explain == "" {
		split = size.Width
	}
	for i, l := range []*widget.Label{r.word, r.explain} {
		l.Move(fyne.NewPos(float32(i)*split, (size.Height-h)/2))
		l.Resize(fyne.NewSize(split+float32(i)*(size.Width-2*split), h))
	}
}

// MinSize implements fyne.WidgetRenderer.
func (r *choiceRenderer) MinSize() fyne.Size { return fyne.NewSize(completionWidth, completionRow) }

// Objects implements fyne.WidgetRenderer.
func (r *choiceRenderer) Objects() []fyne.CanvasObject { return r.objects }

// Destroy implements fyne.WidgetRenderer.
func (r *choiceRenderer) Destroy() {}

// Refresh implements fyne.WidgetRenderer.
func (r *choiceRenderer) Refresh() {
	r.ground.FillColor = nil
	switch {
	case r.r.on:
		r.ground.FillColor = theme.Color(theme.ColorNameSelection)
	case r.r.hovered:
		r.ground.FillColor = theme.Color(theme.ColorNameHover)
	}
	r.ground.Refresh()
	r.word.Refresh()
	r.explain.Refresh()
}

// column puts objects below each other with a little room around them.
type column struct{}

const columnPad = 4

// MinSize implements fyne.Layout.
func (column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 2*columnPad)
	for _, o := range objects {
		needs := o.MinSize()
		size = fyne.NewSize(max(size.Width, needs.Width+2*columnPad), size.Height+needs.Height)
	}
	return size
}

// Layout implements fyne.Layout.
func (column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(columnPad)
	for _, o := range objects {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(columnPad, y))
		o.Resize(fyne.NewSize(size.Width-2*columnPad, h))
		y += h
	}
}

// dropped puts what it holds at the upper left, as large as it needs to be.
type dropped struct{}

// MinSize implements fyne.Layout.
func (dropped) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Layout implements fyne.Layout.
func (dropped) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		needs := o.MinSize()
		o.Move(fyne.NewPos(2*theme.Padding(), 0))
		o.Resize(fyne.NewSize(min(needs.Width, size.Width-4*theme.Padding()), min(needs.Height, size.Height)))
	}
}
