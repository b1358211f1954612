package contacts

import (
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	avatarSide = 96
	margin     = 16 // labels keep 8 more around their text
	// maxValue is the most that is shown of one field, in bytes: wrapping costs
	// with the length, and what comes from outside may be long.
	maxValue = 2_000
	// maxGroups is the most groups that are listed one by one.
	maxGroups = 50
	// tight brings a value near to its caption: labels carry space of their own.
	tight = -10
	// labelSpace is what a label keeps around its text; what is no label gets
	// the same, so that all begins at one edge.
	labelSpace = 8
)

// cardActions are what the buttons of a card do.
type cardActions struct {
	open, refresh func()
	group         func(model.ConversationID)
	same, apart   func(id, other model.JID)
}

// card draws one contact. It is built anew for each answer and never changes but for its buttons.
type card struct {
	ctx     *ui.Context
	contact *model.ContactDetail
	actions cardActions
	width   float32 // of a line of text; labels get it before they are measured

	openButton, refreshButton *widget.Button
	body                      fyne.CanvasObject
}

func newCard(ctx *ui.Context, c *model.ContactDetail, paneWidth float32, actions cardActions) *card {
	k := &card{ctx: ctx, contact: c, actions: actions, width: max(paneWidth-2*margin, 200)}
	k.openButton = widget.NewButtonWithIcon(ctx.T("contacts.open"), theme.Icon(theme.IconChat), actions.open)
	k.openButton.Importance = widget.HighImportance
	k.refreshButton = widget.NewButtonWithIcon(ctx.T("contacts.refresh"), theme.Icon(theme.IconRefresh), actions.refresh)

	rows := container.NewVBox(k.header(), container.New(layout.NewCustomPaddedLayout(10, 6, labelSpace, 0),
		container.NewHBox(k.openButton, k.refreshButton)))
	for _, note := range k.notes() {
		rows.Add(note)
	}
	for _, f := range k.fields() {
		rows.Add(f)
	}
	k.addGroups(rows)
	k.body = container.New(layout.NewCustomPaddedLayout(margin, margin, margin, margin), rows)
	return k
}

// setBusy greys the buttons whose work is running.
func (k *card) setBusy(asking, opening bool) {
	setEnabled(k.refreshButton, !asking)
	setEnabled(k.openButton, !opening)
	text := k.ctx.T("contacts.refresh")
	if asking {
		text = k.ctx.T("contacts.refreshing")
	}
	k.refreshButton.SetText(text)
}

func setEnabled(b *widget.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}

func (k *card) header() fyne.CanvasObject {
	c := k.contact
	avatar := widgets.NewAvatar(k.ctx, avatarSide)
	called := widgets.ContactName(k.ctx, c.JID, c.Phone, c.DisplayName)
	avatar.Set(string(c.JID), called, c.AvatarHash)
	name := widgets.NewLine(k.ctx, fynetheme.SizeNameHeadingText, fynetheme.ColorNameForeground, fyne.TextStyle{Bold: true})
	name.SetText(called)
	lines := container.New(layout.NewCustomPaddedVBoxLayout(tight), name)
	if c.Phone != "" {
		phone := widget.NewLabel(k.ctx.FormatPhone(c.Phone))
		phone.Selectable = true
		copyPhone := widgets.NewIconButton(k.ctx, theme.Icon(theme.IconCopy), k.ctx.T("contacts.copy_phone"), func() {
			k.ctx.Copy(c.Phone.Plus())
			k.ctx.Toast(k.ctx.T("contacts.phone_copied"))
		})
		lines.Add(container.NewHBox(phone, container.NewCenter(copyPhone)))
	}
	if marks := k.marks(); marks != "" {
		lines.Add(quiet(marks))
	}
	picture := container.New(layout.NewCustomPaddedLayout(0, 0, labelSpace, labelSpace), container.NewCenter(avatar))
	return container.NewBorder(nil, nil, picture, nil, container.NewVBox(layout.NewSpacer(), lines, layout.NewSpacer()))
}

// marks are the short facts about a contact, on one line.
func (k *card) marks() string {
	var words []string
	for _, m := range []struct {
		on   bool
		word string
	}{
		{k.contact.IsMe, k.ctx.T("contacts.mark.me")},
		{k.contact.IsMyContact, k.ctx.T("contacts.mark.saved")},
		{k.contact.IsGroup, k.ctx.T("contacts.mark.group")},
		{k.contact.IsEnterprise, k.ctx.T("contacts.mark.enterprise")},
		{k.contact.IsBusiness && !k.contact.IsEnterprise, k.ctx.T("contacts.mark.business")},
		{k.contact.IsBlocked, k.ctx.T("contacts.mark.blocked")},
	} {
		if m.on {
			words = append(words, m.word)
		}
	}
	return strings.Join(words, " · ")
}

// notes are what an owner must know to understand the rest.
func (k *card) notes() []fyne.CanvasObject {
	var notes []fyne.CanvasObject
	if k.contact.Phone == "" && k.contact.JID.IsLID() {
		notes = append(notes, k.note(k.ctx.T("contacts.note.hidden")))
	}
	if !k.contact.NotSeenSince.IsZero() {
		notes = append(notes, k.note(k.ctx.T("contacts.note.not_seen",
			translations.Data{"Date": k.ctx.FormatDateTime(k.contact.NotSeenSince)})))
	}
	return notes
}

