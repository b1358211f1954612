package conversations

import (
	"context"
	"slices"
	"sync/atomic"

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

// ledgerView shows in the header whether messages may be missing, in a dialog what
// is held and why something is not, and between the messages where that is.
type ledgerView struct {
	ctx  *ui.Context
	svc  Ledger
	d    *detailPane
	sign *widgets.IconButton

	id      model.ConversationID // that the summary is of
	summary model.LedgerSummary
	known   bool
	reads   atomic.Int64  // how many were begun
	newest  int64         // the one that is shown; those begun before it come too late
	dialog  *ledgerDialog // nil: none is open
	leave   func()        // closes it
	runs    map[model.ConversationID]*repairRun
}

// repairRun is a repair that the owner began here, and what came of it.
type repairRun struct {
	only   model.ConversationID // of those that are shown as one; zero: all
	on     bool
	said   string          // how far it is, then what came of it
	end    model.RepairEnd // "" while it runs, or when it failed
	failed bool
}

// newLedgerView returns the view; without a service its sign stays hidden.
func newLedgerView(ctx *ui.Context, svc Ledger, d *detailPane) *ledgerView {
	v := &ledgerView{ctx: ctx, svc: svc, d: d, leave: func() {}, runs: map[model.ConversationID]*repairRun{}}
	v.sign = widgets.NewIconButton(ctx, apptheme.Icon(apptheme.IconCheck), "", v.open)
	v.sign.Hide()
	return v
}

// begun forgets what was shown: another conversation is.
func (v *ledgerView) begun() {
	v.leave()
	v.known = false
	v.newest = v.reads.Load()
	v.sign.Hide()
	if run := v.runs[v.d.id]; run != nil && !run.on {
		delete(v.runs, v.d.id)
	}
}

// ledgerRead is what was read of a ledger; begun counts the readings.
type ledgerRead struct {
	begun   int64
	summary model.LedgerSummary
}

// read reads the ledger of a conversation; nil when it is not known. It may block.
func (v *ledgerView) read(ctx context.Context, id model.ConversationID) *ledgerRead {
	if v.svc == nil {
		return nil
	}
	n := v.reads.Add(1)
	summary, err := v.svc.Summary(ctx, id)
	if err != nil { // what is known stays
		return nil
	}
	return &ledgerRead{n, summary}
}

// took keeps the ledger of the conversation that is shown, unless one is shown that was
// read later; nil changes nothing.
func (v *ledgerView) took(r *ledgerRead) {
	if r == nil || r.begun <= v.newest {
		return
	}
	v.newest = r.begun
	v.id, v.summary, v.known = v.d.id, r.summary, true
	v.d.thread.seams, v.d.thread.end = r.summary.Seams, r.summary.End
	v.apply()
}

// show reads the ledger of the conversation that is shown now.
func (v *ledgerView) show() {
	if v.svc == nil || !v.here(v.d.id) {
		return
	}
	id := v.d.id
	v.ctx.Load(v.d.shown, func(ctx context.Context) func() {
		r := v.read(ctx, id)
		return func() {
			before := v.d.thread.seams
			if v.took(r); !slices.Equal(before, v.d.thread.seams) {
				v.d.update()
			}
		}
	})
}

// here tells whether a conversation is the one that is shown.
func (v *ledgerView) here(id model.ConversationID) bool {
	return id != 0 && v.d.id == id && v.d.life != nil && v.d.loaded
}

// busy tells whether the conversation is being repaired.
func (v *ledgerView) busy() bool {
	run := v.runs[v.d.id]
	return run != nil && run.on
}

// apply shows what is known.
func (v *ledgerView) apply() {
	if !v.known {
		return
	}
	icon := apptheme.IconCheck
	switch {
	case v.busy(), v.summary.State == model.LedgerFilling:
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
	case v.busy():
		return v.ctx.T("ledger.state.filling")
	case v.summary.State == model.LedgerComplete && v.summary.Whole:
		return v.ctx.T("ledger.whole")
	case v.summary.State == model.LedgerComplete && v.summary.From != 0:
		return v.ctx.T("ledger.since", translations.Data{"State": state, "When": v.ctx.FormatDateTime(v.summary.From)})
	case v.summary.State == model.LedgerGaps && len(v.summary.Gaps) > 0:
		return v.ctx.T("ledger.since", translations.Data{"State": state, "When": v.ctx.FormatDateTime(v.summary.Gaps[0].Below.Stamp())})
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
	m := ui.Modal{
		Title: v.ctx.T("ledger.title"), Content: d.body, MinWidth: 520, Focus: d.fill,
		Buttons: []ui.ModalButton{{Text: v.ctx.T("common.close")}},
		Closed:  func() { v.dialog, v.leave = nil, func() {} },
	}
	if d.fill.Disabled() { // the keyboard would be nowhere
		m.Focus = nil
	}
	v.leave = v.ctx.ShowModal(m)
}

// repair fills what is missing, and says in words what came of it: in the dialog
// where it is open, and where messages may be missing.
func (v *ledgerView) repair(wish model.RepairWish) {
	id := v.d.id
	if v.busy() || !v.here(id) {
		return
	}
	run := &repairRun{only: wish.Only, on: true, said: v.ctx.T("ledger.doing")}
	v.runs[id] = run
	v.changed(id)
	v.ctx.Load(context.Background(), func(ctx context.Context) func() {
		report, err := v.svc.Repair(ctx, id, wish, func(r model.RepairReport) {
			v.ctx.Do(func() {
				if run.on {
					run.said = v.progress(r)
					v.changed(id)
				}
			})
		})
		return func() { v.repaired(id, run, report, err) }
	})
}

// repaired says what came of a repair.
func (v *ledgerView) repaired(id model.ConversationID, run *repairRun, report model.RepairReport, err error) {
	run.on = false
	seen := v.here(id) && (v.dialog != nil || len(v.d.thread.seams) > 0)
	switch {
	case err != nil && !seen:
		delete(v.runs, id)
		v.ctx.ShowError("action.repair", err)
	case err != nil:
		v.ctx.LogError("action.repair", err)
		why, do := v.ctx.ProblemText(v.ctx.Describe(err))
		run.failed, run.said = true, why+" "+do
	default:
		run.end, run.said = report.End, v.result(report, run.only)
		if v.here(id) && v.dialog == nil && report.End == model.RepairFilled {
			v.ctx.Toast(run.said)
		}
	}
	v.changed(id)
	v.show()
}

// changed shows how far a repair is.
func (v *ledgerView) changed(id model.ConversationID) {
	if !v.here(id) {
		return
	}
	v.apply()
	if len(v.d.thread.seams) > 0 {
		v.d.update()
	}
}

// progress says how far a repair is.
func (v *ledgerView) progress(r model.RepairReport) string {
	text := v.ctx.T("ledger.doing")
	if r.Asked > 0 {
		text = v.ctx.T("ledger.asking")
	}
	if r.Created > 0 {
		text += " " + v.found(r.Created)
	}
	return text
}

// result says what came of a repair, of one conversation alone when only is not 0:
// that nothing is missing there says nothing of the person's other ones.
func (v *ledgerView) result(r model.RepairReport, only model.ConversationID) string {
	elsewhere := func(s model.Seam) bool { return s.ConversationID != only && !s.Floor }
	if only != 0 && r.End == model.RepairFilled && slices.ContainsFunc(v.summary.Seams, elsewhere) {
		return v.found(r.Created) + " " + v.ctx.T("ledger.elsewhere")
	}
	return v.found(r.Created) + " " + v.ctx.T("ledger.end."+string(r.End)) //translations: ledger.end.*
}

// found says how many messages came.
func (v *ledgerView) found(n int) string {
	if n == 0 {
		return v.ctx.T("ledger.found_none")
	}
	return v.ctx.N("ledger.found", n)
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
