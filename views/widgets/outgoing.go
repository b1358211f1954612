package widgets

import (
	"strings"

	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/ui"
)

// CanEditOutgoing tells whether the text of an outgoing row can still be changed:
// it waits or was refused, and has a text of its own.
func CanEditOutgoing(o *model.OutboxItem) bool {
	return (o.State == model.OutboxQueued || o.State == model.OutboxFailed) && (o.Kind == model.OutboxText || o.Kind == "" || o.Kind == model.OutboxFile)
}

// AgainText names what sends an outgoing row again.
func AgainText(ctx *ui.Context, o *model.OutboxItem) string {
	if model.BecomesMessage(o.Kind) {
		return ctx.T("outgoing.button.again")
	}
	return ctx.T("outgoing.button.retry")
}

// ForgetText names what takes an outgoing row away.
func ForgetText(ctx *ui.Context, o *model.OutboxItem) string {
	if o.State == model.OutboxQueued {
		return ctx.T("outgoing.button.cancel")
	}
	return ctx.T("outgoing.button.forget")
}

// ConfirmAgain calls yes; when the row may have been sent already it asks first.
func ConfirmAgain(ctx *ui.Context, o *model.OutboxItem, yes func()) {
	if o.State != model.OutboxUnknown {
		yes()
		return
	}
	ctx.Confirm(ui.ConfirmOptions{
		Title: ctx.T("outgoing.again.title"), Body: ctx.T("outgoing.again.text"), Button: AgainText(ctx, o), Danger: true,
	}, yes)
}

// ConfirmForget asks before an outgoing message is taken away. An action is
// taken away at once: nothing that was written goes with it.
func ConfirmForget(ctx *ui.Context, o *model.OutboxItem, yes func()) {
	if !model.BecomesMessage(o.Kind) {
		yes()
		return
	}
	body := ctx.T("outgoing.forget.unsent")
	if o.State == model.OutboxUnknown {
		body = ctx.T("outgoing.forget.unknown")
	}
	ctx.Confirm(ui.ConfirmOptions{Title: ctx.T("outgoing.forget.title"), Body: body, Button: ForgetText(ctx, o), Danger: true}, yes)
}

// EditText shows a text in a dialog to be changed; save gets it when it was
// changed and is not blank, or blank where that is allowed.
func EditText(ctx *ui.Context, title, text string, blank bool, save func(text string)) {
	const lines, width = 7, 520
	field := NewTextField(ctx, lines, MaxComposed)
	field.SetText(text)
	var closeModal func()
	done := func() {
		now := strings.TrimSpace(field.Text())
		if now == "" && !blank {
			return
		}
		closeModal()
		if now != strings.TrimSpace(text) {
			save(now)
		}
	}
	field.OnSubmit = done
	closeModal = ctx.ShowModal(ui.Modal{
		Title: title, Content: field, MinWidth: width, Focus: field,
		Buttons: []ui.ModalButton{
			{Text: ctx.T("common.cancel")},
			{Text: ctx.T("outgoing.button.save"), Importance: widget.HighImportance, KeepOpen: true, Tapped: done},
		},
	})
}
