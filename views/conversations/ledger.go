package conversations

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// Ledger says how much of a conversation is held, and fills what is missing. Every
// method may block.
type Ledger interface {
	Summary(ctx context.Context, id model.ConversationID) (model.LedgerSummary, error)
	// Repair may take minutes; it tells after every call how far it is.
	Repair(ctx context.Context, id model.ConversationID, wish model.RepairWish, tell func(model.RepairReport)) (model.RepairReport, error)
}

// mostGaps is how many gaps are shown one by one.
const mostGaps = 4

// ledgerView shows in the header whether messages may be missing, and in a dialog
// what is held and why something is not.
type ledgerView struct {
	ctx  *ui.Context
	svc  Ledger
	d    *detailPane
	sign *widgets.IconButton

	id      model.ConversationID
	summary model.LedgerSummary
	known   bool
	gen     int
	dialog  *ledgerDialog                 // nil: none is open
	running map[model.ConversationID]bool // repairs that the owner began here
}

// newLedgerView returns the view; without a service its sign stays hidden.
func newLedgerView(ctx *ui.Context, svc Ledger, d *detailPane) *ledgerView {
	v := &ledgerView{ctx: ctx, svc: svc, d: d, running: map[model.ConversationID]bool{}}
	v.sign = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconCheck), "", v.open)
	v.sign.Hide()
	return v
}

// show reads the ledger of the conversation that is shown now.
func (v *ledgerView) show() {
	if v.svc == nil || v.d.id == 0 || v.d.shown == nil {
		return
	}
	if v.id != v.d.id {
		v.id, v.known = v.d.id, false
	}
	v.gen++
	gen, id := v.gen, v.id
	v.ctx.LoadSoon(v.d.shown, func(ctx context.Context) func() {
		summary, err := v.svc.Summary(ctx, id)
		return func() {
			if gen != v.gen || err != nil { // what is known stays
				return
			}
			v.summary, v.known = summary, true
			v.apply()
		}
	})
}

// apply shows what is known.
func (v *ledgerView) apply() {
	if !v.known {
		return
	}
	icon := apptheme.IconCheck
	switch {
	case v.running[v.id], v.summary.State == model.LedgerFilling:
		icon = apptheme.IconSync
	case v.summary.State == model.LedgerGaps:
		icon = apptheme.IconWarning
	case v.summary.State == model.LedgerNotBegun:
		icon = apptheme.IconDownload
	}
	if words := v.words(); words != v.sign.Name() || !v.sign.Visible() {
		v.sign.SetIcon(apptheme.Icon(icon), words)
		v.sign.Show()
		v.d.head.place()
	}
	if v.dialog != nil {
		v.dialog.apply()
	}
}

// words says the state in a few words.
func (v *ledgerView) words() string {
	state := v.ctx.T("ledger.state." + string(v.summary.State)) //translations: ledger.state.*
	switch {
	case v.running[v.id]:
		return v.ctx.T("ledger.state.filling")
	case v.summary.State == model.LedgerComplete && v.summary.Whole:
		return v.ctx.T("ledger.whole")
	case v.summary.State == model.LedgerComplete && v.summary.From != 0:
		return v.ctx.T("ledger.since", translations.Data{"State": state, "When": v.ctx.FormatWhen(v.summary.From)})
	case v.summary.State == model.LedgerGaps && len(v.summary.Gaps) > 0:
		return v.ctx.T("ledger.since", translations.Data{"State": state, "When": v.ctx.FormatWhen(v.summary.Gaps[0].Below.Stamp())})
	}
	return state
}

// open shows the dialog.
func (v *ledgerView) open() {
	if v.dialog != nil || !v.known {
		return
	}
	d := newLedgerDialog(v)
	v.dialog = d
	v.ctx.ShowModal(ui.Modal{
		Title: v.ctx.T("ledger.title"), Content: d.body, MinWidth: 520, Focus: d.fill,
		Buttons: []ui.ModalButton{{Text: v.ctx.T("common.close")}},
		Closed:  func() { v.dialog = nil },
	})
}

// repair fills what is missing, and says in words what came of it.
func (v *ledgerView) repair(wish model.RepairWish) {
	id := v.id
	if v.running[id] {
		return
	}
	v.running[id] = true
	v.say(v.ctx.T("ledger.doing"))
	v.apply()
	v.ctx.Load(context.Background(), func(ctx context.Context) func() {
		report, err := v.svc.Repair(ctx, id, wish, func(r model.RepairReport) {
			v.ctx.Do(func() { v.say(v.progress(r)) })
		})
		return func() {
			delete(v.running, id)
			switch {
			case err != nil && v.dialog != nil && v.id == id:
				why, do := v.ctx.ProblemText(v.ctx.Describe(err))
				v.say(why + " " + do)
			case err != nil:
				v.ctx.ShowError("action.repair", err)
			default:
				v.say(v.result(report))
			}
			v.apply()
			v.show()
		}
	})
}

// say shows a sentence in the dialog, where one is open.
func (v *ledgerView) say(text string) {
	if v.dialog != nil {
		v.dialog.said = text
		v.dialog.apply()
	}
}

func (v *ledgerView) progress(r model.RepairReport) string {
	if r.Asked > 0 {
		return v.ctx.T("ledger.asking") + " " + v.found(r.Created)
	}
	return v.ctx.T("ledger.doing") + " " + v.found(r.Created)
}

func (v *ledgerView) result(r model.RepairReport) string {
	return v.found(r.Created) + " " + v.ctx.T("ledger.end."+string(r.End)) //translations: ledger.end.*
}

