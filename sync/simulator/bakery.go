package simulator

import (
	"bufio"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed data/bakery_es.txt data/bakery_en.txt
var bakeryTexts embed.FS

// bakery is the believable small business of the demo: a few hundred messages, read
// from a text once and then read-only.
type bakery struct {
	key   uint64
	epoch int64
	art   *art
	self  person
	all   []person
	chats []bakeryChat
	marks []label
	lines []string // what people write during the demo
	byID  map[wid]int
}

type bakeryChat struct {
	conversation
	crowd    []member
	messages []message
	repeat   int
	labels   labelSet
	pattern  []bakeryLine
}

// bakeryLine is one message of the text before it has a time.
type bakeryLine struct {
	fromMe bool
	by     string // in groups
	kind   string
	text   string
	pause  bool // a night lies before it
}

var _ source = (*bakery)(nil)

func newBakery(language string, epoch time.Time, a *art) (*bakery, error) {
	file, err := bakeryTexts.Open("data/bakery_" + language + ".txt")
	if err != nil {
		return nil, fmt.Errorf("open the business: %w", err)
	}
	defer func() { _ = file.Close() }()
	b := &bakery{key: hashText(0xbaca, language), epoch: epoch.Unix(), art: a, byID: map[wid]int{}}
	scripts := [][]bakeryLine{}
	pause := false
	for scan := bufio.NewScanner(file); scan.Scan(); {
		line := scan.Text()
		switch {
		case strings.HasPrefix(line, "me |"):
			b.readSelf(line)
		case strings.HasPrefix(line, "labels |"):
			names := fields(line)[1:]
			b.marks = makeLabels(names, len(names))
		case strings.HasPrefix(line, "# "):
			b.readChat(line[2:])
			scripts, pause = append(scripts, nil), false
		case strings.HasPrefix(line, "+ "):
			f := fields(line[2:])
			b.addPerson(f[0], f[1], f[2], false)
		case strings.HasPrefix(line, "! "):
			b.lines = append(b.lines, line[2:])
		case line == "---":
			pause = true
		case strings.HasPrefix(line, "~"):
			chat := &b.chats[len(b.chats)-1]
			chat.pattern = append(chat.pattern, readLine(line[1:]))
		case line != "":
			l := readLine(line)
			l.pause, pause = pause, false
			scripts[len(scripts)-1] = append(scripts[len(scripts)-1], l)
		}
	}
	for c := range b.chats {
		b.resolve(c, scripts[c])
	}
	return b, nil
}

// fields splits "a | b | c" into at least four trimmed parts.
func fields(line string) []string {
	parts := strings.Split(line, "|")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	return parts
}

func (b *bakery) readSelf(line string) {
	f := fields(line)
	b.self = person{index: -1, me: true, phone: f[2], lid: "9" + f[2] + "001", name: field{state: fieldNull}, pushname: present(f[1]), avatar: true, about: orMissing(f[3])}
}

func (b *bakery) addPerson(name, phone, about string, business bool) int {
	if at := slices.IndexFunc(b.all, func(p person) bool { return p.name.text == name }); at >= 0 {
		return at
	}
	first, _, _ := strings.Cut(name, " ")
	p := person{
		index: len(b.all), phone: phone, lid: "20" + phone + "77", name: present(name), pushname: present(first), shortName: present(first),
		inBook: true, business: business, avatar: len(b.all)%3 != 2, about: orMissing(about),
	}
	if business {
		p.verifiedName, p.pushname = name, present(name)
	}
	b.all = append(b.all, p)
	b.byID[wid{p.phone, serverPhone}] = p.index
	b.byID[wid{p.lid, serverLID}] = p.index
	return p.index
}

func (b *bakery) readChat(line string) {
	group := strings.HasPrefix(line, "group ")
	f := fields(strings.TrimPrefix(line, "group "))
	options, names, _ := strings.Cut(f[2], "members=")
	chat := bakeryChat{conversation: conversation{index: len(b.chats), name: present(f[0])}}
	switch {
	case group:
		chat.kind, chat.id, chat.desc = kindGroup, wid{f[1], serverGroup}, f[3]
		chat.created = b.epoch - 500*24*3600
		chat.crowd = []member{{id: b.self.id(), admin: true, super: true}}
		for name := range strings.SplitSeq(names, ",") {
			chat.crowd = append(chat.crowd, member{id: wid{name, ""}}) // resolved when everybody is known
		}
		chat.members = len(chat.crowd)
	case f[0] == "self":
		chat.kind, chat.id, chat.name = kindSelf, b.self.id(), b.self.pushname
	default:
		at := b.addPerson(f[0], f[1], f[3], strings.Contains(options, "business"))
		chat.peer = b.all[at]
		chat.id = chat.peer.id()
	}
	for _, o := range strings.Fields(options) {
		name, value, _ := strings.Cut(o, "=")
		chat.option(name, value, b.epoch)
	}
	b.chats = append(b.chats, chat)
}

func (c *bakeryChat) option(name, value string, epoch int64) {
	n, _ := strconv.Atoi(strings.TrimRight(value, "mhd")) // our own text: a slip gives 0
	switch name {
	case "ago":
		unit := map[byte]int64{'m': 60, 'h': 3600, 'd': 24 * 3600}[value[len(value)-1]]
		c.last = epoch - int64(n)*unit
	case "unread":
		c.unread = n
	case "label":
		c.labels |= 1 << (n - 1)
	case "repeat":
		c.repeat = n
	case "pinned":
		c.pinned = true
	case "archived":
		c.archived = true
	case "muted":
		c.muted, c.muteEnd = true, -1
	case "lid":
		c.id = wid{c.peer.lid, serverLID}
	}
}

func readLine(line string) bakeryLine {
	l := bakeryLine{fromMe: line[0] == '>', kind: "chat"}
	rest := line[1:]
	if rest[0] != ' ' {
		l.by, rest, _ = strings.Cut(rest, ":")
	}
	l.text = strings.TrimSpace(rest)
	if strings.HasPrefix(l.text, "[") {
		l.kind, l.text, _ = strings.Cut(l.text[1:], "]")
		l.text = strings.TrimSpace(l.text)
	}
	if l.kind == "image" && l.text != "" {
		l.kind = "image_caption"
	}
	return l
}

// resolve turns names into ids and lines into messages, from the newest backwards.
func (b *bakery) resolve(c int, script []bakeryLine) {
	chat := &b.chats[c]
	for i := range chat.crowd {
		if m := &chat.crowd[i]; m.id.server == "" {
			m.id = b.named(m.id.user).id()
		}
	}
	lines := b.repeated(chat)
	lines = append(lines, script...)
	chat.messages = make([]message, len(lines))
	at := chat.last
	for k := len(lines) - 1; k >= 0; k-- {
		h := hash3(b.key, c, k)
		b.write(chat, k, len(lines), at, h, lines[k])
		if m := &chat.messages[k]; len(m.reactions) > 1 {
			var people []wid
			for _, someone := range chat.crowd {
				if someone.id != b.self.id() {
					people = append(people, someone.id)
				}
			}
			m.spread(people, b.self.id())
		}
		at -= int64(40 + h%400)
		if lines[k].pause {
			at -= int64(18*3600 + h%14_400)
		}
	}
	for k := 1; k < len(chat.messages); k++ {
		if m, before := &chat.messages[k], &chat.messages[k-1]; m.quoted != nil {
			m.quoted.id, m.quoted.body = before.id, before.body
			if m.quoted.by = before.author; m.quoted.by.zero() {
				m.quoted.by = before.chat
			}
		}
	}
}

// repeated plays the pattern of a regular customer once for each past day.
func (b *bakery) repeated(chat *bakeryChat) []bakeryLine {
	var out []bakeryLine
	for day := range chat.repeat {
		h := hash3(b.key, chat.index, 5000+day)
		swap := strings.NewReplacer("{n}", strconv.Itoa(18+int(h%12)), "{m}", strconv.Itoa(30+int(h>>8%20)))
		for i, l := range chat.pattern {
			l.text, l.pause = swap.Replace(l.text), i == 0
			out = append(out, l)
		}
	}
	return out
}

func (b *bakery) named(name string) person {
	if at := slices.IndexFunc(b.all, func(p person) bool { return p.name.text == name }); at >= 0 {
		return b.all[at]
	}
	return b.self
}

func (b *bakery) write(chat *bakeryChat, k, n int, at int64, h uint64, l bakeryLine) {
	m := &chat.messages[k]
	*m = message{k: k, h: h, chat: chat.id, ts: at, fromMe: l.fromMe}
	m.ack = baseAck(l.fromMe, n-1-k, h|1<<24)
	device, who := byte('a'), chat.peer
	if l.fromMe {
		device = 'w'
	}
	m.id = shortID(mix((uint64(chat.index)<<32|uint64(k))^b.key), device, h)
	switch chat.kind {
	case kindGroup:
		who = b.self
		if !l.fromMe {
			who = b.named(l.by)
		}
		m.author = who.id()
	case kindSelf:
		m.self = "out"
	}
	m.notify = who.pushname.text
	fillKind(m, l.kind, l.text, who, b.art)
	if l.kind == "document" {
		m.filename, m.body = l.text, l.text
		m.size = fileSize(m, b.art)
	}
}

func (b *bakery) me() person          { return b.self }
func (b *bakery) people() int         { return len(b.all) }
func (b *bakery) person(p int) person { return b.all[p] }

func (b *bakery) find(id wid) (person, bool) {
	if id.user == b.self.phone && id.server == serverPhone || id.user == b.self.lid && id.server == serverLID {
		return b.self, true
	}
	p, ok := b.byID[id]
	if !ok {
		return person{}, false
	}
	return b.all[p], true
}

func (b *bakery) conversations() int              { return len(b.chats) }
func (b *bakery) conversation(c int) conversation { return b.chats[c].conversation }
func (b *bakery) members(c int) []member          { return b.chats[c].crowd }
func (b *bakery) messages(c int) int              { return len(b.chats[c].messages) }
func (b *bakery) message(c, k int, m *message)    { *m = b.chats[c].messages[k] }

func (b *bakery) findConversation(id wid) (int, bool) {
	at := slices.IndexFunc(b.chats, func(c bakeryChat) bool { return c.id == id })
	return at, at >= 0
}

func (b *bakery) findMessage(c int, id string) (int, bool) {
	v, ok := shortIDValue(id)
	if !ok {
		return 0, false
	}
	v = unmix(v) ^ b.key
	k := int(v & 0xffffffff)
	if v>>32 != uint64(c) || k >= len(b.chats[c].messages) {
		return 0, false
	}
	return k, b.chats[c].messages[k].id == id
}

func (b *bakery) newText(h uint64) string { return pick(b.lines, h) }
