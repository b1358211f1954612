package gateway

import "bytes"

func decodeMessageItem(d *dec) (*Message, error) {
	m := &Message{}
	decodeMessage(d, m)
	if d.err != nil {
		return nil, d.err
	}
	if m.ID.Short == "" {
		return nil, errNoID
	}
	return m, nil
}

// decodeMessage reads what wwebjs makes of a message, and hands _data on. It is
// cut into groups of members only to keep each switch readable.
func decodeMessage(d *dec, m *Message) {
	if !d.object() {
		return
	}
	fromMe := false
	for d.next() {
		switch string(d.key) {
		case "_data":
			decodeRaw(d, m)
		case "id":
			m.ID = d.messageID()
		case "fromMe":
			m.FromMe, fromMe = d.bool(), true
		case "ack":
			m.Ack = d.intPtr()
		case "type":
			m.Type = d.name()
		case "body":
			m.Body = d.str()
		case "timestamp":
			m.Timestamp = d.int64()
		case "from":
			m.From = d.idText()
		case "to":
			m.To = d.idText()
		case "author":
			m.Author = d.idText()
		default:
			decodeMessageFlag(d, m)
		}
	}
	if !fromMe {
		m.FromMe = m.ID.FromMe
	}
	m.settleQuote()
}

func decodeMessageFlag(d *dec, m *Message) {
	var flag *bool
	switch string(d.key) {
	case "hasMedia":
		flag = &m.HasMedia
	case "isForwarded":
		flag = &m.IsForwarded
	case "isStatus":
		flag = &m.IsStatus
	case "isStarred":
		flag = &m.IsStarred
	case "broadcast":
		flag = &m.Broadcast
	case "isEphemeral":
		flag = &m.IsEphemeral
	case "isGif":
		flag = &m.IsGif
	case "hasReaction":
		flag = &m.HasReaction
	case "hasQuotedMsg":
		flag = &m.HasQuotedMsg
	default:
		decodeMessageExtra(d, m)
		return
	}
	*flag = d.bool()
}

func decodeMessageExtra(d *dec, m *Message) {
	switch string(d.key) {
	case "deviceType":
		m.DeviceType = d.name()
	case "forwardingScore":
		m.ForwardingScore = d.int()
	case "duration":
		m.Duration = d.float()
	case "location":
		m.Location = decodeLocation(d)
	case "vCards":
		m.VCards = d.oneOrMany()
	case "mentionedIds":
		m.MentionedIDs = d.idTexts()
	case "groupMentions":
		m.GroupMentions = decodeGroupMentions(d)
	case "links":
		m.Links = decodeLinks(d)
	case "inviteV4":
		m.Invite = decodeInvite(d)
	case "latestEditSenderTimestampMs":
		m.LatestEditTimestamp = d.int64()
	case "protocolMessageKey":
		if id := d.messageID(); id.Short != "" {
			m.Protocol = &id
		}
	default:
		decodeMessageOffer(d, m)
	}
}

// decodeMessageOffer reads the members of polls, orders, products and buttons.
func decodeMessageOffer(d *dec, m *Message) {
	switch string(d.key) {
	case "pollName":
		if s := d.str(); s != "" {
			m.poll().Name = s
		}
	case "pollOptions":
		if o := decodePollOptions(d); len(o) > 0 {
			m.poll().Options = o
		}
	case "allowMultipleAnswers":
		if d.bool() {
			m.poll().AllowMultiple = true
		}
	case "pollInvalidated":
		if d.bool() {
			m.poll().Invalidated = true
		}
	default:
		decodeCommerce(d, m)
	}
}

func (m *Message) poll() *MessagePoll {
	if m.Poll == nil {
		m.Poll = &MessagePoll{}
	}
	return m.Poll
}

func decodeCommerce(d *dec, m *Message) {
	var c Commerce
	var field *string
	switch string(d.key) {
	case "orderId":
		field = &c.OrderID
	case "token":
		field = &c.Token
	case "title":
		field = &c.Title
	case "description":
		field = &c.Description
	case "businessOwnerJid":
		field = &c.BusinessOwner
	case "productId":
		field = &c.ProductID
	case "selectedButtonId":
		field = &c.SelectedButtonID
	case "selectedRowId":
		field = &c.SelectedRowID
	default:
		d.skip()
		return
	}
	if field == &c.BusinessOwner {
		*field = d.idText()
	} else {
		*field = d.str()
	}
	m.addCommerce(c)
}

