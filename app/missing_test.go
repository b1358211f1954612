package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/model"
)

// moved makes a Buzón with messages and a backup, and takes its store away.
func moved(t *testing.T) (dir, store string) {
	t.Helper()
	dir, store = t.TempDir(), filepath.Join(t.TempDir(), "elsewhere.db")
	a := safe(t, dir, app.ModeWindow)
	fillSafe(t, a, 200)
	_, err := a.Safety.BackUp(t.Context(), "", false, nil)
	require.NoError(t, err)
	require.NoError(t, a.Close())
	require.NoError(t, os.Rename(filepath.Join(dir, "buzon.db"), store))
	return dir, store
}

func requireMissing(t *testing.T, dir string) {
	t.Helper()
	for _, mode := range []app.Mode{app.ModeRead, app.ModeEdit, app.ModeCommand, app.ModeWindow} {
		_, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: mode, Keyring: noKeyring{}})
		require.ErrorIs(t, err, app.ErrStoreMissing)
		require.True(t, app.NeedsRepair(err))
		require.Equal(t, model.ProblemStoreMissing, app.Describe(err).Kind)
		require.NoFileExists(t, filepath.Join(dir, "buzon.db"))
	}
}

func messagesIn(t *testing.T, dir string) int64 {
	t.Helper()
	a := safe(t, dir, app.ModeWindow)
	defer func() { require.NoError(t, a.Close()) }()
	content, err := a.Store.Content(t.Context())
	require.NoError(t, err)
	return content.Counts["messages"]
}

func TestAMissingStoreIsNotTakenForANewOne(t *testing.T) {
	dir, store := moved(t)
	requireMissing(t, dir)
	checks, err := app.Examine(t.Context(), dir, nil)
	require.NoError(t, err)
	for _, c := range checks {
		if c.Name == app.CheckStore {
			require.Equal(t, app.CheckFailed, c.Status)
			require.Equal(t, "problem.store_missing.do", c.Cure)
		}
	}

	require.NoError(t, os.Rename(store, filepath.Join(dir, "buzon.db")))
	require.EqualValues(t, 200, messagesIn(t, dir), "it is enough to put it back")
}

func TestEverythingThatAStoreLeavesTellsOfIt(t *testing.T) {
	for name, leave := range map[string]func(t *testing.T, dir string){
		"what is known of it": func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(filepath.Join(dir, "backups"))) },
		"a backup":            func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, "safety.json"))) },
		"its log": func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "backups")))
			require.NoError(t, os.Remove(filepath.Join(dir, "safety.json")))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "buzon.db-wal"), []byte("rows"), 0o600))
		},
		"a file of a message": func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(filepath.Join(dir, "backups")))
			require.NoError(t, os.Remove(filepath.Join(dir, "safety.json")))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "media", strings.Repeat("ab", 32)), []byte("x"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := moved(t)
			leave(t, dir)
			requireMissing(t, dir)
		})
	}
	t.Run("nothing", func(t *testing.T) {
		dir, _ := moved(t)
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "backups")))
		require.NoError(t, os.Remove(filepath.Join(dir, "safety.json")))
		require.Zero(t, messagesIn(t, dir), "it may as well be new")
	})
}

func TestAMissingStoreIsRestoredFromTheNewestBackup(t *testing.T) {
	dir, _ := moved(t)
	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "buzon.db"), custody.Missing())
	newest, ok := custody.NewestBackup(t.Context())
	require.True(t, ok)
	report, err := custody.Repair(t.Context(), newest.File, nil)
	require.NoError(t, err)
	require.NoError(t, custody.Close())
	require.Empty(t, report.SetAside)
	require.Equal(t, newest.File, report.Backup)
	require.Contains(t, report.Tables, model.SalvagedTable{Name: "messages", FromCopy: 200})
	require.EqualValues(t, 200, messagesIn(t, dir))
}

func TestAMissingStoreIsBegunAnewWhenTheOwnerSaysSo(t *testing.T) {
	dir, _ := moved(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "buzon.db-wal"), []byte("rows"), 0o600))
	custody, err := app.OpenCustody(t.Context(), app.Options{DataDir: dir})
	require.NoError(t, err)
	_, err = custody.Repair(t.Context(), "", nil)
	require.NoError(t, err)
	require.NoError(t, custody.Close())
	require.Zero(t, messagesIn(t, dir))
	require.Len(t, app.Backups(custody.Paths), 1)
	logs, err := filepath.Glob(filepath.Join(dir, "buzon-missing-*.db-wal"))
	require.NoError(t, err)
	require.Len(t, logs, 1, "what was left of it is kept")

	before := app.Backups(custody.Paths)[0]
	now := time.Now()
	a, err := app.New(t.Context(), app.Options{DataDir: dir, Mode: app.ModeWindow, Keyring: noKeyring{}, Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	settings := a.Settings.Get()
	settings.BackupKeep, settings.BackupKeepDays = 1, 1
	require.NoError(t, a.Settings.Save(t.Context(), settings, nil))
	for range 3 {
		now = now.Add(48 * time.Hour)
		_, err := a.Safety.BackUp(t.Context(), "", false, nil)
		require.NoError(t, err)
	}
	require.FileExists(t, before, "backups of what is new do not push out what was before")
	require.Len(t, app.Backups(custody.Paths), 2)
}
