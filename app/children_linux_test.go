package app_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/app"
	"github.com/xappiens/buzon/drill"
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/simulator"
)

// spy is a program of the system that writes down what it was started with.
const spy = `#!/bin/sh
{ echo "$0" "$@"; env; echo ended; } >> "$BUZON_SPY"
`

// TestDrillSecretsOfChildren starts what opens and copies files, and looks for the
// key, numbers and texts in their arguments and in their environment.
func TestDrillSecretsOfChildren(t *testing.T) {
	figures := drill.Start(t, 13, "canaries in the programs that are started")
	dir, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
	children := []string{"xdg-open", "xclip"}
	for _, name := range children {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(spy), 0o700))
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("BUZON_SPY", seen)
	t.Setenv("BUZON_API_KEY", matrixKey)
	t.Setenv("DISPLAY", ":99")
	t.Setenv("WAYLAND_DISPLAY", "")
	r := newMediaRig(t, app.ModeCommand, nil, simulator.FlavourA)
	require.NoError(t, r.Close())
	a, err := app.New(t.Context(), app.Options{DataDir: r.dir, Mode: app.ModeCommand})
	require.NoError(t, err)
	r.App = a
	t.Cleanup(func() { require.NoError(t, a.Close()) })
	require.NoError(t, a.Start(t.Context()))
	r.sync()
	_, rows := r.conversation()
	private := []string{matrixKey}
	started := 0
	for _, row := range rows {
		private = append(private, row.Text)
		if row.Type != model.TypeImage {
			continue
		}
		if r.Media.Download(t.Context(), row.ID) != nil {
			continue
		}
		_, err := r.Media.Open(t.Context(), row.ID)
		require.NoError(t, err)
		require.NoError(t, r.Media.CopyPicture(t.Context(), row.ID))
		started += 2
	}
	require.Positive(t, started)
	require.NoError(t, app.OpenAddress(&url.URL{Scheme: "https", Host: "shop.example"}))
	require.Eventually(t, func() bool {
		content, err := os.ReadFile(seen)
		return err == nil && strings.Contains(string(content), "xdg-open https://shop.example\n") && strings.HasSuffix(string(content), "ended\n")
	}, time.Minute, 10*time.Millisecond)
	list, err := r.Conversations.List(t.Context(), model.ConversationQuery{})
	require.NoError(t, err)
	for _, c := range list {
		private = append(private, c.JID.User())
	}
	content, err := os.ReadFile(seen)
	require.NoError(t, err)
	for _, name := range children {
		require.Contains(t, string(content), filepath.Join(dir, name)+" ")
	}
	found := 0
	for _, p := range private {
		if len(p) > 8 && strings.Contains(string(content), p) {
			t.Errorf("a program was told %q", p)
			found++
		}
	}
	figures.Told("programs started", started)
	figures.Zero("found in their arguments and environments", found)
}
