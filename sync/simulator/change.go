package simulator

import (
	"slices"
	"time"
)

// dueAck is an ack of an own message that will be told as an event.
type dueAck struct {
	chat wid
	id   string
	at   time.Time
	ack  int
}

// seenAfter is when a server that marks everything as read does so.
const seenAfter = time.Second

// dueSeen is a conversation that such a server will mark as read.
type dueSeen struct {
	at   time.Time
	chat wid
}

// The methods of this file change a conversation and tell it as events. The caller
// locks the session.

func (s *session) messageData(name string, m *message) []byte {
	b := append(append([]byte(`{"`), name...), '"', ':')
	return append(s.printer.appendMessage(b, m, form{}), '}')
}

// announce tells a new message: message_create, then message for incoming ones, then
// the acks of own ones as they come.
func (s *session) announce(v *view, m *message, now time.Time) {
	if m.fromMe && !s.holding {
		delay := s.srv.cfg.AckDelay
		for _, d := range []dueAck{{at: now.Add(delay), ack: 2}, {at: now.Add(4 * delay), ack: 3}} {
			d.chat, d.id = m.chat, m.id
			s.due = append(s.due, d)
		}
	}
	if len(s.subs) == 0 {
		return
	}
	now2 := *m
	now2.ack = s.risenAck(m, now)
	data := s.messageData("message", &now2)
	s.emit("message_create", data)
	if m.fromMe {
		if !s.holding {
			s.tellAck(m, 1)
		}
		return
	}
	s.emit("message", data)
	s.tellChat(v, now)
}

func (s *session) tellChat(v *view, now time.Time) {
	if len(s.subs) == 0 {
		return
	}
	fresh, ok := s.lookup(v.id)
	if ok {
		s.emit("unread_count", append(s.appendChat([]byte(`{"chat":`), &fresh, now), '}'))
	}
}

func (s *session) tellAck(m *message, ack int) {
	if len(s.subs) == 0 {
		return
	}
	told := *m
	told.ack = ack
	b := s.printer.appendMessage([]byte(`{"message":`), &told, form{})
	s.emit("message_ack", append(appendInt(b, "ack", int64(ack)), '}'))
}

// advanceAcks tells the acks that were due. After each the one before comes again, as
// real acks do not come in order.
func (s *session) advanceAcks(now time.Time) {
	s.due = slices.DeleteFunc(s.due, func(d dueAck) bool {
		if d.at.After(now) {
			return false
		}
		if v, ok := s.lookup(d.chat); ok && len(s.subs) > 0 {
			if i, ok := v.find(d.id); ok {
				var m message
				v.at(i, now, &m)
				s.tellAck(&m, d.ack)
				s.tellAck(&m, d.ack-1)
			}
		}
		return true
	})
}

// advanceSeen marks as read what a server that does so has left unread until now.
func (s *session) advanceSeen(now time.Time) {
	s.unseen = slices.DeleteFunc(s.unseen, func(d dueSeen) bool {
		if d.at.After(now) {
			return false
		}
		if v, ok := s.lookup(d.chat); ok {
			s.setUnread(&v, 0, now)
		}
		return true
	})
}

func (s *session) setUnread(v *view, n int, now time.Time) {
	ch := v.change()
	before := v.unread
	ch.unread, v.unread = &n, n
	if before != n {
		s.tellChat(v, now)
	}
}

func (s *session) archive(v *view, archived bool, now time.Time) {
	before := v.archived
	v.change().archived, v.archived = &archived, archived
	if before == archived || len(s.subs) == 0 {
		return
	}
	b := s.appendChat([]byte(`{"chat":`), v, now)
	s.emit("chat_archived", append(appendBool(appendBool(b, "currState", archived), "prevState", before), '}'))
}

// pin gives the new state: a fourth pin is refused.
func (s *session) pin(v *view, pinned bool) bool {
	if pinned && !v.pinned {
		n := 0
		s.all(func(other view) bool {
			if other.pinned {
				n++
			}
			return n < 3
		})
		if n >= 3 {
			return false
		}
	}
	v.change().pinned = &pinned
	return pinned
}

// mute mutes until end (unix seconds; -1 = for ever, 0 = not muted).
func (s *session) mute(v *view, end int64) {
	muted := end != 0
	ch := v.change()
	ch.muted, ch.muteEnd = &muted, end
}

func (s *session) edit(v *view, i int, text string, now time.Time) {
	var before, after message
	v.at(i, now, &before)
	v.alter(i, func(c *change) { c.body, c.editedMs = &text, now.UnixMilli() })
	v.at(i, now, &after)
	if len(s.subs) == 0 {
		return
	}
	b := s.printer.appendMessage([]byte(`{"message":`), &after, form{})
	b = appendText(appendText(b, "newBody", text), "prevBody", before.body)
	s.emit("message_edit", append(b, '}'))
}

func (s *session) revoke(v *view, i int, now time.Time) {
	v.alter(i, func(c *change) { c.revoked = true })
	if len(s.subs) == 0 {
		return
	}
	var m message
	v.at(i, now, &m)
	s.emit("message_revoke_everyone", s.messageData("message", &m))
}

// react sets or removes one person's reaction.
func (s *session) react(v *view, i int, r reaction, now time.Time) {
	v.alter(i, func(c *change) {
		list := slices.DeleteFunc(slices.Clone(c.reactions), func(old reaction) bool { return old.by == r.by })
		if r.emoji != "" {
			list = append(list, r)
		}
		c.reactions, c.reacted = list, true
	})
	if len(s.subs) == 0 {
		return
	}
	var m message
	v.at(i, now, &m)
	s.emit("message_reaction", append(s.printer.appendReaction([]byte(`{"reaction":`), &m, r, true), '}'))
}
