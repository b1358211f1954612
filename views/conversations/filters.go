package conversations

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// filters returns the filters in the order in which they are offered.
func filters() []model.ConversationFilter {
	return []model.ConversationFilter{model.FilterAll, model.FilterUnread, model.FilterPinned, model.FilterGroups, model.FilterArchived}
}

// filterText names a filter.
func filterText(ctx *ui.Context, f model.ConversationFilter) string {
	return ctx.T("conversations.filter." + string(f)) //translations: conversations.filter.*
}

// filterBar is the row of filters, of which one is on.
type filterBar struct {
	chips []*widgets.FilterChip
	body  *fyne.Container
}

func newFilterBar(ctx *ui.Context, choose func(model.ConversationFilter)) *filterBar {
	b := &filterBar{body: container.New(widgets.NewFlow(5))}
	for _, f := range filters() {
		c := widgets.NewFilterChip(filterText(ctx, f), func() { choose(f) })
		b.chips = append(b.chips, c)
		b.body.Add(c)
	}
	b.set(model.FilterAll)
	return b
}

// set shows which filter is on.
func (b *filterBar) set(on model.ConversationFilter) {
	for i, f := range filters() {
		b.chips[i].SetOn(f == on)
	}
}
