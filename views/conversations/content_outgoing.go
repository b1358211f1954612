package conversations

import (
	"strconv"
	"strings"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// outgoing returns the content of a message that is not sent yet. sent is how
// far its file is on its way, nil when that is not known.
func (w *writer) outgoing(o *model.OutboxRow, lead bool, sent *model.MediaProgress) *widgets.Content {
	p := o.DecodedPayload()
	c := &widgets.Content{Own: true, Lead: lead, Meta: w.ctx.FormatTime(o.CreatedAt)}
	if o.Kind == model.OutboxForward {
		c.Mark = w.ctx.T("conversations.forwarded")
	}
	if o.QuotedShortID != "" {
		c.Quote = w.outgoingQuote(o)
	}
	w.outgoingBody(c, o, &p)
	if len(p.Mentions) > 0 {
		c.Names = w.mentions(&model.MessageDetails{Mentions: p.Mentions})
	}
	c.Status, c.Alarm = w.ctx.OutgoingState(o, sent)
	c.Main, c.Actions = "", w.outgoingActions(&o.OutboxItem, o.Waits != "" || !o.NextAt.IsZero())
	return c
}

// outgoingQuote returns the message that is answered, as far as it is held.
func (w *writer) outgoingQuote(o *model.OutboxRow) *widgets.Quote {
	q := &widgets.Quote{Text: w.ctx.T("conversations.quote_gone")}
	row := w.held(o.Target)
	if row == nil {
		return q
	}
	q.Text = w.ctx.MessageSummary(*row)
	switch {
	case row.FromMe:
		q.Author = w.ctx.T("conversations.you")
	case w.group:
		q.Author, q.AuthorID = w.author(row), string(row.AuthorJID)
	default:
		q.Author, q.AuthorID = w.partner, string(w.partnerID)
	}
	return q
}

// outgoingBody fills in what is said, as it will look once it is sent.
func (w *writer) outgoingBody(c *widgets.Content, o *model.OutboxRow, p *model.OutboxPayload) {
	row := model.MessageRow{Message: model.Message{FromMe: true, Text: o.Text, Type: ui.OutgoingType(&o.OutboxItem), ShortID: model.ShortID("out" + strconv.FormatInt(int64(o.ID), 10))}}
	d := model.MessageDetails{Location: p.Location, Mentions: p.Mentions}
	switch o.Kind {
	case model.OutboxForward:
		w.forwarded(c, o)
		return
	case model.OutboxContact:
		c.Card = &widgets.Card{Kind: widgets.CardContacts, Icon: apptheme.IconPerson, Entries: []widgets.Entry{
			{Title: w.name(p.Contact), Detail: w.ctx.FormatPhone(p.Contact.Phone())},
		}}
		return
	case model.OutboxPoll:
		d.Poll = &model.Poll{Name: o.Text}
		if p.Poll != nil {
			d.Poll.Options, d.Poll.Multiple = p.Poll.Options, p.Poll.Multiple
		}
	case model.OutboxFile:
		if p.File == nil {
			break
		}
		d.Media = &model.MediaInfo{MimeType: p.File.MimeType, FileName: p.File.FileName, Size: p.File.Size}
		if row.Type == model.TypeAudio || row.Type == model.TypeVoice { // there is nothing to play from here
			row.Type = model.TypeDocument
		}
	}
	w.body(c, &row, &d)
	if c.Card != nil && o.Kind == model.OutboxFile {
		c.Card.State, c.Card.Why = "", ""
		c.Card.Picture = outgoingPicture(p.File, row.Type)
	}
}

// forwarded fills in a message that is passed on: its own words where it is
// held, else what was noted of it.
func (w *writer) forwarded(c *widgets.Content, o *model.OutboxRow) {
	c.Text = model.CleanLine(o.Text, model.PreviewRunes)
	if row := w.held(o.Target); row != nil {
		c.Text = w.ctx.MessageSummary(*row)
	}
	if c.Text == "" {
		c.Text, c.Quiet = w.ctx.T("conversations.forwarded_message"), true
	}
}

// outgoingActions returns the buttons below an outgoing message. waits says that
// it will not go, or be looked for, within a moment: buttons that come and go are of no use.
func (w *writer) outgoingActions(o *model.OutboxItem, waits bool) []widgets.Action {
	button := func(id, text string) widgets.Action { return widgets.Action{ID: id, Text: text} }
	edit := button(actionEdit, w.ctx.T("outgoing.button.edit"))
	again := button(actionAgain, widgets.AgainText(w.ctx, o))
	forget := button(actionForget, widgets.ForgetText(w.ctx, o))
	var list []widgets.Action
	switch {
	case o.State == model.OutboxQueued && o.Asks:
		list = append(list, button(actionRelease, w.ctx.T("outgoing.button.now")))
	case o.State == model.OutboxQueued && !waits, o.State == model.OutboxUnknown && !o.NotFound && !waits, o.State == model.OutboxSending, o.State == model.OutboxSent:
		return nil
	case o.State == model.OutboxFailed, o.State == model.OutboxUnknown:
		list = append(list, again)
	}
	if widgets.CanEditOutgoing(o) {
		list = append(list, edit)
	}
	return append(list, forget)
}

// outgoingPrefix begins the key of the picture of a file that goes out.
const outgoingPrefix = "out:"

// outgoingPicture names the picture of a file that goes out for the loader of the
// list; "" when it has none.
func outgoingPicture(f *model.OutgoingFile, t model.MessageType) string {
	if f == nil || t != model.TypeImage && t != model.TypeSticker {
		return ""
	}
	return outgoingPrefix + f.SHA256 + ":" + f.MimeType
}

// parseOutgoingPicture returns the file of such a key.
func parseOutgoingPicture(key string) (f model.OutgoingFile, ok bool) {
	rest, ok := strings.CutPrefix(key, outgoingPrefix)
	if !ok {
		return f, false
	}
	f.SHA256, f.MimeType, ok = strings.Cut(rest, ":")
	return f, ok
}

// refused returns the line about a change of the conversation that was refused.
func (w *writer) refused(o *model.OutboxRow) *widgets.Content {
	state, _ := w.ctx.OutgoingState(o, nil)
	return &widgets.Content{Text: w.ctx.OutgoingText(&o.OutboxItem) + ". " + state, Alarm: true, Actions: []widgets.Action{
		{ID: actionAgain, Text: w.ctx.T("outgoing.button.retry")}, {ID: actionForget, Text: w.ctx.T("conversations.banner.close")},
	}}
}
