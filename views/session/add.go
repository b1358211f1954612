package session

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

// addForm asks for the name of a new session.
type addForm struct {
	name, title *ui.Entry
	wrong       *widget.Label
	root        fyne.CanvasObject
	saving      bool
}

// openAdd asks for a new session in a dialog and keeps it.
func (s *Screen) openAdd() {
	f := &addForm{name: ui.NewEntry(), title: ui.NewEntry(), wrong: wrapped("")}
	f.wrong.Importance = widget.DangerImportance
	f.wrong.Hide()
	f.name.SetPlaceHolder(s.ctx.T("session.add.name_placeholder"))
	f.title.SetPlaceHolder(s.ctx.T("session.add.title_placeholder"))
	f.name.OnChanged = func(string) { f.say(s.nameProblem(f.name.Text, false)) }
	rule := wrapped(s.ctx.T("session.add.rule"))
	rule.Importance = widget.LowImportance
	f.root = container.NewVBox(
		widget.NewLabel(s.ctx.T("session.add.name")), f.name, rule, f.wrong,
		widget.NewLabel(s.ctx.T("session.add.title_label")), f.title,
	)
	var closeModal func()
	save := func() { s.saveAdd(f, func() { closeModal() }) }
	f.name.OnSubmitted = func(string) { save() }
	f.title.OnSubmitted = func(string) { save() }
	closeModal = s.ctx.ShowModal(ui.Modal{
		Title: s.ctx.T("session.add.heading"), Content: f.root, Focus: f.name, MinWidth: 440,
		Buttons: []ui.ModalButton{
			{Text: s.ctx.T("session.add.cancel")},
			{Text: s.ctx.T("session.add.save"), Importance: widget.HighImportance, KeepOpen: true, Tapped: save},
		},
	})
}

// nameProblem returns what is wrong with a name, "" when nothing is. While it
// is being typed an empty one is no fault.
func (s *Screen) nameProblem(text string, submitted bool) string {
	name := model.SessionName(strings.TrimSpace(text))
	switch {
	case name == "" && !submitted:
		return ""
	case name == "":
		return s.ctx.T("session.add.missing")
	case len(name) > model.MaxSessionName:
		return s.ctx.T("session.add.long", translations.Data{"Max": model.MaxSessionName})
	case !name.Valid():
		return s.ctx.T("session.add.invalid")
	}
	for _, c := range s.cards {
		if c.session.Name == name {
			return s.ctx.T("session.add.exists")
		}
	}
	return ""
}

func (f *addForm) say(problem string) {
	if f.wrong.Text != problem {
		f.wrong.SetText(problem)
	}
	show(f.wrong, problem != "")
}

func (s *Screen) saveAdd(f *addForm, done func()) {
	problem := s.nameProblem(f.name.Text, true)
	f.say(problem)
	if problem != "" || f.saving {
		return
	}
	f.saving = true
	name, title := model.SessionName(strings.TrimSpace(f.name.Text)), model.CleanLine(f.title.Text, model.MaxName)
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		_, err := s.svc.Add(ctx, name, title)
		return func() {
			f.saving = false
			if err != nil {
				why, do := s.ctx.ProblemText(s.ctx.Describe(err))
				f.say(strings.TrimSpace(why + " " + do))
				return
			}
			done()
			s.reload()
		}
	})
}
