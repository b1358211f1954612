package views

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Rescuer repairs a store that is damaged.
type Rescuer interface {
	// Missing returns where the store was when it is gone, "" when it is there and
	// damaged. It does not block.
	Missing() string
	// NewestBackup returns the newest backup that is whole; it may block.
	NewestBackup(ctx context.Context) (model.BackupReport, bool)
	// Repair makes a new store of what can be read of the damaged one, which stays
	// beside it. The backup, "" for none, fills in what is lost. A missing store is
	// that of the backup, or an empty one.
	Repair(ctx context.Context, fillFrom string, progress func(model.SalvageProgress)) (model.SalvageReport, error)
}

// Rescue is the content of a window that repairs a damaged store, or looks for a
// missing one, before anything else is done with it.
type Rescue struct {
	ctx    *ui.Context
	svc    Rescuer
	open   func() // goes on with the repaired store
	quit   func()
	body   *fyne.Container
	gone   string              // where the store was, "" when it is there
	backup *model.BackupReport // the newest that is whole; nil: none is known
	cancel context.CancelFunc  // of the repair that runs
}

// NewRescue returns the content. open is called when the owner wants to go on
// with the repaired store, quit when not.
func NewRescue(ctx *ui.Context, svc Rescuer, open, quit func()) *Rescue {
	r := &Rescue{ctx: ctx, svc: svc, open: open, quit: quit, gone: svc.Missing(), body: container.NewStack()}
	r.offer()
	ctx.Load(context.Background(), func(ctx context.Context) func() {
		newest, ok := svc.NewestBackup(ctx)
		return func() {
			if !ok {
				return
			}
			r.backup = &newest
			if r.cancel == nil {
				r.offer()
			}
		}
	})
	return r
}

// Content returns what the window shows.
func (r *Rescue) Content() fyne.CanvasObject { return r.body }

// Close cancels what runs.
func (r *Rescue) Close() {
	if r.cancel != nil {
		r.cancel()
	}
}

