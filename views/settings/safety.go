package settings

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/resources/translations"
	"github.com/xappiens/buzon/views/ui"
)

// Safety is what the section on backups asks of the program. It may block.
type Safety interface {
	Health() model.StoreHealth
	Check(ctx context.Context) (model.StoreCheck, error)
	// BackUp makes a backup and verifies it; "" is one more of those that are made by themselves.
	BackUp(ctx context.Context, path string, media bool, progress func(model.BackupProgress)) (model.BackupReport, error)
	PreviewRestore(ctx context.Context, path string, progress func(model.BackupProgress)) (model.RestorePreview, error)
	// PrepareRestore makes a backup take the place of the store at the next start.
	PrepareRestore(ctx context.Context, path string, progress func(model.BackupProgress)) error
	OpenBackups(ctx context.Context) error
}

// backupExtension ends the names of backups.
const backupExtension = ".buzon-backup"

// safety is the section on backups and checks: what is set is part of the form,
// the rest says how things are and does things at once.
type safety struct {
	ctx     *ui.Context
	svc     Safety
	restart func()
	media   *widget.Check
	backup  *widget.Label
	check   *widget.Label
	space   *widget.Label
	buttons []*widget.Button
	box     fyne.CanvasObject
	last    string // the file of the last backup; "" while none is known
}

// safetySection returns the section; without a service, only what is set.
func (f *form) safetySection(o Options) fyne.CanvasObject {
	t := f.ctx.T
	every := f.number("backup_every_hours", t("settings.safety.every"), t("settings.safety.every.hint"), func(s *model.Settings) *int { return &s.BackupEveryHours })
	keep := f.number("backup_keep", t("settings.safety.keep"), "", func(s *model.Settings) *int { return &s.BackupKeep })
	days := f.number("backup_keep_days", t("settings.safety.days"), t("settings.safety.days.hint"), func(s *model.Settings) *int { return &s.BackupKeepDays })
	media := widget.NewCheck(t("settings.safety.media"), func(bool) { f.changed() })
	f.checks = append(f.checks, check{media, func(s *model.Settings) *bool { return &s.BackupMedia }})
	parts := []fyne.CanvasObject{beside(every, keep, days), choice(media, t("settings.safety.media.hint")).box}
	if o.Safety != nil {
		f.safety = newSafety(f.ctx, o, media)
		parts = append([]fyne.CanvasObject{f.safety.box}, parts...)
	}
	return section(t("settings.safety"), parts...)
}

func newSafety(ctx *ui.Context, o Options, media *widget.Check) *safety {
	s := &safety{
		ctx: ctx, svc: o.Safety, restart: o.OnRestart, media: media,
		backup: wrapped("", widget.MediumImportance), check: wrapped("", widget.MediumImportance), space: wrapped("", widget.MediumImportance),
	}
	now := widget.NewButton(ctx.T("settings.safety.now"), s.backUp)
	look := widget.NewButton(ctx.T("settings.safety.check"), s.checkNow)
	folder := widget.NewButton(ctx.T("settings.safety.folder"), s.openFolder)
	restore := widget.NewButton(ctx.T("settings.safety.restore"), s.choose)
	s.buttons = []*widget.Button{now, look, restore}
	s.box = container.New(lines{gap: 8}, s.backup, s.check, s.space, container.NewHBox(now, look, folder, restore))
	return s
}

// follow shows how things are now.
func (s *safety) follow(life context.Context) {
	s.ctx.Load(life, func(context.Context) func() {
		h := s.svc.Health()
		return func() { s.show(h) }
	})
}

//translations:settings.safety.checked.*
func (s *safety) show(h model.StoreHealth) {
	t := s.ctx.T
	s.last = h.BackupFile
	text := t("settings.safety.backup.none")
	if h.BackupAt != 0 {
		text = t("settings.safety.backup.at", translations.Data{"When": s.ctx.FormatDateTime(h.BackupAt), "Size": s.ctx.FormatBytes(h.BackupSize), "File": h.BackupFile})
	}
	if h.BackupError != "" {
		why, _ := s.ctx.ProblemText(model.Problem{Kind: model.ProblemKind(h.BackupError)})
		text += " " + t("settings.safety.backup.failed", translations.Data{"Why": why})
	}
	s.backup.SetText(text)
	text = t("settings.safety.check.none")
	if h.CheckedAt != 0 {
		text = t("settings.safety.checked."+string(h.Check), translations.Data{"When": s.ctx.FormatDateTime(h.CheckedAt)})
	}
	s.check.SetText(text)
	text = ""
	if h.Free >= 0 {
		text = t("settings.safety.free", translations.Data{"Size": s.ctx.FormatBytes(h.Free)})
	}
	s.space.SetText(text)
	for _, b := range s.buttons {
		if h.Working == "" {
			b.Enable()
		} else {
			b.Disable()
		}
	}
	s.box.Refresh()
}

