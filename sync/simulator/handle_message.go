package simulator

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func messageInfo(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		c.succeed(c.s.printer.appendMessage([]byte(`,"message":`), &m, form{}))
	})
}

// media gives the file of a message; nil when it has none or cannot be had now.
func (c *call) media(v *view, i int, now time.Time) (m message, data []byte) {
	v.at(i, now, &m)
	if !m.hasMedia || m.viewOnce {
		return m, nil
	}
	data, err := mediaBytes(&m, c.srv.art)
	if err != nil {
		return m, nil
	}
	return m, data
}

func downloadMedia(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		m, data := c.media(v, i, now)
		switch {
		case data == nil && m.mime == "" && c.srv.cfg.Flavour == FlavourA:
			c.fail(http.StatusInternalServerError, "Message media not found")
			return
		case data == nil:
			c.succeed(nil)
			return
		}
		b := appendText([]byte(`,"messageMedia":{"x":0`), "mimetype", m.mime)
		b = append([]byte(`,"messageMedia":{`), b[len(`,"messageMedia":{"x":0,`):]...)
		b = appendText(b, "data", base64.StdEncoding.EncodeToString(data))
		if m.filename != "" {
			b = appendText(b, "filename", m.filename)
		} else if m.h%2 == 0 {
			b = append(b, `,"filename":null`...)
		}
		c.succeed(append(appendInt(b, "filesize", announced(&m, data)), '}'))
	})
}

// announced is the size that the message names for its file: that of the sender,
// also when the bytes are fewer.
func announced(m *message, data []byte) int64 {
	if m.kind == "media_short" {
		return m.size
	}
	return int64(len(data))
}

func downloadAsData(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		m, data := c.media(v, i, now)
		if data == nil {
			c.fail(http.StatusInternalServerError, "Message media not found")
			return
		}
		h := c.w.Header()
		setCommon(h)
		h.Set("Content-Type", m.mime)
		h.Set("Content-Length", strconv.FormatInt(announced(&m, data), 10))
		h.Set("Content-Disposition", "attachment; filename="+url.PathEscape(m.filename))
		c.w.WriteHeader(http.StatusOK)
		_, _ = c.w.Write(data)
	})
}

// pollVotes lists who chose what: the people of the chat, as the message's value says.
func pollVotes(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		if m.pollName == "" {
			c.throw("Cannot read properties of undefined (reading 'pollOptions')")
			return
		}
		var b []byte
		for n, voter := range c.s.voters(v) {
			h := mix(m.h + uint64(n))
			if h%5 == 4 {
				continue // has not voted
			}
			if b = append(b, ','); len(b) == 1 {
				b = b[:0]
			}
			b = c.s.printer.appendVote(b, &m, voter, h)
		}
		c.succeed(append(append([]byte(`,"votes":[`), b...), ']'))
	})
}

// voters are the people who may vote in a chat's polls.
func (s *session) voters(v *view) []wid {
	if v.kind != kindGroup {
		return []wid{v.id, s.src.me().id()}
	}
	var out []wid
	for _, m := range s.groupMembers(v) {
		if out = append(out, m.id); len(out) == 40 {
			break
		}
	}
	return out
}

// appendVote writes what one person chose.
func (p *printer) appendVote(b []byte, m *message, voter wid, h uint64) []byte {
	b = append(appendText(append(b, `{"interacted":true`...), "voter", voter.String()), `,"selectedOptions":[`...)
	chosen := []int{int(h >> 8 % uint64(len(m.poll)))}
	if m.pollMulti && h>>16%2 == 0 {
		chosen = append(chosen, (chosen[0]+1)%len(m.poll))
	}
	for i, at := range chosen {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendInt(appendString(append(b, `{"name":`...), m.poll[at]), "localId", int64(at)), '}')
	}
	b = appendInt(append(b, ']'), "interractedAtTs", (m.ts+int64(h%3600))*1000)
	b = p.appendMessageID(appendName(b, "parentMsgKey"), m, form{})
	return append(b, '}')
}

func reactTo(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		me := c.s.src.me()
		var m message
		v.at(i, now, &m)
		c.s.react(v, i, reaction{by: me.id(), me: true, emoji: c.text("reaction"), ms: now.UnixMilli()}, now)
		c.recordAct(&m, c.text("reaction"), now)
		c.done(nil)
	})
}

// appendReaction writes one reaction; events have fractions of seconds.
func (p *printer) appendReaction(b []byte, m *message, r reaction, event bool) []byte {
	own := message{h: m.h, chat: m.chat, fromMe: r.me, id: shortID(mix(m.h^uint64(r.ms)), 'a', m.h)}
	b = p.appendMessageID(append(b, `{"id":`...), &own, form{})
	b = append(b, `,"orphan":0,"orphanReason":null`...)
	if event {
		b = appendFloat(b, "timestamp", float64(r.ms)/1000)
	} else {
		b = appendInt(b, "timestamp", r.ms/1000)
	}
	b = appendText(b, "reaction", r.emoji)
	b = appendBool(b, "read", false)
	b = p.appendMessageID(appendName(b, "msgId"), m, form{})
	b = appendText(b, "senderId", r.by.String())
	return append(appendInt(b, "ack", 3), '}')
}

