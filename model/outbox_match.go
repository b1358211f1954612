package model

import (
	"math"
	"slices"
	"strings"
)

// Likeness says how well an own message fits what was to be sent.
type Likeness int

// The degrees of Likeness.
const (
	Different Likeness = iota
	Similar            // the same kind and words, but its file has another size
	Same
)

// placeMargin is how far the coordinates of one place may differ, in degrees:
// they go through decimal text.
const placeMargin = 1e-6

// TypedOnPhone tells whether a short id has a form that only phones give:
// 32 hexadecimal digits (Android), or 3A and 18 of them (iOS). The gateway's begin
// with 3EB0 (contract §10.2).
func (s ShortID) TypedOnPhone() bool {
	text := strings.ToUpper(string(s))
	if strings.HasPrefix(text, "3EB0") || strings.Trim(text, "0123456789ABCDEF") != "" {
		return false
	}
	return len(text) == 32 || len(text) == 20 && strings.HasPrefix(text, "3A")
}

// Compare tells whether an own message says what a row says. target is the
// message that a forward forwards, nil when it is not held.
func (o *OutboxItem) Compare(p *OutboxPayload, m, target *MessageRow) Likeness {
	same := false
	switch o.Kind {
	case OutboxText:
		same = (m.Type == TypeChat || m.Type == TypeUnknown) && sameText(o.Text, m.Text)
	case OutboxFile:
		return compareFile(o.Text, p, m)
	case OutboxLocation:
		same = m.Type == TypeLocation && samePlace(m.DecodedDetails().Location, p.Location)
	case OutboxContact:
		same = m.Type == TypeContact && holdsCard(m.DecodedDetails().VCards, p.Contact)
	case OutboxPoll:
		same = m.Type == TypePoll && samePoll(m.DecodedDetails().Poll, o.Text, p.Poll)
	case OutboxForward:
		return compareForward(m, target)
	}
	if same {
		return Same
	}
	return Different
}

func samePlace(a, b *Location) bool {
	return a != nil && b != nil && math.Abs(a.Latitude-b.Latitude) < placeMargin && math.Abs(a.Longitude-b.Longitude) < placeMargin
}

func samePoll(held *Poll, question string, p *OutgoingPoll) bool {
	return held != nil && p != nil && sameText(question, held.Name) && slices.EqualFunc(p.Options, held.Options, sameText)
}

// sameText compares texts as they are kept: cleaned, and without white space around them.
func sameText(a, b string) bool {
	clean := func(s string) string {
		s, _ = CleanText(s, MaxMessageText)
		return strings.TrimSpace(s)
	}
	return a == b || clean(a) == clean(b)
}

// compareFile compares kind, name, caption and size. WhatsApp packs pictures,
// videos and voice messages anew, which changes their size.
func compareFile(caption string, p *OutboxPayload, m *MessageRow) Likeness {
	if p.File == nil || !m.Type.IsMedia() || !slices.Contains(fileTypes(p), m.Type) {
		return Different
	}
	name := CleanLine(p.File.FileName, MaxName)
	if held := fileOf(m); held.FileName != "" && held.FileName != name {
		return Different
	}
	// The body of a document without a caption is its name (contract §9.4).
	if !sameText(caption, m.Text) && (strings.TrimSpace(caption) != "" || m.Text != name) {
		return Different
	}
	switch size := fileOf(m).Size; {
	case size == 0 || size == p.File.Size || m.MediaHash != "" && m.MediaHash == p.File.SHA256:
		return Same
	case m.Type == TypeDocument:
		return Different
	}
	return Similar
}

// fileTypes returns the types of message that a file can become.
func fileTypes(p *OutboxPayload) []MessageType {
	options := FileOptions{}
	if p.FileOptions != nil {
		options = *p.FileOptions
	}
	kind, _, _ := strings.Cut(p.File.MimeType, "/")
	switch {
	case options.AsSticker:
		return []MessageType{TypeSticker}
	case options.AsDocument:
		return []MessageType{TypeDocument}
	case kind == "image":
		return []MessageType{TypeImage, TypeDocument} // of a kind that WhatsApp does not draw
	case kind == "video":
		return []MessageType{TypeVideo, TypeDocument}
	case kind == "audio":
		return []MessageType{TypeAudio, TypeVoice, TypeDocument}
	}
	return []MessageType{TypeDocument}
}

// holdsCard tells whether a contact card is that of a number.
func holdsCard(cards []string, contact JID) bool {
	number := string(contact.Phone())
	if number == "" {
		number = Digits(contact.User())
	}
	if number == "" {
		return false
	}
	for _, card := range cards {
		for line := range strings.Lines(card) {
			name, value, found := strings.Cut(line, ":")
			if !found || !strings.Contains(strings.ToUpper(name), "TEL") {
				continue
			}
			if slices.Contains(strings.Split(name, ";"), "waid="+number) || Digits(value) == number {
				return true
			}
		}
	}
	return false
}

// compareForward compares a message with the one that was forwarded.
func compareForward(m, target *MessageRow) Likeness {
	if target == nil || m.Type != target.Type || !sameText(m.Text, target.Text) {
		return Different
	}
	a, b := m.DecodedDetails(), target.DecodedDetails()
	one, other := fileOf(m), fileOf(target)
	switch {
	case a.Location != nil && b.Location != nil && *a.Location != *b.Location, !slices.Equal(a.VCards, b.VCards),
		one.FileName != "" && other.FileName != "" && one.FileName != other.FileName:
		return Different
	case one.Size != 0 && other.Size != 0 && one.Size != other.Size:
		return Similar
	}
	return Same
}

// fileOf returns what the sender's side said of a message's file.
func fileOf(m *MessageRow) MediaInfo {
	if media := m.DecodedDetails().Media; media != nil {
		return *media
	}
	return MediaInfo{}
}

// SaysTheSame tells whether two rows would become messages that cannot be told apart.
func (o *OutboxItem) SaysTheSame(other *OutboxItem) bool {
	return o.Kind == other.Kind && o.Text == other.Text && o.Payload == other.Payload && (o.Kind != OutboxForward || o.Target == other.Target)
}
