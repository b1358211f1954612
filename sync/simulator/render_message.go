package simulator

import (
	"strconv"
	"strings"
)

// printer knows how this server writes things. It is read-only.
type printer struct {
	dollar   bool
	dataSize int
	art      *art
	me       wid
	meLID    wid
	lid      func(wid) wid // the hidden id of a phone id, or the same id
}

// form says in which answer a message is written: the same message differs a little.
type form struct {
	listed    bool // as lastMessage of a chat: participants carry their hidden id
	remoteObj bool // as the answer of an edit
}

func (p *printer) participant(m *message, f form) wid {
	if m.author.zero() {
		return wid{}
	}
	if f.listed && m.h%2 == 0 {
		return p.lid(m.author)
	}
	return m.author
}

// serialized gives the text form of a message id.
func (p *printer) serialized(m *message, f form) string {
	b := strconv.AppendBool(make([]byte, 0, 96), m.fromMe)
	b = append(append(append(b, '_'), m.chat.user...), '@')
	b = append(append(append(b, m.chat.server...), '_'), m.id...)
	if who := p.participant(m, f); !who.zero() {
		b = append(append(append(append(b, '_'), who.user...), '@'), who.server...)
	}
	if m.self != "" {
		b = append(append(b, '_'), m.self...)
	}
	return string(b)
}

func (p *printer) appendMessageID(b []byte, m *message, f form) []byte {
	b = append(b, `{"fromMe":`...)
	b = strconv.AppendBool(b, m.fromMe)
	b = append(b, `,"remote":`...)
	if f.remoteObj {
		b = appendWID(b, m.chat)
	} else {
		b = appendID(b, m.chat)
	}
	b = appendText(b, "id", m.id)
	if who := p.participant(m, f); !who.zero() {
		b = appendName(b, "participant")
		if m.h%3 != 0 {
			b = appendWID(b, who)
		} else {
			b = appendID(b, who)
		}
	}
	if m.self != "" {
		b = appendText(b, "self", m.self)
	}
	name := "_serialized"
	if p.dollar {
		name = "$1"
	}
	return append(appendText(b, name, p.serialized(m, f)), '}')
}

func (p *printer) ends(m *message) (from, to wid) {
	me := p.me
	if m.chat.server == serverLID {
		me = p.meLID
	}
	if m.fromMe {
		return me, m.chat
	}
	return m.chat, me
}

// dataTail is the part of the raw object that says nothing to a client.
const dataTail = `,"invis":false,"isNewMsg":true,"recvFresh":true,"isFromTemplate":false,"pollInvalidated":false,"isSentCagPollCreation":false,` +
	`"latestEditMsgKey":null,"latestEditSenderTimestampMs":null,"eventInvalidated":false,"isVcardOverMmsDocument":false,"labels":[],"ephemeralOutOfSync":false,` +
	`"productHeaderImageRejected":false,"lastPlaybackProgress":0,"isDynamicReplyButtonsMsg":false,"isCarouselCard":false,"parentMsgId":null,"callSilenceReason":null,` +
	`"isVideoCall":false,"callDuration":null,"callCreator":null,"callParticipants":null,"isCallLink":null,"callLinkToken":null,"isMdHistoryMsg":true,"stickerSentTs":0,` +
	`"isAvatar":false,"lastUpdateFromServerTs":0,"invokedBotWid":null,"bizBotType":null,"botResponseTargetId":null,"botPluginType":null,"botPluginReferenceIndex":null,` +
	`"botPluginSearchProvider":null,"botPluginSearchUrl":null,"botPluginSearchQuery":null,"botPluginMaybeParent":false,"botReelPluginThumbnailCdnUrl":null,` +
	`"botMessageDisclaimerText":null,"botMsgBodyType":null,"requiresDirectConnection":null,"bizContentPlaceholderType":null,"hostedBizEncStateMismatch":false,` +
	`"senderOrRecipientAccountTypeHosted":false,"placeholderCreatedWhenAccountIsHosted":false,"kicNotified":false,"viewMode":"VISIBLE"`

