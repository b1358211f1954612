package simulator

import (
	"slices"
	"time"
)

// chat holds what has changed in one conversation since the base data.
type chat struct {
	base     int // index of the base conversation, -1 for a new one
	conv     conversation
	added    []*message
	changed  map[int]*change // by base index
	unread   *int
	archived *bool
	pinned   *bool
	labels   *labelSet
	muted    *bool
	muteEnd  int64
	allRead  bool // the other side has read every base message
	loaded   int  // messages that the page has in memory beyond the newest
	fetched  int  // how often syncHistory brought more
}

// change is what happened to one message.
type change struct {
	body      *string
	editedMs  int64
	revoked   bool
	starred   *bool
	reactions []reaction
	reacted   bool
	deleted   bool
}

func (c *change) apply(m *message) {
	if c.body != nil {
		m.body = *c.body
		m.editedMs = c.editedMs
	}
	if c.starred != nil {
		m.starred = *c.starred
	}
	if c.reacted {
		m.reactions = c.reactions
	}
	m.deleted = c.deleted
	if c.revoked {
		*m = message{
			k: m.k, h: m.h, chat: m.chat, id: m.id, fromMe: m.fromMe, kind: "revoked", typ: "revoked", ts: m.ts, ack: m.ack,
			author: m.author, notify: m.notify, self: m.self, revokedID: m.id, deleted: m.deleted, sentAt: m.sentAt, readAck: m.readAck,
		}
	}
}

// view is one conversation as it is now. The caller locks the session while using it.
type view struct {
	conversation
	s    *session
	chat *chat // nil when nothing has changed
	n    int   // base messages
	ts   int64 // 0 = missing
}

// lookup finds a conversation by id. A phone id also finds the chat that has moved to
// the person's hidden id.
func (s *session) lookup(id wid) (view, bool) {
	if ch, ok := s.chats[id]; ok {
		return s.viewOf(ch), true
	}
	if c, ok := s.src.findConversation(id); ok {
		return s.baseView(c), true
	}
	if id.server != serverPhone && id.server != serverLID {
		return view{}, false
	}
	p, ok := s.src.find(id)
	if !ok || p.me {
		return view{}, false
	}
	for _, other := range []wid{{p.phone, serverPhone}, {p.lid, serverLID}} {
		if other == id || other.user == "" {
			continue
		}
		if ch, ok := s.chats[other]; ok {
			return s.viewOf(ch), true
		}
		if c, ok := s.src.findConversation(other); ok {
			return s.baseView(c), true
		}
	}
	return view{}, false
}

func (s *session) baseView(c int) view {
	conv := s.src.conversation(c)
	if ch, ok := s.chats[conv.id]; ok {
		return s.viewOf(ch)
	}
	v := view{conversation: conv, s: s, n: s.src.messages(c), ts: conv.last}
	v.rename()
	return v
}

// rename gives the conversation the address book's present name of its person.
func (v *view) rename() {
	if v.kind != kindPerson || len(v.s.names) == 0 {
		return
	}
	if name, ok := v.s.names[v.peer.id()]; ok {
		v.name = present(name)
	}
}

func (s *session) viewOf(ch *chat) view {
	v := view{conversation: ch.conv, s: s, chat: ch, ts: ch.conv.last}
	if ch.base >= 0 {
		v.n = s.src.messages(ch.base)
	}
	if ch.unread != nil {
		v.unread = *ch.unread
	}
	if ch.archived != nil {
		v.archived = *ch.archived
	}
	if ch.pinned != nil {
		v.pinned = *ch.pinned
	}
	if ch.muted != nil {
		v.muted, v.muteEnd = *ch.muted, ch.muteEnd
	}
	v.rename()
	if len(ch.added) > 0 {
		v.ts = max(v.ts, ch.added[len(ch.added)-1].ts)
		v.lastKind = lastNewest
	}
	return v
}

// change gives the overlay of a conversation, made when needed.
func (v *view) change() *chat {
	if v.chat == nil {
		v.chat = &chat{base: v.index, conv: v.s.src.conversation(v.index)}
		v.s.chats[v.id] = v.chat
	}
	return v.chat
}

// open finds a conversation or makes a new one for a registered id.
func (s *session) open(id wid) (view, bool) {
	if v, ok := s.lookup(id); ok {
		return v, true
	}
	conv := conversation{index: -1, id: id}
	switch id.server {
	case serverPhone, serverLID:
		conv.peer = s.stranger(id)
		if !s.registered(id) {
			return view{}, false
		}
		conv.name = orMissing(conv.peer.display())
	case serverGroup:
		conv.kind, conv.name, conv.members = kindGroup, present("Group "+id.user[max(0, len(id.user)-4):]), 1
	default:
		return view{}, false
	}
	ch := &chat{base: -1, conv: conv}
	s.chats[id] = ch
	s.order = append(s.order, id)
	return s.viewOf(ch), true
}

// stranger is a person for an id, known or not.
func (s *session) stranger(id wid) person {
	if p, ok := s.src.find(id); ok {
		return p
	}
	p := person{index: 0, phone: id.user}
	if id.server == serverLID {
		p = person{index: 0, lid: id.user, kind: personLIDOnly}
	}
	return p
}

