package conversations

import (
	"context"
	"strconv"
	"strings"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// mostOutgoing is how many outgoing rows a conversation shows; the outbox shows all.
const mostOutgoing = 500

// outgoingID is the row of an outgoing message in the list.
func outgoingID(id model.OutboxID) widgets.ItemID {
	return widgets.ItemID{Kind: widgets.ItemOutbox, Key: int64(id)}
}

// refusedID is the line about a change of the conversation that was refused. Other
// status rows have keys above zero.
func refusedID(id model.OutboxID) widgets.ItemID {
	return widgets.ItemID{Kind: widgets.ItemStatus, Key: -int64(id)}
}

// outgoing does what the rows of a conversation offer about what goes out.
type outgoing struct {
	ctx     *ui.Context
	svc     Outbox // nil: nothing is shown
	d       *detailPane
	sending map[model.OutboxID]model.MediaProgress // of the conversation, while files go out
}

func newOutgoing(ctx *ui.Context, o Options, d *detailPane) *outgoing {
	return &outgoing{ctx: ctx, svc: o.Outbox, d: d, sending: map[model.OutboxID]model.MediaProgress{}}
}

// sent returns how far a file is on its way, nil when that is not known.
func (g *outgoing) sent(id model.OutboxID) *model.MediaProgress {
	if p, ok := g.sending[id]; ok {
		return &p
	}
	return nil
}

// row returns an outgoing row that is held, nil when it is not any more.
func (g *outgoing) row(id model.OutboxID) *model.OutboxRow {
	for i := range g.d.thread.outbox {
		if g.d.thread.outbox[i].ID == id {
			return &g.d.thread.outbox[i]
		}
	}
	return nil
}

// follow shows how far files are on their way.
func (g *outgoing) follow(b event.Batch) {
	changed := false
	for id, p := range b.Sending {
		if g.row(id) == nil {
			continue
		}
		changed = true
		shown := widgets.Progress{}
		if p.State == model.MediaDownloading || p.State == "" {
			g.sending[id] = p
			shown = widgets.Progress{Busy: true, Out: true, Done: -1}
			if p.Total > 0 {
				shown.Done = float32(float64(p.Done) / float64(p.Total))
			}
		} else {
			delete(g.sending, id)
		}
		g.d.list.SetProgress(outgoingID(id), shown)
	}
	if changed && !g.d.busy {
		g.d.update()
	}
}

// leave forgets what belongs to the conversation that was shown.
func (g *outgoing) leave() { clear(g.sending) }

// act does what a button of an outgoing row says; false when it is none of these.
func (g *outgoing) act(id model.OutboxID, action string) bool {
	o := g.row(id)
	if o == nil || g.svc == nil {
		return false
	}
	item := o.OutboxItem
	switch action {
	case actionAgain:
		widgets.ConfirmAgain(g.ctx, &item, func() { g.do("action.send_again", id, g.svc.SendAgain) })
	case actionForget:
		widgets.ConfirmForget(g.ctx, &item, func() { g.do("action.forget", id, g.svc.Forget) })
	case actionRelease:
		g.do("action.send", id, g.svc.Release)
	case actionEdit:
		g.edit(&item)
	default:
		return false
	}
	return true
}

// edit changes a text before it is sent.
func (g *outgoing) edit(o *model.OutboxItem) {
	id, title, file := o.ID, g.ctx.T("outgoing.edit.title"), o.Kind == model.OutboxFile
	if file {
		title = g.ctx.T("outgoing.edit.caption")
	}
	widgets.EditText(g.ctx, title, o.Text, file, func(text string) {
		g.do("action.edit_outgoing", id, func(ctx context.Context, id model.OutboxID) error { return g.svc.Edit(ctx, id, text) })
	})
}

// pending does what is offered about an action on a message that was refused;
// false when it is none of these.
func (g *outgoing) pending(action string) bool {
	number, again := strings.CutPrefix(action, actionRetry)
	if !again {
		var dismiss bool
		if number, dismiss = strings.CutPrefix(action, actionDismiss); !dismiss {
			return false
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || g.svc == nil {
		return true
	}
	if again {
		g.do("action.send_again", model.OutboxID(n), g.svc.SendAgain)
	} else {
		g.do("action.forget", model.OutboxID(n), g.svc.Forget)
	}
	return true
}

// do changes an outgoing row, for as long as the window lives: what was asked for is done.
func (g *outgoing) do(action string, id model.OutboxID, change func(context.Context, model.OutboxID) error) {
	if g.d.life == nil {
		return
	}
	shown := g.d.shown
	g.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := change(ctx, id)
		return func() {
			switch {
			case shown.Err() != nil && err != nil:
				g.ctx.ShowError(action, err)
			case shown.Err() != nil:
			case err != nil:
				g.d.banner.show(action, err, nil)
			default:
				g.d.reread()
			}
		}
	})
}

// unsure tells of an own message that it may be another one that says the same.
// It may block.
func (g *outgoing) unsure(ctx context.Context, row *model.MessageRow) bool {
	if g.svc == nil || !row.FromMe || row.ShortID == "" {
		return false
	}
	rows, err := g.svc.List(ctx, model.OutboxQuery{
		Conversation: row.ConversationID, Became: row.ShortID, States: []model.OutboxState{model.OutboxSent},
	})
	return err == nil && len(rows) == 1 && rows[0].Match == model.MatchUnsure
}

// kindAct does what only rows of a kind offer; false when it is something else.
func (d *detailPane) kindAct(id widgets.ItemID, action string) bool {
	switch id.Kind {
	case widgets.ItemMessage:
		return d.files.act(model.MessageID(id.Key), action)
	case widgets.ItemOutbox:
		return d.out.act(model.OutboxID(id.Key), action)
	case widgets.ItemStatus:
		return id.Key < 0 && d.out.act(model.OutboxID(-id.Key), action)
	case widgets.ItemSeam:
		d.seamAct(id, action)
		return true
	}
	return false
}

// act does what a button of a row says.
func (d *detailPane) act(id widgets.ItemID, action string) {
	switch {
	case d.kindAct(id, action):
	case action == actionOlder:
		d.askOlder()
	case action == widgets.ActionQuote && id.Kind == widgets.ItemOutbox:
		if o := d.out.row(model.OutboxID(id.Key)); o != nil && o.Target != 0 {
			d.jump(o.Target)
		}
	case action == widgets.ActionQuote:
		d.jumpToQuoted(model.MessageID(id.Key))
	case d.out.pending(action):
	default:
		d.messageAction(id, action)
	}
}
