package conversations

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

const (
	beginWidth  = 460 // of the dialog, in device-independent pixels
	beginHeight = 320 // of what is said and found
	beginShown  = 60
	// leastDigits is how many digits make a text a number rather than a name.
	leastDigits = 5
)

// beginning is the dialog in which a conversation is begun with a number or a person.
type beginning struct {
	s       *Screen
	actions Actions
	held    []model.Session

	hits   []model.PlaceHit
	gen    int
	asking bool
	shown  context.Context // ends when the dialog is closed
	open   string          // what the button opens: an identifier or a number

	chooser *widget.Select
	field   *ui.Entry
	say     *widget.Label
	button  *widget.Button
	list    *widget.List
	box     *fyne.Container // of what is said and found; its size stays
	close   func()
}

// NewConversation asks with whom a conversation is begun.
func (s *Screen) NewConversation() {
	if s.finder == nil || s.actions == nil || !s.active {
		return
	}
	b := &beginning{s: s, actions: s.actions}
	ctx := s.ctx
	b.field = ui.NewEntry()
	b.field.SetPlaceHolder(ctx.T("conversations.begin.field"))
	b.field.OnChanged = func(string) { b.changed() }
	b.field.OnSubmitted = func(string) { b.submit() }
	b.say = widget.NewLabel("")
	b.say.Wrapping = fyne.TextWrapWord
	b.button = widget.NewButton("", func() { b.openText(b.open) })
	b.button.Hide()
	b.list = widget.NewList(func() int { return len(b.hits) }, func() fyne.CanvasObject { return newTargetRow(ctx) }, func(i int, o fyne.CanvasObject) {
		if r, ok := o.(*targetRow); ok && i < len(b.hits) {
			h := b.hits[i]
			r.set(string(h.JID), placeName(ctx, h), h.AvatarHash, false)
		}
	})
	b.list.HideSeparators = true
	b.list.OnSelected = func(i int) {
		b.list.UnselectAll()
		if i < len(b.hits) {
			b.choose(b.hits[i])
		}
	}
	b.field.OnDown = func() { ctx.Window.Canvas().Focus(b.list) }
	b.chooser = widget.NewSelect(nil, func(string) { b.changed() })
	b.fillChooser(s.list.held)
	b.box = container.NewBorder(container.NewVBox(b.say, container.NewHBox(b.button)), nil, nil, nil, b.list)
	room := ctx.Window.Canvas().Size()
	size := fyne.NewSize(min(beginWidth, room.Width-80), min(beginHeight, room.Height-300))
	shown, cancel := context.WithCancel(s.life)
	b.shown, s.begins = shown, b
	b.close = ctx.ShowModal(ui.Modal{
		Title: ctx.T("conversations.begin.title"), MinWidth: beginWidth, Focus: b.field,
		Closed: func() {
			s.begins = nil
			cancel()
		},
		Content: container.NewVBox(b.chooser, b.field, container.NewGridWrap(size, b.box)),
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("conversations.begin.write"), Importance: widget.HighImportance, KeepOpen: true, Tapped: b.submit},
		},
	})
	b.changed()
}

// setSessions takes sessions that were read again.
func (b *beginning) setSessions(held []model.Session) {
	known := len(b.held) > 0
	b.fillChooser(held)
	if !known && !b.asking {
		b.changed()
	}
}

// fillChooser offers the sessions; it is seen only when there is a choice.
func (b *beginning) fillChooser(held []model.Session) {
	chosen := b.session()
	b.held = held
	var names []string
	first := 0
	for i, one := range b.held {
		name := one.Title
		if name == "" {
			name = string(one.Name)
		}
		names = append(names, apart(names, name))
		if one.State == model.StateConnected && b.held[first].State != model.StateConnected || one.ID == b.s.list.query.SessionID && chosen == 0 || one.ID == chosen {
			first = i
		}
	}
	changed := b.chooser.OnChanged
	b.chooser.OnChanged = nil
	b.chooser.SetOptions(names)
	b.chooser.SetSelectedIndex(first)
	b.chooser.OnChanged = changed
	setVisible(b.chooser, len(b.held) > 1)
}

// session returns the one that the conversation will belong to.
func (b *beginning) session() model.SessionID {
	if i := b.chooser.SelectedIndex(); i >= 0 && i < len(b.held) {
		return b.held[i].ID
	}
	return 0
}

// number tells whether the text is a number rather than a name.
func (b *beginning) number() bool {
	text := strings.TrimSpace(b.field.Text)
	return len(model.Digits(text)) >= leastDigits && strings.Trim(text, "+0123456789 ()-./\u00a0") == ""
}

