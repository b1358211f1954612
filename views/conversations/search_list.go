package conversations

import (
	"context"
	"strings"

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

// build makes the rows anew and chooses the one at an index, or the next that
// leads somewhere.
func (p *searchPane) build(chosen int) {
	if strings.TrimSpace(p.answered) == "" {
		p.rows = p.startRows()
	} else {
		p.rows = p.foundRows()
	}
	p.chosen = -1
	for i := max(chosen, 0); i < len(p.rows) && p.chosen < 0; i++ {
		if p.rows[i].open != nil {
			p.chosen = i
		}
	}
	if len(p.rows) == 0 {
		p.states.ShowEmpty(p.emptyState())
		return
	}
	if p.states.State() != widgets.StateData {
		p.states.ShowData()
	}
	p.setHeights()
	p.list.Refresh()
	if chosen == 0 {
		p.list.ScrollToOffset(0)
	}
}

// setHeights makes headings lower than the other rows.
func (p *searchPane) setHeights() {
	now := map[int]bool{}
	for i := range p.rows {
		if p.rows[i].open == nil {
			now[i] = true
		}
	}
	for i := range p.headings {
		if !now[i] {
			p.list.SetItemHeight(i, p.template.MinSize().Height)
		}
	}
	for i := range now {
		if !p.headings[i] {
			p.list.SetItemHeight(i, widgets.SearchHeading)
		}
	}
	p.headings = now
}

// foundRows are the people and groups, then the messages.
func (p *searchPane) foundRows() []foundRow {
	rows := make([]foundRow, 0, len(p.places)+len(p.result.Hits)+3)
	if len(p.places) > 0 {
		rows = append(rows, headingRow(p.ctx.T("search.section.places")))
	}
	for i := range p.places {
		place := p.places[i]
		rows = append(rows, placeRow(p.ctx, &place, func() {
			p.remember(p.answered)
			p.hide()
			p.onPlace(place)
		}))
	}
	if len(p.places) > 0 && len(p.result.Hits) > 0 {
		rows = append(rows, headingRow(p.ctx.T("search.section.messages")))
	}
	for i := range p.result.Hits {
		hit := p.result.Hits[i]
		rows = append(rows, hitRow(p.ctx, &hit, func() {
			p.remember(p.answered)
			words := lit(p.answered, p.ctx)
			p.hide()
			p.onHit(hit, words)
		}))
	}
	if p.result.Cut && p.result.Next != 0 {
		rows = append(rows, iconRow(apptheme.IconClock, p.ctx.T("search.more"), p.ctx.T("search.more.text"), func() { p.nextPage(true) }))
	}
	return rows
}

// startRows are the searches that were saved and those made lately.
func (p *searchPane) startRows() []foundRow {
	var rows []foundRow
	if len(p.saved) > 0 {
		rows = append(rows, headingRow(p.ctx.T("search.section.saved")))
	}
	for _, s := range p.saved {
		row := iconRow(apptheme.IconBookmark, model.CleanLine(s.Name, model.MaxName), model.CleanLine(s.Text, 200), func() { p.field.put(0, len(p.field.Text), s.Text) })
		row.erase, row.item.Remove = func() { p.erase(s) }, p.ctx.T("search.delete")
		rows = append(rows, row)
	}
	if len(p.recent) > 0 {
		rows = append(rows, headingRow(p.ctx.T("search.section.recent")))
	}
	for _, text := range p.recent {
		rows = append(rows, iconRow(apptheme.IconClock, model.CleanLine(text, 200), "", func() { p.field.put(0, len(p.field.Text), text) }))
	}
	return rows
}

// emptyState says that nothing was found, or what can be.
func (p *searchPane) emptyState() widgets.Empty {
	text := model.CleanLine(p.answered, 60)
	if text == "" {
		return widgets.Empty{Icon: apptheme.Icon(apptheme.IconSearch), Title: p.ctx.T("search.start.title"), Text: p.ctx.T("search.start.text")}
	}
	return widgets.Empty{
		Icon: apptheme.Icon(apptheme.IconSearch), Title: p.ctx.T("search.empty.title"),
		Text:   p.ctx.T("search.empty.text", translations.Data{"Text": text}),
		Action: p.ctx.T("search.empty.clear"), Tapped: func() {
			p.field.SetText("")
			p.ctx.Window.Canvas().Focus(p.field)
		},
	}
}

func (p *searchPane) updateRow(i int, o fyne.CanvasObject) {
	row, ok := o.(*widgets.SearchRow)
	if !ok || i >= len(p.rows) {
		return
	}
	row.Set(p.rows[i].item, i == p.chosen)
	row.OnTapped = func() { p.openRow(i) }
	row.OnRemove = p.rows[i].erase
	if i >= len(p.rows)-searchAhead {
		p.nextPage(false)
	}
}

// move chooses another row, over the headings, and brings it into view.
func (p *searchPane) move(by int) {
	step := 1
	if by < 0 {
		step = -1
	}
	to := min(max(p.chosen+by, 0), len(p.rows)-1)
	for to >= 0 && to < len(p.rows) && p.rows[to].open == nil {
		to += step
	}
	if to < 0 { // a heading is the first row: it is shown with the row below
		p.list.ScrollToOffset(0)
		return
	}
	if to >= len(p.rows) || to == p.chosen {
		return
	}
	p.chosen = to
	if to == 1 && p.rows[0].open == nil {
		p.list.ScrollToOffset(0)
		p.list.Refresh()
		return
	}
	p.list.ScrollTo(to)
}

// loadSaved reads the saved searches. A failure shows none: the search itself
// says what is wrong with the store.
func (p *searchPane) loadSaved() {
	if p.life == nil {
		return
	}
	p.ctx.Load(p.life, func(ctx context.Context) func() {
		saved, err := p.finder.SavedSearches(ctx)
		if err != nil {
			return nil
		}
		return func() {
			p.saved = saved
			if strings.TrimSpace(p.answered) == "" && p.states.State() != widgets.StateLoading {
				p.build(0)
			}
		}
	})
}

// save asks for a name and keeps the search under it.
func (p *searchPane) save() {
	text := strings.TrimSpace(p.field.Text)
	if text == "" || p.life == nil {
		return
	}
	name := ui.NewEntry()
	name.SetText(model.CleanLine(text, 60))
	var leave func()
	store := func() {
		title := model.CleanLine(name.Text, model.MaxName)
		if title == "" {
			return
		}
		leave()
		p.change("action.save_search", func(ctx context.Context) error {
			_, err := p.finder.SaveSearch(ctx, model.SavedSearch{Name: title, Text: text})
			return err
		}, func() { p.ctx.Toast(p.ctx.T("search.saved")) })
	}
	name.OnSubmitted = func(string) { store() }
	label := widget.NewLabel(p.ctx.T("search.save.name"))
	what := widget.NewLabel(model.CleanLine(text, 200))
	what.Importance, what.Truncation, what.SizeName = widget.LowImportance, fyne.TextTruncateEllipsis, theme.SizeNameCaptionText
	leave = p.ctx.ShowModal(ui.Modal{
		Title: p.ctx.T("search.save"), Content: container.NewVBox(label, name, what), Focus: name,
		Buttons: []ui.ModalButton{
			{Text: p.ctx.T("common.cancel")},
			{Text: p.ctx.T("search.save.button"), Importance: widget.HighImportance, KeepOpen: true, Tapped: store},
		},
		Closed: func() { p.ctx.Window.Canvas().Focus(p.field) },
	})
	name.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (p *searchPane) erase(s model.SavedSearch) {
	p.change("action.delete_search", func(ctx context.Context) error { return p.finder.DeleteSearch(ctx, s.ID) }, func() {})
}

// change alters the saved searches and reads them again.
func (p *searchPane) change(action string, do func(context.Context) error, then func()) {
	if p.life == nil {
		return
	}
	p.ctx.Load(p.life, func(ctx context.Context) func() {
		err := do(ctx)
		return func() {
			if err != nil {
				p.ctx.ShowError(action, err)
				return
			}
			then()
			p.loadSaved()
		}
	})
}
