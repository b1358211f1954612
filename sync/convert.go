package sync

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// Bounds of what is kept of a single list within an item; more can only come
// from a broken or hostile gateway.
const (
	maxParticipants = 2000 // WhatsApp's own limit is 1,024
	maxDetailItems  = 50
	maxVCard        = 16 << 10 // bytes
	maxDescription  = 8 << 10  // bytes
)

// formatName writes a name that is only a number as people read it. Formatting
// a number costs several times what all the rest of a contact costs, so it is
// done for what is going to be written, not for what turns out to be unchanged.
func formatName(name string, p model.Phone) string {
	if p == "" || name != p.Plus() {
		return name
	}
	n, err := phonenumbers.Parse(name, "")
	if err != nil {
		return name
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// contactOf reads a contact of the list. lid is the person's hidden id when
// the number that comes with a phone's id is not its own (contract §9.2). A
// display name that is a number still needs formatName.
func contactOf(session model.SessionID, wire *gateway.Contact) (c model.Contact, lid model.JID, err error) {
	jid, err := model.ParseJID(wire.ID.Serialized)
	if err != nil {
		return model.Contact{}, "", err
	}
	name := func(s string) string { return model.CleanLine(s, model.MaxName) }
	c = model.Contact{
		SessionID: session, JID: jid, Phone: jid.Phone(),
		Name: name(wire.Name), PushName: name(wire.PushName), ShortName: name(wire.ShortName), VerifiedName: name(wire.VerifiedName),
		IsBusiness: wire.IsBusiness, IsEnterprise: wire.IsEnterprise, IsMe: wire.IsMe, IsMyContact: wire.IsMyContact,
		IsWAContact: wire.IsWAContact, IsBlocked: wire.IsBlocked, IsGroup: wire.IsGroup || jid.IsGroup(),
		Business: businessOf(wire.Business),
	}
	c.DisplayName = model.ContactDisplayName(&c, c.Phone.Plus())
	c.Fingerprint = c.ComputeFingerprint()
	digits := model.Digits(wire.Number)
	if c.Phone != "" && digits != "" && digits == wire.Number && digits != string(c.Phone) && len(digits) <= 20 {
		lid = model.JID(digits + "@" + model.ServerLID)
	}
	return c, lid, nil
}

func businessOf(b *gateway.BusinessProfile) string {
	if b == nil {
		return ""
	}
	text := func(s string) string { t, _ := model.CleanText(s, maxDescription); return t }
	profile := model.BusinessProfile{
		Description: text(b.Description), Email: model.CleanLine(b.Email, 320), Address: text(b.Address),
	}
	for _, c := range head(b.Categories, maxDetailItems) {
		profile.Categories = append(profile.Categories, model.CleanLine(c, 200))
	}
	for _, s := range head(b.Websites, maxDetailItems) {
		profile.Websites = append(profile.Websites, model.CleanLine(s, 2048))
	}
	out, err := json.Marshal(profile)
	if err != nil || string(out) == "{}" {
		return ""
	}
	return string(out)
}

// conversationOf reads a chat of the list. A name that is a number still needs
// formatName.
func conversationOf(session model.SessionID, wire *gateway.Chat) (model.ConversationIn, error) {
	jid, err := model.ParseJID(wire.ID.Serialized)
	if err != nil {
		return model.ConversationIn{}, err
	}
	c := model.Conversation{
		SessionID: session, JID: jid, Kind: jid.Kind(), Name: model.CleanLine(wire.Name, model.MaxName),
		Unread: max(wire.UnreadCount, 0), MarkedUnread: wire.UnreadCount < 0,
		Pinned: wire.Pinned, Archived: wire.Archived, ReadOnly: wire.IsReadOnly, Locked: wire.IsLocked,
		MutedUntil: mutedUntil(wire), LastAt: model.StampUnix(wire.Timestamp),
	}
	if c.Name == "" {
		c.Name = jid.Phone().Plus()
	}
	if c.Name == "" && jid.IsLID() {
		c.Name = model.HiddenName(jid)
	}
	if c.Name == "" {
		c.Name = jid.User()
	}
	if m := wire.LastMessage; m != nil {
		if last, err := messageOf(m); err == nil && !last.Type.IsNotice() {
			c.LastShortID, c.LastFromMe, c.LastType = last.ShortID, last.FromMe, last.Type
			c.LastText, c.LastAuthor, c.LastAck = model.Preview(last.Text), last.AuthorJID, last.Ack
			c.LastAt = max(c.LastAt, model.StampUnix(last.Unix))
		}
	}
	in := model.ConversationIn{Conversation: c, Group: groupOf(wire), Same: membersTold(wire)}
	in.Conversation.Fingerprint = c.ComputeFingerprint(in.Group)
	return in, nil
}

// mutedUntil joins the two members that say whether a chat is mute; an end in
// the past can occur and is kept, whoever shows it compares it with the clock
// (contract §9.3).
func mutedUntil(wire *gateway.Chat) model.Stamp {
	switch {
	case wire.MuteExpiration < 0:
		return model.MutedForever
	case wire.MuteExpiration > 0:
		return model.StampUnix(wire.MuteExpiration)
	case wire.IsMuted:
		return model.MutedForever
	}
	return 0
}

// membersTold returns the members of a group who were told under both identifiers.
func membersTold(wire *gateway.Chat) (told []model.Identity) {
	if wire.Group == nil {
		return nil
	}
	for _, p := range head(wire.Group.Participants, maxParticipants) {
		told = append(told, pairOf(p.ID.Serialized, p.Other.Serialized, model.SourceGroup)...)
	}
	return told
}

func groupOf(wire *gateway.Chat) *model.Group {
	g := wire.Group
	if g == nil {
		return nil
	}
	description, _ := model.CleanText(g.Description, maxDescription)
	owner, _ := model.ParseJID(g.Owner.Serialized) // missing is normal
	group := &model.Group{
		Subject: model.CleanLine(g.Subject, model.MaxName), Description: description, OwnerJID: owner,
		CreatedAt: model.StampUnix(g.Creation), AnnounceOnly: g.Announce, InfoLocked: g.Restrict,
	}
	known := make(map[model.JID]struct{}, len(g.Participants))
	for _, p := range head(g.Participants, maxParticipants) {
		jid, err := model.ParseJID(p.ID.Serialized)
		if err != nil {
			continue
		}
		if _, twice := known[jid]; twice {
			continue
		}
		known[jid] = struct{}{}
		group.Participants = append(group.Participants, model.Participant{JID: jid, IsAdmin: p.IsAdmin, IsSuperAdmin: p.IsSuperAdmin})
	}
	return group
}

// messageOf reads a message.
func messageOf(wire *gateway.Message) (model.MessageIn, error) {
	short := wire.ID.Short
	if short == "" || len(short) > model.MaxJID || strings.ContainsAny(short, " \t\r\n\x00") {
		return model.MessageIn{}, model.ErrInvalidJID
	}
	m := model.MessageIn{Unix: wire.Timestamp}
	m.FromMe, m.ShortID = wire.FromMe || wire.ID.FromMe, model.ShortID(short)
	m.Serialized = model.CleanLine(wire.ID.Serialized, 512)
	m.Type = typeOf(wire.Type)
	m.AuthorJID = firstJID(wire.Author, wire.ID.Participant)
	m.AuthorName = model.CleanLine(wire.NotifyName, model.MaxName)
	m.Same = toldTwice(wire)
	if wire.Ack != nil {
		m.Ack = model.Ack(min(max(*wire.Ack, int(model.AckError)), int(model.AckPlayed)))
	}
	m.HasMedia, m.Starred = wire.HasMedia, wire.IsStarred
	m.Forwarded, m.Ephemeral = wire.IsForwarded, wire.IsEphemeral
	m.EditedAt = model.Stamp(max(wire.LatestEditTimestamp, 0))
	quoteOf(&m, wire)
	text, cut := textOf(wire, m.Type)
	m.Text = text
	m.Details = detailsOf(wire, m.Type, cut)
	if m.Type.IsMedia() {
		m.Media = &model.Media{
			State: model.MediaRemote, MimeType: model.CleanLine(wire.Mimetype, 200),
			FileName: model.CleanLine(wire.Filename, model.MaxName), Size: max(wire.Size, 0),
		}
		if !wire.HasMedia {
			m.Media.State = model.MediaGone
		}
	}
	return m, nil
}

// typeOf reads the kind of a message. New kinds are words that are not known
// here; what is no word at all says nothing.
func typeOf(s string) model.MessageType {
	if s == "" || len(s) > 64 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" || s[0] < 'A' {
		return model.TypeUnknown
	}
	return model.MessageType(s)
}

func firstJID(candidates ...string) model.JID {
	for _, s := range candidates {
		if jid, err := model.ParseJID(s); err == nil {
			return jid
		}
	}
	return ""
}

func quoteOf(m *model.MessageIn, wire *gateway.Message) {
	q := wire.Quoted
	if q == nil || q.ShortID == "" || len(q.ShortID) > model.MaxJID {
		return
	}
	m.QuotedShortID = model.ShortID(model.CleanLine(q.ShortID, model.MaxJID))
	m.QuotedAuthor = firstJID(q.Participant)
	body := q.Caption
	if body == "" && readableBody(model.MessageType(q.Type), q.Body) {
		body = q.Body
	}
	m.QuotedText = model.Preview(body)
}

// textOf returns what a person reads and searches. The body of some kinds is
// something else: a picture as base64, the source of a contact card (contract §9.4).
func textOf(wire *gateway.Message, t model.MessageType) (text string, cut bool) {
	var body string
	switch t {
	case model.TypeRevoked, model.TypeCiphertext:
		return "", false
	case model.TypeLocation:
		body = placeOf(wire.Location)
	case model.TypeContact, model.TypeContacts:
		body = strings.Join(cardNames(wire), ", ")
	case model.TypePoll:
		body = captionOf(wire, t)
		if wire.Poll != nil {
			body = wire.Poll.Name
		}
	case model.TypeGroupInvite:
		if body = captionOf(wire, t); wire.Invite != nil && body == "" {
			body = wire.Invite.GroupName
		}
	default:
		body = captionOf(wire, t)
	}
	return model.CleanText(body, model.MaxMessageText)
}

// captionOf returns the text of a message whose body can be a picture.
func captionOf(wire *gateway.Message, t model.MessageType) string {
	if t.IsMedia() && wire.Caption != "" && readableBody(t, wire.Caption) {
		return wire.Caption
	}
	if readableBody(t, wire.Body) {
		return wire.Body
	}
	if wire.Commerce != nil {
		return wire.Commerce.Title
	}
	return ""
}

// placeOf names a place.
func placeOf(l *gateway.MessageLocation) string {
	if l == nil {
		return ""
	}
	if place := strings.TrimSpace(l.Name + " " + l.Address); place != "" {
		return place
	}
	return l.Description
}

// readableBody tells whether a body is text and not a picture in base64: the
// thumbnail of a picture whose file is gone begins like any JPEG or PNG does.
func readableBody(t model.MessageType, body string) bool {
	if t == model.TypeLocation || t == model.TypeContact || t == model.TypeContacts {
		return false
	}
	if t == model.TypeChat {
		return true
	}
	return !isPictureText(body)
}

func cardNames(wire *gateway.Message) []string {
	cards := wire.VCards
	if len(cards) == 0 && strings.HasPrefix(wire.Body, "BEGIN:VCARD") {
		cards = []string{wire.Body}
	}
	var names []string
	for _, card := range head(cards, maxDetailItems) {
		for line := range strings.Lines(card) {
			if name, ok := strings.CutPrefix(line, "FN:"); ok {
				names = append(names, model.CleanLine(name, model.MaxName))
				break
			}
		}
	}
	return names
}

// detailsOf returns the parts that only some kinds have, as they are stored.
func detailsOf(wire *gateway.Message, t model.MessageType, cut bool) string {
	d := model.MessageDetails{Truncated: cut}
	if wire.IsForwarded {
		d.Forwards = positive(wire.ForwardingScore)
	}
	switch {
	case t.IsMedia():
		d.Media = mediaOf(wire)
	case t == model.TypeContact || t == model.TypeContacts:
		for _, card := range head(wire.VCards, maxDetailItems) {
			text, _ := model.CleanText(card, maxVCard)
			d.VCards = append(d.VCards, text)
		}
	case t == model.TypeCall:
		d.Call = callOf(wire)
	case t == model.TypeGroupNotice || t == "group_notification":
		d.Notice = noticeOf(wire)
	default:
		rareDetails(&d, wire, t)
	}
	for _, id := range head(wire.MentionedIDs, maxDetailItems) {
		if jid, err := model.ParseJID(id); err == nil {
			d.Mentions = append(d.Mentions, jid)
		}
	}
	for _, l := range head(wire.Links, maxDetailItems) {
		d.Links = append(d.Links, model.CleanLine(l.URL, 2048))
	}
	return model.EncodeDetails(d)
}

func mediaOf(wire *gateway.Message) *model.MediaInfo {
	return &model.MediaInfo{
		MimeType: model.CleanLine(wire.Mimetype, 200), FileName: model.CleanLine(wire.Filename, model.MaxName),
		Size: max(wire.Size, 0), Seconds: seconds(wire.Duration), Width: positive(wire.Width), Height: positive(wire.Height),
		Pages: positive(wire.PageCount), ViewOnce: wire.IsViewOnce, Gif: wire.IsGif,
	}
}

// rareDetails fills the parts of places, polls, invitations, orders and products.
func rareDetails(d *model.MessageDetails, wire *gateway.Message, t model.MessageType) {
	if l := wire.Location; l != nil && t == model.TypeLocation {
		d.Location = &model.Location{
			Latitude: l.Latitude, Longitude: l.Longitude, Name: model.CleanLine(l.Name, model.MaxName),
			Address: model.CleanLine(l.Address, 500), URL: model.CleanLine(l.URL, 2048),
		}
	}
	if p := wire.Poll; p != nil && t == model.TypePoll {
		d.Poll = &model.Poll{Name: model.CleanLine(p.Name, 500), Multiple: p.AllowMultiple}
		for _, o := range head(p.Options, maxDetailItems) {
			d.Poll.Options = append(d.Poll.Options, model.CleanLine(o.Name, 200))
		}
	}
	if i := wire.Invite; i != nil {
		d.Invite = &model.GroupInvite{GroupName: model.CleanLine(i.GroupName, model.MaxName), Code: model.CleanLine(i.Code, 200), Expires: max(i.Expires, 0)}
	}
	if c := wire.Commerce; c != nil && (t == model.TypeOrder || t == model.TypeProduct) {
		d.Commerce = &model.Commerce{
			OrderID: model.CleanLine(c.OrderID, 200), ProductID: model.CleanLine(c.ProductID, 200),
			Title: model.CleanLine(c.Title, model.MaxName), Description: model.CleanLine(c.Description, 1000),
		}
	}
}

// callOf reads what a call_log tells.
func callOf(wire *gateway.Message) *model.CallInfo {
	c := &model.CallInfo{Missed: strings.HasPrefix(wire.Subtype, "miss")}
	if w := wire.Call; w != nil {
		c.Missed = c.Missed || strings.EqualFold(w.Outcome, "missed")
		c.Video, c.Seconds = w.Video, seconds(w.Seconds)
	}
	return c
}

// noticeOf reads what a notice of a group is about; nil when it does not say.
func noticeOf(wire *gateway.Message) *model.NoticeInfo {
	kind := model.CleanLine(wire.Subtype, 60)
	if kind == "" {
		return nil
	}
	n := &model.NoticeInfo{Kind: kind}
	for _, id := range head(wire.Recipients, maxDetailItems) {
		if jid, err := model.ParseJID(id); err == nil {
			n.People = append(n.People, jid)
		}
	}
	return n
}

func seconds(s float64) int {
	if math.IsNaN(s) || s < 0 || s > 1e7 {
		return 0
	}
	return int(s)
}

func positive(n int) int { return min(max(n, 0), 1<<24) }

// head returns at most the first n items.
func head[T any](items []T, n int) []T { return items[:min(len(items), n)] }