// changed reads who has the text in their name or number.
func (b *beginning) changed() {
	b.gen++
	b.asking = false
	b.tell("", "", "")
	switch {
	case len(b.held) == 0:
		b.tell(b.s.ctx.T("conversations.begin.no_session"), "", "")
	case b.number():
		b.tell(b.s.ctx.T("conversations.begin.enter"), "", "")
	case strings.TrimSpace(b.field.Text) == "":
		b.tell(b.s.ctx.T("conversations.begin.hint"), "", "")
	}
	gen, text, session := b.gen, strings.TrimSpace(b.field.Text), b.session()
	if text == "" {
		b.show(nil)
		return
	}
	b.s.ctx.Load(b.shown, func(ctx context.Context) func() {
		hits, err := b.s.finder.SearchConversations(ctx, text, beginShown)
		return func() {
			if gen != b.gen {
				return
			}
			if err != nil {
				why, do := b.s.ctx.ProblemText(b.s.ctx.Describe(err))
				b.tell(why+" "+do, "", "")
				return
			}
			var some []model.PlaceHit
			for _, h := range hits {
				if session == 0 || h.SessionID == session {
					some = append(some, h)
				}
			}
			b.show(some)
		}
	})
}

func (b *beginning) show(hits []model.PlaceHit) {
	b.hits = hits
	if len(hits) == 0 && !b.number() && strings.TrimSpace(b.field.Text) != "" {
		b.tell(b.s.ctx.T("conversations.begin.nobody"), "", "")
	}
	b.list.Refresh()
	b.list.ScrollToOffset(0)
}

// tell says something, and offers to open a conversation when open is not empty.
func (b *beginning) tell(text, button, open string) {
	b.say.SetText(text)
	setVisible(b.say, text != "")
	b.open = open
	if button != "" && b.button.Text != button {
		b.button.SetText(button)
	}
	setVisible(b.button, open != "")
	b.box.Refresh()
}

// submit takes the number, or the first of those who were found.
func (b *beginning) submit() {
	switch {
	case b.asking || len(b.held) == 0:
	case b.number():
		b.check()
	case len(b.hits) > 0:
		b.choose(b.hits[0])
	}
}

// check asks WhatsApp who has the number.
func (b *beginning) check() {
	ctx, session, text := b.s.ctx, b.session(), strings.TrimSpace(b.field.Text)
	b.gen++
	gen := b.gen
	b.asking = true
	b.tell(ctx.T("conversations.begin.asking"), "", "")
	ctx.Load(b.shown, func(c context.Context) func() {
		check, err := b.actions.CheckNumber(c, session, text)
		return func() {
			if gen != b.gen {
				return
			}
			b.asking = false
			b.answered(text, check, err)
		}
	})
}

// answered opens the conversation, or says why not.
func (b *beginning) answered(text string, check model.NumberCheck, err error) {
	ctx := b.s.ctx
	switch {
	case err != nil:
		p := ctx.Describe(err)
		why, do := ctx.ProblemText(p)
		if p.Kind == model.ProblemInvalidInput || p.Kind == model.ProblemInvalidChat {
			b.tell(why+" "+do, "", "")
			return
		}
		b.tell(ctx.T("conversations.begin.not_checked", translations.Data{"Why": why}), ctx.T("conversations.begin.anyway"), text)
	case !check.Registered:
		b.tell(ctx.T("conversations.begin.not_registered", translations.Data{"Number": ctx.FormatPhone(check.Asked)}), "", "")
	case check.Changed && check.JID.Phone() != "":
		number := ctx.FormatPhone(check.JID.Phone())
		b.tell(ctx.T("conversations.begin.changed", translations.Data{"Number": number}), ctx.T("conversations.begin.write_to", translations.Data{"Number": number}), string(check.JID))
	default:
		b.openText(string(check.JID))
	}
}

// choose opens the conversation of a person or group.
func (b *beginning) choose(h model.PlaceHit) {
	b.close()
	b.s.openPlace(h)
}

// openText opens the conversation with an identifier or number.
func (b *beginning) openText(text string) {
	session := b.session()
	s := b.s
	b.close()
	s.ctx.Load(s.life, func(ctx context.Context) func() {
		c, err := s.finder.Open(ctx, session, text)
		return func() {
			if err != nil {
				s.ctx.ShowError("action.open_conversation", err)
				return
			}
			s.Open(c.ID)
			s.detail.write()
		}
	})
}

// placeName names a place that was found, at least by number.
func placeName(ctx *ui.Context, h model.PlaceHit) string {
	name := widgets.ConversationName(ctx, model.ConversationRow{Name: h.Name, JID: h.JID, Main: h.Main})
	if phone := ctx.FormatPhone(h.PersonJID().Phone()); phone != "" && phone != name {
		return name + " · " + phone
	}
	return name
}
