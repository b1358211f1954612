package conversations

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	forwardWidth  = 460 // of the dialog, in device-independent pixels
	forwardHeight = 340 // of its list and what is said below
	forwardShown  = 200 // conversations that are listed
)

// forwarding is the dialog in which the conversations are chosen that a message
// is passed on to.
type forwarding struct {
	a       *actor
	message model.MessageID
	text    string // a line of the message, for the outbox

	rows   []model.ConversationRow
	chosen []model.ConversationID // in the order in which they were chosen
	gen    int
	cut    bool // there are more than are listed

	search *ui.Entry
	list   *widget.List
	states *widgets.StateView
	count  *widget.Label
	box    *fyne.Container // its size stays, whatever is said
	close  func()
}

// forward asks where a message is passed on to.
func (a *actor) forward(row *model.MessageRow) {
	f := &forwarding{a: a, message: row.ID, text: a.ctx.MessageSummary(*row)}
	f.search = ui.NewEntry()
	f.search.SetPlaceHolder(a.ctx.T("conversations.forward.search"))
	f.search.OnChanged = func(string) { f.load() }
	f.search.OnSubmitted = func(string) {
		if len(f.rows) > 0 {
			f.toggle(f.rows[0].ID)
		}
	}
	f.list = widget.NewList(func() int { return len(f.rows) }, f.newRow, f.updateRow)
	f.list.HideSeparators = true
	f.list.OnSelected = func(i int) {
		f.list.UnselectAll()
		if i < len(f.rows) {
			f.toggle(f.rows[i].ID)
		}
	}
	f.search.OnDown = func() { a.ctx.Window.Canvas().Focus(f.list) }
	f.states = widgets.NewStateView(a.ctx, f.list)
	f.count = widget.NewLabel("")
	f.count.Wrapping = fyne.TextWrapWord
	f.count.Importance = widget.LowImportance
	f.count.SizeName = theme.SizeNameCaptionText
	f.box = container.NewBorder(nil, f.count, nil, nil, f.states)
	room := a.ctx.Window.Canvas().Size()
	size := fyne.NewSize(min(forwardWidth, room.Width-80), min(forwardHeight, room.Height-280))
	what := widgets.NewLine(a.ctx, theme.SizeNameText, apptheme.ColorNameMuted, fyne.TextStyle{Italic: true})
	what.SetText(f.text)
	f.close = a.ctx.ShowModal(ui.Modal{
		Title: a.ctx.T("conversations.forward.title"), MinWidth: forwardWidth, Focus: f.search,
		Content: container.NewVBox(what, f.search, container.NewGridWrap(size, f.box)),
		Buttons: []ui.ModalButton{
			{Text: a.ctx.T("common.cancel")},
			{Text: a.ctx.T("conversations.forward.button"), Importance: widget.HighImportance, KeepOpen: true, Tapped: f.send},
		},
	})
	f.say()
	f.load()
}

// load reads the conversations whose name or number has the text.
func (f *forwarding) load() {
	f.gen++
	gen, text := f.gen, f.search.Text
	session := f.a.d.conv.SessionID // a message is passed on by the session that has it
	f.a.ctx.Load(f.a.d.shown, func(ctx context.Context) func() {
		rows, err := f.a.d.svc.List(ctx, model.ConversationQuery{SessionID: session, Filter: model.FilterEverything, Text: text, Limit: forwardShown})
		return func() {
			if gen != f.gen {
				return
			}
			if err != nil {
				f.states.ShowError("action.load_conversations", err, f.load)
				return
			}
			f.cut = len(rows) >= forwardShown
			f.say()
			f.rows = slices.DeleteFunc(rows, func(r model.ConversationRow) bool {
				return r.Kind != model.KindPerson && r.Kind != model.KindGroup
			})
			if len(f.rows) == 0 {
				f.states.ShowEmpty(widgets.Empty{Title: f.a.ctx.T("conversations.empty.found.title"), Text: f.a.ctx.T("conversations.forward.nothing")})
				return
			}
			f.states.ShowData()
			f.list.Refresh()
		}
	})
}

func (f *forwarding) newRow() fyne.CanvasObject {
	return newTargetRow(f.a.ctx)
}

func (f *forwarding) updateRow(i int, o fyne.CanvasObject) {
	r, ok := o.(*targetRow)
	if !ok || i >= len(f.rows) {
		return
	}
	row := f.rows[i]
	r.set(string(row.JID), widgets.ConversationName(f.a.ctx, row), row.AvatarHash, slices.Contains(f.chosen, row.ID))
}

// toggle chooses a conversation, or not any more.
func (f *forwarding) toggle(id model.ConversationID) {
	if i := slices.Index(f.chosen, id); i >= 0 {
		f.chosen = slices.Delete(f.chosen, i, i+1)
	} else {
		f.chosen = append(f.chosen, id)
	}
	f.say()
	f.list.Refresh()
}

// say tells to how many it goes, how fast, and whether more could be chosen.
func (f *forwarding) say() {
	t, n := f.a.ctx.T, len(f.chosen)
	var says []string
	switch n {
	case 0:
		says = append(says, t("conversations.forward.none"))
	case 1:
		says = append(says, f.a.ctx.N("conversations.forward.chosen", n))
	default:
		says = append(says, f.a.ctx.N("conversations.forward.chosen", n), t("conversations.forward.pace"))
	}
	if f.cut {
		says = append(says, t("conversations.forward.cut", translations.Data{"Limit": f.a.ctx.FormatNumber(forwardShown)}))
	}
	f.count.SetText(strings.Join(says, " "))
	f.box.Refresh()
}

// send passes the message on to all that were chosen.
func (f *forwarding) send() {
	if len(f.chosen) == 0 {
		f.a.ctx.Toast(f.a.ctx.T("conversations.forward.none"))
		return
	}
	f.close()
	var all []model.Action
	for _, id := range f.chosen {
		all = append(all, model.Action{Kind: model.OutboxForward, Conversation: id, Message: f.message, Text: f.text})
	}
	f.a.do("action.forward", all...)
	f.a.ctx.Toast(f.a.ctx.N("conversations.forward.done", len(all)))
}
