package gateway

import (
	"errors"
	"hash/maphash"
)

// errNoID is the one thing that makes an item unusable: nothing can be kept
// under no name.
var errNoID = errors.New("the item has no usable id")

// maxParticipants caps a group's list; WhatsApp's own limit is near 2,000.
const maxParticipants = 20000

func decodeAccount(d *dec) *Account {
	if !d.object() {
		return nil
	}
	a := &Account{}
	for d.next() {
		switch string(d.key) {
		case "wid":
			a.ID = d.id()
		case "me":
			if me := d.id(); a.ID.IsZero() {
				a.ID = me
			}
		case "pushname":
			a.PushName = d.name()
		case "platform":
			a.Platform = d.name()
		default:
			d.skip()
		}
	}
	return a
}

func decodeLabels(d *dec) []Label {
	var out []Label
	d.each(maxEntries, func() {
		if !d.object() {
			return
		}
		var l Label
		for d.next() {
			switch string(d.key) {
			case "id":
				l.ID = d.str()
			case "name":
				l.Name = d.name()
			case "hexColor":
				l.HexColor = d.name()
			default:
				d.skip()
			}
		}
		if l.ID != "" {
			out = append(out, l)
		}
	})
	return out
}

func decodeLidPhones(d *dec) []LidPhone {
	var out []LidPhone
	// Order is the meaning here, so an unreadable pair keeps its place, empty.
	d.each(maxParticipants, func() {
		var p LidPhone
		if d.object() {
			for d.next() {
				switch string(d.key) {
				case "lid":
					p.Lid = d.idText()
				case "pn":
					p.Phone = d.idText()
				default:
					d.skip()
				}
			}
		}
		out = append(out, p)
	})
	return out
}

// sumSeed is chosen anew by each process, so that nobody outside can make two
// items with one sum. It never changes.
var sumSeed = maphash.MakeSeed()

// sumOf digests the bytes of an item.
func sumOf(item []byte) uint64 { return maphash.Bytes(sumSeed, item) }

func decodeContactItem(d *dec) (*Contact, error) {
	c := &Contact{Sum: sumOf(d.b)}
	decodeContact(d, c)
	if d.err != nil {
		return nil, d.err
	}
	if c.ID.IsZero() {
		return nil, errNoID
	}
	return c, nil
}

func decodeContact(d *dec, c *Contact) {
	if !d.object() {
		return
	}
	for d.next() {
		switch string(d.key) {
		case "id":
			c.ID = d.id()
		case "number":
			c.Number = d.name()
		case "name":
			c.Name = d.name()
		case "pushname":
			c.PushName = d.name()
		case "shortName":
			c.ShortName = d.name()
		case "verifiedName":
			c.VerifiedName = d.name()
		case "verifiedLevel":
			c.VerifiedLevel = d.int()
		case "type":
			c.Type = d.name()
		case "labels":
			c.Labels = d.strs()
		case "businessProfile":
			c.Business = decodeBusiness(d)
		default:
			if flag := c.flagFor(d.key); flag != nil {
				*flag = d.bool()
			} else {
				d.skip()
			}
		}
	}
}

// flagFor finds the truth value of that name; nil for other members.
func (c *Contact) flagFor(key []byte) *bool {
	switch string(key) {
	case "isBusiness":
		return &c.IsBusiness
	case "isEnterprise":
		return &c.IsEnterprise
	case "isMe":
		return &c.IsMe
	case "isUser":
		return &c.IsUser
	case "isGroup":
		return &c.IsGroup
	case "isWAContact":
		return &c.IsWAContact
	case "isMyContact":
		return &c.IsMyContact
	case "isBlocked":
		return &c.IsBlocked
	case "statusMute":
		return &c.StatusMute
	}
	return nil
}

func decodeBusiness(d *dec) *BusinessProfile {
	if !d.object() {
		return nil
	}
	p := &BusinessProfile{}
	for d.next() {
		switch string(d.key) {
		case "tag":
			p.Tag = d.name()
		case "description":
			p.Description = d.str()
		case "categories":
			p.Categories = d.pick("localized_display_name")
		case "email":
			p.Email = d.name()
		case "website":
			p.Websites = d.oneOrMany()
		case "address":
			p.Address = d.name()
		case "latitude":
			p.Latitude = d.floatPtr()
		case "longitude":
			p.Longitude = d.floatPtr()
		case "businessHours":
			if d.null() {
				continue
			}
			p.Hours = string(d.raw())
		default:
			d.skip()
		}
	}
	return p
}

// raw takes the next value as its bytes.
func (d *dec) raw() []byte {
	d.peek()
	start := d.i
	d.skip()
	if d.err != nil {
		return nil
	}
	return d.b[start:d.i]
}

