package conversations

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Lengths of a poll in characters, as WhatsApp's own applications take them.
const (
	maxQuestion = 255
	maxOption   = 100
)

// pollForm is the dialog in which a poll is written.
type pollForm struct {
	c        *compose
	question *ui.Entry
	options  []*ui.Entry
	list     *fyne.Container
	scroll   *container.Scroll
	several  *widget.Check
	said     *widget.Label
	close    func()
}

// choosePoll asks for a poll and sends it.
func (c *compose) choosePoll() {
	ctx := c.ctx
	f := &pollForm{c: c, question: ui.NewEntry(), list: container.NewVBox(), said: hint()}
	f.several = widget.NewCheck(ctx.T("compose.poll.several"), nil)
	f.question.OnSubmitted = func(string) { ctx.Window.Canvas().Focus(f.options[0]) }
	f.scroll = container.NewVScroll(f.list)
	for range model.MinPollOptions {
		f.add()
	}
	const high = 210
	box := container.NewGridWrap(fyne.NewSize(396, min(high, ctx.Window.Canvas().Size().Height-380)), f.scroll)
	sayHint(f.said, ctx.T("compose.poll.how", translations.Data{"Least": model.MinPollOptions, "Most": model.MaxPollOptions}), false)
	f.close = ctx.ShowModal(ui.Modal{
		Title: ctx.T("compose.poll.title"), Focus: f.question, Closed: c.composer.Focus,
		Content: container.NewVBox(field(ctx, "compose.poll.question", f.question), field(ctx, "compose.poll.options", box), f.several, f.said),
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("conversations.send"), Importance: highImportance, KeepOpen: true, Tapped: f.send},
		},
	})
}

// add adds a field for a choice. Another one follows once the last has something in it.
func (f *pollForm) add() {
	e := ui.NewEntry()
	e.SetPlaceHolder(f.c.ctx.T("compose.poll.option", translations.Data{"Number": len(f.options) + 1}))
	e.OnChanged = func(text string) {
		if text != "" && e == f.options[len(f.options)-1] && len(f.options) < model.MaxPollOptions {
			f.add()
		}
	}
	e.Page = f.scroll
	e.OnEscape = func() { f.close() } // it may come after the dialog was shown
	e.OnSubmitted = func(string) {
		if i := slices.Index(f.options, e); i+1 < len(f.options) && e.Text != "" {
			f.c.ctx.Window.Canvas().Focus(f.options[i+1])
			f.scroll.ScrollToBottom()
		}
	}
	remove := widgets.NewIconButton(f.c.ctx, apptheme.Icon(apptheme.IconClose), f.c.ctx.T("compose.poll.remove"), func() { e.SetText("") })
	f.options = append(f.options, e)
	f.list.Add(container.NewBorder(nil, nil, nil, remove, e))
}

// read returns the poll, or why it cannot be sent.
func (f *pollForm) read() (question string, options []string, why string) {
	t := f.c.ctx.T
	question = model.CleanLine(f.question.Text, maxQuestion+1)
	for _, e := range f.options {
		if text := model.CleanLine(e.Text, maxOption+1); text != "" {
			options = append(options, text)
		}
	}
	switch {
	case question == "":
		return "", nil, t("compose.poll.no_question")
	case len([]rune(question)) > maxQuestion:
		return "", nil, t("compose.poll.long", translations.Data{"Limit": maxQuestion})
	case len(options) < model.MinPollOptions:
		return "", nil, t("compose.poll.few", translations.Data{"Least": model.MinPollOptions})
	}
	for i, o := range options {
		if len([]rune(o)) > maxOption {
			return "", nil, t("compose.poll.long", translations.Data{"Limit": maxOption})
		}
		if slices.ContainsFunc(options[:i], func(before string) bool { return strings.EqualFold(before, o) }) {
			return "", nil, t("compose.poll.twice", translations.Data{"Option": o})
		}
	}
	return question, options, ""
}

func (f *pollForm) send() {
	question, options, why := f.read()
	if why != "" {
		sayHint(f.said, why, true)
		return
	}
	f.close()
	f.c.sendOut(model.Outgoing{Text: question, Poll: &model.OutgoingPoll{Options: options, Multiple: f.several.Checked}})
}
