package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
)

// detailHeight shows about seven lines of raw text before it scrolls.
const detailHeight float32 = 150

// maxDetail bounds the raw text that is drawn; Copy takes all of it.
const maxDetail = 4000

// ShowError says in a dialog what was tried (a key such as "action.connect"),
// why it failed and what to do; the raw text is behind "Details". What the
// owner stopped is only a toast. The same failure is not shown twice at a time.
func (c *Context) ShowError(action string, err error) {
	if err == nil {
		return
	}
	c.LogError(action, err)
	c.ExplainError(action, err)
}

// LogError tells the log of an error that is shown elsewhere than in a dialog.
func (c *Context) LogError(action string, err error) { c.log(action, err) }

// ExplainError is ShowError for an error that is in the log already.
//
// translations: action.*
func (c *Context) ExplainError(action string, err error) {
	p := c.Describe(err)
	if p.Kind == model.ProblemCanceled {
		why, _ := c.ProblemText(p)
		c.Toast(why)
		return
	}
	subject := action + " " + string(p.Kind)
	if c.modals.waiting(subject) {
		return
	}
	why, do := c.ProblemText(p)
	title := c.T(action)
	all := strings.Join([]string{title, why, do, string(p.Kind), p.Detail}, "\n")

	detail := c.detailView(p)
	detail.Hide()
	details := &dialogButton{}
	details.Text, details.Importance = c.T("common.details"), widget.LowImportance
	details.OnTapped = func() {
		if detail.Visible() {
			detail.Hide()
			details.SetText(c.T("common.details"))
		} else {
			detail.Show()
			details.SetText(c.T("common.details_hide"))
		}
		c.modals.fit()
	}
	var copied *dialogButton
	copied = newDialogButton(ModalButton{Text: c.T("common.copy"), Importance: widget.LowImportance, KeepOpen: true, Tapped: func() {
		c.Copy(all)
		copied.SetText(c.T("common.copied"))
	}}, func() {})
	details.ExtendBaseWidget(details)
	o := &openModal{subject: subject, Modal: Modal{
		Title: title,
		Content: container.NewVBox(
			NewColumn(modalWidth, wrapped(why), wrapped(do)),
			container.NewHBox(details, copied), detail,
		),
		Buttons: []ModalButton{{Text: c.T("common.close"), Importance: widget.HighImportance}},
	}}
	closeModal := c.modals.add(o)
	details.escape, copied.escape = closeModal, closeModal
}

func (c *Context) detailView(p model.Problem) fyne.CanvasObject {
	text := p.Detail
	if text == "" {
		text = string(p.Kind)
	}
	text, _ = model.CleanText(text, maxDetail)
	l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	l.Wrapping = fyne.TextWrapBreak
	l.Selectable = true
	scroll := container.NewVScroll(l)
	scroll.SetMinSize(fyne.NewSize(0, detailHeight))
	return scroll
}
