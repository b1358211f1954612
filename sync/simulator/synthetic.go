package simulator

import (
	"strconv"
	"time"
)

// layout is what all generated accounts share: the size and shape of the data.
type layout struct {
	key           uint64
	contacts      int
	conversations int
	counts        []int32 // messages of each conversation
	epoch         int64
	words         *vocabulary
	labels        []label
	art           *art
	seen          bool // nothing is unread
}

func newLayout(cfg Config, a *art) *layout {
	l := &layout{
		key:           mix(uint64(cfg.Seed) ^ 0xb0a2),
		contacts:      cfg.Contacts,
		conversations: cfg.Conversations,
		epoch:         cfg.Epoch.Unix(),
		words:         newVocabulary(cfg.Language),
		art:           a,
		seen:          cfg.MarksSeen,
	}
	l.labels = makeLabels(l.words.labels, cfg.Labels)
	l.counts = distribute(cfg.Messages, cfg.Conversations)
	return l
}

// distribute spreads messages over conversations with weights 1/(rank+1): a few big
// ones and a long tail. Some conversations stay empty. The sum is exact.
func distribute(messages, conversations int) []int32 {
	counts := make([]int32, conversations)
	if messages == 0 {
		return counts
	}
	sum := 0.0
	for c := range counts {
		if !emptyConversation(c) {
			sum += 1 / float64(c+1)
		}
	}
	left := messages
	for c := range counts {
		if !emptyConversation(c) {
			counts[c] = int32(float64(messages) / float64(c+1) / sum)
			left -= int(counts[c])
		}
	}
	for c := 0; left > 0; c = (c + 1) % conversations {
		if !emptyConversation(c) {
			counts[c]++
			left--
		}
	}
	return counts
}

func emptyConversation(c int) bool { return c%97 == 50 || c == 12 }

// account is the generated data of one session.
type account struct {
	*layout
	key    uint64 // layout.key mixed with the session name
	offset uint64 // of the scattered phone digits
	lids   uint64 // of the scattered lid digits
	self   person
}

var _ source = (*account)(nil)

func newAccount(l *layout, session string) *account {
	a := &account{layout: l, key: hashText(l.key, session)}
	a.offset, a.lids = hash2(a.key, 1), hash2(a.key, 2)
	a.self = person{
		index: -1, me: true,
		phone: "34699" + pad(hash2(a.key, 3)%1_000_000, 6),
		lid:   "9" + pad(hash2(a.key, 4)%100_000_000_000_000, 14),
		name:  field{state: fieldNull}, pushname: present(l.words.ownName), shortName: field{},
		inBook: false, avatar: true, about: present(l.words.ownAbout),
	}
	return a
}

