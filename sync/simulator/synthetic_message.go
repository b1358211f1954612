package simulator

// Times of a conversation: messages come in bursts of eight, the newest burst ends
// at last(c). Within a burst the gap is 0 to 47 s, so that equal seconds occur.
const (
	burst        = 8
	longestSpan  = 3 * 365 * 24 * 3600
	betweenChats = 613 // seconds between the newest messages of neighbouring chats
)

// lastTime is when the newest base message of a conversation came, at most the epoch.
func (a *account) lastTime(c int) int64 {
	if c == 0 {
		return a.epoch
	}
	return a.epoch - int64(c)*betweenChats - int64(hash3(a.layout.key, c, 30)%betweenChats)
}

func (a *account) timeOf(c, k, n int) int64 {
	step := int64(600 + hash3(a.layout.key, c, 31)%18_000)
	step = max(1, min(step, longestSpan/int64(n)))
	back := n - 1 - k
	gap := int64(hash3(a.layout.key, c, 1000+back/burst)) & 0x7fffffff % min(step, 48)
	return a.lastTime(c) - int64(back/burst)*burst*step - int64(back%burst)*gap
}

func (a *account) message(c, k int, m *message) {
	n := a.messages(c)
	conv := a.conversation(c)
	a.fill(&conv, k, n, m)
}

// fill writes base message k of n into m. The conversation is given so that a walk
// computes it once.
func (a *account) fill(conv *conversation, k, n int, m *message) {
	c := conv.index
	h := hash3(hash2(a.key, c), k, 40)
	shape := hash3(hash2(a.layout.key, c), k, 41)
	*m = message{k: k, h: h, chat: conv.id, ts: a.timeOf(c, k, n)}
	m.fromMe = a.direction(conv, k, n, shape)
	device := byte('a')
	switch {
	case m.fromMe && shape>>8%3 == 0:
		device = 'w'
	case shape>>8%2 == 0:
		device = 'i'
	}
	m.id = shortID(a.idValue(c, k), device, h>>7)
	who := conv.peer
	switch {
	case conv.kind == kindGroup || conv.kind == kindStatus:
		who = a.author(conv, shape>>16)
		if m.fromMe {
			m.author = wid{a.self.phone, serverPhone}
		} else {
			m.author = who.id()
			if shape>>12%7 == 0 && who.phone != "" {
				m.author = wid{who.lid, serverLID}
			}
			m.notify = who.pushname.text
		}
	case conv.kind != kindPerson:
		who = a.self
		m.notify = conv.name.text
	default:
		m.notify = who.pushname.text
	}
	if conv.kind == kindSelf {
		m.self = "out"
		if !m.fromMe {
			m.self = "in"
		}
	}
	m.broadcast = conv.kind == kindList
	m.ack = baseAck(m.fromMe, n-1-k, shape)
	kind := "chat"
	if k%4 == 3 {
		list := a.art.kinds
		kind = list[(k/4+c)%len(list)]
	}
	fillKind(m, kind, a.words.text(h), who, a.art)
	a.finish(conv, k, m, who)
}

// finish fills in what depends on the neighbours.
func (a *account) finish(conv *conversation, k int, m *message, who person) {
	if m.quoted != nil && k > 0 {
		m.quoted.id = shortID(a.idValue(conv.index, k-1), 'i', 0)
	}
	if len(m.reactions) > 1 {
		a.spread(conv, m, who)
	}
}

// spread gives the reactions on a message to different people of its conversation.
func (a *account) spread(conv *conversation, m *message, who person) {
	people := []wid{who.id()}
	for i := 1; i < len(m.reactions)-1 && conv.kind == kindGroup; i++ {
		people = append(people, a.author(conv, m.h>>(i*6)).id())
	}
	m.spread(people, a.self.id())
}

// author chooses the person who wrote in a group or posted a status.
func (a *account) author(conv *conversation, h uint64) person {
	pool := max(a.contacts, a.layout.conversations, 200)
	n := max(conv.members-1, 4)
	step := 1 + int(hash3(a.layout.key, conv.index, 23)%7)
	p := (conv.index*31 + int(h%uint64(n))*step) % pool
	if kindOfPerson(p) == personTwin {
		p--
	}
	return a.person(p)
}

func (a *account) direction(conv *conversation, k, n int, shape uint64) bool {
	switch conv.kind {
	case kindSelf:
		return k%6 != 5
	case kindList:
		return true
	case kindAnnouncements, kindStatus:
		return false
	}
	return n-1-k >= conv.unread && shape%5 < 2
}

// baseAck gives older own messages 3 or 4 and the newest lower ones. What incoming
// messages carry has no meaning (contract §9.4).
func baseAck(fromMe bool, back int, shape uint64) int {
	switch {
	case !fromMe:
		return int(shape >> 20 % 3)
	case shape>>24%997 == 0:
		return -1
	case back < 3:
		return 1 + back
	case shape>>28%16 == 0:
		return 4
	}
	return 3
}

func (a *account) idValue(c, k int) uint64 {
	return mix((uint64(c)<<32 | uint64(k)) ^ a.key)
}

func (a *account) findMessage(c int, id string) (int, bool) {
	v, ok := shortIDValue(id)
	if !ok {
		return 0, false
	}
	v = unmix(v) ^ a.key
	k := int(v & 0xffffffff)
	if v>>32 != uint64(c) || k >= a.messages(c) {
		return 0, false
	}
	var m message
	a.message(c, k, &m)
	return k, m.id == id
}

func (a *account) newText(h uint64) string { return a.words.text(h) }
