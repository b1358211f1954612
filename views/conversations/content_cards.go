package conversations

import (
	"math"
	"strconv"
	"strings"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/widgets"
)

// mostEntries is how many contacts or options of one message are shown.
const mostEntries = 20

// location fills in a place.
func (w *writer) location(c *widgets.Content, row *model.MessageRow, l *model.Location) {
	card := &widgets.Card{Kind: widgets.CardPlace, Icon: apptheme.IconPlace, Title: w.ctx.MessageTypeText(row.Type), Seed: string(row.ShortID)}
	c.Card = card
	if l == nil || !onEarth(l) {
		card.Kind = widgets.CardPlain
		return
	}
	var parts []string
	if name := model.CleanLine(l.Name, 120); name != "" {
		card.Title = name
	}
	if a := model.CleanLine(l.Address, 200); a != "" && a != card.Title {
		parts = append(parts, a)
	}
	card.Seed = coordinates(l)
	parts = append(parts, card.Seed)
	card.Detail = strings.Join(parts, "\n")
	if text := strings.TrimSpace(c.Text); text == l.Name || text == l.Address || text == card.Title || text == strings.TrimSpace(l.Name+" "+l.Address) {
		c.Text = ""
	}
	c.Actions = []widgets.Action{{ID: widgets.ActionMap, Text: w.ctx.T("conversations.place.open")}}
	c.Main = widgets.ActionMap
}

func onEarth(l *model.Location) bool {
	return !math.IsNaN(l.Latitude) && !math.IsNaN(l.Longitude) && math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180
}

// coordinates writes a place as every map takes it: degrees, north and east positive.
func coordinates(l *model.Location) string {
	return strconv.FormatFloat(l.Latitude, 'f', 5, 64) + ", " + strconv.FormatFloat(l.Longitude, 'f', 5, 64)
}

// contacts fills in the people whose cards were sent.
func (w *writer) contacts(c *widgets.Content, row *model.MessageRow, d *model.MessageDetails) {
	card := &widgets.Card{Kind: widgets.CardContacts, Icon: apptheme.IconPerson}
	c.Card = card
	for i, source := range d.VCards[:min(len(d.VCards), mostEntries)] {
		name, number := readCard(source)
		if name == "" {
			name = w.ctx.MessageTypeText(model.TypeContact)
		}
		card.Entries = append(card.Entries, widgets.Entry{
			Title: name, Detail: number, Action: widgets.Action{ID: widgets.ActionCard + strconv.Itoa(i), Text: w.ctx.T("conversations.contact.save")},
		})
	}
	if more := len(d.VCards) - len(card.Entries); more > 0 {
		card.Detail = w.ctx.N("conversations.contact.more", more)
	}
	if len(card.Entries) == 0 { // only names are known
		card.Kind, card.Title = widgets.CardPlain, w.ctx.MessageTypeText(row.Type)
		return
	}
	c.Text = ""
	c.Main = card.Entries[0].Action.ID
}

