package simulator

import (
	"strconv"
	"strings"
)

// message is one message before it is written as JSON.
type message struct {
	k       int // index of a base message; -1 for one that came later
	h       uint64
	chat    wid
	id      string
	fromMe  bool
	kind    string // as asked for; typ is what the gateway calls it
	typ     string
	body    string
	ts      int64
	ack     int
	author  wid // groups and status
	notify  string
	self    string // "out" or "in": the conversation with oneself
	sentAt  int64  // unix ms of an own message sent later: its ack rises with time
	readAck bool   // the other side has read it
	phone   bool   // an own message that was written on the phone

	hasMedia, gif, ephemeral, broadcast, starred, viewOnce bool
	forwarded                                              int
	mime, filename                                         string
	size                                                   int64
	duration                                               int
	data                                                   []byte // of a sent file; generated from h when nil

	quoted     *quote
	lat, lng   float64
	placeName  string
	address    string
	vcards     []string
	mentions   []wid
	mentionObj bool
	links      []string
	editedMs   int64
	pollName   string
	poll       []string
	pollMulti  bool
	revokedID  string
	reactions  []reaction
	deleted    bool // for oneself: no answer shows it any more
}

type quote struct {
	id   string
	by   wid
	body string
}

type reaction struct {
	by    wid
	me    bool
	emoji string
	ms    int64
}

// spread gives the reactions to different people: who is there, then oneself.
func (m *message) spread(people []wid, me wid) {
	seen := map[wid]bool{}
	kept := m.reactions[:0:0]
	for i, r := range m.reactions {
		if i < len(people) {
			r.by = people[i]
		} else if i > 0 {
			r.by, r.me = me, true
		}
		if r.me = r.me || r.by == me; !seen[r.by] {
			seen[r.by] = true
			kept = append(kept, r)
		}
	}
	m.reactions = kept
}

func vcardText(name, digits string) string {
	return "BEGIN:VCARD\nVERSION:3.0\nN:;" + name + ";;;\nFN:" + name + "\nTEL;type=CELL;waid=" + digits + ":+" + digits + "\nEND:VCARD"
}

// kinds are the messages other than plain text, in the order in which generated
// conversations show them; common ones come more often.
func kinds() []string {
	return []string{
		"image", "ptt", "quoted", "image_caption", "link", "document", "image_expired", "sticker", "location", "reaction", "edited", "vcard", "revoked", "call_log",
		"image", "video", "audio", "mention", "forwarded", "starred", "multi_vcard", "poll_creation", "ciphertext", "ptt", "location_named", "image", "gif",
		"document_caption", "video_expired", "groups_v4_invite", "album", "mention_object", "order", "product", "ephemeral", "empty", "list", "list_response",
		"buttons_response", "template_button_reply", "interactive", "native_flow", "payment", "hsm", "oversized", "unknown", "event_creation", "view_once",
		"vcard_text", "html_text", "control_text", "newkind_2027", "image_png", "image_gif", "document_word", "document_text", "reactions", "forwarded_often",
		"media_gone", "media_short", "media_huge", "image_lies", "document_program",
	}
}

// fillKind gives m the members of a kind. text is what an ordinary message would say,
// who another person.
func fillKind(m *message, kind, text string, who person, a *art) {
	m.kind, m.typ, m.body = kind, kind, text
	if fillMedia(m, kind, text, a) || fillText(m, kind, text, who) || fillShared(m, kind, who, a) {
		return
	}
	switch kind {
	case "poll_creation":
		m.pollName, m.poll, m.pollMulti = text, []string{"9:00", "12:30", "18:00 🟢"}, m.h%2 == 0
	case "revoked":
		m.body, m.revokedID = "", shortID(m.h, 'i', m.h)
	case "call_log", "ciphertext", "album", "empty", "payment", "interactive", "native_flow", "unknown", "oversized":
		m.body = ""
		if kind == "empty" {
			m.typ = "chat"
		}
	}
}

func fillMedia(m *message, kind, text string, a *art) bool {
	caption := ""
	if strings.HasSuffix(kind, "_caption") {
		caption = text
	}
	m.size = int64(12_000 + m.h%40_000)
	switch kind {
	case "image", "image_caption", "view_once", "image_lies", "media_gone", "media_short":
		m.typ, m.mime, m.body, m.hasMedia = "image", "image/jpeg", caption, true
		m.viewOnce = kind == "view_once"
	case "image_png", "image_gif":
		m.typ, m.mime, m.body, m.hasMedia = "image", "image/"+strings.TrimPrefix(kind, "image_"), "", true
	case "image_expired":
		m.typ, m.mime, m.body = "image", "image/jpeg", a.thumbJPEG
	case "video", "gif":
		m.typ, m.mime, m.body, m.hasMedia, m.duration = "video", "video/mp4", "", true, 3
		m.gif = kind == "gif"
	case "video_expired":
		m.typ, m.mime, m.body, m.duration = "video", "video/mp4", a.thumbPNG, 9
	case "audio":
		m.mime, m.body, m.hasMedia, m.duration = "audio/mpeg", "", true, 4
	case "ptt":
		m.mime, m.body, m.hasMedia, m.duration = "audio/ogg; codecs=opus", "", true, voices[m.h>>9%uint64(len(voices))].seconds
	case "document", "document_caption", "document_word", "document_text", "document_program", "media_huge":
		m.typ, m.mime, m.hasMedia = "document", mimePDF, true
		m.filename = documentName(m.h)
		fillDocument(m, kind)
		m.body = m.filename
		if caption != "" {
			m.body = caption
		}
	case "sticker":
		m.mime, m.body, m.hasMedia, m.size = "image/webp", "", true, int64(len(a.sticker))
	default:
		m.size = 0
		return false
	}
	m.size = fileSize(m, a)
	return true
}

