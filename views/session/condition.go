package session

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Wrong returns what is to be said of what is wrong with a session: nothing while the
// gateway cannot be asked, because then nobody knows whether it still is, and nothing
// that a connected session cannot have, which was read before or after its state.
func Wrong(s model.Session, all []model.Condition) []model.Condition {
	if unasked(s) {
		return nil
	}
	if s.State != model.StateConnected {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(c model.Condition) bool { return !c.Kind.WhileConnected() })
}

// ConditionTitle says in one sentence what is going on.
func ConditionTitle(ctx *ui.Context, c model.Condition) string {
	key := "condition." + string(c.Kind) + ".title" //translations: condition.*
	if c.Kind == model.ConditionAckStuck {
		return ctx.N(key, c.Count, translations.Data{"Count": ctx.FormatNumber(c.Count)})
	}
	return ctx.T(key)
}

// conditionAdvice says what to do, and quotes the gateway where it said something.
func conditionAdvice(ctx *ui.Context, c model.Condition) string {
	advice := ctx.T("condition." + string(c.Kind) + ".advice") //translations: condition.*
	if detail := model.CleanLine(c.Detail, model.PreviewRunes); detail != "" {
		advice += "\n" + ctx.T("session.detail", translations.Data{"Detail": detail})
	}
	return advice
}

// conditionAction returns what helps, actionNone when nothing here does.
func conditionAction(kind model.ConditionKind) action {
	switch kind {
	case model.ConditionStopped:
		return actionConnect
	case model.ConditionLoggedOut:
		return actionCheck // which follows the code again
	case model.ConditionZombie, model.ConditionBroken, model.ConditionConflict, model.ConditionStuck, model.ConditionNotReady, model.ConditionOutdated,
		model.ConditionSameFailure, model.ConditionAckStuck, model.ConditionSilent:
		return actionReconnect
	}
	return actionNone
}

// conditionRow shows one condition with the button that helps.
type conditionRow struct {
	root   *fyne.Container
	icon   *widget.Icon
	title  *widget.Label
	advice *widget.Label
	button *widget.Button
}

func newConditionRow() *conditionRow {
	r := &conditionRow{icon: widget.NewIcon(nil), title: wrapped(""), advice: wrapped(""), button: widget.NewButton("", nil)}
	r.title.TextStyle.Bold = true
	words := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()-theme.Padding()), r.title, r.advice)
	sign := container.New(layout.NewCustomPaddedLayout(theme.InnerPadding(), 0, theme.InnerPadding(), 0), container.NewVBox(r.icon))
	r.root = container.NewBorder(nil, nil, sign, container.NewVBox(r.button), words)
	return r
}

// conditions shows what is wrong with a session, the gravest first.
type conditions struct {
	ctx  *ui.Context
	root *fyne.Container
	rows []*conditionRow
	do   func(action)
}

func newConditions(ctx *ui.Context, do func(action)) *conditions {
	c := &conditions{ctx: ctx, root: container.NewVBox(), do: do}
	c.root.Hide()
	return c
}

// set shows conditions; busy says that an action of the session is under way.
func (c *conditions) set(all []model.Condition, state model.SessionState, panelShown, busy bool) {
	for len(c.rows) < len(all) {
		row := newConditionRow()
		c.rows = append(c.rows, row)
		c.root.Add(row.root)
	}
	already := map[action]bool{} // the same button twice helps nobody
	for i, row := range c.rows {
		show(row.root, i < len(all))
		if i >= len(all) {
			continue
		}
		one := all[i]
		icon, color := apptheme.IconWarning, theme.ColorNameWarning
		if !one.Kind.Minor() && one.Kind != model.ConditionPhoneAway {
			color = theme.ColorNameError
		}
		if res := apptheme.ColoredIcon(icon, color); row.icon.Resource == nil || row.icon.Resource.Name() != res.Name() {
			row.icon.SetResource(res)
		}
		setText(row.title, ConditionTitle(c.ctx, one))
		setText(row.advice, conditionAdvice(c.ctx, one))
		a := conditionAction(one.Kind)
		offer := a != actionNone && (a != actionCheck || !panelShown) && !already[a]
		already[a] = true
		show(row.button, offer)
		if !offer {
			continue
		}
		row.button.OnTapped = func() { c.do(a) }
		// One that is stuck on its way is restarted though nothing else would be.
		enabled := offered(a, state, busy, false) || one.Kind == model.ConditionStuck && !busy
		setButton(row.button, buttonIcon(a), c.label(a), widget.MediumImportance, enabled)
	}
	show(c.root, len(all) > 0)
}

func (c *conditions) label(a action) string {
	switch a {
	case actionReconnect:
		return c.ctx.T("session.button.restart")
	case actionCheck:
		return c.ctx.T("session.button.qr")
	}
	return buttonText(c.ctx, a, model.StateUnknown)
}
