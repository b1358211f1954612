package simulator

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// own gives a message that is sent here its author.
func (s *session) own(v *view, m *message) {
	m.fromMe = true
	if v.kind == kindGroup {
		me := s.src.me()
		m.author = me.id()
	}
}

func sendMessage(c *call) {
	m, ok := c.compose()
	if !ok {
		return
	}
	if id, valid := parseWID(c.text("chatId")); valid && id.server == serverNewsletter {
		c.succeed(nil)
		return
	}
	c.chat(func(v *view, now time.Time) { c.deliver(v, m, now, "message") })
}

func reply(c *call) {
	if c.srv.cfg.Flavour == FlavourC {
		c.body["contentType"] = "string"
	}
	m, ok := c.compose()
	if !ok {
		return
	}
	c.message(func(v *view, i int, now time.Time) {
		var quoted message
		v.at(i, now, &quoted)
		by := quoted.author
		if by.zero() {
			by, _ = c.s.printer.ends(&quoted)
		}
		m.quoted = &quote{id: quoted.id, by: by, body: quoted.body}
		c.deliver(v, m, now, "repliedMessage")
	})
}

// deliver stores the message, tells its events and only then answers.
func (c *call) deliver(v *view, m *message, now time.Time, member string) {
	if v.kind == kindAnnouncements {
		c.throw("Cannot read properties of undefined (reading 'addAndSendMsgToChat')")
		return
	}
	options := object(c.body["options"])
	if id, ok := options["quotedMessageId"].(string); ok && m.quoted == nil {
		c.quote(v, m, id, now)
	}
	if list, ok := options["mentions"].([]any); ok {
		for _, item := range list {
			text, _ := item.(string)
			if id, valid := parseWID(text); valid {
				m.mentions = append(m.mentions, id)
			}
		}
	}
	c.s.own(v, m)
	c.s.add(v, m, now)
	if options["sendSeen"] != false && v.unread != 0 {
		c.s.setUnread(v, 0, now)
	}
	c.s.announce(v, m, now)
	switch {
	case c.deliveredAndFailed():
	case c.fault.Kind == FaultNoMessage || c.srv.cfg.SendWithoutMessage:
		c.succeed(nil)
	default:
		told := *m
		told.ack = c.s.risenAck(m, now)
		c.succeed(c.s.printer.appendMessage(appendName(nil, member), &told, form{}))
	}
}

// deliveredAndFailed answers 500 after all when a fault says so.
func (c *call) deliveredAndFailed() bool {
	if c.fault.Kind != FaultAccepted500 {
		return false
	}
	text := c.fault.Message
	if text == "" {
		text = "Cannot read properties of undefined (reading 'markedUnread')"
	}
	c.throw(text)
	return true
}

// quote attaches the message of a _serialized id; one that cannot be found is ignored,
// as ignoreQuoteErrors is on.
func (c *call) quote(v *view, m *message, serialized string, now time.Time) {
	parts := strings.Split(serialized, "_")
	if len(parts) < 3 {
		return
	}
	i, ok := v.find(parts[2])
	if !ok {
		return
	}
	var quoted message
	v.at(i, now, &quoted)
	by := quoted.author
	if by.zero() {
		by, _ = c.s.printer.ends(&quoted)
	}
	m.quoted = &quote{id: quoted.id, by: by, body: quoted.body}
}