// fillDocument gives the documents that are no PDF their names.
func fillDocument(m *message, kind string) {
	number := pad(m.h>>8%10_000, 4)
	switch kind {
	case "document_word":
		m.mime, m.filename = mimeWord, "Contrato-"+number+".docx"
	case "document_text":
		m.mime, m.filename = mimeText, "Lista-"+number+".txt"
	case "document_program":
		m.filename = "Factura-" + number + ".pdf.exe"
	case "media_huge":
		m.filename = "Catálogo-" + number + ".pdf"
	}
}

// fileSize is how many bytes the gateway says that the file has. Clips are as
// long as they are; pictures and PDFs are filled up.
func fileSize(m *message, a *art) int64 {
	switch {
	case m.kind == "media_huge":
		return hugeFile
	case filledUp(m), !m.hasMedia:
		return m.size
	}
	data, err := mediaHead(m, a)
	if err != nil {
		return m.size
	}
	return int64(len(data))
}

// hugeFile is more than a client should ever take, in bytes.
const hugeFile = 40 << 20

// documentName gives file names, some of them hostile: the sender chooses them.
func documentName(h uint64) string {
	switch h >> 3 % 8 {
	case 0:
		return "../../etc/passwd.pdf"
	case 1:
		return "Albarán 2026/11 \u202efdp.exe"
	case 2:
		return "CON.pdf"
	}
	return "Factura-" + pad(h>>8%10_000, 4) + ".pdf"
}

// fillReactions puts one or two reactions on a message, or many.
func fillReactions(m *message, kind string, who person) {
	switch kind {
	case "reaction":
		m.reactions = []reaction{{by: who.id(), emoji: "👍🏽", ms: m.ts*1000 + 41_250}, {by: who.id(), emoji: "🫠", ms: m.ts*1000 + 61_007}}[:1+m.h%2]
	case "reactions":
		for i, emoji := range []string{"👍", "❤️", "😂", "👍", "🙏🏽", "👏🏿"} {
			m.reactions = append(m.reactions, reaction{by: who.id(), emoji: emoji, ms: m.ts*1000 + int64(41_250+i*7013)})
		}
	}
}

func fillText(m *message, kind, text string, who person) bool {
	m.typ = "chat"
	switch kind {
	case "chat":
	case "quoted":
		m.quoted = &quote{by: who.id(), body: "¿" + who.pushname.text + "?"}
	case "link":
		m.body = text + " https://example.com/p/" + strconv.FormatUint(m.h%10_000, 10) + "?a=1&b=2"
		m.links = []string{m.body[len(text)+1:]}
	case "mention", "mention_object":
		m.mentions, m.mentionObj = []wid{who.id()}, kind == "mention_object"
		m.body = "@" + who.id().user + " " + text
	case "reaction", "reactions":
		fillReactions(m, kind, who)
	case "edited":
		m.editedMs = m.ts*1000 + 75_321
	case "forwarded":
		m.forwarded = 1 + int(m.h%6)
	case "forwarded_often":
		m.forwarded = 127
	case "starred":
		m.starred = true
	case "ephemeral":
		m.ephemeral = true
	case "vcard_text":
		m.body = "BEGIN:VCARD is only text here"
	case "html_text":
		m.body = "<b>" + text + "</b> <script>alert(1)</script> &amp; \"quotes\" \\ %s {{x}}"
	case "control_text":
		m.body = "a\u0000b\u0007c\td\r\ne\u2028f\u200b" + text
	default:
		m.typ = kind
		return false
	}
	return true
}

func fillShared(m *message, kind string, who person, a *art) bool {
	digits := who.phone
	if digits == "" {
		digits = "34600000001"
	}
	switch kind {
	case "location", "location_named":
		m.typ, m.body = "location", a.thumbJPEG
		m.lat, m.lng = 36.5+float64(m.h%70_000)/10_000, -6+float64(m.h>>20%80_000)/10_000
		if kind == "location_named" {
			m.placeName, m.address = "Café Plaza", "Calle Mayor 5, 28013 Madrid"
		}
	case "vcard":
		m.body = vcardText(who.pushname.text, digits)
		m.vcards = []string{m.body}
	case "multi_vcard":
		m.body = ""
		m.vcards = []string{vcardText(who.pushname.text, digits), vcardText("Taller Ruiz", "34955000111")}
	default:
		return false
	}
	return true
}

// shortID writes a reversible 64-bit value as a short id of one of the device shapes.
func shortID(v uint64, device byte, h uint64) string {
	const hex = "0123456789ABCDEF"
	var b [32]byte
	put := func(at int, v uint64, n int) {
		for i := range n {
			b[at+i] = hex[v>>(4*(n-1-i))&15]
		}
	}
	switch device {
	case 'i':
		b[0], b[1] = '3', 'A'
		put(2, v, 16)
		put(18, h, 2)
		return string(b[:20])
	case 'w':
		copy(b[:], "3EB0")
		put(4, v, 16)
		put(20, h, 2)
		return string(b[:22])
	}
	put(0, v, 16)
	put(16, h, 16)
	return string(b[:])
}

// shortIDValue takes the reversible value back out.
func shortIDValue(id string) (uint64, bool) {
	switch {
	case len(id) == 20 && strings.HasPrefix(id, "3A"):
		id = id[2:18]
	case len(id) == 22 && strings.HasPrefix(id, "3EB0"):
		id = id[4:20]
	case len(id) == 32:
		id = id[:16]
	default:
		return 0, false
	}
	v, err := strconv.ParseUint(id, 16, 64)
	return v, err == nil
}
