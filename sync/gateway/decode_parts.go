package gateway

func decodeLocation(d *dec) *MessageLocation {
	if !d.object() {
		return nil
	}
	l := &MessageLocation{}
	for d.next() {
		switch string(d.key) {
		case "latitude":
			l.Latitude = d.float()
		case "longitude":
			l.Longitude = d.float()
		case "name":
			l.Name = d.name()
		case "address":
			l.Address = d.name()
		case "url":
			l.URL = d.name()
		case "description":
			l.Description = d.str()
		default:
			d.skip()
		}
	}
	return l
}

func decodeGroupMentions(d *dec) []GroupMention {
	var out []GroupMention
	d.each(maxEntries, func() {
		if !d.object() {
			return
		}
		var g GroupMention
		for d.next() {
			switch string(d.key) {
			case "groupSubject":
				g.Subject = d.name()
			case "groupJid":
				g.ID = d.id()
			default:
				d.skip()
			}
		}
		out = append(out, g)
	})
	return out
}

func decodeLinks(d *dec) []Link {
	var out []Link
	d.each(maxEntries, func() {
		if !d.object() {
			return
		}
		var l Link
		for d.next() {
			switch string(d.key) {
			case "link":
				l.URL = d.str()
			case "isSuspicious":
				l.Suspicious = d.bool()
			default:
				d.skip()
			}
		}
		if l.URL != "" {
			out = append(out, l)
		}
	})
	return out
}

func decodeInvite(d *dec) *GroupInvite {
	if !d.object() {
		return nil
	}
	v := &GroupInvite{}
	for d.next() {
		switch string(d.key) {
		case "inviteCode":
			v.Code = d.name()
		case "inviteCodeExp":
			v.Expires = d.int64()
		case "groupId":
			v.GroupID = d.idText()
		case "groupName":
			v.GroupName = d.name()
		case "fromId":
			v.FromID = d.idText()
		case "toId":
			v.ToID = d.idText()
		default:
			d.skip()
		}
	}
	return v
}

func decodePollOptions(d *dec) []PollOption {
	var out []PollOption
	d.each(maxEntries, func() {
		if d.peek() == '"' {
			out = append(out, PollOption{Name: d.text(), LocalID: len(out)})
			return
		}
		if !d.object() {
			return
		}
		var o PollOption
		for d.next() {
			switch string(d.key) {
			case "name":
				o.Name = d.str()
			case "localId":
				o.LocalID = d.int()
			default:
				d.skip()
			}
		}
		out = append(out, o)
	})
	return out
}

func decodeReactionLists(d *dec) []ReactionList {
	var out []ReactionList
	d.each(maxEntries, func() {
		if !d.object() {
			return
		}
		var l ReactionList
		aggregate := ""
		for d.next() {
			switch string(d.key) {
			case "id":
				l.Emoji = d.name()
			case "aggregateEmoji":
				aggregate = d.name()
			case "hasReactionByMe":
				l.ByMe = d.bool()
			case "senders":
				d.each(maxParticipants, func() {
					if r := decodeReaction(d); r != nil {
						l.Senders = append(l.Senders, *r)
					}
				})
			default:
				d.skip()
			}
		}
		if l.Emoji == "" {
			l.Emoji = aggregate
		}
		out = append(out, l)
	})
	return out
}

func decodeReaction(d *dec) *Reaction {
	if !d.object() {
		return nil
	}
	r := &Reaction{}
	for d.next() {
		switch string(d.key) {
		case "id":
			r.ID = d.messageID()
		case "msgId", "parentMsgKey":
			r.Target = d.messageID()
		case "reaction", "reactionText":
			r.Emoji = d.name()
		case "senderId":
			r.SenderID = d.idText()
		case "timestamp":
			r.Timestamp = d.float()
		case "read":
			r.Read = d.bool()
		case "ack":
			r.Ack = d.intPtr()
		case "orphan":
			r.Orphan = d.int()
		default:
			d.skip()
		}
	}
	return r
}

func decodeCall(d *dec) *Call {
	if !d.object() {
		return nil
	}
	c := &Call{}
	for d.next() {
		switch string(d.key) {
		case "id":
			c.ID = d.name()
		case "from":
			c.From = d.idText()
		case "timestamp":
			c.Timestamp = d.int64()
		case "isVideo":
			c.IsVideo = d.bool()
		case "isGroup":
			c.IsGroup = d.bool()
		case "fromMe":
			c.FromMe = d.bool()
		default:
			d.skip()
		}
	}
	return c
}
