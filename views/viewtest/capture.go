package viewtest

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"github.com/stretchr/testify/require"

	apptheme "github.com/xappiens/buzon/resources/theme"
)

// ScreenshotDir is the environment variable that names the folder for pictures.
const ScreenshotDir = "BUZON_SCREENSHOTS"

// Capture draws an object at a size in a variant ("light" or "dark") and
// returns the picture. When BUZON_SCREENSHOTS names a folder, the picture is
// also written there as <name>-<variant>.png. The theme stays set.
func Capture(t testing.TB, name string, obj fyne.CanvasObject, size fyne.Size, variant string) image.Image {
	t.Helper()
	fyne.CurrentApp().Settings().SetTheme(apptheme.New(variant))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(obj)
	c.Resize(size)
	obj.Refresh()
	img := c.Capture()
	save(t, name+"-"+variant, img)
	return img
}

// CaptureWindow draws a window as it is, with its dialogs and toasts, in a
// variant; see Capture.
func CaptureWindow(t testing.TB, name string, w fyne.Window, variant string) image.Image {
	t.Helper()
	fyne.CurrentApp().Settings().SetTheme(apptheme.New(variant))
	refreshAll(w)
	img := w.Canvas().Capture()
	save(t, name+"-"+variant, img)
	return img
}

// refreshAll draws everything again: without a running application nobody tells
// the widgets that the theme changed.
func refreshAll(w fyne.Window) {
	for _, o := range append(w.Canvas().Overlays().List(), w.Content()) {
		if o != nil {
			o.Refresh()
		}
	}
}

func save(t testing.TB, name string, img image.Image) {
	t.Helper()
	dir := os.Getenv(ScreenshotDir)
	if dir == "" {
		return
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	f, err := os.Create(filepath.Join(dir, name+".png"))
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, img))
	require.NoError(t, f.Close())
}