// found says how many messages came.
func (v *ledgerView) found(n int) string {
	if n == 0 {
		return v.ctx.T("ledger.found_none")
	}
	return v.ctx.N("ledger.found", n)
}

// ledgerDialog shows what is held of a conversation.
type ledgerDialog struct {
	v     *ledgerView
	said  string
	lines *widget.Label
	gaps  *widget.Label
	rng   *widget.Select
	fill  *closingButton
	ask   *closingButton
	words *widget.Label
	body  *fyne.Container
}

func newLedgerDialog(v *ledgerView) *ledgerDialog {
	d := &ledgerDialog{v: v, lines: wrappedLabel(""), gaps: wrappedLabel(""), words: wrappedLabel("")}
	d.gaps.Importance = widget.LowImportance
	d.rng = widget.NewSelect([]string{
		v.ctx.T("ledger.range.gaps"), v.ctx.T("ledger.range.week"), v.ctx.T("ledger.range.month"), v.ctx.T("ledger.range.year"), v.ctx.T("ledger.range.all"),
	}, nil)
	d.rng.SetSelectedIndex(0)
	d.fill = newClosingButton(v.ctx.T("ledger.fill"), apptheme.Icon(apptheme.IconSync), func() { v.repair(d.wish(false)) })
	d.fill.Importance = widget.HighImportance
	d.ask = newClosingButton(v.ctx.T("ledger.ask"), apptheme.Icon(apptheme.IconPhone), func() { v.repair(d.wish(true)) })
	d.body = container.NewVBox(d.lines, d.gaps,
		container.NewBorder(nil, nil, widget.NewLabel(v.ctx.T("ledger.range")), nil, d.rng),
		container.NewHBox(d.fill, d.ask), d.words)
	d.apply()
	return d
}

// closingButton is a button in a dialog where Escape closes the dialog.
type closingButton struct {
	widget.Button
	escape func()
}

func newClosingButton(text string, icon fyne.Resource, tapped func()) *closingButton {
	b := &closingButton{escape: func() {}}
	b.Text, b.Icon, b.OnTapped = text, icon, tapped
	b.ExtendBaseWidget(b)
	return b
}

// AdoptEscape takes what Escape does; a dialog calls it.
func (b *closingButton) AdoptEscape(do func()) { b.escape = do }

// TypedKey implements fyne.Focusable.
func (b *closingButton) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		b.escape()
		return
	}
	b.Button.TypedKey(e)
}

// wish is what the owner chose.
func (d *ledgerDialog) wish(phone bool) model.RepairWish {
	wish := model.RepairWish{AskPhone: phone}
	now := d.v.ctx.Now()
	switch d.rng.SelectedIndex() {
	case 1:
		day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
		wish.Since = model.StampOf(day.AddDate(0, 0, -(int(day.Weekday())+6)%7))
	case 2:
		wish.Since = model.StampOf(now.AddDate(0, 0, -30))
	case 3:
		wish.Since = model.StampOf(now.AddDate(-1, 0, 0))
	case 4:
		wish.Whole = true
	default:
		if phone && len(d.v.summary.Gaps) == 0 { // there is nothing to fill but what is older
			wish.Whole = true
		}
	}
	return wish
}

// apply shows what is known, and whether it is being filled.
func (d *ledgerDialog) apply() {
	v := d.v
	d.lines.SetText(strings.Join(v.held(), "\n"))
	gaps := v.gapLines()
	d.gaps.SetText(strings.Join(gaps, "\n"))
	setVisible(d.gaps, len(gaps) > 0)
	for _, b := range []*closingButton{d.fill, d.ask} {
		if v.running[v.id] || !v.d.online() {
			b.Disable()
		} else {
			b.Enable()
		}
	}
	said := d.said
	if said == "" && !v.d.online() {
		said = v.ctx.T("ledger.offline")
	}
	d.words.SetText(said)
	setVisible(d.words, said != "")
}

// held says what is held, from when to when, and how that is known.
func (v *ledgerView) held() []string {
	s := &v.summary
	lines := []string{v.words() + "."}
	if s.Newest != 0 {
		lines = append(lines, v.ctx.T("ledger.held", translations.Data{"From": v.ctx.FormatDateTime(s.From), "To": v.ctx.FormatDateTime(s.Newest)}))
	}
	switch {
	case s.Whole && s.State != model.LedgerComplete:
		lines = append(lines, v.ctx.T("ledger.beginning"))
	case s.Whole: // the first line says it
	case s.End != "":
		lines = append(lines, v.ctx.T("ledger.older."+string(s.End))) //translations: ledger.older.*
	}
	if s.ReconciledAt != 0 {
		lines = append(lines, v.ctx.T("ledger.compared", translations.Data{"When": v.ctx.FormatDateTime(s.ReconciledAt)}))
	}
	return lines
}

// gapLines says where messages may be missing, and why.
func (v *ledgerView) gapLines() []string {
	var lines []string
	for i := range v.summary.Gaps {
		if i == mostGaps {
			lines = append(lines, v.ctx.N("ledger.more_gaps", len(v.summary.Gaps)-i))
			break
		}
		g := &v.summary.Gaps[i]
		to := v.ctx.T("ledger.now")
		if g.Above != 0 {
			to = v.ctx.FormatDateTime(g.Above.Stamp())
		}
		line := v.ctx.T("ledger.gap", translations.Data{
			"From": v.ctx.FormatDateTime(g.Below.Stamp()), "To": to, "Why": v.ctx.T("ledger.cause." + string(g.Cause)), //translations: ledger.cause.*
		})
		if g.Outcome == model.EndPhone {
			line += " " + v.ctx.T("ledger.gone")
		}
		lines = append(lines, line)
	}
	return lines
}
