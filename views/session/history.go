package session

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
)

// Ledger says how much of a session's conversations is held, and fetches all of
// them. Every method may block.
type Ledger interface {
	Totals(ctx context.Context, id model.SessionID) (model.LedgerTotals, error)
	History(ctx context.Context, id model.SessionID) (model.LedgerJob, error)
	// StartHistory begins it or goes on with it; how far it is comes by events.
	StartHistory(ctx context.Context, id model.SessionID) error
	CancelHistory(ctx context.Context, id model.SessionID) error
}

// historyView shows how complete the conversations of a session are, and how far
// fetching everything is.
type historyView struct {
	ctx    *ui.Context
	svc    Ledger // nil: nothing is shown
	id     model.SessionID
	root   *fyne.Container
	words  *widget.Label
	begin  *widget.Button
	far    *widget.Label
	bar    *widget.ProgressBar
	work   *fyne.Container
	cancel *widget.Button

	gen    int
	totals model.LedgerTotals
	job    model.LedgerJob
	online bool
	asked  bool // a call is under way
}

func newHistoryView(ctx *ui.Context, svc Ledger, id model.SessionID) *historyView {
	v := &historyView{ctx: ctx, svc: svc, id: id, words: wrapped(""), far: widget.NewLabel(""), bar: widget.NewProgressBar()}
	v.words.Importance = widget.LowImportance
	v.bar.TextFormatter = func() string { return "" } // the words say the numbers
	v.begin = widget.NewButtonWithIcon(ctx.T("session.history.begin"), apptheme.Icon(apptheme.IconDownload), v.ask)
	v.cancel = widget.NewButton(ctx.T("session.button.cancel_sync"), func() { v.call(svc.CancelHistory, ctx.T("session.history.canceled")) })
	v.work = container.NewBorder(nil, nil, v.far, v.cancel, container.New(&thin{}, v.bar))
	v.work.Hide()
	v.root = container.NewVBox(container.NewBorder(nil, nil, nil, container.NewCenter(v.begin), v.words), v.work)
	v.root.Hide()
	return v
}

// load reads the figures again.
func (v *historyView) load(life context.Context) {
	if v.svc == nil || life == nil {
		return
	}
	v.gen++
	gen := v.gen
	v.ctx.Load(life, func(ctx context.Context) func() {
		totals, err := v.svc.Totals(ctx, v.id)
		var job model.LedgerJob
		if err == nil {
			job, err = v.svc.History(ctx, v.id)
		}
		return func() {
			if gen == v.gen && err == nil { // what is shown stays
				v.totals, v.job = totals, job
				v.apply()
			}
		}
	})
}

// setOnline says whether something can be fetched.
func (v *historyView) setOnline(online bool) {
	if v.online != online {
		v.online = online
		v.apply()
	}
}

// ask explains what fetching everything means before it begins.
func (v *historyView) ask() {
	v.ctx.Confirm(ui.ConfirmOptions{
		Title: v.ctx.T("session.history.title"), Body: v.ctx.T("session.history.body"), Button: v.ctx.T("session.history.begin"),
	}, func() { v.call(v.svc.StartHistory, "") })
}

// call begins or ends it; done is said when that has worked, "" for nothing.
func (v *historyView) call(do func(context.Context, model.SessionID) error, done string) {
	if v.asked {
		return
	}
	v.asked = true
	v.apply()
	v.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := do(ctx, v.id)
		return func() {
			v.asked = false
			v.apply()
			v.load(context.Background())
			switch {
			case err != nil:
				v.ctx.ShowError("action.history", err)
			case done != "":
				v.ctx.Toast(done)
			}
		}
	})
}

func (v *historyView) apply() {
	show(v.root, v.totals.All() > 0)
	setText(v.words, v.totalsText())
	running := v.job.Running()
	show(v.work, running)
	show(v.begin, !running)
	label := v.ctx.T("session.history.begin")
	if v.begin.Text != label {
		v.begin.SetText(label)
	}
	setEnabled(v.begin, v.online && !v.asked)
	setEnabled(v.cancel, !v.asked)
	if !running {
		return
	}
	setText(v.far, v.farText())
	if value := float64(v.job.Done) / float64(max(v.job.Total, 1)); value != v.bar.Value {
		v.bar.SetValue(value)
	}
}

// totalsText says how many conversations are complete, and what of the others.
func (v *historyView) totalsText() string {
	parts := []string{v.ctx.N("session.ledger.complete", v.totals.Complete)}
	for _, p := range []struct {
		n    int
		text string
	}{
		{v.totals.Filling, v.ctx.N("session.ledger.filling", v.totals.Filling)},
		{v.totals.Gaps, v.ctx.N("session.ledger.gaps", v.totals.Gaps)},
		{v.totals.NotBegun, v.ctx.N("session.ledger.not_begun", v.totals.NotBegun)},
	} {
		if p.n > 0 {
			parts = append(parts, p.text)
		}
	}
	return strings.Join(parts, " · ")
}

// farText says how far it is, and about how long the rest takes.
func (v *historyView) farText() string {
	text := v.ctx.T("session.history.far", translations.Data{"Done": v.ctx.FormatNumber(v.job.Done), "Total": v.ctx.FormatNumber(v.job.Total)})
	if !v.online {
		return text + " · " + v.ctx.T("session.history.waits")
	}
	switch left := time.Duration(v.job.Left()) * time.Millisecond; {
	case left >= 90*time.Minute:
		text += " · " + v.ctx.N("session.history.left_hours", int(left.Hours()+0.5))
	case left > 0:
		text += " · " + v.ctx.N("session.history.left", max(int(left.Minutes()+0.5), 1))
	}
	return text
}
