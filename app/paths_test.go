package app_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
)

func newPaths(t *testing.T) app.Paths {
	t.Helper()
	p, err := app.NewPaths(filepath.Join(t.TempDir(), "data"))
	require.NoError(t, err)
	require.NoError(t, p.Ensure())
	return p
}

func TestSystemPlaces(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the expected paths are written with slashes")
	}
	for _, c := range []struct {
		name, goos         string
		env                map[string]string
		config, data, logs string
	}{
		{"linux, nothing set", "linux", nil, "/h/.config/buzon", "/h/.local/share/buzon", "/h/.local/state/buzon"},
		{"linux, XDG", "linux", map[string]string{"XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d", "XDG_STATE_HOME": "/s"}, "/c/buzon", "/d/buzon", "/s/buzon"},
		{"linux, relative XDG is ignored", "linux", map[string]string{"XDG_CONFIG_HOME": "c"}, "/h/.config/buzon", "/h/.local/share/buzon", "/h/.local/state/buzon"},
		{"macOS", "darwin", nil, "/h/Library/Application Support/buzon", "/h/Library/Application Support/buzon", "/h/Library/Logs/buzon"},
		{"Windows", "windows", map[string]string{"AppData": "/r", "LocalAppData": "/l"}, "/r/buzon", "/l/buzon", "/l/buzon/logs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config, data, logs := app.SystemPlaces(c.goos, "/h", func(n string) string { return c.env[n] })
			require.Equal(t, []string{c.config, c.data, c.logs}, []string{config, data, logs})
		})
	}
}

func TestDataDirHoldsEverything(t *testing.T) {
	t.Chdir(t.TempDir())
	p, err := app.NewPaths("here")
	require.NoError(t, err)
	require.True(t, p.OneFolder)
	for _, path := range []string{p.Config, p.Data, p.Media, p.Avatars, p.Logs, p.SettingsFile, p.StoreFile, p.LockFile, p.ShowFile, p.KeyFile, p.LogFile, p.CrashFile} {
		require.True(t, filepath.IsAbs(path), path)
		rel, err := filepath.Rel(p.Data, path)
		require.NoError(t, err)
		require.True(t, filepath.IsLocal(rel), path)
	}
}

func TestEnsureMakesFoldersForTheOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are of another kind there")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} {
		t.Setenv(name, "")
	}
	p, err := app.NewPaths("")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(p.Data, 0o755)) // by an older program, open to all
	require.NoError(t, p.Ensure())
	for _, dir := range []string{p.Config, p.Data, p.Media, p.Avatars, p.Logs} {
		info, err := os.Stat(dir)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o700), info.Mode().Perm(), dir)
	}
}

func TestEnsureKeepsTheRightsOfTheOwnersFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are of another kind there")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	p, err := app.NewPaths(dir)
	require.NoError(t, err)
	require.NoError(t, p.Ensure())
	info, err := os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm())
}

func TestEnsureSaysWhatItTried(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	p, err := app.NewPaths(file)
	require.NoError(t, err)
	err = p.Ensure()
	require.ErrorContains(t, err, "make the folder "+file)
}

func TestIDTellsDataFoldersApart(t *testing.T) {
	a, err := app.NewPaths("/x/a")
	require.NoError(t, err)
	again, err := app.NewPaths("/x/../x/a/")
	require.NoError(t, err)
	b, err := app.NewPaths("/x/b")
	require.NoError(t, err)
	require.Equal(t, a.ID(), again.ID())
	require.NotEqual(t, a.ID(), b.ID())
	require.NotContains(t, a.ID(), "x")
}
