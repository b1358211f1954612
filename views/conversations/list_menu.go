package conversations

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// menu offers what can be done to a row, or to all that is picked when the row
// is one of them.
func (l *listPane) menu(row model.ConversationRow, at fyne.Position) {
	if l.picks.has(row.ID) && len(l.picks.ids) > 1 {
		m := markArchive
		if row.Archived {
			m = markUnarchive
		}
		l.popUp([]*fyne.MenuItem{
			fyne.NewMenuItem(markRead.text(l.ctx), func() { l.bar.start(markRead) }),
			fyne.NewMenuItem(m.text(l.ctx), func() { l.bar.start(m) }),
			fyne.NewMenuItemSeparator(),
			fyne.NewMenuItem(l.ctx.T("conversations.select.clear"), func() { l.bar.clear() }),
		}, at)
		return
	}
	if l.marks.actions == nil {
		l.rowMenu(row, personState{}, at)
		return
	}
	id, session, person := row.ID, row.SessionID, row.Kind == model.KindPerson
	l.ctx.Load(l.life, func(ctx context.Context) func() {
		state := readPersonState(ctx, l.marks, id, session, person)
		return func() { l.rowMenu(row, state, at) }
	})
}

// rowMenu offers what can be done to one row.
func (l *listPane) rowMenu(row model.ConversationRow, state personState, at fyne.Position) {
	var items []*fyne.MenuItem
	for _, m := range marksFor(row.Unread > 0 || row.MarkedUnread, row.Archived, row.Pinned) {
		items = append(items, fyne.NewMenuItem(m.text(l.ctx), func() { l.mark(row.ID, m) }))
	}
	name := widgets.ConversationName(l.ctx, row)
	items = append(items, muteItem(l.ctx, row.MutedUntil, func(m mark) { l.mark(row.ID, m) }))
	items = append(items, state.items(l.ctx, func(m mark) { l.marks.ask(m, name, func() { l.mark(row.ID, m) }) },
		func() { showLabels(l.life, l.ctx, l.svc, l.marks.actions, row.ID, row.SessionID) })...)
	items = append(items, fyne.NewMenuItemSeparator())
	if phone := l.ctx.FormatPhone(row.PersonJID().Phone()); phone != "" {
		items = append(items, copyItem(l.ctx, "conversations.copy_phone", phone))
	}
	if name != "" {
		items = append(items, copyItem(l.ctx, "conversations.copy_name", name))
	}
	items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(l.ctx.T("conversations.select"), func() { l.toggle(row.ID) }))
	l.popUp(items, at)
}

// copyItem puts a text on the clipboard.
//
// translations: conversations.copy_phone conversations.copy_name
func copyItem(ctx *ui.Context, key, text string) *fyne.MenuItem {
	return fyne.NewMenuItem(ctx.T(key), func() {
		ctx.Copy(text)
		ctx.Toast(ctx.T("conversations.copied"))
	})
}

func (l *listPane) popUp(items []*fyne.MenuItem, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), l.ctx.Window.Canvas(), at)
}

// menuAtCursor opens the menu of the row where the keyboard is.
func (l *listPane) menuAtCursor() {
	i := l.index(l.picks.cursor)
	h, ok := l.rows[l.picks.cursor]
	if i < 0 || !ok {
		return
	}
	l.list.ScrollTo(i)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l.list)
	l.menu(h.row, at.AddXY(60, float32(i)*l.step()-l.list.GetScrollOffset()+l.step()/2))
}

func (l *listPane) mark(id model.ConversationID, m mark) {
	if l.life == nil {
		return
	}
	l.marks.apply(l.life, id, m, func(err error) {
		if err != nil {
			l.ctx.ShowError(m.action(), err)
			return
		}
		l.refresh()
	})
}

// muteItem offers to silence a conversation for a while or for ever, or to end that.
func muteItem(ctx *ui.Context, until model.Stamp, choose func(mark)) *fyne.MenuItem {
	if until == model.MutedForever || until.Time().After(ctx.Now()) {
		return fyne.NewMenuItem(ctx.T("conversations.mute.off"), func() { choose(markUnmute) })
	}
	item := fyne.NewMenuItem(ctx.T("conversations.mute.title"), nil)
	item.ChildMenu = fyne.NewMenu("",
		fyne.NewMenuItem(ctx.T("conversations.mute.1h"), func() { choose(markMute1h) }),
		fyne.NewMenuItem(ctx.T("conversations.mute.8h"), func() { choose(markMute8h) }),
		fyne.NewMenuItem(ctx.T("conversations.mute.week"), func() { choose(markMuteWeek) }),
		fyne.NewMenuItem(ctx.T("conversations.mute.always"), func() { choose(markMute) }),
	)
	return item
}

// mutedUntil returns until when a mark silences a conversation.
func mutedUntil(m mark, now time.Time) model.Stamp {
	switch m {
	case markMute1h:
		return model.StampOf(now.Add(time.Hour))
	case markMute8h:
		return model.StampOf(now.Add(8 * time.Hour))
	case markMuteWeek:
		return model.StampOf(now.Add(7 * 24 * time.Hour))
	case markMute:
		return model.MutedForever
	}
	return 0
}