// readCard returns the name and the first number of a vCard. Its lines may be
// folded and its values escaped (RFC 6350 §3.2, §3.4).
func readCard(source string) (name, number string) {
	source = strings.NewReplacer("\r\n ", "", "\n ", "", "\r\n\t", "", "\n\t", "").Replace(source)
	for line := range strings.Lines(source) {
		field, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if !ok {
			continue
		}
		field, _, _ = strings.Cut(field, ";")
		if i := strings.LastIndexByte(field, '.'); i >= 0 { // item1.TEL
			field = field[i+1:]
		}
		value = strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\N`, " ", `\\`, `\`).Replace(value)
		switch {
		case strings.EqualFold(field, "FN") && name == "":
			name = model.CleanLine(value, 120)
		case strings.EqualFold(field, "TEL") && number == "":
			number = model.CleanLine(strings.TrimPrefix(value, "tel:"), 40)
		}
	}
	return name, number
}

// poll fills in a question with its votes.
func (w *writer) poll(c *widgets.Content, row *model.MessageRow, p *model.Poll) {
	card := &widgets.Card{Kind: widgets.CardPoll, Icon: apptheme.IconPoll, Title: w.ctx.MessageTypeText(row.Type)}
	c.Card = card
	if p == nil {
		return
	}
	c.Text = ""
	if name := model.CleanLine(p.Name, 300); name != "" {
		card.Title = name
	}
	card.Detail = w.ctx.T("conversations.poll.one")
	if p.Multiple {
		card.Detail = w.ctx.T("conversations.poll.many")
	}
	votes := make(map[string]model.VoteCount, len(row.Votes))
	total := 0
	for _, v := range row.Votes {
		votes[v.Option] = v
		total += v.Count
	}
	for _, o := range p.Options[:min(len(p.Options), mostEntries)] {
		e := widgets.Entry{Title: model.CleanLine(o, 120)}
		if len(row.Votes) > 0 {
			v := votes[o]
			e.Count, e.Mine = w.ctx.FormatNumber(v.Count), v.Mine
			if total > 0 {
				e.Share = float32(v.Count) / float32(total)
			}
		}
		card.Entries = append(card.Entries, e)
	}
	// Also before any is known: nothing tells of votes, the gateway has to be asked.
	c.Actions = []widgets.Action{{ID: widgets.ActionVotes, Text: w.ctx.T("conversations.poll.votes")}}
	c.Main = widgets.ActionVotes
}

// call fills in a call that was made or missed.
func (w *writer) call(c *widgets.Content, row *model.MessageRow, call *model.CallInfo) {
	card := &widgets.Card{Kind: widgets.CardCall, Icon: apptheme.IconPhone, Title: w.ctx.MessageTypeText(row.Type)}
	c.Card = card
	c.HasAck = false
	if call == nil {
		call = &model.CallInfo{}
	}
	if call.Video {
		card.Icon = apptheme.IconVideo
		card.Title = w.ctx.T("conversations.call.video")
	}
	var parts []string
	switch {
	case call.Missed && row.FromMe:
		parts = append(parts, w.ctx.T("conversations.call.unanswered"))
	case call.Missed:
		parts = append(parts, w.ctx.T("conversations.call.missed"))
		card.Bad = true
	case row.FromMe:
		parts = append(parts, w.ctx.T("conversations.call.out"))
	default:
		parts = append(parts, w.ctx.T("conversations.call.in"))
	}
	if s := w.ctx.FormatSeconds(call.Seconds); s != "" {
		parts = append(parts, s)
	}
	card.Detail = strings.Join(parts, " · ")
}

// invite fills in an invitation to a group.
func (w *writer) invite(c *widgets.Content, row *model.MessageRow, i *model.GroupInvite) {
	c.Card.Icon = apptheme.IconGroup
	if i == nil {
		return
	}
	if name := model.CleanLine(i.GroupName, 100); name != "" {
		c.Card.Title = name
		c.Card.Detail = w.ctx.MessageTypeText(row.Type)
		if c.Text == i.GroupName {
			c.Text = ""
		}
	}
	if at := model.StampUnix(i.Expires); i.Expires > 0 {
		key := "conversations.invite.until"
		if at.Time().Before(w.ctx.Now()) {
			key = "conversations.invite.expired"
		}
		c.Card.Detail += "\n" + w.ctx.T(key, translations.Data{"When": w.ctx.FormatDateTime(at)})
	}
}

// offer fills in an order or a product.
func (w *writer) offer(c *widgets.Content, o *model.Commerce) {
	c.Card.Icon = apptheme.IconBusiness
	if o == nil {
		return
	}
	kind := c.Card.Title
	lines := []string{kind}
	if title := model.CleanLine(o.Title, 120); title != "" {
		c.Card.Title = title
		if c.Text == o.Title {
			c.Text = ""
		}
	}
	if text := model.CleanLine(o.Description, 300); text != "" {
		lines = append(lines, text)
	}
	if number := model.CleanLine(o.OrderID, 40); number != "" {
		lines = append(lines, w.ctx.T("conversations.order.number", translations.Data{"Number": number}))
	}
	c.Card.Detail = strings.Join(lines, "\n")
}

// noticeWords are the notices that have words of their own, by the gateway's
// subtype (contract §9.6), with whether they are about somebody.
var noticeWords = map[string]bool{
	"add": true, "invite": true, "remove": true, "leave": true, "promote": true, "demote": true, "linked_group_join": true, "create": false,
	"subject": false, "description": false, "picture": false, "announce": false, "restrict": false, "membership_approval_request": true,
}

// notice returns the line of a notice, such as "Ana added Luis".
//
// translations: conversations.notice.*
func (w *writer) notice(row *model.MessageRow, d *model.MessageDetails) string {
	if d.Notice == nil {
		return w.ctx.MessageSummary(*row)
	}
	if d.Notice.Kind == "change_number" && len(d.Notice.People) == 2 {
		return w.numberChange(d.Notice.People[0], d.Notice.People[1])
	}
	about, known := noticeWords[d.Notice.Kind]
	who := w.name(row.AuthorJID)
	if row.FromMe {
		who = w.ctx.T("conversations.you")
	}
	people := w.people(d.Notice.People)
	if people == "" { // people join and leave by themselves
		people = who
	}
	if !known || about && people == "" || !about && who == "" {
		return w.ctx.MessageSummary(*row)
	}
	key := noticeKey(row, d)
	if about && (who == "" || people == who) && w.ctx.Text.Has(key+"_self") {
		key += "_self"
	}
	return w.ctx.T(key, translations.Data{"Who": who, "People": people, "Text": model.CleanLine(row.Text, 100)})
}

func noticeKey(row *model.MessageRow, d *model.MessageDetails) string {
	if d.Notice.Kind == "subject" && row.Text != "" {
		return "conversations.notice.subject_text"
	}
	return "conversations.notice." + d.Notice.Kind
}

func (w *writer) numberChange(before, after model.JID) string {
	return w.ctx.T("conversations.notice.change_number", translations.Data{
		"Before": widgets.PersonIDText(w.ctx, before), "After": widgets.PersonIDText(w.ctx, after),
	})
}

// people names some of those whom a notice is about.
func (w *writer) people(list []model.JID) string {
	const most = 5
	var names []string
	for _, jid := range list {
		if name := w.name(jid); name != "" {
			names = append(names, name)
		}
	}
	text := strings.Join(names[:min(len(names), most)], ", ")
	if len(names) > most {
		text += " +" + strconv.Itoa(len(names)-most)
	}
	return text
}
