package conversations

import (
	"strconv"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Actions of the rows of a conversation.
const (
	actionOlder  = "older"
	actionAgain  = "again"
	actionForget = "forget"
)

// writer turns messages into what their rows show.
type writer struct {
	ctx   *ui.Context
	group bool // authors are named
	names map[model.JID]string
}

// day numbers the days in the owner's zone.
func (w *writer) day(at model.Stamp) int64 {
	y, m, d := at.Time().In(w.ctx.Location).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400
}

// message returns the content of a message. lead says that it begins a series.
func (w *writer) message(row *model.MessageRow, lead bool) *widgets.Content {
	if row.Type.IsNotice() {
		return &widgets.Content{Text: w.ctx.MessageSummary(*row)}
	}
	c := &widgets.Content{Own: row.FromMe, Lead: lead, Meta: w.meta(row)}
	if w.group && !row.FromMe {
		c.Author, c.AuthorID = w.author(row), string(row.AuthorJID)
	}
	if row.FromMe && row.Type != model.TypeRevoked {
		c.HasAck, c.Ack = true, row.Ack
	}
	if row.Forwarded {
		c.Mark = w.ctx.T("conversations.forwarded")
	}
	if row.QuotedShortID != "" {
		c.Quote = &widgets.Quote{Author: w.names[row.QuotedAuthor], Text: model.CleanLine(row.QuotedText, 300)}
		if c.Quote.Text == "" {
			c.Quote.Text = w.ctx.T("conversations.quote_gone")
		}
	}
	w.body(c, row)
	c.Chips = reactions(row.Reactions)
	return c
}

func (w *writer) author(row *model.MessageRow) string {
	for _, name := range []string{row.Author, row.AuthorName, w.ctx.FormatPhone(row.AuthorJID.Phone())} {
		if name = model.CleanLine(name, 80); name != "" {
			return name
		}
	}
	return model.CleanLine(row.AuthorJID.User(), 80)
}

// meta returns the marks and the time.
func (w *writer) meta(row *model.MessageRow) string {
	var parts []string
	if row.Starred {
		parts = append(parts, w.ctx.T("conversations.starred"))
	}
	if !row.EditedAt.IsZero() && row.Type != model.TypeRevoked {
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
func (w *writer) body(c *widgets.Content, row *model.MessageRow) {
	d := row.DecodedDetails()
	text, _ := model.CleanText(row.Text, model.MaxMessageText)
	if d.Truncated {
		text += "\n" + w.ctx.T("conversations.truncated")
	}
	c.Text = text
	switch row.Type {
	case model.TypeChat, "":
	case model.TypeImage, model.TypeVideo, model.TypeAudio, model.TypeVoice, model.TypeDocument, model.TypeSticker:
		w.media(c, row, d.Media)
	case model.TypeLocation:
		w.location(c, row, d.Location)
	case model.TypePoll:
		w.poll(c, row, d.Poll)
	case model.TypeRevoked, model.TypeCiphertext:
		c.Text, c.Quiet = w.ctx.MessageTypeText(row.Type), true
		if row.Type == model.TypeRevoked && row.Versions > 0 {
			c.Text = w.ctx.T("conversations.revoked_kept")
		}
	default:
		w.other(c, row, &d)
	}
}

func (w *writer) media(c *widgets.Content, row *model.MessageRow, m *model.MediaInfo) {
	if m == nil {
		m = &model.MediaInfo{}
	}
	c.Card = &widgets.Card{}
	if row.Type != model.TypeAudio && row.Type != model.TypeVoice { // there is no picture to speak of
		c.Card.Icon = apptheme.IconMedia
	}
	kind := w.ctx.MessageTypeText(row.Type)
	c.Card.Title = kind
	var parts []string
	if name := model.CleanLine(m.FileName, 120); row.Type == model.TypeDocument && name != "" {
		c.Card.Icon, c.Card.Title = apptheme.IconAttach, name
		parts = append(parts, kind)
		if strings.TrimSpace(c.Text) == name { // a document's text is usually its name
			c.Text = ""
		}
	}
	if m.Gif {
		parts = append(parts, w.ctx.T("conversations.media.gif"))
	}
	if s := w.ctx.FormatSeconds(m.Seconds); s != "" {
		parts = append(parts, s)
	}
	if m.Pages > 0 {
		parts = append(parts, w.ctx.N("conversations.pages", m.Pages))
	}
	if s := w.ctx.FormatBytes(m.Size); s != "" {
		parts = append(parts, s)
	}
	switch {
	case m.ViewOnce:
		parts = append(parts, w.ctx.T("conversations.media.view_once"))
	case row.MediaState == model.MediaGone || !row.HasMedia && row.MediaState != model.MediaStored:
		parts = append(parts, w.ctx.T("conversations.media.gone"))
	}
	c.Card.Detail = strings.Join(parts, " · ")
}

func (w *writer) location(c *widgets.Content, row *model.MessageRow, l *model.Location) {
	c.Card = &widgets.Card{}
	c.Card.Icon, c.Card.Title = apptheme.IconPin, w.ctx.MessageTypeText(row.Type)
	if l == nil {
		return
	}
	parts := []string{}
	if name := model.CleanLine(l.Name, 120); name != "" {
		parts = append(parts, c.Card.Title)
		c.Card.Title = name
	}
	if a := model.CleanLine(l.Address, 200); a != "" && a != c.Card.Title {
		parts = append(parts, a)
	}
	parts = append(parts, strconv.FormatFloat(l.Latitude, 'f', 5, 64)+", "+strconv.FormatFloat(l.Longitude, 'f', 5, 64))
	c.Card.Detail = strings.Join(parts, "\n")
	if c.Text == l.Name || c.Text == l.Address || c.Text == c.Card.Title {
		c.Text = ""
	}
}

func (w *writer) poll(c *widgets.Content, row *model.MessageRow, p *model.Poll) {
	c.Card = &widgets.Card{}
	c.Card.Icon, c.Card.Title = apptheme.IconCheck, w.ctx.MessageTypeText(row.Type)
	if p == nil {
		return
	}
	if name := model.CleanLine(p.Name, 300); name != "" {
		c.Card.Title = name
	}
	c.Card.Detail = w.ctx.T("conversations.poll.one")
	if p.Multiple {
		c.Card.Detail = w.ctx.T("conversations.poll.many")
	}
	lines := make([]string, 0, len(p.Options))
	for _, o := range p.Options {
		lines = append(lines, "○ "+model.CleanLine(o, 120))
	}
	c.Text = strings.Join(lines, "\n")
}

// other fills in the kinds that are a word and perhaps a text.
func (w *writer) other(c *widgets.Content, row *model.MessageRow, d *model.MessageDetails) {
	c.Card = &widgets.Card{Title: w.ctx.MessageTypeText(row.Type)}
	switch row.Type {
	case model.TypeContact, model.TypeContacts:
		c.Card.Icon = apptheme.IconPerson
	case model.TypeCall:
		c.Card.Icon = apptheme.IconPhone
	case model.TypeAlbum:
		c.Card.Icon = apptheme.IconMedia
	case model.TypeGroupInvite:
		c.Card.Icon = apptheme.IconGroup
		if d.Invite != nil && d.Invite.GroupName != "" {
			c.Card.Title = w.ctx.T("conversations.invite", translations.Data{"Group": model.CleanLine(d.Invite.GroupName, 100)})
		}
	case model.TypeOrder, model.TypeProduct:
		c.Card.Icon = apptheme.IconBusiness
		if d.Commerce != nil {
			c.Card.Detail = model.CleanLine(d.Commerce.Title, 120)
		}
	default:
		c.Card = nil
		note := w.ctx.T("conversations.unsupported", translations.Data{"Type": model.CleanLine(string(row.Type), 40)})
		if c.Text == "" {
			c.Text, c.Quiet = note, true
		} else {
			c.Mark = note
		}
	}
}

// outgoing returns the content of a message that is not sent yet.
func (w *writer) outgoing(o *model.OutboxItem, lead bool) *widgets.Content {
	text, _ := model.CleanText(o.Text, model.MaxMessageText)
	c := &widgets.Content{Own: true, Lead: lead, Text: text, Meta: w.ctx.FormatTime(o.CreatedAt)}
	again := widgets.Action{ID: actionAgain, Text: w.ctx.T("conversations.outbox.again")}
	forget := widgets.Action{ID: actionForget, Text: w.ctx.T("conversations.outbox.forget")}
	switch o.State {
	case model.OutboxSending:
		c.Status = w.ctx.T("conversations.outbox.sending")
	case model.OutboxFailed:
		c.Status, c.Alarm = w.ctx.T("conversations.outbox.failed"), true
		if o.Error != "" || o.ErrorText != "" {
			why, _ := w.ctx.ProblemText(model.Problem{Kind: model.ProblemKind(o.Error), Said: o.ErrorText})
			c.Status = w.ctx.T("conversations.outbox.failed_why", translations.Data{"Why": why})
		}
		c.Actions = []widgets.Action{again, forget}
	case model.OutboxUnknown:
		c.Status, c.Alarm = w.ctx.T("conversations.outbox.unknown"), true
		c.Actions = []widgets.Action{again, forget}
	default:
		c.Status = w.ctx.T("conversations.outbox.queued")
		c.Actions = []widgets.Action{forget}
	}
	return c
}
