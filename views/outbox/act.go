package outbox

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/widgets"
)

// choice is something that can be done to a row.
type choice struct {
	icon apptheme.IconName
	text string
	main bool // it is what the row waits for
	do   func()
}

// choices returns what can be done to a row, the likeliest first.
func (s *Screen) choices(o *model.OutboxRow) []choice {
	item := o.OutboxItem
	var all []choice
	add := func(icon apptheme.IconName, text string, main bool, do func()) {
		all = append(all, choice{icon, text, main, do})
	}
	t := s.ctx.T
	if item.State == model.OutboxQueued && item.Asks {
		add(apptheme.IconSend, t("outgoing.button.now"), true, func() { s.do("action.send", item.ID, s.svc.Release) })
	}
	if item.State == model.OutboxFailed || item.State == model.OutboxUnknown {
		add(apptheme.IconRefresh, widgets.AgainText(s.ctx, &item), item.State == model.OutboxFailed || item.NotFound, func() { s.again(&item) })
	}
	if widgets.CanEditOutgoing(&item) {
		add(apptheme.IconEdit, t("outgoing.button.edit"), false, func() { s.edit(&item) })
	}
	if item.State == model.OutboxQueued && model.BecomesMessage(item.Kind) {
		add(apptheme.IconUp, t("outbox.up"), false, func() { s.move(&item, true) })
		add(apptheme.IconDown, t("outbox.down"), false, func() { s.move(&item, false) })
	}
	if s.onOpen != nil && item.ConversationID != 0 {
		add(apptheme.IconChat, t("outbox.open"), false, func() { s.onOpen(item.ConversationID) })
	}
	if item.State != model.OutboxSending && item.State != model.OutboxSent {
		add(apptheme.IconTrash, widgets.ForgetText(s.ctx, &item), false, func() { s.forget(&item) })
	}
	return all
}

// menu offers what can be done to a row.
func (s *Screen) menu(o *model.OutboxRow, at fyne.Position) {
	var items []*fyne.MenuItem
	for _, c := range s.choices(o) {
		item := fyne.NewMenuItem(c.text, c.do)
		item.Icon = apptheme.Icon(c.icon)
		items = append(items, item)
	}
	if o.Text != "" {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(s.ctx.T("outbox.copy"), func() {
			s.ctx.Copy(o.Text)
			s.ctx.Toast(s.ctx.T("outbox.copied"))
		}))
	}
	if len(items) > 0 {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), s.ctx.Window.Canvas(), at)
	}
}

// key does what a key does to the row that is chosen.
func (s *Screen) key(o *model.OutboxRow, key fyne.KeyName) {
	item := o.OutboxItem
	switch key {
	case fyne.KeyReturn, fyne.KeyEnter:
		if s.onOpen != nil {
			s.onOpen(item.ConversationID)
		}
	case fyne.KeyDelete:
		if item.State != model.OutboxSending {
			s.forget(&item)
		}
	case fyne.KeyF2:
		if widgets.CanEditOutgoing(&item) {
			s.edit(&item)
		}
	}
}

func (s *Screen) again(o *model.OutboxItem) {
	id := o.ID
	widgets.ConfirmAgain(s.ctx, o, func() { s.do("action.send_again", id, s.svc.SendAgain) })
}

func (s *Screen) forget(o *model.OutboxItem) {
	id := o.ID
	widgets.ConfirmForget(s.ctx, o, func() { s.do("action.forget", id, s.svc.Forget) })
}

func (s *Screen) edit(o *model.OutboxItem) {
	id, title := o.ID, s.ctx.T("outgoing.edit.title")
	file := o.Kind == model.OutboxFile
	if file {
		title = s.ctx.T("outgoing.edit.caption")
	}
	widgets.EditText(s.ctx, title, o.Text, file, func(text string) {
		s.do("action.edit_outgoing", id, func(ctx context.Context, id model.OutboxID) error { return s.svc.Edit(ctx, id, text) })
	})
}

// move puts a row before the one that goes before it in its conversation, or
// behind the one that goes after it.
func (s *Screen) move(o *model.OutboxItem, up bool) {
	id, conversation := o.ID, o.ConversationID
	stays := "outbox.last"
	if up {
		stays = "outbox.first"
	}
	//translations: outbox.first outbox.last
	s.do("action.move_outgoing", id, func(ctx context.Context, id model.OutboxID) error {
		const most = 10_000
		rows, err := s.svc.List(ctx, model.OutboxQuery{Conversation: conversation, States: []model.OutboxState{model.OutboxQueued}, Limit: most})
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r model.OutboxRow) bool { return !model.BecomesMessage(r.Kind) })
		if before, ok := neighbour(rows, id, up); ok {
			return s.svc.Move(ctx, id, before)
		}
		if slices.ContainsFunc(rows, func(r model.OutboxRow) bool { return r.ID == id }) {
			s.ctx.Do(func() { s.ctx.Toast(s.ctx.T(stays)) })
		}
		return nil
	})
}

// neighbour returns the row that id has to be put before to go one up or down;
// zero stands for the end.
func neighbour(rows []model.OutboxRow, id model.OutboxID, up bool) (before model.OutboxID, ok bool) {
	i := slices.IndexFunc(rows, func(r model.OutboxRow) bool { return r.ID == id })
	switch {
	case i < 0 || up && i == 0 || !up && i == len(rows)-1:
		return 0, false
	case up:
		return rows[i-1].ID, true
	case i+2 < len(rows):
		return rows[i+2].ID, true
	}
	return 0, true
}

// do changes a row, for as long as the window lives: what was asked for is done.
func (s *Screen) do(action string, id model.OutboxID, change func(context.Context, model.OutboxID) error) {
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := change(ctx, id)
		return func() {
			if err != nil {
				s.ctx.ShowError(action, err)
			}
			s.list.refresh()
		}
	})
}