// registered says whether a number is on WhatsApp: numbers that end in three zeros
// and lid digits written as a phone are not.
func (s *session) registered(id wid) bool {
	if _, ok := s.src.find(id); ok {
		return true
	}
	if id.server == serverLID {
		return len(id.user) >= 14
	}
	if _, isLID := s.src.find(wid{id.user, serverLID}); isLID {
		return false
	}
	n := len(id.user)
	return n >= 8 && n <= 15 && id.user[n-3:] != "000"
}

// all calls f for every conversation, base ones first, until it says false.
func (s *session) all(f func(view) bool) {
	for c := range s.src.conversations() {
		if !f(s.baseView(c)) {
			return
		}
	}
	for _, id := range s.order {
		if !f(s.viewOf(s.chats[id])) {
			return
		}
	}
}

// total is how many messages there are, deleted ones and those not yet local included.
func (v *view) total() int {
	n := v.n
	if v.chat != nil {
		n += len(v.chat.added)
	}
	return n
}

// first is the oldest message that the device has.
func (v *view) first() int {
	local := v.s.srv.cfg.LocalHistory
	if local == 0 {
		return 0
	}
	if v.chat != nil {
		local *= 1 + v.chat.fetched
	}
	return max(0, v.n-local)
}

// at writes message i (base ones first, then those added) into m, as it is now.
func (v *view) at(i int, now time.Time, m *message) {
	if i >= v.n {
		*m = *v.chat.added[i-v.n]
		m.ack = v.s.risenAck(m, now)
		return
	}
	if a, ok := v.s.src.(*account); ok {
		conv := &v.conversation
		if v.chat != nil {
			conv = &v.chat.conv // who wrote what does not depend on what is unread now
		}
		a.fill(conv, i, v.n, m)
	} else {
		v.s.src.message(v.index, i, m)
	}
	if v.chat == nil {
		return
	}
	if v.chat.allRead && m.fromMe && m.ack >= 0 {
		m.ack = max(m.ack, 3)
	}
	if c := v.chat.changed[i]; c != nil {
		c.apply(m)
	}
}

// find looks a message up by its short id.
func (v *view) find(id string) (int, bool) {
	if v.chat != nil {
		for i, m := range slices.Backward(v.chat.added) {
			if m.id == id {
				return v.n + i, !m.deleted
			}
		}
	}
	if v.index < 0 {
		return 0, false
	}
	k, ok := v.s.src.findMessage(v.index, id)
	if ok && v.chat != nil && v.chat.changed[k] != nil && v.chat.changed[k].deleted {
		return 0, false
	}
	return k, ok && k >= v.first()
}

// alter changes message i.
func (v *view) alter(i int, f func(*change)) {
	ch := v.change()
	if i >= v.n {
		var c change
		m := ch.added[i-v.n]
		c.reactions = m.reactions
		f(&c)
		c.deleted = c.deleted || m.deleted
		c.apply(m)
		return
	}
	if ch.changed == nil {
		ch.changed = map[int]*change{}
	}
	c := ch.changed[i]
	if c == nil {
		var m message
		v.at(i, time.Time{}, &m)
		c = &change{reactions: m.reactions}
		ch.changed[i] = c
	}
	f(c)
}

// newest gives the newest message that is not deleted.
func (v *view) newest(now time.Time, m *message) bool {
	for i := v.total() - 1; i >= v.first(); i-- {
		v.at(i, now, m)
		if !m.deleted {
			return true
		}
	}
	return false
}

// risenAck is the ack of a message that was added: own ones rise with time.
func (s *session) risenAck(m *message, now time.Time) int {
	if s.holding {
		return 0
	}
	if m.sentAt == 0 {
		return m.ack
	}
	if m.readAck {
		return 3
	}
	passed := now.Sub(time.UnixMilli(m.sentAt))
	delay := s.srv.cfg.AckDelay
	switch {
	case passed >= 4*delay:
		return 3
	case passed >= delay:
		return 2
	case passed >= delay/4 || s.srv.cfg.Flavour == FlavourA:
		return 1
	}
	return 0
}

// ownDevice is where an own message was written: here, or on an Android or iOS phone.
func ownDevice(m *message) byte {
	switch {
	case !m.phone:
		return 'w'
	case m.h%2 == 0:
		return 'i'
	}
	return 'a'
}

// add appends a new message to a conversation: id, time and direction are filled in.
func (s *session) add(v *view, m *message, now time.Time) {
	ch := v.change()
	s.news++
	m.k, m.chat = -1, v.id
	if m.h == 0 {
		m.h = hash3(s.key, int(s.news), 77)
	}
	device := byte('a')
	if m.fromMe {
		device = ownDevice(m)
		m.sentAt = now.UnixMilli()
	}
	m.id = shortID(mix(s.key^(1<<63)^s.news), device, m.h)
	m.ts = max(now.Unix(), v.ts)
	if v.kind == kindSelf {
		m.self = "out"
		if !m.fromMe {
			m.self = "in"
		}
	}
	ch.added = append(ch.added, m)
	s.srv.record(s, m, now)
	ch.loaded++
	v.ts = m.ts
	if !m.fromMe {
		n := max(v.unread, 0) + 1
		ch.unread, v.unread = &n, n
		if s.srv.cfg.MarksSeen {
			s.unseen = append(s.unseen, dueSeen{now.Add(seenAfter), v.id})
		}
		if v.archived && !v.muted {
			no := false
			ch.archived, v.archived = &no, false
		}
	}
}
