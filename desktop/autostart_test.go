//go:build !windows && !darwin

package desktop_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/desktop"
)

// starter returns an autostart of a program that is there, and its file.
func starter(t *testing.T, program string, args ...string) (*desktop.Autostart, string) {
	t.Helper()
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	a := &desktop.Autostart{ID: "com.example.box", Name: "Box", Program: filepath.Join(t.TempDir(), program), Args: args}
	require.NoError(t, os.WriteFile(a.Program, nil, 0o700))
	return a, filepath.Join(config, "autostart", "com.example.box.desktop")
}

func isOn(t *testing.T, a *desktop.Autostart) bool {
	t.Helper()
	on, err := a.On()
	require.NoError(t, err)
	return on
}

func TestAProgramIsStartedWithTheSystem(t *testing.T) {
	a, file := starter(t, "box", "--background", "--data-dir", `/tmp/my "data" $HOME 100%`)
	require.False(t, isOn(t, a))
	require.NoError(t, a.Set(false), "off is off already")
	require.NoError(t, a.Set(true))
	require.NoError(t, a.Set(true), "twice")
	require.True(t, isOn(t, a))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(data), `"--background" "--data-dir" "/tmp/my \\"data\\" \\$HOME 100%%"`)
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing half-written stays")
	require.NoError(t, a.Set(false))
	require.False(t, isOn(t, a))
	require.NoFileExists(t, file)
}

func TestWhatTheOwnerDidToTheRecordIsSeen(t *testing.T) {
	a, file := starter(t, `b "o$x%`)
	require.NoError(t, a.Set(true))
	require.True(t, isOn(t, a), "its path is read as it was written")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"hidden":              string(data) + "Hidden=true\n",
		"off in GNOME":        strings.Replace(string(data), "enabled=true", "enabled=false", 1),
		"empty":               "",
		"of another section":  strings.Replace(string(data), "[Desktop Entry]", "[Desktop Action x]", 1),
		"another program":     "[Desktop Entry]\nExec=/nowhere/box\n",
		"no path":             "[Desktop Entry]\nExec=box --background\n",
		"a quote without end": "[Desktop Entry]\nExec=\"/bin/sh\n",
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		require.False(t, isOn(t, a), name)
	}
	require.NoError(t, os.WriteFile(file, []byte("[Desktop Entry]\nExec="+os.Args[0]+" --background\n"), 0o600))
	require.True(t, isOn(t, a), "written by hand")
	require.NoError(t, a.Set(true))
	require.NoError(t, os.Remove(a.Program))
	require.False(t, isOn(t, a), "the program was removed")
	require.NoError(t, os.Remove(file))
	require.NoError(t, os.Mkdir(file, 0o700))
	_, err = a.On()
	require.Error(t, err, "what cannot be read is not called off")
}

func TestAPathThatCannotBeWrittenIsRefused(t *testing.T) {
	a, file := starter(t, "box", "--data-dir", "/tmp/a\nExec=/bin/evil")
	require.ErrorIs(t, a.Set(true), desktop.ErrArgument)
	require.NoFileExists(t, file)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(a.Program, "below a file"))
	a.Args = nil
	require.Error(t, a.Set(true))
}

func TestThisProgramIsFound(t *testing.T) {
	path, err := desktop.ThisProgram()
	require.NoError(t, err)
	require.FileExists(t, path)
	t.Setenv("APPIMAGE", "/opt/box.AppImage")
	path, err = desktop.ThisProgram()
	require.NoError(t, err)
	require.Equal(t, "/opt/box.AppImage", path)
}
