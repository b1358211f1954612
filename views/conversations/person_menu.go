package conversations

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// personState is what a menu has to know of a conversation that its row does not tell.
type personState struct {
	known   bool // it was read
	person  bool // there is somebody to block
	blocked bool
	labels  bool // the account has labels
	notify  bool // it can be chosen whether the owner is told of it
	told    bool // the owner is
}

// readPersonState reads it. What fails is taken for not so: the gateway takes a
// block twice. It may block.
func readPersonState(ctx context.Context, marks *marker, id model.ConversationID, session model.SessionID, person bool) personState {
	s := personState{known: true, person: person}
	if marks.notify != nil {
		told, err := marks.notify.NotifiesFrom(ctx, id)
		s.notify, s.told = err == nil, told
	}
	svc := marks.actions
	if caps, err := svc.Capabilities(ctx, session); err == nil {
		s.labels = caps.Labels || !caps.Known
	}
	if person {
		if blocked, err := svc.Blocked(ctx, id); err == nil {
			s.blocked = blocked
		}
	}
	return s
}

// items returns what is told of it, the labels and the block.
func (s personState) items(ctx *ui.Context, choose func(mark), labels func()) []*fyne.MenuItem {
	if !s.known {
		return nil
	}
	label := fyne.NewMenuItem(ctx.T("conversations.labels.open"), labels)
	if !s.labels {
		refuse(ctx, label, ctx.T("conversations.labels.business"))
	}
	var items []*fyne.MenuItem
	if s.notify {
		m := markTell
		if s.told {
			m = markSilence
		}
		items = append(items, fyne.NewMenuItem(m.text(ctx), func() { choose(m) }))
	}
	items = append(items, label)
	if s.person {
		m := markBlock
		if s.blocked {
			m = markUnblock
		}
		items = append(items, fyne.NewMenuItem(m.text(ctx)+"…", func() { choose(m) }))
	}
	return items
}

// showLabels lets the labels of a conversation be chosen.
func showLabels(life context.Context, ctx *ui.Context, svc Service, actions Actions, id model.ConversationID, session model.SessionID) {
	if life == nil {
		return
	}
	ctx.Load(life, func(c context.Context) func() {
		all, err := svc.Labels(c, session)
		var held []string
		if err == nil {
			held, err = actions.LabelsOf(c, id)
		}
		return func() {
			if err != nil {
				ctx.ShowError("action.labels", err)
				return
			}
			askLabels(ctx, actions, id, all, held)
		}
	})
}

func askLabels(ctx *ui.Context, actions Actions, id model.ConversationID, all []model.Label, held []string) {
	if len(all) == 0 {
		ctx.ShowModal(ui.Modal{
			Title: ctx.T("conversations.labels.title"), Content: wrappedLabel(ctx.T("conversations.labels.none")),
			Buttons: []ui.ModalButton{{Text: ctx.T("common.close")}},
		})
		return
	}
	const width, height = 380, 320
	wanted := slices.Clone(held)
	column := container.NewVBox()
	for _, l := range all {
		box := widget.NewCheck(model.CleanLine(l.Name, 60), func(on bool) {
			wanted = slices.DeleteFunc(wanted, func(w string) bool { return w == l.WireID })
			if on {
				wanted = append(wanted, l.WireID)
			}
		})
		box.Checked = slices.Contains(held, l.WireID)
		column.Add(box)
	}
	scroll := container.NewVScroll(column)
	scroll.SetMinSize(fyne.NewSize(width, min(column.MinSize().Height, height)))
	ctx.ShowModal(ui.Modal{
		Title: ctx.T("conversations.labels.title"), Content: scroll, MinWidth: width, FocusButton: 1,
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("outgoing.button.save"), Importance: widget.HighImportance, Tapped: func() {
				if slices.Equal(slices.Sorted(slices.Values(wanted)), slices.Sorted(slices.Values(held))) {
					return
				}
				ctx.Load(context.Background(), func(c context.Context) func() {
					_, err := actions.Act(c, model.Action{Kind: model.OutboxLabels, Conversation: id, Labels: wanted})
					return func() { ctx.ShowError("action.labels", err) }
				})
			}},
		},
	})
}
