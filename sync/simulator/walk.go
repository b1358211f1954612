package simulator

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// Truth gives what a perfect client would hold of a session. Without a name it is
// that of the first session that was launched, else of any session. It walks all messages: about two seconds for a million.
func (s *Server) Truth(session ...string) Truth {
	name := s.mainSession()
	if len(session) > 0 {
		name = session[0]
	}
	var t Truth
	contacts := map[string]struct{}{}
	se := s.session(name)
	se.enter()
	se.contacts(func(p *person, g *conversation, _ bool) bool {
		t.ContactEntries++
		id := wid{}
		if g != nil {
			id = g.id
		} else {
			id = p.id()
		}
		if _, known := contacts[id.String()]; known {
			return true
		}
		contacts[id.String()] = struct{}{}
		t.addContact(id)
		return true
	})
	se.mu.Unlock()
	for c := range s.TruthConversations(name) {
		t.addConversation(c)
		for m := range s.TruthMessages(name, c.ID) {
			if m.FromMe {
				t.MessagesSent++
			} else {
				t.MessagesReceived++
			}
		}
	}
	return t
}

// mainSession is the first session that was launched, else the first that was named.
func (s *Server) mainSession() string {
	used := s.names()
	for _, name := range used {
		if s.Launches(name) > 0 {
			return name
		}
	}
	if len(used) > 0 {
		return used[0]
	}
	return "session"
}

func (t *Truth) addContact(id wid) {
	t.Contacts++
	switch id.server {
	case serverGroup:
		t.ContactGroups++
		return
	case serverLID:
		t.ContactLIDs++
	}
	t.ContactPeople++
}

func (t *Truth) addConversation(c TruthConversation) {
	t.Conversations++
	t.Messages += c.Messages
	w, _ := parseWID(c.ID) // ids of the truth are valid
	for _, add := range []struct {
		to *int
		is bool
	}{
		{&t.Groups, c.Group}, {&t.Broadcasts, w.server == serverBroadcast}, {&t.UnreadConversations, c.Unread != 0},
		{&t.MarkedUnread, c.Unread < 0}, {&t.Archived, c.Archived}, {&t.Pinned, c.Pinned}, {&t.Muted, c.Muted}, {&t.Empty, c.Messages == 0},
	} {
		if add.is {
			*add.to++
		}
	}
	t.Unread += max(c.Unread, 0)
}

// contacts calls f for every entry of getContacts: a person, or a group. again marks
// the second entry of one id. The caller locks.
func (s *session) contacts(f func(p *person, g *conversation, again bool) bool) {
	me, wa := s.src.me(), announcements()
	if !f(&me, nil, false) || !f(&wa, nil, false) {
		return
	}
	for i := range s.src.people() {
		p := s.src.person(i)
		if !f(&p, nil, false) || p.kind == personDoubled && !f(&p, nil, true) {
			return
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(s.names), func(a, b wid) int { return strings.Compare(a.user, b.user) }) {
		if p, ok := s.src.find(id); !ok || p.index >= s.src.people() {
			p = s.stranger(id)
			p.inBook = true
			if !f(&p, nil, false) {
				return
			}
		}
	}
	s.all(func(v view) bool {
		return v.kind != kindGroup || f(nil, &v.conversation, false)
	})
}

// TruthContacts gives the unique contact ids of a session, in the order of getContacts.
func (s *Server) TruthContacts(session string) iter.Seq[string] {
	return func(yield func(string) bool) {
		var ids []string
		seen := map[string]struct{}{}
		se := s.session(session)
		se.enter()
		se.contacts(func(p *person, g *conversation, _ bool) bool {
			id := ""
			if g != nil {
				id = g.id.String()
			} else {
				id = p.id().String()
			}
			if _, known := seen[id]; !known {
				seen[id] = struct{}{}
				ids = append(ids, id)
			}
			return true
		})
		se.mu.Unlock()
		for _, id := range ids {
			if !yield(id) {
				return
			}
		}
	}
}

// TruthConversations gives the conversations of a session.
func (s *Server) TruthConversations(session string) iter.Seq[TruthConversation] {
	return func(yield func(TruthConversation) bool) {
		var list []TruthConversation
		se := s.session(session)
		se.enter()
		se.all(func(v view) bool {
			n := v.total()
			if v.chat != nil {
				for _, c := range v.chat.changed {
					if c.deleted {
						n--
					}
				}
				for _, m := range v.chat.added {
					if m.deleted {
						n--
					}
				}
			}
			list = append(list, TruthConversation{
				ID: v.id.String(), Name: v.name.text, Group: v.kind == kindGroup, Messages: n, Unread: v.unread,
				Archived: v.archived, Pinned: v.pinned, Muted: v.muted,
			})
			return true
		})
		se.mu.Unlock()
		for _, c := range list {
			if !yield(c) {
				return
			}
		}
	}
}

// TruthMessages gives the messages of one conversation, oldest first; none for an
// unknown one.
func (s *Server) TruthMessages(session, chatID string) iter.Seq[TruthMessage] {
	return func(yield func(TruthMessage) bool) {
		id, ok := parseWID(chatID)
		if !ok {
			return
		}
		se := s.session(session)
		const batch = 256
		list := make([]TruthMessage, 0, batch)
		for at, more := 0, true; more; at += batch {
			list = list[:0]
			now := se.enter()
			v, ok := se.lookup(id)
			more = ok && at+batch < v.total()
			for i := at; ok && i < min(at+batch, v.total()); i++ {
				var m message
				v.at(i, now, &m)
				if !m.deleted {
					list = append(list, TruthMessage{m.fromMe, m.id, m.typ, se.printer.body(&m), m.ts, m.ack})
				}
			}
			se.mu.Unlock()
			for _, m := range list {
				if !yield(m) {
					return
				}
			}
		}
	}
}
