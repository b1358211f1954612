package simulator

import (
	"cmp"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func getClassInfo(c *call) {
	me := c.s.src.me()
	b := appendText([]byte(`,"sessionInfo":{"x":0`), "pushname", me.pushname.text)
	b = []byte(strings.Replace(string(b), `"x":0,`, "", 1))
	b = appendWID(appendName(b, "wid"), me.id())
	b = appendWID(appendName(b, "me"), me.id())
	c.succeed(append(appendText(b, "platform", "android"), '}'))
}

func getVersion(c *call) { c.succeedText("result", "2.3000.1017054665") }

func getContacts(c *call) {
	out := c.stream(`{"success":true,"contacts":[`)
	if c.fault.Kind != FaultEmptyList {
		c.s.enter()
		n := 0
		c.s.contacts(func(p *person, g *conversation, again bool) bool {
			if n++; n > 1 {
				out.buf = append(out.buf, ',')
			}
			if g != nil {
				out.buf = appendGroupContact(out.buf, g)
			} else {
				out.buf = c.s.appendContact(out.buf, p, again)
			}
			return c.unlocked(out)
		})
		c.s.mu.Unlock()
	}
	out.buf = append(out.buf, `]}`...)
	out.end()
}

// unlocked lets the client read what has gathered; the session is free meanwhile.
func (c *call) unlocked(out *stream) bool {
	if len(out.buf) < streamFrom {
		return true
	}
	c.s.mu.Unlock()
	defer c.s.mu.Lock()
	return out.more()
}

func getChats(c *call) {
	options := object(c.body["searchOptions"])
	since, _ := number(options["since"])
	unread := options["unread"] == true
	now := c.s.enter()
	var list []view
	if c.fault.Kind != FaultEmptyList {
		c.s.all(func(v view) bool {
			if float64(v.ts) >= since && (!unread || v.unread != 0) {
				list = append(list, v)
			}
			return true
		})
	}
	slices.SortStableFunc(list, func(a, b view) int {
		if a.pinned != b.pinned {
			if a.pinned {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.ts, a.ts)
	})
	out := c.stream(`{"success":true,"chats":[`)
	for i := range list {
		if i > 0 {
			out.buf = append(out.buf, ',')
		}
		out.buf = c.s.appendChat(out.buf, &list[i], now)
		if !c.unlocked(out) {
			break
		}
	}
	c.s.mu.Unlock()
	out.buf = append(out.buf, `]}`...)
	out.end()
}

// number reads a JSON number, or digits in a text as forms send them.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil && !math.IsNaN(f)
	}
	return 0, false
}

// chat runs f on the conversation of the body, locked. It answers itself when there
// is none. The conversation of a registered number is made.
func (c *call) chat(f func(v *view, now time.Time)) {
	id, ok := parseWID(c.text("chatId"))
	if !ok {
		c.throw("wid error: invalid wid")
		return
	}
	now := c.s.enter()
	v, found := c.s.lookup(id)
	if !found && (id.server == serverPhone || id.server == serverLID) {
		v, found = c.s.open(id)
		if !found {
			c.s.mu.Unlock()
			c.throw("No LID for user")
			return
		}
	}
	if !found {
		c.s.mu.Unlock()
		c.noChat()
		return
	}
	defer c.s.mu.Unlock()
	f(&v, now)
}

func (c *call) noChat() {
	if c.srv.cfg.Flavour == FlavourC {
		c.throw("Cannot read properties of undefined (reading 'serialize')")
		return
	}
	c.fail(http.StatusInternalServerError, "Chat not found")
}

func getChat(c *call) {
	c.chat(func(v *view, now time.Time) { c.succeed(c.s.appendChat([]byte(`,"chat":`), v, now)) })
}

// contact finds the person of the body or answers.
func (c *call) contact(name string) (person, bool) {
	id, ok := parseWID(c.text(name))
	if !ok {
		c.throw("wid error: invalid wid")
		return person{}, false
	}
	if id == (wid{"0", serverPhone}) {
		return announcements(), true
	}
	return c.s.stranger(id), true
}

func getContact(c *call) {
	if id, ok := parseWID(c.text("contactId")); ok && id.server == serverGroup {
		c.groupContact(id)
		return
	}
	p, ok := c.contact("contactId")
	if !ok {
		return
	}
	member := `,"contact":`
	if c.srv.cfg.Flavour == FlavourC && strings.HasPrefix(strings.ToLower(c.route), "post /contact/") {
		member = `,"result":`
	}
	c.s.enter()
	b := c.s.appendContact([]byte(member), &p, false)
	c.s.mu.Unlock()
	c.succeed(b)
}