// appendMessage writes a message with its raw object first, as the page's library does.
func (p *printer) appendMessage(b []byte, m *message, f form) []byte {
	b = append(b, `{"_data":`...)
	b = p.appendData(b, m, f)
	if m.hasMedia {
		b = appendText(b, "mediaKey", p.art.filler[m.h%1000:][:43]+"=")
	}
	b = appendName(b, "id")
	b = p.appendMessageID(b, m, f)
	b = appendInt(b, "ack", int64(m.ack))
	b = appendBool(b, "hasMedia", m.hasMedia)
	b = appendText(b, "body", p.body(m))
	b = appendText(b, "type", m.typ)
	b = appendInt(b, "timestamp", m.ts)
	from, to := p.ends(m)
	b = appendID(appendName(b, "from"), from)
	b = appendID(appendName(b, "to"), to)
	if !m.author.zero() {
		b = appendID(appendName(b, "author"), m.author)
	}
	b = appendText(b, "deviceType", deviceType(m.id))
	if m.forwarded > 0 || m.h%2 == 0 {
		b = appendBool(b, "isForwarded", m.forwarded > 0)
	}
	b = appendInt(b, "forwardingScore", int64(m.forwarded))
	b = appendBool(b, "isStatus", m.chat.user == "status")
	if m.starred || m.h%5 != 0 {
		b = appendBool(b, "isStarred", m.starred)
	}
	if m.broadcast || m.h%3 == 0 {
		b = appendBool(b, "broadcast", m.broadcast)
	}
	b = appendBool(b, "fromMe", m.fromMe)
	b = appendBool(b, "hasQuotedMsg", m.quoted != nil)
	b = appendBool(b, "hasReaction", len(m.reactions) > 0)
	if m.duration > 0 {
		b = appendText(b, "duration", strconv.Itoa(m.duration))
	}
	b = p.appendShared(b, m)
	return append(p.appendTail(b, m), '}')
}

func (p *printer) body(m *message) string {
	if m.pollName != "" {
		return m.pollName
	}
	return m.body
}

// rawBody is the body of the raw object: of pictures and videos the small picture
// (contract §9.4).
func (p *printer) rawBody(m *message) string {
	if m.hasMedia && !m.viewOnce && (m.typ == "image" || m.typ == "video") {
		return p.art.thumbs[m.h%scenes]
	}
	return p.body(m)
}

func deviceType(id string) string {
	switch {
	case len(id) > 21 && strings.HasPrefix(id, "3EB0"):
		return "web"
	case strings.HasPrefix(id, "3A"):
		return "ios"
	}
	return "android"
}

// appendShared writes places, contact cards, invitations and mentions.
func (p *printer) appendShared(b []byte, m *message) []byte {
	if m.typ == "location" {
		b = append(appendName(b, "location"), `{"latitude":`...)
		b = strconv.AppendFloat(b, m.lat, 'f', -1, 64)
		b = appendFloat(b, "longitude", m.lng)
		if m.placeName != "" {
			b = appendText(b, "name", m.placeName)
			b = appendText(b, "address", m.address)
			b = appendText(b, "description", m.placeName+"\n"+m.address)
		}
		b = append(b, '}')
	}
	b = append(appendName(b, "vCards"), '[')
	for i, card := range m.vcards {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, card)
	}
	b = append(b, ']')
	if m.typ == "groups_v4_invite" {
		b = append(appendName(b, "inviteV4"), `{"inviteCode":"Ab3dEf6hIj9kLmNo"`...)
		b = appendInt(b, "inviteCodeExp", m.ts+3*24*3600)
		b = appendText(b, "groupId", "120363000000000123@g.us")
		b = appendText(b, "groupName", "Invited")
		from, to := p.ends(m)
		b = appendText(b, "fromId", from.String())
		b = append(appendText(b, "toId", to.String()), '}')
	}
	b = appendWIDs(appendName(b, "mentionedIds"), m.mentions, m.mentionObj)
	return append(appendName(b, "groupMentions"), "[]"...)
}

