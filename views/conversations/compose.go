package conversations

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// unsent is what was prepared in a conversation besides the text of its draft.
// It is kept while the window lives.
type unsent struct {
	busy         bool            // it is being stored to be sent
	quote        model.MessageID // the message that is answered, zero: none
	author, text string          // of that message
	files        []*attached     // in the order in which they go
	mentions     []mention       // who was chosen behind an "@"
}

// compose is where a message is written, with what it answers above it.
type compose struct {
	d        *detailPane
	ctx      *ui.Context
	composer *widgets.Composer
	reply    *widgets.ReplyBar
	tray     *tray
	people   *mentions
	notice   *notice
	attacher Attach   // nil: no files can be sent
	contacts Contacts // nil: no cards can be sent
	typing   *typing
	folder   string // where the last file was chosen, "" for none
	body     *fyne.Container

	now  *unsent // of the conversation that is shown
	kept map[model.ConversationID]*unsent
}

func newCompose(d *detailPane, o Options) *compose {
	c := &compose{d: d, ctx: d.ctx, attacher: o.Attach, contacts: o.Contacts, typing: &typing{ctx: d.ctx, svc: o.Typing}, now: &unsent{}, kept: map[model.ConversationID]*unsent{}}
	c.composer = widgets.NewComposer(d.ctx, o.EnterSends)
	c.composer.OnSend = d.send
	c.people = newMentions(c)
	c.composer.OnChanged = func(text string) {
		d.typed(text)
		if !d.restoring {
			c.people.typed()
			c.typing.typed(d.id, text != "")
		}
	}
	c.composer.OnTab = c.people.open
	c.composer.OnEscape = func() { d.onEscape() }
	c.composer.OnKey = c.key
	c.composer.OnShortcut = c.shortcut
	c.reply = widgets.NewReplyBar(d.ctx)
	c.reply.OnClose = func() { c.answer(nil) }
	c.reply.Hide()
	c.tray = newTray(c)
	c.notice = newNotice(d.ctx)
	c.composer.AddTool(c.newMore())
	c.composer.AddTool(c.newEmojiButton())
	c.composer.OnPaste = c.pasted
	c.body = container.NewVBox(c.tray.body, c.reply, c.notice.body, c.composer)
	return c
}

// show brings up what was prepared in a conversation.
func (c *compose) show(id model.ConversationID) {
	u := c.kept[id]
	if u == nil {
		u = &unsent{}
		c.kept[id] = u
	}
	c.now = u
	c.notice.hide()
	c.people.hide()
	c.typing.stop()
	c.update()
}

// update shows what is prepared now.
func (c *compose) update() {
	u := c.now
	if u.quote != 0 {
		c.reply.Set(u.author, u.text)
	}
	setVisible(c.reply, u.quote != 0)
	c.tray.set(u.files)
	c.composer.SetReady(len(u.files) > 0)
	placeholder := c.ctx.T("conversations.compose")
	switch len(u.files) {
	case 0:
	case 1:
		placeholder = c.ctx.T("compose.attach.only_caption")
	default:
		placeholder = c.ctx.T("compose.attach.first_caption")
	}
	c.composer.SetPlaceholder(placeholder)
	c.updateBusy()
	c.body.Refresh()
}

// updateBusy keeps what is being stored from being sent again.
func (c *compose) updateBusy() { c.composer.SetBusy(c.now.busy) }

// key takes the keys that mean something else than writing.
func (c *compose) key(key fyne.KeyName, shift bool) bool {
	if c.people.key(key) {
		return true
	}
	if key == fyne.KeyEscape && c.now.quote != 0 {
		c.answer(nil)
		return true
	}
	return c.d.findKey(key, shift)
}

// shortcut takes the shortcuts that belong to writing a message.
func (c *compose) shortcut(key fyne.KeyName, modifier fyne.KeyModifier) bool {
	if modifier != fyne.KeyModifierShortcutDefault {
		return false
	}
	switch key {
	case fyne.KeyUp, fyne.KeyDown:
		return c.step(key == fyne.KeyUp)
	case fyne.KeyE:
		c.pickEmoji()
		return true
	}
	return false
}

// listKey takes keys of the messages that the list has no use for.
func (d *detailPane) listKey(key fyne.KeyName, shift bool) {
	if id := d.list.Selected(); key == fyne.KeyR && id.Kind == widgets.ItemMessage {
		d.ReplyTo(model.MessageID(id.Key))
		return
	}
	d.findKey(key, shift)
}

// ReplyTo lets what is written next answer a message of those that are held, and
// moves the keyboard there. Messages that nobody can answer change nothing.
func (d *detailPane) ReplyTo(id model.MessageID) {
	row := d.row(widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(id)})
	if row == nil || !d.loaded || !d.compose.body.Visible() || !answerable(row) {
		return
	}
	d.compose.answer(row)
	d.compose.composer.Focus()
}

// answerable tells whether a message can be answered: notices and what was
// deleted or not deciphered cannot.
func answerable(row *model.MessageRow) bool {
	return !row.Type.IsNotice() && !row.Type.IsGone() && row.Type != model.TypeCiphertext && row.ShortID != ""
}

// answer lets what is written answer a message; nil: none.
func (c *compose) answer(row *model.MessageRow) {
	u := c.now
	if u.busy {
		return
	}
	u.quote, u.author, u.text = 0, "", ""
	if row != nil {
		w := c.d.writer()
		u.quote, u.text = row.ID, c.ctx.MessageSummary(*row)
		switch {
		case row.FromMe:
			u.author = c.ctx.T("conversations.you")
		case w.group:
			u.author = w.author(row)
		default:
			u.author = conversationName(c.ctx, &c.d.conv)
		}
	}
	c.update()
}

// step answers the message before the one that is answered, or the one behind
// it; before the first step, the newest. It is for an empty field: in a text the
// same keys lead to its ends.
func (c *compose) step(older bool) bool {
	if c.composer.Text() != "" && c.now.quote == 0 {
		return false
	}
	rows := c.d.thread.rows
	at := slices.IndexFunc(rows, func(r model.MessageRow) bool { return r.ID == c.now.quote })
	if at < 0 {
		at = len(rows)
		if !older {
			return c.now.quote != 0
		}
	}
	move := 1
	if older {
		move = -1
	}
	for at += move; at >= 0 && at < len(rows); at += move {
		if answerable(&rows[at]) {
			c.d.ReplyTo(rows[at].ID)
			return true
		}
	}
	if !older {
		c.answer(nil)
	}
	return true
}