// work shows a dialog with the progress of something that takes time. Closing
// the dialog cancels it.
func (s *safety) work(title string, do func(ctx context.Context, progress func(model.BackupProgress)) (then func(), err error), action string) {
	ctx, cancel := context.WithCancel(context.Background())
	label := widget.NewLabel(" ")
	bar := widget.NewProgressBar()
	closeDialog := s.ctx.ShowModal(ui.Modal{
		Title: title, Content: container.NewVBox(label, bar),
		Buttons: []ui.ModalButton{{Text: s.ctx.T("common.cancel")}},
		Closed:  cancel,
	})
	progress := s.shownIn(label, bar)
	s.ctx.Load(ctx, func(ctx context.Context) func() {
		then, err := do(ctx, progress)
		return func() {
			closeDialog()
			switch {
			case err != nil:
				s.ctx.ShowError(action, err)
			case then != nil:
				then()
			}
		}
	})
}

// shownIn returns what shows progress in a label and a bar, a few times a second.
//
//translations:safety.step.*
func (s *safety) shownIn(label *widget.Label, bar *widget.ProgressBar) func(model.BackupProgress) {
	var last model.BackupProgress
	return func(p model.BackupProgress) {
		if p.Step == last.Step && p.Total > 0 && (p.Done-last.Done)*100 < p.Total {
			return
		}
		last = p
		s.ctx.Do(func() {
			label.SetText(s.ctx.T("safety.step." + p.Step))
			if p.Total > 0 {
				bar.SetValue(float64(p.Done) / float64(p.Total))
			}
		})
	}
}

func (s *safety) backUp() {
	media := s.media.Checked
	s.work(s.ctx.T("settings.safety.now"), func(ctx context.Context, progress func(model.BackupProgress)) (func(), error) {
		report, err := s.svc.BackUp(ctx, "", media, progress)
		return func() {
			s.ctx.Toast(s.ctx.T("settings.safety.made", translations.Data{"Size": s.ctx.FormatBytes(report.Bytes)}))
		}, err
	}, "action.backup")
}

func (s *safety) checkNow() {
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		result, err := s.svc.Check(ctx)
		return func() {
			switch {
			case err != nil:
				s.ctx.ShowError("action.check_store", err)
			case result == model.StoreGood:
				s.ctx.Toast(s.ctx.T("settings.safety.sound"))
			}
		}
	})
}

func (s *safety) openFolder() {
	s.ctx.Load(context.Background(), func(ctx context.Context) func() {
		err := s.svc.OpenBackups(ctx)
		return func() {
			if err != nil {
				s.ctx.ShowError("action.open_folder", err)
			}
		}
	})
}

// choose asks which backup is to be restored, in the folder of the last one: the
// folder of the data is hidden on most systems.
func (s *safety) choose() {
	open := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		if err != nil || r == nil {
			return
		}
		path := r.URI().Path()
		_ = r.Close() // the program opens it itself
		s.preview(path)
	}, s.ctx.Window)
	open.SetFilter(storage.NewExtensionFileFilter([]string{backupExtension}))
	if s.last != "" {
		if place, err := storage.ListerForURI(storage.NewFileURI(filepath.Dir(s.last))); err == nil {
			open.SetLocation(place)
		}
	}
	s.ctx.ShowFileDialog(open)
}

// preview says what restoring would do, and asks.
func (s *safety) preview(path string) {
	s.work(s.ctx.T("settings.safety.restore.look"), func(ctx context.Context, progress func(model.BackupProgress)) (func(), error) {
		p, err := s.svc.PreviewRestore(ctx, path, progress)
		return func() { s.ask(path, p) }, err
	}, "action.restore")
}

func (s *safety) ask(path string, p model.RestorePreview) {
	s.ctx.Confirm(ui.ConfirmOptions{
		Title: s.ctx.T("settings.safety.restore.title"), Body: previewText(s.ctx, p),
		Button: s.ctx.T("settings.safety.restore.yes"), Danger: true,
	}, func() {
		s.work(s.ctx.T("settings.safety.restore.title"), func(ctx context.Context, progress func(model.BackupProgress)) (func(), error) {
			return s.restart, s.svc.PrepareRestore(ctx, path, progress)
		}, "action.restore")
	})
}

// previewText lists what is in a backup beside what is here.
//
//translations:safety.table.*
func previewText(ctx *ui.Context, p model.RestorePreview) string {
	c := p.Backup.Content
	text := []string{ctx.T("safety.made", translations.Data{"At": ctx.FormatDateTime(model.StampOf(c.CreatedAt)), "Version": c.Program}), ""}
	for _, name := range []string{"conversations", "messages", "contacts", "outbox"} {
		line := "• " + ctx.T("safety.table."+name) + ": " + ctx.FormatNumber(int(c.Counts[name]))
		if p.Here != nil {
			line += " " + ctx.T("safety.here", translations.Data{"Count": ctx.FormatNumber(int(p.Here[name]))})
		}
		text = append(text, line)
	}
	media := ctx.T("safety.without_media")
	if c.WithMedia {
		media = ctx.T("safety.media") + ": " + ctx.FormatNumber(c.Media)
	}
	text = append(text, "• "+media, "")
	if p.Older {
		text = append(text, ctx.T("safety.older"))
	}
	if p.Migrate {
		text = append(text, ctx.T("safety.migrate"))
	}
	if p.Here != nil {
		text = append(text, ctx.T("safety.set_aside"))
	}
	return strings.Join(slices.Concat(text, []string{ctx.T("settings.safety.restore.restarts")}), "\n")
}

// followSafety shows the state of backups and checks anew when it has changed.
func (s *Screen) followSafety(b event.Batch) {
	if s.form.safety != nil && b.Safety {
		s.form.safety.follow(s.life)
	}
}
