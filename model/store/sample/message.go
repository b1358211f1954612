package sample

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xappiens/buzon/model"
)

// placed is a message with the number of its conversation.
type placed struct {
	model.MessageIn
	place int
}

// history returns the next n messages in the order of time, when so many are
// left in all. People write in bursts, and more from year to year.
func (g *generator) history(n, left int) []placed {
	list := make([]placed, 0, n)
	for len(list) < n {
		burst := min(1+g.rng.IntN(12), n-len(list))
		place := g.place()
		step := (float64(Now.Unix()) - g.at) / float64(left-len(list))
		second := g.at
		for range burst {
			second += 1 + g.rng.Float64()*40
			list = append(list, g.message(place, min(int64(second), Now.Unix())))
		}
		g.at += step * float64(burst) * (0.8 + 0.4*g.rng.Float64())
	}
	slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.Unix, b.Unix) })
	return list
}

// place chooses a conversation: the first has a fixed share, the others are
// written in the more the lower their number is.
func (g *generator) place() int {
	share := max(bigShare, g.config.Messages/bigMost)
	if g.busy == nil || g.oneIn(share) {
		return 0
	}
	return 1 + int(g.busy.Uint64())
}

// message returns a new message of a conversation.
func (g *generator) message(place int, unix int64) placed {
	g.serial++
	m := placed{place: place}
	m.Unix = unix
	m.ShortID = model.ShortID(fmt.Sprintf("3EB0%016X%08X", g.rng.Uint64(), g.serial))
	if m.FromMe = g.rng.IntN(5) < 2; m.FromMe {
		m.Ack = model.AckDevice + model.Ack(g.rng.IntN(2))
	}
	m.Serialized = fmt.Sprintf("%t_%s_%s", m.FromMe, g.placeJID(place), m.ShortID)
	if isGroup(place) && !m.FromMe {
		m.AuthorJID = memberJID(place, g.rng.IntN(members(place)))
		m.AuthorName = pick(g, firstNames)
	}
	d := model.MessageDetails{}
	g.fill(&m, &d)
	if m.FromMe && m.Type.IsNotice() {
		m.FromMe, m.Ack = false, 0
	}
	m.Starred, m.Forwarded, m.Ephemeral = g.oneIn(300), g.oneIn(40), g.oneIn(500)
	if before, ok := g.sent[place]; ok && g.oneIn(15) && m.Type == model.TypeChat {
		m.QuotedShortID, m.QuotedText = before.short, model.Preview(before.text)
		if m.QuotedAuthor = g.placeJID(place); before.me {
			m.QuotedAuthor = ownJID
		}
	}
	if g.oneIn(30) && !m.Type.IsNotice() {
		m.Reactions = []model.Reaction{{SenderJID: g.reader(place), Emoji: pick(g, emoji), At: model.StampUnix(unix + 60)}}
	}
	g.sent[place] = sentMessage{m.ShortID, m.Text, m.FromMe}
	if text, err := json.Marshal(d); err == nil && string(text) != "{}" {
		m.Details = string(text)
	}
	return m
}

// reader returns somebody who may react in a conversation.
func (g *generator) reader(place int) model.JID {
	if g.oneIn(3) {
		return ownJID
	}
	if isGroup(place) {
		return memberJID(place, g.rng.IntN(members(place)))
	}
	return g.placeJID(place)
}

// fill gives a message its kind, out of a thousand, and what belongs to it.
func (g *generator) fill(m *placed, d *model.MessageDetails) {
	m.Type = model.TypeChat
	switch n := g.rng.IntN(1000); {
	case n < 790:
		g.say(m, d)
	case n < 940:
		g.attach(m, d, n-790)
	case n < 957:
		g.share(m, d, n-940)
	case n < 965:
		m.Type = model.TypeCall
	case n < 972:
		m.Type, m.RevokedAt = model.TypeRevoked, model.StampUnix(m.Unix+300)
	case n < 975:
		m.Type, m.Text = model.TypeProduct, g.sentence(3)
		d.Commerce = &model.Commerce{ProductID: fmt.Sprint(g.serial), Title: m.Text, Description: g.sentence(8)}
	case n < 977:
		m.Type = model.TypeOrder
		d.Commerce = &model.Commerce{OrderID: fmt.Sprint(g.serial), Title: g.sentence(3)}
	case n < 978:
		m.Type, m.Text = model.TypeGroupInvite, g.sentence(3)
		d.Invite = &model.GroupInvite{GroupName: pick(g, groupNames), Code: fmt.Sprintf("AbC%09d", g.serial)}
	case n < 980:
		m.Type = model.TypeCiphertext
	case n < 981:
		m.Type = "scheduled_event_creation" // a kind that has no way of its own
	case n < 984:
		m.Type = model.TypeE2ENotice
	case n < 994 && isGroup(m.place):
		m.Type, m.Text = model.TypeGroupNotice, g.sentence(3)
	default:
		g.say(m, d)
		m.EditedAt = model.StampUnix(m.Unix + 90)
	}
}