// appendTail writes the members that few kinds have.
func (p *printer) appendTail(b []byte, m *message) []byte {
	switch m.typ {
	case "order":
		b = appendText(b, "orderId", "5"+pad(m.h%1_000_000_000, 9))
		b = appendText(b, "token", p.art.filler[:40])
		b = appendText(b, "title", "2 × 🥐")
	case "product":
		b = appendText(b, "businessOwnerJid", m.chat.String())
		b = appendText(b, "productId", pad(m.h%10_000_000_000, 10))
		b = appendText(b, "title", "Croissant")
		b = appendText(b, "description", "12 u.")
	case "buttons_response":
		b = appendText(b, "selectedButtonId", "b1")
	case "list_response":
		b = appendText(b, "selectedRowId", "r1")
	case "revoked":
		b = appendName(b, "protocolMessageKey")
		original := *m
		original.id = m.revokedID
		b = p.appendMessageID(b, &original, form{})
	case "poll_creation":
		b = p.appendPoll(b, m)
	}
	b = appendBool(b, "isGif", m.gif)
	if m.ephemeral || m.h%4 == 0 {
		b = appendBool(b, "isEphemeral", m.ephemeral)
	}
	if m.editedMs > 0 {
		b = appendInt(b, "latestEditSenderTimestampMs", m.editedMs)
		b = appendName(b, "latestEditMsgKey")
		b = p.appendMessageID(b, m, form{})
	}
	if m.typ == "chat" || len(m.links) > 0 {
		b = append(appendName(b, "links"), '[')
		for i, link := range m.links {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(append(b, `{"link":`...), link), `,"isSuspicious":false}`...)
		}
		b = append(b, ']')
	}
	return b
}

func (p *printer) appendPoll(b []byte, m *message) []byte {
	b = appendText(b, "pollName", m.pollName)
	b = append(appendName(b, "pollOptions"), '[')
	for i, o := range m.poll {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"name":`...), o)
		b = append(appendInt(b, "localId", int64(i)), '}')
	}
	b = append(b, ']')
	b = appendBool(b, "allowMultipleAnswers", m.pollMulti)
	b = appendBool(b, "pollInvalidated", false)
	b = appendBool(b, "isSentCagPollCreation", false)
	b = append(appendName(b, "messageSecret"), `{"0":12,"1":200,"2":7,"3":99}`...)
	return b
}

// appendData writes the raw object, filled up to about the configured size.
func (p *printer) appendData(b []byte, m *message, f form) []byte {
	start := len(b)
	b = append(b, `{"id":`...)
	b = p.appendMessageID(b, m, f)
	b = appendBool(b, "viewed", false)
	b = appendText(b, "body", p.rawBody(m))
	b = appendText(b, "type", m.typ)
	b = appendInt(b, "t", m.ts)
	if m.notify != "" {
		b = appendText(b, "notifyName", m.notify)
	}
	from, to := p.ends(m)
	if m.h%2 == 0 {
		b = appendWID(appendName(b, "from"), from)
		b = appendWID(appendName(b, "to"), to)
	} else {
		b = appendID(appendName(b, "from"), from)
		b = appendID(appendName(b, "to"), to)
	}
	if !m.author.zero() {
		b = appendWID(appendName(b, "author"), m.author)
	}
	b = appendInt(b, "ack", int64(m.ack))
	b = appendBool(b, "star", m.starred)
	if m.mime != "" {
		b = p.appendMediaData(b, m)
	}
	if q := m.quoted; q != nil {
		b = append(appendName(b, "quotedMsg"), `{"type":"chat"`...)
		b = append(appendText(b, "body", q.body), '}')
		b = appendText(b, "quotedStanzaID", q.id)
		b = appendWID(appendName(b, "quotedParticipant"), q.by)
	}
	if m.typ == "call_log" {
		b = append(b, `,"subtype":"miss","callOutcome":"Missed"`...)
	}
	if m.editedMs > 0 {
		b = append(b, `,"subtype":"message_edit"`...)
	}
	b = append(b, dataTail...)
	if left := p.dataSize - (len(b) - start) - 16; left > 0 {
		b = append(appendName(b, "pad"), '"')
		b = append(append(b, p.art.filler[:min(left, len(p.art.filler))]...), '"')
	}
	return append(b, '}')
}

func (p *printer) appendMediaData(b []byte, m *message) []byte {
	if m.hasMedia {
		b = appendText(b, "directPath", "/v/t62.7118-24/"+pad(m.h%1_000_000_000_000, 12)+"_n.enc?ccb=11-4")
	}
	b = appendText(b, "mimetype", m.mime)
	b = appendInt(b, "size", m.size)
	switch m.typ {
	case "image", "video":
		b = appendText(b, "caption", m.body)
		w, h := 160, 120
		if m.typ == "image" {
			w, h = sizeOf(m)
		}
		b = appendInt(appendInt(b, "width", int64(w)), "height", int64(h))
		b = appendBool(b, "isViewOnce", m.viewOnce)
	case "document":
		b = appendText(b, "filename", m.filename)
		b = appendInt(b, "pageCount", 1)
	}
	if m.duration > 0 {
		b = appendText(b, "duration", strconv.Itoa(m.duration))
	}
	return b
}
