package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/app/backup"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/model/store/sample"
)

// safe opens Buzón on a folder; Close is the caller's.
func safe(t *testing.T, dir string, mode app.Mode) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: mode, Keyring: noKeyring{}})
	require.NoError(t, err)
	return a
}

// noKeyring is a system without one.
type noKeyring struct{}

func (noKeyring) Get(string, string) (string, error) { return "", errors.New("none") }
func (noKeyring) Set(string, string, string) error   { return errors.New("none") }
func (noKeyring) Delete(string, string) error        { return errors.New("none") }

func fillSafe(t *testing.T, a *app.App, messages int) {
	t.Helper()
	_, err := sample.Fill(t.Context(), a.Store, sample.Config{Contacts: 50, Conversations: 10, Messages: messages, Seed: 2}, nil)
	require.NoError(t, err)
}

// spoil overwrites pages in the middle of a store.
func spoil(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, "buzon.db")
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	const page = 4096
	for n := 20; n < len(content)/page; n += 25 {
		clear(content[n*page : n*page+64])
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

func TestDamageIsFoundNotedAndRepaired(t *testing.T) {
	dir := t.TempDir()
	a := safe(t, dir, app.ModeWindow)
	fillSafe(t, a, 2000)
	result, err := a.Safety.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, model.StoreGood, result)
	require.NotZero(t, a.StoreHealth().CheckedAt)
	require.NoError(t, a.Close())
	spoil(t, dir)

	a, err = app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeWindow, Keyring: noKeyring{}})
	if err == nil { // it shows only where it is looked for
		result, err = a.Safety.Check(t.Context())
		require.NoError(t, err)
		require.Equal(t, model.StoreDamaged, result)
		require.Equal(t, model.TroubleDamaged, a.StoreHealth().Trouble)
		require.NoError(t, a.Close())
		_, err = app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeWindow, Keyring: noKeyring{}})
	}
	require.True(t, app.NeedsRepair(err), "%v", err)

	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.NoError(t, err)
	before, err := os.ReadFile(filepath.Join(dir, "buzon.db"))
	require.NoError(t, err)
	report, err := custody.Repair(t.Context(), "", nil)
	require.NoError(t, err)
	require.NoError(t, custody.Close())
	require.Positive(t, report.RecoveredRows)
	aside, err := os.ReadFile(report.SetAside)
	require.NoError(t, err)
	require.Equal(t, before, aside, "the damaged file is kept as it was")
	require.FileExists(t, report.SetAside+".report.json")

	a = safe(t, dir, app.ModeWindow)
	defer func() { require.NoError(t, a.Close()) }()
	require.NoError(t, a.Store.Check(t.Context()))
	require.Equal(t, model.TroubleNone, a.StoreHealth().Trouble)
}

func TestRepairFillsInFromTheNewestBackup(t *testing.T) {
	dir := t.TempDir()
	a := safe(t, dir, app.ModeWindow)
	fillSafe(t, a, 2000)
	_, err := a.Safety.BackUp(t.Context(), "", false, nil)
	require.NoError(t, err)
	require.NoError(t, a.Close())
	spoil(t, dir)
	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.NoError(t, err)
	newest, ok := custody.NewestBackup(t.Context())
	require.True(t, ok)
	report, err := custody.Repair(t.Context(), newest.File, nil)
	require.NoError(t, err)
	require.NoError(t, custody.Close())
	require.Zero(t, report.LostRows)
	a = safe(t, dir, app.ModeWindow)
	defer func() { require.NoError(t, a.Close()) }()
	content, err := a.Store.Content(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2000, content.Counts["messages"])
}