func (c *call) groupContact(id wid) {
	c.s.enter()
	v, ok := c.s.lookup(id)
	c.s.mu.Unlock()
	if !ok {
		c.throw("Cannot read properties of undefined (reading 'getContact')")
		return
	}
	c.succeed(appendGroupContact([]byte(`,"contact":`), &v.conversation))
}

func getPicture(c *call) {
	id, ok := parseWID(c.text("contactId"))
	if !ok {
		c.throw("wid error: invalid wid")
		return
	}
	has := hashText(c.s.key, id.user)%3 != 0
	if p, known := c.s.src.find(id); known {
		has = p.avatar
	}
	if !has {
		if strings.HasPrefix(strings.ToLower(c.route), "post /contact/") {
			c.succeed([]byte(`,"result":null`))
			return
		}
		c.succeed(nil)
		return
	}
	seed := strconv.FormatUint(hashText(c.s.key, id.user), 16)
	c.succeedText("result", "http://"+c.r.Host+c.srv.cfg.BasePath+"/__media/avatar/"+seed+".png")
}

func sendPresence(c *call) {
	if c.srv.cfg.Flavour == FlavourC {
		c.succeed([]byte(`,"presence":null`))
		return
	}
	c.succeed(nil)
}

func sendSeen(c *call) {
	id, ok := parseWID(c.text("chatId"))
	if !ok {
		c.throw("wid error: invalid wid")
		return
	}
	now := c.s.enter()
	v, found := c.s.lookup(id)
	if found {
		c.s.setUnread(&v, 0, now)
	}
	c.s.mu.Unlock()
	c.succeedBool("result", found)
}

// existing runs f on a conversation that exists; changing any other is a 500.
func (c *call) existing(f func(v *view, now time.Time)) {
	id, ok := parseWID(c.text("chatId"))
	if !ok {
		c.throw("wid error: invalid wid")
		return
	}
	now := c.s.enter()
	defer c.s.mu.Unlock()
	v, found := c.s.lookup(id)
	if !found {
		c.noChat()
		return
	}
	f(&v, now)
}

func markUnread(c *call) {
	c.existing(func(v *view, now time.Time) {
		c.s.setUnread(v, -1, now)
		c.succeed(nil)
	})
}

func archiveChat(c *call) {
	archived := strings.EqualFold(c.method, "archiveChat")
	c.existing(func(v *view, now time.Time) {
		c.s.archive(v, archived, now)
		c.succeedBool("result", archived)
	})
}

func pinChat(c *call) {
	pinned := strings.EqualFold(c.method, "pinChat")
	c.existing(func(v *view, _ time.Time) { c.succeedBool("result", c.s.pin(v, pinned)) })
}

func muteChat(c *call) {
	end, ok := number(c.body["unmuteDate"])
	if text := c.text("unmuteDate"); !ok && text != "" {
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			end, ok = float64(at.UnixMilli()), true
		}
	}
	if c.srv.cfg.Flavour == FlavourC {
		end /= 1000 // C hands milliseconds to JavaScript's Date
	}
	c.existing(func(v *view, _ time.Time) {
		until := int64(-1)
		if ok && end > 0 {
			until = int64(end)
		}
		c.s.mute(v, until)
		c.succeed(nil)
	})
}

func unmuteChat(c *call) {
	c.existing(func(v *view, _ time.Time) {
		c.s.mute(v, 0)
		if c.srv.cfg.Flavour == FlavourC {
			c.succeed(nil)
			return
		}
		c.succeed([]byte(`,"result":{"isMuted":false,"muteExpiration":0}`))
	})
}

// numberID reads the number of the body as an id.
func (c *call) numberID() (wid, bool) {
	text := c.text("number")
	if !strings.Contains(text, "@") {
		text += "@" + serverPhone
	}
	return parseWID(text)
}

func (c *call) isRegistered(id wid, ok bool) bool {
	c.s.enter()
	defer c.s.mu.Unlock()
	return ok && c.s.registered(id)
}

func isRegistered(c *call) { c.succeedBool("result", c.isRegistered(c.numberID())) }

// getNumberID answers another number than asked where countries changed their
// numbering: Brazil's extra nine.
func getNumberID(c *call) {
	id, ok := c.numberID()
	if !c.isRegistered(id, ok) {
		c.succeed([]byte(`,"result":null`))
		return
	}
	if strings.HasPrefix(id.user, "55") && len(id.user) == 13 && id.user[4] == '9' {
		if _, known := c.s.src.find(id); !known {
			id.user = id.user[:4] + id.user[5:]
		}
	}
	c.succeed(appendWID([]byte(`,"result":`), id))
}