// compose makes a message of the body's content, or answers why it cannot.
func (c *call) compose() (*message, bool) {
	options := object(c.body["options"])
	m := &message{kind: "chat", typ: "chat", fromMe: true}
	switch c.text("contentType") {
	case "string":
		text, ok := c.body["content"].(string)
		if !ok {
			c.throw("Cannot read properties of undefined (reading 'length')")
			return nil, false
		}
		m.body = text
		if media, ok := options["media"]; ok {
			return m, c.attach(m, object(media), text, options)
		}
		if strings.HasPrefix(text, "BEGIN:VCARD") && options["parseVCards"] != false {
			m.typ, m.vcards = "vcard", []string{text}
		}
		return m, true
	case "MessageMedia":
		caption, _ := options["caption"].(string)
		return m, c.attach(m, object(c.body["content"]), caption, options)
	case "MessageMediaFromURL":
		caption, _ := options["caption"].(string)
		m.typ, m.mime, m.body, m.hasMedia = "image", "image/jpeg", caption, true
		m.size = 20_000
		return m, true
	case "Location":
		return m, c.place(m)
	case "Contact":
		return m, c.card(m)
	case "Poll":
		return m, c.poll(m)
	}
	if c.srv.cfg.Flavour == FlavourC {
		c.fail(http.StatusNotFound, "contentType invalid, must be string, MessageMedia, MessageMediaFromURL, Location, Buttons, List, Contact or Poll")
	} else {
		c.fail(http.StatusBadRequest, "invalid contentType")
	}
	return nil, false
}

// attach makes m carry a file.
func (c *call) attach(m *message, media map[string]any, caption string, options map[string]any) bool {
	mime, _ := media["mimetype"].(string)
	encoded, _ := media["data"].(string)
	if mime == "" || encoded == "" {
		if _, inOptions := options["media"]; inOptions && c.srv.cfg.Flavour == FlavourA {
			c.fail(http.StatusBadRequest, "invalid media options")
		} else {
			c.throw("Cannot read properties of undefined (reading 'mimetype')")
		}
		return false
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		c.throw("Failed to execute 'atob' on 'Window': The string to be decoded is not correctly encoded.")
		return false
	}
	m.mime, m.data, m.size, m.hasMedia, m.body = mime, data, int64(len(data)), true, caption
	m.filename, _ = media["filename"].(string)
	m.typ = sentType(mime, options)
	if m.typ == "document" && m.body == "" {
		m.body = m.filename
	}
	return true
}

func sentType(mime string, options map[string]any) string {
	kind, _, _ := strings.Cut(mime, "/")
	switch {
	case options["sendMediaAsSticker"] == true:
		return "sticker"
	case options["sendMediaAsDocument"] == true:
		return "document"
	case kind == "audio" && options["sendAudioAsVoice"] == true:
		return "ptt"
	case kind == "image", kind == "video", kind == "audio":
		return kind
	}
	return "document"
}

func (c *call) place(m *message) bool {
	content := object(c.body["content"])
	lat, okLat := number(content["latitude"])
	lng, okLng := number(content["longitude"])
	description, has := content["description"]
	if !okLat || !okLng || has && description == nil {
		c.throw("Cannot read properties of null (reading 'name')")
		return false
	}
	m.typ, m.lat, m.lng, m.body = "location", lat, lng, c.srv.art.thumbJPEG
	m.placeName, _ = object(description)["name"].(string)
	m.address, _ = object(description)["address"].(string)
	return true
}

func (c *call) card(m *message) bool {
	text, _ := object(c.body["content"])["contactId"].(string)
	if !strings.HasSuffix(text, "@"+serverPhone) {
		text += "@" + serverPhone
	}
	id, ok := parseWID(text)
	if !ok {
		c.throw("wid error: invalid wid")
		return false
	}
	p := c.s.stranger(id)
	m.typ, m.body = "vcard", vcardText(p.display(), id.user)
	m.vcards = []string{m.body}
	return true
}

func (c *call) poll(m *message) bool {
	content := object(c.body["content"])
	name, _ := content["pollName"].(string)
	list, _ := content["pollOptions"].([]any)
	for _, o := range list {
		if text, ok := o.(string); ok {
			m.poll = append(m.poll, text)
		}
	}
	if name == "" || len(m.poll) == 0 {
		c.throw("Cannot read properties of undefined (reading 'map')")
		return false
	}
	m.typ, m.pollName, m.body = "poll_creation", name, name
	m.pollMulti = object(content["options"])["allowMultipleAnswers"] == true
	return true
}