// share makes a message of a place, a person or a poll, of the n-th kind out of 17.
func (g *generator) share(m *placed, d *model.MessageDetails, n int) {
	switch {
	case n < 8:
		m.Type = model.TypeLocation
		l := model.Location{Latitude: 36 + 7*g.rng.Float64(), Longitude: -8 + 10*g.rng.Float64(), Name: pick(g, places)}
		d.Location, m.Text = &l, l.Name
	case n < 13:
		m.Type, m.Text = model.TypeContact, g.name(g.rng.IntN(100_000))
		d.VCards = []string{"BEGIN:VCARD\nVERSION:3.0\nFN:" + m.Text + "\nTEL;type=CELL:+34 600 11 12 22\nEND:VCARD"}
	default:
		m.Type, m.Text = model.TypePoll, g.sentence(5)
		d.Poll = &model.Poll{Name: m.Text, Options: []string{g.sentence(2), g.sentence(2), g.sentence(1)}, Multiple: g.oneIn(2)}
	}
}

// say makes a text message: of words, of another script, with emoji, links or formatting.
func (g *generator) say(m *placed, d *model.MessageDetails) {
	m.Text = g.text()
	switch {
	case g.oneIn(25):
		link := fmt.Sprintf("https://%s.example/%s/%d", pick(g, g.words[300:3000]), pick(g, g.words[:300]), g.serial)
		m.Text += " " + link
		d.Links = []string{link}
	case g.oneIn(40):
		m.Text = "*" + g.sentence(2) + "* _" + g.sentence(2) + "_ ~" + g.sentence(1) + "~ ```" + g.sentence(2) + "```"
	case isGroup(m.place) && g.oneIn(20):
		jid := memberJID(m.place, g.rng.IntN(members(m.place)))
		m.Text = "@" + jid.User() + " " + m.Text
		d.Mentions = []model.JID{jid}
	}
}

// attach makes a message with a file, of the n-th kind out of 150. Files are not held.
func (g *generator) attach(m *placed, d *model.MessageDetails, n int) {
	i := model.MediaInfo{Size: int64(20_000 + g.rng.IntN(900_000))}
	switch {
	case n < 70:
		m.Type, i.MimeType, i.Width, i.Height = model.TypeImage, "image/jpeg", 1200+400*g.rng.IntN(2), 1200+400*g.rng.IntN(2)
	case n < 100:
		m.Type, i.MimeType, i.Seconds = model.TypeVoice, "audio/ogg; codecs=opus", 2+g.rng.IntN(90)
	case n < 115:
		m.Type, i.MimeType, i.Seconds, i.Width, i.Height = model.TypeVideo, "video/mp4", 5+g.rng.IntN(120), 1280, 720
		i.Size *= 10
	case n < 118:
		m.Type, i.MimeType, i.Seconds = model.TypeAudio, "audio/mpeg", 30+g.rng.IntN(300)
	case n < 135:
		m.Type, i.MimeType, i.Pages = model.TypeDocument, "application/pdf", 1+g.rng.IntN(20)
		i.FileName = fmt.Sprintf("%s %d.pdf", pick(g, documents), g.serial)
		m.Text = i.FileName
	default:
		m.Type, i.MimeType, i.Width, i.Height = model.TypeSticker, "image/webp", 512, 512
	}
	if (m.Type == model.TypeImage || m.Type == model.TypeVideo) && g.oneIn(3) {
		m.Text = g.sentence(6)
	}
	m.HasMedia, d.Media = true, &i
	m.Media = &model.Media{State: model.MediaRemote, MimeType: i.MimeType, FileName: i.FileName, Size: i.Size, UpdatedAt: model.StampUnix(m.Unix)}
}
