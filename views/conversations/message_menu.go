package conversations

import (
	"bytes"
	"context"
	"image/png"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/emoji"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// editTime is how long WhatsApp lets a message be edited.
const editTime = 15 * time.Minute

// quickReactions are those that a menu offers at once.
func quickReactions() []string { return []string{"👍", "❤️", "😂", "😮", "😢", "🙏"} }

// actor does what the owner wants done with messages, by way of the outbox.
type actor struct {
	ctx *ui.Context
	svc Actions // nil: nothing can be done
	d   *detailPane

	caps  model.Capabilities // of the session of the conversation
	state personState
}

func newActor(ctx *ui.Context, o Options, d *detailPane) *actor {
	return &actor{ctx: ctx, svc: o.Actions, d: d, caps: unknownGeneration()}
}

// unknownGeneration can do everything, until it says no.
func unknownGeneration() model.Capabilities {
	return model.Capabilities{Edit: true, ReplyMedia: true}
}

// load learns what can be done in the conversation that is shown.
func (a *actor) load() {
	if a.svc == nil || a.d.life == nil {
		return
	}
	id, session, person := a.d.id, a.d.conv.SessionID, a.d.conv.Kind == model.KindPerson
	a.ctx.Load(a.d.shown, func(ctx context.Context) func() {
		caps, err := a.svc.Capabilities(ctx, session)
		if err != nil {
			caps = unknownGeneration()
		}
		state := readPersonState(ctx, a.d.marks, id, session, person)
		return func() { a.caps, a.state = caps, state }
	})
}

// conversationItems returns what can be done to the conversation beside its marks.
func (a *actor) conversationItems() []*fyne.MenuItem {
	d := a.d
	return a.state.items(a.ctx, func(m mark) {
		d.marks.ask(m, conversationName(a.ctx, &d.conv), func() { d.mark(m) })
	}, func() { showLabels(d.shown, a.ctx, d.svc, a.svc, d.id, d.conv.SessionID) })
}

// do stores an action, for as long as the window lives: what was asked for is
// done. action is the key of the sentence that says that it failed.
func (a *actor) do(action string, what ...model.Action) {
	shown := a.d.shown
	a.ctx.Load(context.Background(), func(ctx context.Context) func() {
		var err error
		for _, one := range what {
			if _, err = a.svc.Act(ctx, one); err != nil {
				break
			}
		}
		return func() {
			switch {
			case err != nil && shown.Err() != nil:
				a.ctx.ShowError(action, err)
			case err != nil:
				a.d.banner.show(action, err, nil)
			case shown.Err() == nil:
				a.d.reread()
			}
		}
	})
}

// items returns what can be done to a message.
func (a *actor) items(row *model.MessageRow) []*fyne.MenuItem {
	if row == nil || row.Type.IsNotice() {
		return nil
	}
	whole := !row.Type.IsGone() && row.Type != model.TypeCiphertext
	var items []*fyne.MenuItem
	if answerable(row) && a.d.whyBlocked() == "" {
		id := row.ID
		items = append(items, a.item("conversations.menu.reply", apptheme.IconReply, func() { a.d.ReplyTo(id) }))
	}
	if a.svc == nil {
		return items
	}
	if whole {
		items = append(items, a.reactItem(row), a.forwardItem(row))
	}
	if row.FromMe && whole {
		items = append(items, a.editItem(row))
	}
	if whole {
		items = append(items, a.starItem(row))
	}
	if row.Type != model.TypeRemoved { // nothing is left to be deleted
		items = append(items, a.deleteItem(row))
	}
	return items
}

func (a *actor) item(key string, icon apptheme.IconName, do func()) *fyne.MenuItem {
	item := fyne.NewMenuItem(a.ctx.T(key), do)
	item.Icon = apptheme.Icon(icon)
	return item
}

// refuse disables an item and says why.
func refuse(ctx *ui.Context, item *fyne.MenuItem, why string) {
	item.Disabled = true
	item.Label = ctx.T("conversations.menu.because", translations.Data{"What": item.Label, "Why": why})
}

// reactItem offers the quick reactions, all others, and to take one's own back.
func (a *actor) reactItem(row *model.MessageRow) *fyne.MenuItem {
	id, mine := row.ID, ownReaction(row)
	item := a.item("conversations.menu.react", apptheme.IconReact, nil)
	var choices []*fyne.MenuItem
	for _, seq := range quickReactions() {
		choice := emojiItem(seq, a.ctx.Text.Lang(), func() { a.react(id, seq) })
		choice.Checked = seq == mine
		choices = append(choices, choice)
	}
	choices = append(choices, fyne.NewMenuItemSeparator())
	choices = append(choices, fyne.NewMenuItem(a.ctx.T("conversations.menu.react_more"), func() { a.pickReaction(id) }))
	if mine != "" {
		choices = append(choices, fyne.NewMenuItem(a.ctx.T("conversations.menu.react_off"), func() { a.react(id, "") }))
	}
	item.ChildMenu = fyne.NewMenu("", choices...)
	return item
}

// emojiItem offers an emoji by its picture and its name: the font of menus has
// few of them, and no colours.
func emojiItem(seq, lang string, do func()) *fyne.MenuItem {
	const side = 48 // pixels, more than any menu needs
	item := fyne.NewMenuItem(seq, do)
	all := emoji.All()
	if i := slices.IndexFunc(all, func(n emoji.Name) bool { return bare(n.Seq) == bare(seq) }); i >= 0 {
		item.Label = all[i].In(lang)
	}
	var picture bytes.Buffer
	if img := emoji.Image(seq, side); img != nil && png.Encode(&picture, img) == nil {
		item.Icon = fyne.NewStaticResource("emoji-"+seq+".png", picture.Bytes())
	}
	return item
}

// bare is an emoji without the sign that asks for its picture.
func bare(seq string) string { return strings.TrimSuffix(seq, "\ufe0f") }

// pickReaction lets the owner choose any emoji.
func (a *actor) pickReaction(id model.MessageID) {
	p := newEmojiPicker(a.ctx, func(seq string) { a.react(id, seq) }, a.d.takeKeys)
	p.grid.OnChoose = func(seq string) { p.choose(seq, true) } // there is one reaction
	p.show(a.d.compose.composer)
}

// ownReaction returns the owner's reaction to a message, also one that is on its
// way; "" for none.
func ownReaction(row *model.MessageRow) string {
	mine := ""
	for _, r := range row.Reactions {
		if r.Mine {
			mine = r.Emoji
		}
	}
	for _, p := range row.Pending {
		if p.Kind == model.OutboxReact && p.State != model.OutboxFailed {
			mine = p.Emoji
		}
	}
	return mine
}

func (a *actor) react(id model.MessageID, emoji string) {
	a.do("action.react", model.Action{Kind: model.OutboxReact, Conversation: a.d.id, Message: id, Emoji: emoji})
}

func (a *actor) forwardItem(row *model.MessageRow) *fyne.MenuItem {
	id := row.ID
	return a.item("conversations.menu.forward", apptheme.IconForward, func() {
		if row := a.d.message(id); row != nil {
			a.forward(row)
		}
	})
}

// editItem offers to change an own text; where that cannot be done it says why.
func (a *actor) editItem(row *model.MessageRow) *fyne.MenuItem {
	id, text := row.ID, row.Text
	for _, p := range row.Pending {
		if p.Kind == model.OutboxEdit && p.State != model.OutboxFailed {
			text = p.Text
		}
	}
	item := a.item("conversations.menu.edit", apptheme.IconEdit, func() {
		widgets.EditText(a.ctx, a.ctx.T("conversations.edit.title"), text, false, func(text string) {
			a.do("action.edit_message", model.Action{Kind: model.OutboxEdit, Conversation: a.d.id, Message: id, Text: text})
		})
	})
	switch {
	case row.Type != model.TypeChat && row.Type != "":
		refuse(a.ctx, item, a.ctx.T("conversations.menu.only_text"))
	case !a.caps.Edit:
		refuse(a.ctx, item, a.ctx.T("conversations.menu.gateway_cannot"))
	case a.ctx.Now().Sub(row.ID.Stamp().Time()) > editTime:
		refuse(a.ctx, item, a.ctx.N("conversations.menu.too_old", int(editTime/time.Minute)))
	}
	return item
}

func (a *actor) starItem(row *model.MessageRow) *fyne.MenuItem {
	id, starred := row.ID, row.Starred
	for _, p := range row.Pending {
		if p.Kind == model.OutboxStar && p.State != model.OutboxFailed {
			starred = p.On
		}
	}
	key, action := "conversations.menu.star", "action.star"
	if starred {
		key, action = "conversations.menu.unstar", "action.unstar"
	}
	return a.item(key, apptheme.IconStar, func() { //translations: conversations.menu.star conversations.menu.unstar action.star action.unstar
		a.do(action, model.Action{Kind: model.OutboxStar, Conversation: a.d.id, Message: id, On: !starred})
	})
}

// deleteItem offers to delete a message, which asks.
func (a *actor) deleteItem(row *model.MessageRow) *fyne.MenuItem {
	id := row.ID
	item := a.item("conversations.menu.delete", apptheme.IconTrash, nil)
	me := fyne.NewMenuItem(a.ctx.T("conversations.menu.delete_me"), func() { a.delete(id, false) })
	all := fyne.NewMenuItem(a.ctx.T("conversations.menu.delete_all"), func() { a.delete(id, true) })
	switch {
	case row.Type == model.TypeRevoked:
		refuse(a.ctx, all, a.ctx.T("conversations.menu.deleted"))
	case !row.FromMe: // the gateway would delete it for oneself only (contract §5.3)
		refuse(a.ctx, all, a.ctx.T("conversations.menu.only_own"))
	}
	item.ChildMenu = fyne.NewMenu("", me, all)
	return item
}

func (a *actor) delete(id model.MessageID, everyone bool) {
	key := "conversations.delete.me"
	if everyone {
		key = "conversations.delete.all" //translations: conversations.delete.*
	}
	a.ctx.Confirm(ui.ConfirmOptions{Title: a.ctx.T(key + ".title"), Body: a.ctx.T(key + ".text"), Button: a.ctx.T("conversations.menu.delete"), Danger: true}, func() {
		a.do("action.delete_message", model.Action{Kind: model.OutboxDelete, Conversation: a.d.id, Message: id, Everyone: everyone})
	})
}

// outgoingItems returns what can be done to a message that is not sent yet.
func (a *actor) outgoingItems(o *model.OutboxRow) []*fyne.MenuItem {
	item := o.OutboxItem
	act := func(text string, icon apptheme.IconName, action string) *fyne.MenuItem {
		m := fyne.NewMenuItem(text, func() { a.d.act(outgoingID(item.ID), action) })
		m.Icon = apptheme.Icon(icon)
		return m
	}
	var items []*fyne.MenuItem
	if item.State == model.OutboxQueued && item.Asks {
		items = append(items, act(a.ctx.T("outgoing.button.now"), apptheme.IconSend, actionRelease))
	}
	if item.State == model.OutboxFailed || item.State == model.OutboxUnknown {
		items = append(items, act(widgets.AgainText(a.ctx, &item), apptheme.IconRefresh, actionAgain))
	}
	if widgets.CanEditOutgoing(&item) {
		items = append(items, act(a.ctx.T("outgoing.button.edit"), apptheme.IconEdit, actionEdit))
	}
	if item.State != model.OutboxSending {
		items = append(items, act(widgets.ForgetText(a.ctx, &item), apptheme.IconTrash, actionForget))
	}
	return items
}