func pad(n uint64, width int) string {
	s := strconv.FormatUint(n, 10)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

func (a *account) me() person         { return a.self }
func (a *account) people() int        { return a.contacts }
func (a *account) conversations() int { return a.layout.conversations }
func (a *account) messages(c int) int { return int(a.counts[c]) }

// phonePrefix gives the country and network digits of a person, before eight more.
func (a *account) phonePrefix(p int) string {
	prefixes := [...]string{"346", "346", "346", "346", "347", "52155", "54911", "2126", "4477", "86138", "9198", "9725", "8190", "668", "55119"}
	return prefixes[hash3(a.layout.key, p, 11)%uint64(len(prefixes))]
}

func (a *account) phone(p int) string {
	return a.phonePrefix(p) + pad(scatter(p, a.offset), 8)
}

func (a *account) lid(p int) string {
	return "2" + pad(hash3(a.key, p, 12)%1_000_000, 6) + pad(scatter(p, a.lids), 8)
}

func kindOfPerson(p int) personKind {
	switch p % 58 {
	case 13, 42:
		return personTwin
	case 5:
		return personLIDOnly
	case 17:
		return personDoubled
	}
	return personNormal
}

func (a *account) person(p int) person {
	kind := kindOfPerson(p)
	if kind == personTwin {
		twin := a.person(p - 1)
		twin.index, twin.kind, twin.inBook = p, personTwin, false
		twin.name, twin.shortName = field{}, field{}
		return twin
	}
	h := hash3(a.key, p, 10)
	out := person{index: p, kind: kind, lid: a.lid(p), avatar: h%3 != 0}
	if kind != personLIDOnly {
		out.phone = a.phone(p)
	}
	full, first := a.words.name(h)
	out.pushname = present(first)
	switch v := hash3(a.layout.key, p, 13) % 16; {
	case kind == personLIDOnly:
		out.name = field{state: fieldNull}
	case v < 10:
		out.name, out.shortName, out.inBook = present(full), present(first), true
	case v == 10:
		out.name = field{state: fieldNull}
	case v == 11:
		out.name, out.shortName = present(""), present("")
	case v == 12:
		out.pushname = field{state: fieldNull}
	case v == 13:
		out.pushname = field{}
	case v == 14:
		out.verifiedName, out.business = a.words.company(h), true
	}
	if h>>8%5 != 0 {
		out.about = present(a.words.about(h))
	}
	return out
}

func (a *account) find(id wid) (person, bool) {
	if id.user == a.self.phone && id.server == serverPhone || id.user == a.self.lid && id.server == serverLID {
		return a.self, true
	}
	if len(id.user) < 9 {
		return person{}, false
	}
	tail, err := strconv.ParseUint(id.user[len(id.user)-8:], 10, 64)
	if err != nil {
		return person{}, false
	}
	offset := a.offset
	if id.server == serverLID {
		offset = a.lids
	}
	p := gather(tail, offset)
	if p >= max(a.contacts, a.layout.conversations)+MaxContacts {
		return person{}, false
	}
	if kindOfPerson(p) == personTwin {
		return person{}, false
	}
	found := a.person(p)
	if id.server == serverLID && found.lid == id.user || id.server == serverPhone && found.phone == id.user {
		return found, true
	}
	return person{}, false
}

// Places of the special conversations in the list.
const (
	placeSelf          = 3
	placeAnnouncements = 5
	placeStatus        = 6
	placeList          = 9
)

func kindOfConversation(c int) conversationKind {
	switch {
	case c == placeSelf:
		return kindSelf
	case c == placeAnnouncements:
		return kindAnnouncements
	case c == placeStatus:
		return kindStatus
	case c == placeList:
		return kindList
	case c%7 == 2:
		return kindGroup
	}
	return kindPerson
}

// peerByLID says whether the chat with person c has moved to the hidden id.
func peerByLID(c int) bool {
	k := kindOfPerson(c)
	return k == personTwin || k == personLIDOnly || (c%13 == 4 && k == personNormal && kindOfPerson(c+1) != personTwin)
}

func (a *account) conversation(c int) conversation {
	out := conversation{index: c, kind: kindOfConversation(c)}
	n := a.messages(c)
	out.last = a.lastTime(c)
	switch out.kind {
	case kindSelf:
		out.id, out.name = wid{a.self.phone, serverPhone}, present(formatPhone(a.self.phone, true))
	case kindAnnouncements:
		out.id, out.name = wid{"0", serverPhone}, present("WhatsApp")
	case kindStatus:
		out.id, out.name, out.readOnly = wid{"status", serverBroadcast}, field{}, false
	case kindList:
		out.id, out.name = wid{pad(hash2(a.key, 90)%10_000_000_000+10_000_000_000, 11), serverBroadcast}, present(a.words.listName)
	case kindGroup:
		a.group(c, &out)
	default:
		out.peer = a.person(c)
		out.id = wid{out.peer.phone, serverPhone}
		if peerByLID(c) {
			out.id = wid{out.peer.lid, serverLID}
		}
		out.name = orMissing(out.peer.display())
		if out.name.state == fieldMissing && c%2 == 0 {
			out.name = present("")
		}
	}
	a.flags(c, n, &out)
	return out
}

// flags fills in what the shape decides: unread, archived, pinned, muted, last message.
func (a *account) flags(c, n int, out *conversation) {
	h := hash3(a.layout.key, c, 20)
	plain := out.kind == kindPerson || out.kind == kindGroup
	if plain && !a.seen {
		out.unread = unreadCount(c, n, h)
	}
	if n == 0 {
		out.last = 0
	}
	out.archived = c%17 == 8 && plain
	out.pinned = c == 1 || c == 4
	if c%19 == 3 && plain {
		out.muted, out.muteEnd = true, a.muteEnd(c)
	}
	switch {
	case n == 0 || c%37 == 20:
		out.lastKind = lastMissing
	case out.kind == kindGroup && c%3 == 1:
		out.lastKind = lastNotification
	case out.kind == kindPerson && c%41 == 11:
		out.lastKind = lastEncryption
	}
}

func unreadCount(c, n int, h uint64) int {
	switch {
	case n == 0:
		return 0
	case c%23 == 7:
		return -1
	case c%5 == 1:
		return min(1+int(h%9), n)
	}
	return 0
}

func (a *account) muteEnd(c int) int64 {
	switch c / 19 % 3 {
	case 0:
		return -1
	case 1:
		return a.epoch + 7*24*3600
	}
	return a.epoch - 3600 // over, but still said to be muted
}

func (a *account) group(c int, out *conversation) {
	h := hash3(a.key, c, 21)
	out.created = a.epoch - int64(time.Hour/time.Second)*24*int64(900+h%1500)
	if c%4 == 1 {
		out.id = wid{a.phone(c) + "-" + strconv.Itoa(1_400_000_000+c), serverGroup}
	} else {
		out.id = wid{"120363" + pad(h>>20%10_000, 4) + pad(scatter(c, a.offset+7), 8), serverGroup}
	}
	out.name = present(a.words.group(h))
	out.members = 3 + int(hash3(a.layout.key, c, 22)%12)
	if c%49 == 2 {
		out.members = 180
	}
	out.readOnly = c%35 == 30
	if h%3 != 0 {
		out.desc = a.words.about(h >> 5)
	}
}

func (a *account) members(c int) []member {
	conv := a.conversation(c)
	pool := max(a.contacts, a.layout.conversations, 200)
	out := make([]member, 0, conv.members)
	out = append(out, member{id: wid{a.self.phone, serverPhone}, admin: c%2 == 0})
	step := 1 + int(hash3(a.layout.key, c, 23)%7)
	for j := 0; len(out) < conv.members; j++ {
		p := (c*31 + j*step) % pool
		if kindOfPerson(p) == personTwin {
			continue
		}
		who := a.person(p)
		m := member{id: who.id(), admin: j < 2, super: j == 0}
		if j%6 == 5 {
			m.id = wid{who.lid, serverLID}
		}
		out = append(out, m)
	}
	return out
}

func (a *account) findConversation(id wid) (int, bool) {
	for _, c := range a.candidates(id) {
		if c < 0 || c >= a.layout.conversations {
			continue
		}
		if a.conversation(c).id == id {
			return c, true
		}
	}
	return 0, false
}

// candidates gives the conversations that could have an id.
func (a *account) candidates(id wid) []int {
	if len(id.user) < 9 || id.server == serverBroadcast {
		return []int{placeAnnouncements, placeStatus, placeList}
	}
	tail, err := strconv.ParseUint(id.user[len(id.user)-8:], 10, 64)
	if err != nil {
		return nil
	}
	switch id.server {
	case serverPhone:
		return []int{gather(tail, a.offset), placeSelf}
	case serverLID:
		p := gather(tail, a.lids)
		return []int{p, p + 1}
	case serverGroup:
		if i := len(id.user) - 11; i > 0 && id.user[i] == '-' {
			return []int{int(tail)} // 1,400,000,000 + c ends in c
		}
		return []int{gather(tail, a.offset+7)}
	}
	return nil
}