// page shows a heading, what belongs under it, and buttons.
func (r *Rescue) page(title string, buttons []fyne.CanvasObject, parts ...fyne.CanvasObject) {
	head := widget.NewLabelWithStyle(title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
	head.SizeName = theme.SizeNameSubHeadingText
	head.Wrapping = fyne.TextWrapWord
	row := container.NewHBox(append([]fyne.CanvasObject{layout.NewSpacer()}, buttons...)...)
	content := container.NewVBox(append([]fyne.CanvasObject{head}, parts...)...)
	r.body.Objects = []fyne.CanvasObject{container.New(layout.NewCustomPaddedLayout(20, 16, 24, 24),
		container.NewBorder(nil, row, nil, nil, container.NewVScroll(content)))}
	r.body.Refresh()
}

func paragraph(text string) *widget.Label {
	label := widget.NewLabel(text)
	label.Wrapping = fyne.TextWrapWord
	return label
}

// offer says what has happened and what can be done.
func (r *Rescue) offer() {
	if r.gone != "" {
		r.offerAnother()
		return
	}
	t := r.ctx.T
	repair := widget.NewButton(t("safety.rescue.repair"), func() { r.repair("") })
	quit := widget.NewButton(t("main.menu.quit"), r.quit)
	buttons := []fyne.CanvasObject{quit, repair}
	parts := []fyne.CanvasObject{paragraph(t("safety.rescue.text")), paragraph(t("safety.rescue.kept"))}
	if r.backup == nil {
		repair.Importance = widget.HighImportance
		r.page(t("safety.rescue.title"), buttons, parts...)
		return
	}
	fill := widget.NewButton(t("safety.rescue.fill"), func() { r.repair(r.backup.File) })
	fill.Importance = widget.HighImportance
	parts = append(parts, paragraph(t("safety.rescue.backup", translations.Data{"When": r.ctx.FormatDateTime(model.StampOf(r.backup.Content.CreatedAt))})))
	r.page(t("safety.rescue.title"), append(buttons, fill), parts...)
}

// offerAnother says that the store is gone and what can take its place.
func (r *Rescue) offerAnother() {
	t := r.ctx.T
	again := widget.NewButton(t("common.retry"), r.open)
	buttons := []fyne.CanvasObject{
		widget.NewButton(t("main.menu.quit"), r.quit),
		widget.NewButton(t("safety.missing_store.anew"), func() { r.repair("") }), again,
	}
	advice := t("safety.missing_store.no_backup")
	if r.backup == nil {
		again.Importance = widget.HighImportance
	} else {
		advice = t("safety.missing_store.backup", translations.Data{"When": r.ctx.FormatDateTime(model.StampOf(r.backup.Content.CreatedAt))})
		restore := widget.NewButton(t("safety.missing_store.restore"), func() { r.repair(r.backup.File) })
		restore.Importance = widget.HighImportance
		buttons = append(buttons, restore)
	}
	r.page(t("safety.missing_store.title"), buttons, paragraph(t("safety.missing_store.text", translations.Data{"Path": r.gone})),
		paragraph(advice), paragraph(t("safety.missing_store.kept")))
}

// repair does it, with its progress on the screen.
//
//translations:safety.phase.*
func (r *Rescue) repair(fillFrom string) {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	phase, bar := widget.NewLabel(" "), widget.NewProgressBar()
	stop := widget.NewButton(r.ctx.T("common.cancel"), cancel)
	parts := []fyne.CanvasObject{phase, bar}
	if r.gone == "" {
		parts = append(parts, paragraph(r.ctx.T("safety.rescue.may_stop")))
	}
	r.page(r.ctx.T("safety.rescue.running"), []fyne.CanvasObject{stop}, parts...)
	var last model.SalvageProgress
	progress := func(p model.SalvageProgress) {
		if p.Phase == last.Phase && (p.Done-last.Done)*200 < p.Total {
			return
		}
		last = p
		r.ctx.Do(func() {
			words := r.ctx.T("safety.phase." + string(p.Phase))
			if p.Rows > 0 {
				words += " · " + r.ctx.N("safety.rows", int(p.Rows), translations.Data{"Count": r.ctx.FormatNumber(int(p.Rows))})
			}
			phase.SetText(words)
			if p.Total > 0 {
				bar.SetValue(float64(p.Done) / float64(p.Total))
			}
		})
	}
	r.ctx.Load(context.Background(), func(context.Context) func() {
		report, err := r.svc.Repair(ctx, fillFrom, progress)
		return func() {
			cancelled := ctx.Err() != nil
			cancel()
			r.cancel = nil
			switch {
			case err == nil:
				r.tell(report)
			case cancelled:
				r.offer()
			default:
				r.failed(err)
			}
		}
	})
}

func (r *Rescue) failed(err error) {
	p := r.ctx.Describe(err)
	why, do := r.ctx.ProblemText(p)
	details := paragraph(p.Detail)
	details.Importance = widget.LowImportance
	again := widget.NewButton(r.ctx.T("common.retry"), r.offer)
	parts := []fyne.CanvasObject{paragraph(why + " " + do)}
	if r.gone == "" {
		parts = append(parts, paragraph(r.ctx.T("safety.rescue.untouched")))
	}
	r.page(r.ctx.T("safety.rescue.failed"), []fyne.CanvasObject{widget.NewButton(r.ctx.T("main.menu.quit"), r.quit), again}, append(parts, details)...)
}

// tell says what was recovered and what was lost.
//
//translations:safety.table.*
func (r *Rescue) tell(report model.SalvageReport) {
	t := r.ctx.T
	if r.gone != "" {
		r.renewed(report)
		return
	}
	var lines []string
	for _, table := range report.Tables {
		if !r.ctx.Text.Has("safety.table."+table.Name) || table.Recovered+table.FromCopy+table.Lost == 0 {
			continue
		}
		line := "• " + t("safety.table."+table.Name) + ": " + t("safety.rescue.recovered", translations.Data{"Count": r.ctx.FormatNumber(int(table.Recovered))})
		if table.FromCopy > 0 {
			line += ", " + t("safety.rescue.filled", translations.Data{"Count": r.ctx.FormatNumber(int(table.FromCopy))})
		}
		if table.Lost > 0 {
			line += ", " + t("safety.rescue.lost", translations.Data{"Count": r.ctx.FormatNumber(int(table.Lost))})
		}
		lines = append(lines, line)
	}
	parts := []fyne.CanvasObject{paragraph(strings.Join(lines, "\n"))}
	if report.LostRows > 0 {
		parts = append(parts, paragraph(t("safety.rescue.fetched")))
	}
	if report.Guessed {
		parts = append(parts, paragraph(t("safety.rescue.guessed")))
	}
	if report.Asks > 0 {
		parts = append(parts, paragraph(r.ctx.N("safety.asks", int(report.Asks))))
	}
	aside := paragraph(t("safety.rescue.aside", translations.Data{"Path": report.SetAside}))
	aside.Selectable = true
	open := widget.NewButton(t("safety.rescue.open"), r.open)
	open.Importance = widget.HighImportance
	r.page(t("safety.rescue.done"), []fyne.CanvasObject{open}, append(parts, aside)...)
}

// renewed says what is in the store that took the place of the missing one.
//
//translations:safety.table.*
func (r *Rescue) renewed(report model.SalvageReport) {
	var lines []string
	for _, table := range report.Tables {
		if r.ctx.Text.Has("safety.table."+table.Name) && table.FromCopy > 0 {
			lines = append(lines, "• "+r.ctx.T("safety.table."+table.Name)+": "+r.ctx.FormatNumber(int(table.FromCopy)))
		}
	}
	open := widget.NewButton(r.ctx.T("safety.rescue.open"), r.open)
	open.Importance = widget.HighImportance
	r.page(r.ctx.T("safety.missing_store.done"), []fyne.CanvasObject{open}, paragraph(strings.Join(lines, "\n")))
}
