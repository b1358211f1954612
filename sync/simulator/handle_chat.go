package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// filter is what fetchMessages' searchOptions ask for.
type filter struct {
	limit   int
	since   int64
	fromMe  *bool
	shortID string
}

func (c *call) filter() filter {
	options := object(c.body["searchOptions"])
	var f filter
	if n, ok := number(options["limit"]); ok && n > 0 {
		f.limit = int(min(n, 1e9))
	}
	if v, ok := options["fromMe"].(bool); ok {
		f.fromMe = &v
	}
	if c.srv.cfg.Flavour == FlavourA {
		if n, ok := number(options["since"]); ok {
			f.since = int64(n)
		}
		f.shortID, _ = options["messageId"].(string)
	}
	return f
}

// narrow says whether messages must be looked at one by one.
func (f *filter) narrow() bool { return f.since > 0 || f.fromMe != nil || f.shortID != "" }

func (f *filter) passes(m *message) bool {
	return !m.deleted && m.ts >= f.since && (f.fromMe == nil || *f.fromMe == m.fromMe) && (f.shortID == "" || f.shortID == m.id)
}

// choose gives the numbers of the messages that pass, oldest first. Without a limit
// only what the page has in memory is looked through.
func (v *view) choose(f filter, now time.Time) []int {
	end := v.total()
	memory := 1
	if v.chat != nil {
		memory = max(memory, v.chat.loaded)
	}
	oldest := v.first()
	if f.limit == 0 {
		oldest = max(oldest, end-memory)
	}
	plain := !f.narrow() && (v.chat == nil || len(v.chat.changed) == 0 && len(v.chat.added) == 0)
	var list []int
	for i := end - 1; i >= oldest && (f.limit == 0 || len(list) < f.limit); i-- {
		if !plain {
			var m message
			v.at(i, now, &m)
			if !f.passes(&m) {
				continue
			}
		}
		list = append(list, i)
	}
	slices.Reverse(list)
	return list
}

func fetchMessages(c *call) {
	f := c.filter()
	c.chat(func(v *view, now time.Time) {
		list := c.distorted(v.choose(f, now))
		if f.limit > 1 && len(list) > 0 {
			ch := v.change()
			ch.loaded = max(ch.loaded, v.total()-list[0])
		}
		out := c.stream(`{"success":true,"messages":[`)
		var m message
		for n, i := range list {
			if n > 0 {
				out.buf = append(out.buf, ',')
			}
			v.at(i, now, &m)
			out.buf = c.s.printer.appendMessage(out.buf, &m, form{})
			if !c.unlocked(out) {
				return
			}
		}
		out.buf = append(out.buf, `]}`...)
		out.end()
	})
}

// distorted does to an answer what the faults of lists do.
func (c *call) distorted(list []int) []int {
	switch c.fault.Kind {
	case FaultEmptyList:
		return nil
	case FaultShortList:
		return list[len(list)-(len(list)+2)/3:]
	case FaultMixedList:
		mixed := make([]int, 0, 2*len(list))
		for n, i := range list { // every other one first, and every fifth once more at the end
			if n%2 == 1 {
				mixed = append(mixed, i)
			}
		}
		for n, i := range list {
			if n%2 == 0 {
				mixed = append(mixed, i)
			}
		}
		for n, i := range list {
			if n%5 == 0 {
				mixed = append(mixed, i)
			}
		}
		return mixed
	}
	return list
}

func syncHistory(c *call) {
	c.existing(func(v *view, _ time.Time) {
		more := v.first() > 0
		if more {
			v.change().fetched++
		}
		c.succeedBool("result", more)
	})
}

func chatContact(c *call) {
	c.chat(func(v *view, _ time.Time) {
		if v.kind == kindGroup {
			c.succeed(appendGroupContact([]byte(`,"contact":`), &v.conversation))
			return
		}
		p := v.peer
		switch v.kind {
		case kindSelf:
			p = c.s.src.me()
		case kindAnnouncements:
			p = announcements()
		}
		c.succeed(c.s.appendContact([]byte(`,"contact":`), &p, false))
	})
}

func chatState(c *call) {
	c.chat(func(*view, time.Time) {
		name := "result"
		if c.srv.cfg.Flavour == FlavourC {
			name = c.method
		}
		c.succeedBool(name, true)
	})
}

// searchDepth is how far back a search looks in one conversation: what the page has
// locally.
const searchDepth = 500

func searchMessages(c *call) {
	query := strings.ToLower(c.text("query"))
	options := object(c.body["options"])
	limit, page := 10, 1
	if n, ok := number(options["limit"]); ok && n >= 1 {
		limit = int(min(n, 1000))
	}
	if n, ok := number(options["page"]); ok && n >= 1 {
		page = int(min(n, 1e6))
	}
	only, _ := options["chatId"].(string)
	out := c.stream(`{"success":true,"messages":[`)
	now := c.s.enter()
	defer c.s.mu.Unlock()
	skip, found := (page-1)*limit, 0
	c.s.all(func(v view) bool {
		if only != "" && v.id.String() != only {
			return true
		}
		var m message
		for i := v.total() - 1; i >= max(v.first(), v.total()-searchDepth) && found < limit; i-- {
			v.at(i, now, &m)
			if m.deleted || query == "" || !strings.Contains(strings.ToLower(c.s.printer.body(&m)), query) {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if found++; found > 1 {
				out.buf = append(out.buf, ',')
			}
			out.buf = c.s.printer.appendMessage(out.buf, &m, form{})
		}
		return found < limit
	})
	out.buf = append(out.buf, `]}`...)
	out.end()
}

// message runs f on the message of the body. The short id is wanted; the older server
// looks only through the last 100 messages.
func (c *call) message(f func(v *view, i int, now time.Time)) {
	c.chat(func(v *view, now time.Time) {
		i, ok := v.find(c.text("messageId"))
		if ok && c.srv.cfg.Flavour == FlavourC && i < v.total()-100 {
			ok = false
		}
		if !ok {
			text := "Message not found"
			if c.srv.cfg.Flavour == FlavourC {
				text = "Message not Found"
			}
			c.fail(http.StatusInternalServerError, text)
			return
		}
		f(v, i, now)
	})
}
