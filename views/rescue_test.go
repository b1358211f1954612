package views_test

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/views"
	"github.com/xappiens/buzon/views/viewtest"
)

// rescuerFake repairs when it is told to go on.
type rescuerFake struct {
	backup *model.BackupReport
	gone   string
	goOn   chan error
	from   chan string
}

func (f *rescuerFake) Missing() string { return f.gone }

func (f *rescuerFake) NewestBackup(context.Context) (model.BackupReport, bool) {
	if f.backup == nil {
		return model.BackupReport{}, false
	}
	return *f.backup, true
}

func (f *rescuerFake) Repair(ctx context.Context, from string, progress func(model.SalvageProgress)) (model.SalvageReport, error) {
	progress(model.SalvageProgress{Phase: model.SalvageReading, Done: 40, Total: 100, Rows: 12_345})
	f.from <- from
	select {
	case err := <-f.goOn:
		return model.SalvageReport{
			Tables:   []model.SalvagedTable{{Name: "contacts", Recovered: 812}, {Name: "conversations", Recovered: 96}, {Name: "messages", Recovered: 24_310, Lost: 118, FromCopy: 37}},
			LostRows: 118, Asks: 2, SetAside: "/home/ana/.local/share/buzon/buzon-damaged-20261124-120000.db",
		}, err
	case <-ctx.Done():
		return model.SalvageReport{}, ctx.Err()
	}
}

func openRescue(t *testing.T, f *rescuerFake, opened, left *int, options ...viewtest.Option) (*viewtest.Bench, *views.Rescue) {
	t.Helper()
	f.goOn, f.from = make(chan error, 1), make(chan string, 1)
	b := viewtest.NewTestContext(t, append(options, viewtest.WindowSize(760, 520))...)
	r := views.NewRescue(b.Context, f, func() { *opened++ }, func() { *left++ })
	b.Window.SetContent(r.Content())
	t.Cleanup(r.Close)
	return b, r
}

func rescueSees(b *viewtest.Bench, text string) bool {
	for _, t := range viewtest.Texts(b.Window.Content()) {
		if t == text {
			return true
		}
	}
	return false
}

func TestRescueRepairsAndTellsWhatWasLost(t *testing.T) {
	for _, o := range []struct {
		name    string
		options []viewtest.Option
		variant string
	}{{"rescue-en", nil, "light"}, {"rescue-es", []viewtest.Option{viewtest.Spanish(), viewtest.Dark()}, "dark"}} {
		t.Run(o.name, func(t *testing.T) {
			var opened, left int
			f := &rescuerFake{backup: &model.BackupReport{File: "/backups/one", Content: model.BackupContent{CreatedAt: viewtest.Start()}}}
			b, _ := openRescue(t, f, &opened, &left, o.options...)
			b.WaitFor(func() bool { return rescueSees(b, b.T("safety.rescue.fill")) })
			viewtest.CaptureWindow(t, o.name+"-offer", b.Window, o.variant)
			viewtest.TapButton(t, b.Window, b.T("safety.rescue.fill"))
			require.Equal(t, "/backups/one", <-f.from)
			b.WaitFor(func() bool { return rescueSees(b, b.T("safety.rescue.running")) })
			b.Settle()
			viewtest.CaptureWindow(t, o.name+"-running", b.Window, o.variant)
			f.goOn <- nil
			b.WaitFor(func() bool { return rescueSees(b, b.T("safety.rescue.done")) })
			viewtest.CaptureWindow(t, o.name+"-done", b.Window, o.variant)
			viewtest.TapButton(t, b.Window, b.T("safety.rescue.open"))
			require.Equal(t, 1, opened)
			require.Zero(t, left)
		})
	}
}

func TestRescueOffersABackupInThePlaceOfAMissingStore(t *testing.T) {
	for _, o := range []struct {
		name    string
		options []viewtest.Option
	}{{"missing-en", nil}, {"missing-es", []viewtest.Option{viewtest.Spanish()}}} {
		t.Run(o.name, func(t *testing.T) {
			var opened, left int
			f := &rescuerFake{gone: "/home/ana/.local/share/buzon/buzon.db", backup: &model.BackupReport{File: "/backups/one", Content: model.BackupContent{CreatedAt: viewtest.Start()}}}
			b, _ := openRescue(t, f, &opened, &left, o.options...)
			b.WaitFor(func() bool { return rescueSees(b, b.T("safety.missing_store.restore")) })
			require.True(t, rescueSees(b, b.T("safety.missing_store.title")))
			viewtest.CaptureWindow(t, o.name, b.Window, "light")
			viewtest.TapButton(t, b.Window, b.T("common.retry"))
			require.Equal(t, 1, opened, "it may have been put back")
			viewtest.TapButton(t, b.Window, b.T("safety.missing_store.restore"))
			require.Equal(t, "/backups/one", <-f.from)
			f.goOn <- nil
			b.WaitFor(func() bool { return rescueSees(b, b.T("safety.missing_store.done")) })
			require.True(t, rescueSees(b, "• "+b.T("safety.table.messages")+": 37"))
			viewtest.TapButton(t, b.Window, b.T("safety.rescue.open"))
			require.Equal(t, 2, opened)
		})
	}
}