// addCommerce joins what one member told to what is known.
func (m *Message) addCommerce(c Commerce) {
	if c == (Commerce{}) {
		return
	}
	if m.Commerce == nil {
		m.Commerce = &Commerce{}
	}
	t := m.Commerce
	for _, p := range [...]struct{ to, from *string }{
		{&t.OrderID, &c.OrderID}, {&t.Token, &c.Token}, {&t.Title, &c.Title}, {&t.Description, &c.Description},
		{&t.BusinessOwner, &c.BusinessOwner}, {&t.ProductID, &c.ProductID},
		{&t.SelectedButtonID, &c.SelectedButtonID}, {&t.SelectedRowID, &c.SelectedRowID},
	} {
		if *p.from != "" {
			*p.to = *p.from
		}
	}
}

// decodeRaw reads _data: the only place of a file's name and size and of the
// quoted message and the small picture. Everything else there is jumped over.
func decodeRaw(d *dec, m *Message) {
	if !d.object() {
		return
	}
	for d.next() {
		switch string(d.key) {
		case "notifyName":
			m.NotifyName = d.name()
		case "quotedStanzaID":
			if s := d.idText(); s != "" {
				m.quoted().ShortID = s
			}
		case "quotedParticipant":
			if s := d.idText(); s != "" {
				m.quoted().Participant = s
			}
		case "quotedMsg":
			decodeQuoted(d, m)
		case "subtype":
			m.Subtype = d.name()
		case "isViewOnce":
			m.IsViewOnce = d.bool()
		default:
			decodeRawFile(d, m)
		}
	}
}

// decodeRawFile reads what _data tells about the file.
func decodeRawFile(d *dec, m *Message) {
	switch string(d.key) {
	case "mimetype":
		m.Mimetype = d.name()
	case "filename":
		m.Filename = fileName(d.str())
	case "size":
		m.Size = max(d.int64(), 0)
	case "width":
		m.Width = max(d.int(), 0)
	case "height":
		m.Height = max(d.int(), 0)
	case "caption":
		m.Caption = d.str()
	case "pageCount":
		m.PageCount = max(d.int(), 0)
	case "body", "thumbnail":
		decodeThumbnail(d, m)
	default:
		decodeRawCall(d, m)
	}
}

// decodeRawCall reads what _data tells about a call, and whom a notice is about.
func decodeRawCall(d *dec, m *Message) {
	switch string(d.key) {
	case "recipients":
		m.Recipients = d.idTexts()
	case "callOutcome":
		if s := d.name(); s != "" {
			m.call().Outcome = s
		}
	case "isVideoCall":
		if d.bool() {
			m.call().Video = true
		}
	case "callDuration":
		if s := d.float(); s > 0 {
			m.call().Seconds = s
		}
	default:
		d.skip()
	}
}

// maxThumbnail is the longest text of a small picture that is taken, in bytes.
const maxThumbnail = 90 << 10

// decodeThumbnail takes a text that begins as a JPEG, PNG or WebP in base64 does,
// and jumps over any other, which is the message's text once more.
func decodeThumbnail(d *dec, m *Message) {
	if d.peek() != '"' || m.Thumbnail != "" {
		d.skip()
		return
	}
	begins := func(s string) bool { return bytes.HasPrefix(d.b[d.i+1:], []byte(s)) }
	if !begins("/9j/") && !begins("iVBOR") && !begins("UklGR") && !begins(`\/9j`) {
		d.skip()
		return
	}
	if s := d.text(); len(s) <= maxThumbnail {
		m.Thumbnail = s
	}
}

func (m *Message) call() *MessageCall {
	if m.Call == nil {
		m.Call = &MessageCall{}
	}
	return m.Call
}

func (m *Message) quoted() *Quoted {
	if m.Quoted == nil {
		m.Quoted = &Quoted{}
	}
	return m.Quoted
}

func decodeQuoted(d *dec, m *Message) {
	if !d.object() {
		return
	}
	q := m.quoted()
	for d.next() {
		switch string(d.key) {
		case "type":
			q.Type = d.name()
		case "body":
			q.Body = d.str()
		case "caption":
			q.Caption = d.str()
		default:
			d.skip()
		}
	}
}

// settleQuote drops the pictures that stand in the body of quoted media, and an
// empty quote.
func (m *Message) settleQuote() {
	if m.Quoted == nil {
		return
	}
	switch m.Quoted.Type {
	case "image", "video", "sticker", "location":
		m.Quoted.Body = ""
	}
	if *m.Quoted == (Quoted{}) {
		m.Quoted = nil
	}
}
