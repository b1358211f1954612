package conversations

import (
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Actions of the rows of a conversation, beside those that bubbles have by themselves.
const (
	actionOlder   = "older"
	actionAgain   = "again"
	actionForget  = "forget"
	actionEdit    = "edit"
	actionRelease = "release"
	// Of an action on a message that was refused; its key follows.
	actionRetry   = "retry:"
	actionDismiss = "dismiss:"
)

// manyForwards is the forwarding score from which WhatsApp says "many times".
const manyForwards = 4

// writer turns messages into what their rows show.
type writer struct {
	ctx       *ui.Context
	group     bool // authors are named
	names     map[model.JID]string
	partner   string    // the other one in a conversation of two
	partnerID model.JID // chooses the colour of that name
	// held returns a message that is held, nil when it is not.
	held func(model.MessageID) *model.MessageRow
}

// day numbers the days in the owner's zone.
func (w *writer) day(at model.Stamp) int64 {
	y, m, d := at.Time().In(w.ctx.Location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400
}

// message returns the content of a message. lead says that it begins a series.
func (w *writer) message(row *model.MessageRow, lead bool) *widgets.Content {
	d := row.DecodedDetails()
	if row.Type.IsNotice() {
		return &widgets.Content{Text: w.notice(row, &d)}
	}
	c := &widgets.Content{Own: row.FromMe, Lead: lead, Meta: w.meta(row)}
	if w.group && !row.FromMe {
		c.Author, c.AuthorID = w.author(row), string(row.AuthorJID)
	}
	if row.FromMe && !row.Type.IsGone() {
		c.HasAck, c.Ack = true, row.Ack
	}
	switch {
	case d.Forwards >= manyForwards:
		c.Mark = w.ctx.T("conversations.forwarded_many")
	case row.Forwarded:
		c.Mark = w.ctx.T("conversations.forwarded")
	}
	if row.QuotedShortID != "" && row.Type != model.TypeRemoved {
		c.Quote = w.quote(row)
	}
	w.body(c, row, &d)
	c.Names = w.mentions(&d)
	c.Chips = reactions(row.Reactions)
	w.pending(c, row)
	return c
}

// quote returns the message that is answered.
func (w *writer) quote(row *model.MessageRow) *widgets.Quote {
	text := model.NameMentioned(row.QuotedText, func(jid model.JID) string { return w.names[jid] })
	q := &widgets.Quote{Author: w.name(row.QuotedAuthor), AuthorID: string(row.QuotedAuthor), Text: model.CleanLine(text, 300)}
	if q.Text == "" {
		q.Text = w.ctx.T("conversations.quote_gone")
	}
	return q
}

func (w *writer) author(row *model.MessageRow) string {
	return model.CleanLine(w.ctx.NameOf(row.AuthorJID, model.CleanLine(row.Author, 80), model.CleanLine(row.AuthorName, 80), w.names[row.AuthorJID]), 80)
}

// name returns what somebody is called, at least by number; "" for nobody.
func (w *writer) name(jid model.JID) string {
	return model.CleanLine(w.ctx.NameOf(jid, w.names[jid]), 80)
}

// learn notes what the people of a message are called. One who has a name keeps it.
func (w *writer) learn(row *model.MessageRow) {
	for jid, name := range row.Names {
		w.called(jid, name)
	}
	if row.AuthorJID != "" {
		w.called(row.AuthorJID, row.Author)
	}
	for _, jid := range row.Own {
		w.names[jid] = w.ctx.T("conversations.you")
	}
}

func (w *writer) called(jid model.JID, name string) {
	if name = model.CleanLine(name, 80); model.NamelessTitle(w.names[jid], jid) && name != "" {
		w.names[jid] = name
	}
}

// mentions names who is mentioned in a text.
func (w *writer) mentions(d *model.MessageDetails) map[string]widgets.Mention {
	if len(d.Mentions) == 0 {
		return nil
	}
	out := make(map[string]widgets.Mention, len(d.Mentions))
	for _, jid := range d.Mentions {
		out[jid.User()] = widgets.Mention{JID: string(jid), Name: w.name(jid)}
	}
	return out
}

// meta returns the marks and the time.
func (w *writer) meta(row *model.MessageRow) string {
	var parts []string
	if row.Starred {
		parts = append(parts, w.ctx.T("conversations.starred"))
	}
	if row.Ephemeral {
		parts = append(parts, w.ctx.T("conversations.ephemeral"))
	}
	if !row.EditedAt.IsZero() && !row.Type.IsGone() {
		parts = append(parts, w.ctx.T("conversations.edited"))
	}
	if at := row.ID.Stamp(); !at.IsZero() {
		parts = append(parts, w.ctx.FormatTime(at))
	}
	return strings.Join(parts, " · ")
}

func reactions(list []model.ReactionSummary) []widgets.Chip {
	const most = 12 // no bubble has room for more
	var chips []widgets.Chip
	for _, r := range list[:min(len(list), most)] {
		if emoji := model.CleanLine(r.Emoji, 16); emoji != "" {
			chips = append(chips, widgets.Chip{Emoji: emoji, Count: r.Count, Mine: r.Mine})
		}
	}
	return chips
}

// body fills in what was said, by the kind of message.
func (w *writer) body(c *widgets.Content, row *model.MessageRow, d *model.MessageDetails) {
	text, _ := model.CleanText(row.Text, model.MaxMessageText)
	if pictureBody(text) {
		text = ""
	}
	if d.Truncated {
		text += "\n" + w.ctx.T("conversations.truncated")
	}
	c.Text = text
	switch row.Type {
	case model.TypeChat, "":
		if text == "" {
			c.Text, c.Quiet = w.ctx.T("conversations.no_text"), true
		}
		if row.Versions > 0 {
			c.Main = widgets.ActionVersions
		}
	case model.TypeImage, model.TypeVideo, model.TypeAudio, model.TypeVoice, model.TypeDocument, model.TypeSticker:
		w.media(c, row, d.Media)
	case model.TypeLocation:
		w.location(c, row, d.Location)
	case model.TypeContact, model.TypeContacts:
		w.contacts(c, row, d)
	case model.TypePoll:
		w.poll(c, row, d.Poll)
	case model.TypeCall:
		w.call(c, row, d.Call)
	case model.TypeRevoked, model.TypeRemoved, model.TypeCiphertext:
		w.gone(c, row)
	default:
		w.other(c, row, d)
	}
}

// gone fills in what cannot be read: deleted messages, and those not deciphered.
//
// translations: conversations.revoked_kept conversations.removed_kept
func (w *writer) gone(c *widgets.Content, row *model.MessageRow) {
	c.Text, c.Quiet = w.ctx.MessageTypeText(row.Type), true
	if !row.Type.IsGone() || row.Versions == 0 {
		return
	}
	c.Text = w.ctx.T("conversations." + string(row.Type) + "_kept")
	c.Actions = []widgets.Action{{ID: widgets.ActionVersions, Text: w.ctx.T("conversations.versions.show")}}
	c.Main = widgets.ActionVersions
}

// pictureBody tells whether a text is a picture in base64, which some gateways
// give in the place of a text (contract §9.4). No person writes so.
func pictureBody(text string) bool {
	const shortest = 120
	if len(text) < shortest || strings.ContainsAny(text[:shortest], " \n\t") {
		return false
	}
	return strings.HasPrefix(text, "/9j/") || strings.HasPrefix(text, "iVBOR") || strings.HasPrefix(text, "UklGR") || strings.HasPrefix(text, "R0lGOD")
}

// other fills in the kinds that are a sign with a word and perhaps a text.
func (w *writer) other(c *widgets.Content, row *model.MessageRow, d *model.MessageDetails) {
	c.Card = &widgets.Card{Kind: widgets.CardOffer, Title: w.ctx.MessageTypeText(row.Type)}
	switch row.Type {
	case model.TypeAlbum:
		c.Card.Icon = apptheme.IconMedia
	case model.TypeGroupInvite:
		w.invite(c, row, d.Invite)
	case model.TypeOrder, model.TypeProduct:
		w.offer(c, d.Commerce)
	default:
		c.Card = nil
		kind := w.ctx.MessageTypeText(row.Type)
		switch {
		case c.Text != "":
			c.Mark = kind
		case ui.MessageTypeUnknown(row.Type):
			c.Text, c.Quiet = kind, true
		default:
			c.Text, c.Quiet = w.ctx.T("conversations.unshown", translations.Data{"Kind": kind}), true
		}
	}
}