func (k *card) note(text string) fyne.CanvasObject {
	label := wrapped(text, k.width-40)
	label.Importance = widget.WarningImportance
	icon := widget.NewIcon(theme.ColoredIcon(theme.IconWarning, fynetheme.ColorNameWarning))
	sign := container.New(layout.NewCustomPaddedLayout(labelSpace-1, 0, labelSpace, 0), icon)
	return container.NewBorder(nil, nil, container.NewVBox(sign), nil, label)
}

func (k *card) fields() []fyne.CanvasObject {
	c := k.contact
	var fields []fyne.CanvasObject
	add := func(caption, value string) {
		if value != "" {
			fields = append(fields, k.field(caption, k.text(value, k.width)))
		}
	}
	addName := func(caption, name string) {
		if !c.JID.IsLID() || !model.NamelessTitle(name, c.JID) { // its digits are no name
			add(caption, name)
		}
	}
	addName(k.ctx.T("contacts.field.saved"), c.Name)
	addName(k.ctx.T("contacts.field.own"), c.PushName)
	addName(k.ctx.T("contacts.field.verified"), c.VerifiedName)
	add(k.ctx.T("contacts.field.about"), c.About)
	add(k.ctx.T("contacts.field.description"), c.Profile.Description)
	add(k.ctx.T("contacts.field.categories"), strings.Join(c.Profile.Categories, ", "))
	add(k.ctx.T("contacts.field.address"), c.Profile.Address)
	add(k.ctx.T("contacts.field.email"), c.Profile.Email)
	if len(c.Profile.Websites) > 0 {
		fields = append(fields, k.field(k.ctx.T("contacts.field.websites"), k.websites()...))
	}
	if len(c.IDs) > 1 {
		fields = append(fields, k.field(k.ctx.T("contacts.ids.title"), widgets.NewPersonIDs(k.ctx, c.IDs, k.actions.same, k.actions.apart).Body))
	}
	add(k.ctx.T("contacts.field.first_seen"), k.ctx.FormatDateTime(c.FirstSeenAt))
	if c.DetailsAt.IsZero() {
		fields = append(fields, quiet(k.ctx.T("contacts.details.never")))
	} else {
		fields = append(fields, quiet(k.ctx.T("contacts.details.at", translations.Data{"Ago": k.ctx.FormatAgo(c.DetailsAt)})))
	}
	return fields
}

func (k *card) field(caption string, values ...fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(tight), append([]fyne.CanvasObject{quiet(caption)}, values...)...)
}

// text returns a text that wraps. Where the letters of a label do, it can be selected.
func (k *card) text(value string, width float32) fyne.CanvasObject {
	value, cut := model.CleanText(value, maxValue)
	if cut {
		value += "…"
	}
	const latin = 0x250
	if strings.ContainsFunc(value, func(r rune) bool { return r >= latin && r != '…' }) {
		return widgets.NewParagraph(k.ctx, value, width)
	}
	return wrapped(value, width)
}

// wrapped returns a label that wraps, already as wide as its line will be:
// measuring a label that has no width yet is what is slow about wrapping.
func wrapped(text string, width float32) *widget.Label {
	label := &widget.Label{Wrapping: fyne.TextWrapWord, Selectable: true}
	label.ExtendBaseWidget(label)
	label.Resize(fyne.NewSize(width, 0))
	label.SetText(text)
	return label
}

// websites are links that say where they lead: a text of its own could lie.
func (k *card) websites() []fyne.CanvasObject {
	var links []fyne.CanvasObject
	for _, raw := range k.contact.Profile.Websites[:min(len(k.contact.Profile.Websites), 5)] {
		text := model.CleanLine(raw, 200)
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
			links = append(links, k.text(text, k.width))
			continue
		}
		link := widget.NewHyperlink(text, nil)
		link.Truncation = fyne.TextTruncateEllipsis
		link.OnTapped = func() {
			if err := k.ctx.OpenURL(u); err != nil {
				k.ctx.ShowError("action.open_link", err)
			}
		}
		links = append(links, link)
	}
	return links
}

// addGroups lists the groups that both the owner and the contact are in.
func (k *card) addGroups(rows *fyne.Container) {
	groups := k.contact.GroupsInCommon
	if len(groups) == 0 {
		return
	}
	title := widget.NewLabelWithStyle(k.ctx.N("contacts.groups_in_common", len(groups)), fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	rows.Add(widget.NewSeparator())
	rows.Add(title)
	list := container.New(layout.NewCustomPaddedVBoxLayout(2))
	for _, g := range groups[:min(len(groups), maxGroups)] {
		avatar := widgets.NewAvatar(k.ctx, 32)
		avatar.Set(string(g.JID), g.Name, g.AvatarHash)
		link := widget.NewButton(model.CleanLine(g.Name, 60), func() {
			if k.actions.group != nil {
				k.actions.group(g.ID)
			}
		})
		link.Importance = widget.LowImportance
		link.Alignment = widget.ButtonAlignLeading
		list.Add(container.NewBorder(nil, nil,
			container.New(layout.NewCustomPaddedLayout(0, 0, labelSpace, 0), container.NewCenter(avatar)), nil, link))
	}
	rows.Add(list)
	if rest := len(groups) - maxGroups; rest > 0 {
		rows.Add(quiet(k.ctx.N("contacts.groups_more", rest)))
	}
}

// quiet returns a small text in the secondary colour.
func quiet(text string) *widget.Label {
	return &widget.Label{
		Text: text, SizeName: fynetheme.SizeNameCaptionText, Importance: widget.LowImportance,
		Truncation: fyne.TextTruncateEllipsis,
	}
}
