package activity

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// actionText names what was done; a word that no text is known for is shown as it is.
func actionText(ctx *ui.Context, action string) string {
	if kind, is := strings.CutPrefix(action, model.ConditionAction); is {
		if kind == string(model.ConditionAckStuck) || !ctx.Text.Has("condition."+kind+".title") {
			return ctx.T("activity.action.condition") // whose sentence has a number
		}
		return ctx.T("condition." + kind + ".title")
	}
	//translations: activity.action.*
	return known(ctx, "activity.action.", action)
}

// outcomeText names how it ended.
func outcomeText(ctx *ui.Context, o model.ActivityOutcome) string {
	//translations: activity.outcome.*
	return known(ctx, "activity.outcome.", string(o))
}

// outcomeChoice names the activities that ended so, done and happened, as endText says it.
func outcomeChoice(ctx *ui.Context, o model.ActivityOutcome) string {
	switch o {
	case model.OutcomeSuccess:
		return ctx.T("activity.outcomes.success")
	case model.OutcomeWarning:
		return ctx.T("activity.outcomes.warning")
	}
	return outcomeText(ctx, o)
}

// endText says how an activity ended. What happened by itself was not done by
// anybody, well or badly, so it has words of its own.
func endText(ctx *ui.Context, a *model.Activity) string {
	switch {
	case !model.Happened(a.Action):
	case a.Outcome == model.OutcomeSuccess:
		return ctx.T("activity.happened.fact")
	case a.Outcome == model.OutcomeWarning:
		return ctx.T("activity.happened.notice")
	}
	return outcomeText(ctx, a.Outcome)
}

// kindText names the sort of operation.
func kindText(ctx *ui.Context, k model.ActivityKind) string {
	//translations: activity.kind.*
	return known(ctx, "activity.kind.", string(k))
}

func known(ctx *ui.Context, prefix, word string) string {
	if ctx.Text.Has(prefix + word) {
		return ctx.T(prefix + word)
	}
	return model.CleanLine(word, 80)
}

// outcomeSign returns the icon of an outcome and its colour; its word says the same.
func outcomeSign(o model.ActivityOutcome) (theme.IconName, fyne.ThemeColorName) {
	switch o {
	case model.OutcomeSuccess:
		return theme.IconCheck, fynetheme.ColorNameSuccess
	case model.OutcomeWarning:
		return theme.IconWarning, fynetheme.ColorNameWarning
	case model.OutcomeFailed:
		return theme.IconClose, fynetheme.ColorNameError
	case model.OutcomeCanceled:
		return theme.IconClock, theme.ColorNameMuted
	default:
		return theme.IconWarning, fynetheme.ColorNameWarning
	}
}

// countsText says what was done with the items of a list, "" when there were none.
func countsText(ctx *ui.Context, a *model.Activity) string {
	var parts []string
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, text)
		}
	}
	number := func(n int) translations.Data { return translations.Data{"Count": ctx.FormatNumber(n)} }
	add(a.Created, ctx.N("activity.count.created", a.Created, number(a.Created)))
	add(a.Updated, ctx.N("activity.count.updated", a.Updated, number(a.Updated)))
	add(a.Unchanged, ctx.N("activity.count.unchanged", a.Unchanged, number(a.Unchanged)))
	add(a.Failed, ctx.N("activity.count.failed", a.Failed, number(a.Failed)))
	add(a.NotSeen, ctx.N("activity.count.not_seen", a.NotSeen, number(a.NotSeen)))
	return strings.Join(parts, ", ")
}

// line is one field of the detail.
type line struct{ caption, value string }

// lines returns the fields that an activity has, for the detail and for Copy.
func lines(ctx *ui.Context, a *model.Activity) []line {
	duration := ""
	if a.DurationMS > 0 {
		duration = ctx.FormatMillis(a.DurationMS)
	}
	all := []line{
		{ctx.T("activity.field.at"), when(ctx, a.At)},
		{ctx.T("activity.field.session"), string(a.Session)},
		{ctx.T("activity.field.kind"), kindText(ctx, a.Kind)},
		{ctx.T("activity.field.duration"), duration},
		{ctx.T("activity.field.counts"), countsText(ctx, a)},
		{ctx.T("activity.field.chat"), identity(ctx, a.Chat)},
		{ctx.T("activity.field.contact"), identity(ctx, a.Contact)},
		{ctx.T("activity.field.message"), string(a.MessageID)},
		{ctx.T("activity.field.user"), a.User},
	}
	some := all[:0]
	for _, l := range all {
		if l.value = model.CleanLine(l.value, 500); l.value != "" {
			some = append(some, l)
		}
	}
	return some
}

// when returns day and time to the second, which tells two tries apart.
func when(ctx *ui.Context, at model.Stamp) string {
	if at.IsZero() {
		return ""
	}
	return ctx.FormatDateTime(at) + at.Time().In(ctx.Location).Format(":05")
}

// identity returns a phone number as people write it, or the identifier.
func identity(ctx *ui.Context, j model.JID) string {
	if p := j.Phone(); p != "" {
		return fmt.Sprintf("%s (%s)", ctx.FormatPhone(p), j)
	}
	return string(j)
}

// problem says in words why it failed and what to do; both "" when it did not.
func problem(ctx *ui.Context, a *model.Activity) (why, do string) {
	if a.ErrorKind == "" {
		return "", ""
	}
	return ctx.ProblemText(model.Problem{Kind: model.ProblemKind(a.ErrorKind)})
}

// plainText is what Copy puts on the clipboard.
func plainText(ctx *ui.Context, a *model.Activity) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", actionText(ctx, a.Action), endText(ctx, a))
	for _, l := range lines(ctx, a) {
		fmt.Fprintf(&b, "%s: %s\n", l.caption, l.value)
	}
	if why, do := problem(ctx, a); why != "" || do != "" {
		fmt.Fprintf(&b, "%s: %s\n", ctx.T("activity.field.problem"), strings.TrimSpace(why+" "+do))
	}
	if detail := errorDetail(a); detail != "" {
		fmt.Fprintf(&b, "%s: %s\n", ctx.T("activity.field.detail"), detail)
	}
	return b.String()
}

// errorDetail is the technical text of a failure.
func errorDetail(a *model.Activity) string {
	const most = 4_000 // bytes
	detail, _ := model.CleanText(a.ErrorDetail, most)
	detail = strings.TrimSpace(detail)
	if a.ErrorKind == "" {
		return detail
	}
	return strings.TrimSpace(a.ErrorKind + "  " + detail)
}