func getReactions(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		if len(m.reactions) == 0 {
			c.succeed(nil)
			return
		}
		b := []byte(`,"result":[`)
		var done []string
		for _, r := range m.reactions {
			if strings.Contains(strings.Join(done, " "), r.emoji) {
				continue
			}
			if done = append(done, r.emoji); len(done) > 1 {
				b = append(b, ',')
			}
			b = c.s.printer.appendReactionList(b, &m, r.emoji)
		}
		c.succeed(append(b, ']'))
	})
}

// appendReactionList writes everybody who reacted with one emoji.
func (p *printer) appendReactionList(b []byte, m *message, emoji string) []byte {
	b = appendText(appendString(append(b, `{"id":`...), emoji), "aggregateEmoji", emoji)
	mine := false
	senders := []byte{}
	for _, r := range m.reactions {
		if r.emoji != emoji {
			continue
		}
		mine = mine || r.me
		if len(senders) > 0 {
			senders = append(senders, ',')
		}
		senders = p.appendReaction(senders, m, r, false)
	}
	b = append(appendName(appendBool(b, "hasReactionByMe", mine), "senders"), '[')
	return append(append(b, senders...), `]}`...)
}

func forward(c *call) {
	target, ok := parseWID(c.text("destinationChatId"))
	c.message(func(v *view, i int, now time.Time) {
		to, found := c.s.lookup(target)
		if !ok || !found {
			c.throw("wid error: invalid wid")
			return
		}
		var m message
		v.at(i, now, &m)
		copied := m
		copied.fromMe, copied.author, copied.quoted, copied.reactions = true, wid{}, nil, nil
		copied.forwarded, copied.sentAt, copied.readAck, copied.self = m.forwarded+1, 0, false, ""
		copied.starred, copied.editedMs, copied.phone = false, 0, false
		c.s.own(&to, &copied)
		c.s.add(&to, &copied, now)
		c.s.announce(&to, &copied, now)
		if !c.deliveredAndFailed() {
			c.succeed(nil)
		}
	})
}

func deleteMessage(c *call) {
	everyone := c.body["everyone"] == true
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		if everyone && m.fromMe {
			c.s.revoke(v, i, now)
			c.recordAct(&m, "everyone", now)
		} else {
			c.recordAct(&m, "me", now)
			v.alter(i, func(ch *change) { ch.deleted = true })
			if len(c.s.subs) > 0 {
				c.s.emit("message_revoke_me", c.s.messageData("message", &m))
			}
		}
		c.done(nil)
	})
}

// editWindow is how long WhatsApp lets an own text be edited.
const editWindow = 15 * time.Minute

func editMessage(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		if !m.fromMe || m.typ != "chat" || now.Sub(time.Unix(m.ts, 0)) > editWindow {
			c.succeed([]byte(`,"message":null`))
			return
		}
		c.s.edit(v, i, c.text("content"), now)
		v.at(i, now, &m)
		c.recordAct(&m, c.text("content"), now)
		c.done(c.s.printer.appendMessage([]byte(`,"message":`), &m, form{remoteObj: true}))
	})
}

func star(c *call) {
	starred := strings.EqualFold(c.method, "star")
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		v.alter(i, func(ch *change) { ch.starred = &starred })
		c.recordAct(&m, "", now)
		c.done(nil)
	})
}

func deliveryInfo(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		var m message
		v.at(i, now, &m)
		if !m.fromMe {
			c.succeed([]byte(`,"info":null`))
			return
		}
		list := func(name string, is bool) string {
			if !is || v.peer.id().zero() {
				return `"` + name + `":[],"` + name + `Remaining":0`
			}
			return `"` + name + `":[{"id":` + string(appendWID(nil, v.id)) + `,"t":` + strconv.FormatInt(m.ts+5, 10) + `}],"` + name + `Remaining":0`
		}
		c.succeed([]byte(`,"info":{` + list("delivery", m.ack >= 2) + `,` + list("read", m.ack >= 3) + `,` + list("played", m.ack >= 4) + `}`))
	})
}

func getQuoted(c *call) {
	c.message(func(v *view, i int, now time.Time) {
		var m, q message
		v.at(i, now, &m)
		if m.quoted == nil {
			c.succeed(nil)
			return
		}
		k, ok := v.find(m.quoted.id)
		if !ok {
			q = message{k: -1, h: m.h, chat: m.chat, id: m.quoted.id, typ: "chat", body: m.quoted.body, ts: m.ts - 60}
		} else {
			v.at(k, now, &q)
		}
		c.succeed(c.s.printer.appendMessage([]byte(`,"quotedMessage":`), &q, form{}))
	})
}
