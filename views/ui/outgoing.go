package ui

import (
	"strings"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
)

// OutgoingType returns the type of message that an outgoing row becomes, for its
// word and its sign; "" for an action.
func OutgoingType(o *model.OutboxItem) model.MessageType {
	switch o.Kind {
	case model.OutboxText, "":
		return model.TypeChat
	case model.OutboxLocation:
		return model.TypeLocation
	case model.OutboxContact:
		return model.TypeContact
	case model.OutboxPoll:
		return model.TypePoll
	case model.OutboxFile:
		return fileType(o)
	}
	return ""
}

func fileType(o *model.OutboxItem) model.MessageType {
	p := o.DecodedPayload()
	if p.File == nil {
		return model.TypeDocument
	}
	how := model.FileOptions{}
	if p.FileOptions != nil {
		how = *p.FileOptions
	}
	class, _, _ := strings.Cut(p.File.MimeType, "/")
	switch {
	case how.AsSticker:
		return model.TypeSticker
	case how.AsDocument:
		return model.TypeDocument
	case class == "image":
		return model.TypeImage
	case class == "video":
		return model.TypeVideo
	case class == "audio" && how.AsVoice:
		return model.TypeVoice
	case class == "audio":
		return model.TypeAudio
	}
	return model.TypeDocument
}

// OutgoingIcon returns the sign of an outgoing row.
func OutgoingIcon(o *model.OutboxItem) apptheme.IconName {
	switch o.Kind {
	case model.OutboxForward:
		return apptheme.IconForward
	case model.OutboxReact:
		return apptheme.IconReact
	case model.OutboxEdit:
		return apptheme.IconEdit
	case model.OutboxDelete:
		return apptheme.IconTrash
	case model.OutboxStar:
		return apptheme.IconStar
	case model.OutboxRead:
		return apptheme.IconRead
	case model.OutboxUnread:
		return apptheme.IconUnread
	case model.OutboxArchive:
		return apptheme.IconArchive
	case model.OutboxPin:
		return apptheme.IconPin
	case model.OutboxMute:
		return apptheme.IconMute
	case model.OutboxBlock:
		return apptheme.IconBlock
	case model.OutboxLabels:
		return apptheme.IconLabel
	}
	return messageIcon(OutgoingType(o))
}

func messageIcon(t model.MessageType) apptheme.IconName {
	switch t {
	case model.TypeImage, model.TypeSticker:
		return apptheme.IconMedia
	case model.TypeVideo:
		return apptheme.IconVideo
	case model.TypeAudio:
		return apptheme.IconMusic
	case model.TypeVoice:
		return apptheme.IconMic
	case model.TypeDocument:
		return apptheme.IconFile
	case model.TypeLocation:
		return apptheme.IconPlace
	case model.TypeContact:
		return apptheme.IconPerson
	case model.TypePoll:
		return apptheme.IconPoll
	}
	return apptheme.IconChat
}

// OutgoingText returns one line for an outgoing row: what it says, or what it
// does, such as "Photo: our new loaf" or "Reaction 👍".
func (c *Context) OutgoingText(o *model.OutboxItem) string {
	p := o.DecodedPayload()
	text := o.Text
	switch t := OutgoingType(o); o.Kind {
	case model.OutboxText, "", model.OutboxPoll:
		return c.summary(t, text, 0)
	case model.OutboxFile:
		if text == "" && p.File != nil {
			text = p.File.FileName
		}
		return c.summary(t, text, 0)
	case model.OutboxLocation:
		if l := p.Location; text == "" && l != nil {
			text = l.Name
		}
		return c.summary(t, text, 0)
	case model.OutboxContact:
		return c.summary(t, c.FormatPhone(p.Contact.Phone()), 0)
	}
	return c.actionText(o, &p)
}

// actionText says what an action does.
//
// translations: outgoing.action.*
func (c *Context) actionText(o *model.OutboxItem, p *model.OutboxPayload) string {
	key := o.Kind
	switch o.Kind {
	case model.OutboxReact:
		if p.Emoji == "" {
			key = "react_off"
		}
	case model.OutboxDelete:
		if p.Everyone {
			key = "delete_all"
		}
	case model.OutboxStar, model.OutboxArchive, model.OutboxPin, model.OutboxBlock:
		if !p.On {
			key += "_off"
		}
	case model.OutboxMute:
		if p.Until.IsZero() {
			key += "_off"
		}
	}
	return strings.TrimSpace(c.T("outgoing.action."+key, translations.Data{"Emoji": model.CleanLine(p.Emoji, 16), "Text": model.Preview(o.Text)}))
}

// OutgoingState says in words where an outgoing row stands; alarm tells that it
// is bad news or waits for the owner. sent is how far its file is on its way,
// nil when that is not known.
func (c *Context) OutgoingState(r *model.OutboxRow, sent *model.MediaProgress) (text string, alarm bool) {
	switch r.State {
	case model.OutboxSending:
		if sent != nil && sent.Total > 0 {
			return c.T("outgoing.state.sending_part", translations.Data{"Percent": min(100, max(0, 100*sent.Done/sent.Total))}), false
		}
		return c.T("outgoing.state.sending"), false
	case model.OutboxUnknown:
		if r.NotFound {
			return c.T("outgoing.state.not_found"), true
		}
		if r.Waits == model.WaitsOffline {
			return c.T("outgoing.state.unknown_offline"), true
		}
		return c.T("outgoing.state.unknown"), false
	case model.OutboxFailed:
		return c.failedText(r), true
	case model.OutboxSent:
		return c.T("format.ack.server"), false
	}
	return c.queuedText(r)
}

// failedText says why a row failed.
func (c *Context) failedText(r *model.OutboxRow) string {
	key := "outgoing.state.failed"
	if !model.BecomesMessage(r.Kind) && r.Kind != "" {
		key = "outgoing.state.refused" //translations: outgoing.state.refused outgoing.state.refused_why outgoing.state.failed_why
	}
	if r.Error == "" && r.ErrorText == "" {
		return c.T(key)
	}
	why, _ := c.ProblemText(model.Problem{Kind: model.ProblemKind(r.Error), Said: r.ErrorText})
	return c.T(key+"_why", translations.Data{"Why": why})
}

// queuedText says what a queued row waits for.
func (c *Context) queuedText(r *model.OutboxRow) (text string, alarm bool) {
	switch {
	case r.Asks || r.Waits == model.WaitsAsks:
		return c.T("outgoing.state.asks", translations.Data{"Ago": c.FormatAgo(r.CreatedAt)}), true
	case r.Waits == model.WaitsOffline:
		return c.T("outgoing.state.offline"), false
	case r.Waits == model.WaitsOrder:
		return c.T("outgoing.state.order"), false
	case r.NextAt.Time().After(c.Now()) && !r.NextAt.IsZero():
		return c.T("outgoing.state.at", translations.Data{"When": c.soon(r.NextAt)}), false
	}
	return c.T("outgoing.state.queued"), false
}

// soon returns the time of day of something that is to come, with seconds when
// it comes within a minute, and with the day when that is not today.
func (c *Context) soon(at model.Stamp) string {
	t := c.local(at)
	switch {
	case t.Sub(c.Now()).Minutes() < 1:
		return t.Format("15:04:05")
	case c.daysAgo(t) == 0:
		return t.Format("15:04")
	}
	return c.FormatDateTime(at)
}