// pick takes one member out of each object of a list.
func (d *dec) pick(member string) []string {
	var out []string
	d.each(maxEntries, func() {
		if !d.object() {
			return
		}
		for d.next() {
			if string(d.key) != member {
				d.skip()
			} else if s := d.name(); s != "" {
				out = append(out, s)
			}
		}
	})
	return out
}

// oneOrMany takes a list of texts, or a single one.
func (d *dec) oneOrMany() []string {
	if d.peek() == '[' {
		return d.strs()
	}
	if s := d.str(); s != "" {
		return []string{s}
	}
	return nil
}

func decodeChatItem(d *dec) (*Chat, error) {
	c := &Chat{Sum: sumOf(d.b)}
	decodeChat(d, c)
	if d.err != nil {
		return nil, d.err
	}
	if c.ID.IsZero() {
		return nil, errNoID
	}
	return c, nil
}

// decodeChatID reads no more of a chat than its id.
func decodeChatID(d *dec) (*ID, error) {
	var id ID
	if d.object() {
		for d.next() {
			if string(d.key) == "id" {
				id = d.id()
			} else {
				d.skip()
			}
		}
	}
	if d.err != nil {
		return nil, d.err
	}
	if id.IsZero() {
		return nil, errNoID
	}
	return &id, nil
}

func decodeChat(d *dec, c *Chat) {
	if !d.object() {
		return
	}
	for d.next() {
		switch string(d.key) {
		case "id":
			c.ID = d.id()
		case "name":
			c.Name = d.name()
		case "unreadCount":
			c.UnreadCount = d.int()
		case "timestamp":
			c.Timestamp = d.int64()
		case "muteExpiration":
			c.MuteExpiration = d.int64()
		case "description":
			c.Description = d.str()
		case "lastMessage":
			c.LastMessage = decodeLastMessage(d)
		case "groupMetadata":
			c.Group = decodeGroup(d)
		default:
			if flag := c.flagFor(d.key); flag != nil {
				*flag = d.bool()
			} else {
				d.skip()
			}
		}
	}
}

func (c *Chat) flagFor(key []byte) *bool {
	switch string(key) {
	case "isGroup":
		return &c.IsGroup
	case "isReadOnly":
		return &c.IsReadOnly
	case "isChannel":
		return &c.IsChannel
	case "isLocked":
		return &c.IsLocked
	case "archived":
		return &c.Archived
	case "pinned":
		return &c.Pinned
	case "isMuted":
		return &c.IsMuted
	}
	return nil
}

// decodeLastMessage gives nil for a message that has no id: a chat is worth
// keeping without its preview.
func decodeLastMessage(d *dec) *Message {
	m := &Message{}
	decodeMessage(d, m)
	if m.ID.Short == "" {
		return nil
	}
	return m
}

func decodeGroup(d *dec) *GroupMetadata {
	if !d.object() {
		return nil
	}
	g := &GroupMetadata{}
	for d.next() {
		switch string(d.key) {
		case "id":
			g.ID = d.id()
		case "subject":
			g.Subject = d.name()
		case "subjectTime":
			g.SubjectTime = d.int64()
		case "desc":
			g.Description = d.str()
		case "descTime":
			g.DescriptionTime = d.int64()
		case "owner":
			g.Owner = d.id()
		case "creation":
			g.Creation = d.int64()
		case "ephemeralDuration":
			g.EphemeralDuration = d.int64()
		case "size":
			g.Size = d.int()
		case "participants":
			g.Participants = decodeParticipants(d)
		default:
			if flag := g.flagFor(d.key); flag != nil {
				*flag = d.bool()
			} else {
				d.skip()
			}
		}
	}
	return g
}

func (g *GroupMetadata) flagFor(key []byte) *bool {
	switch string(key) {
	case "restrict":
		return &g.Restrict
	case "announce":
		return &g.Announce
	case "membershipApprovalMode":
		return &g.MembershipApproval
	case "isParentGroup":
		return &g.IsParentGroup
	case "defaultSubgroup":
		return &g.DefaultSubgroup
	case "isLidAddressingMode":
		return &g.IsLidAddressing
	}
	return nil
}

func decodeParticipants(d *dec) []Participant {
	var out []Participant
	d.each(maxParticipants, func() {
		if !d.object() {
			return
		}
		var p Participant
		for d.next() {
			switch string(d.key) {
			case "id":
				p.ID = d.id()
			case "phoneNumber", "lid":
				if other := d.id(); !other.IsZero() && other != p.ID {
					p.Other = other
				}
			case "isAdmin":
				p.IsAdmin = d.bool()
			case "isSuperAdmin":
				p.IsSuperAdmin = d.bool()
			default:
				d.skip()
			}
		}
		if !p.ID.IsZero() {
			out = append(out, p)
		}
	})
	return out
}
