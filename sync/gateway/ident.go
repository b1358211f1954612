package gateway

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxIDLength   = 256  // bytes; real ones stay below 100
	maxNameLength = 1024 // bytes; WhatsApp's own names end at 100 characters
	maxFileName   = 255  // bytes: what file systems take
)

// id takes a wid, as an object or as text. An id that is too long or holds
// spaces or control characters is none.
func (d *dec) id() ID {
	switch d.peek() {
	case '"':
		return idFromText(d.text())
	case '{':
		d.i++
	default:
		d.skip()
		return ID{}
	}
	var id ID
	alias := ""
	for d.next() {
		switch string(d.key) {
		case "server":
			id.Server = d.str()
		case "user":
			id.User = d.str()
		case "_serialized":
			id.Serialized = d.str()
		case "$1":
			alias = d.str()
		default:
			d.skip()
		}
	}
	return id.complete(alias)
}

// complete fills what is missing from what is there.
func (id ID) complete(alias string) ID {
	if id.Serialized == "" {
		id.Serialized = alias
	}
	if id.Serialized == "" && id.User != "" && id.Server != "" {
		id.Serialized = id.User + "@" + id.Server
	}
	if !cleanID(id.Serialized) {
		return ID{}
	}
	if id.User == "" || id.Server == "" || !cleanID(id.User) || !cleanID(id.Server) {
		return idFromText(id.Serialized)
	}
	return id
}

func idFromText(s string) ID {
	if !cleanID(s) {
		return ID{}
	}
	user, server, _ := strings.Cut(s, "@")
	return ID{Server: server, User: user, Serialized: s}
}

func cleanID(s string) bool {
	if s == "" || len(s) > maxIDLength {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// idText takes a wid in either shape and gives its text.
func (d *dec) idText() string {
	if d.peek() == '"' {
		if s := d.text(); cleanID(s) {
			return s
		}
		return ""
	}
	return d.id().Serialized
}

// ids takes a list of wids; empty ones are left out.
func (d *dec) ids() []ID {
	var out []ID
	d.each(maxEntries, func() {
		if id := d.id(); !id.IsZero() {
			out = append(out, id)
		}
	})
	return out
}

// idTexts takes a list of wids in either shape.
func (d *dec) idTexts() []string {
	var out []string
	d.each(maxEntries, func() {
		if s := d.idText(); s != "" {
			out = append(out, s)
		}
	})
	return out
}

// messageID takes the id of a message as an object or as its serialized text.
// Since July 2026 "_serialized" can be "$1"; without either it is built from the
// parts (contract §10.2).
func (d *dec) messageID() MessageID {
	switch d.peek() {
	case '"':
		return messageIDFromText(d.text())
	case '{':
		d.i++
	default:
		d.skip()
		return MessageID{}
	}
	var id MessageID
	alias, fromMe := "", false
	for d.next() {
		switch string(d.key) {
		case "fromMe":
			id.FromMe, fromMe = d.bool(), true
		case "remote":
			id.Remote = d.idText()
		case "id":
			id.Short = d.idText()
		case "participant":
			id.Participant = d.idText()
		case "self":
			id.Self = d.str()
		case "_serialized":
			id.Serialized = d.idText()
		case "$1":
			alias = d.idText()
		default:
			d.skip()
		}
	}
	return id.complete(alias, fromMe)
}

// complete fills what is missing from what is there.
func (id MessageID) complete(alias string, fromMeKnown bool) MessageID {
	if id.Serialized == "" {
		id.Serialized = alias
	}
	if id.Short == "" || id.Remote == "" || !fromMeKnown {
		told := messageIDFromText(id.Serialized)
		if id.Short == "" {
			id.Short = told.Short
		}
		if id.Remote == "" {
			id.Remote = told.Remote
		}
		if !fromMeKnown {
			id.FromMe = told.FromMe
		}
	}
	if id.Serialized == "" {
		id.Serialized = id.build()
	}
	return id
}

func (id MessageID) build() string {
	if id.Remote == "" || id.Short == "" {
		return ""
	}
	s := "false_"
	if id.FromMe {
		s = "true_"
	}
	s += id.Remote + "_" + id.Short
	if id.Participant != "" {
		s += "_" + id.Participant
	}
	if id.Self != "" {
		s += "_" + id.Self
	}
	return s
}

// messageIDFromText cuts "<fromMe>_<remote>_<id>[_<participant>][_<self>]".
func messageIDFromText(s string) MessageID {
	if !cleanID(s) {
		return MessageID{}
	}
	parts := strings.Split(s, "_")
	if len(parts) < 3 || parts[0] != "true" && parts[0] != "false" {
		return MessageID{Serialized: s}
	}
	id := MessageID{FromMe: parts[0] == "true", Remote: parts[1], Short: parts[2], Serialized: s}
	for _, p := range parts[3:] {
		if p == "out" || p == "in" {
			id.Self = p
		} else {
			id.Participant = p
		}
	}
	return id
}

// name takes a text meant as a name: one line, no control characters, capped.
func (d *dec) name() string {
	s := d.str()
	if len(s) <= maxNameLength && !strings.ContainsFunc(s, unicode.IsControl) {
		return s
	}
	return cut(oneLine(s), maxNameLength)
}

// oneLine turns control characters into single spaces.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) }), " ")
}

// cut shortens s to at most n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// fileName makes a file name that its sender chose harmless: no directories, no
// control or direction-changing characters, nothing that is only dots.
func fileName(s string) string {
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if strings.Trim(s, ".") == "" {
		return ""
	}
	if len(s) > maxFileName {
		ext := s[strings.LastIndexByte(s, '.')+1:]
		if len(ext) > 16 || len(ext) == len(s) {
			return cut(s, maxFileName)
		}
		return cut(s, maxFileName-len(ext)-1) + "." + ext
	}
	return s
}
