package conversations

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const highImportance = widget.HighImportance

// selectable is the most of a text that can be selected in, in bytes: a label
// takes longer to wrap the longer its text is.
const selectable = 20_000

func wrappedLabel(text string) *widget.Label {
	l := widget.NewLabel(text)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// menu offers what can be done to a row.
func (d *detailPane) menu(id widgets.ItemID, at fyne.Position) {
	i := slices.IndexFunc(d.list.Items(), func(i widgets.Item) bool { return i.ID == id })
	if i < 0 {
		return
	}
	content := d.list.Items()[i].Content
	row := d.row(id)
	items := d.actor.items(row)
	if id.Kind == widgets.ItemOutbox {
		if o := d.out.row(model.OutboxID(id.Key)); o != nil {
			items = d.actor.outgoingItems(o)
		}
	}
	if id.Kind == widgets.ItemSeam {
		items = d.seamItems(id, content)
	}
	if len(items) > 0 {
		items = append(items, fyne.NewMenuItemSeparator())
	}
	first := len(items)
	add := func(key string, do func()) { items = append(items, fyne.NewMenuItem(d.ctx.T(key), do)) }
	act := func(key, action string) { add(key, func() { d.act(id, action) }) }
	if text := copied(content, row); text != "" {
		add("conversations.copy_text", func() { d.copy(text) })
		add("conversations.select_text", func() { d.selectText(text) })
	}
	if row != nil {
		d.rowMenu(row, content, act)
	}
	if len(items) == first && first > 0 { // nothing stands below the line
		items = items[:first-1]
	}
	if len(items) > 0 {
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), d.ctx.Window.Canvas(), at)
	}
}

// rowMenu adds what the kind of a message offers.
func (d *detailPane) rowMenu(row *model.MessageRow, c *widgets.Content, act func(key, action string)) {
	if card := c.Card; card != nil && row.Type.IsMedia() {
		switch card.State {
		case model.MediaStored:
			act("conversations.menu.open", widgets.ActionOpen)
			act("conversations.menu.save", widgets.ActionSave)
		case model.MediaRemote, model.MediaFailed:
			act("conversations.menu.download", widgets.ActionDownload)
		case model.MediaDownloading:
			act("conversations.menu.cancel", widgets.ActionCancel)
		}
	}
	if row.QuotedShortID != "" {
		act("conversations.menu.quoted", widgets.ActionQuote)
	}
	if c.Main == widgets.ActionMap {
		act("conversations.place.open", widgets.ActionMap)
	}
	if strings.HasPrefix(c.Main, widgets.ActionCard) {
		act("conversations.contact.save", c.Main)
	}
	if d.past != nil {
		if len(row.Reactions) > 0 {
			act("conversations.reactions.title", widgets.ActionReactions)
		}
		if row.Type == model.TypePoll {
			act("conversations.poll.votes", widgets.ActionVotes)
		}
		if row.Versions > 0 {
			act("conversations.versions.title", widgets.ActionVersions)
		}
	}
	act("conversations.details.title", widgets.ActionDetails)
}

// copied returns what is copied of a row: its text, else what its card says.
func copied(c *widgets.Content, row *model.MessageRow) string {
	if c.Text != "" && !c.Quiet {
		return c.Text
	}
	if c.Card == nil || row == nil || row.Type.IsMedia() || c.Card.Title == "" && len(c.Card.Entries) == 0 {
		return ""
	}
	lines := []string{c.Card.Title}
	for _, e := range c.Card.Entries {
		lines = append(lines, strings.TrimSpace(e.Title+" "+e.Detail))
	}
	return strings.TrimSpace(strings.Join(append(lines, c.Card.Detail), "\n"))
}

// selectText shows a text in which parts can be selected.
func (d *detailPane) selectText(text string) {
	if len(text) > selectable {
		text = strings.ToValidUTF8(text[:selectable], "") + "…"
	}
	label := wrappedLabel(text)
	label.Selectable = true
	d.showLarge(d.ctx.T("conversations.select_text"), container.NewVScroll(label), ui.ModalButton{Text: d.ctx.T("conversations.copy_all"), Tapped: func() { d.copy(text) }})
}

// showDetails shows what is known of a message.
func (d *detailPane) showDetails(row *model.MessageRow) {
	lines, held := d.details(row), *row
	d.ctx.Load(d.shown, func(ctx context.Context) func() {
		if d.out.unsure(ctx, &held) {
			lines = append(lines, "", d.ctx.T("conversations.details.unsure"))
		}
		return func() { d.showLines(lines) }
	})
}

func (d *detailPane) showLines(lines []string) {
	label := wrappedLabel(strings.Join(lines, "\n"))
	label.Selectable = true
	d.ctx.ShowModal(ui.Modal{Title: d.ctx.T("conversations.details.title"), Content: label, MinWidth: 520, Buttons: []ui.ModalButton{{Text: d.ctx.T("common.close")}}})
}

// showBubbles shows some bubbles in a dialog.
func (d *detailPane) showBubbles(title string, items []widgets.Item) {
	list := widgets.NewMessageList(d.ctx)
	list.OnAction = func(_ widgets.ItemID, action string) {
		if link, ok := strings.CutPrefix(action, widgets.ActionLink); ok {
			d.openLink(link)
		}
	}
	list.Reset(items, false)
	d.showLarge(title, list)
}

func (d *detailPane) showLarge(title string, content fyne.CanvasObject, more ...ui.ModalButton) {
	const width, height = 560, 360
	size := d.ctx.Window.Canvas().Size()
	box := container.NewGridWrap(fyne.NewSize(min(width, size.Width-80), min(height, size.Height-200)), content)
	buttons := slices.Concat(more, []ui.ModalButton{{Text: d.ctx.T("common.close")}})
	d.ctx.ShowModal(ui.Modal{Title: title, Content: box, MinWidth: width, Buttons: buttons, FocusButton: len(buttons) - 1})
}

// saveCard puts a contact card of a message into a file.
func (d *detailPane) saveCard(row *model.MessageRow, number string) {
	cards := row.DecodedDetails().VCards
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n >= len(cards) {
		return
	}
	card := cards[n]
	name, _ := readCard(card)
	save := dialog.NewFileSave(func(w fyne.URIWriteCloser, err error) {
		if err != nil {
			d.banner.show("action.save_card", err, nil)
			return
		}
		if w == nil { // the owner thought better of it
			return
		}
		d.writeCard(w, card)
	}, d.ctx.Window)
	save.SetFilter(storage.NewExtensionFileFilter([]string{".vcf"}))
	save.SetFileName(cardFile(name))
	d.ctx.ShowFileDialog(save)
}

// writeCard writes a contact card, whatever is shown meanwhile.
func (d *detailPane) writeCard(w io.WriteCloser, card string) {
	d.ctx.Load(context.Background(), func(context.Context) func() {
		_, err := io.WriteString(w, strings.ReplaceAll(strings.ReplaceAll(card, "\r\n", "\n"), "\n", "\r\n"))
		if closed := w.Close(); err == nil {
			err = closed
		}
		return func() {
			if err != nil {
				d.banner.show("action.save_card", fmt.Errorf("save contact card: %w", err), nil)
				return
			}
			d.ctx.Toast(d.ctx.T("conversations.contact.saved"))
		}
	})
}

// cardFile returns a name for the file of a contact card that every system takes.
func cardFile(name string) string {
	if name = model.CleanLine(name, 60); name == "" {
		name = "contact"
	}
	return model.CleanFileName(name+".vcf", ".vcf", "contact")
}
