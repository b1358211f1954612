package ui

import (
	"slices"
	"strings"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
)

// FormatAck says in words how far an own message got.
func (c *Context) FormatAck(a model.Ack) string {
	switch a {
	case model.AckError:
		return c.T("format.ack.error")
	case model.AckServer:
		return c.T("format.ack.server")
	case model.AckDevice:
		return c.T("format.ack.device")
	case model.AckRead:
		return c.T("format.ack.read")
	case model.AckPlayed:
		return c.T("format.ack.played")
	default:
		return c.T("format.ack.pending")
	}
}

// typeKey returns the key of the word for a type of message; plain text needs none.
func typeKey(t model.MessageType) string {
	switch t {
	case model.TypeChat, "":
		return ""
	case model.TypeImage:
		return "format.type.image"
	case model.TypeVideo:
		return "format.type.video"
	case model.TypeAudio:
		return "format.type.audio"
	case model.TypeVoice:
		return "format.type.voice"
	case model.TypeDocument:
		return "format.type.document"
	case model.TypeSticker:
		return "format.type.sticker"
	case model.TypeLocation:
		return "format.type.location"
	case model.TypeContact:
		return "format.type.contact"
	case model.TypeContacts:
		return "format.type.contacts"
	case model.TypePoll:
		return "format.type.poll"
	default:
		return rareTypeKey(t)
	}
}

func rareTypeKey(t model.MessageType) string {
	switch t {
	case model.TypeRevoked:
		return "format.type.revoked"
	case model.TypeRemoved:
		return "format.type.removed"
	case model.TypeCall:
		return "format.type.call"
	case model.TypeCiphertext:
		return "format.type.ciphertext"
	case model.TypeGroupInvite:
		return "format.type.group_invite"
	case model.TypeAlbum:
		return "format.type.album"
	case model.TypeOrder:
		return "format.type.order"
	case model.TypeProduct:
		return "format.type.product"
	case model.TypeGroupNotice:
		return "format.type.group_notice"
	case model.TypeE2ENotice:
		return "format.type.e2e_notice"
	}
	if t.IsNotice() {
		return "format.type.notice"
	}
	return unshownTypeKey(t)
}

// unshownTypeKey names the kinds of the gateway (contract §9.4, and those of WhatsApp
// Web beside them) of which Buzón shows no more than their text.
func unshownTypeKey(t model.MessageType) string {
	switch t {
	case "list":
		return "format.type.list"
	case "list_response":
		return "format.type.list_response"
	case "buttons", "interactive", "native_flow":
		return "format.type.buttons"
	case "buttons_response", "template_button_reply":
		return "format.type.buttons_response"
	case "hsm":
		return "format.type.business"
	case "payment":
		return "format.type.payment"
	case "reaction":
		return "format.type.reaction"
	case "poll_update":
		return "format.type.poll_vote"
	case "event_creation", "scheduled_event_creation":
		return "format.type.event"
	case "pinned_message":
		return "format.type.pinned"
	case "newsletter_notification":
		return "format.type.channel_notice"
	case "newsletter_admin_invite":
		return "format.type.channel_invite"
	case "oversized":
		return "format.type.oversized"
	}
	return unknownType
}

// unknownType is the key of what is said of a kind that has no name.
const unknownType = "format.type.unknown"

// MessageTypeUnknown tells whether there is no name for a type of message: what
// MessageTypeText says of it is a sentence then.
func MessageTypeUnknown(t model.MessageType) bool { return typeKey(t) == unknownType }

// MessageTypeUnshown tells whether no more than the text of messages of a type is shown.
func MessageTypeUnshown(t model.MessageType) bool { return typeKey(t) == unshownTypeKey(t) }

// MessageTypeText names a type of message, such as "Photo"; "" for plain text. It is
// the only place where kinds are named: their technical names are for the details.
func (c *Context) MessageTypeText(t model.MessageType) string {
	key := typeKey(t)
	if key == "" {
		return ""
	}
	return c.T(key)
}

// MessagePreview returns the one line that the conversation list shows of the
// last message: its text or what it is, after the author in a group. Ticks and
// the draft are not part of it.
func (c *Context) MessagePreview(row model.ConversationRow) string {
	body := c.summary(row.LastType, row.LastText, 0)
	if body != "" && row.Kind == model.KindGroup && !row.LastFromMe && row.LastAuthor != "" && !row.LastType.IsNotice() {
		return c.T("format.preview.author", translations.Data{"Author": model.CleanLine(row.LastAuthor, model.MaxName), "Text": body})
	}
	return body
}

// MessageSummary returns one line for a message: its text or what it is, such
// as "Photo" or "Voice message 0:12".
func (c *Context) MessageSummary(row model.MessageRow) string {
	seconds := 0
	if d := row.DecodedDetails(); d.Media != nil {
		seconds = d.Media.Seconds
	}
	return c.summary(row.Type, c.named(&row), seconds)
}

// named returns the text of a message with the names of those it mentions.
func (c *Context) named(row *model.MessageRow) string {
	if len(row.Names) == 0 && len(row.Own) == 0 {
		return row.Text
	}
	return model.NameMentioned(row.Text, func(jid model.JID) string {
		if slices.Contains(row.Own, jid) {
			return c.T("conversations.you")
		}
		if name := row.Names[jid]; name != "" {
			return c.NameOf(jid, name)
		}
		return ""
	})
}

func (c *Context) summary(t model.MessageType, text string, seconds int) string {
	text = model.Preview(text)
	kind := c.MessageTypeText(t)
	switch {
	case kind == "":
		return text
	case t.IsGone() || t == model.TypeCiphertext:
		return kind
	}
	if length := c.FormatSeconds(seconds); length != "" {
		kind = c.T("format.preview.length", translations.Data{"Kind": kind, "Length": length})
	}
	switch {
	case text == "":
		return kind
	case MessageTypeUnshown(t) || t.IsNotice():
		return text // the text says more than the word
	default:
		return c.T("format.preview.caption", translations.Data{"Kind": kind, "Text": text})
	}
}

// ProblemText returns why something failed, with the gateway's own sentence
// where it said one, and what to do about it. From any goroutine.
//
// translations: problem.*
func (c *Context) ProblemText(p model.Problem) (why, do string) {
	kind := p.Kind
	if !c.Text.Has("problem." + string(kind) + ".why") {
		kind = model.ProblemInternal
	}
	why, do = c.T("problem."+string(kind)+".why"), c.T("problem."+string(kind)+".do")
	if said := strings.TrimSuffix(model.CleanLine(p.Said, 300), "."); said != "" { // the full stop follows what is quoted
		why = c.T("problem.said", translations.Data{"Why": why, "Said": said})
	}
	return why, do
}