func TestKilledRepairIsDoneAgain(t *testing.T) {
	dir := t.TempDir()
	a := safe(t, dir, app.ModeWindow)
	fillSafe(t, a, 2000)
	require.NoError(t, a.Close())
	spoil(t, dir)
	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.NoError(t, err)
	defer func() { require.NoError(t, custody.Close()) }()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "buzon.db.salvage"), []byte("half of a salvage"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	_, err = custody.Repair(ctx, "", func(model.SalvageProgress) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
	require.NoFileExists(t, filepath.Join(dir, "buzon.db.salvage"))
	_, err = custody.Repair(t.Context(), "", nil)
	require.NoError(t, err)
}

func TestReplacementGoesOnWhereAKillEndedIt(t *testing.T) {
	for step := range 5 {
		dir := t.TempDir()
		a := safe(t, dir, app.ModeWindow)
		fillSafe(t, a, 100)
		file := filepath.Join(dir, "copy"+backup.Extension)
		_, err := a.Safety.BackUp(t.Context(), file, false, nil)
		require.NoError(t, err)
		_, err = a.Store.EnsureSession(t.Context(), "later")
		require.NoError(t, err)
		require.NoError(t, a.Safety.PrepareRestore(t.Context(), file, nil))
		require.NoError(t, a.Close())
		var swap struct{ New, Aside string }
		text, err := os.ReadFile(filepath.Join(dir, "buzon.swap"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &swap))
		in := func(name string) string { return filepath.Join(dir, name) }
		for _, move := range [][2]string{{"buzon.db-shm", swap.Aside + "-shm"}, {"buzon.db-wal", swap.Aside + "-wal"}, {"buzon.db", swap.Aside}, {swap.New, "buzon.db"}}[:step] {
			if err := os.Rename(in(move[0]), in(move[1])); err != nil {
				require.ErrorIs(t, err, os.ErrNotExist)
			}
		}
		a = safe(t, dir, app.ModeRead)
		_, err = a.Store.SessionByName(t.Context(), "later")
		require.Error(t, err, "step %d: the store of the backup is in place", step)
		content, err := a.Store.Content(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 100, content.Counts["messages"])
		require.NoError(t, a.Close())
		require.FileExists(t, in(swap.Aside), "what was here is kept")
		require.NoFileExists(t, in("buzon.swap"))
		require.NoFileExists(t, in(swap.New))
	}
}

func TestRestoreBringsFilesAndSettingsToANewComputer(t *testing.T) {
	old, fresh := t.TempDir(), t.TempDir()
	a := safe(t, old, app.ModeWindow)
	fillSafe(t, a, 50)
	picture := []byte("a picture")
	require.NoError(t, os.WriteFile(filepath.Join(old, "media", app.Digest(picture)), picture, 0o600))
	settings := a.Settings.Get()
	settings.BaseURL, settings.Country = "http://127.0.0.1:3000", "MX"
	secret := "the-secret-key-of-the-gateway"
	require.NoError(t, a.Settings.Save(t.Context(), settings, &secret))
	file := filepath.Join(old, "copy"+backup.Extension)
	report, err := a.Safety.BackUp(t.Context(), file, true, nil)
	require.NoError(t, err)
	require.True(t, report.Verified)
	require.NoError(t, a.Close())
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotContains(t, string(content), secret)

	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: fresh})
	require.NoError(t, err)
	b, err := backup.Open(t.Context(), file, nil)
	require.NoError(t, err)
	text, err := b.Settings()
	require.NoError(t, err)
	require.NotContains(t, string(text), secret)
	require.NoError(t, b.Close())
	preview, err := custody.Preview(t.Context(), file, nil)
	require.NoError(t, err)
	require.Nil(t, preview.Here)
	_, err = custody.Restore(t.Context(), file, nil)
	require.NoError(t, err)
	require.NoError(t, custody.Close())
	a = safe(t, fresh, app.ModeWindow)
	defer func() { require.NoError(t, a.Close()) }()
	require.Equal(t, "MX", a.Settings.Get().Country)
	got, err := os.ReadFile(filepath.Join(fresh, "media", app.Digest(picture)))
	require.NoError(t, err)
	require.Equal(t, picture, got)
}

func TestRestoreIsRefusedWhileTheStoreIsOpen(t *testing.T) {
	dir := t.TempDir()
	a := safe(t, dir, app.ModeWindow)
	_, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.ErrorIs(t, err, app.ErrAlreadyRunning)
	require.ErrorContains(t, err, "process ")
	require.NoError(t, a.Close())
	reader := safe(t, dir, app.ModeRead)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = app.OpenCustody(ctx, app.Options{DataDir: dir})
	require.ErrorIs(t, err, app.ErrInUse)
	require.NoError(t, reader.Close())
}

func TestOldBackupsGoWhenNewerOnesAreVerified(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	a, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeWindow, Keyring: noKeyring{}, Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	settings := a.Settings.Get()
	settings.BackupKeep = 2
	require.NoError(t, a.Settings.Save(t.Context(), settings, nil))
	for range 4 {
		now = now.Add(24 * time.Hour)
		_, err := a.Safety.BackUp(t.Context(), "", false, nil)
		require.NoError(t, err)
	}
	list := app.Backups(a.Paths)
	require.Len(t, list, 2)
	require.True(t, strings.HasPrefix(filepath.Base(list[0]), "20261128"), list[0])
	info, err := os.Stat(a.Paths.Backups)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	health := a.StoreHealth()
	require.Equal(t, list[0], health.BackupFile)
	require.Positive(t, health.BackupSize)
}

