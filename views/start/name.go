package start

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// maxOffered is how many names of the gateway are offered as buttons.
const maxOffered = 6

// nameStep asks for the name of the session and keeps the session.
type nameStep struct {
	ctx  *ui.Context
	svc  Sessions
	done func(model.Session)

	root  fyne.CanvasObject
	name  *ui.Entry
	wrong *widget.Label
	held  *fyne.Container // the names that the gateway has already
	next  *widget.Button
	busy  bool
}

func newNameStep(ctx *ui.Context, svc Sessions, suggestion string, back func(), done func(model.Session)) *nameStep {
	n := &nameStep{ctx: ctx, svc: svc, done: done, name: ui.NewEntry(), wrong: wrapped(""), held: container.NewVBox()}
	n.wrong.Importance = widget.DangerImportance
	n.wrong.Hide()
	n.held.Hide()
	n.name.SetText(suggestion)
	n.name.OnChanged = func(string) { n.say(n.problem(false)) }
	n.name.OnSubmitted = func(string) { n.save() }
	n.next = widget.NewButton(ctx.T("start.next"), n.save)
	n.next.Importance = widget.HighImportance
	n.root = container.NewVBox(
		label(ctx.T("start.name.label")), n.name, n.wrong, hint(ctx.T("start.name.hint")), n.held,
		container.NewBorder(nil, nil, widget.NewButton(ctx.T("start.back"), back), n.next),
	)
	return n
}

// offer shows the names that the gateway has in memory; one tap takes one.
func (n *nameStep) offer(names []model.SessionName) {
	row := container.NewHBox()
	for _, name := range names {
		if name.Valid() && len(row.Objects) < maxOffered {
			row.Add(widget.NewButton(string(name), func() { n.name.SetText(string(name)) }))
		}
	}
	show(n.held, len(row.Objects) > 0)
	n.held.Objects = []fyne.CanvasObject{hint(n.ctx.T("start.name.held")), container.NewHScroll(row)}
	n.held.Refresh()
}

func (n *nameStep) problem(submitted bool) string {
	name := model.SessionName(strings.TrimSpace(n.name.Text))
	switch {
	case name == "" && !submitted, name.Valid():
		return ""
	case name == "":
		return n.ctx.T("start.name.missing")
	case len(name) > model.MaxSessionName:
		return n.ctx.T("start.name.long", translations.Data{"Max": model.MaxSessionName})
	}
	return n.ctx.T("start.name.invalid")
}

func (n *nameStep) say(text string) {
	if n.wrong.Text != text {
		n.wrong.SetText(text)
	}
	show(n.wrong, text != "")
}

// save keeps the session, or takes the one of that name that is kept already.
func (n *nameStep) save() {
	problem := n.problem(true)
	n.say(problem)
	if problem != "" || n.busy {
		return
	}
	n.busy = true
	enable(n.next, false)
	name := model.SessionName(strings.TrimSpace(n.name.Text))
	n.ctx.Load(context.Background(), func(ctx context.Context) func() {
		s, err := n.take(ctx, name)
		return func() {
			n.busy = false
			enable(n.next, true)
			if err != nil {
				n.ctx.ShowError("action.add_session", err)
				return
			}
			n.done(s)
		}
	})
}

func (n *nameStep) take(ctx context.Context, name model.SessionName) (model.Session, error) {
	held, err := n.svc.List(ctx)
	if err != nil {
		return model.Session{}, err
	}
	for _, s := range held {
		if s.Name == name {
			return s, nil
		}
	}
	return n.svc.Add(ctx, name, "")
}
