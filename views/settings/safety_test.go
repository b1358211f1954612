package settings_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views/viewtest"
)

// safetyFake notes what is asked of it.
type safetyFake struct {
	health  model.StoreHealth
	backups chan bool
	checks  chan struct{}
	restore chan string
}

func newSafetyFake() *safetyFake {
	return &safetyFake{backups: make(chan bool, 1), checks: make(chan struct{}, 1), restore: make(chan string, 1), health: model.StoreHealth{
		BackupAt: model.StampOf(viewtest.Start()), BackupFile: "/home/ana/.local/share/buzon/backups/20261124-120000.buzon-backup", BackupSize: 48 << 20,
		CheckedAt: model.StampOf(viewtest.Start()), Check: model.StoreGood, Free: 120 << 30,
	}}
}

func (f *safetyFake) Health() model.StoreHealth { return f.health }

func (f *safetyFake) Check(context.Context) (model.StoreCheck, error) {
	f.checks <- struct{}{}
	return model.StoreGood, nil
}

func (f *safetyFake) OpenBackups(context.Context) error { return nil }

func (f *safetyFake) BackUp(_ context.Context, path string, media bool, progress func(model.BackupProgress)) (model.BackupReport, error) {
	progress(model.BackupProgress{Step: "copy", Done: 1, Total: 2})
	f.backups <- media && path == ""
	return model.BackupReport{Bytes: 5 << 20}, nil
}

func (f *safetyFake) PreviewRestore(_ context.Context, _ string, progress func(model.BackupProgress)) (model.RestorePreview, error) {
	progress(model.BackupProgress{Step: "hash", Done: 1, Total: 2})
	return model.RestorePreview{
		Backup: model.BackupReport{Verified: true, Content: model.BackupContent{
			Program: "0.1.0", CreatedAt: viewtest.Start(), WithMedia: true, Media: 312,
			Counts: map[string]int64{"messages": 24_310, "conversations": 96, "contacts": 812, "outbox": 3},
		}},
		Here: map[string]int64{"messages": 24_500, "conversations": 97, "contacts": 812}, Older: true, Migrate: true,
	}, nil
}

func (f *safetyFake) PrepareRestore(_ context.Context, path string, _ func(model.BackupProgress)) error {
	f.restore <- path
	return nil
}

func TestRestoreShowsWhatItWillDoAndStartsAnew(t *testing.T) {
	for lang, variant := range map[string]string{"en": "light", "es": "dark"} {
		t.Run(lang, func(t *testing.T) {
			fake, restarts := newSafetyFake(), 0
			o := places()
			o.Safety, o.OnRestart = fake, func() { restarts++ }
			b, s := open(t, newFake(), o, viewtest.Language(lang), viewtest.Variant(variant))
			s.PreviewRestore("/media/usb/copy.buzon-backup")
			dialog := func(text string) func() bool {
				return func() bool {
					top := b.Window.Canvas().Overlays().Top()
					return top != nil && says(top, text)
				}
			}
			b.WaitFor(dialog(b.T("safety.older")))
			require.True(t, dialog(b.FormatNumber(24_310))())
			require.True(t, dialog(b.T("safety.migrate"))())
			require.True(t, dialog(b.T("settings.safety.restore.restarts"))())
			viewtest.CaptureWindow(t, "settings-restore-"+lang, b.Window, variant)
			viewtest.TapButton(t, b.Window, b.T("settings.safety.restore.yes"))
			b.WaitFor(func() bool { return restarts == 1 })
			require.Equal(t, "/media/usb/copy.buzon-backup", <-fake.restore)
		})
	}
}

func TestTheBackupsAreShownToChooseFrom(t *testing.T) {
	folder := filepath.Join(t.TempDir(), ".local", "backups")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	fake := newSafetyFake()
	fake.health.BackupFile = filepath.Join(folder, "20261126-195243.buzon-backup")
	require.NoError(t, os.WriteFile(fake.health.BackupFile, nil, 0o600))
	o := places()
	o.Safety = fake
	b, s := open(t, newFake(), o)
	b.WaitFor(func() bool { return says(s.Content(), b.FormatBytes(fake.health.BackupSize)) })
	viewtest.TapButton(t, b.Window, b.T("settings.safety.restore"))
	b.WaitFor(func() bool {
		top := b.Window.Canvas().Overlays().Top()
		return top != nil && says(top, "20261126-195243")
	})
}

func TestSafetySaysWhenTheLastBackupWas(t *testing.T) {
	fake := newSafetyFake()
	o := places()
	o.Safety = fake
	b, s := open(t, newFake(), o)
	b.WaitFor(func() bool {
		return says(s.Content(), b.FormatBytes(fake.health.BackupSize)) && says(s.Content(), b.FormatBytes(fake.health.Free))
	})
	require.True(t, says(s.Content(), fake.health.BackupFile))

	b.Do(func() { button(t, s.Content(), b.T("settings.safety.check")).OnTapped() })
	b.WaitFor(func() bool { return len(fake.checks) > 0 })

	fake.health = model.StoreHealth{Free: -1, BackupError: string(model.ProblemDiskFull)}
	b.Bus.Publish(event.Batch{Safety: true})
	b.WaitFor(func() bool { return says(s.Content(), b.T("settings.safety.check.none")) })
	why := b.T("problem.disk_full.why")
	require.True(t, says(s.Content(), why))

	button(t, s.Content(), b.T("settings.safety.now")).OnTapped()
	b.WaitFor(func() bool { return len(fake.backups) > 0 })
	require.False(t, <-fake.backups, "without the files, as the form says")
	b.WaitFor(func() bool { return b.Window.Canvas().Overlays().Top() == nil })

	fake.health.Working = "backup"
	b.Bus.Publish(event.Batch{Safety: true})
	b.WaitFor(func() bool { return button(t, s.Content(), b.T("settings.safety.now")).Disabled() })
}

func TestSafetyIsDrawn(t *testing.T) {
	viewtest.EachPicture(t, "settings-safety", func(t *testing.T, p viewtest.Picture) {
		o := places()
		o.Safety = newSafetyFake()
		b, s := open(t, newFake(), o, p.Options()...)
		b.Window.Resize(p.Size)
		b.WaitFor(func() bool { return says(s.Content(), b.FormatBytes(48<<20)) })
		driver := fyne.CurrentApp().Driver()
		y := driver.AbsolutePositionForObject(button(t, s.Content(), b.T("settings.safety.now"))).Y
		viewtest.All[*container.Scroll](s.Content())[0].ScrollToOffset(fyne.NewPos(0, y-160))
		b.Settle()
		p.Capture(t, b.Window)
	})
}
