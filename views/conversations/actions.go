package conversations

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// History tells what is known of a message beside what its row shows. Every
// method may block.
type History interface {
	// Versions returns the earlier texts of a message, the first one first.
	Versions(ctx context.Context, id model.MessageID) ([]model.MessageVersion, error)
	// Reactions returns who reacted to a message.
	Reactions(ctx context.Context, id model.MessageID) ([]model.ReactionDetail, error)
	// Votes returns who chose what in a poll.
	Votes(ctx context.Context, id model.MessageID) ([]model.PollVote, error)
	// Refresh asks the gateway for reactions and votes; no event brings votes.
	Refresh(ctx context.Context, id model.MessageID) error
}

// refreshWait is how long the gateway is waited for before what is known is shown.
const refreshWait = 4 * time.Second

// refreshed asks the gateway what became of a message, when it can be asked. A
// failure only means that what is held is shown.
func (d *detailPane) refreshed(id model.MessageID) func(context.Context, History) {
	if !d.online() {
		return func(context.Context, History) {}
	}
	return func(ctx context.Context, h History) {
		ctx, cancel := context.WithTimeout(ctx, refreshWait)
		defer cancel()
		if err := h.Refresh(ctx, id); err != nil {
			d.ctx.LogError("action.load_messages", err)
		}
	}
}

// messageAction does what the bubble of a message offers; false when it is none
// of what is done here.
func (d *detailPane) messageAction(id widgets.ItemID, action string) bool {
	if link, ok := strings.CutPrefix(action, widgets.ActionLink); ok {
		d.openLink(link)
		return true
	}
	if jid, ok := strings.CutPrefix(action, widgets.ActionMention); ok {
		d.showPerson(model.JID(jid))
		return true
	}
	row := d.row(id)
	if row == nil {
		return false
	}
	if number, ok := strings.CutPrefix(action, widgets.ActionCard); ok {
		d.saveCard(row, number)
		return true
	}
	switch action {
	case widgets.ActionSender:
		d.showPerson(row.AuthorJID)
	case widgets.ActionMap:
		d.openMap(row)
	case widgets.ActionVersions:
		d.showVersions(row)
	case widgets.ActionReactions:
		d.showReactions(row)
	case widgets.ActionVotes:
		d.showVotes(row)
	case widgets.ActionDetails:
		d.showDetails(row)
	default:
		return false
	}
	return true
}

// row returns the message of a row, nil when it is none that is held.
func (d *detailPane) row(id widgets.ItemID) *model.MessageRow {
	if id.Kind != widgets.ItemMessage && id.Kind != widgets.ItemNotice {
		return nil
	}
	return d.message(model.MessageID(id.Key))
}

// message returns a message that is held, nil when it is not.
func (d *detailPane) message(id model.MessageID) *model.MessageRow {
	i, ok := slices.BinarySearchFunc(d.thread.rows, id, func(r model.MessageRow, id model.MessageID) int {
		return int(max(min(r.ID-id, 1), -1))
	})
	if !ok {
		return nil
	}
	return &d.thread.rows[i]
}

// openLink asks before an address of a message is opened, and says where it
// leads: what is written is not always where one gets to.
func (d *detailPane) openLink(link string) {
	const longest = 2048
	u, err := url.Parse(link)
	if err != nil || len(link) > longest || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		d.ctx.Toast(d.ctx.T("conversations.link.bad"))
		return
	}
	host := model.CleanLine(u.Hostname(), 200)
	body := d.ctx.T("conversations.link.text", translations.Data{"Host": host, "Address": model.CleanLine(link, 300)})
	if strings.Contains(host, "xn--") || strings.IndexFunc(host, func(r rune) bool { return r > 0x7f }) >= 0 {
		body += "\n\n" + d.ctx.T("conversations.link.letters")
	}
	d.ctx.ShowModal(ui.Modal{
		Title: d.ctx.T("conversations.link.title", translations.Data{"Host": host}), Content: wrappedLabel(body), FocusButton: 2,
		Buttons: []ui.ModalButton{
			{Text: d.ctx.T("common.cancel")},
			{Text: d.ctx.T("conversations.link.copy"), Tapped: func() { d.copy(link) }},
			{Text: d.ctx.T("conversations.link.open"), Importance: highImportance, Tapped: func() {
				if err := d.ctx.OpenURL(u); err != nil {
					d.banner.show("action.open_link", err, nil)
				}
			}},
		},
	})
}

