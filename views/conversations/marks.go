package conversations

import (
	"context"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// mark is a change that the owner makes to a conversation.
type mark string

// The marks; their names are those of their texts.
const (
	markRead      mark = "mark_read"
	markUnread    mark = "mark_unread"
	markArchive   mark = "archive"
	markUnarchive mark = "unarchive"
	markPin       mark = "pin"
	markUnpin     mark = "unpin"
	markMute      mark = "mute" // for ever
	markMute1h    mark = "mute_1h"
	markMute8h    mark = "mute_8h"
	markMuteWeek  mark = "mute_week"
	markUnmute    mark = "unmute"
	markBlock     mark = "block"
	markUnblock   mark = "unblock"
	markSilence   mark = "silence" // no notifications on this computer
	markTell      mark = "tell"    // notifications again
)

// text names the mark for a button or menu.
func (m mark) text(ctx *ui.Context) string {
	return ctx.T("conversations.mark." + string(m)) //translations: conversations.mark.*
}

// action is the key of the sentence that says that it failed.
func (m mark) action() string {
	switch m {
	case markMute1h, markMute8h, markMuteWeek:
		m = markMute
	}
	return "action." + string(m) //translations: action.mark_read action.mark_unread action.archive action.unarchive action.pin action.unpin action.mute action.unmute action.block action.unblock action.silence action.tell
}

// marksFor returns what can be done to a conversation in that state.
func marksFor(unread, archived, pinned bool) []mark {
	marks := []mark{markUnread, markArchive, markPin}
	if unread {
		marks[0] = markRead
	}
	if archived {
		marks[1] = markUnarchive
	}
	if pinned {
		marks[2] = markUnpin
	}
	return marks
}

// marker asks the service to change conversations.
type marker struct {
	ctx     *ui.Context
	svc     Service
	actions Actions // nil: nobody can be blocked
	notify  Notify  // nil: it cannot be chosen who is told of
}

// ask calls yes; before somebody is blocked or unblocked it asks.
//
// translations: conversations.block.* conversations.unblock.*
func (m *marker) ask(what mark, name string, yes func()) {
	if what != markBlock && what != markUnblock {
		yes()
		return
	}
	key := "conversations." + string(what)
	m.ctx.Confirm(ui.ConfirmOptions{
		Title: m.ctx.T(key+".title", translations.Data{"Name": name}), Body: m.ctx.T(key + ".text"), Button: what.text(m.ctx), Danger: what == markBlock,
	}, yes)
}

// apply makes a change; done gets its outcome unless life ends before.
func (m *marker) apply(life context.Context, id model.ConversationID, what mark, done func(error)) {
	m.ctx.Load(life, func(ctx context.Context) func() {
		err := m.do(ctx, id, what)
		return func() { done(err) }
	})
}

// do makes a change and waits for it; not on the UI goroutine.
func (m *marker) do(ctx context.Context, id model.ConversationID, what mark) error {
	switch what {
	case markRead:
		return m.svc.MarkRead(ctx, id)
	case markUnread:
		return m.svc.MarkUnread(ctx, id)
	case markArchive, markUnarchive:
		return m.svc.SetArchived(ctx, id, what == markArchive)
	case markPin, markUnpin:
		return m.svc.SetPinned(ctx, id, what == markPin)
	case markBlock, markUnblock:
		_, err := m.actions.Act(ctx, model.Action{Kind: model.OutboxBlock, Conversation: id, On: what == markBlock})
		return err
	case markSilence, markTell:
		return m.notify.NotifyFrom(ctx, id, what == markTell)
	default:
		return m.svc.SetMuted(ctx, id, mutedUntil(what, m.ctx.Now()))
	}
}