// TestPagesOfAStoreThatCannotBeOpenedAreDrawn draws what is said of a store that is
// gone and of one that a newer version made, in every language, theme and size.
func TestPagesOfAStoreThatCannotBeOpenedAreDrawn(t *testing.T) {
	gone := "/home/ana/.local/share/buzon/buzon.db"
	missing := func(backup *model.BackupReport) func(*viewtest.Bench) fyne.CanvasObject {
		return func(b *viewtest.Bench) fyne.CanvasObject {
			r := views.NewRescue(b.Context, &rescuerFake{gone: gone, backup: backup}, func() {}, func() {})
			t.Cleanup(r.Close)
			return r.Content()
		}
	}
	scenes := map[string]struct {
		page func(*viewtest.Bench) fyne.CanvasObject
		says string
	}{
		"missing":          {missing(&model.BackupReport{File: "/backups/one", Content: model.BackupContent{CreatedAt: viewtest.Start()}}), "safety.missing_store.restore"},
		"missing-nobackup": {missing(nil), "safety.missing_store.no_backup"},
		"newer": {func(b *viewtest.Bench) fyne.CanvasObject {
			return views.NewFailure(b.Context, "action.start", viewtest.Fail(model.ProblemStoreNewer, "open store: the store was made by a newer version: schema 9, known up to 7"), func() {})
		}, "main.menu.quit"},
	}
	for scene, want := range scenes {
		viewtest.EachPicture(t, "store-"+scene, func(t *testing.T, p viewtest.Picture) {
			b := viewtest.NewTestContext(t, p.Options()...)
			b.Window.SetContent(want.page(b))
			b.Window.Resize(p.Size)
			b.WaitFor(func() bool { return rescueSees(b, b.T(want.says)) })
			b.Settle()
			p.Capture(t, b.Window)
		}, fyne.NewSize(640, 420), fyne.NewSize(760, 520), fyne.NewSize(1000, 640), fyne.NewSize(1280, 800)) // its window begins small
	}
}

func TestRescueBeginsAnewWhereNothingIsLeft(t *testing.T) {
	var opened, left int
	f := &rescuerFake{gone: "/home/ana/.local/share/buzon/buzon.db"}
	b, _ := openRescue(t, f, &opened, &left)
	require.True(t, rescueSees(b, b.T("safety.missing_store.no_backup")))
	viewtest.TapButton(t, b.Window, b.T("safety.missing_store.anew"))
	require.Empty(t, <-f.from)
	f.goOn <- nil
	b.WaitFor(func() bool { return rescueSees(b, b.T("safety.missing_store.done")) })
}

func TestRescueCanBeCancelledAndBegunAgain(t *testing.T) {
	var opened, left int
	f := &rescuerFake{}
	b, _ := openRescue(t, f, &opened, &left)
	viewtest.TapButton(t, b.Window, b.T("safety.rescue.repair"))
	<-f.from
	viewtest.TapButton(t, b.Window, b.T("common.cancel"))
	b.WaitFor(func() bool { return rescueSees(b, b.T("safety.rescue.title")) })
	viewtest.TapButton(t, b.Window, b.T("safety.rescue.repair"))
	<-f.from
	f.goOn <- viewtest.Fail(model.ProblemDiskFull, "no space")
	b.WaitFor(func() bool { return rescueSees(b, b.T("safety.rescue.failed")) })
	viewtest.TapButton(t, b.Window, b.T("main.menu.quit"))
	require.Equal(t, 1, left)
	require.Zero(t, opened)
}

// safetyFake is what the window asks about backups.
type safetyFake struct{ health model.StoreHealth }

func (f *safetyFake) Health() model.StoreHealth                       { return f.health }
func (f *safetyFake) Check(context.Context) (model.StoreCheck, error) { return model.StoreGood, nil }
func (f *safetyFake) OpenBackups(context.Context) error               { return nil }
func (f *safetyFake) BackUp(context.Context, string, bool, func(model.BackupProgress)) (model.BackupReport, error) {
	return model.BackupReport{}, nil
}
func (f *safetyFake) PreviewRestore(context.Context, string, func(model.BackupProgress)) (model.RestorePreview, error) {
	return model.RestorePreview{}, nil
}
func (f *safetyFake) PrepareRestore(context.Context, string, func(model.BackupProgress)) error {
	return nil
}

func TestStripSaysWhatIsWrongWithTheStore(t *testing.T) {
	world := newWorld()
	safety := &safetyFake{}
	svc := world.services()
	restarts := 0
	svc.Safety, svc.Restart = safety, func() { restarts++ }
	w := openOn(t, viewtest.NewTestContext(t), world, svc)
	w.WaitFor(func() bool { return w.sees(w.T("session.state.connected")) })
	for _, trouble := range []model.StoreTrouble{model.TroubleLow, model.TroubleFull, model.TroubleReadOnly, model.TroubleDisk, model.TroubleDamaged} {
		safety.health.Trouble = trouble
		w.Bus.Publish(event.Batch{Safety: true})
		w.WaitFor(func() bool { return w.sees(w.T("safety.trouble." + string(trouble) + ".advice")) })
	}
	w.tap(w.T("safety.repair"))
	w.WaitFor(func() bool { return w.sees(w.T("safety.repair.text")) })
	w.tap(w.T("safety.repair.button"))
	require.Equal(t, 1, restarts)
	safety.health.Trouble = model.TroubleNone
	w.Bus.Publish(event.Batch{Safety: true})
	w.WaitFor(func() bool { return w.sees(w.T("session.state.connected")) })
	require.False(t, w.sees(w.T("safety.repair")))
}