func (d *detailPane) copy(text string) {
	d.ctx.Copy(text)
	d.ctx.Toast(d.ctx.T("conversations.copied"))
}

// openMap opens the place of a message on a map in the browser.
func (d *detailPane) openMap(row *model.MessageRow) {
	details := row.DecodedDetails()
	l := details.Location
	if l == nil || !onEarth(l) {
		return
	}
	lat, lon := strconv.FormatFloat(l.Latitude, 'f', 6, 64), strconv.FormatFloat(l.Longitude, 'f', 6, 64)
	d.openLink("https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lon + "#map=17/" + lat + "/" + lon)
}

// showPerson says who somebody is; of a hidden id the number, if it is known.
func (d *detailPane) showPerson(jid model.JID) {
	name := d.writer().name(jid)
	if name == "" {
		return
	}
	if !jid.IsLID() || d.people == nil || d.life == nil {
		d.showNumber(name, jid)
		return
	}
	session := d.conv.SessionID
	d.ctx.Load(d.life, func(ctx context.Context) func() {
		ids, err := d.people.IDs(ctx, session, jid)
		return func() {
			if err == nil && len(ids) > 0 {
				jid = ids[0].JID
			}
			d.showNumber(name, jid)
		}
	})
}

func (d *detailPane) showNumber(name string, jid model.JID) {
	m := ui.Modal{Title: name, Content: wrappedLabel(d.ctx.NumberOf(jid)), Buttons: []ui.ModalButton{{Text: d.ctx.T("common.close")}}}
	if phone := jid.Phone(); phone != "" {
		m.Buttons = append(m.Buttons, ui.ModalButton{Text: d.ctx.T("conversations.copy_phone"), Tapped: func() { d.copy(phone.Plus()) }})
	}
	d.ctx.ShowModal(m)
}

// showVersions shows the earlier texts of a message.
func (d *detailPane) showVersions(row *model.MessageRow) {
	id, own, now := row.ID, row.FromMe, row.Text
	gone := row.Type.IsGone()
	d.history("action.load_messages", func(ctx context.Context, h History) (func(), error) {
		versions, err := h.Versions(ctx, id)
		return func() {
			var items []widgets.Item
			for _, v := range versions {
				text, _ := model.CleanText(v.Text, model.MaxMessageText)
				if text == "" {
					text = d.ctx.MessageTypeText(v.Type)
				}
				items = append(items, bubbleItem(len(items), &widgets.Content{
					Own: own, Lead: true, Text: text, Meta: d.ctx.T("conversations.versions.until", translations.Data{"When": d.ctx.FormatDateTime(v.UntilAt)}),
				}))
			}
			if !gone && now != "" {
				items = append(items, bubbleItem(len(items), &widgets.Content{Own: own, Lead: true, Text: now, Meta: d.ctx.T("conversations.versions.now")}))
			}
			d.showBubbles(d.ctx.T("conversations.versions.title"), items)
		}, err
	})
}

// showReactions shows who reacted to a message.
func (d *detailPane) showReactions(row *model.MessageRow) {
	id, refresh := row.ID, d.refreshed(row.ID)
	d.history("action.load_messages", func(ctx context.Context, h History) (func(), error) {
		refresh(ctx, h)
		list, err := h.Reactions(ctx, id)
		return func() {
			w := d.writer()
			var items []widgets.Item
			for _, r := range list {
				w.called(r.SenderJID, r.Name)
				name := w.name(r.SenderJID)
				if r.Mine {
					name = d.ctx.T("conversations.you")
				}
				items = append(items, bubbleItem(len(items), &widgets.Content{
					Own: r.Mine, Lead: true, Author: name, AuthorID: string(r.SenderJID), Text: model.CleanLine(r.Emoji, 16), Meta: d.ctx.FormatDateTime(r.At),
				}))
			}
			d.showBubbles(d.ctx.T("conversations.reactions.title"), items)
		}, err
	})
}

// showVotes shows who chose what in a poll.
func (d *detailPane) showVotes(row *model.MessageRow) {
	id, refresh := row.ID, d.refreshed(row.ID)
	d.history("action.load_messages", func(ctx context.Context, h History) (func(), error) {
		refresh(ctx, h)
		list, err := h.Votes(ctx, id)
		return func() {
			if len(list) == 0 {
				d.ctx.Toast(d.ctx.T("conversations.votes.none"))
				return
			}
			w := d.writer()
			var items []widgets.Item
			for _, v := range list {
				w.called(v.VoterJID, v.Name)
				name := w.name(v.VoterJID)
				if v.Mine {
					name = d.ctx.T("conversations.you")
				}
				options := make([]string, len(v.Options))
				for i, o := range v.Options {
					options[i] = model.CleanLine(o, 120)
				}
				items = append(items, bubbleItem(len(items), &widgets.Content{
					Own: v.Mine, Lead: true, Author: name, AuthorID: string(v.VoterJID), Text: strings.Join(options, "\n"), Meta: d.ctx.FormatDateTime(v.At),
				}))
			}
			d.showBubbles(d.ctx.T("conversations.votes.title"), items)
		}, err
	})
}

// history reads something about a message and shows it.
func (d *detailPane) history(action string, read func(context.Context, History) (show func(), err error)) {
	if d.past == nil || d.life == nil {
		return
	}
	d.ctx.Load(d.shown, func(ctx context.Context) func() {
		show, err := read(ctx, d.past)
		return func() {
			if err != nil {
				d.banner.show(action, err, nil)
				return
			}
			show()
		}
	})
}

func bubbleItem(n int, c *widgets.Content) widgets.Item {
	return widgets.Item{ID: widgets.ItemID{Kind: widgets.ItemMessage, Key: int64(n + 1)}, Content: c}
}

// details lists what is known of a message, a line for each.
func (d *detailPane) details(row *model.MessageRow) []string {
	t := d.ctx.T
	lines := []string{t("conversations.details.sent", translations.Data{"When": d.ctx.FormatDateTime(row.ID.Stamp())})}
	add := func(key string, data translations.Data) { lines = append(lines, t(key, data)) }
	if kind := d.ctx.MessageTypeText(row.Type); kind != "" {
		add("conversations.details.kind", translations.Data{"Kind": kind})
	}
	if ui.MessageTypeUnshown(row.Type) { // who asks for help can say what it was
		add("conversations.details.type_name", translations.Data{"Name": model.CleanLine(string(row.Type), 40)})
	}
	switch {
	case row.FromMe && !row.Type.IsGone():
		add("conversations.details.ack", translations.Data{"State": d.ctx.FormatAck(row.Ack)})
	case row.AuthorJID != "":
		add("conversations.details.author", translations.Data{"Name": d.writer().author(row), "Number": d.ctx.FormatPhone(row.AuthorJID.Phone())})
	}
	if !row.EditedAt.IsZero() {
		add("conversations.details.edited", translations.Data{"When": d.ctx.FormatDateTime(row.EditedAt)})
	}
	if !row.RevokedAt.IsZero() {
		add("conversations.details.revoked", translations.Data{"When": d.ctx.FormatDateTime(row.RevokedAt)})
	}
	if m := row.DecodedDetails().Media; m != nil {
		if m.MimeType != "" {
			add("conversations.details.type", translations.Data{"Type": model.CleanLine(m.MimeType, 80)})
		}
		if m.Width > 0 && m.Height > 0 {
			add("conversations.details.pixels", translations.Data{"Width": m.Width, "Height": m.Height})
		}
	}
	return append(lines, t("conversations.details.id", translations.Data{"Id": model.CleanLine(string(row.ShortID), 80)}))
}
