package simulator

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// label is a label of a business account.
type label struct{ id, name, color string }

// labelSet holds labels by their place in source.labels.
type labelSet uint32

// has tells whether the label at a place is in the set.
func (l labelSet) has(i int) bool { return l>>i&1 != 0 }

// labelColors are colours of WhatsApp Business; the first labels have the first ones.
var labelColors = [...]string{"#64c4ff", "#ffd429", "#ff9485", "#55ccb3", "#dfaef0", "#99b6c1", "#d3a91d", "#6d7cce"}

// makeLabels gives n labels; those beyond the names are numbered.
func makeLabels(names []string, n int) []label {
	list := make([]label, n)
	for i := range list {
		name := names[i%len(names)]
		if i >= len(names) {
			name += " " + strconv.Itoa(i/len(names)+1)
		}
		list[i] = label{id: strconv.Itoa(i + 1), name: name, color: labelColors[i%len(labelColors)]}
	}
	return list
}

func (a *account) labels() []label { return a.layout.labels }

// labelled gives a label to about one conversation in seven, and none to what
// cannot carry one.
func (a *account) labelled(c int) labelSet {
	var set labelSet
	if kind := kindOfConversation(c); kind != kindPerson && kind != kindGroup {
		return set
	}
	for i := range a.layout.labels {
		if hash3(a.layout.key, c, 40+i)%7 == 0 {
			set |= 1 << i
		}
	}
	return set
}

func (b *bakery) labels() []label         { return b.marks }
func (b *bakery) labelled(c int) labelSet { return b.chats[c].labels }

// labels says which labels the conversation carries now.
func (v *view) labels() labelSet {
	switch {
	case v.chat != nil && v.chat.labels != nil:
		return *v.chat.labels
	case v.index >= 0:
		return v.s.src.labelled(v.index)
	}
	return 0
}

// Label puts exactly these labels on a conversation; ids that are no labels of the
// account are refused.
func (p *Phone) Label(chatID string, ids ...string) error {
	return p.chat(chatID, func(v *view, _ time.Time) error {
		set, ok := p.s.labelSet(ids)
		if !ok {
			return ErrNoSuchLabel
		}
		v.change().labels = &set
		return nil
	})
}

// labelSet finds labels by their ids.
func (s *session) labelSet(ids []string) (set labelSet, ok bool) {
	list := s.src.labels()
	for _, id := range ids {
		i := slices.IndexFunc(list, func(l label) bool { return l.id == id })
		if i < 0 {
			return 0, false
		}
		set |= 1 << i
	}
	return set, true
}

// setLabels puts exactly the body's labels on its chats; only business accounts can.
func setLabels(c *call) {
	if len(c.s.src.labels()) == 0 {
		c.throw("[LT01] Only Whatsapp business")
		return
	}
	set, ok := c.s.labelSet(texts(c.body["labelIds"]))
	if !ok {
		c.throw("Cannot read properties of undefined (reading 'id')")
		return
	}
	chats := texts(c.body["chatIds"])
	if strings.EqualFold(c.method, "changeLabels") {
		chats = []string{c.text("chatId")}
	}
	c.s.enter()
	defer c.s.mu.Unlock()
	for _, text := range chats {
		id, valid := parseWID(text)
		v, found := c.s.lookup(id)
		if !valid || !found {
			c.noChat()
			return
		}
		v.change().labels = &set
	}
	c.succeed(nil)
}

// texts takes the texts and numbers of a list; ids come as either.
func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		switch item := item.(type) {
		case string:
			out = append(out, item)
		case float64:
			out = append(out, strconv.FormatFloat(item, 'f', -1, 64))
		}
	}
	return out
}

func appendLabel(b []byte, l label) []byte {
	b = appendString(append(b, `{"id":`...), l.id)
	b = appendText(b, "name", l.name)
	return append(appendText(b, "hexColor", l.color), '}')
}

func appendLabels(b []byte, name string, list []label, chosen func(i int) bool) []byte {
	b = append(appendName(b, name), '[')
	n := 0
	for i, l := range list {
		if !chosen(i) {
			continue
		}
		if n++; n > 1 {
			b = append(b, ',')
		}
		b = appendLabel(b, l)
	}
	return append(b, ']')
}

func getLabels(c *call) {
	c.succeed(appendLabels(nil, "labels", c.s.src.labels(), func(int) bool { return true }))
}

// chatLabels answers with the labels of the body's chat.
func (c *call) chatLabels(name string) {
	c.existing(func(v *view, _ time.Time) { c.succeed(appendLabels(nil, name, c.s.src.labels(), v.labels().has)) })
}

func getChatLabels(c *call)   { c.chatLabels("chatLabels") }
func getChatLabelsOf(c *call) { c.chatLabels("labels") }

// label finds the label of the body and answers itself when there is none.
func (c *call) label() (int, bool) {
	id := c.text("labelId")
	i := slices.IndexFunc(c.s.src.labels(), func(l label) bool { return l.id == id })
	if i < 0 {
		c.throw("Cannot read properties of undefined (reading 'serialize')")
	}
	return i, i >= 0
}

func getLabel(c *call) {
	if i, ok := c.label(); ok {
		c.succeed(appendLabel(appendName(nil, "label"), c.s.src.labels()[i]))
	}
}

func getChatsByLabel(c *call) {
	i, ok := c.label()
	if !ok {
		return
	}
	out := c.stream(`{"success":true,"chats":[`)
	now := c.s.enter()
	n := 0
	c.s.all(func(v view) bool {
		if !v.labels().has(i) {
			return true
		}
		if n++; n > 1 {
			out.buf = append(out.buf, ',')
		}
		out.buf = c.s.appendChat(out.buf, &v, now)
		return c.unlocked(out)
	})
	c.s.mu.Unlock()
	out.buf = append(out.buf, `]}`...)
	out.end()
}