func TestAnEmptiedStoreIsNotTakenForANewOne(t *testing.T) {
	dir := t.TempDir()
	a := safe(t, dir, app.ModeWindow)
	fillSafe(t, a, 200)
	_, err := a.Safety.BackUp(t.Context(), "", false, nil)
	require.NoError(t, err)
	require.NoError(t, a.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "buzon.db"), nil, 0o600))
	for _, mode := range []app.Mode{app.ModeRead, app.ModeWindow} {
		_, err = app.New(t.Context(), app.Options{DataDir: dir, Mode: mode, Keyring: noKeyring{}})
		require.True(t, app.NeedsRepair(err), "%v", err)
	}
	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.NoError(t, err)
	newest, ok := custody.NewestBackup(t.Context())
	require.True(t, ok)
	_, err = custody.Repair(t.Context(), newest.File, nil)
	require.NoError(t, err)
	require.NoError(t, custody.Close())
	a = safe(t, dir, app.ModeWindow)
	defer func() { require.NoError(t, a.Close()) }()
	content, err := a.Store.Content(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 200, content.Counts["messages"])
}

func TestBackupsAreMadeWhenTheyAreDueAndSomethingChanged(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	a, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeWindow, Keyring: noKeyring{}, Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	backups := func() int { a.Safety.Due(t.Context()); return len(app.Backups(a.Paths)) }
	require.Equal(t, 1, backups(), "there was none yet")
	require.Equal(t, model.StoreGood, a.StoreHealth().Check)
	now = now.Add(23 * time.Hour)
	require.Equal(t, 1, backups(), "it is not due")
	now = now.Add(2 * time.Hour)
	require.Equal(t, 1, backups(), "nothing has changed")
	_, err = a.Store.EnsureSession(t.Context(), "new")
	require.NoError(t, err)
	require.Equal(t, 2, backups())
	_, err = a.Store.EnsureSession(t.Context(), "newer")
	require.NoError(t, err)
	now = now.Add(-365 * 24 * time.Hour)
	require.Equal(t, 3, backups(), "a clock that was set back keeps none from being made")
	settings := a.Settings.Get()
	settings.BackupEveryHours = 0
	require.NoError(t, a.Settings.Save(t.Context(), settings, nil))
	_, err = a.Store.EnsureSession(t.Context(), "newest")
	require.NoError(t, err)
	now = now.Add(48 * time.Hour)
	require.Equal(t, 3, backups(), "they are switched off")
}

func TestADamageThatIsFoundMeanwhileIsNotForgotten(t *testing.T) {
	dir := t.TempDir()
	paths, err := app.NewPaths(dir)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if err := app.CountBackup(paths); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 400, app.CountedBackups(paths))
}

func TestABackupByHandThatFailsIsNotThatOfTheDay(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	a, err := app.New(t.Context(), app.Options{DataDir: t.TempDir(), Mode: app.ModeWindow, Keyring: noKeyring{}, Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	made, err := a.Safety.BackUp(t.Context(), "", false, nil)
	require.NoError(t, err)
	taken := filepath.Join(t.TempDir(), "taken")
	require.NoError(t, os.WriteFile(taken, nil, 0o600))
	_, err = a.Safety.BackUp(t.Context(), taken, false, nil)
	require.ErrorIs(t, err, backup.ErrExists)
	now = now.Add(time.Hour)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = a.Safety.BackUp(stopped, "", false, nil)
	require.Error(t, err)
	require.Empty(t, a.StoreHealth().BackupError, "the owner has seen both")
	require.Equal(t, made.File, a.StoreHealth().BackupFile)
}

func TestWhatAKilledRestoreLeftIsRemovedInTheEnd(t *testing.T) {
	dir := t.TempDir()
	a := safe(t, dir, app.ModeWindow)
	defer func() { require.NoError(t, a.Close()) }()
	left := func(name string, age time.Duration) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		require.NoError(t, os.Chtimes(path, time.Now().Add(-age), time.Now().Add(-age)))
		return path
	}
	old, log, young := left("buzon.db.restore", 48*time.Hour), left("buzon.db.restore-wal", 48*time.Hour), left("buzon.db.salvage", time.Hour)
	swap := filepath.Join(dir, "buzon.swap")
	require.NoError(t, os.WriteFile(swap, []byte(`{"new":"buzon.db.restore","aside":"a.db"}`), 0o600))
	a.Safety.Sweep()
	require.FileExists(t, old, "the next start needs it")
	require.NoError(t, os.Remove(swap))
	a.Safety.Sweep()
	require.NoFileExists(t, old)
	require.NoFileExists(t, log)
	require.FileExists(t, young, "it may be in the making")
}