func formattedNumber(c *call) {
	text := c.text("number") + c.text("contactId")
	id, ok := parseWID(text)
	if !ok {
		id.user = text
	}
	c.succeedText("result", formatPhone(id.user, false))
}

func lidAndPhone(c *call) {
	ids, ok := c.body["userIds"].([]any)
	if !ok {
		ids = []any{c.body["userIds"]}
	}
	b := []byte(`,"data":[`)
	for i, v := range ids {
		text, _ := v.(string)
		id, valid := parseWID(text)
		if !valid {
			c.throw("wid error: invalid wid")
			return
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = c.s.appendPair(b, id)
	}
	c.succeed(append(b, ']'))
}

// appendPair writes what is known of the two ids of a person.
func (s *session) appendPair(b []byte, id wid) []byte {
	p := s.stranger(id)
	open := len(b)
	if p.lid != "" {
		b = appendID(append(b, `,"lid":`...), wid{p.lid, serverLID})
	}
	if p.phone != "" {
		b = appendID(append(b, `,"pn":`...), wid{p.phone, serverPhone})
	}
	b[open] = '{' // over the first comma: a valid id gives at least one half
	return append(b, '}')
}

func commonGroups(c *call) {
	p, ok := c.contact("contactId")
	if !ok {
		return
	}
	var groups []wid
	c.s.enter()
	c.s.all(func(v view) bool {
		if v.kind == kindGroup && slices.ContainsFunc(c.s.groupMembers(&v), func(m member) bool {
			return m.id.user == p.phone && p.phone != "" || m.id.user == p.lid && p.lid != ""
		}) {
			groups = append(groups, v.id)
		}
		return true
	})
	c.s.mu.Unlock()
	member := "groups"
	if strings.HasPrefix(strings.ToLower(c.route), "post /contact/") {
		member = "result"
	}
	c.succeed(appendWIDs(appendName(nil, member), groups, true))
}

func getBlocked(c *call) {
	b := []byte(`,"blockedContacts":[`)
	c.s.enter()
	n := 0
	c.s.contacts(func(p *person, _ *conversation, again bool) bool {
		if p != nil && !again && c.s.blocked[p.id()] {
			if n++; n > 1 {
				b = append(b, ',')
			}
			b = c.s.appendContact(b, p, false)
		}
		return true
	})
	c.s.mu.Unlock()
	c.succeed(append(b, ']'))
}

func getAbout(c *call) {
	p, ok := c.contact("contactId")
	if !ok {
		return
	}
	if p.about.state != fieldPresent {
		c.succeed([]byte(`,"result":null`))
		return
	}
	c.succeedText("result", p.about.text)
}

func block(c *call) {
	id, ok := parseWID(c.text("contactId"))
	if !ok {
		c.throw("wid error: invalid wid")
		return
	}
	if id.server == serverGroup {
		c.succeedBool("result", false)
		return
	}
	c.s.enter()
	c.s.blocked[id] = strings.EqualFold(c.method, "block")
	c.s.mu.Unlock()
	c.succeedBool("result", true)
}

func contactChat(c *call) {
	id, _ := parseWID(c.text("contactId")) // an invalid id is answered by chat
	if p, ok := c.s.src.find(id); ok && p.me {
		c.succeed([]byte(`,"result":null`))
		return
	}
	c.body["chatId"] = c.body["contactId"]
	c.chat(func(v *view, now time.Time) { c.succeed(c.s.appendChat([]byte(`,"result":`), v, now)) })
}

func getGroup(c *call) {
	c.chat(func(v *view, now time.Time) {
		if v.kind != kindGroup {
			c.fail(http.StatusInternalServerError, "The chat is not a group")
			return
		}
		c.succeed(c.s.appendChat([]byte(`,"chat":`), v, now))
	})
}

func getInviteCode(c *call) {
	c.chat(func(v *view, _ time.Time) {
		switch members := c.s.groupMembers(v); {
		case v.kind != kindGroup:
			c.fail(http.StatusInternalServerError, "The chat is not a group")
		case !members[0].admin:
			c.throw("Cannot read properties of undefined (reading 'code')")
		default:
			c.succeedText("inviteCode", noiseText(hashText(c.s.key, v.id.user), 15)[:16])
		}
	})
}
