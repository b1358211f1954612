package simulator

import "time"

// appendContact writes one contact entry. second is the repeated entry of
// personDoubled: the same id with the hidden digits as number.
func (s *session) appendContact(b []byte, p *person, second bool) []byte {
	id := p.id()
	number := id.user
	if second {
		number = p.lid
	}
	b = appendWID(append(b, `{"id":`...), id)
	b = appendText(b, "number", number)
	b = appendBool(b, "isBusiness", p.business)
	if p.index%4 != 3 {
		b = appendBool(b, "isEnterprise", false)
	}
	b = append(b, `,"labels":[]`...)
	name, short := p.name, p.shortName
	if renamed, ok := s.names[id]; ok {
		name, short = present(renamed), present(renamed)
	}
	b = appendField(b, "name", name)
	b = appendField(b, "pushname", p.pushname)
	b = appendField(b, "shortName", short)
	if p.index%5 != 4 {
		b = appendBool(b, "statusMute", false)
	}
	b = append(b, `,"type":"in"`...)
	if p.verifiedName != "" {
		b = appendInt(appendText(b, "verifiedName", p.verifiedName), "verifiedLevel", 0)
	}
	b = appendBool(b, "isMe", p.me)
	b = append(b, `,"isUser":true,"isGroup":false,"isWAContact":true`...)
	b = appendBool(b, "isMyContact", p.inBook)
	if s.blocked[id] || p.index%6 != 5 {
		b = appendBool(b, "isBlocked", s.blocked[id])
	}
	if p.business {
		b = appendWID(append(b, `,"businessProfile":{"id":`...), id)
		b = append(b, `,"tag":"1","description":"","categories":[{"id":"1","localized_display_name":"Shop"}],"profileOptions":{},"email":null,"website":[],"latitude":null,"longitude":null,"businessHours":null,"address":null}`...)
	}
	return append(b, '}')
}

// appendGroupContact writes the contact entry of a group.
func appendGroupContact(b []byte, c *conversation) []byte {
	b = appendWID(append(b, `{"id":`...), c.id)
	b = appendText(b, "number", c.id.user)
	b = append(b, `,"isBusiness":false,"isEnterprise":false,"labels":[]`...)
	b = appendField(b, "name", c.name)
	return append(b, `,"type":"in","isMe":false,"isUser":false,"isGroup":true,"isWAContact":false,"isMyContact":false,"isBlocked":false}`...)
}

// announcements is WhatsApp's own contact.
func announcements() person {
	return person{index: 0, phone: "0", name: present("WhatsApp"), shortName: field{}, pushname: field{state: fieldNull}, verifiedName: "WhatsApp", business: false}
}

// appendChat writes one conversation with its newest message.
func (s *session) appendChat(b []byte, v *view, now time.Time) []byte {
	if v.kind == kindGroup {
		b = s.appendGroupMetadata(append(b, `{"groupMetadata":`...), v)
		b = appendWID(append(b, `,"id":`...), v.id)
	} else {
		b = appendWID(append(b, `{"id":`...), v.id)
	}
	b = appendField(b, "name", v.name)
	b = appendBool(b, "isGroup", v.kind == kindGroup)
	if v.kind == kindGroup {
		b = appendBool(b, "isReadOnly", v.readOnly)
	}
	b = appendInt(b, "unreadCount", int64(v.unread))
	switch {
	case v.ts > 0:
		b = appendInt(b, "timestamp", v.ts)
	case v.index%2 == 0:
		b = append(b, `,"timestamp":null`...)
	}
	if v.archived || v.index%3 != 2 {
		b = appendBool(b, "archived", v.archived)
	}
	if v.pinned || v.index%4 != 3 {
		b = appendBool(b, "pinned", v.pinned)
	}
	if s.srv.cfg.Flavour == FlavourA {
		b = appendBool(b, "isLocked", false)
	}
	b = appendBool(b, "isMuted", v.muted)
	b = appendInt(b, "muteExpiration", v.muteEnd)
	var m message
	if s.lastMessage(v, now, &m) {
		b = s.printer.appendMessage(appendName(b, "lastMessage"), &m, form{listed: true})
	}
	return append(b, '}')
}

// lastMessage gives what getChats shows as newest; it can be a notification that
// fetchMessages never returns.
func (s *session) lastMessage(v *view, now time.Time, m *message) bool {
	if v.lastKind == lastMissing || !v.newest(now, m) {
		return false
	}
	switch v.lastKind {
	case lastNotification:
		who := m.author
		*m = message{k: -1, h: m.h, chat: v.id, id: pad(m.h%10_000_000_000, 10), typ: "gp2", ts: v.ts + 300, author: who}
	case lastEncryption:
		*m = message{k: -1, h: m.h, chat: v.id, id: pad(m.h%10_000_000_000, 10), typ: "e2e_notification", ts: v.ts}
	}
	return true
}

func (s *session) appendGroupMetadata(b []byte, v *view) []byte {
	members := s.groupMembers(v)
	b = appendWID(append(b, `{"id":`...), v.id)
	b = appendInt(b, "creation", v.created)
	if len(members) > 1 && v.index%5 != 4 {
		b = appendWID(appendName(b, "owner"), members[1].id)
	}
	b = appendField(b, "subject", v.name)
	b = appendInt(b, "subjectTime", v.created)
	if v.desc != "" {
		b = appendText(b, "desc", v.desc)
		b = appendText(b, "descId", "3EB0DE5C")
		b = appendInt(b, "descTime", v.created+60)
	}
	b = appendBool(b, "restrict", false)
	b = appendBool(b, "announce", v.readOnly)
	b = append(b, `,"ephemeralDuration":0,"memberAddMode":"all_member_add","membershipApprovalMode":false`...)
	if v.index%3 != 0 {
		b = appendInt(b, "size", int64(len(members)))
	}
	b = appendBool(b, "isLidAddressingMode", v.index%2 == 0)
	b = append(b, `,"isParentGroup":false,"defaultSubgroup":false,"participants":[`...)
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendWID(append(b, `{"id":`...), m.id)
		b = appendBool(b, "isAdmin", m.admin)
		b = append(appendBool(b, "isSuperAdmin", m.super), '}')
	}
	return append(b, `],"pendingParticipants":[],"pastParticipants":[],"membershipApprovalRequests":[]}`...)
}

func (s *session) groupMembers(v *view) []member {
	if v.index < 0 {
		me := s.src.me()
		return []member{{id: me.id()}}
	}
	return s.src.members(v.index)
}
